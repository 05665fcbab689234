"""Comments: who may write, what waits, and that the counters are always right."""

import pytest

from blog_core.content import desk, reading
from blog_core.content.comments import add_comment, moderate
from blog_core.content.posts import open_comments
from blog_core.errors import Forbidden, NotFound, Refused, ValidationError


def counts(site, slug):
    found = reading.post(site, slug)
    return found["comment_count"], len(reading.comments(site, found))


def test_a_strangers_comment_waits_until_it_is_approved(site, people, published, comment):
    post = published(people.author, title="P")
    waiting = comment(post.post_id, actor=people.stranger, held=True)
    assert (waiting.status, counts(site, "p")) == ("pending", (0, 0))
    with site.transaction(people.author) as session:
        assert moderate(session, comment_id=waiting.id, status="approved")
        assert not moderate(session, comment_id=waiting.id, status="approved")
    assert counts(site, "p") == (1, 1)


@pytest.mark.parametrize("status", ["pending", "spam", "deleted"])
def test_a_comment_taken_away_is_neither_shown_nor_counted(
    site, people, published, comment, status
):
    post = published(people.author, title="P")
    first = comment(post.post_id)
    site.clock.forward(hours=1)
    second = comment(post.post_id)
    with site.transaction(people.editor) as session:
        moderate(session, comment_id=second.id, status=status)
    assert counts(site, "p") == (1, 1)
    row = desk.comments(site, people.editor, status="approved", limit=5).rows
    assert [found["id"] for found in row] == [first.id]


def test_a_post_without_comments_is_read_by_one_statement(site, people, published, comment, ran):
    published(people.author, title="Silent")
    talked = published(people.author, title="Talked about")
    comment(talked.post_id)
    ran.clear()
    reading.post_page(site, "silent")
    assert len(ran) == 1
    ran.clear()
    reading.post_page(site, "talked-about")
    assert len(ran) == 2


def test_a_comment_is_sanitised(site, people, published, comment):
    post = published(people.author, title="P")
    comment(post.post_id, body="<script>x</script> <img src=x onerror=y> [a](javascript:z) **b**")
    html = reading.post_page(site, "p").comments[0]["html"]
    assert "<script" not in html
    assert "onerror=" not in html.replace("&lt;img src=x onerror=y&gt;", "")
    assert "<strong>b</strong>" in html


def test_a_comment_to_what_strangers_cannot_see_finds_no_post(site, people, draft):
    post = draft(people.author)
    with pytest.raises(NotFound), site.transaction(people.stranger) as session:
        add_comment(session, post_id=post.post_id, body="x", author_name="A")


def test_closed_comments_say_so(site, people, published):
    post = published(people.author)
    with site.transaction(people.author) as session:
        open_comments(session, post_id=post.post_id, version=post.version, is_open=False)
    with (
        pytest.raises(Refused, match="its comments are closed"),
        site.transaction(people.stranger) as session,
    ):
        add_comment(session, post_id=post.post_id, body="x", author_name="A")


def test_all_faults_of_a_comment_are_named_at_once(site, people, published):
    post = published(people.author)
    with pytest.raises(ValidationError) as e, site.transaction(people.stranger) as session:
        add_comment(
            session,
            post_id=post.post_id,
            body=" ",
            author_name="",
            author_email="nonsense",
            author_url="javascript:x",
        )
    fields = [error.field for error in e.value.errors]
    assert fields == ["author_name", "author_email", "author_url", "body"]


def test_an_author_moderates_below_their_own_posts_only(site, people, published, comment):
    others = comment(published(people.editor, title="Other").post_id)
    with (
        pytest.raises(Forbidden, match="may not moderate-comments"),
        site.transaction(people.author) as session,
    ):
        moderate(session, comment_id=others.id, status="spam")
    own = comment(published(people.author, title="Own").post_id)
    seen = desk.comments(site, people.author, status="approved", limit=5)
    assert [row["id"] for row in seen.rows] == [own.id]
    with pytest.raises(Forbidden):
        desk.comments(site, people.contributor, status="pending", limit=5)


def test_an_unknown_status_is_refused_by_name(site, people, published, comment):
    one = comment(published(people.editor).post_id)
    with (
        pytest.raises(ValidationError, match="found 'nice', expected one of pending, approved"),
        site.transaction(people.editor) as session,
    ):
        moderate(session, comment_id=one.id, status="nice")
