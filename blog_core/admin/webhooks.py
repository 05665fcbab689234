"""Webhooks, for administrators: addresses that are told of events, and how their messages went."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import Response, request

from blog_core.admin.declaring import GET_AND_POST, declare
from blog_core.admin.pages import Pages
from blog_core.admin.params import whole_number
from blog_core.errors import ValidationError
from blog_core.routes import Route
from blog_core.webhooks import EVENTS
from blog_core.webhooks.webhooks import NewWebhook

SAID = {
    "on": "Messages are sent to it again.",
    "off": "No more messages are sent to it.",
    "remove": "Forgotten, with what it was still owed.",
    "test": "A ping is on its way. Load this page again to see how it went.",
    "again": "To be sent again.",
}
"""What the page says after a step that went well."""


class WebhookPages:
    """The views of webhooks."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._site = pages, pages.site

    def list(self, said: str = "") -> Response:
        """The webhooks, their newest messages, and the form that adds one. A secret is shown on
        the page of this one answer only."""
        if request.method != "POST":
            return self._show("", EVENTS, said=SAID.get(said, ""))
        url, events = request.form.get("url", ""), tuple(request.form.getlist("events"))
        try:
            with self._site.transaction() as session:
                made = self._site.webhooks.add(session, url=url, events=events)
        except ValidationError as error:
            return self._show(url, events, error=error)
        return self._show("", EVENTS, made=made)

    def change(self) -> Response:
        """Switch a webhook on or off, try it, or forget it."""
        step = _STEPS.get(request.form.get("step", ""))
        number = whole_number(request.form.get("webhook", ""))
        if step is not None:
            with self._site.transaction() as session:
                step(self._site.webhooks, session, number)
        return self._pages.to("admin_webhooks", said=request.form.get("step", "")[:20])

    def send_again(self) -> Response:
        """Send a message again, or all dead ones."""
        number = whole_number(request.form.get("message", ""))
        with self._site.transaction() as session:
            self._site.webhooks.send_again(session, number or None)
        return self._pages.to("admin_webhooks", said="again")

    def _show(
        self,
        url: str,
        events: Sequence[str],
        *,
        made: NewWebhook | None = None,
        error: ValidationError | None = None,
        said: str = "",
    ) -> Response:
        messages = self._site.webhooks.deliveries()
        return self._pages.render(
            "webhooks.html",
            status=error.status if error else 200,
            url_typed=url,
            chosen=events,
            events=EVENTS,
            made=made,
            said=said,
            faults={fault.field: fault for fault in error.errors} if error else {},
            webhooks=self._site.webhooks.all(),
            messages=messages,
            has_dead=any(message["status"] == "dead" for message in messages),
        )


_STEPS: dict[str, Callable[..., Any]] = {
    "on": lambda hooks, session, number: hooks.switch(session, number, is_active=True),
    "off": lambda hooks, session, number: hooks.switch(session, number, is_active=False),
    "remove": lambda hooks, session, number: hooks.remove(session, number),
    "test": lambda hooks, session, number: hooks.test(session, number),
}


def webhook_routes(pages: Pages) -> Sequence[Route]:
    """The routes of webhooks."""
    views, page = WebhookPages(pages), partial(declare, pages.site)
    said, permission = {"said": str}, "manage-site"
    return (
        page("webhooks", "/webhooks", views.list, permission, GET_AND_POST, params=said),
        page("change_webhook", "/webhooks/change", views.change, permission, ("POST",)),
        page("resend_message", "/webhooks/resend", views.send_again, permission, ("POST",)),
    )
