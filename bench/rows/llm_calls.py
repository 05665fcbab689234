"""What asking a model costs the blog: hits, equal requests at once, pages beside generations."""

import contextlib
import hashlib
import http.client
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response

from bench.blog import SampleBlog, opened, sample_blog
from bench.declare import Comparison, Metric, Sample, at_most, benchmark
from bench.load import load
from bench.steady_model import PIECE_S
from blog_core.api import SYSTEM, get_value, set_value
from blog_core.content.accounts import create_account
from blog_core.testing.services import WebServer
from plugins.llm.calls.request import BodyForm, ModelRequest
from plugins.llm.prompts.parts import Message
from plugins.llm.suggestions.wish import LLM
from tests.plugins.llm.model_server import Answer, ModelServer

if TYPE_CHECKING:
    from blog_core.api import Site

EQUAL_REQUESTS = 64
GENERATIONS = 200
HITS = 5_000
TEXT_CHARS = 4_000
WORKERS, THREADS = "4", "16"
PASSWORD = "a-long-password-for-benchmarks"
SOMEBODY = {"Cookie": "bench=1"}


def request_of(chars: int) -> ModelRequest:
    """A request of the usual form."""
    text = ("Some words of a text that is sent. " * (chars // 35 + 1))[:chars]
    return ModelRequest("tiny", (Message("system", "Rules."), Message("user", text)), 0.3, 800)


@benchmark("llm cache hit", Metric("CPU", "us/hit"))
def cache_hit() -> Iterator[Comparison]:
    """The digest of a whole request and the look-up, against JSON, SHA-256 and a dict."""
    request, form = request_of(TEXT_CHARS), BodyForm()
    server = "http://127.0.0.1/v1"
    kept = {"text": "An answer. " * 40, "cost_micros": 100}
    with sample_blog() as sample, opened(sample) as site, site.activate():
        set_value(site, LLM, request.key(server, form), kept)
        plain: dict[str, Any] = {naive_key(request, form): kept}

        def ours() -> Sample:
            return cpu_us(lambda: get_value(site, LLM, request.key(server, form)))

        def others() -> Sample:
            return cpu_us(lambda: plain[naive_key(request, form)])

        assert get_value(site, LLM, request.key(server, form)) == kept
        note = f"{TEXT_CHARS:,} characters; the dict is of one process and keeps for ever"
        yield Comparison(ours, others, note=note)


def naive_key(request: ModelRequest, form: BodyForm) -> str:
    """What such caches usually do."""
    text = json.dumps(request.parameters(form), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def cpu_us(function: Any) -> Sample:
    """The processor time of one call."""
    start = time.process_time()
    for _ in range(HITS):
        function()
    return Sample(((time.process_time() - start) / HITS * 1e6,))


@dataclass(frozen=True)
class Editor:
    """Somebody signed in at a served blog, by cookie and form token."""

    port: int
    cookie: str
    token: str

    def ask(self, post_id: int, body: str) -> int:
        """Ask to tighten a text; the status of the answer."""
        form = urlencode({"action": "tighten", "title": "A post", "body": body})
        headers = {
            "Cookie": self.cookie,
            "X-Form-Token": self.token,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with contextlib.closing(connection):
            connection.request("POST", f"/admin/posts/{post_id}/llm/ask", form, headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 202:
                raise NotAsked(f"{answer.status}: {said[:200].decode(errors='replace')}")
            return answer.status

    def states(self, post_id: int) -> list[str]:
        """The states of the newest suggestions for a post."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with contextlib.closing(connection):
            path = f"/admin/posts/{post_id}/llm"
            connection.request("GET", path, headers={"Cookie": self.cookie})
            found = json.loads(connection.getresponse().read())["suggestions"]
            return [one["state"] for one in found]


def wait_for_the_end(model: ModelServer, asked_before: int) -> None:
    """Wait until the model was asked, and has answered everything."""
    for _ in range(600):
        time.sleep(0.1)
        if len(model.asked) > asked_before and not model.open_streams:
            return
    raise NotAsked("the model's server was not asked within a minute")


class NotAsked(Exception):
    """The blog did not ask as it should have; the text says why."""


def sign_in(sample: SampleBlog, port: int) -> Editor:
    """An editor of the sample, who may edit its first post."""
    with opened(sample) as site:
        email = "llm-bench@example.com"
        password_hash = site.access.passwords.hash(PASSWORD)
        with site.transaction(SYSTEM) as session:
            create_account(
                session, name="Bench", role="editor", email=email, password_hash=password_hash
            )
        cookie = _cookie(site, email)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", "/admin/form-token", headers={"Cookie": cookie})
        token = json.loads(connection.getresponse().read())["form_token"]
    return Editor(port, cookie, token)


def _cookie(site: "Site", email: str) -> str:
    with site.app.test_request_context(), site.activate():
        token = site.access.sign_in(email=email, password=PASSWORD)
        return site.access.keep(Response(), token).headers["Set-Cookie"].partition(";")[0]


def no_caps(base_url: str) -> dict[str, Any]:
    """Settings that ask a server on loopback and cap nothing."""
    free = {"user_day_tokens": 0, "day_tokens": 0, "month_tokens": 0}
    most = {"running_calls": 400, "deadline_s": 3_000}
    return {"base_url": base_url, "model": "tiny", **most, **free}


@benchmark(
    "llm equal requests",
    Metric("upstream calls", "calls", at_most(1)),
    Metric("all asked", "s"),
    repeats=3,
)
def equal_requests() -> Iterator[Comparison]:
    """Equal requests at once in four processes: how many calls the model's server sees."""
    with (
        ModelServer().running() as model,
        sample_blog("postgresql", llm=no_caps(model.url), secret_key="bench" * 8) as sample,
    ):
        model.usual = Answer("Fewer words. ", pieces=2, hold_after=1)
        options = ("--factory", "--workers", WORKERS, "--blocking-threads", THREADS, "--no-ws")
        with WebServer.granian("bench.sites:blog", *options, env=sample.environment) as blog:
            editor = sign_in(sample, blog.port)
            turns = iter(range(1_000))

            def ours() -> Sample:
                body = f"Some text that is too long by far. {next(turns)}"
                before, start = len(model.asked), time.monotonic()
                model.hold_again()
                with ThreadPoolExecutor(EQUAL_REQUESTS) as pool:
                    list(pool.map(lambda _: editor.ask(1, body), range(EQUAL_REQUESTS)))
                took_s = time.monotonic() - start
                model.release()
                wait_for_the_end(model, before)
                return Sample((float(len(model.asked) - before), took_s))

            yield Comparison(ours, note=f"{EQUAL_REQUESTS} requests over HTTP, {WORKERS} workers")


@benchmark(
    "llm page beside generations",
    Metric("p99", "ms", at_most(1.2)),
    Metric("server CPU", "us/request"),
    repeats=3,
)
def page_beside_generations() -> Iterator[Comparison]:
    """An uncached home page while answers are being written, against the same blog at rest."""
    options = ("--factory", "--workers", "1", "--blocking-threads", "8", "--no-ws")

    def steady(port: int) -> list[str]:
        return [sys.executable, "-m", "bench.steady_model", str(port)]

    with (
        WebServer.start(steady) as model,
        sample_blog("sqlite", secret_key="bench" * 8) as quiet,
        sample_blog("sqlite", llm=no_caps(f"{model.url}/v1"), secret_key="bench" * 8) as busy,
        WebServer.granian("bench.sites:blog", *options, env=quiet.environment) as idle_blog,
        WebServer.granian("bench.sites:blog", *options, env=busy.environment) as busy_blog,
    ):
        editor = sign_in(busy, busy_blog.port)
        for number in range(GENERATIONS):
            editor.ask(1, f"Some text that is too long by far. {number}")

        def beside() -> Sample:
            sample = page_load(busy_blog)
            if set(editor.states(1)) != {"running"}:
                raise NotAsked("the answers ended before the measurement did")
            return sample

        yield Comparison(
            beside,
            lambda: page_load(idle_blog),
            note=f"{GENERATIONS} answers under way, a piece of each every {PIECE_S * 1000:.0f} ms",
        )


def page_load(blog: WebServer) -> Sample:
    """The 99th percentile of the home page for somebody, and what a request cost."""
    found = load(f"{blog.url}/", [blog.pid], seconds=5, connections=1, headers=SOMEBODY)
    return Sample((found.p99_ms, found.cpu_us_per_request))
