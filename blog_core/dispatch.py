"""What stands between Flask and every view: limits, permission, origin, parameters, headers."""

from typing import TYPE_CHECKING, Any

from flask import Response, make_response, request
from werkzeug.datastructures import MultiDict

from blog_core.errors import BlogError, FieldError, TooLarge, ValidationError
from blog_core.headers import secure
from blog_core.routes import Route, View

if TYPE_CHECKING:
    from blog_core.site import Site


def guard(site: "Site", route: Route) -> View:
    """`route.view` behind everything that its declaration promises."""
    enforce, respond = site.access.enforce, _responder(site, route)
    hosts = frozenset(site.settings.core.answered_hosts)

    def guarded(**path_args: Any) -> Response:
        if hosts and _host_name() not in hosts:
            raise UnknownHost(request.host)
        _bound_body(route)
        try:
            enforce(route, path_args)
        except BlogError as error:
            if route.refused is None:
                raise
            return secure(_private(make_response(route.refused(error, **path_args))))
        params, canonical = parse_params(route, request.args)
        return secure(respond(path_args, params, canonical))

    guarded.__name__ = route.endpoint
    return guarded


def _responder(site: "Site", route: Route) -> View:
    view = route.view
    if not route.cache.stored:
        return lambda path_args, params, _canonical: _private(
            make_response(view(**path_args, **params))
        )

    def cacheable(path_args: dict[str, Any], params: dict[str, Any], canonical: bool) -> Response:
        if route.operation is not None and "Authorization" in request.headers:
            return _private(make_response(view(**path_args, **params)))
        return site.pages.respond(
            route, path_args, params, lambda: view(**path_args, **params), store=canonical
        )

    return cacheable


def parse_params(route: Route, given: "MultiDict[str, str]") -> tuple[dict[str, object], bool]:
    """The declared query parameters, parsed, and whether the query held nothing else.

    A query with undeclared or repeated parameters is served, but never stored. Raises
    `ValidationError` naming every parameter that does not parse.
    """
    if not given:
        return {}, True
    values: dict[str, object] = {}
    errors: list[FieldError] = []
    canonical = True
    for name, texts in given.lists():
        parser = route.params.get(name)
        if parser is None:
            canonical = False
            continue
        canonical = canonical and len(texts) == 1
        try:
            values[name] = parser(texts[0])
        except ValidationError as error:
            errors.extend(error.errors)
        except ValueError as error:
            errors.append(FieldError(name, "invalid", f"found {texts[0][:80]!r}: {error}"))
    if errors:
        raise BadParameters(errors)
    return values, canonical


class UnknownHost(BlogError):
    """The request names a host that this blog does not answer to."""

    status = 400

    def __init__(self, host: str) -> None:
        super().__init__(
            f"This blog does not answer to the host {host[:80]!r}. Name it in `allowed_hosts`, or "
            f"set `site_url` to the blog's public address."
        )


class BadParameters(ValidationError):
    """A query parameter does not parse."""

    status = 400


def _host_name() -> str:
    """The request's host without its port; IPv6 addresses keep their brackets."""
    host = request.host
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def _bound_body(route: Route) -> None:
    length = request.content_length or 0
    if length > route.max_body_bytes:
        raise TooLarge("The request", size_bytes=length, max_bytes=route.max_body_bytes)
    if route.writes:
        request.max_content_length = route.max_body_bytes
        request.max_form_memory_size = route.max_body_bytes


def _private(response: Response) -> Response:
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-store"
    return response
