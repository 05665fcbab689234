"""The settings `[workflow]`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from blog_core.api import SettingsModel
from plugins.workflow.catalogue import Catalogue, read_catalogue
from plugins.workflow.fields import Name


class WorkflowSettings(SettingsModel):
    """`[workflow]`: which definitions there are, which posts follow which, and how they load."""

    definitions: dict[Name, Path] = Field(
        default={}, description="TOML files of further definitions, by name"
    )
    default: str = Field(
        "blog", description="the definition of every post that no other rule is for"
    )
    by_tag: dict[str, str] = Field(
        default={}, description="definitions by tag slug; a post's first match in this order holds"
    )
    strategy: Literal["single", "parallel", "sequential"] = Field(
        "single",
        description="how a stage loads: one statement, one for each part at once, or one by one",
    )
    workers: Annotated[int, Field(ge=1, le=64)] = Field(
        3, description="threads that load parts of stages, for all requests of a process"
    )
    waiting: Annotated[int, Field(ge=0, le=10_000)] = Field(
        64, description="parts that may wait for such a thread; further ones are refused at once"
    )
    deadline_s: Annotated[float, Field(gt=0, le=60)] = Field(
        2.0, description="seconds after which a stage is shown without the parts that are late"
    )

    def catalogue(self, checks: Sequence[str]) -> Catalogue:
        """The definitions. Raises `ConfigError` with every fault of them."""
        return read_catalogue(self.definitions, self.default, self.by_tag, checks)
