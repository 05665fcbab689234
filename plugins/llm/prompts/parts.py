"""The parts of a prompt: what each is, whether it may instruct, and where it stands."""

from dataclasses import dataclass
from enum import IntEnum


class PartKind(IntEnum):
    """Kinds of parts from the most stable to the most variable.

    Providers keep what prompts have in common from their first byte on. What is the same for every
    action on a post therefore comes first, and the task last.
    """

    RULES = 0
    STYLE = 1
    MATERIAL = 2
    TASK = 3
    FORMAT = 4


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a prompt. Material is data: it is delimited, and never taken for an instruction.

    `origin` names the template and its version (`titles@2`) or the field that the text is from.
    """

    kind: PartKind
    origin: str
    text: str

    @property
    def is_trusted(self) -> bool:
        """Whether it may instruct the model."""
        return self.kind is not PartKind.MATERIAL


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat, as it is sent."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt ready to be shown and sent."""

    parts: tuple[Part, ...]
    messages: tuple[Message, ...]

    @property
    def versions(self) -> str:
        """The templates it was made of: `rules@0 titles@2`."""
        return " ".join(
            part.origin for part in self.parts if part.is_trusted and "@" in part.origin
        )
