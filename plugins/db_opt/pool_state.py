"""The pools of all workers in numbers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plugins.db_opt.counts import LEAK_ENDS
from plugins.db_opt.settings import DbOptSettings

if TYPE_CHECKING:
    from blog_core.api import Site

WAIT_S = 0.01


@dataclass(frozen=True, slots=True)
class PoolState:
    """Sums over the workers of this host. `waits` took longer than `WAIT_S`."""

    size: int
    background_size: int
    open: int
    out: int
    opened: int
    lent: int
    waits: int
    refused: int
    leaks: int


def pool_state(site: "Site") -> PoolState:
    """Of all workers, dead ones' counts included."""
    totals = site.metrics.sum_all()

    def total(name: str, **labels: str) -> int:
        return round(site.metrics.value(f"blog_db_opt_{name}", totals, **labels))

    waits = {
        sample: value
        for sample, value in totals.items()
        if sample.startswith("blog_db_opt_pool_wait_seconds_bucket")
    }
    short = sum(value for sample, value in waits.items() if _bound(sample) <= WAIT_S)
    settings = site.settings.section("db_opt", DbOptSettings)
    return PoolState(
        size=settings.pool_size,
        background_size=settings.background_pool_size,
        open=total("connections_open"),
        out=total("connections_out"),
        opened=total("connections_opened_total"),
        lent=round(sum(waits.values())),
        waits=round(sum(waits.values()) - short),
        refused=total("pool_refused_total"),
        leaks=sum(total("leaks_total", end=end) for end in LEAK_ENDS),
    )


def _bound(sample: str) -> float:
    """The upper bound of a histogram's bucket, from its name."""
    return float(sample.partition('le="')[2].partition('"')[0].replace("+Inf", "inf"))
