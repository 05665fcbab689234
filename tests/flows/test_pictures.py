"""Images of the library in texts: measured, with smaller copies that a job makes."""

from io import BytesIO
from urllib.parse import urljoin

import pytest
from PIL import Image

from blog_core.content.images import check_image
from blog_core.content.media import store_media
from blog_core.content.media_variants import variants_of
from blog_core.model import MediaVariant
from tests.content.test_media import picture


def stored(world, actor, **options):
    """An image in the library; its path."""
    with world.site.transaction(actor) as session:
        image = check_image(picture(**options))
        return store_media(session, image=image, original_name="a.png").path


@pytest.fixture
def author(world):
    return world.account("author")


def page_of(world, slug):
    return world.get(f"/posts/{slug}").get_data(as_text=True)


def test_an_image_of_the_library_is_shown_with_its_size_and_smaller_copies(world, author):
    path = stored(world, author, kind="JPEG", size=(1200, 600))
    world.post(author, "Shown", body=f"![A square](/media/{path})")
    page, stem = page_of(world, "shown"), path.removesuffix(".jpg")
    assert f'<img src="/media/{path}" alt="A square"' in page
    assert 'width="1200"' in page
    assert 'height="600"' in page
    assert 'loading="lazy"' in page
    assert (
        f'<source type="image/avif" srcset="/media/{stem}-480w.avif 480w, '
        f'/media/{stem}-960w.avif 960w" sizes="(max-width: 42rem) 100vw, 38rem">'
    ) in page
    assert f"/media/{stem}-480w.webp 480w" in page
    assert "1600w" not in page


def test_a_small_an_animated_and_a_foreign_image_have_no_copies(world, author):
    small = stored(world, author, size=(400, 300))
    frames = [Image.new("RGB", (600, 10), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    with world.site.transaction(author) as session:
        moving = store_media(session, image=check_image(out.getvalue()), original_name="b").path
    body = f"![a](/media/{small})\n\n![b](/media/{moving})\n\n![c](https://example.org/c.png)"
    world.post(author, "Plain", body=body)
    page = page_of(world, "plain")
    assert "<source" not in page
    assert 'width="400"' in page
    assert 'width="600"' in page
    assert page.count("<img") == 3


def test_a_copy_that_is_not_made_yet_leads_to_the_image(world, author):
    path = stored(world, author, size=(1200, 600))
    copy = variants_of(path, 1200)[0].path
    answer = world.get(f"/media/{copy}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
    followed = world.get(urljoin(f"/media/{copy}", answer.headers["Location"]))
    assert (followed.status_code, followed.mimetype) == (200, "image/png")
    followed.close()
    for wrong in ("00/" + "0" * 30 + "-480w.webp", f"{path}-480w.webp", "x-480w.webp"):
        assert world.get(f"/media/{wrong}").status_code == 404


def test_the_job_makes_each_copy_once_and_smaller(world, author):
    stored(world, author, kind="JPEG", size=(1700, 850))
    for _ in range(2):
        world.site.jobs.run_due()
        with world.site.activate():
            world.site.jobs.enqueue("blog.media_variants", {"media_id": 1})
    world.site.jobs.run_due()
    with world.site.transaction() as session:
        rows = session.query(MediaVariant).order_by(MediaVariant.path).all()
        found = {(row.mime_type, row.width_px, row.height_px) for row in rows}
        paths = {row.path for row in rows}
    sizes = ((480, 240), (960, 480), (1600, 800))
    assert found == {(kind, *size) for kind in ("image/avif", "image/webp") for size in sizes}
    for copy in paths:
        answer = world.get(f"/media/{copy}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        image = Image.open(BytesIO(answer.get_data()))
        assert f"-{image.width}w." in copy
        answer.close()


def test_transparency_stays(world, author):
    out = BytesIO()
    Image.new("RGBA", (700, 70), (0, 128, 128, 90)).save(out, "PNG")
    with world.site.transaction(author) as session:
        path = store_media(session, image=check_image(out.getvalue()), original_name="a").path
    world.site.jobs.run_due()
    for variant in variants_of(path, 700):
        answer = world.get(f"/media/{variant.path}")
        assert Image.open(BytesIO(answer.get_data())).mode == "RGBA"
        answer.close()


def test_a_job_for_an_image_that_was_deleted_meanwhile_makes_nothing(world):
    world.site.jobs.enqueue("blog.media_variants", {"media_id": 999})
    assert world.site.jobs.run_due() >= 1
    assert not list(world.site.data_dir.glob("media/*/*-480w.*"))


def test_a_text_without_images_costs_no_statement_more(world, author):
    with world.statements() as plain:
        world.post(author, "One", body="text")
    with world.statements() as pictured:
        world.post(author, "Two", body="![](https://example.org/media/aa/b.png)")
    assert len(plain) == len(pictured)
