"""The text port: texts are cleaned here, without a model."""

from blog_core.api import Actor, NotFound, TextAction
from plugins.llm.text import optimize_llm_response, optimize_prompt


class CleanText:
    """Cleans prompts and responses."""

    def clean_prompt(self, text: str) -> str:
        """The prompt with fewer tokens and the same meaning; never longer."""
        return optimize_prompt(text)

    def clean_response(self, text: str) -> str:
        """The response without wrappers and padding; never longer."""
        return optimize_llm_response(text)

    def actions(self) -> tuple[TextAction, ...]:
        """What can be asked for: the clean-up of a text, which needs no model."""
        return (TextAction("clean", "Tidy up white space", None, needs_model=False),)

    def run(self, action: str, text: str, *, actor: Actor) -> str:
        """The suggestion for `text`. Raises `NotFound` for an unknown action."""
        if action != "clean":
            raise NotFound("text action", action)
        return optimize_llm_response(text)
