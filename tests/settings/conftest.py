"""Settings are read in an empty folder, from nothing but what the test gives."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field, SecretStr

from blog_core.settings import RawSettings, SettingsModel, load_settings


class CacheSection(SettingsModel):
    """A plugin's section."""

    redis_url: SecretStr = Field(SecretStr(""), description="where Redis is")
    max_bytes: int = Field(1024, ge=1, description="memory at most")
    ignore_cookies: tuple[str, ...] = Field((), description="cookies that say nothing")
    headers: dict[str, str] = Field(default_factory=dict, description="headers to send")


Load = Callable[..., RawSettings]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """`load(file=TOML, env={...}, app={...}, given={...})` lays the four sources."""
    monkeypatch.chdir(tmp_path)

    def load(
        *,
        file: str = "",
        env: Mapping[str, str] | None = None,
        app: Mapping[str, Any] | None = None,
        given: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> RawSettings:
        if file:
            (tmp_path / "blog.toml").write_text(file, encoding="utf-8")
        return load_settings(environ=env or {}, app_config=app, overrides=given, **more)

    return load
