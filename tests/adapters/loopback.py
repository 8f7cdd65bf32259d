"""An HTTP server double on the loopback: answers each request as told, or does what a broken network does."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

Behaviour = Callable[[socket.socket], bool]
"""What is done once a request was read whole; whether the connection then stays open."""


class Listener:
    """A port of the loopback. `serve` is given each connection, in a thread of its own; at the end all in `opened` are shut."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self.accepted = 0
        self.opened: list[socket.socket] = []
        self._serve = serve
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        port: int = self._listening.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        for connection in self.opened:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=5)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.accepted += 1
                self.opened.append(connection)
                self._threads.append(threading.Thread(target=self._serve, args=[connection]))
                self._threads[-1].start()


class Loopback:
    """`requests` are the JSON bodies received (None for a request without one), `connections` counts those that were opened."""

    def __init__(self, behave: Behaviour) -> None:
        self.behave = behave
        self.requests: list[Any] = []
        self._listener = Listener(self._serve)

    @property
    def connections(self) -> int:
        return self._listener.accepted

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def url(self) -> str:
        return self._listener.url

    def close(self) -> None:
        self._listener.close()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream, suppress(OSError):
            while (length := _content_length(stream)) is not None:
                self.requests.append(json.loads(stream.read(length)) if length else None)
                if not self.behave(connection):
                    return


def _content_length(stream: Any) -> int | None:
    """0 for a request without a body, None when there is no request any more."""
    length = None
    while (line := stream.readline()) not in (b"", b"\r\n"):
        length = length or 0
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return length


def answers(status: int, body: bytes, content_type: str = "application/json") -> Behaviour:
    def behave(connection: socket.socket) -> bool:
        head = f"HTTP/1.1 {status} Told\r\ncontent-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        return True

    return behave


def cuts(connection: socket.socket) -> bool:
    """Closes politely, without a word."""
    return False


def resets(connection: socket.socket) -> bool:
    """Closes with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def breaks_off(connection: socket.socket) -> bool:
    """Closes in mid-answer."""
    connection.sendall(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 400\r\n\r\n{"MessageId":')
    return False


def stalls(connection: socket.socket) -> bool:
    """Reads, and never answers."""
    return True


def as_some_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an AWS client asks of the environment, and that it goes to the loopback without a proxy."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@contextmanager
def serving(behave: Behaviour) -> Iterator[Loopback]:
    server = Loopback(behave)
    try:
        yield server
    finally:
        server.close()


def unused_port() -> int:
    """A port of the loopback on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
