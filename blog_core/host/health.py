"""How the plugins and the core's own rooms are, for `/-/health` and `blog check`."""

from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING

from blog_core.errors import BlogError
from blog_core.host.contributions import NamedHealthCheck
from blog_core.host.guards import Answer, GuardedCache
from blog_core.ports import ALL
from blog_core.site import Health

if TYPE_CHECKING:
    from blog_core.host.plugin_host import PluginHost
    from blog_core.site import Site


class Healths:
    """Gathers the reports of one blog's plugins."""

    def __init__(self, host: "PluginHost", site: "Site") -> None:
        self._host, self._site = host, site

    def all(self) -> list[Health]:
        """Every finding; what goes well and has nothing to say is left out."""
        return [
            *self._rooms(),
            *self._failed(),
            *self._resting(),
            *self._pending(),
            *self._checks(),
            *self._own(),
        ]

    def _rooms(self) -> Iterator[Health]:
        """The core's own: what cannot be asked, because the database is away, says so."""
        for name, ask in (
            ("changes", self._site.changes.health),
            ("jobs", self._site.jobs.health),
            ("webhooks", self._site.webhooks.health),
        ):
            try:
                found = ask()
            except BlogError as error:
                found = Health(name, "ill", str(error))
            if found.status != "ok":
                yield found

    def _failed(self) -> Iterator[Health]:
        for status in self._host.statuses:
            if status.state == "failed":
                yield Health(status.name, "ill", f"{status.reason} The core's default stands in.")
            elif status.state == "disabled":
                yield Health(status.name, "degraded", f"The plugin is {status.reason}.")

    def _resting(self) -> Iterator[Health]:
        for quarantine in self._host.quarantines:
            if quarantine.until:
                text = f"{quarantine.port} rests after repeated failures, last {quarantine.reason}."
                yield Health(quarantine.plugin, "ill", text)

    def _pending(self) -> Iterator[Health]:
        cache = self._site.ports.cache
        if isinstance(cache, GuardedCache) and cache.pending:
            count = "all" if cache.pending is ALL else str(len(cache.pending))
            yield Health(
                cache.quarantine.plugin,
                "ill",
                f"{count} cache tags are not invalidated yet, because the cache fails: "
                f"{cache.quarantine.reason}. Pages with them are built anew until it works.",
            )

    def _checks(self) -> Iterator[Health]:
        for check in self._host.contributions.health_checks:
            yield _asked(check, self._site)

    def _own(self) -> Iterator[Health]:
        for answer in self._host.notify("blog_health", blog=self._site):
            if answer.failure or answer.value is not None:
                yield _told(answer)


def _asked(check: NamedHealthCheck, site: "Site") -> Health:
    start, name = perf_counter(), f"{check.owner}.{check.name}"
    try:
        answer = Answer(name, check.check(site), "", perf_counter() - start)
    except Exception as error:  # noqa: BLE001 - a check that raises is itself a finding
        failure = f"{type(error).__name__}: {error}"
        answer = Answer(name, None, failure, perf_counter() - start)
    return _told(answer)


def _told(answer: Answer) -> Health:
    if isinstance(answer.value, Health):
        value = answer.value
        return Health(answer.plugin, value.status, value.text, answer.elapsed_s)
    reason = answer.failure or f"returned {type(answer.value).__name__}, not a Health"
    return Health(answer.plugin, "ill", f"Its health check failed: {reason}.", answer.elapsed_s)
