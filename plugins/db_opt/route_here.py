"""The route that asks, wherever code runs."""

from flask import has_request_context, request


def route_here() -> str:
    """The endpoint of the request under way; empty outside of requests."""
    return (request.endpoint or "") if has_request_context() else ""
