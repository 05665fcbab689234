"""What plugins add to a blog, as values that the extension and its faces consume."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from blog_core.metrics import MetricSpec
from blog_core.routes import Route

if TYPE_CHECKING:
    from datetime import timedelta

    import click
    from pydantic import BaseModel
    from sqlalchemy import Index, Table

    from blog_core.access.permissions import Permission
    from blog_core.cache_tags import TagRule
    from blog_core.errors import FieldError
    from blog_core.site import Health, Site

JobFunction = Callable[["Site", Mapping[str, Any]], None]
HealthCheck = Callable[["Site"], "Health"]
StageData = Callable[["Site", int], Mapping[str, object]]
StageRule = Callable[[str | None, Mapping[str, object]], Iterable["FieldError"]]
PanelData = Callable[["Site", int], Mapping[str, object]]
ExplainData = Callable[["Site", Mapping[str, object]], Mapping[str, object]]


class OwnedRoutes(NamedTuple):
    """Routes of one plugin."""

    owner: str
    routes: tuple[Route, ...]


class OwnedPermissions(NamedTuple):
    """Permissions of one plugin."""

    owner: str
    permissions: tuple["Permission", ...]


@dataclass(frozen=True, slots=True)
class TableTags:
    """The cache tags that writes to one of a plugin's tables touch."""

    owner: str
    table: str
    rules: tuple["TagRule", ...]


@dataclass(frozen=True, slots=True)
class Migrations:
    """A plugin's folder of Alembic revisions, a branch labelled with the plugin's name."""

    owner: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Panel:
    """A box beside the editor: `template` is rendered with what `data(site, post_id)` returns."""

    name: str
    title: str
    template: str
    data: PanelData = field(repr=False)
    permission: str = "signed-in"
    stage_id: str | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A button in the editor that posts the form to `endpoint`, one of the plugin's routes, which
    takes `post_id` in its path."""

    name: str
    title: str
    endpoint: str
    permission: str = "signed-in"
    stage_id: str | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class AdminPage:
    """A page in the admin's navigation, at `endpoint`, shown to those with the permission.

    Pages of the group `write` are for everybody's daily work and stand in the bar; those of the
    group `site` are for running the blog and stand in the menu beside it.
    """

    title: str
    endpoint: str
    permission: str = "signed-in"
    group: Literal["write", "site"] = "site"
    owner: str = ""


@dataclass(frozen=True, slots=True)
class ExplainPanel:
    """A part of the explanation of a request: a template and its data."""

    name: str
    title: str
    template: str
    data: ExplainData = field(repr=False)
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Asset:
    """A style sheet or ES module of a plugin, loaded on one kind of page.

    A module that only others import, as `./name.js`, is `imported` and loaded on none.
    """

    file: Path
    page: Literal["reader", "editor", "admin", "imported"]
    owner: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredIndex:
    """An index with the query that needs it, for the comparison of declared and real indexes."""

    owner: str
    index: "Index" = field(repr=False)
    query: str


@dataclass(frozen=True, slots=True)
class JobHandler:
    """What runs jobs of a name, `<plugin>.<what>`."""

    owner: str
    name: str
    function: JobFunction = field(repr=False)
    every: "timedelta | None" = None


@dataclass(frozen=True, slots=True)
class NamedHealthCheck:
    """A check that health asks beside the plugin's hook."""

    owner: str
    name: str
    check: HealthCheck = field(repr=False)


@dataclass(frozen=True, slots=True)
class StageCheck:
    """What a stage shows beside its fields: findings about a post, loaded apart from the rest.

    `load(site, post_id)` runs in a thread of its own, inside an app context and outside any
    request, and returns plain values; its `findings` are sentences about what is to be mended, none
    when all is well. What it raises, or a wait above `timeout_s`, is told beside the stage. A
    definition names the sub-stages that show it (`checks`) and the gates that ask it (`passes`).
    """

    name: str
    title: str
    load: StageData = field(repr=False)
    timeout_s: float = 2.0
    owner: str = ""


@dataclass(frozen=True, slots=True)
class StageValidator:
    """Further rules for what is written down in stages.

    `check(stage_id, values)` names the faults of a sub-stage's fields by name; `stage_id` is None
    for a post's own title, content and status.
    """

    name: str
    check: StageRule = field(repr=False)
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Contributions:
    """Everything the plugins added, in the order of `plugins`."""

    settings: Mapping[str, "type[BaseModel]"] = field(default_factory=dict)
    commands: Mapping[str, "click.Command"] = field(default_factory=dict)
    routes: tuple[OwnedRoutes, ...] = ()
    admin_routes: tuple[OwnedRoutes, ...] = ()
    rest_routes: tuple[OwnedRoutes, ...] = ()
    templates: tuple[Path, ...] = ()
    tables: tuple["Table", ...] = ()
    migrations: tuple[Migrations, ...] = ()
    cache_tags: tuple[TableTags, ...] = ()
    permissions: tuple[OwnedPermissions, ...] = ()
    panels: tuple[Panel, ...] = ()
    actions: tuple[Action, ...] = ()
    admin_pages: tuple[AdminPage, ...] = ()
    explain_panels: tuple[ExplainPanel, ...] = ()
    jobs: tuple[JobHandler, ...] = ()
    assets: tuple[Asset, ...] = ()
    metrics: tuple[MetricSpec, ...] = ()
    indexes: tuple[DeclaredIndex, ...] = ()
    health_checks: tuple[NamedHealthCheck, ...] = ()
    stage_checks: tuple[StageCheck, ...] = ()
    stage_validators: tuple[StageValidator, ...] = ()


def joined(parts: Iterable[Contributions]) -> Contributions:
    """The contributions of several plugins together."""
    values: dict[str, Any] = {}
    for part in parts:
        for item in fields(Contributions):
            more = getattr(part, item.name)
            before = values.get(item.name, type(more)())
            values[item.name] = {**before, **more} if isinstance(more, dict) else before + more
    return Contributions(**values)
