"""Draws the pictures of the sample blog: `python -m blog_core.demo.draw FOLDER`.

Flat shapes in one palette, so that the files are small. The same every time.
"""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from blog_core.demo.sheet import (
    CLAY,
    GOLD,
    HEIGHT,
    LAKE,
    MOSS,
    NIGHT,
    PAPER,
    PINE,
    RUST,
    SAND,
    SKY,
    WIDTH,
    Colour,
    Point,
    Sheet,
    mix,
)


def hills() -> Sheet:
    """Layers of hills in morning light, a path, and a bench that faces the wrong way."""
    sheet = Sheet(SKY, PAPER)
    sheet.glow(1130, 300, 300, GOLD, 0.55)
    sheet.disc(1130, 300, 74, 74, mix(GOLD, PAPER, 0.35))
    layers = ((420, 70, 3.1, 0.2), (520, 84, 2.3, 1.9), (620, 66, 2.9, 4.0), (740, 74, 1.7, 5.4))
    for depth, (level, swing, waves, phase) in enumerate(layers):
        colour = mix(mix(SKY, MOSS, 0.35), PINE, depth / 3.2)
        sheet.area(_ridge(level, swing, waves, phase), colour)
    for x, y, height in ((180, 702, 74), (232, 710, 96), (290, 716, 64), (1390, 668, 86)):
        _fir(sheet, x, y, height, mix(PINE, NIGHT, 0.4))
    path = [(760 + 150 * math.sin(t * 2.6), 900 - t * 172) for t in (i / 30 for i in range(31))]
    for start, end in pairwise(path):
        width = max(3.0, 26 * (start[1] - 700) / 200)
        sheet.line([start, end], mix(SAND, MOSS, 0.35), width)
    _bench(sheet, 1130, 742)
    return sheet


def loaf() -> Sheet:
    """A round loaf with a scored cross, on a board."""
    sheet = Sheet(mix(PAPER, SAND, 0.25), mix(SAND, CLAY, 0.2))
    sheet.box(170, 640, 1260, 84, mix(CLAY, RUST, 0.35), 42)
    sheet.box(170, 640, 1260, 52, mix(CLAY, SAND, 0.3), 26)
    sheet.disc(800, 650, 470, 46, mix(CLAY, RUST, 0.55))
    sheet.area(_dome(800, 646, 450, 380), mix(CLAY, RUST, 0.15))
    sheet.area(_dome(792, 630, 424, 352), CLAY)
    sheet.area(_dome(760, 560, 330, 248), mix(CLAY, GOLD, 0.4))
    for points in (
        [(560, 470), (690, 396), (830, 372), (1020, 430)],
        [(700, 540), (770, 440), (830, 360), (850, 306)],
    ):
        sheet.line(_curve(points), RUST, 34)
        sheet.line(_curve([(x - 4, y - 7) for x, y in points]), mix(SAND, PAPER, 0.4), 20)
    for x, y, r in ((540, 540, 7), (620, 590, 5), (920, 520, 6), (1010, 560, 8), (700, 350, 5),
                    (905, 345, 6), (1060, 600, 5), (470, 600, 5), (960, 430, 5)):  # fmt: skip
        sheet.disc(x, y, r, r * 0.7, PAPER)
    for x, tilt in ((300, -60), (340, -20), (1290, 36)):
        _ear(sheet, x, 640, tilt)
    return sheet


def starter() -> Sheet:
    """A jar of sourdough that has doubled, with a rubber band where it began."""
    sheet = Sheet(mix(LAKE, PAPER, 0.62), mix(LAKE, PAPER, 0.82))
    sheet.box(0, 720, 1600, 180, mix(SAND, PAPER, 0.2))
    sheet.box(0, 720, 1600, 10, mix(SAND, CLAY, 0.25))
    sheet.disc(800, 764, 300, 26, mix(SAND, CLAY, 0.3))
    sheet.box(560, 190, 480, 580, mix(PAPER, SKY, 0.35), 56)
    sheet.box(584, 330, 432, 420, SAND, 40)
    sheet.area([(584, 400), (584, 330), *_bumps(584, 1016, 330), (1016, 330), (1016, 400)], SAND)
    bubbles = ((650, 420, 20), (735, 500, 13), (810, 405, 26), (905, 470, 17), (960, 390, 12),
               (690, 620, 15), (780, 690, 10), (860, 600, 22), (950, 660, 13), (640, 540, 9),
               (880, 540, 8), (720, 380, 9), (800, 560, 9), (640, 690, 11))  # fmt: skip
    for x, y, r in bubbles:
        sheet.disc(x, y, r, r * 0.86, mix(SAND, CLAY, 0.2))
        sheet.disc(x - r * 0.14, y - r * 0.16, r * 0.74, r * 0.62, mix(SAND, PAPER, 0.55))
    sheet.box(552, 556, 496, 22, CLAY, 11)
    sheet.box(552, 558, 496, 6, mix(CLAY, GOLD, 0.5), 3)
    sheet.box(606, 230, 18, 470, mix(PAPER, SKY, 0.1), 9)
    sheet.box(540, 160, 520, 64, mix(PINE, MOSS, 0.3), 20)
    sheet.box(540, 160, 520, 26, mix(PINE, MOSS, 0.6), 13)
    _spoon(sheet)
    return sheet


def layers() -> Sheet:
    """Four sheets, one above the other; what stands on the top one is repeated below."""
    sheet = Sheet(NIGHT, mix(NIGHT, LAKE, 0.45))
    sheet.glow(800, 210, 380, GOLD, 0.5)
    colours = (mix(NIGHT, LAKE, 0.55), LAKE, mix(LAKE, SKY, 0.6), PAPER)
    for depth, colour in enumerate(colours):
        _tile(sheet, 800, 650 - depth * 134, colour, is_lit=depth == 3)
    return sheet


def waterfall() -> Sheet:
    """A staircase of loading bars, and the line that they end at."""
    sheet = Sheet(PAPER, mix(PAPER, SAND, 0.5))
    for column in range(9):
        sheet.box(200 + column * 150, 96, 3, 716, mix(PAPER, SAND, 0.8))
    bars = ((0, 300, LAKE), (190, 230, GOLD), (232, 180, GOLD), (410, 250, CLAY), (650, 190, CLAY),
            (700, 330, MOSS), (840, 220, MOSS), (860, 330, MOSS))  # fmt: skip
    for row, (start, length, colour) in enumerate(bars):
        y = 128 + row * 84
        sheet.box(200 + start, y, length, 46, mix(colour, PAPER, 0.55), 10)
        sheet.box(200 + start + length * 0.42, y, length * 0.58, 46, colour, 10)
        sheet.box(76, y + 12, 84 - (row * 37) % 40, 20, mix(SAND, CLAY, 0.18), 10)
    sheet.line([(1066, 90), (1066, 820)], RUST, 5)
    sheet.disc(1066, 90, 13, 13, RUST)
    return sheet


def window() -> Sheet:
    """A desk under a window at dusk: a lamp, a cup, two books."""
    sheet = Sheet(mix(NIGHT, RUST, 0.12), mix(NIGHT, RUST, 0.28))
    sheet.box(430, 96, 740, 470, mix(SAND, CLAY, 0.25), 10)
    for x in (456, 812):
        for step in range(24):
            share = step / 23
            colour = mix(mix(LAKE, NIGHT, 0.45), mix(GOLD, CLAY, 0.35), share**1.6)
            sheet.box(x, 122 + step * 17.5, 332, 18.5, colour)
    sheet.area([(456, 540), (456, 470), (560, 430), (690, 476), (788, 450), (788, 540)], PINE)
    sheet.area([(812, 540), (812, 455), (930, 486), (1040, 430), (1144, 478), (1144, 540)], PINE)
    sheet.disc(1050, 230, 30, 30, PAPER)
    sheet.box(400, 556, 800, 26, mix(SAND, PAPER, 0.3), 6)
    sheet.glow(330, 470, 330, GOLD, 0.55)
    sheet.box(0, 700, 1600, 200, mix(RUST, NIGHT, 0.25))
    sheet.box(0, 700, 1600, 16, CLAY)
    sheet.line([(300, 700), (250, 560), (330, 430)], mix(NIGHT, PINE, 0.3), 14)
    sheet.box(220, 690, 160, 16, mix(NIGHT, PINE, 0.3), 8)
    sheet.area([(270, 452), (340, 380), (412, 420), (408, 500)], GOLD)
    sheet.disc(342, 476, 62, 22, PAPER)
    _books(sheet)
    _cup(sheet, 640, 700)
    return sheet


PICTURES: Mapping[str, Callable[[], Sheet]] = {
    "hills": hills,
    "loaf": loaf,
    "starter": starter,
    "layers": layers,
    "waterfall": waterfall,
    "window": window,
}


def _ridge(level: float, swing: float, waves: float, phase: float) -> list[Point]:
    """The outline of a hill range, down to the lower edge."""
    crest = []
    for x in range(0, WIDTH + 10, 10):
        t = x / WIDTH * math.pi * waves + phase
        crest.append((float(x), level + swing * (math.sin(t) * 0.7 + math.sin(t * 2.3) * 0.3)))
    return [*crest, (WIDTH, HEIGHT), (0, HEIGHT)]


def _dome(x: float, y: float, rx: float, ry: float) -> list[Point]:
    """The upper half of something round that stands on a table."""
    turn = [math.pi * i / 60 for i in range(61)]
    top = [(x - rx * math.cos(t), y - ry * math.sin(t) ** 0.82) for t in turn]
    foot = [(x + rx * math.cos(t), y + 22 * math.sin(t)) for t in turn]
    return top + foot


def _curve(points: Sequence[Point]) -> list[Point]:
    """A smooth curve through four control points (Bezier)."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    curve = []
    for t in (i / 40 for i in range(41)):
        a, b, c, d = (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
        curve.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return curve


def _bumps(left: float, right: float, level: float) -> list[Point]:
    """The surface of something that is rising."""
    steps = range(49)
    return [
        (left + (right - left) * i / 48, level - 34 * math.sin(math.pi * i / 48) - 8 * (i % 8 == 4))
        for i in steps
    ]


def _fir(sheet: Sheet, x: float, y: float, height: float, colour: Colour) -> None:
    for part in range(3):
        top, half = y - height + part * height * 0.25, height * (0.16 + part * 0.08)
        sheet.area(
            [(x, top), (x - half, top + height * 0.46), (x + half, top + height * 0.46)], colour
        )
    sheet.box(x - 4, y - height * 0.1, 8, height * 0.22, colour)


def _bench(sheet: Sheet, x: float, y: float) -> None:
    wood = mix(RUST, NIGHT, 0.35)
    for offset in (-34, -20):
        sheet.box(x, y + offset - 26, 118, 9, wood, 4)
    sheet.box(x - 8, y - 22, 134, 10, wood, 5)
    for leg in (8, 102):
        sheet.box(x + leg, y - 62, 8, 72, wood, 3)


def _ear(sheet: Sheet, x: float, y: float, tilt: float) -> None:
    """An ear of wheat that leans by `tilt`."""
    tip = (x + tilt * 2.2, y - 330)
    stalk = _curve([(x, y), (x, y - 130), (x + tilt, y - 250), tip])
    sheet.line(stalk, mix(GOLD, RUST, 0.25), 7)
    for index, (px, py) in enumerate(stalk[20::3]):
        for side in (-1, 1):
            sheet.disc(px + side * 15, py - 4, 10, 19, mix(GOLD, SAND, 0.12 * (index % 3)))
    sheet.disc(*tip, 9, 22, GOLD)


def _spoon(sheet: Sheet) -> None:
    wood = mix(CLAY, SAND, 0.35)
    sheet.line([(1180, 742), (1440, 716)], wood, 20)
    sheet.disc(1150, 744, 74, 30, wood)
    sheet.disc(1146, 740, 56, 19, mix(wood, SAND, 0.45))


def _tile(sheet: Sheet, x: float, y: float, colour: Colour, *, is_lit: bool) -> None:
    """A thick sheet seen from above and the side, with lines of text on it."""
    wide, deep, thick = 400.0, 168.0, 30.0
    left, right, front, back = (x - wide, y), (x + wide, y), (x, y + deep), (x, y - deep)
    shade = mix(colour, NIGHT, 0.45)
    sheet.area([left, front, (x, y + deep + thick), (x - wide, y + thick)], mix(shade, NIGHT, 0.2))
    sheet.area([right, front, (x, y + deep + thick), (x + wide, y + thick)], shade)
    sheet.area([left, front, right, back], colour)
    ink = CLAY if is_lit else mix(colour, NIGHT, 0.25)
    for row, length in enumerate((0.62, 0.8, 0.5, 0.7)):
        u0, v = 0.16, 0.2 + row * 0.18
        start = (x - wide + (u0 + v) * wide, y + (v - u0) * deep)
        u1 = u0 + length * 0.72
        end = (x - wide + (u1 + v) * wide, y + (v - u1) * deep)
        sheet.line([start, end], GOLD if is_lit and row == 0 else ink, 15)


def _books(sheet: Sheet) -> None:
    sheet.box(960, 646, 330, 54, MOSS, 8)
    sheet.box(1256, 652, 30, 42, PAPER, 4)
    sheet.box(990, 600, 280, 46, CLAY, 8)
    sheet.box(1240, 605, 26, 36, PAPER, 4)
    sheet.box(1010, 614, 90, 12, SAND, 6)


def _cup(sheet: Sheet, x: float, y: float) -> None:
    for offset in (-18, 18):
        steam = [(x + offset, y - 132), (x + offset - 26, y - 170), (x + offset + 26, y - 190),
                 (x + offset, y - 236)]  # fmt: skip
        sheet.line(_curve(steam), mix(NIGHT, SAND, 0.45), 7)
    sheet.disc(x + 74, y - 62, 34, 34, PAPER)
    sheet.disc(x + 74, y - 62, 19, 19, mix(NIGHT, RUST, 0.3))
    sheet.box(x - 70, y - 118, 140, 118, PAPER, 26)
    sheet.disc(x, y - 112, 68, 14, mix(SAND, CLAY, 0.3))


def main(folder: Path) -> None:
    """Draw every picture into `folder`."""
    for name, draw in PICTURES.items():
        draw().save(folder / f"{name}.webp")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
