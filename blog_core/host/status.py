"""What is known of each plugin, for `blog plugins`, the admin and health."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["loaded", "disabled", "failed"]


@dataclass(slots=True)
class PluginStatus:
    """One plugin of the list: its state, and what it brought. Filled while the host loads."""

    name: str
    state: State
    optional: bool = False
    reason: str = ""
    file: str = ""
    version: str = ""
    hooks: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    wraps: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    has_section: bool = False
    import_s: float = 0.0
    start_s: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """For `blog plugins --json`."""
        return asdict(self)
