"""What can go wrong with a model: each error says whether a further attempt may help."""

import re

from blog_core.api import BlogError, Unavailable

_KEY_LIKE = re.compile(r"\b(?:sk|pk|key|org|proj)[-_][\w*.-]{6,}|Bearer\s+\S+", re.IGNORECASE)
_LONGEST_REASON = 200


class NoModel(BlogError):
    """No model is set; the message says how to set one."""

    status = 503


class ModelRefused(BlogError):
    """The server answered, and said no: the request, the key or the model's name is wrong."""

    status = 502

    def __init__(self, server: str, status: int, reason: str) -> None:
        self.upstream_status = status
        super().__init__(
            f"The model's server {server} refused the request ({status}): "
            f"{reason.rstrip('.')}. {_advice(status)} The text was not changed."
        )


class ModelUnavailable(Unavailable):
    """The server cannot be reached, is overloaded, or does not answer in time. `told_to_wait`: the
    server itself named `retry_after_s`."""

    def __init__(
        self, server: str, reason: str, *, retry_after_s: int = 10, told_to_wait: bool = False
    ) -> None:
        self.told_to_wait = told_to_wait
        super().__init__(
            f"The model's server {server} did not answer: {reason.rstrip('.')}. The text was not "
            f"changed; try again in {retry_after_s} seconds.",
            retry_after_s=retry_after_s,
        )


class BadAnswer(BlogError):
    """An answer came that cannot be used: cut off, filtered, empty, or of another form."""

    status = 502

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The model's answer cannot be used: {reason.rstrip('.')}. The text was not changed; "
            f"ask again, or ask for another answer."
        )


def safe_reason(text: object, *secrets: str) -> str:
    """What a server said, on one line, without anything that looks like a key."""
    line = " ".join(str(text).split())
    for secret in filter(None, secrets):
        line = line.replace(secret, "[key]")
    line = _KEY_LIKE.sub("[key]", line)
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]}…"


def _advice(status: int) -> str:
    if status in {401, 403}:
        return "Check [llm] api_key."
    if status == 404:
        return "Check [llm] base_url and model."
    if 300 <= status < 400:
        return "Redirects are not followed: set [llm] base_url to the address it leads to."
    return "Check [llm] model, and shorten the text if it is long."
