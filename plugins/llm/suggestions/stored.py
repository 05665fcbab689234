"""Suggestions as they are kept: found for the one who asked, and let go of their texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, select

from blog_core.api import Actor, NotFound, Query, Site
from plugins.llm.actions.definitions import find_action
from plugins.llm.actions.pieces import Mode, Piece, applied
from plugins.llm.model import LlmCall, LlmSuggestion
from plugins.llm.suggestions.states import ACCEPTED, OPEN
from plugins.llm.suggestions.wish import Wish

_PIECE_FIELDS = ("start", "end", "before", "after", "note")

_SUGGESTION = Query(
    "llm.suggestion",
    select(LlmSuggestion.__table__).where(
        LlmSuggestion.id == bindparam("suggestion_id"),
        LlmSuggestion.account_id.is_not_distinct_from(bindparam("account_id")),
        LlmSuggestion.post_id.is_not_distinct_from(bindparam("post_id")),
    ),
)
_OF_POST = Query(
    "llm.suggestions",
    select(LlmSuggestion.__table__)
    .where(
        LlmSuggestion.post_id == bindparam("post_id"),
        LlmSuggestion.account_id.is_not_distinct_from(bindparam("account_id")),
    )
    .order_by(LlmSuggestion.id.desc())
    .limit(bindparam("most")),
)
_FAR = Query(
    "llm.far",
    select(
        LlmSuggestion.state,
        LlmSuggestion.message,
        LlmSuggestion.call_id,
        LlmCall.text,
        LlmCall.seen_at,
        LlmCall.is_watched,
    )
    .outerjoin(LlmCall, LlmCall.id == LlmSuggestion.call_id)
    .where(LlmSuggestion.id == bindparam("suggestion_id")),
)


@dataclass(frozen=True, slots=True)
class DecidedPiece:
    """A piece and what became of it: open, accepted or refused."""

    piece: Piece
    state: str
    decided_at: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggestion with its pieces; `base` is the text that they are cut from."""

    id: int
    post_id: int | None
    at: datetime
    action: str
    title: str
    stage_id: str | None
    field: str
    mode: Mode
    state: str
    variant: int
    version: int
    message: str
    provenance: Mapping[str, Any]
    material: Mapping[str, Any]
    pieces: tuple[DecidedPiece, ...]
    call_id: int | None

    @property
    def base(self) -> str:
        """The text of the field when it was asked for; empty once the texts are let go."""
        return str(self.material.get(self.field, ""))

    @property
    def accepted(self) -> frozenset[int]:
        """The numbers of the accepted pieces."""
        return frozenset(number for number, one in enumerate(self.pieces) if one.state == ACCEPTED)

    @property
    def open(self) -> frozenset[int]:
        """The numbers of the pieces that are still to be decided; a remark needs no decision."""
        return frozenset(
            number
            for number, one in enumerate(self.pieces)
            if one.state == OPEN and not one.piece.is_remark
        )

    def text_with(self, accepted: frozenset[int]) -> str:
        """The field's text with these pieces; with none, the bytes that there were."""
        pieces = [one.piece for one in self.pieces]
        return applied(self.base, pieces, accepted, self.mode)

    @property
    def wish(self) -> Wish:
        """What was asked, so that it can be asked again."""
        texts = {name: text for name, text in self.material.items() if isinstance(text, str)}
        options = self.material.get("options", {})
        return Wish(self.action, texts, options, self.post_id, self.variant)


def find_suggestion(
    site: Site, suggestion_id: int, actor: Actor, post_id: int | None
) -> Suggestion:
    """A suggestion of the actor's own for this post. Raises `NotFound`."""
    params = {
        "suggestion_id": suggestion_id,
        "account_id": actor.account_id,
        "post_id": post_id,
    }
    rows = site.read(_SUGGESTION, params)
    if not rows:
        raise NotFound("suggestion", suggestion_id)
    return suggestion_of(rows[0])


def suggestions_of(site: Site, post_id: int, actor: Actor, most: int = 50) -> Sequence[Suggestion]:
    """The actor's suggestions for a post, newest first."""
    params = {"post_id": post_id, "account_id": actor.account_id, "most": most}
    return [suggestion_of(row) for row in site.read(_OF_POST, params)]


def how_far(site: Site, suggestion_id: int) -> RowMapping:
    """State and message of a suggestion, and how far its call is. Raises `NotFound`."""
    rows = site.read(_FAR, {"suggestion_id": suggestion_id})
    if not rows:
        raise NotFound("suggestion", suggestion_id)
    return rows[0]


def suggestion_of(row: RowMapping) -> Suggestion:
    """A row of the table as a value."""
    action = find_action(row["action"])
    pieces = tuple(
        DecidedPiece(
            Piece(**{name: piece[name] for name in _PIECE_FIELDS}),
            piece["state"],
            piece.get("decided_at", ""),
        )
        for piece in row["pieces"]
    )
    known = {
        name: row[name]
        for name in (
            "id", "post_id", "at", "action", "stage_id", "field", "state", "variant", "version",
            "message", "provenance", "material", "call_id",
        )
    }  # fmt: skip
    return Suggestion(**known, title=action.title, mode=action.mode, pieces=pieces)
