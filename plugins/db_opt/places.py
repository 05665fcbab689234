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


def told(way: Way) -> str:
    """The line itself, as text."""
    return str(way[0]) if way else "an unknown place"
