"""The guard of the text port: fails closed, so a text stays as it was."""

from collections.abc import Callable
from time import perf_counter

from blog_core.errors import BlogError, PluginFailed
from blog_core.host.guards.watch import Patience, Quarantine, Watch
from blog_core.metrics import Metrics
from blog_core.ports import Actor, TextAction, TextOptimizer


class GuardedText:
    """A `TextOptimizer` whose clean-up never raises and never lengthens."""

    def __init__(
        self, inner: TextOptimizer, plugin: str, metrics: Metrics, patience: Patience
    ) -> None:
        self.inner = inner
        self._inner_actions: Callable[[], object] = inner.actions
        self._inner_run: Callable[..., object] = inner.run
        self.quarantine = Quarantine(metrics, plugin, "text", patience)
        self._prompt = Watch(metrics, self.quarantine, "clean_prompt", slow_s=2.0)
        self._response = Watch(metrics, self.quarantine, "clean_response", slow_s=2.0)
        self._actions = Watch(metrics, self.quarantine, "actions", slow_s=1.0)
        self._run = Watch(metrics, self.quarantine, "run")

    def clean_prompt(self, text: str) -> str:
        """The cleaned prompt, or the prompt."""
        return self._clean(self._prompt, self.inner.clean_prompt, text)

    def clean_response(self, text: str) -> str:
        """The cleaned response, or the response."""
        return self._clean(self._response, self.inner.clean_response, text)

    def _clean(self, watch: Watch, clean: Callable[[str], object], text: str) -> str:
        if watch.skips():
            return text
        start = perf_counter()
        try:
            cleaned = clean(text)
        except Exception as error:  # whatever went wrong, the text is safe
            watch.failed(start, error)
            return text
        if not isinstance(cleaned, str) or len(cleaned) > len(text):
            watch.wrong(start, cleaned, "a text that is no longer than the one given")
            return text
        watch.done(start)
        return cleaned

    def actions(self) -> tuple[TextAction, ...]:
        """The actions offered, or none."""
        if self._actions.skips():
            return ()
        start = perf_counter()
        try:
            actions: object = self._inner_actions()
        except Exception as error:  # the editor opens without a menu
            self._actions.failed(start, error)
            return ()
        if not isinstance(actions, tuple) or not all(isinstance(a, TextAction) for a in actions):
            self._actions.wrong(start, actions, "a tuple of TextAction")
            return ()
        self._actions.done(start)
        return actions

    def run(self, action: str, text: str, *, actor: Actor) -> str:
        """The suggestion. Raises `BlogError`, whatever the plugin raises."""
        start = perf_counter()
        where = f"TextOptimizer.run({action!r})"
        try:
            suggestion = self._inner_run(action, text, actor=actor)
        except BlogError:
            self._run.done(start)
            raise
        except Exception as error:  # a plugin may raise anything
            self._run.failed(start, error)
            reason = f"{type(error).__name__}: {error}"
            raise PluginFailed(self.quarantine.plugin, where, reason) from error
        if not isinstance(suggestion, str):
            reason = self._run.wrong(start, suggestion, "a text")
            raise PluginFailed(self.quarantine.plugin, where, reason)
        self._run.done(start)
        return suggestion
