"""Building what was advised: measured before and after, and taken back when it does not help."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from blog_core.api import schema_of
from plugins.db_opt.advise.advising import Proposal, judged
from plugins.db_opt.advise.asked import Asked
from plugins.db_opt.advise.form import PREFIX, Form, quoted
from plugins.db_opt.advise.ground import Measured, Plan
from plugins.db_opt.advise.postgres_ground import measured_on_postgres, postgres_plan_of
from plugins.db_opt.advise.proving import Prover
from plugins.db_opt.advise.read_only import ReadOnly, read_only
from plugins.db_opt.advise.sqlite_ground import measured_on_sqlite, sqlite_plan_of
from plugins.db_opt.built import Built
from plugins.db_opt.index_building import Tell, alone, blocking_s, tell_of_older

if TYPE_CHECKING:
    from blog_core.api import Site

_COMMAND = "advised"


def expected_s(site: "Site", proposals: Sequence[Proposal]) -> float:
    """How long nobody else can write while these are built; 0 on PostgreSQL."""
    engine = site.ports.executor.engine
    return sum(blocking_s(engine, proposal.form.definition) for proposal in proposals)


def apply(
    site: "Site", proposals: Sequence[Proposal], statements: Sequence[Asked], tell: Tell
) -> list[Proposal]:
    """Build these, each with its proof on the real tables; what does not help is dropped again.

    Only SELECTs are run, under a time limit. Raises `IndexesBusy` when another process builds.
    """
    done = []
    built = Built.by(site, _COMMAND)
    names: list[str] = []
    with _real(site.ports.executor.engine, proposals) as (ground, connection):
        tell_of_older(connection, tell)
        prover = Prover(statements, ground)
        for proposal in proposals:
            names.append(proposal.form.name)
            built.write(names)
            proved = judged(proposal, prover.prove(proposal.form))
            if proved.refused:
                names.remove(proposal.form.name)
                built.write(names)
                tell(f"undone   {proposal.form.name}: {proved.refused}")
            else:
                tell(f"built    {proposal.form.name}")
            done.append(proved)
    return done


def undo(site: "Site", tell: Tell) -> list[str]:
    """Drop what the last `apply` built and kept; their names."""
    built = Built.by(site, _COMMAND)
    names = [name for name in built.read() if name.startswith(PREFIX)]
    engine = site.ports.executor.engine
    with alone(engine) as connection:
        for name in names:
            _drop(engine, connection, name)
            tell(f"dropped  {name}")
    built.write([])
    return names


class _Real:
    """The real tables. Building is concurrent on PostgreSQL; statements run where they cannot
    write."""

    def __init__(
        self,
        engine: Engine,
        connection: Connection,
        reading: ReadOnly,
        ddl: dict[Form, str],
    ) -> None:
        self._engine, self._connection, self._reading = engine, connection, reading
        self._ddl = ddl
        self._is_postgres = engine.dialect.name == "postgresql"

    def plan(self, asked: Asked) -> Plan | None:
        if self._is_postgres:
            return postgres_plan_of(self._reading, asked)
        return sqlite_plan_of(self._reading, asked)

    def measure(self, asked: Asked) -> Measured:
        if self._is_postgres:
            return measured_on_postgres(self._reading, asked)
        return measured_on_sqlite(self._engine, Path(str(self._engine.url.database)), asked)

    def add(self, form: Form) -> str | None:
        try:
            self._connection.exec_driver_sql(_as_driver_takes(self._ddl[form], self._is_postgres))
        except DBAPIError:
            self.drop(form)  # an interrupted build leaves an index that costs and does not work
            return None
        if self._is_postgres and any("(" in key.sql for key in form.keys):
            # What an expression holds is known only when the table is looked at again.
            self._connection.exec_driver_sql(f"ANALYZE {self._reading.table(form.table)}")
        return form.name

    def drop(self, form: Form) -> None:
        _drop(self._engine, self._connection, form.name)

    def clear(self) -> None:
        """Nothing: what helped stays."""


@contextmanager
def _real(engine: Engine, proposals: Sequence[Proposal]) -> Iterator[tuple[_Real, Connection]]:
    ddl = {proposal.form: proposal.ddl for proposal in proposals}
    with alone(engine) as connection, read_only(engine) as reading:
        yield _Real(engine, connection, reading, ddl), connection


def _as_driver_takes(ddl: str, is_postgres: bool) -> str:
    return ddl.replace("%", "%%") if is_postgres else ddl


def _drop(engine: Engine, connection: Connection, name: str) -> None:
    schema = schema_of(engine)
    index = f"{quoted(schema)}.{quoted(name)}" if schema else quoted(name)
    how = "CONCURRENTLY " if engine.dialect.name == "postgresql" else ""
    connection.exec_driver_sql(f"DROP INDEX {how}IF EXISTS {index}")
