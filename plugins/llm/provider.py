"""The text port: texts are cleaned here without a model, and actions ask one."""

from dataclasses import dataclass, field

from blog_core.api import Actor, Setup, TextAction, current_site
from plugins.llm.actions.definitions import ACTIONS
from plugins.llm.calls.running import Runner
from plugins.llm.calls.upstream import Upstream, open_upstream
from plugins.llm.offline.actions import OFFLINE_ACTIONS, run_offline
from plugins.llm.pages.places import Places
from plugins.llm.settings import LlmSettings
from plugins.llm.text import optimize_llm_response, optimize_prompt


@dataclass(frozen=True)
class LlmText:
    """Cleans prompts and responses, and runs actions on the model that the settings name."""

    settings: LlmSettings
    upstream: Upstream = field(repr=False)
    runner: Runner = field(repr=False)
    places: Places = field(repr=False)

    def clean_prompt(self, text: str) -> str:
        """The prompt with fewer tokens and the same meaning; never longer."""
        return optimize_prompt(text)

    def clean_response(self, text: str) -> str:
        """The response without wrappers and padding; never longer."""
        return optimize_llm_response(text)

    def actions(self) -> tuple[TextAction, ...]:
        """What can be asked for, and for what needs a model what is missing before it can."""
        asking = (
            TextAction(
                action.name,
                action.title,
                action.stage_id,
                needs_model=True,
                unavailable=self.settings.missing,
            )
            for action in ACTIONS.values()
        )
        offline = (
            TextAction(action.name, action.title, None, needs_model=False)
            for action in OFFLINE_ACTIONS.values()
        )
        return (*offline, *asking)

    def run(self, action: str, text: str, *, actor: Actor) -> str:
        """The suggestion for `text`, waited for. Raises `NotFound` for an unknown action."""
        if action not in ACTIONS:
            return run_offline(action, text)
        from plugins.llm.suggestions.waiting import run_now

        return run_now(current_site(), action, text, actor)


def open_text(setup: Setup) -> LlmText:
    """The text port of one blog. Nothing is connected to yet."""
    settings = setup.section(LlmSettings)
    upstream = open_upstream(settings)
    threads = settings.stream_threads or max(1, setup.core.serve.threads // 2)
    return LlmText(settings, upstream, Runner(upstream, settings.running_calls), Places(threads))
