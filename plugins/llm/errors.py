"""The errors of the llm plugin."""

from blog_core.api import BlogError


class TextExpected(BlogError, TypeError):
    """A text function was given something that is not text."""

    status = 422

    def __init__(self, function: str, value: object) -> None:
        hint = " Decode it first, for example with .decode()." if isinstance(value, bytes) else ""
        super().__init__(f"{function} needs text (str), but got {type(value).__name__}.{hint}")
