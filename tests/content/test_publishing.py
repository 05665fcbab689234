"""Every road to published and away from it, and what readers see on the way."""

from datetime import datetime, timedelta

import pytest

from blog_core.content import desk, reading
from blog_core.content.publishing import archive, hide, publish, schedule, unpublish
from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.errors import Conflict, Forbidden, NotFound, Refused, ValidationError
from blog_core.ports import Refusal


def seen(site):
    return [row["slug"] for row in reading.posts(site, limit=50).rows]


def test_a_published_post_is_the_head_revision_rendered_once(site, people, draft):
    post = draft(people.author, title="Hi", body="## One\n\nSome *text*. ![A](/a.png)")
    with site.transaction(people.author) as session:
        published = publish(session, post_id=post.post_id, version=1)
    found = reading.post(site, "hi")
    assert published.publish_at == site.clock()
    assert "<em>text</em>" in found["html"]
    assert found["toc"][0]["text"] == "One"
    assert found["excerpt"].startswith("Some text.")
    assert (found["image"], found["words"] > 0, found["reading_time_min"]) == ("/a.png", True, 1)


def test_a_save_over_a_published_post_shows_readers_nothing_new(site, people, published):
    post = published(people.author, title="Old", body="old text", tags=("old",))
    before = reading.post(site, "old")
    with site.transaction(people.author) as session:
        saved = save_revision(
            session,
            post_id=post.post_id,
            version=post.version,
            text=PostText(title="New", body="new text", tags=("new",)),
        )
    assert dict(reading.post(site, "old")) == {**before, "version": saved.version}
    with site.transaction(people.author) as session:
        publish(session, post_id=post.post_id, version=saved.version)
    after = reading.post(site, "old")
    assert (after["title"], after["tags"]) == ("New", [{"name": "new", "slug": "new"}])


def test_a_scheduled_post_appears_by_itself(site, people, draft):
    post = draft(people.author, title="Later", tags=("soon",))
    at = site.clock() + timedelta(hours=2)
    with site.transaction(people.author) as session:
        schedule(session, post_id=post.post_id, version=1, publish_at=at)
    assert seen(site) == []
    assert reading.next_change(site) == at
    with pytest.raises(NotFound):
        reading.post(site, "later")
    with pytest.raises(NotFound):
        reading.posts_of_tag(site, "soon", limit=5)
    assert (reading.tags(site), reading.months(site), reading.authors(site)) == ((), (), ())
    site.clock.forward(hours=2)
    assert seen(site) == ["later"]
    assert reading.next_change(site) is None
    assert reading.tags(site)[0]["posts"] == 1
    assert reading.months(site)[0]["posts"] == 1


def test_a_time_that_has_passed_cannot_be_scheduled(site, people, draft):
    post = draft(people.author)
    with (
        pytest.raises(ValidationError, match="expected a time still to come"),
        site.transaction(people.author) as session,
    ):
        schedule(session, post_id=post.post_id, version=1, publish_at=site.clock())


def test_a_time_without_a_zone_is_refused(site, people, draft):
    post = draft(people.author)
    with (
        pytest.raises(ValidationError, match="expected a time with a time zone"),
        site.transaction(people.author) as session,
    ):
        schedule(
            session,
            post_id=post.post_id,
            version=1,
            publish_at=datetime(2027, 1, 1),  # noqa: DTZ001
        )


@pytest.mark.parametrize("away", [unpublish, hide, archive])
def test_a_post_taken_back_is_gone_everywhere_and_keeps_its_date(site, people, published, away):
    post = published(people.author, title="Here", tags=("x",))
    first = reading.post(site, "here")["publish_at"]
    site.clock.forward(days=3)
    with site.transaction(people.author) as session:
        version = away(session, post_id=post.post_id, version=post.version)
    assert seen(site) == []
    assert (reading.tags(site), reading.months(site), reading.sitemap_part(site, 1)) == ((), (), ())
    assert reading.feed(site, limit=9) == ()
    with site.transaction(people.author) as session:
        publish(session, post_id=post.post_id, version=version)
    assert reading.post(site, "here")["publish_at"] == first


def test_publishing_on_an_old_version_is_a_conflict(site, people, published):
    post = published(people.author)
    with pytest.raises(Conflict), site.transaction(people.author) as session:
        publish(session, post_id=post.post_id, version=1)


def test_a_contributor_does_not_publish(site, people, draft):
    post = draft(people.contributor)
    with (
        pytest.raises(Forbidden, match="Contributor may not publish-posts on post"),
        site.transaction(people.contributor) as session,
    ):
        publish(session, post_id=post.post_id, version=1)


@pytest.mark.parametrize("road", [publish, schedule])
def test_a_stage_that_refuses_says_why_and_what_is_missing(site, people, draft, refusing, road):
    post = draft(people.author, title="Not yet")
    refusing(Refusal("It was not reviewed.", ("an approval by an editor", "alt texts")))
    later = {"publish_at": site.clock() + timedelta(days=1)} if road is schedule else {}
    with pytest.raises(Refused) as e, site.transaction(people.author) as session:
        road(session, post_id=post.post_id, version=1, **later)
    assert str(e.value) == (
        f"post {post.post_id} can't take the step 'publish': It was not reviewed. "
        f"Missing: an approval by an editor; alt texts. Nothing was changed."
    )
    assert desk.post(site, people.author, post.post_id).row["status"] == "draft"


def test_the_changes_are_told_once_each(site, people, draft):
    with site.transaction(people.author) as session:
        post = draft.in_(session, title="Told")
        publish(session, post_id=post.post_id, version=1)
        told = [change.kind for change in session.info["post_changes"]]
    assert told == ["created", "published"]


def test_counters_leave_version_and_updated_at_alone(site, people, published, comment):
    post = published(people.author, title="Quiet")
    before = reading.post(site, "quiet")
    site.clock.forward(hours=1)
    comment(post.post_id)
    after = reading.post(site, "quiet")
    assert after["comment_count"] == 1
    assert (after["version"], after["updated_at"]) == (before["version"], before["updated_at"])
