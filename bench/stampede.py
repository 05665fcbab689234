"""Many clients at once on a page that nobody has built yet."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

_REQUEST = "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
_LONGEST_S = 60.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """What the clients got: each body once, how long each waited, how many were told to wait."""

    bodies: frozenset[bytes]
    waits_s: Sequence[float]
    told_to_wait: int
    errors: Sequence[str] = ()

    @property
    def slowest_s(self) -> float:
        """99 of 100 clients had their page by then."""
        return sorted(self.waits_s)[int(len(self.waits_s) * 0.99)]


def stampede(address: str, path: str, *, clients: int) -> Crowd:
    """Connect all clients to `address` (host and port), then let them ask at the same moment."""
    # A thread of its own: the caller's may have an event loop, as a browser's driver does.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _stampede(address, path, clients)).result()


async def _stampede(address: str, path: str, clients: int) -> Crowd:
    start = asyncio.Event()
    asked = [asyncio.create_task(_client(address, path, start)) for _ in range(clients)]
    await asyncio.sleep(0.5)
    start.set()
    seen = await asyncio.gather(*asked)
    return Crowd(
        bodies=frozenset(body for body, _, _, _ in seen if body),
        waits_s=[wait_s for _, wait_s, _, _ in seen],
        told_to_wait=sum(told for _, _, told, _ in seen),
        errors=[error for _, _, _, error in seen if error],
    )


async def _client(address: str, path: str, start: asyncio.Event) -> tuple[bytes, float, int, str]:
    """One client, who comes back when it is told to, or when its connection broke."""
    await start.wait()
    began, told = time.monotonic(), 0
    while time.monotonic() - began < _LONGEST_S:
        try:
            head, body = await _ask(address, path)
        except OSError:
            head = b""
        if not head:
            await asyncio.sleep(0.1)
            continue
        status = head.split(b" ", 2)[1:2]
        if status == [b"200"]:
            return body, time.monotonic() - began, told, ""
        if status != [b"503"] or b"retry-after:" not in head.lower():
            return b"", time.monotonic() - began, told, head.decode(errors="replace")
        told += 1
        await asyncio.sleep(1.0)
    return b"", time.monotonic() - began, told, "never got the page"


async def _ask(address: str, path: str) -> tuple[bytes, bytes]:
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(_REQUEST.format(path=path, host=address).encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    return head, body
