"""What the head of every page about a post shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A post's id and title, with a word for a missing title."""

    id: int
    title: str

    @property
    def heading(self) -> str:
        return self.title or "(untitled)"
