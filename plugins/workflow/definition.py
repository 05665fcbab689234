"""What stages there are: read from TOML, checked at start, frozen from then on."""

import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from blog_core.api import ConfigError, NotFound, SettingFault

DEFAULT = Path(__file__).parent / "definitions" / "blog.toml"
STATES = ("NOT_STARTED", "IN_PROGRESS", "COMPLETED")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("NOT_STARTED", "start"): "IN_PROGRESS",
    ("NOT_STARTED", "complete"): "COMPLETED",
    ("IN_PROGRESS", "complete"): "COMPLETED",
    ("COMPLETED", "reopen"): "IN_PROGRESS",
}
"""(state, action) to state. Work goes in any order, so every part has the same table."""

T = TypeVar("T")
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StageField(_Frozen):
    """One text that belongs to a part of a stage."""

    name: Name
    title: str = Field(min_length=1, max_length=200)
    required: bool = False
    max_chars: int = Field(2000, ge=1, le=100_000)


class Part(_Frozen):
    """A sub-stage: what is written down there."""

    name: Name
    title: str = Field(min_length=1, max_length=200)
    fields: tuple[StageField, ...] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> "Part":
        return _distinct(self, [field.name for field in self.fields])


class Stage(_Frozen):
    """A stage with its sub-stages."""

    name: Name
    title: str = Field(min_length=1, max_length=200)
    part: tuple[Part, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_differ(self) -> "Stage":
        return _distinct(self, [part.name for part in self.part])


class Definition(_Frozen):
    """A workflow. `stage_id` everywhere is a dotted name: `authoring.draft`."""

    version: int = Field(ge=1)
    stage: tuple[Stage, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_differ(self) -> "Definition":
        return _distinct(self, [stage.name for stage in self.stage])

    @cached_property
    def parts(self) -> dict[str, Part]:
        """The sub-stages by their dotted names, in order."""
        return {f"{stage.name}.{part.name}": part for stage in self.stage for part in stage.part}

    def find(self, stage_id: str) -> Part:
        """A sub-stage; `UnknownStage` names those that there are."""
        try:
            return self.parts[stage_id]
        except KeyError:
            raise UnknownStage(stage_id, tuple(self.parts)) from None


class UnknownStage(NotFound):
    """There is no such stage; the message lists the others."""

    def __init__(self, stage_id: str, known: tuple[str, ...]) -> None:
        super().__init__("stage", stage_id)
        self.args = (f"{self.args[0]} There are: {', '.join(known)}.",)


def _distinct(model: T, names: list[str]) -> T:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"the name {twice[0]!r} is given twice")
    return model


def load_definition(file: Path = DEFAULT) -> Definition:
    """Read a definition. Raises `ConfigError` with every fault: file and place, found, expected."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        return Definition.model_validate(data)
    except OSError as error:
        raise _fault(file.name, str(error.strerror), "a file that can be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _fault(file.name, str(error), "TOML in UTF-8") from error
    except ValidationError as error:
        raise ConfigError(
            [
                SettingFault(
                    f"{file.name}: {'.'.join(str(step) for step in fault['loc']) or 'the whole'}",
                    repr(fault["input"])[:60],
                    fault["msg"],
                )
                for fault in error.errors()
            ]
        ) from error


def _fault(where: str, found: str, expected: str) -> ConfigError:
    return ConfigError([SettingFault(f"workflow definition {where}", found, expected)])
