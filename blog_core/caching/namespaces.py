"""The parts of the cache: what each holds, how long by default, and its share of the memory."""

from dataclasses import dataclass


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
