"""One POST to a checked address: within a time, without redirects, reading little of the answer."""

import re
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult

from blog_core.errors import BlogError
from blog_core.webhooks.addresses import addresses_of, parsed

MAX_ANSWER_BYTES = 8 * 1024
_STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3})\b")
_SHOWN_CHARS = 200


class NotSent(BlogError):
    """The address did not take a message. Worth another try."""

    def __init__(self, reason: str, answer_status: int | None = None) -> None:
        self.answer_status = answer_status
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: a JSON body and its headers."""

    url: str
    body: bytes
    headers: tuple[tuple[str, str], ...]


def send(message: Message, *, timeout_s: float, allow_private: bool) -> int:
    """Send a message; the status of the answer, 200 to 299.

    The connection goes to the very address that was checked, so a name that changes its meaning in
    between leads nowhere. Raises `AddressRefused`, or `NotSent` with what went wrong.
    """
    ends_at = time.monotonic() + timeout_s
    parts = parsed(message.url, allow_private=allow_private)
    try:
        with _connected(parts, ends_at, allow_private=allow_private) as connection:
            connection.sendall(_request(parts, message))
            answer = _read(connection, ends_at)
    except (OSError, ssl.SSLError) as error:
        raise NotSent(f"{parts.hostname} cannot be reached: {error}") from error
    match = _STATUS.match(answer)
    if match is None:
        raise NotSent(f"{parts.hostname} did not answer as a web server does")
    status = int(match[1])
    if not 200 <= status < 300:
        text = answer.partition(b"\r\n\r\n")[2][:_SHOWN_CHARS].decode("utf-8", "replace")
        more = " (redirects are not followed)" if 300 <= status < 400 else ""
        raise NotSent(f"{parts.hostname} answered {status}{more} {text}".strip(), status)
    return status


def _connected(parts: SplitResult, ends_at: float, *, allow_private: bool) -> socket.socket:
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    errors: list[OSError] = []
    for number in addresses_of(host, port, allow_private=allow_private):
        try:
            plain = socket.create_connection((number, port), timeout=_left(ends_at))
        except OSError as error:
            errors.append(error)
            continue
        if parts.scheme == "http":
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise
    raise errors[0] if errors else OSError("the name has no address")


def _request(parts: SplitResult, message: Message) -> bytes:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = (
        ("Host", parts.netloc),
        ("User-Agent", "blog-core-webhooks/1"),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(message.body))),
        ("Connection", "close"),
        *message.headers,
    )
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("ascii") + message.body


def _read(connection: socket.socket, ends_at: float) -> bytes:
    """The first bytes of the answer: its status line, and a little of what it says."""
    data = b""
    while len(data) < MAX_ANSWER_BYTES:
        connection.settimeout(_left(ends_at))
        try:
            more = connection.recv(MAX_ANSWER_BYTES)
        except OSError:
            if _STATUS.match(data):
                break
            raise
        if not more:
            break
        data += more
        if _STATUS.match(data) and data.startswith(b"HTTP/1.") and data[9:10] == b"2":
            break
    return data


def _left(ends_at: float) -> float:
    """The seconds that are left; `TimeoutError` when there are none."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError("it took too long")
    return left
