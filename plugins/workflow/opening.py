"""Make the stage port of a blog from its settings and what all plugins added."""

from collections.abc import Callable, Mapping
from weakref import ref

from blog_core.api import NoCurrentBlog, PluginError, Setup, Site, StageCheck
from plugins.workflow.counts import Counts
from plugins.workflow.loading import StageLoading
from plugins.workflow.loading.pool import Pool
from plugins.workflow.people.approving import approvals_missing
from plugins.workflow.provider import WorkflowStages
from plugins.workflow.screens.placing import stage_changed
from plugins.workflow.settings import WorkflowSettings


def open_stages(setup: Setup) -> WorkflowStages:
    """The stages of this blog. Raises `ConfigError` with every fault of every definition."""
    settings = setup.section(WorkflowSettings)
    checks = _by_name(setup)
    catalogue = settings.catalogue(tuple(checks))
    loading = StageLoading(
        setup.executor,
        catalogue,
        checks,
        Pool(settings.workers, settings.waiting),
        settings.strategy,
        settings.deadline_s,
        Counts(setup.metrics),
    )
    return WorkflowStages(
        setup.executor,
        catalogue,
        site=_site_of(setup),
        loading=loading,
        checks=checks,
        validators=setup.contributions.stage_validators,
        keepers=(approvals_missing,),
        listeners=(stage_changed,),
    )


def _site_of(setup: Setup) -> Callable[[], Site]:
    """Finds the blog that is being made, whichever blog is the current one."""
    app_ref, name = ref(setup.app), setup.blog

    def site() -> Site:
        app = app_ref()
        if app is None:
            raise NoCurrentBlog(())
        found: Site = app.extensions["blog"][name]
        return found

    return site


def _by_name(setup: Setup) -> Mapping[str, StageCheck]:
    """The checks of all plugins; a name means one of them."""
    found: dict[str, StageCheck] = {}
    for check in setup.contributions.stage_checks:
        if check.name in found:
            owners = f"{found[check.name].owner!r} and {check.owner!r}"
            raise PluginError(
                f"Plugins {owners} both add a stage check {check.name!r}. Rename one of them."
            )
        found[check.name] = check
    return found
