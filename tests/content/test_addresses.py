"""Old addresses lead on, without chains, and belong to nobody else."""

import pytest

from blog_core.content import reading
from blog_core.content.addresses import change_slug
from blog_core.content.posts import create_post
from blog_core.content.publishing import hide
from blog_core.content.redirects import add_redirect, remove_redirects
from blog_core.content.revisions import save_revision
from blog_core.content.tags import describe_tag, merge_tags
from blog_core.content.text import PostText
from blog_core.errors import Forbidden, NotFound, ValidationError


def rename(site, actor, post_id, slug):
    with site.transaction(actor) as session:
        return change_slug(session, post_id=post_id, version=None, slug=slug)


def test_every_old_address_leads_straight_to_the_present_one(site, people, published):
    post = published(people.author, title="One")
    for slug in ("two", "three", "four"):
        rename(site, people.author, post.post_id, slug)
    for old in ("one", "two", "three"):
        assert reading.moved(site, f"/posts/{old}").slug == "four"
    assert reading.moved(site, "/posts/four") is None


def test_a_post_takes_its_old_address_back(site, people, published):
    post = published(people.author, title="One")
    rename(site, people.author, post.post_id, "two")
    rename(site, people.author, post.post_id, "one")
    assert reading.post(site, "one")["id"] == post.post_id
    assert reading.moved(site, "/posts/one") is None
    assert reading.moved(site, "/posts/two").slug == "one"


def test_an_old_address_of_another_post_is_not_given_away(site, people, published):
    first = published(people.author, title="One")
    rename(site, people.author, first.post_id, "moved")
    second = published(people.author, title="One")
    assert second.slug == "one-2"
    with pytest.raises(ValidationError, match="which another post has or had; 'one-3' is free"):
        rename(site, people.author, second.post_id, "one")


def test_an_address_nobody_saw_needs_no_redirect(site, people, draft):
    post = draft(people.author, title="Draft")
    rename(site, people.author, post.post_id, "final")
    assert reading.moved(site, "/posts/draft") is None


def test_an_old_address_of_a_hidden_post_leads_nowhere(site, people, published):
    post = published(people.author, title="One")
    version, _ = rename(site, people.author, post.post_id, "two")
    with site.transaction(people.author) as session:
        hide(session, post_id=post.post_id, version=version)
    assert reading.moved(site, "/posts/one") is None


def test_a_derived_address_follows_the_title_until_readers_saw_it(site, people, draft, published):
    post = draft(people.author, title="Working title")
    with site.transaction(people.author) as session:
        saved = save_revision(
            session, post_id=post.post_id, version=1, text=PostText(title="Better title")
        )
    assert saved.slug == "better-title"
    public = published(people.author, title="Seen")
    with site.transaction(people.author) as session:
        kept = save_revision(
            session, post_id=public.post_id, version=None, text=PostText(title="Other")
        )
    assert kept.slug == "seen"


@pytest.mark.parametrize("slug", ["", "Über", "a b", "a--b", "-a", "a/b", "x" * 201, "../x"])
def test_what_is_no_slug_is_refused_with_a_better_one(site, people, draft, slug):
    post = draft(people.author)
    with pytest.raises(ValidationError, match="expected small letters, digits and single hyphens"):
        rename(site, people.author, post.post_id, slug)


def test_redirects_are_collapsed_in_both_directions(site, people, published):
    post = published(people.author, title="Post")
    with site.transaction(people.editor) as session:
        add_redirect(session, path="/b", target="/c")
        add_redirect(session, path="/a", target="/b")
        add_redirect(session, path="/c", post_id=post.post_id)
    for path in ("/a", "/b", "/c"):
        assert reading.moved(site, path).slug == "post"


def test_a_path_leads_on_with_and_without_its_last_slash(site, people, published):
    published(people.author, title="Post")
    with site.transaction(people.editor) as session:
        add_redirect(session, path="/a/", target="/one")
        add_redirect(session, path="/b", target="/two")
        add_redirect(session, path="/c", target="/three")
        add_redirect(session, path="/c/", target="/four")
    found = {path: reading.moved(site, path).target for path in ("/a", "/b/", "/c", "/c/")}
    assert found == {"/a": "/one", "/b/": "/two", "/c": "/three", "/c/": "/four"}


def test_a_circle_of_redirects_is_refused(site, people):
    with site.transaction(people.editor) as session:
        add_redirect(session, path="/a", target="/b")
    for path, target in (("/b", "/a"), ("/x", "/x")):
        with (
            pytest.raises(ValidationError, match=r"leads back|twice"),
            site.transaction(people.editor) as session,
        ):
            add_redirect(session, path=path, target=target)


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "//evil.example", "mailto:a@b", "x", "", "/" + "日" * 700]
)
def test_a_redirect_leads_to_a_path_or_a_web_address_only(site, people, target):
    with pytest.raises(ValidationError), site.transaction(people.editor) as session:
        add_redirect(session, path="/a", target=target)


def test_redirects_are_the_editors_business(site, people):
    with pytest.raises(Forbidden), site.transaction(people.author) as session:
        add_redirect(session, path="/a", target="/b")
    with pytest.raises(NotFound), site.transaction(people.editor) as session:
        remove_redirects(session, paths=["/nothing"])


def test_a_merged_tag_hands_its_posts_and_its_page_over(site, people, published):
    published(people.author, title="A", tags=("js",))
    published(people.author, title="B", tags=("javascript", "js"))
    with site.transaction(people.editor) as session:
        assert merge_tags(session, slug="js", into="javascript") == 2
        describe_tag(session, slug="javascript", name="JavaScript", description="A language.")
    assert [(tag["name"], tag["posts"]) for tag in reading.tags(site)] == [("JavaScript", 2)]
    assert reading.moved(site, "/tags/js").target == "/tags/javascript"


def test_a_merged_tag_can_be_named_again(site, people, published):
    published(people.author, title="A", tags=("js", "x"))
    with site.transaction(people.editor) as session:
        merge_tags(session, slug="js", into="x")
    with site.transaction(people.author) as session:
        create_post(session, text=PostText(title="B", tags=("js",)))
