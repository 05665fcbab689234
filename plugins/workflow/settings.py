"""The settings `[workflow]`."""

from pathlib import Path

from pydantic import Field

from blog_core.api import SettingsModel
from plugins.workflow.definition import DEFAULT, Definition, load_definition


class WorkflowSettings(SettingsModel):
    """`[workflow]`: which definition the posts of this blog follow."""

    definition: Path | None = Field(
        None, description="TOML file of the stages; empty: the definition that comes with the blog"
    )

    def load(self) -> Definition:
        """The definition. Raises `ConfigError` with every fault of it."""
        return load_definition(self.definition or DEFAULT)
