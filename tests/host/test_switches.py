"""Plugins that are off, optional, or failed: what then holds."""

import sys
from pathlib import Path

import pytest

from blog_core.api import Health, hookimpl
from blog_core.defaults.no_cache import NoCache
from blog_core.errors import PluginNotEnabled

from .conftest import Load
from .samples import Broken, CachePlugin, FakeCache, OwnSettings, WithSettings

MODULE = '''
"""A plugin in a file."""
from blog_core.api import hookimpl
__version__ = "3.1"
@hookimpl
def blog_health():
    return None
'''


@pytest.fixture
def filed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "filed_site").mkdir()
    (tmp_path / "filed_site" / "filed.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "filed_site.filed", raising=False)
    return "filed_site.filed"


def test_a_dotted_path_is_loaded_and_known_by_its_last_part(load: Load, filed: str) -> None:
    status = load(filed).status("filed")
    assert (status.state, status.version, status.hooks) == ("loaded", "3.1", ("blog_health",))
    assert status.file.endswith("filed_site/filed.py")
    assert status.import_s > 0


@pytest.mark.parametrize(
    "env,reason",
    [
        ({"BLOG_PLUGINS_DISABLED": "filed"}, "switched off by BLOG_PLUGINS_DISABLED"),
        ({"BLOG_SAFE_MODE": "1"}, "switched off by BLOG_SAFE_MODE"),
    ],
)
def test_what_is_switched_off_is_not_imported(
    load: Load, filed: str, env: dict[str, str], reason: str
) -> None:
    loaded = load(filed, env=env)
    assert (loaded.status("filed").state, loaded.status("filed").reason) == ("disabled", reason)
    assert "filed_site.filed" not in sys.modules


def test_a_disabled_plugins_section_is_left_aside(load: Load) -> None:
    env = {"BLOG_PLUGINS_DISABLED": "sized"}
    loaded = load(WithSettings(), env=env, config={"sized": {"size": 5}})
    assert loaded.settings.ignored == ("sized.size in create_app",)
    with pytest.raises(PluginNotEnabled, match=r"\[sized\] needs the plugin 'sized'"):
        loaded.settings.section("sized", OwnSettings)


def test_a_plugin_gets_its_own_section(load: Load) -> None:
    plugin = WithSettings()
    loaded = load(plugin, config={"sized": {"size": 5}})
    assert plugin.found == 5
    assert loaded.status("sized").has_section


@pytest.mark.parametrize("hook", ["blog_contribute", "blog_cache"])
def test_an_optional_plugin_that_fails_leaves_the_default(load: Load, hook: str) -> None:
    broken = Broken("bad", hook, KeyError("lost"))
    loaded = load({"name": broken, "optional": True})
    assert loaded.status("bad").state == "failed"
    assert "KeyError: 'lost'" in loaded.status("bad").reason
    assert isinstance(getattr(loaded.ports.cache, "inner"), NoCache)  # noqa: B009


def test_an_optional_plugin_that_is_not_installed_leaves_the_default(load: Load) -> None:
    loaded = load({"name": "nobody", "optional": True})
    assert loaded.status("nobody").state == "failed"
    assert "was not found" in loaded.status("nobody").reason


def test_what_a_failed_plugin_added_goes_with_it(load: Load) -> None:
    class Half(WithSettings):
        @hookimpl
        def blog_cache(self) -> None:  # type: ignore[override]
            raise KeyError("late")

        @hookimpl
        def blog_health(self) -> Health:
            return Health("sized", "ok", "fine")

    loaded = load({"name": Half(), "optional": True})
    assert loaded.host.contributions.settings == {}
    assert loaded.host.notify("blog_health", blog=None) == []


def test_a_tolerant_host_notes_every_failure(load: Load) -> None:
    loaded = load(
        Broken("one", "blog_contribute", KeyError("1")),
        "nobody",
        CachePlugin("three", FakeCache()),
        tolerant=True,
    )
    states = {status.name: status.state for status in loaded.host.statuses}
    assert states == {"one": "failed", "nobody": "failed", "three": "loaded"}


def test_two_hosts_in_one_process_share_nothing(load: Load) -> None:
    first = load(CachePlugin("one", FakeCache()))
    second = load()
    assert first.host.providers["cache"] == "one"
    assert second.host.providers["cache"] == "core"
    assert second.host.statuses == ()


def test_without_plugins_every_port_has_its_default(load: Load) -> None:
    loaded = load()
    assert set(loaded.host.providers.values()) == {"core"}
    assert loaded.ports.cache.get("key") is None
    assert loaded.ports.text.clean_prompt("as  it is") == "as  it is"
    assert loaded.ports.text.actions() == ()


def test_contract_levels_are_shown(load: Load) -> None:
    assert load(CachePlugin("one", FakeCache())).status("one").levels == ("shared-stamps",)
