"""Which indexes a command has built, so that its `--undo` knows."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blog_core.api import Site


@dataclass(frozen=True, slots=True)
class Built:
    """The names that the last run of a command built. Written before each is built."""

    file: Path

    @classmethod
    def by(cls, site: "Site", command: str) -> "Built":
        """Those of one command."""
        return cls(site.data_dir / "run" / f"built-{command}.json")

    def write(self, names: list[str]) -> None:
        """Remember these instead of what was."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(names), encoding="utf-8")

    def read(self) -> list[str]:
        """The names; none when nothing was ever built."""
        if not self.file.is_file():
            return []
        names: list[str] = json.loads(self.file.read_text(encoding="utf-8"))
        return names
