"""Posts from elsewhere: repeatable, with their own dates, and never over somebody's edits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from blog_core.content import desk, reading
from blog_core.content.bulk import GivenPost, put_posts
from blog_core.content.bulk_comments import GivenComment, put_comments
from blog_core.content.check import check
from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.errors import Forbidden, ValidationError
from blog_core.ports import Refusal

THEN = datetime(2019, 5, 4, 3, 2, 1, tzinfo=UTC)


def given(key="a.md", **values):
    text = PostText(title="From a file", body="**Old** text", tags=("imported", "old"))
    usual = {
        "source_key": key,
        "source_digest": "1",
        "text": text,
        "slug": "from-a-file",
        "status": "published",
        "author_ids": (3,),
        "created_at": THEN,
        "updated_at": THEN + timedelta(days=1),
        "publish_at": THEN,
    }
    return GivenPost(**usual | values)


def put(site, people, *posts):
    with site.transaction(people.admin) as session:
        return put_posts(session, posts)


def test_a_post_keeps_its_dates_address_and_old_paths(site, people):
    (done,) = put(site, people, given(redirects=("/2019/05/old.html", "/posts/from-a-file")))
    found = reading.post(site, "from-a-file")
    assert (done.outcome, done.lost_redirects) == ("created", ())
    assert (found["publish_at"], found["updated_at"]) == (THEN, THEN + timedelta(days=1))
    assert "<strong>Old</strong>" in found["html"]
    assert reading.moved(site, "/2019/05/old.html").slug == "from-a-file"
    assert reading.moved(site, "/posts/from-a-file") is None
    assert check(site, repair=False) == []


def test_putting_again_changes_nothing_and_a_changed_source_makes_a_revision(site, people):
    posts = [given(f"{n}.md") for n in range(5)]
    assert [done.outcome for done in put(site, people, *posts)] == ["created"] * 5
    assert [done.outcome for done in put(site, people, *posts)] == ["unchanged"] * 5
    changed = replace(
        posts[0], source_digest="2", text=PostText(title="Changed", body="new"), status="draft"
    )
    assert [done.outcome for done in put(site, people, changed)] == ["updated"]
    assert len(reading.posts(site, limit=9).rows) == 4
    assert check(site, repair=False) == []


def test_what_was_edited_here_is_left_alone_and_reported(site, people):
    (done,) = put(site, people, given())
    with site.transaction(people.editor) as session:
        text = PostText(title="Edited here", body="mine")
        save_revision(session, post_id=done.post_id, version=1, text=text)
    (again,) = put(site, people, given(source_digest="2"))
    assert again.outcome == "edited_here"
    assert desk.post(site, people.editor, done.post_id).row["head_body"] == "mine"


def test_a_post_that_may_not_be_published_stays_a_draft_and_says_why(site, people, refusing):
    refusing(Refusal("No.", ("a review",)))
    (done,) = put(site, people, given())
    assert done.refusal.missing == ("a review",)
    assert reading.posts(site, limit=9).rows == ()
    assert desk.post(site, people.editor, done.post_id).row["status"] == "draft"


def test_a_path_that_leads_elsewhere_is_reported(site, people):
    one, two = put(
        site, people, given("1", redirects=("/old",)), given("2", redirects=("/old", "/new"))
    )
    assert (one.lost_redirects, two.lost_redirects) == ((), ("/old",))


def test_a_path_too_long_to_be_looked_up_is_reported(site, people):
    (done,) = put(site, people, given(redirects=("/" + "日" * 900, "/short")))
    assert done.lost_redirects == ("/" + "日" * 900,)
    assert reading.moved(site, "/short").slug == "from-a-file"


def test_one_fault_leaves_nothing_behind(site, people):
    with pytest.raises(ValidationError, match="title: found nothing"):
        put(site, people, given("good"), given("bad", text=PostText(title="")))
    with pytest.raises(ValidationError, match="source_key: found 300 characters"):
        put(site, people, given("good"), given("x" * 300))
    assert reading.posts(site, limit=9).rows == ()


def test_only_administrators_import(site, people):
    with pytest.raises(Forbidden), site.transaction(people.editor) as session:
        put_posts(session, [given()])


def test_comments_come_once_and_are_counted(site, people):
    (post,) = put(site, people, given())
    comments = [
        GivenComment(
            source_key=f"c{n}",
            post_id=post.post_id,
            body="*Hi*",
            author_name="Rea",
            created_at=THEN + timedelta(days=n),
            status="approved" if n else "spam",
        )
        for n in range(4)
    ]
    for new in (4, 0):
        with site.transaction(people.admin) as session:
            assert put_comments(session, comments) == new
    assert reading.post(site, "from-a-file")["comment_count"] == 3
    assert check(site, repair=False) == []
