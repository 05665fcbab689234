"""What the clean-up of prompts and responses saves, harms and costs, on the tests' samples."""

import time
from collections.abc import Callable, Iterator, Sequence

from bench.declare import Comparison, Metric, Sample, at_least, at_most, benchmark
from plugins.llm.text import (
    CleanUp,
    clean_prompt,
    clean_response,
    count_tokens,
    optimize_llm_response,
    optimize_prompt,
    optimize_response_format,
)
from plugins.llm.text.layout.program_strings import dedent
from plugins.llm.text.markdown.document import Document, parser
from plugins.llm.text.precheck import is_suspicious_prompt, is_suspicious_response
from tests.plugins.llm.text.samples import PROMPTS, RESPONSES
from tests.plugins.llm.text.structure import joined, structure

TABLES = tuple(
    text[text.index("|") : text.rindex("|") + 1] for text in RESPONSES.values() if "  |" in text
)
SMALL_CHARACTERS, LARGE_CHARACTERS = 100_000, 1_000_000
TURNS = 5


def saved_percent(texts: Sequence[str], clean: Callable[[str], str]) -> float:
    """The share of all tokens that a clean-up saves."""
    before = sum(count_tokens(text).tokens for text in texts)
    after = sum(count_tokens(clean(text)).tokens for text in texts)
    return 100 * (before - after) / before


@benchmark(
    "llm tokens saved",
    Metric("prompts", "%", at_least(1.5)),
    Metric("responses", "%", at_least(4.3)),
    Metric("padded tables", "%", at_least(14)),
    repeats=1,
)
def tokens_saved() -> Iterator[Comparison]:
    """The tokens that the clean-up saves; what joining would save stands in the next rows."""

    def ours() -> Sample:
        return Sample(
            (
                saved_percent(list(PROMPTS.values()), optimize_prompt),
                saved_percent(list(RESPONSES.values()), optimize_llm_response),
                saved_percent(TABLES, optimize_response_format),
            )
        )

    yield Comparison(ours, note=f"{len(PROMPTS)} prompts, {len(RESPONSES)} responses")


@benchmark(
    "llm against joining",
    Metric("damaged prompts", "texts", at_most(0)),
    Metric("damaged responses", "texts", at_most(0)),
    Metric("tokens saved in prompts", "%"),
    Metric("tokens saved in responses", "%"),
    repeats=1,
)
def against_joining() -> Iterator[Comparison]:
    """The clean-up against making one blank of every run of white space."""

    def sample(prompt: Callable[[str], str], response: Callable[[str], str]) -> Sample:
        return Sample(
            (
                sum(is_damaged(one, prompt(one), clean_prompt) for one in PROMPTS.values()),
                sum(is_damaged(one, response(one), clean_response) for one in RESPONSES.values()),
                saved_percent(list(PROMPTS.values()), prompt),
                saved_percent(list(RESPONSES.values()), response),
            )
        )

    yield Comparison(
        lambda: sample(optimize_prompt, optimize_llm_response),
        lambda: sample(joined, joined),
        note="damaged: parses to something else, reported removals of words aside",
    )


def is_damaged(before: str, after: str, clean: Callable[[str], CleanUp]) -> bool:
    """True when a text parses to something else than the input without its reported words."""
    expected = dedent(Document(before))[0].text if clean is clean_prompt else before
    report = clean(expected)
    for removal in reversed(report.removals):
        if any(map(str.isalnum, removal.text)):
            expected = expected[: removal.start] + expected[removal.end :]
    return structure(after) != structure(expected)


def cpu_us(function: Callable[[str], object], texts: Sequence[str]) -> Sample:
    """The processor time of one turn over the texts."""
    start = time.process_time()
    for _ in range(TURNS):
        for text in texts:
            function(text)
    return Sample(((time.process_time() - start) / TURNS / len(texts) * 1e6,))


def sorted_out(
    texts: dict[str, str], is_suspicious: Callable[[str], bool]
) -> tuple[list[str], list[str]]:
    """The texts that the look calls clean, and the others."""
    clean = [text for text in texts.values() if not is_suspicious(text)]
    return clean, [text for text in texts.values() if is_suspicious(text)]


@benchmark("llm clean prompts", Metric("CPU", "us/text", at_most(0.05)))
def clean_prompts() -> Iterator[Comparison]:
    """Prompts in which the look finds nothing, against parsing them once."""
    texts, _ = sorted_out(PROMPTS, is_suspicious_prompt)
    yield against_parsing(optimize_prompt, texts)


@benchmark("llm other prompts", Metric("CPU", "us/text", at_most(2.5)))
def other_prompts() -> Iterator[Comparison]:
    """Prompts with something to clean, against parsing them once."""
    _, texts = sorted_out(PROMPTS, is_suspicious_prompt)
    yield against_parsing(optimize_prompt, texts)


@benchmark("llm clean responses", Metric("CPU", "us/text", at_most(0.05)))
def clean_responses() -> Iterator[Comparison]:
    """Responses in which the look finds nothing, against parsing them once."""
    texts, _ = sorted_out(RESPONSES, is_suspicious_response)
    yield against_parsing(optimize_llm_response, texts)


@benchmark("llm other responses", Metric("CPU", "us/text", at_most(2.5)))
def other_responses() -> Iterator[Comparison]:
    """Responses with something to clean, against parsing them once."""
    _, texts = sorted_out(RESPONSES, is_suspicious_response)
    yield against_parsing(optimize_llm_response, texts)


def against_parsing(clean: Callable[[str], str], texts: Sequence[str]) -> Comparison:
    """A clean-up against one full parse of the same texts."""
    markdown = parser()
    return Comparison(
        lambda: cpu_us(clean, texts),
        lambda: cpu_us(markdown.parse, texts),
        note=f"{len(texts)} texts, against one full parse",
    )


@benchmark("llm growth of prompts", Metric("CPU", "us/kB", at_most(2)), repeats=3)
def growth_of_prompts() -> Iterator[Comparison]:
    """A megabyte of prompts against a tenth of it, per kilobyte."""
    yield growth(optimize_prompt, "\n\n".join(PROMPTS.values()))


@benchmark("llm growth of responses", Metric("CPU", "us/kB", at_most(2)), repeats=3)
def growth_of_responses() -> Iterator[Comparison]:
    """A megabyte of responses against a tenth of it, per kilobyte."""
    yield growth(optimize_llm_response, "\n\n".join(RESPONSES.values()))


def growth(clean: Callable[[str], str], texts: str) -> Comparison:
    """The time for each kilobyte of a large text against that of a small one."""

    def per_kilobyte(characters: int) -> Sample:
        text = (texts * (characters // len(texts) + 1))[:characters]
        start = time.process_time()
        clean(text)
        return Sample(((time.process_time() - start) / characters * 1e9,))

    return Comparison(
        lambda: per_kilobyte(LARGE_CHARACTERS),
        lambda: per_kilobyte(SMALL_CHARACTERS),
        note="1 MB against 100 kB; the parser alone grows too, from garbage collection",
    )
