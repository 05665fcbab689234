"""Put the page layer before Flask, unless something of the app must run before every request."""

import time

from flask import Flask

from blog_core.api import Setup, Strangers

from .page_layer import PageLayer
from .provider import BlogCache
from .settings import CacheSettings


def looks_before_flask(setup: Setup, settings: CacheSettings) -> bool:
    """Whether pages may be looked up before Flask, as far as is known while the app is made."""
    if settings.page_layer == "flask" or setup.stamps.fault:
        return False
    if _is_bare(setup.app):
        return True
    if settings.page_layer == "wsgi":
        setup.logger.warning(
            "[cache] page_layer = 'wsgi' is not followed: something wraps the app already and may "
            "change the host, scheme or path of a request. Wrap the app after the blog is added."
        )
    return False


def put_before_flask(setup: Setup, settings: CacheSettings, cache: BlogCache) -> None:
    """Wrap the app. What the app itself adds later is looked at when the first request comes."""
    app, metrics = setup.app, setup.metrics

    def applies() -> bool:
        if settings.page_layer == "wsgi" or not _runs_always(app):
            return True
        setup.logger.info(
            "Pages are looked up inside Flask: the app has functions that run before or after "
            "every request. If cached pages need none of them, set [cache] page_layer = 'wsgi'."
        )
        return False

    layer = PageLayer(
        app.wsgi_app,
        memory=cache.memory,
        stamps=setup.stamps,
        strangers=Strangers(settings.ignore_cookies),
        now_s=time.time,
        applies=applies,
        counted=lambda route: metrics.counter(
            "blog_page_answers_total", route=route, outcome="ready"
        ),
    )
    app.wsgi_app = layer.wsgi()  # type: ignore[method-assign, assignment]


def _is_bare(app: Flask) -> bool:
    """Whether nothing stands before Flask yet that could change what a request means."""
    inner = app.wsgi_app
    is_ours = getattr(inner, "__module__", None) == PageLayer.__module__
    return is_ours or getattr(inner, "__func__", None) is Flask.wsgi_app


def _runs_always(app: Flask) -> bool:
    """Whether the app has functions for every request, whatever its blueprint."""
    functions = (
        app.before_request_funcs,
        app.after_request_funcs,
        app.url_value_preprocessors,
    )
    return any(each.get(None) for each in functions)
