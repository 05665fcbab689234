"""The page behind a review link: the text, a note, and one verdict, without an account.

It is never kept, not found by search engines, and its address goes to no other site.
"""

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from blog_core.api import (
    SYSTEM,
    Actor,
    Limit,
    NotFound,
    Refused,
    Revision,
    Site,
    ValidationError,
    current_site,
    render_admin,
    spend,
)
from plugins.workflow.people.anchors import words_of
from plugins.workflow.people.approving import decide, has_changed
from plugins.workflow.people.noting import add_note, threads
from plugins.workflow.people.post_seen import seen
from plugins.workflow.people.review_links import is_signed, opened, use_up
from plugins.workflow.screens.read_page import rendered

LOOKS = Limit("workflow_review_look", burst=60, refill_s=5)
WORDS = Limit("workflow_review_say", burst=10, refill_s=30)

_DONE = {
    "noted": "Your note is there. The authors see it.",
    "approved": "Thank you: your approval of this text is there. The link is used up now.",
    "changes": "Thank you: the authors hear of what you ask for. The link is used up now.",
}


def review(token: str, said: str = "") -> Response:
    """The text of the link, and what its reviewer says about it."""
    site = current_site()
    if not is_signed(site, token):
        raise NotFound("review link", f"{token[:8]}…")
    spend(site, LOOKS, token[:64], what="Opening this link")
    if request.method != "POST":
        if said in {"approved", "changes"}:
            return _private(render_admin("workflow/reviewed.html", said=_DONE[said]))
        return _page(site, token, said=_DONE.get(said, ""))
    spend(site, WORDS, token[:64], what="Writing by this link")
    try:
        done = _say(site, token)
    except (ValidationError, Refused) as error:
        found = error.errors if isinstance(error, ValidationError) else ()
        faults = [f"{fault.field}: {fault.message}" for fault in found] or [str(error)]
        return _page(site, token, faults=faults, status=error.status)
    there = url_for(".workflow_review", token=token, said=done)
    return _private(Response(status=303, headers={"Location": there}))


def said_by_reviewer(text: str) -> str:
    """The parser of the parameter that tells what was done."""
    if text not in _DONE:
        raise ValueError(f"expected one of {', '.join(_DONE)}")
    return text


def _say(site: Site, token: str) -> str:
    """Write the note, or give the verdict that uses the link up."""
    form = request.form
    verdict = form.get("verdict", "")
    with site.transaction(SYSTEM) as session:
        link = opened(session, token)
        if not verdict:
            add_note(
                session,
                post_id=link.post_id,
                body=form.get("body", ""),
                quote=form.get("quote", ""),
                before=form.get("before", "")[:200],
                after=form.get("after", "")[:200],
                link=link,
            )
            return "noted"
        revision = session.get_one(Revision, link.revision_id)
        _refuse_own_work(session, link.post_id, site.access.current_actor())
        decide(
            session,
            post_id=link.post_id,
            digest=revision.digest,
            verdict=verdict,
            note=form.get("note", ""),
            link=link,
        )
        use_up(session, link)
        return verdict


def _refuse_own_work(session: Session, post_id: int, actor: Actor) -> None:
    """A link is for others than those who wrote the text, as far as their browser tells."""
    if has_changed(session, seen(session, post_id, "read-drafts"), actor):
        reason = "You are signed in as somebody who changed this text, and the link is for others"
        raise Refused("post", post_id, "judge", reason)


def _page(
    site: Site, token: str, *, said: str = "", faults: list[str] | None = None, status: int = 200
) -> Response:
    with site.transaction(SYSTEM) as session:
        link = opened(session, token)
        revision = session.get_one(Revision, link.revision_id)
    text = rendered(site, link.revision_id)
    return _private(
        render_admin(
            "workflow/review.html",
            status=status,
            token=token,
            link=link,
            revision=revision,
            text=text,
            threads=[
                thread
                for thread in threads(site, link.post_id, words_of(text))
                if thread.note.link_id == link.id
            ],
            said=said,
            faults=faults or [],
            typed=request.form,
        )
    )


def _private(response: Response) -> Response:
    # Forms need the origin to be told to ourselves, so it is not `no-referrer`.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
