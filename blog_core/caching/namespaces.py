"""The parts of the cache: what each holds, how long by default, and its share of the memory."""

from dataclasses import dataclass
from math import isfinite

MAX_TTL_S = 366 * 86_400.0
"""Longest lifetime that can be meant; a longer one is a mistake in the unit."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """One part of the cache; `share` is the part of the byte budget that it may always use.

    An entry that has ended by time is still served for `stale_s` seconds while somebody builds the
    next one, and for `error_s` seconds while the database is away. One that was invalidated never
    is.
    """

    name: str
    ttl_s: float
    share: float
    stale_s: float = 0.0
    error_s: float = 0.0


PAGE = Namespace("page", 300.0, 0.38, stale_s=60.0, error_s=86_400.0)
"""Whole answers to strangers; each route declares its own time."""
MISSING = Namespace("missing", 60.0, 0.02)
"""Addresses that lead nowhere: small, so that a flood of them pushes out only each other."""
FRAGMENT = Namespace("fragment", 300.0, 0.10, stale_s=60.0)
"""Pieces of templates."""
API = Namespace("api", 300.0, 0.15, stale_s=60.0)
"""Answers of programs and of the REST API, under `api:{key}`."""
WORKFLOW = Namespace("workflow", 300.0, 0.10)
"""Stages of posts, under `workflow:{post_id}:{stage_id}`."""
QUERY = Namespace("query", 300.0, 0.15, stale_s=60.0)
"""Rows of statements, under `query:{digest}`."""
LLM = Namespace("llm", 3600.0, 0.10)
"""Answers of language models, under `llm:{digest}`."""

NAMESPACES = {part.name: part for part in (PAGE, MISSING, FRAGMENT, API, WORKFLOW, QUERY, LLM)}


def checked_ttl(ttl_s: float) -> float:
    """`ttl_s`, or `ValueError` for a lifetime that nobody can mean."""
    if isinstance(ttl_s, bool) or not isinstance(ttl_s, int | float):
        raise TypeError(f"A lifetime is a number of seconds; found {type(ttl_s).__qualname__}.")
    if not isfinite(ttl_s) or not 0 < ttl_s <= MAX_TTL_S:
        raise ValueError(
            f"A lifetime of {ttl_s!r} seconds was asked for; "
            f"use more than 0 and at most {MAX_TTL_S:.0f} (366 days)."
        )
    return float(ttl_s)
