"""A text that grows in one thread and is read in others."""

import threading


class GrowingText:
    """Pieces are put behind each other; readers wait for what they have not seen yet."""

    def __init__(self) -> None:
        self._more = threading.Condition()
        self._text = ""
        self._ended = False

    @property
    def text(self) -> str:
        """All of it so far."""
        return self._text

    @property
    def has_ended(self) -> bool:
        """Whether nothing will follow, and what becomes of the text is decided."""
        return self._ended

    def append(self, piece: str) -> None:
        """Add a piece."""
        with self._more:
            self._text += piece
            self._more.notify_all()

    def end(self) -> None:
        """Let no reader wait any more."""
        with self._more:
            self._ended = True
            self._more.notify_all()

    def wait(self, seen_chars: int, within_s: float) -> bool:
        """Wait until there is more than `seen_chars`, or the end; False when the time is over."""
        with self._more:
            return self._more.wait_for(
                lambda: len(self._text) > seen_chars or self._ended, timeout=within_s
            )
