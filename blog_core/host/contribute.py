"""What `blog_contribute` gets: one method for each kind of thing a plugin can add.

It is bound to the plugin being asked, so everything added knows its owner. Names carry the
plugin's name; what would reach into another's things is refused with a `PluginError`.
"""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blog_core.errors import PluginError
from blog_core.host.contributions import (
    Action,
    AdminPage,
    Asset,
    Contributions,
    DeclaredIndex,
    ExplainPanel,
    HealthCheck,
    JobFunction,
    JobHandler,
    Migrations,
    NamedHealthCheck,
    OwnedPermissions,
    OwnedRoutes,
    Panel,
    StageCheck,
    StageValidator,
    TableTags,
)
from blog_core.metrics import MetricSpec
from blog_core.routes import Route

if TYPE_CHECKING:
    from datetime import timedelta

    import click
    from pydantic import BaseModel
    from sqlalchemy import Index, Table
    from sqlalchemy.orm import DeclarativeBase

    from blog_core.access.permissions import Permission
    from blog_core.cache_tags import TagRule


class Contribute:
    """Collects what one plugin adds."""

    def __init__(self, plugin: str) -> None:
        self.plugin = plugin
        self._settings: dict[str, type[BaseModel]] = {}
        self._commands: dict[str, click.Command] = {}
        self._added: defaultdict[str, list[Any]] = defaultdict(list)

    def settings(self, model: "type[BaseModel]") -> None:
        """The plugin's section of the settings, `[<plugin>]`: a frozen `SettingsModel`."""
        self._settings[self.plugin] = model

    def routes(self, *routes: Route) -> None:
        """Pages. Their endpoints start with the plugin's name: `cache_stats`."""
        self._check_endpoints(routes)
        self._added["routes"].append(OwnedRoutes(self.plugin, routes))

    def admin_routes(self, *routes: Route) -> None:
        """Pages of the admin; their rules are taken below its prefix."""
        self._check_endpoints(routes)
        self._added["admin_routes"].append(OwnedRoutes(self.plugin, routes))

    def rest_routes(self, *routes: Route) -> None:
        """Operations of the REST API; their rules are taken below its prefix.

        Each route has an `operation`: what it takes and answers, from which its part of the
        OpenAPI document and the checks of its requests are made. The view returns a `Reply`.

            class Mood(BaseModel):
                mood: Literal["good", "bad"]

            Route(
                "moods_change", "/posts/<int:post_id>/mood", change, "edit-posts", NEVER,
                methods=("PATCH",), max_body_bytes=1_024,
                operation=Operation(
                    "Set a post's mood", {200: Answer("The mood", Mood)}, "moods",
                    body=Mood, versioned=True, current=read,
                ),
            )

            def change(post_id: int, body: Mood, version: int | None) -> Reply: ...
            def read(post_id: int) -> Reply:
                return Reply(Mood(mood="good"), version=3)   # an ETag, "3"

        A `versioned` view raises `Conflict` when `version` is not the one that stands there; the
        client is answered 412 with what `current` gives. Errors of ours become problem+json.
        Whose post it is, the view asks by `require("edit-posts", on=...)`.
        """
        self._check_endpoints(routes)
        self._added["rest_routes"].append(OwnedRoutes(self.plugin, routes))

    def _check_endpoints(self, routes: tuple[Route, ...]) -> None:
        for route in routes:
            self._check_name("endpoint", route.endpoint, f"{self.plugin}_")

    def templates(self, folder: Path) -> None:
        """A folder of templates, in a subfolder called as the plugin. The site's own come first."""
        self._added["templates"].append(self._folder(folder))

    def models(self, *tables: "type[DeclarativeBase] | Table") -> None:
        """Tables of the plugin; their names start with its name: `workflow_state`."""
        for model in tables:
            table = _table(model)
            self._check_name("table", table.name, f"{self.plugin}_")
            self._added["tables"].append(table)

    def migrations(self, folder: Path) -> None:
        """The folder of the plugin's Alembic revisions."""
        self._added["migrations"].append(Migrations(self.plugin, self._folder(folder)))

    def cache_tags(self, table: "type[DeclarativeBase] | Table", *rules: "TagRule") -> None:
        """Which cache tags a write to this table touches: `TagRule("post:{post_id}")`."""
        name = _table(table).name
        self._check_name("table", name, f"{self.plugin}_")
        self._added["cache_tags"].append(TableTags(self.plugin, name, rules))

    def permissions(self, *permissions: "Permission") -> None:
        """Permissions with the roles that have them, beside the core's."""
        self._added["permissions"].append(OwnedPermissions(self.plugin, permissions))

    def panel(self, panel: Panel) -> None:
        """A box beside the editor."""
        self._added["panels"].append(replace(panel, owner=self.plugin))

    def action(self, action: Action) -> None:
        """A button in the editor."""
        self._added["actions"].append(replace(action, owner=self.plugin))

    def admin_page(self, page: AdminPage) -> None:
        """An entry in the admin's navigation, for one of the plugin's routes."""
        self._check_name("endpoint", page.endpoint, f"{self.plugin}_")
        self._added["admin_pages"].append(replace(page, owner=self.plugin))

    def explain(self, panel: ExplainPanel) -> None:
        """A part of the explanation of a request."""
        self._added["explain_panels"].append(replace(panel, owner=self.plugin))

    def job(self, name: str, function: JobFunction, *, every: "timedelta | None" = None) -> None:
        """What runs jobs called `<plugin>.<what>`; it gets the site and the job's arguments.

        With `every` it is run again and again without being asked.
        """
        self._check_name("job", name, f"{self.plugin}.")
        self._added["jobs"].append(JobHandler(self.plugin, name, function, every))

    def asset(self, asset: Asset) -> None:
        """A style sheet or ES module, given by its file."""
        if not asset.file.is_file():
            raise PluginError(f"Plugin {self.plugin!r} adds the asset {asset.file}: no such file.")
        self._added["assets"].append(replace(asset, owner=self.plugin))

    def metric(self, *specs: MetricSpec) -> None:
        """Metrics, called `blog_<plugin>_…`, used by `setup.metrics.counter(...)` and the like."""
        for spec in specs:
            self._check_name("metric", spec.name, f"blog_{self.plugin}_")
            self._added["metrics"].append(spec)

    def index(self, index: "Index", query: str) -> None:
        """An index that a named query needs."""
        self._added["indexes"].append(DeclaredIndex(self.plugin, index, query))

    def health(self, name: str, check: HealthCheck) -> None:
        """A check beside the plugin's `blog_health`; what it raises is reported as ill."""
        self._added["health_checks"].append(NamedHealthCheck(self.plugin, name, check))

    def stage_check(self, check: StageCheck) -> None:
        """Findings about a post that definitions of stages can name."""
        self._added["stage_checks"].append(replace(check, owner=self.plugin))

    def stage_validator(self, validator: StageValidator) -> None:
        """Further rules for what is written down in stages."""
        self._added["stage_validators"].append(replace(validator, owner=self.plugin))

    def cli(self, command: "click.Command") -> None:
        """A command of `blog`, usually a group called as the plugin: `blog cache stats`."""
        if not command.name:
            raise PluginError(f"Plugin {self.plugin!r} adds a command without a name; name it.")
        self._commands[command.name] = command

    def collected(self) -> Contributions:
        """All that was added."""
        added = {kind: tuple(items) for kind, items in self._added.items()}
        return Contributions(dict(self._settings), dict(self._commands), **added)

    def _check_name(self, kind: str, name: str, start: str) -> None:
        if not name.startswith(start):
            raise PluginError(
                f"Plugin {self.plugin!r} adds the {kind} {name!r}. Its name must start with "
                f"{start!r}, so that nobody else's is meant; rename it."
            )

    def _folder(self, folder: Path) -> Path:
        if not folder.is_dir():
            raise PluginError(f"Plugin {self.plugin!r} adds the folder {folder}: no such folder.")
        return folder


def _table(model: Any) -> "Table":
    table: Table = getattr(model, "__table__", model)
    return table
