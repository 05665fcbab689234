"""Reads an answer: from what the model said to pieces that an editor can accept or refuse."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from plugins.llm.actions.answers import AltTexts, Critique, Outline, Proposals, read_json
from plugins.llm.actions.definitions import Action
from plugins.llm.actions.links import hosts_in, without_foreign_links
from plugins.llm.actions.material import Material, bare_images
from plugins.llm.actions.pieces import Piece, hunks
from plugins.llm.calls.errors import BadAnswer
from plugins.llm.prompts.neutralise import restore
from plugins.llm.text import AdviceKind, clean_response, remove_redundant_content

MOST_PROPOSALS = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer as pieces of its field, and the foreign addresses that were taken out of it."""

    pieces: tuple[Piece, ...]
    removed_links: tuple[str, ...] = ()


def read_answer(
    action: Action, answer: str, material: Material, allowed_hosts: Iterable[str]
) -> Reading:
    """The pieces that an answer proposes. Raises `BadAnswer` when it can't be used."""
    if not answer.strip():
        raise BadAnswer("it is empty")
    hosts = frozenset(allowed_hosts) | hosts_in("\n".join(material.values()))
    answer = restore(answer)
    removed: tuple[str, ...] = ()
    if action.answer is None:
        answer, removed = without_foreign_links(answer, hosts)
    pieces = tuple(_pieces(action, answer, material))
    if action.answer is not None:
        # Only now are JSON's escapes gone, behind which an address may hide.
        pieces, removed = _without_links(pieces, hosts)
    if not pieces and action.answer is not None and action.answer is not Critique:
        raise BadAnswer("it holds no proposal")
    return Reading(pieces, removed)


def _without_links(
    pieces: Iterable[Piece], hosts: frozenset[str]
) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    cleaned: list[Piece] = []
    removed: list[str] = []
    for piece in pieces:
        after, more = without_foreign_links(piece.after, hosts)
        cleaned.append(replace(piece, after=after))
        removed.extend(more)
    return tuple(cleaned), tuple(removed)


def _pieces(action: Action, answer: str, material: Material) -> Iterator[Piece]:
    base = material[action.field]
    if action.answer is Proposals:
        lines = read_json(Proposals, answer).proposals
        yield from _proposals(action, base, lines)
    elif action.answer is Outline:
        sections = read_json(Outline, answer).sections
        lines = [f"{one.heading.strip()}: {one.says.strip()}" for one in sections]
        yield from _proposals(action, base, lines)
    elif action.answer is AltTexts:
        yield from _alt_texts(base, read_json(AltTexts, answer))
    elif action.answer is Critique:
        yield from _critique(base, read_json(Critique, answer))
    else:
        yield from _text(action, base, answer)


def _proposals(action: Action, base: str, lines: Iterable[str]) -> Iterator[Piece]:
    """Proposals on one line each; equal ones once, too long ones not at all."""
    whole = action.mode == "choice"
    seen = {base} if whole else {line.strip() for line in base.split("\n")}
    count = 0
    for text in lines:
        line = " ".join(text.split()).strip()
        if line and line not in seen and len(line) <= action.max_chars and count < MOST_PROPOSALS:
            seen.add(line)
            count += 1
            start, before = (0, base) if whole else (len(base), "")
            yield Piece(start, len(base), before, line)


def _alt_texts(base: str, answer: AltTexts) -> Iterator[Piece]:
    said = {one.image: " ".join(one.alt.split()) for one in answer.images}
    for image in bare_images(base):
        alt = said.get(image.address, "")
        if alt:
            escaped = alt.replace("\\", "").replace("[", "(").replace("]", ")")
            before = base[image.start : image.end]
            yield Piece(image.start, image.end, before, f"![{escaped}]", image.address)


def _critique(base: str, answer: Critique) -> Iterator[Piece]:
    """Weak passages at their places; what can't be placed, or overlaps, stays a remark."""
    taken: list[tuple[int, int]] = []
    for one in answer.weaknesses:
        problem = " ".join(one.problem.split())
        start = base.find(one.quote) if one.quote else -1
        end = start + len(one.quote)
        is_placed = start >= 0 and base.find(one.quote, start + 1) < 0
        if is_placed and not any(start < last and first < end for first, last in taken):
            taken.append((start, end))
            yield Piece(start, end, one.quote, one.replacement or one.quote, problem)
        else:
            quoted = f"“{' '.join(one.quote.split())[:200]}”: " if one.quote else ""
            yield Piece(0, 0, "", "", quoted + problem)


def _text(action: Action, base: str, answer: str) -> Iterator[Piece]:
    new = _unwrapped(base, answer)
    if action.name == "continue":
        break_ = "" if base.endswith("\n\n") else "\n" if base.endswith("\n") else "\n\n"
        yield Piece(len(base), len(base), "", _as_in(base, break_ + new.strip() + "\n"))
        return
    inner = new.strip()
    lead = base[: len(base) - len(base.lstrip())]
    tail = base[len(base.rstrip()) :]
    new = lead + _as_in(base, inner) + tail
    if action.mode == "choice":
        yield Piece(0, len(base), base, new)
    else:
        yield from hunks(base, new)


def _unwrapped(base: str, answer: str) -> str:
    """The answer without phrases around it and without one fence around all of it."""
    if any(one.kind is AdviceKind.LOOP for one in clean_response(answer).advice):
        raise BadAnswer("it repeats itself to its end")
    text = remove_redundant_content(answer).strip("\n")
    lines = text.split("\n")
    fence = lines[0].strip().lower()
    is_fenced = fence in {"```", "```markdown", "```md"} and lines[-1].strip() == "```"
    inner = lines[1:-1]
    if is_fenced and not base.lstrip().startswith("```") and not _has_fence(inner):
        return "\n".join(inner)
    return text


def _has_fence(lines: list[str]) -> bool:
    """Whether fences inside are not in pairs, so that the first and the last line may be theirs."""
    return sum(line.startswith("```") for line in lines) % 2 == 1


def _as_in(base: str, text: str) -> str:
    """The text with the line ends of the base text."""
    plain = text.replace("\r\n", "\n")
    return plain.replace("\n", "\r\n") if "\r\n" in base else plain
