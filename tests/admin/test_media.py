"""The media library: pictures come in checked, are found and described, and go when unused."""

import re
from io import BytesIO

import pytest

from tests.content.test_media import picture

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def author(world):
    return world.account("author")


@pytest.fixture
def desk(world, author):
    return world.signed_in("author")


def token(desk):
    page = desk.get("/admin/media").get_data(as_text=True)
    return re.search(r'name="form_token" value="([^"]+)"', page)[1]


def send(desk, path, **fields):
    data = {"form_token": token(desk), **fields}
    return desk.post(path, data=data, headers=SAME_ORIGIN, content_type="multipart/form-data")


def upload(desk, *files, path="/admin/media", **fields):
    """Send files; each is bytes and a name."""
    return send(desk, path, file=[(BytesIO(data), name) for data, name in files], **fields)


def text_of(answer):
    return answer.get_data(as_text=True)


def test_uploaded_pictures_stand_in_the_library_the_last_first(world, desk):
    answer = upload(desk, (picture(size=(600, 400)), "first.png"), (picture("JPEG"), "second.jpg"))
    assert answer.status_code == 303
    page = text_of(desk.get("/admin/media"))
    names = re.findall(r'media-name">([^<]+)<', page)
    assert names == ["second.jpg", "first.png"]
    assert "-480w.webp" in page
    assert page.count("not described yet") == 2


def test_what_is_no_picture_is_named_and_the_others_are_taken(world, desk):
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    answer = upload(
        desk, (svg, "logo<b>.svg"), (b"GIF89a" + b"\0" * 50, "x.gif"), (picture(), "good.png")
    )
    page = text_of(answer)
    assert answer.status_code == 422
    assert "logo&lt;b&gt;.svg</b>: found a file that is no readable image" in page
    assert "x.gif</b>: found a file" in page
    assert "1 other file was uploaded." in page
    assert len(list(world.site.data_dir.glob("media/*/*"))) == 1


def test_a_form_without_a_file_says_so(desk):
    answer = send(desk, "/admin/media")
    assert answer.status_code == 422
    assert "found no file, expected at least one image" in text_of(answer)


def test_pictures_are_found_by_name_and_by_words(desk):
    upload(desk, (picture(size=(9, 9)), "sea_view.png"))
    upload(desk, (picture(size=(8, 8)), "x.png"), alt="A loaf, 50% rye")
    for asked, name in (("SEA_", "sea_view.png"), ("50%", "x.png"), ("loaf", "x.png")):
        page = text_of(desk.get("/admin/media", query_string={"q": asked}))
        assert re.findall(r'media-name">([^<]+)<', page) == [name], asked
    assert "Nothing has “nowhere”" in text_of(desk.get("/admin/media?q=nowhere"))


def test_words_for_a_picture_are_kept_and_inserted(world, desk):
    upload(desk, (picture(), "a.png"))
    assert send(desk, "/admin/media/1", alt="A [teal] square").status_code == 303
    page = text_of(desk.get("/admin/media/1"))
    assert 'alt="A [teal] square"' in page
    assert "![A \\[teal\\] square](/media/" in page


def test_too_many_words_come_back_with_the_error(desk):
    upload(desk, (picture(), "a.png"))
    answer = send(desk, "/admin/media/1", alt="long " * 300)
    assert answer.status_code == 422
    assert "long long" in text_of(answer)
    assert "expected at most 1,000" in text_of(answer)


def test_a_picture_that_a_text_shows_cannot_be_deleted(world, desk, author):
    upload(desk, (picture(), "a.png"))
    path = next(world.site.data_dir.glob("media/*/*")).relative_to(world.site.data_dir)
    post_id = world.post(author, "Shows it", body=f"![x](/{path})")
    answer = send(desk, "/admin/media/1/delete")
    assert answer.status_code == 409
    assert "is shown by &#39;Shows it&#39;" in text_of(answer)
    assert f'<a href="/admin/posts/{post_id}">Shows it</a>' in text_of(answer)
    shown = world.get(f"/{path}")
    assert shown.status_code == 200
    shown.close()


def test_a_deleted_picture_goes_with_its_copies(world, desk):
    upload(desk, (picture(size=(1000, 20)), "a.png"))
    world.site.jobs.run_due()
    assert len(list(world.site.data_dir.glob("media/*/*"))) == 5
    assert send(desk, "/admin/media/1/delete").status_code == 303
    world.site.jobs.run_due()
    assert not list(world.site.data_dir.glob("media/*/*"))
    assert desk.get("/admin/media/1").status_code == 404


def test_a_picture_that_is_back_before_its_file_was_removed_stays(world, desk):
    upload(desk, (picture(), "a.png"))
    send(desk, "/admin/media/1/delete")
    upload(desk, (picture(), "a.png"))
    world.site.jobs.run_due()
    assert len(list(world.site.data_dir.glob("media/*/*"))) == 1


def test_others_pictures_are_for_editors_to_change(world, desk):
    upload(desk, (picture(), "a.png"))
    for role, status in (("contributor", 403), ("editor", 303)):
        world.account(role)
        other = world.signed_in(role)
        assert other.get("/admin/media/1").status_code == 200
        assert send(other, "/admin/media/1", alt=role).status_code == status


def test_the_editor_gets_markdown_for_what_it_uploads(desk):
    answer = upload(desk, (picture(), "a.png"), (b"no", "b.png"), path="/admin/media/upload")
    found = answer.get_json()
    assert answer.status_code == 200
    assert found["stored"][0]["markdown"].startswith("![](/media/")
    assert found["refused"][0]["name"] == "b.png"
    assert upload(desk, (b"no", "b.png"), path="/admin/media/upload").status_code == 422


def test_the_library_takes_few_statements(world, desk):
    upload(desk, *((picture(size=(30 + n, 30)), f"{n}.png") for n in range(8)))
    for path in ("/admin/media", "/admin/media/choose", "/admin/media/1"):
        with world.statements() as sent:
            assert desk.get(path).status_code == 200
        assert len(sent) <= 3, path


def test_the_library_is_paged(desk):
    for start in (0, 10, 20):
        upload(desk, *((picture(size=(30 + n, 30)), f"{n}.png") for n in range(start, start + 10)))
    path, seen = "/admin/media", []
    while path:
        page = text_of(desk.get(path))
        seen += re.findall(r'media-name">([^<]+)<', page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older and older[1].replace("&amp;", "&")
    assert seen == [f"{n}.png" for n in reversed(range(30))]


def test_strangers_see_no_library(world):
    for path in ("/admin/media", "/admin/media/1", "/admin/media/choose"):
        assert world.get(path).status_code in {303, 401}
