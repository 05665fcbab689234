"""The OpenAPI document, made of the route table: what is declared there is what stands here."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import models_json_schema

from blog_core.access.access import PUBLIC
from blog_core.operations import Answer, Operation, Param
from blog_core.rest.asking import FORM, KEY_HEADER
from blog_core.rest.models import Problem
from blog_core.rest.problems import PROBLEM, TITLES
from blog_core.routes import Route

if TYPE_CHECKING:
    from blog_core.site import Site

Json = dict[str, Any]
VERSION = "3.1.0"
REF = "#/components/schemas/{model}"
_ARGUMENT = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<options>[^)]*)\))?:)?(?P<name>\w+)>")
_ETAG = {
    "description": "The version; goes into If-Match",
    "schema": {"type": "string"},
}
_ABOUT = (
    "Read what readers see without a token. Everything else takes `Authorization: Bearer blog_…`; "
    "cookies are not looked at. Errors are problem+json. What carries an ETag is changed with "
    "If-Match. Lists go on by the cursors in `next` and `previous`, or by the Link header."
)


def document(site: "Site", prefix: str) -> Json:
    """The document of all operations below `prefix`."""
    routes = [route for route in site.routes if route.operation is not None]
    return {
        "openapi": VERSION,
        "info": {"title": site.settings.core.title, "version": "1", "description": _ABOUT},
        "servers": [{"url": prefix}],
        "paths": _paths(site, routes),
        "components": {
            "schemas": _schemas(routes),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _paths(site: "Site", routes: Iterable[Route]) -> Json:
    paths: Json = {}
    below = site.settings.core.rest_prefix
    for route in routes:
        path = _ARGUMENT.sub(r"{\g<name>}", route.rule.removeprefix(below))
        place = paths.setdefault(path, {})
        for method in route.methods:
            place[method.lower()] = _operation(route)
    return paths


def _operation(route: Route) -> Json:
    operation = route.operation
    assert operation is not None  # noqa: S101  the caller has looked
    made: Json = {
        "operationId": route.endpoint,
        "summary": operation.summary,
        "tags": [operation.group],
        "parameters": [*_arguments(route), *_parameters(route), *_headers(operation)],
        "responses": dict(_responses(route, operation)),
        "security": [{"token": []}],
    }
    if route.permission == PUBLIC:
        made["security"] = [{}, {"token": []}]
    elif route.permission != "signed-in":
        made["description"] = f"Needs the scope `{route.permission}`."
    body = _request_body(operation)
    if body is not None:
        made["requestBody"] = body
    return made


def _arguments(route: Route) -> Iterator[Json]:
    for found in _ARGUMENT.finditer(route.rule):
        schema: Json = {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}
        if found["kind"] == "int":
            most = re.search(r"max=(\d+)", found["options"] or "")
            schema = {"type": "integer", "minimum": 0}
            schema |= {"maximum": int(most[1])} if most else {}
        yield {"name": found["name"], "in": "path", "required": True, "schema": schema}


def _parameters(route: Route) -> Iterator[Json]:
    for name, param in route.params.items():
        schema = dict(param.schema) if isinstance(param, Param) else {"type": "string"}
        text = param.text if isinstance(param, Param) else ""
        yield {"name": name, "in": "query", "description": text, "schema": schema}


def _headers(operation: Operation) -> Iterator[Json]:
    if operation.versioned:
        yield {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": "The ETag of the version that was changed, or * for any",
            "schema": {"type": "string", "pattern": r'^(\*|"[0-9]{1,9}")$'},
        }
    if operation.once:
        yield {
            "name": KEY_HEADER,
            "in": "header",
            "description": "A key of your own: the same request with the same key is carried out "
            "once, and answered with what the first one was answered with, for a day",
            "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
        }


def _request_body(operation: Operation) -> Json | None:
    if operation.upload is not None:
        return {"required": True, "content": {FORM: {"schema": _ref(operation.upload)}}}
    if operation.body is None:
        return None
    schema = {"schema": _ref(operation.body)}
    return {"required": operation.body_required, "content": {"application/json": schema}}


def _responses(route: Route, operation: Operation) -> Iterator[tuple[str, Json]]:
    for status, answer in operation.answers.items():
        yield str(status), _answer(operation, answer)
    if "GET" in route.methods:
        yield "304", {"description": "You have this one already (If-None-Match)"}
    problem = {"schema": {"$ref": REF.format(model="Problem")}}
    for status, text in sorted(_problems(route, operation).items()):
        yield str(status), {"description": text, "content": {PROBLEM: problem}}


def _answer(operation: Operation, answer: Answer) -> Json:
    made: Json = {"description": answer.text}
    if answer.model is not None:
        made["content"] = {answer.mimetype: {"schema": _schema(answer.model)}}
    if operation.versioned and answer.model is not None:
        made["headers"] = {"ETag": {**_ETAG, "required": True}}
    return made


def _problems(route: Route, operation: Operation) -> Mapping[int, str]:
    """The statuses that follow from what the route declares, and those it adds."""
    statuses = {400, 401, 403, 404, 405, 429, 500, 503}
    if route.writes:
        statuses |= {413, 422}
    if operation.body is not None or operation.upload is not None:
        statuses |= {415}
    if operation.versioned:
        statuses |= {412, 428}
    return {status: TITLES[status] for status in statuses} | dict(operation.problems)


def _schema(model: Any) -> Json:
    """A reference to a model, or to each of a union's."""
    choices = getattr(model, "__args__", None)
    if choices:
        return {"anyOf": [_ref(choice) for choice in choices]}
    return _ref(model)


def _ref(model: Any) -> Json:
    return {"$ref": REF.format(model=model.__name__)}


def _schemas(routes: Iterable[Route]) -> Json:
    given: list[Any] = [Problem]
    taken: list[Any] = []
    for route in routes:
        operation = route.operation
        assert operation is not None  # noqa: S101  the caller has looked
        for answer in operation.answers.values():
            given += getattr(answer.model, "__args__", None) or (
                [answer.model] if answer.model is not None else []
            )
        taken += [model for model in (operation.body, operation.upload) if model is not None]
    made: Json = {}
    for models, mode in ((given, "serialization"), (taken, "validation")):
        _, schema = models_json_schema(
            [(model, mode) for model in dict.fromkeys(models)],  # type: ignore[misc]
            ref_template=REF,
        )
        made |= schema.get("$defs", {})
    return dict(sorted(made.items()))
