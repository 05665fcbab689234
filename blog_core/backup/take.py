"""`blog backup`: the database as of one moment, then the media that it lists, in one zip file.

The database comes first: media are called after their bytes and never change, so what the
database lists is on the disk then, unless it is deleted meanwhile, which the manifest tells.
"""

import os
from collections.abc import Callable
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from blog_core.backup.databases import copy_of
from blog_core.backup.errors import BackupTargetTaken
from blog_core.backup.manifest import DATABASE, MANIFEST, MEDIA, FileRecord, Manifest
from blog_core.site import Site

Progress = Callable[[str], None]
_CHUNK_BYTES = 1024 * 1024
_DIGEST_BYTES = 32


def take_backup(
    site: Site, target: Path, *, on_progress: Progress = lambda _text: None
) -> tuple[Path, Manifest]:
    """Write a backup to `target`, a new file or a folder; where it is, and what it holds.

    The file appears under its name when it is complete, readable by its owner only: it holds
    drafts, addresses and password digests. Raises `BackupTargetTaken`, `BackupProgramFailed`.
    """
    file = target / f"blog-{site.clock():%Y%m%dT%H%M%SZ}.zip" if target.is_dir() else target
    if file.exists():
        raise BackupTargetTaken(file)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with draft.open("xb") as opened:
            draft.chmod(0o600)
            with ZipFile(opened, "w") as archive:
                manifest = _write(site, archive, on_progress)
            opened.flush()
            os.fsync(opened.fileno())
        os.link(draft, file)  # unlike a renaming, this replaces nothing
    except FileExistsError:
        raise BackupTargetTaken(file) from None
    finally:
        draft.unlink(missing_ok=True)
    return file, manifest


def _write(site: Site, archive: ZipFile, on_progress: Progress) -> Manifest:
    engine = site.ports.executor.engine
    files: dict[str, FileRecord] = {}
    copy, at = copy_of(engine), site.clock()
    with TemporaryDirectory(dir=site.data_dir) as folder:
        saved = Path(folder) / DATABASE
        on_progress("the database")
        contents = copy.save(saved)
        # pg_dump has compressed its file.
        how = ZIP_DEFLATED if copy.kind == "sqlite" else ZIP_STORED
        files[DATABASE] = _add(archive, DATABASE, saved, how)
    missing = []
    for number, path in enumerate(contents.media, 1):
        on_progress(f"{number} of {len(contents.media)} media")
        file, name = site.data_dir / MEDIA / path, MEDIA + path
        if file.is_file():
            files[name] = _add(archive, name, file, ZIP_STORED)
        else:
            missing.append(path)
    manifest = Manifest(
        created_at=at.isoformat(timespec="seconds"),
        version=version("blog-core"),
        database=copy.kind,
        schema=copy.schema,
        rows=contents.rows,
        files=files,
        missing=tuple(missing),
    )
    archive.writestr(ZipInfo(MANIFEST, _DATE), manifest.encode())
    return manifest


_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip file can tell: what counts stands in the manifest."""


def _add(archive: ZipFile, name: str, file: Path, how: int) -> FileRecord:
    digest, size_bytes = blake2b(digest_size=_DIGEST_BYTES), 0
    info = ZipInfo(name, _DATE)
    info.compress_type = how
    with file.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
            target.write(chunk)
    return FileRecord(size_bytes, digest.hexdigest())
