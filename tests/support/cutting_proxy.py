"""A TCP proxy for HTTP on the loopback that cuts the connection where it is told to."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

from tests.adapters.loopback import Listener

PASS, BEFORE, DURING, AFTER = "pass", "before it is passed on", "in mid-answer", "before the answer"
"""What becomes of one request. DURING and AFTER pass it on whole, and wait for the answer before they cut."""


class Proxy:
    """`plan`: for each POST in turn what becomes of it; later ones, and what is no POST, pass. `resets`: it cuts with a reset."""

    def __init__(self, port: int, plan: list[str], *, resets: bool = False) -> None:
        self._port, self.plan, self._resets = port, plan, resets
        self._listener = Listener(self._serve)

    @property
    def url(self) -> str:
        return self._listener.url

    def close(self) -> None:
        self._listener.close()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self._port)) as server:
            self._listener.opened.append(server)
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
