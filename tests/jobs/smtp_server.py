"""A mail server on this machine: plain, with STARTTLS or TLS, and with a sign-in if asked for."""

import base64
import socket
import ssl
import threading
from contextlib import suppress
from email import message_from_bytes
from email.message import Message
from io import BufferedIOBase
from pathlib import Path
from typing import Literal

CERTIFICATE = Path(__file__).parent / "certificate" / "certificate.pem"
"""Of `localhost`, signed by itself; whoever names it in SSL_CERT_FILE trusts it."""

Security = Literal["none", "starttls", "tls"]


class SmtpServer:
    """Takes messages as a mail server does; `refuse` makes it say no.

    `signs_in` is the pair of user and password that it asks for.
    """

    def __init__(
        self, security: Security = "none", signs_in: tuple[str, str] | None = None
    ) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listening.getsockname()[1]
        self.security, self.signs_in = security, signs_in
        self.messages: list[Message] = []
        self.refuse = False
        self.heard_in_clear: list[bytes] = []
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(CERTIFICATE, CERTIFICATE.with_name("key.pem"))
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self.listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                with suppress(OSError), connection:
                    self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        if self.security == "tls":
            self._answer_safely(connection, greets=True)
            return
        with connection.makefile("rwb") as stream:
            say(stream, b"220 here")
            wants_tls = self._talk(stream, is_safe=False)
        if wants_tls:
            self._answer_safely(connection, greets=False)

    def _answer_safely(self, connection: socket.socket, *, greets: bool) -> None:
        with (
            self._context.wrap_socket(connection, server_side=True) as safe,
            safe.makefile("rwb") as stream,
        ):
            if greets:
                say(stream, b"220 here")
            self._talk(stream, is_safe=True)

    def _talk(self, stream: BufferedIOBase, *, is_safe: bool) -> bool:
        """Answer until the end; True when the other side asked for encryption."""
        is_known = self.signs_in is None
        while line := stream.readline():
            if not is_safe:
                self.heard_in_clear.append(line)
            command = line[:4].upper()
            if command == b"STAR":
                say(stream, b"220 go on")
                return True
            if command == b"EHLO":
                offers_tls = self.security == "starttls" and not is_safe
                more = b"STARTTLS" if offers_tls else b"AUTH PLAIN"
                say(stream, b"250-here\r\n250 " + more)
            elif command == b"AUTH":
                is_known = self._knows(line)
                say(stream, b"235 welcome" if is_known else b"535 who are you")
            elif command == b"MAIL" and not is_known:
                say(stream, b"530 sign in first")
            elif command == b"RCPT" and self.refuse:
                say(stream, b"451 not now")
            elif command == b"DATA":
                say(stream, b"354 go on")
                self.messages.append(message_from_bytes(data(stream)))
                say(stream, b"250 fine")
            else:
                say(stream, b"221 bye" if command == b"QUIT" else b"250 fine")
        return False

    def _knows(self, line: bytes) -> bool:
        given = base64.b64decode(line.split()[-1]).decode().split("\0")[1:]
        return tuple(given) == self.signs_in


def say(stream: BufferedIOBase, line: bytes) -> None:
    stream.write(line + b"\r\n")
    stream.flush()


def data(stream: BufferedIOBase) -> bytes:
    return b"".join(iter(stream.readline, b".\r\n"))
