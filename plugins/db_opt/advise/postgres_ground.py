"""PostgreSQL's grounds: hypothetical indexes by hypopg, and a scratch schema with copied rows."""

import json
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine

from plugins.db_opt.advise.asked import Asked
from plugins.db_opt.advise.facts import Schema
from plugins.db_opt.advise.form import Form, quoted
from plugins.db_opt.advise.ground import Measured, Plan, postgres_plan
from plugins.db_opt.advise.read_only import AdviceFailed, ReadOnly, Refused, taken

TIMES = 3
COPIED_ROWS = 1_000_000
SCRATCH = "blog_advice_"
_HYPOPG = (
    "SELECT quote_ident(n.nspname) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
    " WHERE p.proname = 'hypopg_create_index' AND has_function_privilege(p.oid, 'EXECUTE')"
)
_OLD_SCRATCH = (
    "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)"
    " AND pg_has_role(nspowner, 'MEMBER')"
)
_LOCK = "SELECT pg_try_advisory_lock(hashtext('blog db advise'), hashtext(current_database()))"


class HypoGround:
    """The real tables with indexes that only the planner sees, and only on this connection."""

    def __init__(self, reading: ReadOnly, schema: Schema, home: str) -> None:
        self._reading, self._schema, self._home = reading, schema, home

    def plan(self, asked: Asked) -> Plan | None:
        """What the planner would do with them, and its price."""
        return postgres_plan_of(self._reading, asked)

    def add(self, form: Form) -> str | None:
        """Make the planner believe in it."""
        ddl = form.ddl(self._schema.columns[form.table], schema=self._reading.schema)
        with suppress(Refused):
            made = self._reading.rows(
                f"SELECT indexname FROM {self._home}.hypopg_create_index(%s)",  # noqa: S608
                (ddl,),
            )
            return str(made[0][0]) if made else None
        return None

    def clear(self) -> None:
        """Forget all of them."""
        self._reading.rows(f"SELECT {self._home}.hypopg_reset()")


def hypopg_home(reading: ReadOnly) -> str | None:
    """The schema that hypopg is installed in, quoted; None without it."""
    found = reading.rows(_HYPOPG)
    return str(found[0][0]) if found else None


def is_hypopg_at_hand(reading: ReadOnly) -> bool:
    """Whether the server has hypopg, though this database does not use it yet."""
    return bool(reading.rows("SELECT 1 FROM pg_available_extensions WHERE name = 'hypopg'"))


def postgres_plan_of(reading: ReadOnly, asked: Asked) -> Plan | None:
    """The plan of a statement; None when the database refuses it."""
    with suppress(Refused):
        rows = reading.rows(f"EXPLAIN (FORMAT JSON) {asked.sql}", asked.params)
        return postgres_plan(_root(rows)["Plan"])
    return None


def measured_on_postgres(reading: ReadOnly, asked: Asked) -> Measured:
    """The best time of some runs, and the blocks that the statement touches."""
    explain = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {asked.sql}"
    runs = []
    for _ in range(TIMES):
        try:
            root = _root(reading.rows(explain, asked.params))
        except Refused as error:
            if "statement timeout" not in str(error):
                raise
            return Measured(reading.limit_s * 1000, None, was_stopped=True)
        plan = root["Plan"]
        blocks = sum(plan.get(f"Shared {kind} Blocks", 0) for kind in ("Hit", "Read"))
        blocks += sum(plan.get(f"Temp {kind} Blocks", 0) for kind in ("Read", "Written"))
        runs.append(Measured(float(root["Execution Time"]), blocks))
    return min(runs, key=lambda run: run.ms)


def _root(rows: list[tuple[Any, ...]]) -> Any:
    (content,) = rows[0]
    return (json.loads(content) if isinstance(content, str) else content)[0]


class ScratchSchema:
    """Copies of some tables in a schema of their own; a statement finds these first."""

    def __init__(self, engine: Engine, driver: Any, schema: Schema) -> None:
        self._scratch = ReadOnly(engine, driver)
        self._schema, self._added = schema, list[Form]()
        self._copied: list[str] = []
        self.name = f"{SCRATCH}{secrets.token_hex(4)}"

    def fill(self, tables: Iterable[str]) -> None:
        """Copy these tables with their indexes; of a large one, a part of its pages."""
        run = self._scratch.rows
        run("SET statement_timeout = 0")
        run(f"CREATE SCHEMA {quoted(self.name)}")
        for table in sorted(set(tables)):
            real, copy = self._scratch.table(table), f"{quoted(self.name)}.{quoted(table)}"
            rows = self._scratch.row_count(table)
            percent = 100 * COPIED_ROWS / max(rows, COPIED_ROWS)
            part = f" TABLESAMPLE SYSTEM ({percent:.4f})" if percent < 100 else ""
            run(f"CREATE UNLOGGED TABLE {copy} (LIKE {real} INCLUDING INDEXES)")
            run(f"INSERT INTO {copy} SELECT * FROM {real}{part}")  # noqa: S608 - of the catalogue
            run(f"ANALYZE {copy}")
            self._copied.append(table)
        ((path,),) = run("SELECT current_setting('search_path')")
        run("SELECT set_config('search_path', %s, false)", (f"{self.name}, {path}",))

    def plan(self, asked: Asked) -> Plan | None:
        """How the planner would run it on the copies."""
        return postgres_plan_of(self._reading, self._here(asked))

    def add(self, form: Form) -> str | None:
        """Build it on the copy."""
        ddl = form.ddl(self._schema.columns[form.table], schema=self.name)
        try:
            self._unlimited(ddl)
        except Refused:
            return None
        self._unlimited(f"ANALYZE {quoted(self.name)}.{quoted(form.table)}")
        self._added.append(form)
        return form.name

    def drop(self, form: Form) -> None:
        """Drop one."""
        self._unlimited(f"DROP INDEX {quoted(self.name)}.{quoted(form.name)}")
        self._added.remove(form)

    def clear(self) -> None:
        """Drop all."""
        for form in list(self._added):
            self.drop(form)

    def measure(self, asked: Asked) -> Measured:
        """The best time of some, and the blocks."""
        return measured_on_postgres(self._reading, self._here(asked))

    def lock(self) -> None:
        """Be the only advisor of this database that proves. Raises `AdviceFailed`."""
        if not self._scratch.rows(_LOCK)[0][0]:
            raise AdviceFailed(
                "Another process proves indexes on this database now. Wait for it, then run "
                "`blog db advise --prove` again."
            )

    def remove(self) -> None:
        """Drop the schema, and those that killed runs left."""
        self._unlimited("RESET search_path")
        for (name,) in self._unlimited(_OLD_SCRATCH, (SCRATCH,)):
            self._unlimited(f"DROP SCHEMA {quoted(name)} CASCADE")

    @property
    def _reading(self) -> ReadOnly:
        self._scratch.rows("SET default_transaction_read_only = on")
        self._scratch.limit_time()
        return self._scratch

    def _here(self, asked: Asked) -> Asked:
        """The statement on the copies, also when it names the schema of the real tables."""
        real = self._scratch.schema
        if not real:
            return asked
        tables = "|".join(map(re.escape, self._copied))
        sql = re.sub(rf"(?<![\w.]){re.escape(real)}\.({tables})\b", rf"{self.name}.\1", asked.sql)
        return replace(asked, sql=sql)

    def _unlimited(self, sql: str, params: Any = ()) -> list[tuple[Any, ...]]:
        """Building takes as long as it takes."""
        self._scratch.rows("SET default_transaction_read_only = off")
        self._scratch.rows("SET statement_timeout = 0")
        return self._scratch.rows(sql, params)


@contextmanager
def scratch_schema(
    engine: Engine, schema: Schema, tables: Iterable[str]
) -> Iterator[ScratchSchema]:
    """A scratch schema with copies of these tables, which is dropped afterwards.

    Raises `AdviceFailed` when the database does not allow one, or another advisor has one.
    """
    with taken(engine) as driver:
        driver.autocommit = True
        scratch = ScratchSchema(engine, driver, schema)
        scratch.lock()
        try:
            scratch.fill(tables)
        except Refused as error:
            scratch.remove()
            raise AdviceFailed(
                f"No scratch schema for the proof: {error}. It needs the right CREATE on the "
                "database and room for copies of the tables; or leave --prove out."
            ) from error
        try:
            yield scratch
        finally:
            scratch.remove()
