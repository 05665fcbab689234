"""A picture made of flat shapes, drawn at twice its size and shrunk so that edges are smooth."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFilter

SIZE = WIDTH, HEIGHT = 1600, 900
SCALE = 2
Colour: TypeAlias = tuple[int, int, int]
Point: TypeAlias = tuple[float, float]

PAPER: Colour = (246, 239, 227)
SAND: Colour = (232, 214, 186)
GOLD: Colour = (226, 168, 82)
CLAY: Colour = (196, 104, 62)
RUST: Colour = (142, 66, 44)
MOSS: Colour = (112, 132, 96)
PINE: Colour = (52, 78, 72)
SKY: Colour = (168, 194, 204)
LAKE: Colour = (88, 126, 144)
NIGHT: Colour = (33, 44, 62)


class Sheet:
    """A picture under way, in the coordinates of its final size."""

    def __init__(self, top: Colour, bottom: Colour) -> None:
        self.image = _gradient(top, bottom)
        self._draw = ImageDraw.Draw(self.image)

    def area(self, points: Sequence[Point], colour: Colour) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=colour)

    def disc(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """A filled ellipse around a point."""
        box = [(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE]
        self._draw.ellipse(box, fill=colour)

    def box(self, x: float, y: float, w: float, h: float, colour: Colour, r: float = 0) -> None:
        """A filled rectangle with round corners."""
        corners = [x * SCALE, y * SCALE, (x + w) * SCALE, (y + h) * SCALE]
        self._draw.rounded_rectangle(corners, r * SCALE, fill=colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """A line with round joints and ends."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self._draw.line(scaled, fill=colour, width=round(width * SCALE), joint="curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, width / 2, colour)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Light around a point, strongest in the middle."""
        mask = Image.new("L", self.image.size, 0)
        box = [
            (x - radius) * SCALE,
            (y - radius) * SCALE,
            (x + radius) * SCALE,
            (y + radius) * SCALE,
        ]
        ImageDraw.Draw(mask).ellipse(box, fill=round(255 * strength))
        mask = mask.filter(ImageFilter.GaussianBlur(radius * SCALE / 2.2))
        self.image.paste(Image.new("RGB", self.image.size, colour), mask=mask)
        self._draw = ImageDraw.Draw(self.image)

    def save(self, path: Path) -> None:
        """Write the picture, at its final size, as WebP."""
        self.image.resize(SIZE, Image.Resampling.LANCZOS).save(path, "WEBP", quality=82, method=6)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`a` with a share of `b`."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def _gradient(top: Colour, bottom: Colour) -> Image.Image:
    column = Image.new("RGB", (1, HEIGHT * SCALE))
    for y in range(HEIGHT * SCALE):
        column.putpixel((0, y), mix(top, bottom, y / (HEIGHT * SCALE)))
    return column.resize((WIDTH * SCALE, HEIGHT * SCALE))
