"""The text port without help: texts stay as they are, and no action is offered."""

from blog_core.errors import NotFound
from blog_core.ports import Actor, TextAction


class UnchangedText:
    """Leaves every text alone."""

    def clean_prompt(self, text: str) -> str:
        """The prompt as it is."""
        return text

    def clean_response(self, text: str) -> str:
        """The response as it is."""
        return text

    def actions(self) -> tuple[TextAction, ...]:
        """None."""
        return ()

    def run(self, action: str, text: str, *, actor: Actor) -> str:
        """Raises `NotFound`: there is no action."""
        raise NotFound("text action", action)
