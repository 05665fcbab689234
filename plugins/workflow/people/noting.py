"""Notes on a draft: anchored to the words they speak of, answered, and resolved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, func, select
from sqlalchemy.orm import Session

from blog_core.api import (
    Actor,
    FieldError,
    NotFound,
    Query,
    Revision,
    Site,
    ValidationError,
    legal_text,
    render_markdown,
)
from plugins.workflow.people.anchors import MAX_QUOTE_CHARS, Anchor, Found, anchor, find, words_of
from plugins.workflow.people.followers import followers
from plugins.workflow.people.model import WorkflowNote, WorkflowReviewLink
from plugins.workflow.people.notices import Event, tell
from plugins.workflow.people.post_seen import PostSeen, seen

MAX_NOTE_CHARS = 5_000
MAX_NOTES = 500

NOTES = Query(
    "workflow.notes",
    select(*WorkflowNote.__table__.c)
    .where(WorkflowNote.post_id == bindparam("post_id"))
    .order_by(WorkflowNote.id)
    .limit(MAX_NOTES),
)


@dataclass(frozen=True, slots=True)
class Note:
    """A remark or an answer, as it is shown."""

    id: int
    author: str
    at: datetime
    body: str
    link_id: int | None = None

    @property
    def is_guest(self) -> bool:
        """Whether somebody without an account wrote it."""
        return self.link_id is not None


@dataclass(frozen=True, slots=True)
class Thread:
    """A remark with its answers, and where it belongs in the text that is shown."""

    note: Note
    answers: tuple[Note, ...]
    quote: str
    found: Found | None
    resolved_at: datetime | None
    resolved_by: str


def threads(site: Site, post_id: int, words: str) -> tuple[Thread, ...]:
    """The notes on a post in the order of the text `words` (of `words_of`); those about the whole
    first, those whose words are gone last. One statement."""
    rows = site.read(NOTES, {"post_id": post_id})
    found = [_thread(row, rows, words) for row in rows if row["thread_id"] is None]
    return tuple(sorted(found, key=_order))


def add_note(
    session: Session,
    *,
    post_id: int,
    body: str,
    quote: str = "",
    before: str = "",
    after: str = "",
    thread_id: int | None = None,
    link: WorkflowReviewLink | None = None,
) -> int:
    """Write a note about some words of a post's text (or all of it), or answer one; its id.

    `quote` is found in the text as readers would see it; `before` and `after` tell several places
    apart. Raises `ValidationError` with every fault, `NotFound` for an unknown post or note.
    """
    post = seen(session, post_id, "read-drafts")
    body = legal_text(body).strip()
    revision_id = link.revision_id if link else post.revision_id
    place = _checked(session, post_id, revision_id, body, quote, before, after)
    first = _first_of(session, post_id, thread_id) if thread_id is not None else None
    site: Site = session.info["site"]
    actor: Actor = session.info["actor"]
    note = WorkflowNote(
        post_id=post_id,
        thread_id=first.id if first else None,
        account_id=actor.account_id,
        link_id=link.id if link else None,
        author=link.reviewer if link else actor.name,
        at=site.clock(),
        body=body,
        quote=place.quote,
        before=place.before,
        after=place.after,
        place=place.place,
    )
    session.add(note)
    session.flush()
    if first is not None:
        first.resolved_at, first.resolved_by = None, ""
    _tell(session, post, note, is_answer=first is not None)
    return note.id


def resolve(session: Session, *, post_id: int, note_id: int, is_resolved: bool = True) -> None:
    """Mark what a note asked for as done, or take that back."""
    seen(session, post_id, "read-drafts")
    note = _first_of(session, post_id, note_id)
    site: Site = session.info["site"]
    note.resolved_at = site.clock() if is_resolved else None
    note.resolved_by = session.info["actor"].name if is_resolved else ""


def text_of_revision(session: Session, revision_id: int) -> str:
    """The words of a revision as readers would see them."""
    body = session.scalar(select(Revision.body).where(Revision.id == revision_id))
    return words_of(render_markdown(body or "").html)


def _checked(
    session: Session, post_id: int, revision_id: int, body: str, quote: str, before: str, after: str
) -> Anchor:
    errors = []
    if not body:
        errors.append(FieldError("body", "required", "found nothing, expected a note"))
    if len(body) > MAX_NOTE_CHARS:
        message = f"found {len(body):,} characters, expected at most {MAX_NOTE_CHARS:,}"
        errors.append(FieldError("body", "too_long", message, MAX_NOTE_CHARS))
    errors += _too_many(session, post_id)
    place: Anchor | None = Anchor("")
    if len(quote) > MAX_QUOTE_CHARS:
        message = f"found {len(quote):,} characters, expected at most {MAX_QUOTE_CHARS:,}"
        errors.append(FieldError("quote", "too_long", message, MAX_QUOTE_CHARS))
    elif quote.strip():
        place = anchor(text_of_revision(session, revision_id), quote, before=before, after=after)
        if place is None:
            message = f"found {quote.strip()[:80]!r}, expected words that stand in the text"
            errors.append(FieldError("quote", "not_there", message))
    if errors or place is None:
        raise ValidationError(errors)
    return place


def _too_many(session: Session, post_id: int) -> list[FieldError]:
    """A page shows so many notes; another one would be written and never be seen."""
    count = session.scalar(select(func.count()).where(WorkflowNote.post_id == post_id)) or 0
    message = f"found {count} notes on this post, which are as many as it can have"
    return [FieldError("body", "too_many", message, MAX_NOTES)] if count >= MAX_NOTES else []


def _first_of(session: Session, post_id: int, note_id: int) -> WorkflowNote:
    note = session.get(WorkflowNote, note_id)
    if note is None or note.post_id != post_id:
        raise NotFound("note", note_id)
    return note if note.thread_id is None else _first_of(session, post_id, note.thread_id)


def _tell(session: Session, post: PostSeen, note: WorkflowNote, *, is_answer: bool) -> None:
    what = "answered a note on" if is_answer else "wrote a note on"
    event = Event(
        "note", f"note:{note.id}", f"{note.author} {what} “{post.heading}”.", "", note.body
    )
    tell(session, post, event, followers(session, post))


def _thread(row: RowMapping, rows: Iterable[RowMapping], words: str) -> Thread:
    wanted = Anchor(row["quote"], row["before"], row["after"], row["place"])
    return Thread(
        note=_note(row),
        answers=tuple(_note(other) for other in rows if other["thread_id"] == row["id"]),
        quote=row["quote"],
        found=find(words, wanted) if row["quote"] else None,
        resolved_at=row["resolved_at"],
        resolved_by=row["resolved_by"],
    )


def _note(row: RowMapping) -> Note:
    return Note(row["id"], row["author"], row["at"], row["body"], row["link_id"])


def _order(thread: Thread) -> tuple[bool, int, int]:
    if thread.found is None:
        return False, -1, thread.note.id
    return thread.found.state == "gone", thread.found.place, thread.note.id
