"""Reading a draft: its text as readers will see it, notes on it, verdicts and review links."""

from collections.abc import Sequence

from flask import Response, request, url_for
from markupsafe import Markup
from sqlalchemy import bindparam, select

from blog_core.api import (
    BlogError,
    Query,
    Revision,
    Site,
    ValidationError,
    current_site,
    render_admin,
    render_markdown,
)
from plugins.workflow.own import own_stages
from plugins.workflow.people.addresses import public_address
from plugins.workflow.people.anchors import words_of
from plugins.workflow.people.approving import Verdict, decide, missing_approvals, verdicts
from plugins.workflow.people.noting import add_note, resolve, threads
from plugins.workflow.people.post_seen import PostSeen, read_post
from plugins.workflow.people.review_links import DEFAULT_DAYS, LINKS, invite, revoke
from plugins.workflow.screens.asked import SAID, form_id, form_number

BODY = Query("workflow.body", select(Revision.body).where(Revision.id == bindparam("revision_id")))


def read(post_id: int, said: str = "") -> Response:
    """The text of the last save with its notes."""
    return _page(post_id, said=SAID.get(said, ""))


def note(post_id: int) -> Response:
    """Write a note on the text, or answer one."""
    form = request.form
    try:
        with current_site().transaction() as session:
            note_id = add_note(
                session,
                post_id=post_id,
                body=form.get("body", ""),
                quote=form.get("quote", ""),
                before=form.get("before", "")[:200],
                after=form.get("after", "")[:200],
                thread_id=form_id("thread_id"),
            )
    except BlogError as error:
        return _page(post_id, error=error)
    return _back(post_id, "noted", f"note-{form.get('thread_id') or note_id}")


def settle(post_id: int, note_id: int) -> Response:
    """Mark a note as resolved, or as open again."""
    is_resolved = request.form.get("resolved") != "no"
    with current_site().transaction() as session:
        resolve(session, post_id=post_id, note_id=note_id, is_resolved=is_resolved)
    return _back(post_id, "resolved" if is_resolved else "reopened", f"note-{note_id}")


def judge(post_id: int) -> Response:
    """Approve the text that was read, or ask for changes."""
    form = request.form
    verdict = form.get("verdict", "")
    try:
        with current_site().transaction() as session:
            decide(
                session,
                post_id=post_id,
                digest=form.get("digest", ""),
                verdict=verdict,
                note=form.get("note", ""),
            )
    except BlogError as error:
        return _page(post_id, error=error)
    return _back(post_id, verdict, "verdicts")


def ask_reviewer(post_id: int) -> Response:
    """Make a review link; it is shown this once."""
    site = current_site()
    try:
        with site.transaction() as session:
            made = invite(
                session,
                post_id=post_id,
                reviewer=request.form.get("reviewer", ""),
                days=form_number("days", DEFAULT_DAYS),
            )
    except BlogError as error:
        return _page(post_id, error=error)
    path = url_for(".workflow_review", token=made.token)
    path = path.removeprefix(f"{request.script_root}{site.url_prefix}")
    return _page(post_id, link=public_address(site, path))


def take_back(post_id: int, link_id: int) -> Response:
    """Take a review link back."""
    with current_site().transaction() as session:
        revoke(session, post_id=post_id, link_id=link_id)
    return _back(post_id, "revoked", "links")


def rendered(site: Site, revision_id: int) -> Markup:
    """The text of a revision as readers would see it. One statement."""
    rows = site.read(BODY, {"revision_id": revision_id})
    html = render_markdown(rows[0]["body"] if rows else "").html
    # Rendering ends with the sanitiser, and nothing edits it afterwards.
    return Markup(html)  # noqa: S704


def _page(
    post_id: int, *, said: str = "", error: BlogError | None = None, link: str = ""
) -> Response:
    site = current_site()
    post = read_post(site, post_id)
    text, found = rendered(site, post.revision_id), verdicts(site, post_id)
    faults = error.errors if isinstance(error, ValidationError) else ()
    return render_admin(
        "workflow/read.html",
        status=error.status if error else 200,
        post=post,
        text=text,
        threads=threads(site, post_id, words_of(text)),
        verdicts=found,
        wanted=_wanted(site, post, found),
        links=site.read(LINKS, {"post_id": post_id}),
        may_edit=_may_edit(site, post),
        now=site.clock(),
        default_days=DEFAULT_DAYS,
        link=link,
        said=said,
        typed=request.form,
        wrong="" if faults or error is None else str(error),
        faults=[f"{fault.field}: {fault.message}" for fault in faults],
    )


def _wanted(site: Site, post: PostSeen, found: Sequence[Verdict]) -> list[str]:
    """What approvals the gates of the post still ask for."""
    gates = own_stages(site).standing(post.id).definition.gate
    needs = [gate.approvals for gate in gates if gate.approvals is not None]
    return list(dict.fromkeys(text for each in needs for text in missing_approvals(found, each)))


def _may_edit(site: Site, post: PostSeen) -> bool:
    return site.access.allows(site.access.current_actor(), "edit-posts", post.subject)


def _back(post_id: int, told: str, anchor: str) -> Response:
    there = url_for(".workflow_read", post_id=post_id, said=told, _anchor=anchor)
    return Response(status=303, headers={"Location": there})
