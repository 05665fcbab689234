"""One OpenAI-compatible server: a request goes out, pieces of the answer come in."""

import logging
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from pydantic import SecretStr

from blog_core.api import BlogError
from plugins.llm.calls.errors import BadAnswer, ModelRefused, ModelUnavailable, safe_reason
from plugins.llm.calls.request import BodyForm, ModelRequest

if TYPE_CHECKING:
    from openai import OpenAI

RETRIED = frozenset({408, 409, 429})
NO_KEY = "none"
TOO_LATE = "too late"
_LONGEST_WAIT_S = 60


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens of one call, as the server counted them. `cached_tokens` are input tokens."""

    input_tokens: int
    cached_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class End:
    """The end of an answer. `reason` is the server's: stop, length, content_filter; empty when the
    connection ended before the answer did, and `TOO_LATE` when the deadline came first. `usage` is
    None when the server told none."""

    reason: str
    usage: Usage | None


Received = str | End


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long is waited, in seconds."""

    connect_s: float
    silence_s: float


@dataclass(frozen=True)
class ModelServer:
    """A server's address, key and model. `name` is what logs and errors call it: no key, no path.

    `now_s` is a clock that only goes forward.
    """

    base_url: str
    api_key: SecretStr = field(repr=False)
    model: str
    timeouts: Timeouts
    form: BodyForm = field(default_factory=BodyForm)
    now_s: Callable[[], float] = field(default=time.monotonic, repr=False)

    @property
    def name(self) -> str:
        """The host and port."""
        return urlsplit(self.base_url).netloc

    def stream(self, request: ModelRequest, deadline_s: float) -> Generator[Received, None, None]:
        """Send the request; pieces of text as they come, and `End` at last.

        Raises `ModelRefused` or `ModelUnavailable` before the first piece; `BadAnswer` for what is
        no answer of such a server. A connection that ends in the middle gives an `End` without a
        reason. `deadline_s` is an instant of `now_s`.
        """
        import openai

        try:
            with self._open(request) as response:
                yield from self._read(response.iter_lines(), deadline_s)
        except openai.APIStatusError as error:
            raise self._refusal(error) from None
        except openai.APITimeoutError:
            raise ModelUnavailable(self.name, "it was silent for too long") from None
        except openai.APIConnectionError as error:
            cause = safe_reason(error.__cause__ or error, self._key)
            raise ModelUnavailable(self.name, cause) from None

    def close(self) -> None:
        """Close the connections that are kept; the next request opens others."""
        client = self.__dict__.pop("_client", None)
        if client is not None:
            client.close()

    @property
    def _key(self) -> str:
        return self.api_key.get_secret_value()

    @cached_property
    def _client(self) -> "OpenAI":
        """The client of this server: connections are kept, redirects are not followed, nothing is
        tried again behind our back."""
        import openai

        logging.getLogger("openai").setLevel(logging.WARNING)  # its debug lines hold whole texts
        wait = openai.Timeout(self.timeouts.silence_s, connect=self.timeouts.connect_s)
        http = openai.DefaultHttpxClient(follow_redirects=False, timeout=wait)
        return openai.OpenAI(
            base_url=self.base_url,
            api_key=self._key or NO_KEY,
            max_retries=0,
            timeout=wait,
            http_client=http,
        )

    def _open(self, request: ModelRequest) -> Any:
        # `Any`: the body is checked by the server; the client's overloads don't take a mapping.
        create: Any = self._client.chat.completions.with_streaming_response.create
        return create(**request.parameters(self.form))

    def _read(self, lines: Iterator[str], deadline_s: float) -> Iterator[Received]:
        end, began = End("", None), False
        try:
            for chunk in _chunks_of(lines):
                if self.now_s() > deadline_s:
                    end = End(TOO_LATE, end.usage)
                    break
                if chunk.error is not None:
                    raise self._failure(chunk.error, began=began)
                for choice in chunk.choices[:1]:
                    if choice.delta.content:
                        began = True
                        yield choice.delta.content
                    end = End(choice.finish_reason or end.reason, end.usage)
                if chunk.usage is not None:
                    end = End(end.reason, chunk.usage.counted)
        except _broken_connections() as error:
            if not began:
                reason = safe_reason(error, self._key) or "the connection broke"
                raise ModelUnavailable(self.name, reason) from None
            end = End("", end.usage)
        yield end

    def _failure(self, said: Mapping[str, Any], *, began: bool) -> BlogError:
        """An error that came as a piece of the answer; nothing is asked again in mid-answer."""
        reason = safe_reason(said.get("message", "an error"), self._key)
        return BadAnswer(reason) if began else ModelUnavailable(self.name, reason)

    def _refusal(self, error: Any) -> ModelRefused | ModelUnavailable:
        status: int = error.status_code
        reason = safe_reason(_said(error.body) or error.message, self._key)
        if status in RETRIED or status >= 500:
            wait_s = _retry_after_s(error.response.headers)
            return ModelUnavailable(
                self.name,
                f"{status}, {reason}",
                retry_after_s=wait_s or 10,
                told_to_wait=bool(wait_s),
            )
        return ModelRefused(self.name, status, reason)


def _broken_connections() -> tuple[type[Exception], ...]:
    """What the HTTP library below the client raises when a connection breaks in mid-answer: httpx
    or its successor, whichever this `openai` is made of."""
    from openai import APIConnectionError, DefaultHttpxClient

    library = import_module(DefaultHttpxClient.__mro__[1].__module__.partition(".")[0])
    return (APIConnectionError, library.TransportError)


def _said(body: object) -> str:
    found = body.get("error", body) if isinstance(body, Mapping) else body
    if isinstance(found, Mapping):
        found = found.get("message", "")
    return found if isinstance(found, str) else ""


def _retry_after_s(headers: Mapping[str, str]) -> int:
    """The seconds that the server tells to wait; 0 when it tells none."""
    try:
        return max(1, min(_LONGEST_WAIT_S, int(headers.get("Retry-After", ""))))
    except ValueError:
        return 0


# --- the pieces of a stream, as far as they matter here -------------------------------------------


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)
    finish_reason: str | None = None


class _Details(msgspec.Struct):
    cached_tokens: int | None = 0


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _Details | None = None

    @property
    def counted(self) -> Usage:
        cached = self.prompt_tokens_details.cached_tokens if self.prompt_tokens_details else 0
        return Usage(self.prompt_tokens, cached or 0, self.completion_tokens)


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = []
    usage: _Usage | None = None
    error: dict[str, Any] | None = None


_decoder = msgspec.json.Decoder(_Chunk)


def _chunks_of(lines: Iterator[str]) -> Iterator[_Chunk]:
    """The data of the events until the last one. Raises `BadAnswer` for what is no piece."""
    for line in lines:
        if not line.startswith("data:"):
            continue
        data = line[5:].strip()
        if data == "[DONE]":
            return
        try:
            yield _decoder.decode(data)
        except msgspec.MsgspecError as error:
            reason = f"the server sent something that is no piece of an answer ({error})"
            raise BadAnswer(reason) from None
