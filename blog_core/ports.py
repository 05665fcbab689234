"""The four ports: who provides one does the job, by plain method calls, for the whole blog.

A plugin returns an object from the hook of the same name once, when the app is made
(`hookspecs.py`); from then on the core calls these methods directly. Units are in the names.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Final, Protocol, Self, runtime_checkable

from sqlalchemy import Connection, Engine, Executable, RowMapping


class _All(Enum):
    ALL = "all"


ALL: Final = _All.ALL
"""Stands for every cache entry: `cache.invalidate(ALL)`."""

All = _All
"""The type of `ALL`."""

CacheTags = frozenset[str]
"""Labels of a cache entry, such as `post:7`. Frozen on purpose: an iterator would be emptied."""


# --- queries --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Query:
    """A named statement. The name is its label in metrics, budgets, tests and errors."""

    name: str
    statement: Executable = field(repr=False)


@runtime_checkable
class QueryExecutor(Protocol):
    """Runs statements. Fails loudly: `QueryError`, or `Unavailable` when no connection is had."""

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine, and through it the pool."""

    def run(self, query: Query, params: Mapping[str, object] | None = None) -> Sequence[RowMapping]:
        """Run one reading statement on an AUTOCOMMIT connection and return all its rows."""

    def transaction(self) -> AbstractContextManager[Connection]:
        """A connection inside a writing transaction: committed at the end, rolled back on error.

        On SQLite it begins with BEGIN IMMEDIATE, so it never fails half-way for a lock.
        """

    def close(self) -> None:
        """Give all connections back; the executor is usable again afterwards."""


# --- cache ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A valid cache entry. Times are seconds since the Unix epoch."""

    value: bytes
    cache_tags: CacheTags
    stored_at: float
    expires_at: float


@dataclass(slots=True)
class Lease:
    """The right to build one key (`is_builder`), or the news that somebody else just built it.

    `stamps` is the cache's own note of what was current when the lease was given, taken before the
    builder's first statement. `expired` is the entry that has ended by time, if it is still there
    and no stamp of its tags has moved: it may be served when the build fails because the database
    is away. `key` may be replaced before `put`: the stamps are those of the moment, whatever the
    key. Use as a context manager: leaving it lets the next one build.
    """

    key: str
    is_builder: bool
    stamps: object
    release: Callable[[], None]
    expired: Entry | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.release()


@runtime_checkable
class Cache(Protocol):
    """Keeps bytes. Fails open: an error of `get`, `lease` or `put` is a miss that is counted."""

    @property
    def levels(self) -> frozenset[str]:
        """Optional contract levels held: "shared-stamps", "process-leases", "page-layer"."""

    def get(self, key: str) -> Entry | None:
        """The entry, only while it is valid: not expired, and no stamp of its tags has moved."""

    def lease(self, key: str, wait_s: float) -> Lease:
        """Become the one builder of `key`, or wait up to `wait_s` seconds for the one who is.

        After a wait that ended in somebody's `put` the lease says `is_builder=False`: `get` again.
        After a wait in vain it says True, so a dead builder blocks nobody.
        """

    def put(self, lease: Lease, value: bytes, *, ttl_s: float, cache_tags: CacheTags) -> bool:
        """Store under the lease's key; False, and nothing is stored, when a tag moved since."""

    def invalidate(self, cache_tags: CacheTags | _All) -> None:
        """Make every entry with one of these tags invalid, in every process that shares stamps."""


# --- stages ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a transition may not happen, as a sentence, and what is missing, item by item."""

    reason: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account, a program with a token, or the system itself (`account_id` None)."""

    account_id: int | None
    name: str
    role: str
    scopes: frozenset[str] | None = None

    @property
    def is_signed_in(self) -> bool:
        return self.account_id is not None


@runtime_checkable
class StageLoader(Protocol):
    """A post's editorial stages."""

    def load(self, post_id: int, stage_id: str) -> Mapping[str, object]:
        """Basic data of the post, `fields`, `history`, `status`, `version`, `complete`, `errors`.

        A part that could not be loaded is None: `errors` names it with the reason, and `complete`
        is False. Raises `NotFound` for an unknown post or stage.
        """

    def validate(self, data: Mapping[str, object]) -> bool:
        """True, or `ValidationError` that names every fault."""

    def may(self, post_id: int, actor: Actor, transition: str) -> Refusal | None:
        """None when the actor may take the post through `transition`; asked on every road to
        published."""


# --- text -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextAction:
    """Something an editor can ask of the text optimiser."""

    name: str
    title: str
    stage_id: str | None
    needs_model: bool
    unavailable: str = ""


@runtime_checkable
class TextOptimizer(Protocol):
    """Cleans prompts and responses, and offers actions. Fails closed: the text stays as it was."""

    def clean_prompt(self, text: str) -> str:
        """The prompt with fewer tokens and the same meaning; never longer."""

    def clean_response(self, text: str) -> str:
        """The response without wrappers and padding; never longer."""

    def actions(self) -> tuple[TextAction, ...]:
        """What can be asked here, with the reason where something is missing."""

    def run(self, action: str, text: str, *, actor: Actor) -> str:
        """The suggestion for `text`: only ever a proposal; accepting it is an ordinary save."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Who does each job in one blog, decided once."""

    executor: QueryExecutor
    cache: Cache
    stages: StageLoader
    text: TextOptimizer
