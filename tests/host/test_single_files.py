"""A plugin may be a single file beside blog.toml."""

from pathlib import Path

import pytest

from blog_core.errors import PluginError, PluginNotFound
from blog_core.host import PluginHost
from blog_core.settings import load_settings

PLUGIN = """
from blog_core.api import hookimpl

@hookimpl
def blog_health():
    return None
"""


def load(folder: Path, name: str, *, tolerant: bool = False) -> PluginHost:
    file = folder / "blog.toml"
    file.write_text(f'plugins = ["{name}"]')
    host = PluginHost(load_settings(environ={"BLOG_CONFIG": str(file)}), tolerant=tolerant)
    host.load()
    return host


def test_a_file_beside_blog_toml_is_a_plugin(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(PLUGIN)
    (status,) = load(tmp_path, "mine").statuses
    assert (status.name, status.state, status.file) == ("mine", "loaded", f"{tmp_path}/mine.py")


def test_two_sites_may_have_files_of_one_name(tmp_path: Path) -> None:
    for site in ("a", "b"):
        (tmp_path / site).mkdir()
        (tmp_path / site / "mine.py").write_text(PLUGIN)
    files = [load(tmp_path / site, "mine").statuses[0].file for site in ("a", "b")]
    assert files == [f"{tmp_path}/a/mine.py", f"{tmp_path}/b/mine.py"]


def test_an_installed_plugin_comes_before_a_file(tmp_path: Path) -> None:
    (tmp_path / "llm.py").write_text("raise RuntimeError('the file was imported')")
    (status,) = load(tmp_path, "llm", tolerant=True).statuses
    assert "the file was imported" not in status.reason


def test_a_file_that_raises_is_told_and_not_kept(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("1 / 0")
    with pytest.raises(PluginError, match="'mine' could not be imported: ZeroDivisionError"):
        load(tmp_path, "mine")
    (tmp_path / "mine.py").write_text(PLUGIN)
    assert load(tmp_path, "mine").is_loaded("mine")


def test_without_a_file_the_refusal_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(PluginNotFound, match=f"no {tmp_path}/mine.py either"):
        load(tmp_path, "mine")
