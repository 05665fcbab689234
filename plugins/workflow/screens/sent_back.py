"""A form that the door did not let in comes back with everything that was typed into it."""

from dataclasses import dataclass

from flask import Response, request

from blog_core.api import BlogError, CrossSite, render_admin
from plugins.workflow.screens.stage_form import NOW, WAS

_TOKEN = "form_token"  # noqa: S105 - the name of the field
_KEPT = ("version", "digest", "thread_id", "verdict", "action", "before", "after")
"""Fields that nobody typed: they go along unseen."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A field of the form as it was sent."""

    name: str
    label: str
    text: str
    is_typed: bool


def sent_back(error: BlogError, **_path_args: object) -> Response:
    """The page with the form again. After signing in elsewhere it can be sent from there.

    What another site sent is no form of ours, and reading pages are left to the error pages.
    """
    if request.method != "POST" or isinstance(error, CrossSite):
        raise error
    fields = [_sent(name, text) for name, text in request.form.items() if name != _TOKEN]
    return render_admin(
        "workflow/sent_back.html",
        status=error.status,
        fields=fields,
        action=request.path,
        wrong=str(error),
    )


def _sent(name: str, text: str) -> Sent:
    is_typed = not (name.startswith(WAS) or name in _KEPT)
    return Sent(name, name.removeprefix(NOW).replace("_", " ").capitalize(), text, is_typed)
