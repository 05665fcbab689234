"""Finds objects that load their parts one by one while a public page is made.

Lists are read by one named statement; what SQLAlchemy fetches on the way, because somebody touched
an attribute, is a statement for each row that nobody sees in the code.
"""

from flask import current_app, has_request_context, request
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from blog_core.api import BlogError
from plugins.db_opt.findings import EXTENSION, Findings
from plugins.db_opt.places import told, way_here


class LazyLoad(BlogError):
    """A public page loads parts of an object when they are touched."""

    def __init__(self, route: str, what: str, where: str) -> None:
        super().__init__(
            f"The public route {route!r} loads {what} when it is touched, at {where}. Read it with "
            f"the rest, by a named statement, or load it before with `selectinload` or "
            f"`undefer`."
        )


def watch_lazy_loads() -> None:
    """Listen, once for all blogs of the process: which one is meant, the request says."""
    if not event.contains(Session, "do_orm_execute", _executed):
        event.listen(Session, "do_orm_execute", _executed)


def _executed(state: ORMExecuteState) -> None:
    if not state.is_select or not has_request_context():
        return
    if state.lazy_loaded_from is not None or state.is_column_load:
        findings = _of_public_page()
        if findings is not None:
            _note(state, findings)


def _of_public_page() -> Findings | None:
    """The findings of the blog whose public page is being made, if it is one."""
    blog, _, name = (request.endpoint or "").partition(".")
    findings: Findings | None = current_app.extensions.get(EXTENSION, {}).get(blog)
    site = current_app.extensions.get("blog", {}).get(blog)
    route = site.routes.get(name) if site is not None else None
    is_public = route is not None and route.permission == "public" and not route.writes
    return findings if is_public else None


def _note(state: ORMExecuteState, findings: Findings) -> None:
    way, route = way_here(depth=40), request.endpoint or ""
    findings.note("lazy_load", str(state.statement), route, way, told=f"It loads {_what(state)}")
    if findings.strict:
        raise LazyLoad(route, _what(state), told(way))


def _what(state: ORMExecuteState) -> str:
    owner = state.lazy_loaded_from
    if owner is None:
        mapper = state.bind_mapper
        return f"columns of {mapper.class_.__name__ if mapper else 'an object'}"
    path = state.loader_strategy_path
    name = str(path.path[-1]) if path is not None and path.path else "a relationship"
    return name if "." in name else f"{name} of {owner.class_.__name__}"
