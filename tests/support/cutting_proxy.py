"""A TCP proxy for HTTP on the loopback that cuts the connection where it is told to."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

PASS, BEFORE, DURING, AFTER = "pass", "before it is passed on", "in mid-answer", "before the answer"
"""What becomes of one request. DURING and AFTER pass it on whole, and wait for the answer before they cut."""


class Proxy:
    """`plan`: for each POST in turn what becomes of it; later ones, and what is no POST, pass. `resets`: it cuts with a reset."""

    def __init__(self, port: int, plan: list[str], *, resets: bool = False) -> None:
        self._port, self.plan, self._resets = port, plan, resets
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=5)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self._open.append(connection)
                self._threads.append(threading.Thread(target=self._serve, args=[connection]))
                self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self._port)) as server:
            self._open.append(server)
            with client.makefile("rb") as asked, server.makefile("rb") as told:
                while request := whole(asked):
                    fate = self.plan.pop(0) if self.plan and request.startswith(b"POST ") else PASS
                    answer = b""
                    if fate != BEFORE:
                        server.sendall(request)
                        answer = whole(told)
                    if fate == PASS:
                        client.sendall(answer)
                        continue
                    if fate == DURING:
                        client.sendall(answer[: len(answer) // 2])
                    if self._resets:
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    break


def whole(stream: BinaryIO | Any) -> bytes:
    """One HTTP message with its body, or b"" at the end."""
    lines: list[bytes] = []
    length = 0
    while (line := stream.readline()) not in (b"", b"\r\n"):
        lines.append(line)
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return b"".join([*lines, b"\r\n", stream.read(length)]) if lines else b""


@contextmanager
def cutting(port: int, plan: list[str], *, resets: bool = False) -> Iterator[Proxy]:
    proxy = Proxy(port, plan, resets=resets)
    try:
        yield proxy
    finally:
        proxy.close()
