"""The indexes that the posts' lists need: which are there, and making those that are not."""

from sqlalchemy import Engine, Index, inspect, text

from blog_core.api import Post, Site
from plugins.db_opt.here import site_for

POST_INDEXES = ("idx_post_status", "idx_post_created", "idx_post_updated")
"""Single names for composite forms: the order of the list is part of each."""


def create_post_indexes() -> list[str]:
    """Make those of the three indexes of the posts' lists that are missing; their names.

    `idx_post_status(status, updated_at DESC, id DESC)`, `idx_post_created(created_at DESC, id
    DESC)` and `idx_post_updated(updated_at DESC, id DESC)`. PostgreSQL builds them concurrently,
    so nobody who writes waits; SQLite holds its one writer for the time it takes.
    """
    site = site_for("create_post_indexes()")
    missing = missing_post_indexes(site)
    engine = site.ports.executor.engine
    for index in missing:
        _build(engine, index)
    return [str(index.name) for index in missing]


def missing_post_indexes(site: Site) -> list[Index]:
    """Those of `POST_INDEXES` that the database does not have, or (PostgreSQL) has invalid."""
    engine = site.ports.executor.engine
    schema = (engine.get_execution_options().get("schema_translate_map") or {}).get(None)
    found = {index["name"] for index in inspect(engine).get_indexes("post", schema=schema)}
    found -= _invalid(engine)
    declared = {index.name: index for index in Post.__table__.indexes}  # type: ignore[attr-defined]
    return [declared[name] for name in POST_INDEXES if name not in found]


def _invalid(engine: Engine) -> set[str]:
    """What an interrupted concurrent build left behind: there by name, and used by no plan."""
    if engine.dialect.name != "postgresql":
        return set()
    sql = text(
        "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
        " WHERE NOT indisvalid"
    )
    with engine.connect() as connection:
        return set(connection.execute(sql).scalars())


def _build(engine: Engine, index: Index) -> None:
    """Outside a transaction, as a concurrent build must be; with time to wait for old ones."""
    from sqlalchemy.schema import CreateIndex, DropIndex

    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # its settings must not go back to the pool
        if engine.dialect.name != "postgresql":
            connection.execute(CreateIndex(index, if_not_exists=True))
            return
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SET lock_timeout = '5min'"))
        table = Post.metadata.tables["post"]
        concurrent = Index(
            index.name,
            *index.expressions,
            postgresql_concurrently=True,
            _table=table,
        )
        table.indexes.discard(concurrent)
        connection.execute(DropIndex(concurrent, if_exists=True))
        connection.execute(CreateIndex(concurrent))
