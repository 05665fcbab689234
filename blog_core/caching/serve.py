"""The page cache: a route's answer to strangers is built once and served until a tag moves.

The key holds what the route declares and nothing else, so a stranger can neither poison an entry
nor multiply entries. One function stores (`_store`), and it checks everything again.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from flask import Response, request

from blog_core.cache_tags import whole_table_tags
from blog_core.caching.codec import Unreadable
from blog_core.caching.compose import compose, objection
from blog_core.caching.counts import PageCounts
from blog_core.caching.crowd import Crowd
from blog_core.caching.decision import Decision
from blog_core.caching.keys import digest
from blog_core.caching.missing import decode_missing, encode_missing
from blog_core.caching.namespaces import MISSING, PAGE, Namespace
from blog_core.caching.page import Page, StoredPage
from blog_core.caching.policy import PRIVATE, REVALIDATE, CachePolicy
from blog_core.caching.prefix import key_prefix
from blog_core.caching.respond import answer
from blog_core.caching.strangers import Strangers
from blog_core.changes import Collected, collecting
from blog_core.changes.writing import in_writing_transaction
from blog_core.defaults.no_cache import NoCache
from blog_core.errors import NotFound, Unavailable
from blog_core.ports import Cache, Entry, Lease

if TYPE_CHECKING:
    from blog_core.routes import Route
    from blog_core.site import Site

Build = Callable[[], Page]
_LEASES_TRIED = 3
_STILL_PUBLIC = frozenset({"no-cache", "query", "contended"})


class PageCache:
    """Answers the routes that declare `cache.stored`, for one blog."""

    def __init__(self, site: "Site") -> None:
        self._site = site
        self.key_prefix = key_prefix(site.name, site.settings)
        self.policy = policy_of(site.ports.cache)
        self.strangers = Strangers(self.policy.ignore_cookies)
        self.counts = PageCounts(site.metrics)
        self._crowd = Crowd(self.policy.waiting_threads)
        self._keeps = not isinstance(_provider(site.ports.cache), NoCache)

    def respond(
        self,
        route: "Route",
        view_args: Mapping[str, object],
        params: Mapping[str, object],
        build: Build,
        *,
        store: bool = True,
    ) -> Response:
        """The route's answer to the current request, from the cache where that is allowed.

        `build` runs the view; `store=False` (a query that the route does not declare) serves the
        page without looking it up or keeping it. Raises what the view raises, and `Unavailable`
        when too many requests wait for the same page.
        """
        why_not = self._bypass(canonical=store)
        if why_not:
            return self._unshared(route, build(), why_not)
        name = self.name_of_request(params)
        return self._look_up(route, name) or self._build_once(route, name, build)

    @cached_property
    def table_tags(self) -> Mapping[str, str]:
        """By table, the cache tag that every write to it touches."""
        from blog_core.model.migrate import rules_of  # Alembic is slow to import

        return whole_table_tags(rules_of(self._site))

    def name_of_request(self, params: Mapping[str, object]) -> str:
        """The digest of everything the page may depend on."""
        declared = tuple((name, request.args[name]) for name in sorted(params))
        place = request.scheme, request.host, request.script_root, request.path
        return digest(place, declared)

    def key(self, namespace: Namespace, name: str) -> str:
        """The complete key of a page's name."""
        return f"{self.key_prefix}:{namespace.name}:{name}"

    def _bypass(self, *, canonical: bool) -> str:
        """Why the current request must not meet the cache; "" when it may."""
        return (
            self.strangers.bypass(request.environ)
            or ("" if self._keeps else "no-cache")
            or ("" if canonical else "query")
            or ("transaction" if in_writing_transaction() else "")
        )

    def _unshared(self, route: "Route", page: Page, reason: str) -> Response:
        """The page for this request only."""
        self._note(route, Decision("", reason))
        cache_control = REVALIDATE if reason in _STILL_PUBLIC else PRIVATE
        stored = compose(
            page,
            route=route.endpoint,
            url="",  # only what is stored is asked for again
            cache_control=cache_control,
            compressed=False,
        )
        return answer(stored, age_s=0, cache_status=f"blog; fwd=bypass; detail={reason}")

    def _note(self, route: "Route", decision: Decision) -> None:
        self.counts.answers(route.endpoint, decision.outcome).inc()
        decision.note(request.environ)

    # --- reading ------------------------------------------------------------------------------

    @property
    def _cache(self) -> Cache:
        return self._site.ports.cache

    def _look_up(self, route: "Route", name: str) -> Response | None:
        """The stored answer, or None. Raises `NotFound` for an address known to lead nowhere."""
        key = self.key(PAGE, name)
        entry = self._cache.get(key)
        try:
            if entry is not None:
                return self._hit(route, key, entry, "hit")
            absent = self._cache.get(self.key(MISSING, name))
            error = decode_missing(absent.value) if absent is not None else None
        except Unreadable:
            return None
        if error is not None:
            self._note(route, Decision(key, "missing"))
            raise error
        return None

    def _hit(self, route: "Route", key: str, entry: Entry, outcome: str) -> Response:
        stored = StoredPage.decode(entry.value)
        self._note(route, Decision(key, outcome, entry.cache_tags))
        detail = "" if outcome == "hit" else f"; detail={outcome}"
        age_s = self._site.clock().timestamp() - entry.stored_at
        return answer(stored, age_s=age_s, cache_status=f"blog; hit{detail}")

    # --- building -----------------------------------------------------------------------------

    def _build_once(self, route: "Route", name: str, build: Build) -> Response:
        """Build the page, or wait for whoever is building it."""
        key = self.key(PAGE, name)
        with self._crowd.joined(key):
            for _ in range(_LEASES_TRIED):
                with self._cache.lease(key, self.policy.wait_s) as lease:
                    # Looked up again: it may have been built between the miss and the lease.
                    found = None if lease.expired else self._look_up(route, name)
                    if found is None and lease.is_builder:
                        return self._build(route, name, lease, build)
                if found is not None:
                    return found
            return self._unshared(route, build(), "contended")

    def _build(self, route: "Route", name: str, lease: Lease, build: Build) -> Response:
        with collecting() as collected:
            try:
                page = build()
            except NotFound as error:
                kept = self._store_missing(name, lease, collected, error)
                outcome = "stored" if kept else "not stored"
                why_not = "" if kept else "its status is 404"
                self._note(route, Decision(lease.key, outcome, collected.cache_tags, why_not))
                raise
            except Unavailable:
                # The copy that has expired by time is still true; one that was invalidated is not.
                if lease.expired is None:
                    raise
                return self._hit(route, lease.key, lease.expired, "stale-if-error")
        return self._store(route, page, lease, collected)

    # --- storing ------------------------------------------------------------------------------

    def _store(self, route: "Route", page: Page, lease: Lease, collected: Collected) -> Response:
        """Keep the page if nothing forbids it, and answer with it either way."""
        why_not = objection(page, collected)
        ttl_s = collected.ttl_s(route.cache.ttl_s, self._site.clock())
        keeps = not why_not and ttl_s > 0
        tags = collected.cache_tags
        stored = compose(
            page,
            route=route.endpoint,
            url=request.url,
            cache_control=self.policy.cache_control if keeps else REVALIDATE,
            compressed=keeps,
            more=self.policy.cdn_tags(tags) if keeps else (),
        )
        kept = keeps and self._cache.put(lease, stored.encode(), ttl_s=ttl_s, cache_tags=tags)
        outcome = "stored" if kept else "not stored"
        self._note(route, Decision(lease.key, outcome, tags, why_not))
        return answer(stored, age_s=0, cache_status=f"blog; fwd=miss{'; stored' if kept else ''}")

    def _store_missing(
        self, name: str, lease: Lease, collected: Collected, error: NotFound
    ) -> bool:
        """Remember that an address leads nowhere, until a tag it was looked up by moves."""
        ttl_s = collected.ttl_s(MISSING.ttl_s, self._site.clock())
        if not collected.cache_tags or not collected.is_cacheable or ttl_s <= 0:
            return False
        same_moment = replace(lease, key=self.key(MISSING, name))
        return self._cache.put(
            same_moment, encode_missing(error), ttl_s=ttl_s, cache_tags=collected.cache_tags
        )


def policy_of(cache: Cache) -> CachePolicy:
    """What the cache's provider says in its attribute `policy`, else the usual."""
    found = getattr(_provider(cache), "policy", None)
    return found if isinstance(found, CachePolicy) else CachePolicy()


def _provider(cache: Cache) -> object:
    """The object behind the core's guard."""
    return getattr(cache, "inner", cache)
