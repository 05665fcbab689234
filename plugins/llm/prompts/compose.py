"""Makes the messages that are sent from the parts of a prompt."""

from collections.abc import Callable, Iterable
from hashlib import blake2b

from plugins.llm.prompts.neutralise import neutralise
from plugins.llm.prompts.parts import Message, Part, PartKind, Prompt

_SYSTEM = (PartKind.RULES, PartKind.STYLE)
_MARK_BYTES = 9

Clean = Callable[[str], str]


def compose(parts: Iterable[Part], *, clean: Clean, secret: bytes) -> Prompt:
    """The prompt of these parts: rules and style as the system's message, the rest as the user's.

    `clean` shortens instructions; material is sent as it is, but for its chat markers. `secret`
    makes the marks around material: nobody who writes a text can know them, yet the same text has
    the same mark each time, so that equal requests stay equal.
    """
    ordered = tuple(sorted(_once(parts), key=lambda part: part.kind))
    system = [part.text for part in ordered if part.kind in _SYSTEM]
    task = [part.text for part in ordered if part.is_trusted and part.kind not in _SYSTEM]
    material = [_delimited(part, secret) for part in ordered if not part.is_trusted]
    user = [*material, clean("\n\n".join(task))]
    messages = (
        Message("system", clean("\n\n".join(system))),
        Message("user", "\n\n".join(filter(None, user))),
    )
    return Prompt(ordered, tuple(message for message in messages if message.text))


def _once(parts: Iterable[Part]) -> Iterable[Part]:
    """The parts that say something, each text once."""
    seen: set[tuple[bool, str]] = set()
    for part in parts:
        text = part.text.strip() if part.is_trusted else part.text
        if text.strip() and (part.is_trusted, text) not in seen:
            seen.add((part.is_trusted, text))
            yield Part(part.kind, part.origin, text)


def _delimited(part: Part, secret: bytes) -> str:
    mark = _mark(part, secret)
    return f"<<<material {part.origin} {mark}\n{neutralise(part.text)}\n{mark}"


def _mark(part: Part, secret: bytes) -> str:
    spelt = f"{part.origin}\n{part.text}".encode("utf-8", "surrogatepass")
    keyed = blake2b(spelt, digest_size=_MARK_BYTES, key=secret[:64], person=b"llm material")
    return keyed.hexdigest()
