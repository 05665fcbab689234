"""A model's server on loopback: it speaks the OpenAI protocol, and does what a test tells it.

It counts what it is asked, holds answers back until it is told to go on, and knows every way in
which such servers fail.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HELD_S = 30.0
"""A held answer goes on by itself after this long, so that a failed test ends."""


@dataclass(frozen=True)
class Answer:
    """What the server says to one request.

    `text` is sent in `pieces` pieces. After `hold_after` pieces it waits for `release()`; after
    `cut_after` the connection is closed in mid-stream. `usage` None: none is reported. `status`
    other than 200 sends `body` with that status. `silent` pieces are never sent: it only waits.
    """

    text: str = "Fine."
    pieces: int = 4
    finish: str = "stop"
    usage: tuple[int, int, int] | None = (100, 0, 20)
    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    hold_after: int | None = None
    cut_after: int | None = None
    malformed_after: int | None = None
    pause_s: float = 0.0

    def cut_in_pieces(self) -> list[str]:
        """The text in about equal pieces; none of them empty."""
        size = max(1, -(-len(self.text) // self.pieces))
        return [self.text[at : at + size] for at in range(0, len(self.text), size)]


def error(status: int, message: str, **headers: str) -> Answer:
    """An error as OpenAI words it."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": None}})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, body=body, headers=named)


def in_json(value: object, **more: Any) -> Answer:
    """An answer whose text is JSON."""
    return Answer(text=json.dumps(value), **more)


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; names of headers are in title case."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def prompt(self) -> str:
        """All messages, one after the other."""
        return "\n".join(message["content"] for message in self.body["messages"])


class ModelServer:
    """The server and what the test knows of it."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.hung_up = 0
        self.open_streams = 0
        self.usual = Answer()
        self._next: deque[Answer] = deque()
        self._lock = threading.Lock()
        self._go = threading.Event()
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.model = self

    @property
    def url(self) -> str:
        """What goes into `base_url`."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def will_say(self, *answers: Answer | str) -> None:
        """The next answers, in their order; after them comes `usual`."""
        self._next.extend(Answer(text=one) if isinstance(one, str) else one for one in answers)

    def release(self) -> None:
        """Let every held answer go on."""
        self._go.set()

    def hold_again(self) -> None:
        """Hold the answers that say so, from now on."""
        self._go.clear()

    def take(self, asked: Asked) -> Answer:
        """Note a request; what it is answered."""
        with self._lock:
            self.asked.append(asked)
            return self._next.popleft() if self._next else self.usual

    def wait(self) -> None:
        """Wait as a held answer does."""
        self._go.wait(HELD_S)

    def count(self, *, hung_up: int = 0, open_streams: int = 0) -> None:
        """Add to the counts."""
        with self._lock:
            self.hung_up += hung_up
            self.open_streams += open_streams

    @contextmanager
    def running(self) -> Iterator["ModelServer"]:
        """Serve inside the block."""
        thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self.release()
            self._http.shutdown()
            thread.join()
            self._http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
    model: ModelServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; it is counted."""
        self.model.count(hung_up=1)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is its base's
        """Say nothing."""

    def do_GET(self) -> None:
        self.server.model.take(Asked(self.path, dict(self.headers), {}))
        self._send(404, "{}", {})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length))
        headers = {name.title(): value for name, value in self.headers.items()}
        answer = self.server.model.take(Asked(self.path, headers, body))
        if answer.status != 200:
            self._send(answer.status, answer.body, answer.headers)
        else:
            self._stream(answer, body)

    def _send(self, status: int, body: str, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def _stream(self, answer: Answer, body: Mapping[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        self.server.model.count(open_streams=1)
        try:
            self._send_pieces(answer, body)
        except OSError:
            self.server.model.count(hung_up=1)
        finally:
            self.server.model.count(open_streams=-1)

    def _send_pieces(self, answer: Answer, body: Mapping[str, Any]) -> None:
        for at, piece in enumerate(answer.cut_in_pieces()):
            if at == answer.hold_after:
                self.server.model.wait()
            if at == answer.cut_after:
                return
            if at == answer.malformed_after:
                self._event("{this is not JSON")
            if answer.pause_s:
                time.sleep(answer.pause_s)
            self._chunk(body, [{"index": 0, "delta": {"content": piece}, "finish_reason": None}])
        self._chunk(body, [{"index": 0, "delta": {}, "finish_reason": answer.finish}])
        if answer.usage is not None:
            self._chunk(body, [], usage=_usage(*answer.usage))
        self._event("[DONE]")

    def _chunk(self, body: Mapping[str, Any], choices: list[Any], **more: Any) -> None:
        named = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0}
        self._event(json.dumps({**named, "model": body["model"], "choices": choices, **more}))

    def _event(self, data: str) -> None:
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()


def _usage(input_tokens: int, cached_tokens: int, output_tokens: int) -> dict[str, Any]:
    return {
        "prompt_tokens": input_tokens,
        "completion_tokens": output_tokens,
        "total_tokens": input_tokens + output_tokens,
        "prompt_tokens_details": {"cached_tokens": cached_tokens},
    }
