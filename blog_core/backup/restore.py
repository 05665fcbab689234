"""`blog restore`: a backup in the place of the blog; what was there is kept beside it."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from blog_core.backup.databases import DatabaseCopy, copy_of
from blog_core.backup.errors import BackupDamaged, BackupFromElsewhere, RestoreRefused
from blog_core.backup.manifest import MEDIA, Manifest
from blog_core.backup.reading import Backup, opened
from blog_core.content.check import Finding, check_in
from blog_core.model.migrate import branches_of, migrate_engine, rules_of
from blog_core.site import SYSTEM, Site

if TYPE_CHECKING:
    from blog_core.backup.take import Progress


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: `aside` is where the old blog is kept, `migrated` what was run on the
    restored one, `findings` what `blog check` says of it."""

    manifest: Manifest
    aside: str
    migrated: tuple[str, ...]
    findings: tuple[Finding, ...]


def restore_backup(
    site: Site, file: Path, *, replace: bool, on_progress: "Progress" = lambda _text: None
) -> Restored:
    """Bring a backup into this blog's database and media folder. Every digest is compared first.

    A blog that has content is only set aside with `replace`. Raises `BackupDamaged`,
    `BackupFromElsewhere`, `RestoreRefused`; then the old state stands again.
    """
    engine = site.ports.executor.engine
    copy = copy_of(engine)
    others = site.metrics.other_workers()
    if others:
        raise RestoreRefused(
            f"{others} other process(es) of this blog run, and would write to it meanwhile",
            "Stop `blog serve` and `blog worker`, and try again.",
        )
    if not (replace or copy.contents().is_empty):
        raise RestoreRefused(
            "the blog here has content",
            "With --replace it is kept beside the restored one; nothing is deleted.",
        )
    with opened(file) as backup:
        check_fits(backup, copy)
        on_progress("comparing digests")
        backup.verify()
        on_progress("the database")
        aside = f"before_restore_{site.clock():%Y%m%d_%H%M%S}_{secrets.token_hex(2)}"
        restored = bring_back(site, engine, copy, backup, site.data_dir, aside)
        for number, path in enumerate(backup.media, 1):
            on_progress(f"{number} media")
            backup.extract_media(path, site.data_dir / MEDIA)
    site.changes.stamps.move_epoch()
    return restored


def check_fits(backup: Backup, copy: DatabaseCopy) -> None:
    """Raise `BackupFromElsewhere` for a backup of another kind of database."""
    manifest = backup.manifest
    found = f"{manifest.database} {manifest.schema}".strip()
    here = f"{copy.kind} {copy.schema}".strip()
    if found != here:
        raise BackupFromElsewhere(backup.file, f"a database of {found}", here)


def bring_back(
    site: Site, engine: Engine, copy: DatabaseCopy, backup: Backup, data_dir: Path, aside: str
) -> Restored:
    """The database of a backup in the place of `engine`'s, migrated, counted and checked."""
    with TemporaryDirectory(dir=data_dir) as folder:
        saved = Path(folder) / "database"
        backup.extract_database(saved)
        had_nothing = copy.contents().is_empty
        kept = copy.set_aside(aside)
        try:
            copy.restore(saved)
            _compare(backup, copy)
        except BaseException:
            copy.put_back(kept)
            raise
        if had_nothing:
            copy.discard(kept)
            kept = ""
    engine.dispose()
    migrated = migrate_engine(engine, data_dir, branches_of(site), rules_of(site))
    with Session(engine, info={"site": site, "actor": SYSTEM}) as session:
        findings = check_in(session, repair=False)
    return Restored(backup.manifest, kept, tuple(migrated), tuple(findings))


def _compare(backup: Backup, copy: DatabaseCopy) -> None:
    fault = copy.fault()
    if fault:
        raise BackupDamaged(backup.file, f"its database is damaged ({fault})")
    found, expected = dict(copy.contents().rows), dict(backup.manifest.rows)
    if found != expected:
        raise BackupDamaged(backup.file, f"it gave {found} rows and should give {expected}")
