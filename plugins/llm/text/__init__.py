"""Clean-up of prompts and responses: fewer tokens, and a proof that no text is damaged.

Everything that it does to a text is a cut. Steps that cut words report every span; steps that cut
blanks are proved by parsing the text before and after; what can't be proved stays as it is.
"""

from plugins.llm.text.clean import (
    clean_prompt,
    clean_response,
    optimize_llm_response,
    optimize_prompt,
    optimize_prompt_format,
    optimize_response_format,
    remove_redundant_content,
    remove_redundant_instructions,
)
from plugins.llm.text.markdown.cuts import Kind
from plugins.llm.text.report import Advice, AdviceKind, CleanUp, Removal
from plugins.llm.text.tokens import TokenCount, count_tokens

__all__ = [
    "Advice",
    "AdviceKind",
    "CleanUp",
    "Kind",
    "Removal",
    "TokenCount",
    "clean_prompt",
    "clean_response",
    "count_tokens",
    "optimize_llm_response",
    "optimize_prompt",
    "optimize_prompt_format",
    "optimize_response_format",
    "remove_redundant_content",
    "remove_redundant_instructions",
]
