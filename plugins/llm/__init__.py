"""Help from a language model: fewer tokens, fewer calls, no damaged text, and the editor in charge."""

from .text import (
    optimize_llm_response,
    optimize_prompt,
    optimize_prompt_format,
    optimize_response_format,
    remove_redundant_content,
    remove_redundant_instructions,
)

__all__ = [
    "optimize_llm_response",
    "optimize_prompt",
    "optimize_prompt_format",
    "optimize_response_format",
    "remove_redundant_content",
    "remove_redundant_instructions",
]
