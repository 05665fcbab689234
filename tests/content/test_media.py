"""Uploads: known by their content, bounded before decoding, stored without what they hid."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from blog_core.content.images import check_image
from blog_core.content.media import find_media, set_alt, store_media
from blog_core.errors import Forbidden, NotFound, NotSignedIn, TooLarge, ValidationError

EXIF_ORIENTATION, EXIF_ARTIST = 274, 315


def picture(kind="PNG", size=(40, 30), *, mode="RGB", exif=None, **options):
    out = BytesIO()
    if exif is not None:
        options["exif"] = exif
    Image.new(mode, size, "teal").save(out, kind, **options)
    return out.getvalue()


def opened(data):
    return Image.open(BytesIO(data))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_each_accepted_kind_is_stored_as_it_is(kind):
    image = check_image(picture(kind))
    assert image.mime_type == f"image/{kind.lower()}"
    assert (image.width_px, image.height_px) == (40, 30)
    assert opened(image.data).format == kind


def test_the_place_and_the_name_of_the_photographer_are_gone():
    exif = Image.Exif()
    exif[EXIF_ARTIST] = "Ann Secret"
    exif.get_ifd(0x8825)[1] = "N"
    image = check_image(picture("JPEG", exif=exif, comment=b"Ann Secret"))
    assert b"Ann Secret" not in image.data
    assert dict(opened(image.data).getexif()) == {}


def test_texts_in_a_png_are_gone():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "Ann Secret")
    assert b"Ann Secret" not in check_image(picture(pnginfo=info)).data


def test_a_picture_that_lies_on_its_side_is_turned():
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    image = check_image(picture("JPEG", (40, 30), exif=exif))
    assert (image.width_px, image.height_px) == (30, 40)
    assert opened(image.data).size == (30, 40)


def test_a_second_file_behind_the_picture_is_gone():
    image = check_image(picture("GIF") + b"<script>alert(1)</script>")
    assert b"<script>" not in image.data


def test_an_animation_stays_one():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=50, loop=0)
    assert opened(check_image(out.getvalue()).data).n_frames == 3


def test_a_see_through_palette_stays_see_through():
    seen = Image.new("P", (10, 10), 0)
    out = BytesIO()
    seen.save(out, "GIF", transparency=0)
    assert opened(check_image(out.getvalue()).data).convert("RGBA").getpixel((0, 0))[3] == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not an image",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        b"GIF89a<html>",
        picture("PNG")[:60],
        picture("BMP"),
        picture("TIFF"),
    ],
    ids=["nothing", "text", "svg", "pdf", "half a gif", "cut png", "bmp", "tiff"],
)
def test_anything_else_is_refused_by_its_content(data):
    with pytest.raises(ValidationError, match="file: found a file that is no readable image") as e:
        check_image(data)
    assert "expected PNG, JPEG, GIF, WebP or AVIF" in str(e.value)


def test_a_file_too_large_is_refused_unread():
    with pytest.raises(TooLarge, match="The file has 11 bytes; at most 10"):
        check_image(b"x" * 11, max_bytes=10)


def test_too_many_pixels_are_refused_before_decoding():
    bomb = picture("PNG", (12_000, 12_000), mode="1")
    with pytest.raises(ValidationError, match="found 12,000 x 12,000 pixels, expected at most"):
        check_image(bomb)


def test_many_frames_count_as_many_pixels():
    frames = [Image.new("1", (100, 100), n % 2) for n in range(20)]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=10)
    with pytest.raises(ValidationError, match="in 20 frames"):
        check_image(out.getvalue(), max_pixels=150_000)


def test_the_same_picture_is_stored_once(site, people):
    stored = []
    for name in ("a.png", "b.png"):
        with site.transaction(people.author) as session:
            image = check_image(picture())
            stored.append(store_media(session, image=image, original_name=name, alt="A square"))
    assert [one.is_new for one in stored] == [True, False]
    assert stored[0].id == stored[1].id
    row, file = find_media(site, stored[0].path)
    assert file.read_bytes() == image.data
    assert row["mime_type"] == "image/png"


def test_a_name_from_outside_is_never_a_path(site, people):
    with site.transaction(people.author) as session:
        stored = store_media(
            session, image=check_image(picture()), original_name="../../etc/passwd\x00.png"
        )
    assert [file.name for file in (site.data_dir / "media").iterdir()] == [stored.path[:2]]
    for path in ("../blog.db", "/etc/passwd", stored.path + "\x00", ""):
        with pytest.raises(NotFound):
            find_media(site, path)


def test_only_people_with_an_account_upload(site, people):
    with pytest.raises(NotSignedIn), site.transaction(people.stranger) as session:
        store_media(session, image=check_image(picture()), original_name="a.png")


def test_alt_texts_are_their_owners_and_the_editors(site, people):
    with site.transaction(people.author) as session:
        stored = store_media(session, image=check_image(picture()), original_name="a.png")
    with site.transaction(people.editor) as session:
        set_alt(session, media_id=stored.id, alt="A teal square")
    with pytest.raises(Forbidden), site.transaction(people.contributor) as session:
        set_alt(session, media_id=stored.id, alt="Mine")
