"""The one way to write: transactions whose changes reach every cache before they return."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from weakref import ref

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, SessionTransaction

from blog_core.cache_tags import with_groups
from blog_core.changes.ear import Ear
from blog_core.changes.outbox import OutboxReader, Touched
from blog_core.changes.postgres_outbox import PostgresOutbox
from blog_core.changes.relay import Relay
from blog_core.changes.sqlite_outbox import SqliteOutbox
from blog_core.changes.stamps import Stamps
from blog_core.changes.watch import Watch
from blog_core.changes.writing import begin_writing
from blog_core.model.database import schema_of
from blog_core.model.ongoing import ongoing
from blog_core.model.outages import as_outage
from blog_core.ports import ALL, Actor
from blog_core.site import Health, PostChange

if TYPE_CHECKING:
    from blog_core.site import Site

_ALL_HEARD = "Caches hear of every write."
Noted = Callable[[Session, Sequence[PostChange]], None]
"""Writes what follows from changes of posts into the transaction that made them."""

_DATABASE = 3
"""The note that says which database the other notes are about."""


class Changes:
    """The changes of one blog: opens transactions, and announces what each commit touched.

    Stamps move first, then the cache hears of the tags, then the plugins of the posts.
    """

    def __init__(self, stamps: Stamps) -> None:
        self.stamps = stamps
        self.before_commit: Noted | None = None

    def bind(self, site: "Site") -> None:
        """Watch the engine of this blog, and announce to its cache and its plugins."""
        self._site = ref(site)
        self._engine = engine = site.ports.executor.engine
        self._cache = site.ports.cache
        self._forget_other_databases()
        self._outbox: OutboxReader
        if engine.dialect.name == "sqlite":
            self._outbox, ear = SqliteOutbox(self.stamps), None
        else:
            schema = schema_of(engine)
            self._outbox = PostgresOutbox(self.stamps, schema)
            ear = Ear(engine, schema, self.stamps)
        self._watch = Watch(engine, self._outbox, self._announce)
        self.relay = Relay(engine, self.stamps, self._outbox, self._announce, ear)

    def _forget_other_databases(self) -> None:
        """What was noted of another database says nothing about this one."""
        place = f"{self._engine.url.render_as_string(hide_password=True)} {schema_of(self._engine)}"
        digest = int.from_bytes(blake2b(place.encode(), digest_size=8).digest(), "little")
        notes = self.stamps.notes
        if notes[_DATABASE] != digest:
            for note in range(len(notes)):
                notes[note] = 0
            notes[_DATABASE] = digest
            self.stamps.move_epoch()

    @contextmanager
    def transaction(self, actor: Actor) -> Iterator[Session]:
        """A session, committed at the end and rolled back on any error.

        Inside another transaction of this blog it is a savepoint of that one. Raises `Unavailable`
        when the database is away or busy; other database errors come out unchanged.
        """
        try:
            for engine, session in _sessions.get():
                if engine is self._engine:
                    with _acting(session, actor), session.begin_nested():
                        yield session
                    return
            with self._outermost(actor) as session:
                yield session
        except SQLAlchemyError as error:
            outage = as_outage(error)
            if outage is None:
                raise
            raise outage from error
        self._tell_of(session)

    @contextmanager
    def _outermost(self, actor: Actor) -> Iterator[Session]:
        info: dict[Any, Any] = {"site": self._site(), "actor": actor, "post_changes": []}
        session = WritingSession(self._engine, expire_on_commit=False, info=info)
        writing = begin_writing()
        token = _sessions.set((*_sessions.get(), (self._engine, session)))
        try:
            with session, ongoing(self._engine, lambda: _flushed(session)):
                yield session
                if self.before_commit is not None and session.info["post_changes"]:
                    self.before_commit(session, session.info["post_changes"])
                session.commit()
        finally:
            writing.is_open = False
            _sessions.reset(token)

    def _tell_of(self, session: Session) -> None:
        site: Site = session.info["site"]
        for change in session.info["post_changes"]:
            site.host.post_changed(site, change)

    def _announce(self, touched: Touched) -> None:
        tags = with_groups(touched.cache_tags)
        if touched.everything:
            self.stamps.move_epoch()
        else:
            self.stamps.move(tags)
        self._outbox.note(touched)
        if tags:
            self._cache.invalidate(ALL if touched.everything else tags)

    def health(self) -> Health:
        """Whether every process of this host hears of every write."""
        found = [text for text in (self.stamps.fault, self._deaf()) if text]
        return Health("changes", "degraded" if found else "ok", " ".join(found) or _ALL_HEARD)

    def _deaf(self) -> str:
        reason = self.relay.fault
        return reason and f"Writes by other programs are not heard of: {reason}."

    def close(self) -> None:
        """Stop listening for other programs' writes."""
        self.relay.close()


_sessions: ContextVar[tuple[tuple[Engine, Session], ...]] = ContextVar("blog_sessions", default=())


def _flushed(session: Session) -> Connection:
    session.flush()
    return session.connection()


@contextmanager
def _acting(session: Session, actor: Actor) -> Iterator[None]:
    outer, session.info["actor"] = session.info["actor"], actor
    try:
        yield
    finally:
        session.info["actor"] = outer


class WritingSession(Session):
    """A session that forgets the post changes noted in a savepoint when that is rolled back."""


@event.listens_for(WritingSession, "after_transaction_create")
def _mark(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        marks = session.info.setdefault("marks", {})
        marks[transaction] = len(session.info["post_changes"])


@event.listens_for(WritingSession, "after_soft_rollback")
def _forget(session: Session, previous: SessionTransaction) -> None:
    mark = session.info.get("marks", {}).pop(previous, None)
    if mark is not None:
        del session.info["post_changes"][mark:]
