"""The history of a sub-stage: rows that are only added, each with the digest of the one before.

A row that is changed, removed or put in between breaks the chain, and the sub-stage itself keeps
the digest of its last row. Whoever can write to the database can make a whole new chain: the
digests find accidents and single changes, they are no signature.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import BindParameter, RowMapping, bindparam, insert, select, union
from sqlalchemy.orm import Session

from blog_core.api import Query, Site
from plugins.workflow.fields import Value
from plugins.workflow.model import WorkflowHistory, WorkflowStage

Changed = Mapping[str, Mapping[str, Any]]
"""Each changed field with its value `before` and `after`."""

_BATCH_POSTS = 200
_OF_POSTS: BindParameter[list[int]] = bindparam("post_ids", expanding=True)
_written = union(select(WorkflowStage.post_id), select(WorkflowHistory.post_id)).subquery()
_POSTS = Query(
    "workflow.verified_posts",
    select(_written.c.post_id)
    .where(_written.c.post_id > bindparam("after"))
    .order_by(_written.c.post_id)
    .limit(bindparam("limit")),
)
_HEADS = Query(
    "workflow.verified_stages",
    select(*WorkflowStage.__table__.c).where(WorkflowStage.post_id.in_(_OF_POSTS)),
)
_ROWS = Query(
    "workflow.verified_history",
    select(*WorkflowHistory.__table__.c)
    .where(WorkflowHistory.post_id.in_(_OF_POSTS))
    .order_by(WorkflowHistory.post_id, WorkflowHistory.stage_id, WorkflowHistory.version),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change: who, when, what. `kind` is edit or restore, `action` one of the table or None."""

    post_id: int
    stage_id: str
    version: int
    at: datetime
    account_id: int | None
    actor: str
    kind: str
    action: str | None
    state: str
    changed: Changed
    note: str
    definition: str
    definition_version: int
    revision_id: int | None

    def digest(self, before: str) -> str:
        """The digest of this entry after one whose digest is `before`; the first comes after ""."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        values["at"] = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        text = json.dumps(values, sort_keys=True, separators=(",", ":"))
        return blake2b(f"{before}\n{text}".encode(), digest_size=32).hexdigest()


def add_entry(session: Session, entry: Entry, *, before: str) -> str:
    """Add an entry in the running transaction; its digest."""
    digest = entry.digest(before)
    values = {each.name: getattr(entry, each.name) for each in fields(entry)}
    session.execute(insert(WorkflowHistory).values(**values, digest=digest))
    return digest


def fields_at(now: Mapping[str, Value], later: Iterator[Changed]) -> dict[str, Value]:
    """The values of earlier on: `now`, with the changes of `later` (newest first) taken back."""
    values = dict(now)
    for changed in later:
        for name, value in changed.items():
            values[name] = value["before"]
    return {name: value for name, value in values.items() if value is not None}


# --- verifying ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where the history does not hold: which sub-stage of which post, which row, how."""

    post_id: int
    stage_id: str
    version: int
    text: str

    def __str__(self) -> str:
        return f"post {self.post_id}, {self.stage_id}, version {self.version}: {self.text}"


def verify_history(site: Site, post_id: int | None = None) -> Iterator[Broken]:
    """Every place where the history was changed behind the blog's back; of one post or of all.

    Follows each chain from its first row, and compares its end with the sub-stage as it stands.
    Nobody waits for it: what looks broken is looked at once more, for itself, in a transaction.
    """
    for post_ids in _batches(site) if post_id is None else [[post_id]]:
        suspects = {each.post_id for each in _broken(site, post_ids)}
        for suspect in sorted(suspects):
            with site.ports.executor.transaction():
                found = list(_broken(site, [suspect]))
            yield from found


def _batches(site: Site) -> Iterator[list[int]]:
    after = 0
    while rows := site.read(_POSTS, {"after": after, "limit": _BATCH_POSTS}):
        yield [row["post_id"] for row in rows]
        after = rows[-1]["post_id"]


def _broken(site: Site, post_ids: list[int]) -> Iterator[Broken]:
    heads = site.read(_HEADS, {"post_ids": post_ids})
    stages = {(row["post_id"], row["stage_id"]): row for row in heads}
    chain = _Chain()
    for row in site.read(_ROWS, {"post_ids": post_ids}):
        if (row["post_id"], row["stage_id"]) != chain.key:
            yield from chain.end(stages)
            chain = _Chain((row["post_id"], row["stage_id"]))
        yield from chain.follow(row)
    yield from chain.end(stages)
    for key, stage in stages.items():
        yield Broken(*key, stage["version"], "its history is missing")


class _Chain:
    """The rows of one sub-stage, replayed in their order."""

    def __init__(self, key: tuple[int, str] | None = None) -> None:
        self.key = key
        self._version, self._digest, self._state = 0, "", ""
        self._values: dict[str, Any] = {}

    def follow(self, row: RowMapping) -> Iterator[Broken]:
        """Take the next row; what is wrong with it."""
        assert self.key is not None  # noqa: S101  a chain that follows rows has one
        if row["version"] != self._version + 1:
            missing = f"the row before it is missing (found {self._version})"
            yield Broken(*self.key, row["version"], missing)
        entry = Entry(**{each.name: row[each.name] for each in fields(Entry)})
        if entry.digest(self._digest) != row["digest"]:
            yield Broken(*self.key, row["version"], "the row is not what was written")
        self._version, self._digest, self._state = row["version"], row["digest"], row["state"]
        for name, value in entry.changed.items():
            self._values[name] = value["after"]

    def end(self, stages: dict[tuple[int, str], RowMapping]) -> Iterator[Broken]:
        """Compare the end of the chain with the sub-stage, which is taken out of `stages`."""
        if self.key is None:
            return
        stage = stages.pop(self.key, None)
        if stage is None:
            yield Broken(*self.key, self._version, "there is a history, but no such sub-stage")
        elif (stage["version"], stage["digest"]) != (self._version, self._digest):
            text = f"the sub-stage is at version {stage['version']}, its history ends here"
            yield Broken(*self.key, self._version, text)
        elif stage["state"] != self._state or stage["fields"] != _present(self._values):
            yield Broken(*self.key, self._version, "the sub-stage is not what its history says")


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
