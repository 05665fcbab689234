"""The list of posts, one post and its preview, for each role."""

import re
from datetime import timedelta

import pytest

from blog_core.content.publishing import hide
from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText


@pytest.fixture
def people(world):
    return {role: world.account(role) for role in ("editor", "author", "contributor")}


def titles(page):
    return re.findall(r'<h2><a href="[^"]+">([^<]*)</a>', page.get_data(as_text=True))


def test_every_state_is_listed_and_can_be_asked_for(world, people):
    author = people["author"]
    world.draft(author, "A draft")
    world.post(author, "Out now")
    world.post(author, "Out later", at=world.clock() + timedelta(days=2))
    hidden = world.post(author, "Taken back")
    with world.site.transaction(author) as session:
        hide(session, post_id=hidden, version=None)
    desk = world.signed_in("editor")
    everything = {"A draft", "Out now", "Out later", "Taken back"}
    wanted = {
        "all": everything,
        "draft": {"A draft"},
        "published": {"Out now", "Out later"},
        "scheduled": {"Out later"},
        "hidden": {"Taken back"},
        "archived": set(),
    }
    for status, shown in wanted.items():
        assert set(titles(desk.get(f"/admin/?status={status}"))) == shown, status
    assert ">scheduled</span>" in desk.get("/admin/").get_data(as_text=True)


def test_an_author_sees_their_own_posts_whatever_they_ask_for(world, people):
    world.draft(people["editor"], "The editor's")
    world.draft(people["author"], "The author's")
    desk = world.signed_in("author")
    for query in ("", "?author=1", "?status=draft"):
        assert titles(desk.get(f"/admin/{query}")) == ["The author&#39;s"]


def test_the_list_is_paged_by_links(world, people):
    for number in range(65):
        world.clock.forward(minutes=1)
        world.draft(people["author"], f"Post {number}")
    desk = world.signed_in("editor")
    path, seen = "/admin/?status=draft", []
    while path:
        page = desk.get(path)
        seen += titles(page)
        older = re.search(r'<a rel="next" href="([^"]+)"', page.get_data(as_text=True))
        path = older and older[1].replace("&amp;", "&")
    assert seen == [f"Post {number}" for number in reversed(range(65))]


def test_the_list_and_a_preview_take_three_statements(world, people):
    post_id = world.draft(people["author"], "One")
    desk = world.signed_in("author")
    for path, most in (
        ("/admin/", 3),
        (f"/admin/posts/{post_id}", 4),
        (f"/admin/posts/{post_id}/preview", 3),
    ):
        with world.statements() as sent:
            assert desk.get(path).status_code == 200
        assert len(sent) <= most, path


@pytest.mark.parametrize(
    "query, text",
    [
        ("status=nonsense", "expected one of all, draft, scheduled, published, hidden, archived"),
        ("author=x", "expected a whole number above 0"),
        ("author=99999999999999999999", "expected a whole number above 0"),
        ("page=x", "which is no place in a list"),
    ],
)
def test_a_parameter_that_is_none_is_named(world, people, query, text):
    answer = world.signed_in("editor").get(f"/admin/?{query}")
    assert answer.status_code == 400
    assert text in answer.get_data(as_text=True)


def test_a_preview_is_the_readers_page_of_the_last_saved_text(world, people):
    author = people["author"]
    post_id = world.post(author, "What readers see", body="old text")
    with world.site.transaction(author) as session:
        text = PostText(title="What they will see", body="new **text**", tags=("fresh",))
        save_revision(session, post_id=post_id, version=None, text=text)
    desk = world.signed_in("author")
    preview = desk.get(f"/admin/posts/{post_id}/preview")
    page = preview.get_data(as_text=True)
    assert "<h1>What they will see</h1>" in page
    assert "new <strong>text</strong>" in page
    assert preview.headers["Cache-Control"] == "private, no-store"
    assert preview.headers["X-Robots-Tag"] == "noindex"
    assert "old text" in world.get("/posts/what-readers-see").get_data(as_text=True)
    assert "unpublished changes" in desk.get(f"/admin/posts/{post_id}").get_data(as_text=True)


def test_a_draft_is_a_secret_of_its_authors_and_editors(world, people):
    post_id = world.draft(people["author"], "Secret")
    for path in (f"/admin/posts/{post_id}", f"/admin/posts/{post_id}/preview"):
        assert world.signed_in("author").get(path).status_code == 200
        assert world.signed_in("editor").get(path).status_code == 200
        other = world.signed_in("contributor").get(path)
        unknown = world.signed_in("contributor").get(path.replace(str(post_id), "999"))
        assert (other.status_code, unknown.status_code) == (404, 404)
        assert other.get_data() == unknown.get_data()


def test_a_huge_id_is_no_post(world, people):
    assert world.signed_in("editor").get(f"/admin/posts/{10**30}").status_code == 404


def test_what_people_type_is_shown_as_text(world, people):
    world.draft(people["author"], "<script>alert(1)</script> & co", tags=("<b>x</b>",))
    desk = world.signed_in("editor")
    for path in ("/admin/", "/admin/posts/1", "/admin/posts/1/preview"):
        page = desk.get(path).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in page


def test_the_list_is_searched_by_title_and_address_within_its_filters(world, people):
    author = people["author"]
    world.draft(author, "Über 100 % Roggen")
    world.post(author, "Bread_and butter")
    world.draft(people["editor"], "Breadcrumbs")
    desk = world.signed_in("editor")
    found = {
        "bread": {"Bread_and butter", "Breadcrumbs"},
        "BREAD": {"Bread_and butter", "Breadcrumbs"},
        "d_a": {"Bread_and butter"},
        "100 %": {"Über 100 % Roggen"},
        "über 100": {"Über 100 % Roggen"},
        "breadcrumbs": {"Breadcrumbs"},
        "%": {"Über 100 % Roggen"},
        "nothing": set(),
    }
    for text, shown in found.items():
        answer = desk.get("/admin/", query_string={"q": text})
        assert set(titles(answer)) == shown, text
    assert titles(desk.get("/admin/?q=bread&status=draft")) == ["Breadcrumbs"]
    page = desk.get("/admin/?q=nothing&status=draft").get_data(as_text=True)
    assert "No post that is draft has “nothing” in its title or address." in page
    assert desk.get("/admin/", query_string={"q": "x" * 201}).status_code == 400
    assert titles(world.signed_in("author").get("/admin/?q=bread")) == ["Bread_and butter"]
    with world.statements() as sent:
        desk.get("/admin/?q=bread")
    assert len(sent) == 3


def test_tags_are_suggested_by_how_they_begin_the_most_used_first(world, people):
    for title, names in (("1", ("Bread", "C#")), ("2", ("brewing", "Bread")), ("3", ("Rye",))):
        world.post(people["author"], title, tags=names)
    client = world.signed_in("author")
    for begins, names in (("br", ["Bread", "brewing"]), ("c#", ["C#"]), ("%", []), ("", [])):
        answer = client.get("/admin/tags/begin", query_string={"begins": begins})
        assert answer.get_json() == {"tags": names}, begins
