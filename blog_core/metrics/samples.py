"""Names of samples, `blog_hits_total{level="memory"}`, taken apart."""

import re

_SAMPLE = re.compile(r"([a-z0-9_]+)(?:\{(.*)\})?\Z", re.DOTALL)
_PAIR = re.compile(r'([a-z0-9_]+)="((?:[^"\\]|\\.)*)"')
_ESCAPED = {r"\\": "\\", r"\"": '"', r"\n": "\n"}

Labels = tuple[tuple[str, str], ...]


def split_sample(sample: str) -> tuple[str, Labels]:
    """`name{a="b"}` taken apart: ("name", (("a", "b"),))."""
    match = _SAMPLE.match(sample)
    if not match:
        return sample, ()
    pairs = _PAIR.findall(match[2] or "")
    return match[1], tuple((label, _unescape(value)) for label, value in pairs)


def _unescape(value: str) -> str:
    return re.sub(r"\\.", lambda found: _ESCAPED.get(found[0], found[0]), value)
