"""The cache in the admin: its figures, why an address is or is not kept, clearing, comparing."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Response, request, url_for

from blog_core.api import (
    ALL,
    NEVER,
    AdminPage,
    FieldError,
    Route,
    Site,
    ValidationError,
    current_site,
    render_admin,
)

if TYPE_CHECKING:
    from .verify import Checked
    from .why import Why

COMPARED_PAGES = 200
"""In one request: about a second's work on a small machine; the command compares more."""

ENDED_SHOWN = 5
_FORM_BYTES = 4096

ADMIN_PAGE = AdminPage("Cache", "cache_overview", "see-internals")


def overview(url: str = "", said: str = "") -> Response:
    """Figures of all workers of this host; with `url` the explanation of one address."""
    site = current_site()
    return _page(site, found=_explained(site, url), asked=url, said=said)


def clear() -> Response:
    """Make everything, or what has the given tag, invalid in every process and host."""
    tag = request.form.get("tag", "").strip()
    current_site().ports.cache.invalidate(frozenset({tag}) if tag else ALL)
    overview_url = url_for(".cache_overview", said="tag" if tag else "all")
    return Response(status=303, headers={"Location": overview_url})


def compare() -> Response:
    """Make kept pages again and compare them byte for byte."""
    from .verify import verify

    site = current_site()
    return _page(site, compared=tuple(verify(site, limit=COMPARED_PAGES)))


def _explained(site: Site, url: str) -> "Why | None":
    from .why import why

    return why(site, url) if url else None


def _page(
    site: Site,
    *,
    found: "Why | None" = None,
    asked: str = "",
    said: str = "",
    compared: "tuple[Checked, ...] | None" = None,
) -> Response:
    from .stats import read_stats

    return render_admin(
        "cache/overview.html",
        stats=read_stats(site),
        asked=asked,
        why=found,
        ended_by=found.ended_by[:ENDED_SHOWN] if found else (),
        said=_SAID.get(said, ""),
        compared=compared,
        different=[each.difference for each in compared or () if each.difference],
        now_s=site.clock().timestamp(),
    )


_SAID: Mapping[str, str] = {
    "": "",
    "all": "Everything is invalid now and will be made again when it is asked for.",
    "tag": "Entries with this tag are invalid now and will be made again when they are asked for.",
}


def _said(text: str) -> str:
    if text not in _SAID:
        raise ValueError("expected all or tag")
    return text


def _url(text: str) -> str:
    if len(text) > 2000:
        raise ValidationError(
            [FieldError("url", "too_long", f"found {len(text)} characters, expected at most 2000")]
        )
    return text.strip()


ROUTES = (
    Route(
        endpoint="cache_overview",
        rule="/cache",
        view=overview,
        permission="see-internals",
        cache=NEVER,
        params={"url": _url, "said": _said},
    ),
    Route(
        endpoint="cache_clear",
        rule="/cache/clear",
        view=clear,
        permission="manage-site",
        cache=NEVER,
        methods=("POST",),
        max_body_bytes=_FORM_BYTES,
    ),
    Route(
        endpoint="cache_compare",
        rule="/cache/compare",
        view=compare,
        permission="see-internals",
        cache=NEVER,
        methods=("POST",),
        max_body_bytes=_FORM_BYTES,
    ),
)
