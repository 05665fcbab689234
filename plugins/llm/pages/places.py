"""The places for streams in this process: each stream keeps one of the server's threads."""

import threading

from blog_core.api import Unavailable


class Places:
    """A number of places; who finds none is told to come now and then instead."""

    def __init__(self, most: int) -> None:
        self.most, self._places = most, threading.BoundedSemaphore(most)

    def take(self) -> None:
        """Take a place. Raises `Unavailable` when all are taken."""
        if not self._places.acquire(blocking=False):
            raise Unavailable(
                f"All {self.most} streams of this process are in use; ask for the news now and "
                f"then instead.",
                retry_after_s=2,
            )

    def give_back(self) -> None:
        """Give a place back."""
        self._places.release()
