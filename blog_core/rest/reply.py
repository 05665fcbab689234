"""What a view of the API returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Reply:
    """A model as JSON (None: no body), with its status.

    `version` becomes the ETag that a later `If-Match` names; `location` and `links` (relation to
    path, as in `{"next": ...}`) become headers.
    """

    body: BaseModel | None = None
    status: int = 200
    version: int | None = None
    location: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers that say so."""
        found = [("ETag", f'"{self.version}"')] if self.version is not None else []
        if self.location is not None:
            found.append(("Location", self.location))
        if self.links:
            listed = (f'<{path}>; rel="{relation}"' for relation, path in self.links.items())
            found.append(("Link", ", ".join(listed)))
        return tuple(found)

    @property
    def text(self) -> str:
        """The JSON of the body."""
        return self.body.model_dump_json() if self.body is not None else ""
