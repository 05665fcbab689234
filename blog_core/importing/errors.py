"""What can be wrong with an archive, said with file, line, what was found and what was expected."""

from collections.abc import Sequence
from pathlib import Path

from blog_core.errors import BlogError


class ImportFault(BlogError):
    """Root of the faults of importing and exporting."""

    status = 422


class FrontMatterFault(ImportFault):
    """The head of a file cannot be understood."""

    def __init__(self, file: str, line: int, *, found: str, expected: str) -> None:
        self.file, self.line, self.found, self.expected = file, line, found, expected
        super().__init__(
            f"{file}, line {line}: found {found}, expected {expected}. "
            f"Correct the file and import again."
        )


class FileFault(ImportFault):
    """A file cannot be read, or passes a limit."""

    def __init__(self, file: str, reason: str) -> None:
        self.file = file
        super().__init__(f"{file} was not read: {reason}. Correct or remove it and import again.")


class ImportRefused(ImportFault):
    """Files of an archive are broken, so nothing was imported; `faults` names them all."""

    def __init__(self, faults: Sequence[ImportFault]) -> None:
        self.faults = tuple(faults)
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(
            f"{len(self.faults):,} file(s) of the archive cannot be read. Nothing was changed:\n"
            f"{lines}\nCorrect them, or leave them out with --skip-broken."
        )


class NoArchive(ImportFault):
    """The folder given to an import is not one."""

    def __init__(self, folder: Path, found: str) -> None:
        super().__init__(
            f"There is no archive to import at {folder}: found {found}, expected a folder of "
            f"Markdown files. Nothing was changed."
        )


class ExportTargetTaken(ImportFault):
    """The folder given to an export already holds something."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The folder {folder} is not empty, so nothing was exported. "
            f"Name a new or an empty folder."
        )
