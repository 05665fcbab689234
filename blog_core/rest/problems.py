"""Errors of the API as problem+json (RFC 9457): for programs, and with words for people."""

import logging
import re
import secrets
from dataclasses import asdict

from flask import Response, request
from werkzeug.exceptions import HTTPException

from blog_core.errors import BlogError, Conflict, NotFound, Refused, Unavailable, ValidationError
from blog_core.headers import secure
from blog_core.rest.models import Collided, Fault, Problem
from blog_core.rest.reply import Reply

PROBLEM = "application/problem+json"
TYPES = "urn:blog:problem:"

TITLES = {
    400: "The request cannot be understood",
    401: "A token is needed",
    403: "The token does not allow this",
    404: "There is nothing here",
    405: "This cannot be done here",
    409: "The post cannot take this step",
    412: "Somebody else changed it since it was read",
    413: "That is too much at once",
    415: "That kind of body is not taken",
    422: "Something is missing or wrong",
    428: "If-Match is missing",
    429: "Too many requests",
    500: "Something broke on our side",
    503: "One moment, please",
}

_log = logging.getLogger("blog.errors")
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Problems:
    """Answers what goes wrong below the API's prefix."""

    def blog_error(self, error: BlogError) -> Response:
        """An error of ours."""
        if error.status >= 500 and not isinstance(error, Unavailable):
            return self.unexpected(error)
        return problem(error)

    @staticmethod
    def http_error(error: HTTPException) -> Response:
        """An error that Flask or a view raised by status."""
        status = error.code or 500
        response = _response(
            Problem(
                type=f"{TYPES}{(error.name or 'error').lower().replace(' ', '-')}",
                title=TITLES.get(status, error.name),
                status=status,
                detail=error.description or error.name,
            )
        )
        for name, value in error.get_headers(request.environ):
            if name.lower() in {"allow", "retry-after", "location"}:
                response.headers[name] = value
        return response

    @staticmethod
    def unexpected(error: Exception) -> Response:
        """Everything else: the log has the reference and the traceback."""
        reference = secrets.token_hex(4)
        _log.error("[%s] %s %s", reference, request.method, request.path, exc_info=error)
        status = error.status if isinstance(error, BlogError) else 500
        return _response(
            Problem(
                type=f"{TYPES}unexpected",
                title=TITLES.get(status, TITLES[500]),
                status=status,
                detail="It was noted and will be looked at.",
                reference=reference,
            )
        )


def problem(error: BlogError, current: Reply | None = None) -> Response:
    """The answer to an error; `current` is what stands there now, for one who was too late."""
    faults = error.errors if isinstance(error, ValidationError) else ()
    response = _response(
        Problem(
            type=TYPES + _WORD.sub("-", type(error).__name__).lower(),
            title=TITLES.get(error.status, TITLES[400]),
            status=error.status,
            detail=_told(error),
            errors=[
                Fault(field=f.field, code=f.code, message=f.message, limit=f.limit) for f in faults
            ]
            or None,
            missing=list(error.missing) if isinstance(error, Refused) and error.missing else None,
            current_version=error.current if isinstance(error, Conflict) else None,
            current=current.body.model_dump(mode="json") if current and current.body else None,
            collisions=_collided(error),
        )
    )
    if current is not None and current.version is not None:
        response.headers["ETag"] = f'"{current.version}"'
    retry_after_s = getattr(error, "retry_after_s", None)
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="blog"'
    return response


def _collided(error: BlogError) -> list[Collided] | None:
    if not isinstance(error, Conflict) or not error.collisions:
        return None
    return [Collided(**asdict(each)) for each in error.collisions]


def _told(error: BlogError) -> str:
    """What a program may read of an error: nothing about the inside."""
    if isinstance(error, NotFound) and not error.known:
        return f"There is no such {error.kind}, or this token may not know of it."
    if isinstance(error, Unavailable):
        return "The blog is very busy, or one of its parts is away. Try again in a few seconds."
    return str(error)


def _response(body: Problem) -> Response:
    text = body.model_dump_json(exclude_none=True)
    response = Response(text, body.status, mimetype=PROBLEM)
    response.headers["Cache-Control"] = "private, no-store"
    return secure(response)
