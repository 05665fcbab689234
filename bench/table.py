"""The rows as a table for people and as JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from bench.runner import Row

HEAD = ("what", "ours", "others", "unit", "ratio", "goal", "", "note")


def as_text(rows: Sequence[Row]) -> str:
    """Aligned columns, the widest cell of each deciding."""
    lines = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(_aligned(line, widths) for line in (HEAD, rule, *lines[1:]))


def write_json(path: Path, configuration: Mapping[str, str], rows: Sequence[Row]) -> None:
    """Configuration and rows, every single measurement included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    result = {"configuration": dict(configuration), "rows": [asdict(row) for row in rows]}
    path.write_text(json.dumps(result, indent=2) + "\n")


def number(value: float | None) -> str:
    """Three significant digits, and no exponent for what people count."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _cells(row: Row) -> tuple[str, ...]:
    name = f"{row.benchmark}: {row.metric}" if row.metric else row.benchmark
    numbers = (number(row.ours), number(row.others), row.unit, number(row.ratio))
    return (name, *numbers, row.goal, row.verdict, row.note)


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, ours, others, unit, ratio, *rest = cells
    left = [name.ljust(widths[0]), ours.rjust(widths[1]), others.rjust(widths[2])]
    middle = [unit.ljust(widths[3]), ratio.rjust(widths[4])]
    return "  ".join([*left, *middle, *map(str.ljust, rest, widths[5:])]).rstrip()
