"""What can go wrong with a backup, and what to do then."""

from pathlib import Path

from blog_core.errors import BlogError


class BackupTargetTaken(BlogError):
    """The file to write exists."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file} exists already, and a backup never replaces a file. Name another one, or a "
            f"folder, in which the backup is called after the time."
        )


class BackupProgramFailed(BlogError):
    """A program of PostgreSQL is missing or failed."""

    def __init__(self, program: str, reason: str) -> None:
        super().__init__(
            f"PostgreSQL's program {program} {reason.strip()}. Nothing was changed. Install the "
            f"client programs of the server's version (Debian: postgresql-client) and try again."
        )


class BackupDamaged(BlogError):
    """The file is no backup, or not the one that was written."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(
            f"{file} cannot be restored: {reason}. Nothing was changed. Take another backup."
        )


class BackupFromElsewhere(BlogError):
    """The backup does not fit this blog's database."""

    def __init__(self, file: Path, found: str, expected: str) -> None:
        super().__init__(
            f"{file} holds {found}, and this blog has {expected}. Nothing was changed. Point "
            f"`database_url` to a database of that kind, or move the posts by `blog export`."
        )


class RestoreRefused(BlogError):
    """The blog here would lose something."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(f"Nothing was restored: {reason}. {advice}")
