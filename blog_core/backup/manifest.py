"""What a backup holds, written into it last: kinds, counts, and the digest of every file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FORMAT = 1
MANIFEST, DATABASE, MEDIA = "manifest.json", "database", "media/"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of the backup: its size and its digest, BLAKE2b of 32 bytes in hexadecimal."""

    size_bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`database` is "sqlite" or "postgresql", `schema` that of its tables (empty on SQLite).

    `rows` counts some tables, `missing` names media that the library lists and the disk lacks.
    """

    created_at: str
    version: str
    database: str
    schema: str
    rows: Mapping[str, int]
    files: Mapping[str, FileRecord]
    missing: tuple[str, ...] = ()
    format: int = FORMAT

    def encode(self) -> bytes:
        """As a file."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    @classmethod
    def decode(cls, data: bytes) -> "Manifest":
        """Of a file. Raises `ValueError` for one that is none or of a later format."""
        found: Any = json.loads(data)
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise ValueError(f"its manifest is not of format {FORMAT}")
        try:
            files = {name: FileRecord(**each) for name, each in found.pop("files").items()}
            missing = tuple(found.pop("missing"))
            return cls(files=files, missing=missing, **found)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"its manifest is not complete ({error})") from error
