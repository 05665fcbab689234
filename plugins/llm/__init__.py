"""Help from a language model: fewer tokens, no damaged text, and the editor in charge."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from blog_core.api import TextOptimizer, hookimpl

if TYPE_CHECKING:
    from blog_core.api import Contribute, Setup
    from plugins.llm.text import (
        optimize_llm_response,
        optimize_prompt,
        optimize_prompt_format,
        optimize_response_format,
        remove_redundant_content,
        remove_redundant_instructions,
    )

BLOG_HOOK_API = 1

__all__ = [
    "optimize_llm_response",
    "optimize_prompt",
    "optimize_prompt_format",
    "optimize_response_format",
    "remove_redundant_content",
    "remove_redundant_instructions",
]


def __getattr__(name: str) -> Any:
    """Load a public function when it is first asked for: the boot needs no Markdown parser."""
    if name not in __all__:
        raise AttributeError(f"plugins.llm has no {name!r}")
    return getattr(import_module("plugins.llm.text"), name)


@hookimpl
def blog_contribute(contribute: "Contribute") -> None:
    """Settings, tables, addresses and commands."""
    from pathlib import Path

    from plugins.llm.commands import llm
    from plugins.llm.desk import contribute_desk
    from plugins.llm.model import (
        LlmCall,
        LlmLedger,
        LlmPrice,
        LlmPrompt,
        LlmSuggestion,
        LlmTill,
    )
    from plugins.llm.pages.routes import ROUTES
    from plugins.llm.panel import contribute_panel
    from plugins.llm.settings import LlmSettings

    contribute.settings(LlmSettings)
    contribute.models(LlmPrompt, LlmCall, LlmLedger, LlmTill, LlmPrice, LlmSuggestion)
    contribute.migrations(Path(__file__).parent / "migrations")
    contribute.admin_routes(*ROUTES)
    contribute_panel(contribute)
    contribute_desk(contribute)
    contribute.cli(llm)


@hookimpl
def blog_text_optimizer(setup: "Setup") -> TextOptimizer:
    """The text port."""
    from plugins.llm.provider import open_text

    return open_text(setup)
