"""What production refuses to start with, and the key that development makes for itself."""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from blog_core.errors import SettingFault
from blog_core.settings.core import CoreSettings

SHORTEST_KEY = 32
_WELL_KNOWN = ("change", "secret", "example", "password", "insecure", "default")


def production_faults(core: CoreSettings, *, flask_debug: bool) -> Iterator[SettingFault]:
    """Settings fit for a desk and not for the internet, the switch of Flask itself included."""
    if core.environment != "production":
        return
    if core.debug:
        yield SettingFault("debug", "true in production", "false: tracebacks show secrets")
    if flask_debug:
        yield SettingFault("DEBUG of Flask", "true in production", "false: unset FLASK_DEBUG")
    yield from _key_faults(core.secret_key.get_secret_value())
    if not core.site_url:
        yield SettingFault(
            "site_url", "nothing in production", "the public address, such as https://example.org"
        )
    if any("*" in host for host in core.allowed_hosts):
        yield SettingFault("allowed_hosts", "'*' in production", "the host names one by one")


def _key_faults(key: str) -> Iterator[SettingFault]:
    expected = f"{SHORTEST_KEY} or more random characters, such as `openssl rand -hex 32` prints"
    if not key:
        yield SettingFault("secret_key", "nothing in production", expected)
    elif len(key) < SHORTEST_KEY:
        yield SettingFault("secret_key", f"only {len(key)} characters", expected)
    elif len(set(key)) < 8 or any(word in key.lower() for word in _WELL_KNOWN):
        yield SettingFault("secret_key", "a well-known or guessable value", expected)


def kept_secret_key(data_dir: Path) -> str:
    """The key kept in `data_dir/secret_key`, made at the first call; readable by its owner only."""
    file = data_dir / "secret_key"
    if not file.exists():
        # Written aside and linked: a second process sees no file or the whole key.
        draft = data_dir / f"secret_key.{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text(encoding="ascii").strip()
