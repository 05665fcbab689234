"""The exam of the text port."""

import pytest

from blog_core.errors import NotFound
from blog_core.ports import Actor, TextAction, TextOptimizer

TEXTS = (
    "",
    " ",
    "\n\n",
    "One plain sentence.",
    "Two words.  Two spaces.\r\nWindows.\n",
    "# Title\n\n- one\n- two\n    - inner\n\n1. first\n2. second\n",
    "```python\nif x:\n\n    print( 'a'  )   \n```\n",
    "    indented   code\n    stays   as it is\n",
    "| a   | b |\n|-----|---|\n| `x  y` | 2 |\n",
    "A line  \nwith a hard break, and a `literal  with  spaces`.\n",
    "Roses are red\n\n   violets are blue\n",
    "<div>\n  <b>markup</b>\n</div>\n",
    "Use {{ name }} and {% if x %}this{% endif %} in [data:items].",
    "---\ntitle: Front matter\n---\n\nText.\n",
    "日本語の文章。\u2003全角　空白。 👩‍👩‍👧",
    "a\0b\ud800",
    "Please be concise. Please be concise. Be brief.\n" * 20,
)
ACTOR = Actor(account_id=1, name="Ann", role="editor")


def code_of(text: str) -> list[str]:
    """The lines between fences."""
    parts = text.replace("\r\n", "\n").split("```")
    return parts[1::2]


class TextOptimizerContract:
    """Give `text`: the provider under exam."""

    @pytest.fixture
    def text(self) -> TextOptimizer:
        """The provider under exam."""
        raise pytest.UsageError("Give this class a fixture `text` that returns your provider.")

    @pytest.mark.parametrize("given", TEXTS)
    @pytest.mark.parametrize("kind", ["prompt", "response"])
    def test_a_text_never_gets_longer(self, text: TextOptimizer, kind: str, given: str) -> None:
        cleaned = self._clean(text, kind, given)
        assert isinstance(cleaned, str)
        assert len(cleaned) <= len(given)

    @pytest.mark.parametrize("given", TEXTS)
    @pytest.mark.parametrize("kind", ["prompt", "response"])
    def test_cleaning_again_changes_nothing(
        self, text: TextOptimizer, kind: str, given: str
    ) -> None:
        once = self._clean(text, kind, given)
        assert self._clean(text, kind, given) == once
        assert self._clean(text, kind, once) == once

    @pytest.mark.parametrize("given", [part for part in TEXTS if "```" in part])
    @pytest.mark.parametrize("kind", ["prompt", "response"])
    def test_code_keeps_its_bytes(self, text: TextOptimizer, kind: str, given: str) -> None:
        assert code_of(self._clean(text, kind, given)) == code_of(given)

    def test_actions_are_described_and_told_apart(self, text: TextOptimizer) -> None:
        actions = text.actions()
        assert isinstance(actions, tuple)
        assert all(isinstance(action, TextAction) for action in actions)
        assert len({action.name for action in actions}) == len(actions)

    def test_an_unknown_action_is_not_found(self, text: TextOptimizer) -> None:
        with pytest.raises(NotFound, match="no-such-action"):
            text.run("no-such-action", "text", actor=ACTOR)

    @staticmethod
    def _clean(text: TextOptimizer, kind: str, given: str) -> str:
        return text.clean_prompt(given) if kind == "prompt" else text.clean_response(given)
