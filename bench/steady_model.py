"""A model's server that writes at a steady pace, for ever as far as a measurement is concerned.

`python -m bench.steady_model PORT`: every answer has a piece each `PIECE_S` seconds, `PIECES` long.
"""

import asyncio
import json
import sys

PIECE_S = 0.1
PIECES = 3_000
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
_ALIVE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def event(content: str, finish: str | None = None) -> bytes:
    """One piece of an answer."""
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice]})}\n\n".encode()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    try:
        if not head.startswith("POST"):
            writer.write(_ALIVE)
            return
        writer.write(_HEAD)
        for number in range(PIECES):
            writer.write(event(f"word{number} "))
            await writer.drain()
            await asyncio.sleep(PIECE_S)
        writer.write(event("", "stop") + b"data: [DONE]\n\n")
    except ConnectionError:
        return
    finally:
        writer.close()


async def serve(port: int) -> None:
    """Serve until the process is ended."""
    server = await asyncio.start_server(answer, "127.0.0.1", port, backlog=512)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
