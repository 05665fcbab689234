"""What stands beside the operations: their document, a page of it, and 404 for all the rest."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from flask import Response, request, url_for
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.routing import Map, Rule

from blog_core.rest.openapi import Json, document
from blog_core.routes import NEVER, Route

if TYPE_CHECKING:
    from blog_core.site import Site

ALL_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BODY_BYTES = 16 * 1024
TEMPLATES = Path(__file__).parent / "templates"


def further_routes(site: "Site") -> list[Route]:
    """The document at `/openapi.json`, the page at `/`, and what is nowhere."""
    prefix = site.settings.core.rest_prefix
    return [
        Route("rest_document", f"{prefix}/openapi.json", partial(_json, site), "public", NEVER),
        Route("rest_page", f"{prefix}/", partial(_page, site), "public", NEVER),
        Route(
            "rest_nowhere",
            f"{prefix}/<path:path>",
            partial(_nowhere, site),
            "public",
            NEVER,
            methods=ALL_METHODS,
            max_body_bytes=BODY_BYTES,
        ),
    ]


def _document(site: "Site") -> Json:
    """At the prefix as the client reaches it."""
    home = url_for(f"{site.name}.rest_page")
    return document(site, home.rstrip("/"))


def _json(site: "Site") -> Response:
    text = msgspec.json.encode(_document(site))
    return Response(text, mimetype="application/json")


def _page(site: "Site") -> Response:
    """The document for people: every operation, what it takes and answers."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["parts"] = _parts
    text = environment.get_template("api.html").render(
        document=_document(site),
        title=site.settings.core.title,
        language=site.settings.core.language,
        home=url_for(f"{site.name}.home"),
        json=url_for(f"{site.name}.rest_document"),
        style=_asset(site, "blog.css"),
        icon=_asset(site, "favicon.svg"),
    )
    return Response(text, mimetype="text/html")


def _parts(text: str) -> list[str]:
    """A text of the document cut at its back quotes: every second part is a name."""
    return text.split("`")


def _asset(site: "Site", name: str) -> str:
    return url_for(f"{site.name}.asset", digest=site.assets[name].digest, name=name)


def _nowhere(site: "Site", path: str) -> Response:
    """404; or 405 with what is allowed, where an operation stands but not by this method."""
    adapter = Map(list(_rules(site))).bind(request.host)
    below = site.settings.core.rest_prefix
    adapter.match(f"{below}/{path}", method=request.method)
    raise AssertionError(f"{path} is an operation and not nowhere")


def _rules(site: "Site") -> Iterator[Rule]:
    for route in site.routes:
        if route.operation is not None:
            methods: Any = route.methods
            yield Rule(route.rule, endpoint=route.endpoint, methods=methods)
