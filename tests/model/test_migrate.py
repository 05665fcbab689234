"""Migrations: from nothing, again, many at once, killed half-way, with plugins that come and go."""

import multiprocessing
import re
import time

import pytest
from sqlalchemy import inspect, text

from blog_core.model import Base
from blog_core.model.branches import VERSION_TABLE, Branch, MigrationError
from blog_core.model.database import reading
from blog_core.model.migrate import TableClash, migrate_engine, pending_of_engine
from blog_core.model.triggers.core_rules import CORE_RULES
from tests.model.migrating import CORE, migrate_once

REVISION = '''\
"""A table of a plugin."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down}
branch_labels = {labels}
depends_on = None


def upgrade() -> None:
    {body}
'''


def migrate(engine, folder, *branches):
    return migrate_engine(engine, folder, [CORE, *branches], CORE_RULES)


def pending(engine, *branches):
    return pending_of_engine(engine, [CORE, *branches], CORE_RULES)


def revision(folder, name, body, down=None):
    folder.mkdir(exist_ok=True)
    labels = None if down else ("shelf",)
    source = REVISION.format(revision=name, down=repr(down), labels=labels, body=body)
    (folder / f"{name}.py").write_text(source)


@pytest.fixture
def shelf(tmp_path):
    """The migrations of a plugin called shelf."""
    revision(
        tmp_path / "shelf",
        "shelf_0001",
        'op.create_table("shelf_book", sa.Column("id", sa.Integer))',
    )
    return Branch("shelf", tmp_path / "shelf")


def one(engine, sql):
    with reading(engine) as connection:
        return connection.scalar(text(sql))


def test_an_empty_database_gets_tables_and_triggers(engine, tmp_path):
    assert pending(engine)[0] == "blog_0001"
    done = migrate(engine, tmp_path)
    assert done[0] == "blog_0001"
    assert done[-1].endswith("triggers")
    assert pending(engine) == []


def test_asking_what_is_pending_makes_no_file(sqlite_url, tmp_path, engine):
    pending(engine)
    assert not (tmp_path / "blog.db").exists()


def test_a_second_run_does_nothing(engine, tmp_path):
    migrate(engine, tmp_path)
    assert migrate(engine, tmp_path) == []


def test_a_trigger_that_is_missing_is_pending_and_made_again(engine, tmp_path):
    migrate(engine, tmp_path)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            query = "SELECT name, tbl_name AS place FROM sqlite_master WHERE type = 'trigger'"
        else:
            query = "SELECT tgname AS name, tgrelid::regclass AS place FROM pg_trigger"
            query += " WHERE NOT tgisinternal"
        name, place = connection.execute(text(query)).first()
        on = "" if engine.dialect.name == "sqlite" else f" ON {place}"
        connection.execute(text(f'DROP TRIGGER "{name}"{on}'))
    assert pending(engine) == ["1 triggers"]
    assert migrate(engine, tmp_path) == ["1 triggers"]


def test_rules_that_changed_renew_the_triggers_of_their_table(engine, tmp_path):
    migrate(engine, tmp_path)
    rules = {**CORE_RULES, "redirect": CORE_RULES["tag"][1:2]}
    assert pending_of_engine(engine, [CORE], rules)
    migrate_engine(engine, tmp_path, [CORE], rules)
    assert pending_of_engine(engine, [CORE], rules) == []
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO redirect (path, target, created_at) VALUES ('/a', '/b', '2026-11-24')"
            )
        )
        assert connection.scalars(text("SELECT cache_tag FROM outbox")).all() == ["tags"]


@pytest.fixture(scope="module")
def processes():
    """Makes processes that have everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.model.migrating"])
    return context


def test_eight_processes_at_once_migrate_once(database_url, tmp_path, engine, processes):
    with processes.Pool(8) as pool:
        done = pool.starmap(migrate_once, [(database_url, tmp_path)] * 8, chunksize=1)
    assert sorted(done) == [0] * 7 + [2]
    assert pending(engine) == []


def test_a_migration_killed_half_way_leaves_nothing_and_runs_again(
    database_url, engine, tmp_path, shelf, processes
):
    mark = tmp_path / "half-way"
    body = """op.create_table("shelf_pen", sa.Column("id", sa.Integer))
    open("MARK", "w").close()
    __import__("time").sleep(60)"""
    revision(shelf.folder, "shelf_0002", body.replace("MARK", str(mark)), down="shelf_0001")
    process = processes.Process(target=migrate_once, args=(database_url, tmp_path, shelf))
    process.start()
    while not mark.exists() and process.is_alive():
        time.sleep(0.02)
    process.kill()
    process.join()
    revision(shelf.folder, "shelf_0002", "pass", down="shelf_0001")
    assert migrate(engine, tmp_path, shelf)[:3] == ["blog_0001", "shelf_0001", "shelf_0002"]
    assert "shelf_pen" not in inspect(engine).get_table_names()


def test_a_migration_that_fails_changes_nothing_and_names_its_owner(engine, tmp_path, shelf):
    revision(shelf.folder, "shelf_0002", 'op.execute("nonsense")', down="shelf_0001")
    with pytest.raises(MigrationError, match=r"of 'shelf' cannot be run: .*nonsense"):
        migrate(engine, tmp_path, shelf)
    assert inspect(engine).get_table_names() == []


def test_a_plugin_brings_its_own_branch(engine, tmp_path, shelf):
    migrate(engine, tmp_path)
    assert pending(engine, shelf) == ["shelf_0001"]
    assert migrate(engine, tmp_path, shelf) == ["shelf_0001"]
    assert one(engine, f"SELECT count(*) FROM {VERSION_TABLE}") == 2


def test_a_plugin_that_is_switched_off_is_in_nobodys_way(engine, tmp_path, shelf):
    migrate(engine, tmp_path, shelf)
    assert pending(engine) == []
    assert migrate(engine, tmp_path) == []
    revision(shelf.folder, "shelf_0002", "pass", down="shelf_0001")
    assert migrate(engine, tmp_path, shelf) == ["shelf_0002"]


def test_tables_of_somebody_else_are_refused(engine, tmp_path):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE post (id integer)"))
    for act in (lambda: migrate(engine, tmp_path), lambda: pending(engine)):
        with pytest.raises(
            TableClash, match=r"table\(s\) post.*Give the blog a database of its own"
        ):
            act()
    assert inspect(engine).get_table_names() == ["post"]


def test_a_table_that_is_made_anew_keeps_the_rows_that_name_it(engine, tmp_path, shelf):
    migrate(engine, tmp_path)
    with engine.begin() as connection:
        connection.execute(text(ADA))
        connection.execute(text(HER_SESSION))
    body = 'b = op.batch_alter_table("account", recreate="auto")\n    with b as table: '
    body += 'table.alter_column("name", type_=sa.String(500))'
    revision(shelf.folder, "shelf_0002", body, down="shelf_0001")
    migrate(engine, tmp_path, shelf)
    assert one(engine, "SELECT count(*) FROM login_session") == 1
    assert pending(engine, shelf) == []


ADA = """
INSERT INTO account (id, name, slug, must_change_password, role, bio, created_at, updated_at)
VALUES (1, 'Ada', 'ada', false, 'admin', '', '2026-11-24', '2026-11-24')
"""
HER_SESSION = """
INSERT INTO login_session (token_digest, account_id, created_at, last_seen_at, expires_at,
    user_agent, address)
VALUES ('x', 1, '2026-11-24', '2026-11-24', '2026-11-24', '', '')
"""


def test_the_models_and_the_migrations_agree(engine, tmp_path, database_url):
    migrate(engine, tmp_path)
    migrated = tables_of(engine)
    with engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {SEARCH_INDEX}"))
        for table in reversed(Base.metadata.sorted_tables):
            table.drop(connection, checkfirst=True)
        ours = [t for t in Base.metadata.sorted_tables if t.name in migrated]
        Base.metadata.create_all(connection, ours)
    assert tables_of(engine) == migrated
    assert set(migrated) == {table.name for table in ours}


def tables_of(engine):
    """Everything about the tables that the database itself reports, by table."""
    if engine.dialect.name == "sqlite":
        query = (
            "SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'"
            " AND tbl_name NOT LIKE 'sqlite_%' AND tbl_name <> 'blog_alembic_version'"
        )
    else:
        query = POSTGRES_TABLES
    found = {}
    with reading(engine) as connection:
        for table, line in connection.execute(text(query)):
            if not table.startswith(SEARCH_INDEX):
                found.setdefault(table, set()).update(
                    re.split(r"\s*,\s*\n\s*|\s*\n\s*", line.strip())
                )
    return found


SEARCH_INDEX = "post_search"
"""Belongs to no model: each database has a search index of its own kind, kept by triggers."""

POSTGRES_TABLES = """
SELECT table_name, concat_ws(' ', column_name, data_type, character_maximum_length, is_nullable,
    column_default) FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> 'blog_alembic_version'
UNION ALL
SELECT tablename, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename <> 'blog_alembic_version'
UNION ALL
SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    AND conrelid::regclass::text <> 'blog_alembic_version'
"""
