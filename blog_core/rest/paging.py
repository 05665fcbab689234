"""Pages of lists as JSON, with the addresses of their neighbours in a Link header."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import request, url_for
from sqlalchemy import RowMapping

from blog_core.content.keyset import Page
from blog_core.rest.models import Given, Listed
from blog_core.rest.reply import Reply

M = TypeVar("M", bound=Given)


def listed(
    page: Page[RowMapping], make: Callable[[RowMapping], M], model: type[Listed[M]]
) -> Reply:
    """The page's rows, each made into a model."""
    older = str(page.older) if page.older else None
    newer = str(page.newer) if page.newer else None
    body = model(items=[make(row) for row in page.rows], next=older, previous=newer)
    return Reply(body, links=links(next=older, prev=newer))


def links(*, parameter: str = "page", **places: str | None) -> dict[str, str]:
    """The addresses of other pages of the present list, by their relation to it."""
    here: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict()}
    return {
        relation: url_for(str(request.endpoint), **{**here, parameter: place})
        for relation, place in places.items()
        if place is not None
    }
