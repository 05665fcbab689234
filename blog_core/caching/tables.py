"""Which cache tag tells of every write to a table: what a kept query result depends on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from blog_core.cache_tags import whole_table_tags

if TYPE_CHECKING:
    from blog_core.site import Site


def table_tags(site: "Site") -> Mapping[str, str]:
    """By table, the tag that every write to it touches, such as `post:{id}`.

    A table that is missing here has writes that no tag tells of: its rows must not be kept.
    """
    from blog_core.model.migrate import rules_of  # Alembic is slow to import

    return whole_table_tags(rules_of(site))
