"""An SMTP server that writes down what it accepts, durably and before it says so; and that misbehaves as told.

`python -m tests.support.smtp_sink --file PATH [--port 0] [--at STAGE=WHAT …]` prints its port, and serves until it is killed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

STAGES = ("greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "dot", "recorded")
"""`body`: once it has begun. `dot`: it came whole, and is not written down. `recorded`: it is written down, and not yet answered."""

CUT, STALL = "cut", "stall"

_FOLLOW_UP = re.compile(rb"^X-Courtesy-Follow-Up: *(\S+)\r?$", re.MULTILINE | re.IGNORECASE)


class Accepted(Struct, frozen=True):
    """One mail as it was taken. `follow_up`: from its header, "" where it has none."""

    follow_up: str
    to: str
    message: bytes


class _Over(Exception):
    """This connection ends here."""


class Sink:
    """`at`: what to do at a stage in place of the usual, once for each entry: CUT, STALL, or a reply such as "451". May be set at any time.

    `file`: a JSON line {follow_up, to, at} for each mail. `tls`: offers STARTTLS, or `tls_at_once`. `login`: what AUTH PLAIN must bring.
    """

    def __init__(
        self,
        file: Path | None = None,
        *,
        port: int = 0,
        at: dict[str, list[str]] | None = None,
        tls: ssl.SSLContext | None = None,
        tls_at_once: bool = False,
        login: str = "",
    ) -> None:
        self.accepted: list[Accepted] = []
        self.commands: list[str] = []
        self.connections = 0
        self.at: dict[str, list[str]] = at or {}
        self._tls, self._tls_at_once, self._login = tls, tls_at_once, login
        self._file = os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600) if file else None
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def hang_up(self) -> None:
        """Cuts every connection, as a server does with those that were idle too long."""
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._ended.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self.hang_up()
        for thread in self._threads:
            thread.join(timeout=5)
        self._listening.close()
        if self._file is not None:
            os.close(self._file)

    def wait(self) -> None:
        """Until it is closed."""
        self._ended.wait()

    def record(self, one: Accepted) -> None:
        """Durable when it returns."""
        line = json.dumps({"follow_up": one.follow_up, "to": one.to, "at": time.time()}) + "\n"
        with self._lock:
            if self._file is not None:
                os.write(self._file, line.encode())
                os.fsync(self._file)
            self.accepted.append(one)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections += 1
                self._open.append(connection)
                self._threads.append(threading.Thread(target=self._serve, args=[connection], daemon=True))
                self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, _Over):
            if self._tls is not None and self._tls_at_once:
                connection = self._encrypted(connection)
            with connection:
                _Session(self, connection).serve()

    def _encrypted(self, connection: socket.socket) -> socket.socket:
        assert self._tls is not None
        self._open.remove(connection)
        encrypted = self._tls.wrap_socket(connection, server_side=True)
        self._open.append(encrypted)
        return encrypted

    def told(self, stage: str, connection: socket.socket) -> str:
        """A reply to give at the stage in place of the usual, or "". Errors: _Over."""
        with self._lock:
            what = self.at[stage].pop(0) if self.at.get(stage) else ""
        if what == STALL:
            self._ended.wait()
        if what in (CUT, STALL):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            raise _Over
        return what


class _Session:
    """One client. Its recipient is the last that it named."""

    def __init__(self, sink: Sink, connection: socket.socket) -> None:
        self._sink, self._connection = sink, connection
        self._lines: BinaryIO = connection.makefile("rb")
        self._to = ""

    def serve(self) -> None:
        try:
            self._answer("greeting", "220 sink")
            while line := self._lines.readline():
                command = line.decode("ascii", "replace").strip()
                self._sink.commands.append(command)
                self._obey(command)
        finally:
            self._lines.close()
            self._connection.close()

    def _obey(self, command: str) -> None:
        match command.partition(" ")[0].upper():
            case "EHLO":
                self._answer("ehlo", "\r\n".join(f"250{'-' if n < 2 else ' '}{line}" for n, line in enumerate(self._offers())))
            case "STARTTLS":
                if self._answer("starttls", "220 go on"):
                    self._lines.close()
                    self._connection = self._sink._encrypted(self._connection)
                    self._lines = self._connection.makefile("rb")
            case "AUTH":
                self._answer("auth", "235 welcome" if command.rpartition(" ")[2] == self._sink._login else "535 no")
            case "MAIL":
                self._answer("mail", "250 ok")
            case "RCPT":
                self._to = command.partition("<")[2].rpartition(">")[0]
                self._answer("rcpt", "250 ok")
            case "DATA":
                if self._answer("data", "354 go on"):
                    self._take()
            case other:
                self._say({"RSET": "250 ok", "QUIT": "221 bye"}.get(other, "500 what"))

    def _offers(self) -> Sequence[str]:
        encrypts = self._sink._tls is not None and not isinstance(self._connection, ssl.SSLSocket)
        return ("sink", "STARTTLS" if encrypts else "HELP", "AUTH PLAIN" if self._sink._login else "8BITMIME")

    def _take(self) -> None:
        lines: list[bytes] = []
        while (line := self._lines.readline()) != b".\r\n":
            if not line:
                raise _Over
            if not lines:
                self._sink.told("body", self._connection)
            lines.append(line[1:] if line.startswith(b".") else line)
        if instead := self._sink.told("dot", self._connection):
            self._say(instead)
            return
        message = b"".join(lines)
        named = _FOLLOW_UP.search(message.partition(b"\r\n\r\n")[0])
        self._sink.record(Accepted(named[1].decode() if named else "", self._to, message))
        self._say(self._sink.told("recorded", self._connection) or "250 taken")

    def _answer(self, stage: str, usual: str) -> bool:
        """Whether it was the usual."""
        instead = self._sink.told(stage, self._connection)
        self._say(instead or usual)
        return not instead

    def _say(self, reply: str) -> None:
        self._connection.sendall(f"{reply if reply[3:4] else f'{reply} as told'}\r\n".encode())


@contextmanager
def sinking(
    stage: str = "", what: str = "", *, tls: ssl.SSLContext | None = None, tls_at_once: bool = False, login: str = ""
) -> Iterator[Sink]:
    """A sink in this process, which does that once at that stage."""
    sink = Sink(at={stage: [what]} if stage else {}, tls=tls, tls_at_once=tls_at_once, login=login)
    try:
        yield sink
    finally:
        sink.close()


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="smtp_sink")
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument(
        "--at", action="append", default=[], metavar="STAGE=WHAT", help=f"{', '.join(STAGES)}; cut, stall or a code"
    )
    asked = parser.parse_args(arguments)
    at: dict[str, list[str]] = {}
    for one in asked.at:
        stage, _, what = one.partition("=")
        at.setdefault(stage, []).append(what)
    sink = Sink(asked.file, port=asked.port, at=at)
    sys.stdout.write(f"{sink.port}\n")
    sys.stdout.flush()
    sink.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
