"""SQLite's grounds: the schema without rows in memory, and a whole copy of the file."""

import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from plugins.db_opt.advise.asked import Asked
from plugins.db_opt.advise.facts import Schema, TableFacts
from plugins.db_opt.advise.form import Form, quoted
from plugins.db_opt.advise.ground import Measured, Plan, sqlite_plan
from plugins.db_opt.advise.pages_read import page_bytes_read
from plugins.db_opt.advise.read_only import AdviceFailed, ReadOnly, Refused, taken

TIMES = 3
_SCHEMA = (
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " AND type IN ('table', 'index', 'view')"
    " ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'view' THEN 1 ELSE 2 END"
)
_KEPT_STATISTICS = "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)"


class SqliteClone:
    """The tables and indexes without rows, with what the database knows of the real ones."""

    def __init__(
        self, engine: Engine, reading: ReadOnly, schema: Schema, facts: Mapping[str, TableFacts]
    ) -> None:
        self._memory = ReadOnly(engine, sqlite3.connect(":memory:", isolation_level=None))
        self._memory.limit_time()
        self._schema, self._facts, self._added = schema, facts, list[Form]()
        for (sql,) in reading.rows(_SCHEMA):
            with suppress(Refused):  # a module that only the site's connections have
                self._memory.rows(sql)
        self._knows = _has_statistics(reading)
        if self._knows:
            self._memory.rows("ANALYZE")
            for row in reading.rows("SELECT tbl, idx, stat FROM sqlite_stat1"):
                self._memory.rows(_KEPT_STATISTICS, row)
            self._believe()

    def plan(self, asked: Asked) -> Plan | None:
        """How the planner would run it, were there the rows."""
        return sqlite_plan_of(self._memory, asked)

    def add(self, form: Form) -> str | None:
        """Make it, with statistics guessed from the sample where the real ones have some."""
        try:
            self._memory.rows(form.ddl(self._schema.columns[form.table]))
        except Refused:
            return None
        self._added.append(form)
        if self._knows:
            stat = _statistics(form, self._facts[form.table])
            self._memory.rows(_KEPT_STATISTICS, (form.table, form.name, stat))
            self._believe()
        return form.name

    def clear(self) -> None:
        """Drop what was added."""
        for form in self._added:
            self._memory.rows(f"DROP INDEX {quoted(form.name)}")
        self._added.clear()

    def close(self) -> None:
        """Forget it all."""
        self._memory.driver.close()

    def _believe(self) -> None:
        """Read the statistics again."""
        self._memory.rows("ANALYZE sqlite_master")


class SqliteCopy:
    """A copy of the whole database, in which statements are run and indexes are made."""

    def __init__(self, engine: Engine, file: Path, schema: Schema) -> None:
        self._engine, self._file, self._schema = engine, file, schema
        self._driver = sqlite3.connect(file, isolation_level=None)
        self._copy = ReadOnly(engine, self._driver)
        self._added: list[Form] = []
        self._learn()

    def plan(self, asked: Asked) -> Plan | None:
        """How the planner would run it on these rows."""
        return sqlite_plan_of(self._copy, asked)

    def add(self, form: Form) -> str | None:
        """Build it, however long that takes: nobody else uses this file."""
        try:
            self._copy.rows(form.ddl(self._schema.columns[form.table]))
        except Refused:
            return None
        self._added.append(form)
        self._learn()
        return form.name

    def drop(self, form: Form) -> None:
        """Drop one."""
        self._copy.rows(f"DROP INDEX {quoted(form.name)}")
        self._added.remove(form)

    def clear(self) -> None:
        """Drop all."""
        for form in list(self._added):
            self.drop(form)

    def measure(self, asked: Asked) -> Measured:
        """The best time of some, and how many pages it reads when none is in memory yet."""
        return measured_on_sqlite(self._engine, self._file, asked)

    def close(self) -> None:
        """Give the file back."""
        self._driver.close()

    def _learn(self) -> None:
        """Statistics where the real database has some: without them the planner decides alike."""
        if _has_statistics(self._copy):
            self._copy.rows("PRAGMA analysis_limit = 1000")
            self._copy.rows("ANALYZE")


def measured_on_sqlite(engine: Engine, file: Path, asked: Asked) -> Measured:
    """One statement on a database file, each time on a new connection whose memory is empty."""
    runs = [_run(engine, file, asked) for _ in range(TIMES)]
    best = min(runs, key=lambda run: (run.was_stopped, run.ms))
    blocks = [run.blocks for run in runs if run.blocks is not None]
    return Measured(best.ms, min(blocks, default=None), best.was_stopped)


def _run(engine: Engine, file: Path, asked: Asked) -> Measured:
    driver = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        fresh = ReadOnly(engine, driver)
        fresh.forbid_writing()
        fresh.rows("PRAGMA mmap_size = 0")  # pages come by reading, so that they can be counted
        fresh.rows("PRAGMA cache_size = -262144")
        fresh.rows("SELECT count(*) FROM sqlite_master")
        ((page_bytes,),) = fresh.rows("PRAGMA page_size")
        before, began = page_bytes_read(), time.perf_counter()
        was_stopped = False
        try:
            fresh.rows(asked.sql, asked.params)
        except Refused as error:
            was_stopped = str(error) == "interrupted"
            if not was_stopped:
                raise
        ms, after = (time.perf_counter() - began) * 1000, page_bytes_read()
        blocks = None if before is None or after is None else (after - before) // page_bytes
        return Measured(ms, blocks, was_stopped)
    finally:
        driver.close()


@contextmanager
def sqlite_copy(engine: Engine, schema: Schema, folder: Path) -> Iterator[SqliteCopy]:
    """A copy in a new folder inside `folder`, made while the site goes on; removed afterwards.

    Raises `AdviceFailed` when the disk has no room for it.
    """
    with TemporaryDirectory(prefix="advise-", dir=folder) as temporary, taken(engine) as source:
        _check_room(source, folder)
        file = Path(temporary) / "copy.sqlite3"
        target = sqlite3.connect(file)
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # nobody reads beside the one who writes
        target.close()
        copy = SqliteCopy(engine, file, schema)
        try:
            yield copy
        finally:
            copy.close()


def _check_room(source: sqlite3.Connection, folder: Path) -> None:
    ((pages,),) = source.execute("PRAGMA page_count").fetchall()
    ((page_bytes,),) = source.execute("PRAGMA page_size").fetchall()
    wanted, free = 2 * pages * page_bytes, shutil.disk_usage(folder).free
    if wanted > free:
        raise AdviceFailed(
            f"A copy of the database with its new indexes may take {wanted:,} bytes, and {folder} "
            f"has {free:,} free. Make room, or leave --prove out."
        )


_asked_times = count()


def sqlite_plan_of(reading: ReadOnly, asked: Asked) -> Plan | None:
    """The plan of a statement; None when the database refuses it.

    A statement that runs before makes the connection look whether others have changed the schema:
    EXPLAIN does not. And each time it is another text, or the driver would bring back the plan of
    before.
    """
    reading.rows("SELECT count(*) FROM sqlite_master")
    explain = f"EXPLAIN QUERY PLAN /* {next(_asked_times)} */ {asked.sql}"
    with suppress(Refused):
        return sqlite_plan(reading.rows(explain, asked.params))
    return None


def _has_statistics(reading: ReadOnly) -> bool:
    return bool(reading.rows("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'"))


def _statistics(form: Form, facts: TableFacts) -> str:
    """As ANALYZE would write them: rows, then how many share each beginning of the index."""
    rows, left = facts.rows, float(facts.rows)
    if form.where:
        rows = max(1, round(rows * 0.1))
        left = float(rows)
    numbers = [rows]
    for key in form.keys:
        left = max(1.0, left / facts.distinct(key.sql))
        numbers.append(round(left))
    return " ".join(map(str, numbers))
