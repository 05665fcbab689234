"""Branches of migrations: the core's and one of each plugin, all in one version table."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from blog_core.errors import BlogError

VERSION_TABLE = "blog_alembic_version"
CORE_FOLDER = Path(__file__).parent / "migrations"

# Alembic keeps the migration that runs in a global, `alembic.op`.
_one_at_a_time = threading.Lock()


class MigrationError(BlogError):
    """The migrations of an owner cannot be run."""

    def __init__(self, owner: str, reason: str) -> None:
        super().__init__(
            f"The migrations of {owner!r} cannot be run: {reason.rstrip('.')}. "
            f"Nothing was changed; correct or update {owner!r} and run `blog migrate` again."
        )


class Branch(NamedTuple):
    """A folder of Alembic revisions that follow each other; their names start with the owner's.

    A branch must not name revisions of another (`depends_on`): a plugin can be removed at any time.
    The core's branch runs first.
    """

    owner: str
    folder: Path


def missing_revisions(connection: Connection, branch: Branch, schema: str | None) -> list[str]:
    """The names of the branch's revisions that are still to be run, in their order."""
    place = {"version_table": VERSION_TABLE, "version_table_schema": schema}
    context = MigrationContext.configure(connection, opts=place)
    return _names(branch, context.get_current_heads())


def all_revisions(branch: Branch) -> list[str]:
    """The names of all revisions of a branch, in their order."""
    return _names(branch, ())


def _names(branch: Branch, heads: tuple[str, ...]) -> list[str]:
    return [script.revision for script in _missing(_scripts(branch), heads, branch)]


def upgrade(connection: Connection, branch: Branch, schema: str | None) -> list[str]:
    """Run what is missing, in the transaction of the connection; the names of what ran."""
    scripts, done = _scripts(branch), []

    def steps(heads: tuple[str, ...], _context: MigrationContext) -> Iterator[MigrationStep]:
        for script in _missing(scripts, heads, branch):
            done.append(script.revision)
            yield MigrationStep.upgrade_from_script(scripts.revision_map, script)

    with _one_at_a_time, EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(
            connection=connection, version_table=VERSION_TABLE, version_table_schema=schema
        )
        environment.run_migrations()
    return done


def _scripts(branch: Branch) -> ScriptDirectory:
    return ScriptDirectory(str(branch.folder), version_locations=[str(branch.folder)])


def _missing(scripts: ScriptDirectory, heads: tuple[str, ...], branch: Branch) -> list[Script]:
    """Heads that this branch does not know are those of other branches."""
    try:
        ordered = list(scripts.walk_revisions())[::-1]
        known = {script.revision for script in ordered}
        applied = {
            script.revision
            for head in known.intersection(heads)
            for script in scripts.walk_revisions(head=head)
        }
    except CommandError as error:
        raise MigrationError(branch.owner, str(error)) from error
    return [script for script in ordered if script.revision not in applied]
