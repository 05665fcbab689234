"""The model's help in the admin: what is set, what was spent and saved, and the prompts."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, request, url_for

from blog_core.api import (
    NEVER,
    AdminPage,
    BlogError,
    FieldError,
    Route,
    ValidationError,
    current_site,
    render_admin,
)
from plugins.llm.own import own_llm
from plugins.llm.prompts.templates import MAX_CHARS, edit_template, templates
from plugins.llm.till.budget import caps_of
from plugins.llm.till.ledger import last_rows, sums_since, till_of
from plugins.llm.till.money import shown

if TYPE_CHECKING:
    from blog_core.api import Contribute

LEDGER_ROWS = 20
SUMMED_DAYS = 30
_FORM_BYTES = 8 * MAX_CHARS


def overview(said: str = "") -> Response:
    """What is set, what is used of each cap, what was saved, the newest requests, the prompts."""
    return _page(said=f"{said} is in use from now on." if said else "")


def save_prompt(name: str) -> Response:
    """Make the text of the form the next version of a template; what was typed comes back with
    what is wrong with it."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    version = request.form.get("version", "")
    try:
        if not (version.isascii() and version.isdigit() and len(version) < 10):
            found = f"found {version[:20]!r}, expected a number"
            raise ValidationError([FieldError("version", "invalid", found)])
        saved = edit_template(current_site(), name, text, version=int(version))
    except BlogError as error:
        if error.status == 404:
            raise
        return _page(typed={name: text}, wrong=str(error), status=error.status)
    to = url_for(".llm_desk", said=saved.origin, _anchor=f"prompt-{name}")
    return Response(status=303, headers={"Location": to})


def _page(
    *, said: str = "", typed: dict[str, str] | None = None, wrong: str = "", status: int = 200
) -> Response:
    site = current_site()
    llm = own_llm(site, "The page")
    settings = llm.settings
    sums = sums_since(site, site.clock() - timedelta(days=SUMMED_DAYS))
    caps = [cap for cap in caps_of(settings, None, site.clock()) if "user" not in cap.period]
    return render_admin(
        "llm/desk.html",
        status=status,
        missing=settings.missing,
        model=settings.model,
        server="" if settings.missing else llm.upstream.name,
        caps=caps,
        till=till_of(site, [cap.period for cap in caps]),
        days=SUMMED_DAYS,
        calls=sum(row["requests"] for row in sums if row["outcome"] == "called"),
        not_made=sum(row["requests"] for row in sums if row["outcome"] in {"cached", "joined"}),
        spent=sum(row["cost_micros"] for row in sums),
        saved=sum(row["saved_micros"] for row in sums),
        money=lambda micros: shown(micros, settings.currency),
        ledger=last_rows(site, LEDGER_ROWS),
        prompts=templates(site).values(),
        typed=typed or {},
        said=said,
        wrong=wrong,
    )


def _said(text: str) -> str:
    name, _, version = text.partition("@")
    if not (name.isidentifier() and version.isdigit() and len(text) < 60):
        raise ValueError("expected a template and its version")
    return text


ROUTES = (
    Route(
        endpoint="llm_desk",
        rule="/llm",
        view=overview,
        permission="manage-site",
        cache=NEVER,
        params={"said": _said},
    ),
    Route(
        endpoint="llm_save_prompt",
        rule="/llm/prompts/<name>",
        view=save_prompt,
        permission="manage-site",
        cache=NEVER,
        methods=("POST",),
        max_body_bytes=_FORM_BYTES,
    ),
)


def contribute_desk(contribute: "Contribute") -> None:
    """The page, its template and its place in the navigation."""
    contribute.templates(Path(__file__).parent / "templates")
    contribute.admin_routes(*ROUTES)
    contribute.admin_page(AdminPage("Assistant", "llm_desk", "manage-site"))
