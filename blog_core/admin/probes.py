"""What machines and admins ask a running blog: does it live, is it ready, how are its parts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Response, jsonify
from sqlalchemy import literal, select

from blog_core.admin.pages import Pages, private
from blog_core.errors import BlogError
from blog_core.ports import Query
from blog_core.routes import NEVER, Route
from blog_core.site import Health

if TYPE_CHECKING:
    pass

_ANSWERS = Query("blog.answers", select(literal(1)))
_STATES = ("ok", "degraded", "ill")
"""From the best to the worst."""


class Probes:
    """The views. The public ones tell a state and nothing of the inside."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._site = pages, pages.site
        self._is_migrated = False

    def live(self) -> Response:
        """This process answers. Asks nobody: a database that is away is no reason to be killed."""
        return private(jsonify(status="live"))

    def ready(self) -> Response:
        """Whether readers can be sent here: the database answers and is of this version."""
        why_not = self._why_not_ready()
        if not why_not:
            return private(jsonify(status="ready"))
        response = private(jsonify(status="not ready", reason=why_not))
        response.status_code = 503
        response.headers["Retry-After"] = "5"
        return response

    def _why_not_ready(self) -> str:
        try:
            self._site.read(_ANSWERS)
            return "" if self._migrated() else "the database is behind: run `blog migrate`"
        except BlogError:
            return "the database does not answer"

    def _migrated(self) -> bool:
        """Asked until it is so, for Alembic is slow: no database goes back by itself."""
        if not self._is_migrated:
            from blog_core.model.migrate import pending

            self._is_migrated = not pending(self._site)
        return self._is_migrated

    def report(self) -> Response:
        """Every finding, for programs of the site's owner."""
        found = self._findings()
        state = max((each.status for each in found), key=_STATES.index, default="ok")
        checks = [{"name": each.name, "status": each.status, "text": each.text} for each in found]
        return private(jsonify(status=state, checks=checks))

    def page(self) -> Response:
        """Every finding, for people."""
        return self._pages.render("health.html", findings=self._findings())

    def _findings(self) -> Sequence[Health]:
        """The worst first."""
        found = self._site.host.health(self._site)
        return sorted(found, key=lambda each: -_STATES.index(each.status))


def probe_routes(pages: Pages) -> Sequence[Route]:
    """`/-/live` and `/-/ready` for everybody, the rest for who may see internals."""
    probes, prefix = Probes(pages), pages.site.settings.core.admin_prefix
    return (
        Route("live", "/-/live", probes.live, "public", NEVER, statements=0),
        Route("ready", "/-/ready", probes.ready, "public", NEVER),
        Route("health", "/-/health", probes.report, "see-internals", NEVER),
        Route("admin_health", f"{prefix}/health", probes.page, "see-internals", NEVER),
    )
