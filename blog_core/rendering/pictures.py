"""An image of the library in a text: its size, and its smaller copies in newer formats.

With the size the page does not jump while it loads; of the copies a browser takes the smallest that
it needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from markdown_it.token import Token

PICTURES = "pictures"
"""Where the parser's environment holds the known pictures, by address."""

SIZES = "(max-width: 42rem) 100vw, 38rem"
"""How wide the theme shows an image of a text."""


@dataclass(frozen=True, slots=True)
class Source:
    """The copies in one format: address and width in pixels of each, the smallest first."""

    mime_type: str
    copies: tuple[tuple[str, int], ...]

    @property
    def srcset(self) -> str:
        """As the attribute holds it."""
        return ", ".join(f"{address} {width_px}w" for address, width_px in self.copies)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of an image; `sources` in the order in which a browser should try them."""

    width_px: int
    height_px: int
    sources: tuple[Source, ...] = ()


Pictures = Mapping[str, Picture]


def measured(image: Token, pictures: Pictures) -> Picture | None:
    """What is known of an image token, whose size is then noted on it."""
    picture = pictures.get(str(image.attrs.get("src", "")))
    if picture is not None:
        image.attrSet("width", str(picture.width_px))
        image.attrSet("height", str(picture.height_px))
    return picture


def in_picture(image_html: str, picture: Picture | None) -> str:
    """The image's HTML among its smaller copies."""
    if picture is None or not picture.sources:
        return image_html
    sources = "".join(
        f'<source type="{each.mime_type}" srcset="{escape(each.srcset)}" sizes="{SIZES}">'
        for each in picture.sources
    )
    return f"<picture>{sources}{image_html}</picture>"
