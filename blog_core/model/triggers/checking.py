"""Refuses rules that name unknown tables or columns, before SQL is made of them."""

from collections.abc import Iterable

from sqlalchemy import MetaData, Table

from blog_core.cache_tags import TagRule
from blog_core.errors import PluginError


def check_rules(owner: str, table: str, rules: Iterable[TagRule], metadata: MetaData) -> None:
    """Refuse rules that name unknown tables or columns, with a `PluginError` that names them."""
    for rule in rules:
        fault = _fault(rule, metadata.tables.get(table), metadata)
        if fault:
            raise PluginError(
                f"{owner}: the cache tag rule {rule.tag!r} of table {table!r} {fault}. "
                f"Correct the rule."
            )


def _fault(rule: TagRule, table: Table | None, metadata: MetaData) -> str:
    if table is None:
        return "belongs to no table of the models"
    if not rule.is_well_formed:
        return "is not written like 'posts' or 'post:{id}'"
    source = table
    if rule.each is not None:
        found = metadata.tables.get(rule.each.table)
        if found is None or rule.each.column not in found.c:
            return f"looks at {rule.each.table}.{rule.each.column}, which does not exist"
        source = found
    named = (*(rule.columns or ()), *((rule.each.row_column,) if rule.each else ()))
    unknown = [name for name in named if name not in table.c]
    unknown += [name for name in rule.placeholders if name not in source.c]
    return f"names the unknown column {unknown[0]!r}" if unknown else ""
