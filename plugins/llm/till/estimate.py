"""What a call may cost, before it is made, and what one cost whose server did not tell."""

from dataclasses import dataclass
from math import ceil

from plugins.llm.calls.request import ModelRequest
from plugins.llm.calls.server import Usage
from plugins.llm.text.tokens import count_tokens
from plugins.llm.till.money import Price, Spent

# Chat formats add a few tokens to each message, and other vocabularies than ours count otherwise.
FRAME_TOKENS = 16
EXACT_MARGIN, ROUGH_MARGIN = 1.1, 1.6


@dataclass(frozen=True, slots=True)
class Estimate:
    """The tokens of a prompt and of the longest answer. `exact` says how the prompt was counted;
    `micros` is None for a model without a price."""

    input_tokens: int
    output_tokens: int
    exact: bool
    micros: int | None

    @property
    def reserved(self) -> Spent:
        """What is put aside."""
        return Spent(self.input_tokens + self.output_tokens, self.micros or 0)


def estimate(request: ModelRequest, price: Price | None) -> Estimate:
    """What a request may cost at most, with a margin for how other vocabularies count."""
    count = count_tokens(request.text)
    margin = EXACT_MARGIN if count.exact else ROUGH_MARGIN
    input_tokens = ceil(count.tokens * margin) + FRAME_TOKENS * len(request.messages)
    output_tokens = request.max_output_tokens
    micros = price.micros(input_tokens, output_tokens) if price else None
    return Estimate(input_tokens, output_tokens, count.exact, micros)


def counted_here(request_text: str, answer: str) -> Usage:
    """The tokens of a call as we count them, where the server did not."""
    return Usage(count_tokens(request_text).tokens, 0, count_tokens(answer).tokens)
