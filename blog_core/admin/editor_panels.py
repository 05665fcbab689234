"""What plugins put beside the editor: panels, each for itself, and buttons."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from markupsafe import Markup

from blog_core.access.access import SIGNED_IN
from blog_core.host.contributions import Action, Panel
from blog_core.rendering.trusted import kept_piece

if TYPE_CHECKING:
    from blog_core.access.permissions import Subject
    from blog_core.admin.pages import Pages

T = TypeVar("T", Panel, Action)


@dataclass(frozen=True, slots=True)
class ShownPanel:
    """A panel with its HTML; `failure` says why there is none."""

    name: str
    title: str
    html: Markup
    failure: str = ""


@dataclass(frozen=True, slots=True)
class ShownAction:
    """A button, and where it sends the form."""

    title: str
    url: str


def panels_of(pages: "Pages", post_id: int, on: "Subject") -> tuple[ShownPanel, ...]:
    """The panels that the current actor may see of a post. One that fails is named."""
    found = pages.site.host.contributions.panels
    return tuple(_shown(pages, panel, post_id) for panel in _allowed(pages, found, on))


def actions_of(pages: "Pages", post_id: int, on: "Subject") -> tuple[ShownAction, ...]:
    """The buttons that the current actor may press for a post."""
    found = pages.site.host.contributions.actions
    return tuple(
        ShownAction(action.title, pages.url(action.endpoint, post_id=post_id))
        for action in _allowed(pages, found, on)
    )


def _allowed(pages: "Pages", parts: tuple[T, ...], on: "Subject") -> Iterator[T]:
    access = pages.site.access
    actor = access.current_actor()
    for part in parts:
        if part.permission == SIGNED_IN or access.allows(actor, part.permission, on):
            yield part


def _shown(pages: "Pages", panel: Panel, post_id: int) -> ShownPanel:
    call = _filled_in(pages, panel)
    answer = pages.site.host.ask(panel.owner, f"panel {panel.name}", call, post_id)
    html = answer.value if isinstance(answer.value, Markup) else kept_piece("")
    return ShownPanel(f"{panel.owner}-{panel.name}", panel.title, html, answer.failure)


def _filled_in(pages: "Pages", panel: Panel) -> Callable[[int], Markup]:
    def fill_in(post_id: int) -> Markup:
        data = panel.data(pages.site, post_id)
        # The template escapes what it is given.
        return kept_piece(pages.text(panel.template, **data))

    return fill_in
