"""Asks the first server that will answer: further attempts, breakers and a second server."""

import logging
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from random import Random

from plugins.llm.calls.breaker import Breaker
from plugins.llm.calls.errors import ModelUnavailable, NoModel
from plugins.llm.calls.request import BodyForm, ModelRequest
from plugins.llm.calls.server import ModelServer, Received, Timeouts
from plugins.llm.settings import OPENAI_URL, LlmSettings

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 8.0
_NO_MODEL = "No model can be asked: set model, and api_key or base_url, in the section [llm]."

log = logging.getLogger("blog.plugins.llm")


@dataclass(frozen=True)
class Route:
    """A server and its breaker."""

    server: ModelServer
    breaker: Breaker


@dataclass(frozen=True)
class Upstream:
    """The servers of one blog, in the order in which they are asked."""

    routes: Sequence[Route]
    retries: int
    deadline_s: float
    now_s: Callable[[], float] = field(default=time.monotonic, repr=False)
    wait: Callable[[float], object] = field(default=time.sleep, repr=False)
    random: Callable[[], float] = field(default=Random().random, repr=False)  # noqa: S311 - jitter

    def key(self, request: ModelRequest) -> str:
        """Under which the answer to a request is kept: the digest of all that the first server is
        sent. Raises `NoModel`."""
        first = self._first
        return request.key(first.base_url, first.form)

    @property
    def name(self) -> str:
        """The host of the first server. Raises `NoModel`."""
        return self._first.name

    @property
    def _first(self) -> ModelServer:
        if not self.routes:
            raise NoModel(_NO_MODEL)
        return self.routes[0].server

    def stream(self, request: ModelRequest) -> Generator[Received, None, None]:
        """The pieces of an answer, and its `End`.

        As long as nothing of an answer came, a server that is away or overloaded is asked again,
        then the next one is asked; a server that refuses is not. Raises the last error.
        """
        ends_at_s = self.now_s() + self.deadline_s
        failed: ModelUnavailable | None = None
        for route in self.routes:
            for attempt in range(self.retries + 1):
                if not route.breaker.lets_through():
                    failed = failed or _resting(route)
                    break
                try:
                    yield from self._attempt(route, request, ends_at_s)
                except ModelUnavailable as error:
                    failed = error
                    log.warning("Attempt %s at %s: %s", attempt + 1, route.server.name, error)
                else:
                    return
                if attempt < self.retries and not self._wait(attempt, failed, ends_at_s):
                    break
        raise failed or NoModel(_NO_MODEL)

    def close(self) -> None:
        """Close the connections to all servers."""
        for route in self.routes:
            route.server.close()

    def _attempt(self, route: Route, request: ModelRequest, ends_at_s: float) -> Iterator[Received]:
        sent = replace(request, model=route.server.model)
        with closing(route.server.stream(sent, ends_at_s)) as pieces:
            try:
                first = next(pieces)
            except ModelUnavailable:
                route.breaker.failed()
                raise
            route.breaker.succeeded()
            yield first
            yield from pieces

    def _wait(self, attempt: int, error: ModelUnavailable, ends_at_s: float) -> bool:
        """Wait before the next attempt; False when there is no time for one."""
        jitter = 0.5 + self.random()
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**attempt * jitter)
        if error.told_to_wait:
            wait_s = float(error.retry_after_s)
        if self.now_s() + wait_s >= ends_at_s:
            return False
        self.wait(wait_s)
        return True


def _resting(route: Route) -> ModelUnavailable:
    wait_s = max(1, round(route.breaker.rest_s))
    return ModelUnavailable(
        route.server.name, "it failed several times in a row", retry_after_s=wait_s
    )


def _form(settings: LlmSettings, base_url: str) -> BodyForm:
    """OpenAI's newer models take the longest answer under another name than all other servers."""
    limit_name = "max_tokens" if base_url not in {"", OPENAI_URL} else "max_completion_tokens"
    return BodyForm(limit_name, settings.json_schema)


def open_upstream(settings: LlmSettings) -> Upstream:
    """The servers that the settings name."""
    timeouts = Timeouts(settings.connect_timeout_s, settings.silence_timeout_s)
    servers = []
    if settings.is_complete:
        first = ModelServer(
            settings.base_url or OPENAI_URL,
            settings.api_key,
            settings.model,
            timeouts,
            _form(settings, settings.base_url),
        )
        servers.append(first)
    if servers and settings.second_base_url:
        model = settings.second_model or settings.model
        second = replace(
            servers[0],
            base_url=settings.second_base_url,
            api_key=settings.second_api_key,
            model=model,
            form=_form(settings, settings.second_base_url),
        )
        servers.append(second)
    routes = [Route(server, Breaker(time.monotonic)) for server in servers]
    return Upstream(routes, settings.retries, settings.deadline_s)
