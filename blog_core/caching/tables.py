"""Which cache tag tells of every write to a table: what a kept query result depends on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blog_core.site import Site


def table_tags(site: "Site") -> Mapping[str, str]:
    """By table, the tag that every write to it touches, such as `post:{id}`.

    A table that is missing here has writes that no tag tells of: its rows must not be kept.
    """
    return site.pages.table_tags
