"""Prompt templates: what is built in, what a site owner made of it, and every earlier version."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from blog_core.api import (
    Conflict,
    FieldError,
    NotFound,
    Query,
    Site,
    ValidationError,
    current_actor,
    insert_on,
)
from plugins.llm.model import LlmPrompt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import RowMapping

BUILT_IN = Path(__file__).parent / "built_in.toml"
MAX_CHARS = 20_000

_OPTION = re.compile(r"\[data:([a-z_]+)\]")

_LATEST = (
    select(LlmPrompt.name, func.max(LlmPrompt.version).label("version"))
    .group_by(LlmPrompt.name)
    .subquery()
)
_IN_USE = Query(
    "llm.prompts",
    select(LlmPrompt.name, LlmPrompt.version, LlmPrompt.text).join(
        _LATEST,
        (LlmPrompt.name == _LATEST.c.name) & (LlmPrompt.version == _LATEST.c.version),
    ),
)
_VERSIONS = Query(
    "llm.prompt_versions",
    select(LlmPrompt.version, LlmPrompt.text, LlmPrompt.at, LlmPrompt.account_id)
    .where(LlmPrompt.name == bindparam("name"))
    .order_by(LlmPrompt.version.desc())
    .limit(100),
)


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt template in one version; 0 is the built-in one."""

    name: str
    version: int
    text: str

    @property
    def origin(self) -> str:
        """What provenance calls it: `titles@2`."""
        return f"{self.name}@{self.version}"

    @property
    def options(self) -> frozenset[str]:
        """The options that the text refers to as `[data:name]`."""
        return frozenset(_OPTION.findall(self.text))

    def filled(self, options: Mapping[str, str]) -> str:
        """The text with its options. Raises `ValidationError` for each that is missing."""
        missing = sorted(self.options - {name for name, value in options.items() if value.strip()})
        if missing:
            raise ValidationError(
                [
                    FieldError(name, "required", f"the prompt {self.origin} needs [data:{name}]")
                    for name in missing
                ]
            )
        return _OPTION.sub(lambda found: options[found[1]], self.text)


@cache
def built_in() -> Mapping[str, Template]:
    """The templates that come with the plugin, by name."""
    texts = tomllib.loads(BUILT_IN.read_text(encoding="utf-8"))
    return {name: Template(name, 0, text.strip()) for name, text in texts.items()}


def templates(site: Site) -> Mapping[str, Template]:
    """The templates in use, by name."""
    edited = {row["name"]: Template(**row) for row in site.read(_IN_USE)}
    return {name: edited.get(name, template) for name, template in built_in().items()}


def versions(site: Site, name: str) -> "Sequence[RowMapping]":
    """The edited versions of a template, newest first. Raises `NotFound`."""
    _known(name)
    return site.read(_VERSIONS, {"name": name})


def template_version(site: Site, name: str, version: int | None) -> Template:
    """A template in one version, or as it is in use. Raises `NotFound`."""
    original = _known(name)
    if version is None:
        return templates(site)[name]
    if version == 0:
        return original
    found = {row["version"]: row["text"] for row in versions(site, name)}
    if version not in found:
        raise NotFound("prompt", f"{name}@{version}")
    return Template(name, version, found[version])


def edit_template(site: Site, name: str, text: str, *, version: int) -> Template:
    """Add a version; `version` is the one that was edited. The built-in text can be had back by
    saving it again.

    Raises `NotFound`, `Conflict` when somebody was faster, and `ValidationError`.
    """
    text = "\n".join(text.replace("\r\n", "\n").split("\n")).strip()
    faults = _faults(_known(name), text)
    if faults:
        raise ValidationError(faults)
    actor = current_actor()
    with site.transaction(actor) as session:
        newest = select(func.max(LlmPrompt.version)).where(LlmPrompt.name == name)
        current = session.scalar(newest) or 0
        row = {
            "name": name,
            "version": version + 1,
            "text": text,
            "at": site.clock(),
            "account_id": actor.account_id,
        }
        added = insert_on(session, LlmPrompt).values(row).on_conflict_do_nothing()
        done = session.execute(added.returning(LlmPrompt.version)).scalar_one_or_none()
        if current != version or done is None:
            raise Conflict("prompt", name, seen=version, current=max(current, version + 1))
    return Template(name, version + 1, text)


def _known(name: str) -> Template:
    try:
        return built_in()[name]
    except KeyError:
        raise NotFound("prompt", name) from None


def _faults(original: Template, text: str) -> list[FieldError]:
    if len(text) > MAX_CHARS:
        found = f"found {len(text):,} characters, expected at most {MAX_CHARS:,}"
        return [FieldError("text", "too_long", found, MAX_CHARS)]
    if original.text and not text:
        return [FieldError("text", "required", "found nothing, expected an instruction")]
    unknown = sorted(Template(original.name, 0, text).options - original.options)
    known = ", ".join(f"[data:{name}]" for name in sorted(original.options)) or "none"
    return [
        FieldError("text", "unknown", f"found [data:{name}], expected one of: {known}")
        for name in unknown
    ]
