"""A plugin with a table and an index that one of its queries needs."""

from sqlalchemy import Column, Index, Integer, MetaData, Table

from blog_core.api import Contribute, hookimpl

THING = Table(
    "shop_thing", MetaData(), Column("id", Integer, primary_key=True), Column("price", Integer)
)
CHEAPEST = Index("idx_shop_thing_price", THING.c.price)


@hookimpl
def blog_contribute(contribute: Contribute) -> None:
    contribute.models(THING)
    contribute.index(CHEAPEST, "shop.cheapest")
