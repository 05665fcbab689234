"""The indexes that the posts' lists need, and making those that are missing."""

from sqlalchemy import Index

from blog_core.api import Site
from plugins.db_opt.here import site_for

POST_INDEXES = ("idx_post_status", "idx_post_created", "idx_post_updated")
"""Single names for composite forms: the order of the list is part of each."""


def create_post_indexes() -> list[str]:
    """Make those of the three indexes of the posts' lists that are missing; their names.

    `idx_post_status(status, updated_at DESC, id DESC)`, `idx_post_created(created_at DESC, id
    DESC)` and `idx_post_updated(updated_at DESC, id DESC)`. PostgreSQL builds them concurrently,
    so nobody who writes waits; SQLite holds its one writer for the time it takes. Raises
    `IndexesBusy` while another process builds indexes.
    """
    from plugins.db_opt.index_building import create

    site = site_for("create_post_indexes()")
    missing = _missing(site)
    if missing:
        create(site, list(missing.values()))
    return list(missing)


def _missing(site: Site) -> dict[str, Index]:
    """Those that the database does not have, or has invalid, or in another form."""
    from plugins.db_opt.index_report import compare_indexes

    report = compare_indexes(site)
    absent = [*report.missing, *(declared for declared, _ in report.changed)]
    found = {declared.name: declared.index for declared in absent}
    return {name: found[name] for name in POST_INDEXES if name in found}
