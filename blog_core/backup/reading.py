"""A backup opened to be restored: nothing is used before its digest was compared."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from blog_core.backup.errors import BackupDamaged
from blog_core.backup.manifest import DATABASE, MANIFEST, MEDIA, FileRecord, Manifest

_CHUNK_BYTES = 1024 * 1024
_DIGEST_BYTES = 32
_MANIFEST_BYTES = 256 * 1024 * 1024


class Backup:
    """An open backup file with its manifest."""

    def __init__(self, file: Path, archive: ZipFile, manifest: Manifest) -> None:
        self.file, self.manifest, self._archive = file, manifest, archive

    @property
    def media(self) -> Iterator[str]:
        """The paths of its media."""
        names = (name for name in self.manifest.files if name.startswith(MEDIA))
        return (name.removeprefix(MEDIA) for name in names)

    def verify(self) -> None:
        """Read every file and compare. Raises `BackupDamaged` naming the first that differs."""
        for name in self.manifest.files:
            self._copied(name, None)

    def extract_database(self, target: Path) -> None:
        """Write the saved database to a file."""
        self._copied(DATABASE, target)

    def extract_media(self, path: str, folder: Path) -> None:
        """Write one of the media below `folder`, unless the same file is there."""
        target = folder / path
        if not target.resolve().is_relative_to(folder.resolve()):
            raise BackupDamaged(self.file, f"{path} leads out of the folder of media")
        if target.is_file() and target.stat().st_size == self._record(MEDIA + path).size_bytes:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.restored")
        self._copied(MEDIA + path, draft)
        draft.replace(target)

    def _record(self, name: str) -> FileRecord:
        try:
            return self.manifest.files[name]
        except KeyError:
            raise BackupDamaged(self.file, f"{name} is not in it") from None

    def _copied(self, name: str, target: Path | None) -> None:
        record, digest, size_bytes = self._record(name), blake2b(digest_size=_DIGEST_BYTES), 0
        output = target.open("wb") if target else None
        try:
            with self._archive.open(name) as source:
                while chunk := source.read(_CHUNK_BYTES):
                    digest.update(chunk)
                    size_bytes += len(chunk)
                    if output:
                        output.write(chunk)
        except (BadZipFile, KeyError, EOFError, OSError) as error:
            raise BackupDamaged(self.file, f"{name} cannot be read ({error})") from error
        finally:
            if output:
                output.close()
        if (size_bytes, digest.hexdigest()) != (record.size_bytes, record.digest):
            raise BackupDamaged(self.file, f"{name} is not what was written")


@contextmanager
def opened(file: Path) -> Iterator[Backup]:
    """Open a backup. Raises `BackupDamaged` for anything else."""
    try:
        archive = ZipFile(file)
    except (OSError, BadZipFile) as error:
        raise BackupDamaged(file, f"it cannot be opened ({error})") from error
    with archive:
        yield Backup(file, archive, _manifest(file, archive))


def _manifest(file: Path, archive: ZipFile) -> Manifest:
    try:
        with archive.open(MANIFEST) as found:
            return Manifest.decode(found.read(_MANIFEST_BYTES))
    except (KeyError, ValueError, BadZipFile, OSError) as error:
        raise BackupDamaged(file, f"it is no complete backup of a blog ({error})") from error
