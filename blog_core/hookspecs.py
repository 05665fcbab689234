"""All hooks on one page. Hooks decide who does a job, once, when the app is made.

No hook is called while a page is served to a reader. A new hook must pass four questions: does
Flask offer it already? Is it a method of a port? Would two existing hooks together do it? Are
there two real plugins that need it?
"""

from typing import TYPE_CHECKING

import pluggy

from blog_core.ports import Cache, QueryExecutor, StageLoader, TextOptimizer

if TYPE_CHECKING:
    from blog_core.host.contribute import Contribute
    from blog_core.host.setup import Setup
    from blog_core.site import Health, PostChange, Site

PROJECT = "blog"
HOOK_API = 1
"""Number of this interface. A plugin may declare `BLOG_HOOK_API` to have it compared at boot."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def blog_contribute(contribute: "Contribute") -> None:
    """First call of every plugin: add settings, routes, models, migrations, commands and the rest.

    Called once when the app is made, in the order of `plugins`. An exception stops the boot.
    """


@hookspec(firstresult=True)
def blog_query_executor(setup: "Setup") -> QueryExecutor | None:
    """Provide the query port. Called once; the first plugin that returns an object provides it."""


@hookspec(firstresult=True)
def blog_cache(setup: "Setup") -> Cache | None:
    """Provide the cache port. Called once; wrappers (`wrapper=True`) may decorate the winner."""


@hookspec(firstresult=True)
def blog_stage_loader(setup: "Setup") -> StageLoader | None:
    """Provide the stage port. Called once."""


@hookspec(firstresult=True)
def blog_text_optimizer(setup: "Setup") -> TextOptimizer | None:
    """Provide the text port. Called once."""


@hookspec
def blog_post_changed(blog: "Site", change: "PostChange") -> None:
    """After a commit that changed a post. The save stands whatever happens here.

    Isolated: an exception is logged with plugin and hook, counted, and the others still run.
    Wrappers are refused at boot.
    """


@hookspec
def blog_health(blog: "Site") -> "Health | None":
    """Report how the plugin is. Isolated; an exception is reported as that plugin being ill."""
