"""`blog restore --drill`: a backup restored in a place of its own, checked, and thrown away."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from blog_core.backup.databases import copy_of
from blog_core.backup.errors import RestoreRefused
from blog_core.backup.reading import opened
from blog_core.backup.restore import Restored, bring_back, check_fits
from blog_core.backup.take import Progress
from blog_core.model.database import own_engine, schema_of
from blog_core.model.triggers.sql import quoted
from blog_core.site import Site


def drill(site: Site, file: Path, *, on_progress: Progress = lambda _text: None) -> Restored:
    """Restore everything beside the blog, which is not touched. Raises as `restore_backup` does."""
    with opened(file) as backup, TemporaryDirectory(dir=site.data_dir) as folder:
        place = Path(folder)
        on_progress("comparing digests")
        backup.verify()
        with _beside(site.ports.executor.engine, place) as engine:
            copy = copy_of(engine)
            check_fits(backup, copy)
            on_progress("the database")
            restored = bring_back(site, engine, copy, backup, place, "drill")
        for number, path in enumerate(backup.media, 1):
            on_progress(f"{number} media")
            backup.extract_media(path, place / "media")
        return restored


@contextmanager
def _beside(engine: Engine, folder: Path) -> Iterator[Engine]:
    """An engine on an empty database: a file, or a database on the same server."""
    if engine.dialect.name == "sqlite":
        url = URL.create("sqlite", database=str(folder / "drill.sqlite3"))
        with _disposed(own_engine(url)) as beside:
            yield beside
        return
    name = f"blog_drill_{secrets.token_hex(4)}"
    with _disposed(create_engine(engine.url, isolation_level="AUTOCOMMIT")) as server:
        try:
            _execute(server, f"CREATE DATABASE {quoted(name)}")
        except SQLAlchemyError as error:
            raise RestoreRefused(
                f"no database could be made for the drill ({error.__cause__})",
                "Give the user of `database_url` the right CREATEDB, or drill on another machine.",
            ) from error
        try:
            with _disposed(own_engine(engine.url.set(database=name))) as beside:
                schema = schema_of(engine)
                options = {"schema_translate_map": {None: schema}} if schema else {}
                yield beside.execution_options(**options)
        finally:
            _execute(server, f"DROP DATABASE {quoted(name)} WITH (FORCE)")


@contextmanager
def _disposed(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.dispose()


def _execute(engine: Engine, statement: str) -> None:
    with engine.connect() as connection:
        connection.execute(text(statement))
