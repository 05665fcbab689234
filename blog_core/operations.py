"""What a route of the REST API declares beside its permission: its body, its answers, its schema.

The OpenAPI document, the reading of bodies and the conditions of writes are made of this, so that
what the document says is what the API does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an operation: what it means, and the model of its JSON (None: no body).

    `model` is a pydantic model or a union of some.
    """

    text: str
    model: Any = None
    mimetype: str = "application/json"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the REST API.

    `body` is the pydantic model of the request's JSON; the view gets it as the argument `body`
    (`body_required=False`: an empty request stands for the model's defaults). `upload` takes a
    form with one file instead; the view reads it itself. `versioned` operations change what their
    GET answered with an ETag: they need `If-Match`, the view gets the version as `version` (None:
    whatever is there), and a `Conflict` is answered with what `current` gives. `once` operations
    take an `Idempotency-Key`: a repeated request gets the first one's answer. `problems` are errors
    of this operation beside those that follow from its declaration, by status.
    """

    summary: str
    answers: Mapping[int, Answer]
    group: str = "more"
    body: "type[BaseModel] | None" = None
    body_required: bool = True
    upload: "type[BaseModel] | None" = None
    versioned: bool = False
    once: bool = False
    current: Callable[..., Any] | None = field(default=None, repr=False)
    problems: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Param:
    """A query parameter: the parser, what it means, and the JSON schema of its value."""

    parse: Callable[[str], object] = field(repr=False)
    text: str
    schema: Mapping[str, Any]

    def __call__(self, text: str) -> object:
        """The value of a text; `ValueError` says what was expected."""
        return self.parse(text)
