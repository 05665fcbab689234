"""Uploaded images, checked by their content and written anew.

What is stored is always what Pillow wrote: no EXIF, no place, no comment, no second file hidden
behind the first. Sizes are checked before anything is decoded.
"""

import warnings
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, ImageSequence

from blog_core.content.text import refused
from blog_core.errors import TooLarge, ValidationError

MAX_UPLOAD_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
"""Most pixels of one image, all frames of an animation together."""

MAX_FRAMES = 500
_EXTENSIONS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp", "AVIF": "avif"}
_SAVING: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90, "optimize": True, "progressive": True},
    "WEBP": {"quality": 90, "method": 4},
    "AVIF": {"quality": 80, "speed": 8},
}
_ACCEPTED = "PNG, JPEG, GIF, WebP or AVIF"


@dataclass(frozen=True, slots=True)
class CheckedImage:
    """An image ready to be stored. `digest` is that of `data` and names the file."""

    data: bytes
    digest: str
    mime_type: str
    extension: str
    width_px: int
    height_px: int
    is_animated: bool = False

    @property
    def path(self) -> str:
        """Where it belongs below `data_dir/media`."""
        return f"{self.digest[:2]}/{self.digest[2:32]}.{self.extension}"


def check_image(
    data: bytes, *, max_bytes: int = MAX_UPLOAD_BYTES, max_pixels: int = MAX_PIXELS
) -> CheckedImage:
    """Check an uploaded file by its content and write it anew, upright and without metadata.

    Call it before the transaction: it takes time. Raises `TooLarge` or `ValidationError`; SVG is
    refused, since it can carry scripts.
    """
    if len(data) > max_bytes:
        raise TooLarge("The file", size_bytes=len(data), max_bytes=max_bytes)
    try:
        with warnings.catch_warnings():
            # Our own limit is stricter and names the figures.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=list(_EXTENSIONS)) as image:
                _bound(image, max_pixels)
                return _written_anew(image)
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels("more than can be opened", max_pixels) from error
    except Exception as error:
        message = f"found a file that is no readable image, expected {_ACCEPTED}"
        raise refused("file", "unreadable", message) from error


def _bound(image: Image.Image, max_pixels: int) -> None:
    frames = int(getattr(image, "n_frames", 1))
    pixels = image.width * image.height * frames
    if pixels > max_pixels:
        size = f"{image.width:,} x {image.height:,} pixels"
        raise _too_many_pixels(size if frames == 1 else f"{size} in {frames:,} frames", max_pixels)
    if frames > MAX_FRAMES:
        message = f"found {frames:,} frames, expected at most {MAX_FRAMES}"
        raise refused("file", "too_many_frames", message)


def _too_many_pixels(found: str, max_pixels: int) -> ValidationError:
    message = f"found {found}, expected at most {max_pixels:,} pixels"
    return refused("file", "too_many_pixels", message)


def _written_anew(image: Image.Image) -> CheckedImage:
    # An MPO is a JPEG with further pictures behind it (depth, stereo); only the first one counts.
    kind = "JPEG" if image.format == "MPO" else str(image.format)
    is_animated = kind != "JPEG" and int(getattr(image, "n_frames", 1)) > 1
    out = BytesIO()
    if is_animated:
        width, height = image.size
        _save_animation(image, kind, out)
    else:
        upright = ImageOps.exif_transpose(image)
        width, height = upright.size
        _without_metadata(upright).save(out, kind, **_options(upright, kind))
    data = out.getvalue()
    return CheckedImage(
        data=data,
        digest=blake2b(data, digest_size=32).hexdigest(),
        mime_type=f"image/{kind.lower()}",
        extension=_EXTENSIONS[kind],
        width_px=width,
        height_px=height,
        is_animated=is_animated,
    )


def _without_metadata(image: Image.Image) -> Image.Image:
    """The pixels alone; of what came with them only the colour profile is written again."""
    image.load()
    bare = image.copy()
    bare.info = {}
    return bare


def _options(image: Image.Image, kind: str) -> dict[str, Any]:
    options = {"icc_profile": image.info.get("icc_profile"), **_SAVING.get(kind, {})}
    if "transparency" in image.info and kind in {"PNG", "GIF"}:
        options["transparency"] = image.info["transparency"]
    return options


def _save_animation(image: Image.Image, kind: str, out: BytesIO) -> None:
    frames, durations = [], []
    for frame in ImageSequence.Iterator(image):
        durations.append(int(frame.info.get("duration", 100)))
        frames.append(_without_metadata(frame.convert("RGBA")))
    frames[0].save(
        out,
        kind,
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=int(image.info.get("loop", 0)),
    )
