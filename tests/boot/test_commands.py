"""`blog plugins`, `blog hooks`, `blog settings`."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from blog_core.cli.main import main
from blog_core.testing.trial import BlogMaker

SECTION = """
from pydantic import Field, SecretStr
from blog_core.api import Contribute, SettingsModel, hookimpl

class SizedSettings(SettingsModel):
    size: int = Field(1, description="how big")
    key: SecretStr = Field(SecretStr(""), description="what opens it")

@hookimpl
def blog_contribute(contribute: Contribute) -> None:
    contribute.settings(SizedSettings)
"""


@pytest.fixture
def site_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, whose modules can be imported."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "trial_pack.sized", raising=False)
    (tmp_path / "trial_pack").mkdir()
    (tmp_path / "trial_pack" / "sized.py").write_text(SECTION)
    return tmp_path


def blog(site_dir: Path, toml: str, *arguments: str) -> Result:
    file = site_dir / "blog.toml"
    file.write_text(toml)
    return CliRunner().invoke(main, ["--config", str(file), *arguments])


LISTED = 'plugins = ["tests.contracts.forty_line_cache"]\n'


def test_plugins_shows_what_is_loaded_and_what_it_does(site_dir: Path) -> None:
    result = blog(site_dir, LISTED, "plugins")
    assert result.exit_code == 0, result.output
    assert "forty_line_cache: loaded" in result.output
    assert "contracts/forty_line_cache.py" in result.output
    for line in ("hooks     blog_cache", "provides  cache", "levels    shared-stamps"):
        assert line in result.output
    assert "Ports: executor by core, cache by forty_line_cache, stages by core" in result.output


def test_plugins_as_json_carries_the_calls_of_all_workers(
    site_dir: Path, blog_app: BlogMaker
) -> None:
    served = blog_app(plugins=["tests.contracts.forty_line_cache"])
    served.client().get("/")
    toml = f'{LISTED}data_dir = "{served.site.data_dir}"\n'
    report = json.loads(blog(site_dir, toml, "plugins", "--json").output)
    plugin = report["plugins"][0]
    assert (plugin["name"], plugin["state"]) == ("forty_line_cache", "loaded")
    assert plugin["usage"]["calls"] >= 2
    assert plugin["usage"]["errors"] == 0
    assert report["providers"]["cache"] == "forty_line_cache"


def test_plugins_works_when_a_plugin_keeps_the_blog_from_starting(site_dir: Path) -> None:
    result = blog(site_dir, 'plugins = ["nobody", "tests.contracts.forty_line_cache"]', "plugins")
    assert result.exit_code == 1
    assert "nobody: failed" in result.output
    assert "Plugin 'nobody' was not found" in result.output
    assert "forty_line_cache: loaded" in result.output
    assert "The blog does not start like this." in result.output


def test_other_commands_say_why_the_blog_does_not_start(site_dir: Path) -> None:
    result = blog(site_dir, 'plugins = ["nobody"]', "settings")
    assert result.exit_code == 1
    assert "Error: Plugin 'nobody' was not found" in result.output


def test_without_plugins_it_says_how_to_enable_one(site_dir: Path) -> None:
    result = blog(site_dir, 'title = "Plain"', "plugins")
    assert "No plugins are enabled; name some in `plugins` of blog.toml." in result.output


def test_hooks_lists_every_hook_with_its_arguments(site_dir: Path) -> None:
    result = blog(site_dir, "", "hooks")
    assert result.exit_code == 0, result.output
    assert "blog_cache(setup: 'Setup') -> blog_core.ports.Cache | None" in result.output
    assert "After a commit that changed a post." in result.output


def test_settings_shows_values_sources_and_no_secret(site_dir: Path) -> None:
    toml = 'title = "Mine"\nplugins = ["trial_pack.sized"]\n[sized]\nsize = 3\nkey = "hunter2"'
    result = blog(site_dir, toml, "settings")
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.output.splitlines()]
    assert ["title", "Mine", "blog.toml"] in lines
    assert ["sized.size", "3", "blog.toml"] in lines
    assert ["sized.key", "set", "(hidden)", "blog.toml"] in lines
    assert "hunter2" not in result.output
    assert not any(line[0] == "posts_per_page" for line in lines if line)


def test_settings_can_show_all_and_speak_json(site_dir: Path) -> None:
    result = blog(site_dir, 'title = "Mine"', "settings", "--all", "--json")
    found = {line["name"]: line for line in json.loads(result.output)}
    assert found["posts_per_page"]["source"] == "default"
    assert found["title"]["value_shown"] == "Mine"
    assert all(line["description"] for line in found.values())
