"""Writes the reference pages beside this file from the code: `python docs/reference/generate.py`.

A test compares them, so a hook, setting, error or metric that is not on its page is a red build.
"""

import inspect
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from blog_core import create_app, errors, hookspecs
from blog_core.errors import BlogError
from blog_core.host import hook_names
from blog_core.settings import CoreSettings
from blog_core.site import Site

HERE = Path(__file__).parent
PLUGINS = ("db_opt", "cache", "workflow", "llm")
NOTE = "This page is made from the code by `docs/reference/generate.py`.\n"


def pages() -> dict[str, str]:
    """Every reference page by file name."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"data_dir": folder, "plugins": list(PLUGINS)})
        site: Site = app.extensions["blog"]["blog"]
        made = {
            "hooks.md": "\n".join(_hooks()),
            "settings.md": "\n".join(_settings(site)),
            "errors.md": "\n".join(_errors()),
            "metrics.md": "\n".join(_metrics(site)),
        }
        site.ports.executor.close()
    return {name: text.rstrip() + "\n" for name, text in made.items()}


def _hooks() -> Iterator[str]:
    yield f"# Hooks\n\n{NOTE}"
    for name in hook_names():
        hook = getattr(hookspecs, name)
        yield f"## `{name}{_signature(hook)}`\n\n{inspect.getdoc(hook)}\n"


def _signature(hook: Any) -> str:
    given = ", ".join(inspect.signature(hook).parameters)
    returned = inspect.signature(hook).return_annotation
    name = returned if isinstance(returned, str) else str(returned)
    return f"({given})" + (f" -> {_short(name)}" if returned is not None else "")


def _settings(site: Site) -> Iterator[str]:
    yield f"# Settings\n\n{NOTE}"
    yield (
        "In `blog.toml`, in the environment (`BLOG_` and the name in capitals, `__` before the "
        "name in a section) or in `create_app`.\n"
    )
    yield from _table("", CoreSettings)
    for plugin in PLUGINS:
        yield from _table(plugin, type(site.settings.section(plugin)))


def _table(section: str, model: type[BaseModel]) -> Iterator[str]:
    heading = f"`[{section}]`" if section else "Without a section"
    nested = {}
    yield f"## {heading}\n\n| setting | default | what |\n|---|---|---|"
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            nested[f"{section}.{name}".lstrip(".")] = field.annotation
            continue
        yield f"| `{name}` | {_default(field.default)} | {_cell(field.description or '')} |"
    yield ""
    for name, inner in nested.items():
        yield from _table(name, inner)


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "by place"
    shown = value.get_secret_value() if hasattr(value, "get_secret_value") else value
    return f"`{shown}`" if shown not in ("", (), None) else "empty"


def _errors() -> Iterator[str]:
    yield f"# Errors\n\n{NOTE}"
    yield "All derive from `BlogError`. `status` is what a browser or program is answered.\n"
    yield "| error | below | status | what |\n|---|---|---|---|"
    for name, error in vars(errors).items():
        if isinstance(error, type) and issubclass(error, BlogError):
            parent = error.__bases__[0].__name__
            text = _cell((inspect.getdoc(error) or "").split("\n\n")[0])
            yield f"| `{name}` | `{parent}` | {error.status} | {text} |"


def _metrics(site: Site) -> Iterator[str]:
    yield f"# Metrics\n\n{NOTE}"
    yield "| metric | kind | labels | what |\n|---|---|---|---|"
    for spec in site.metrics.specs:
        labels = ", ".join(f"`{label}`" for label in spec.labels)
        yield f"| `{spec.name}` | {spec.kind} | {labels} | {_cell(spec.help)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _short(name: str) -> str:
    return name.replace("blog_core.ports.", "").replace("typing.", "")


if __name__ == "__main__":
    for file_name, page in pages().items():
        (HERE / file_name).write_text(page, encoding="utf-8")
