"""Commands in one process after the other leave nothing behind."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from blog_core.cli import main


def test_a_command_leaves_no_variable_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("BLOG_CONFIG", raising=False)
    config = tmp_path / "blog.toml"
    config.write_text('title = "Elsewhere"\n')
    shown = CliRunner().invoke(main, ["--config", str(config), "settings"])
    assert "Elsewhere" in shown.output
    demo = CliRunner().invoke(main, ["demo", "--folder", str(tmp_path / "demo"), "--no-serve"])
    assert demo.exit_code == 0, demo.output
    assert "One-time password" in demo.output
    assert not [name for name in os.environ if name in {"BLOG_CONFIG", "BLOG_SITE_URL"}]


def test_init_writes_a_private_file_once(tmp_path: Path):
    first = CliRunner().invoke(main, ["init", str(tmp_path)])
    assert first.exit_code == 0
    assert (tmp_path / "blog.toml").stat().st_mode & 0o077 == 0
    second = CliRunner().invoke(main, ["init", str(tmp_path)])
    assert second.exit_code == 1
    assert "exists already" in second.output
