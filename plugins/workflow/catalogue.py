"""The definitions of one blog, and which of them a post follows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from blog_core.api import ConfigError, SettingFault, digest
from plugins.workflow.definition import Definition, UnknownStage
from plugins.workflow.definition_file import read_definition

BUILT_IN = {
    file.stem: file for file in sorted((Path(__file__).parent / "definitions").glob("*.toml"))
}
"""The definitions that come with the plugin: `blog` without a gate, `reviewed` with a review."""


@dataclass(frozen=True)
class Catalogue:
    """Definitions by name. A post follows the one chosen for it, else its first tag's that has one
    in `by_tag`, else `default`."""

    definitions: Mapping[str, Definition]
    default: str
    by_tag: Mapping[str, str]

    @cached_property
    def cache_tag(self) -> str:
        """Tells stages that were kept under these definitions from those under other ones."""
        shapes = {name: found.model_dump_json() for name, found in self.definitions.items()}
        return f"workflow_definitions:{digest(shapes, self.default, dict(self.by_tag))}"

    @cached_property
    def stage_ids(self) -> tuple[str, ...]:
        """Every sub-stage of any definition, each once."""
        every = (stage_id for found in self.definitions.values() for stage_id in found.parts)
        return tuple(dict.fromkeys(every))

    def definition_of(self, chosen: str | None, tag_slugs: Iterable[str]) -> Definition:
        """The definition of a post; the default when the one chosen for it is gone."""
        if chosen is not None and chosen in self.definitions:
            return self.definitions[chosen]
        slugs = set(tag_slugs)
        by_tag = (name for tag, name in self.by_tag.items() if tag in slugs)
        return self.definitions[next(by_tag, self.default)]

    def check_stage(self, stage_id: str) -> None:
        """Refuse a name that no definition has, before anything is asked."""
        if type(stage_id) is not str or stage_id not in self.stage_ids:
            raise UnknownStage(stage_id, self.definitions[self.default].parts)


def read_catalogue(
    files: Mapping[str, Path], default: str, by_tag: Mapping[str, str], checks: Sequence[str]
) -> Catalogue:
    """The definitions of these files beside those that come with the plugin.

    Raises `ConfigError` with every fault of every file.
    """
    faults: list[SettingFault] = []
    definitions: dict[str, Definition] = {}
    for name, file in {**BUILT_IN, **files}.items():
        try:
            definitions[name] = read_definition(name, file, checks)
        except ConfigError as error:
            faults += error.faults
    known = [*BUILT_IN, *(name for name in files if name not in BUILT_IN)]
    wanted = {"workflow.default": default} | {
        f"workflow.by_tag.{tag}": name for tag, name in by_tag.items()
    }
    faults += [
        SettingFault(setting, repr(name), f"one of {', '.join(known)}")
        for setting, name in wanted.items()
        if name not in known
    ]
    if faults:
        raise ConfigError(faults)
    return Catalogue(definitions, default, by_tag)
