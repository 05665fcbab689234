"""From idea to published, in stages that check what they claim."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blog_core.api import StageLoader, TagRule, hookimpl

if TYPE_CHECKING:
    from blog_core.api import Contribute, PostChange, Setup, Site
    from plugins.workflow.names import (
        get_stage_data,
        get_stage_fields,
        get_stage_history,
        get_stage_status,
        load_stage_data,
    )
    from plugins.workflow.validation import validate_stage_data

BLOG_HOOK_API = 1

_HOMES = {
    "load_stage_data": "names",
    "get_stage_data": "names",
    "get_stage_fields": "names",
    "get_stage_history": "names",
    "get_stage_status": "names",
    "validate_stage_data": "validation",
}

__all__ = [
    "get_stage_data",
    "get_stage_fields",
    "get_stage_history",
    "get_stage_status",
    "load_stage_data",
    "validate_stage_data",
]


def __getattr__(name: str) -> Any:
    """Load a public function when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"plugins.workflow has no {name!r}")
    return getattr(import_module(f"plugins.workflow.{_HOMES[name]}"), name)


@hookimpl
def blog_contribute(contribute: "Contribute") -> None:
    """Settings, tables with their cache tags, checks, and commands."""
    from plugins.workflow.checks import CHECKS
    from plugins.workflow.commands import workflow
    from plugins.workflow.counts import METRICS
    from plugins.workflow.model import WorkflowHistory, WorkflowPost, WorkflowStage
    from plugins.workflow.people.model import PEOPLE_TABLES
    from plugins.workflow.rest import routes
    from plugins.workflow.screens.model import WorkflowCard
    from plugins.workflow.settings import WorkflowSettings

    contribute.settings(WorkflowSettings)
    contribute.models(WorkflowPost, WorkflowStage, WorkflowHistory, *PEOPLE_TABLES, WorkflowCard)
    contribute.migrations(Path(__file__).parent / "migrations")
    for table in (WorkflowPost, WorkflowStage, WorkflowHistory):
        contribute.cache_tags(table, TagRule("workflow:{post_id}"))
    for check in CHECKS:
        contribute.stage_check(check)
    contribute.metric(*METRICS)
    contribute.rest_routes(*routes())
    contribute.cli(workflow)
    _contribute_screens(contribute)


def _contribute_screens(contribute: "Contribute") -> None:
    from blog_core.api import Asset, Permission, Reach
    from plugins.workflow.screens.calendar_page import LOOK_AHEAD
    from plugins.workflow.screens.panel import PANEL
    from plugins.workflow.screens.routes import ADMIN_PAGES, ADMIN_ROUTES, REVIEW_ROUTE

    here = Path(__file__).parent / "screens"
    contribute.templates(here / "templates")
    contribute.permissions(Permission(LOOK_AHEAD, {"admin": Reach.ANY, "editor": Reach.ANY}))
    contribute.admin_routes(*ADMIN_ROUTES)
    contribute.routes(REVIEW_ROUTE)
    for page in ADMIN_PAGES:
        contribute.admin_page(page)
    for file in sorted((here / "static").iterdir()):
        contribute.asset(Asset(file, "admin"))
    contribute.panel(PANEL)


@hookimpl
def blog_stage_loader(setup: "Setup") -> StageLoader:
    """The stage port, on the definitions that `[workflow]` names."""
    from plugins.workflow.opening import open_stages

    return open_stages(setup)


@hookimpl
def blog_post_changed(blog: "Site", change: "PostChange") -> None:
    """The card of a post follows its author."""
    if change.kind == "updated":
        from plugins.workflow.screens.placing import follow_author

        follow_author(blog, change.post_id)
