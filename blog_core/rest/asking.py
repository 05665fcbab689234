"""What a request asks for: its JSON, the version it was made on, the client's key for it."""

import re
from hashlib import blake2b
from typing import Any

from flask import request
from pydantic import BaseModel
from pydantic import ValidationError as ModelError

from blog_core.content.once import MAX_KEY_CHARS, Key
from blog_core.errors import BlogError, FieldError, ValidationError
from blog_core.operations import Operation
from blog_core.ports import Actor

JSON = frozenset({"application/json", "application/merge-patch+json"})
FORM = "multipart/form-data"
KEY_HEADER = "Idempotency-Key"
_ETAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_NEVER = -1
"""No version: they count from 0 or 1."""

_SHOWN_CHARS = 80


class BadRequest(ValidationError):
    """A header or the form of a body cannot be understood."""

    status = 400


class WrongType(BlogError):
    """The body is of a media type that this operation does not take."""

    status = 415

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(
            f"Found a body of type {found[:80] or 'unknown'!r}, expected {expected}. "
            f"Set Content-Type; nothing was changed."
        )


class NoVersion(BlogError):
    """A change does not say which version it was made on."""

    status = 428

    def __init__(self) -> None:
        super().__init__(
            "The change does not say on which version it was made. Send the ETag of your last GET "
            "as If-Match, or `If-Match: *` to change whatever is there; nothing was changed."
        )


def body_of(operation: Operation) -> BaseModel:
    """The request's JSON as the operation's model.

    Raises `WrongType`, `BadRequest` for what is no JSON, `ValidationError` with every fault.
    """
    model = operation.body
    assert model is not None  # noqa: S101  the caller has looked
    data = request.get_data()
    if not data and not operation.body_required:
        return model()
    if request.mimetype not in JSON:
        raise WrongType(request.mimetype, "application/json")
    try:
        return model.model_validate_json(data)
    except ModelError as error:
        found = [_fault(item) for item in error.errors(include_url=False)]
        is_json = all(item.code != "json_invalid" for item in found)
        raise (ValidationError(found) if is_json else BadRequest(found)) from error


def version_asked() -> int | None:
    """The version that If-Match names; None for `*`. An ETag of something else is no version.

    A weak ETag counts as its strong one: some proxies weaken ETags when they compress.
    """
    text = request.headers.get("If-Match", "").strip()
    if not text:
        raise NoVersion
    if text == "*":
        return None
    match = _ETAG.fullmatch(text)
    if match is None:
        message = f'found {text[:80]!r}, expected one ETag such as "3", or *'
        raise BadRequest([FieldError("If-Match", "invalid", message)])
    name = match[1]
    is_version = name.isascii() and name.isdigit() and len(name) < 10
    return int(name) if is_version else _NEVER


def key_asked(actor: Actor) -> Key | None:
    """The client's key for this request, if it sent one, and what the request asks for."""
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return None
    if not (0 < len(key) <= MAX_KEY_CHARS and key.isascii() and key.isprintable()):
        message = f"found {key[:80]!r}, expected 1 to {MAX_KEY_CHARS} visible characters"
        raise BadRequest([FieldError(KEY_HEADER, "invalid", message)])
    asked = "\0".join((request.method, request.path, request.headers.get("If-Match", "")))
    digest = blake2b(asked.encode(), digest_size=32)
    digest.update(request.get_data())
    return Key(f"api:{actor.account_id}", key, digest.hexdigest())


def _fault(item: Any) -> FieldError:
    """One of pydantic's errors, as the blog says it: what was found, what was expected."""
    place = ".".join(str(part) for part in item["loc"]) or "body"
    kind: str = item["type"]
    if kind == "missing":
        return FieldError(place, "required", "found nothing, expected a value")
    if kind == "extra_forbidden":
        return FieldError(place, "unknown", "found a field that is not known here")
    expected: str = item["msg"]
    for start in ("Value error, ", "Input should be ", "Input should have ", "Input should "):
        expected = expected.removeprefix(start)
    found = repr(item["input"])
    found = found if len(found) <= _SHOWN_CHARS else f"{found[:_SHOWN_CHARS]}…"
    if kind == "json_invalid":
        return FieldError(place, kind, f"found a body that is no JSON: {expected}")
    return FieldError(place, kind, f"found {found}, expected {expected}")
