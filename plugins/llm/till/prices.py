"""The price table: what each model costs from which day on."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import RowMapping, bindparam, delete, select

from blog_core.api import NotFound, Query, Site, insert_on
from plugins.llm.model import LlmPrice
from plugins.llm.till.money import Price

_PRICE = Query(
    "llm.price",
    select(LlmPrice.input_micros, LlmPrice.cached_micros, LlmPrice.output_micros)
    .where(LlmPrice.model == bindparam("model"), LlmPrice.since <= bindparam("day"))
    .order_by(LlmPrice.since.desc())
    .limit(1),
)
_PRICES = Query(
    "llm.prices",
    select(LlmPrice.__table__).order_by(LlmPrice.model, LlmPrice.since.desc()),
)


def price_of(site: Site, model: str, day: date) -> Price | None:
    """What a model costs on a day; None for a model without a price, whose tokens alone count."""
    rows = site.read(_PRICE, {"model": model, "day": day})
    return Price(**rows[0]) if rows else None


def all_prices(site: Site) -> Sequence[RowMapping]:
    """The whole table, by model, newest first."""
    return site.read(_PRICES)


def set_price(site: Site, model: str, since: date, price: Price) -> None:
    """Write what a model costs from a day on; a price of the same day is replaced."""
    values = {
        "input_micros": price.input_micros,
        "cached_micros": price.cached_micros,
        "output_micros": price.output_micros,
    }
    with site.transaction() as session:
        row = insert_on(session, LlmPrice).values(model=model, since=since, **values)
        session.execute(row.on_conflict_do_update(index_elements=["model", "since"], set_=values))


def drop_price(site: Site, model: str, since: date) -> None:
    """Take a price out of the table. Raises `NotFound`."""
    gone = delete(LlmPrice).where(LlmPrice.model == model, LlmPrice.since == since)
    with site.transaction() as session:
        if session.execute(gone.returning(LlmPrice.model)).scalar_one_or_none() is None:
            raise NotFound("price", f"{model} since {since}")
