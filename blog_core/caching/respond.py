"""A stored page as the answer to one request: encoding, ETag, 304, Age."""

from flask import Response, request
from werkzeug.datastructures import Headers as WsgiHeaders

from blog_core.caching.page import Representation, StoredPage


def answer(stored: StoredPage, *, age_s: float, cache_status: str) -> Response:
    """The page in the encoding the client takes, or 304 when the client has that one already."""
    representation = stored.accepted(request.headers.get("Accept-Encoding", ""))
    headers = WsgiHeaders(stored.headers)
    headers["ETag"] = representation.etag
    headers["Age"] = str(max(0, int(age_s)))
    headers["Cache-Status"] = cache_status
    if stored.status == 200 and has_etag(
        request.headers.get("If-None-Match", ""), representation.etag
    ):
        del headers["Content-Type"]
        return Response(status=304, headers=headers)
    return _whole(stored.status, headers, representation)


def has_etag(if_none_match: str, etag: str) -> bool:
    """Whether an If-None-Match header names `etag`, by the weak comparison that it asks for."""
    if not if_none_match:
        return False
    if if_none_match == etag or if_none_match.strip() == "*":
        return True
    names = (name.strip().removeprefix("W/") for name in if_none_match.split(","))
    return etag in names


def _whole(status: int, headers: WsgiHeaders, representation: Representation) -> Response:
    if representation.encoding:
        headers["Content-Encoding"] = representation.encoding
    return Response(representation.body, status=status, headers=headers)
