"""Every example in docs/cache works as it stands there."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.cache.conftest import BlogMaker

DOCS = Path(__file__).parents[3] / "docs" / "cache"
BLOCK = re.compile(r"(<!-- plugin -->\n)?```python\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^\$ blog (.*)$", re.MULTILINE)


def blocks(page: str, *, of_plugins: bool) -> str:
    """The code of a page, as one program."""
    text = (DOCS / page).read_text()
    return "\n".join(code for plugin, code in BLOCK.findall(text) if bool(plugin) == of_plugins)


def run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, "docs/cache", "exec"), names)
    return names


@pytest.mark.parametrize("page", ["guide.md", "ttl.md"])
def test_the_examples_run(page: str, make_blog: BlogMaker, sqlite_url: str) -> None:
    blog = make_blog(sqlite_url)
    with blog.site.activate():
        run(blocks(page, of_plugins=False))


def test_the_page_of_the_example_plugin_is_kept_until_its_tag_moves(
    make_blog: BlogMaker, sqlite_url: str
) -> None:
    plugin = run(blocks("guide.md", of_plugins=True))["Greeting"]()
    blog = make_blog(sqlite_url, plugins=["cache", plugin])
    seen = [blog.client().get("/greeting").headers["Cache-Status"] for _ in range(3)]
    assert seen == ["blog; fwd=miss; stored", "blog; hit", "blog; hit"]
    blog.site.ports.cache.invalidate(frozenset({"post:1"}))
    assert "miss" in blog.client().get("/greeting").headers["Cache-Status"]


def test_the_commands_run(make_blog: BlogMaker, sqlite_url: str) -> None:
    blog = make_blog(sqlite_url)
    blog.post("A post")
    commands = COMMAND.findall((DOCS / "guide.md").read_text())
    assert len(commands) == 4
    for command in commands:
        result = blog.app.test_cli_runner().invoke(args=["blog", *command.split()])
        assert result.exit_code == 0, result.output


def test_the_table_of_lifetimes_tells_what_the_namespaces_have() -> None:
    from blog_core.api import NAMESPACES

    text = (DOCS / "ttl.md").read_text()
    for name in ("api", "workflow", "query", "llm"):
        part = NAMESPACES[name]
        late = f"served for {part.stale_s:.0f} s" if part.stale_s else "–"
        assert f"| `{name}` | {part.ttl_s:.0f} s | `ttl_{name}_s` | {late} | – |" in text
    page = NAMESPACES["page"]
    assert f"usually {page.ttl_s:.0f} s" in text
    assert (page.stale_s, page.error_s) == (60, 86_400)
    assert f"lead nowhere | {NAMESPACES['missing'].ttl_s:.0f} s" in text
