"""How the cache is: which levels it has, and whether Redis is well."""

from blog_core.api import Health, Site

from .own import own_cache
from .stats import redis_state

_USUAL = frozenset({"shared-stamps", "process-leases"})


def level_health(site: Site) -> Health:
    """Degraded where the processes of this host cannot share."""
    cache = own_cache(site, "The health of the cache")
    missing = _USUAL - cache.levels
    if missing:
        text = (
            f"Without {' and '.join(sorted(missing))}: each worker builds every page itself. "
            f"{cache.stamps.fault or 'Set [cache] shared_bytes above 0.'}"
        )
        return Health("cache levels", "degraded", text)
    return Health("cache levels", "ok", f"Levels: {', '.join(sorted(cache.levels))}.")


def redis_health(site: Site) -> Health:
    """Degraded while Redis does not answer: pages go on from memory."""
    cache = own_cache(site, "The health of the cache")
    state = redis_state(site)
    is_well = cache.remote is None or state.startswith("answers")
    text = (
        f"Redis {state}." if cache.remote is not None else "Redis is not set; one host needs none."
    )
    return Health("cache redis", "ok" if is_well else "degraded", text)
