"""Where in the program a connection was borrowed or a statement sent: file, line, function.

Taken on the fast path, so only code objects and line numbers are kept; texts are made when somebody
asks. Templates are named by their own file and line, not by the Python made of them.
"""

from inspect import currentframe
from types import CodeType, FrameType
from typing import Any, NamedTuple

DEPTH = 4

# What everybody's statements pass through: it says nothing about who wants them.
_PASSED = (
    "sqlalchemy.",
    "flask_sqlalchemy.",
    "contextlib",
    "jinja2.",
    "blog_core.changes.transactions",
    "blog_core.defaults.executor",
    "blog_core.here",
    "blog_core.host.guards.",
    "blog_core.model.database",
    "blog_core.model.ongoing",
    "blog_core.site",
    f"{__package__}.",
)


class Place(NamedTuple):
    """One step of the way: `line` is where it was then."""

    code: CodeType
    line: int
    module: str
    template: Any = None
    """The jinja2 Template whose code this is; it knows its own lines."""

    def __str__(self) -> str:
        if self.template is not None:
            line = self.template.get_corresponding_lineno(self.line)
            return f"{self.code.co_filename}:{line}"
        return f"{self.code.co_filename}:{self.line} in {self.code.co_name}"


Way = tuple[Place, ...]
"""From the line that wanted it outwards."""


def way_here(depth: int = DEPTH) -> Way:
    """The way to the caller, without what everybody passes; empty when nothing else is there."""
    found: list[Place] = []
    frame: FrameType | None = currentframe()
    while frame is not None and len(found) < depth:
        names = frame.f_globals
        module = names.get("__name__") or ""
        if not module.startswith(_PASSED):
            template = names.get("__jinja_template__")
            found.append(Place(frame.f_code, frame.f_lineno, module, template))
        frame = frame.f_back
    return tuple(found)


Trail = tuple[tuple[CodeType, int, dict[str, Any]], ...]
"""The same as it can be noted fastest: code, instruction and module of each step, all of them."""


def trail_here(depth: int = 30) -> Trail:
    """What `way_of` makes a way of, if anybody asks: taken for each connection that is lent."""
    found = []
    frame: FrameType | None = currentframe()
    while frame is not None and depth:
        found.append((frame.f_code, frame.f_lasti, frame.f_globals))
        frame, depth = frame.f_back, depth - 1
    return tuple(found)


def way_of(trail: Trail, depth: int = DEPTH) -> Way:
    """The way that a trail notes, without what everybody passes."""
    steps = ((step, step[2].get("__name__") or "") for step in trail)
    return tuple(
        Place(code, _line_of(code, instruction), module, names.get("__jinja_template__"))
        for (code, instruction, names), module in steps
        if not module.startswith(_PASSED)
    )[:depth]


def _line_of(code: CodeType, instruction: int) -> int:
    """The line of an instruction."""
    for start, end, line in code.co_lines():
        if start <= instruction < end and line is not None:
            return line
    return code.co_firstlineno


def told(way: Way) -> str:
    """The line itself, as text."""
    return str(way[0]) if way else "an unknown place"
