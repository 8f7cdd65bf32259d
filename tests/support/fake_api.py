"""An API on the loopback: answers as a vendor does, or does what a broken network does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, TypeVar
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

Fault = Literal["cut", "lost", "stalled"]
"""cut: the connection, before anything was done · lost: it was done, but the connection cut before the reply · stalled: no reply ever comes."""


class Asked(Struct, frozen=True):
    """A request. Header names are lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Reply(Struct, frozen=True):
    """`body`: bytes as they are, anything else as JSON."""

    status: int
    body: Any = None
    headers: dict[str, str] = {}


HTML = b"<html><body>Something went wrong</body></html>"
BROKEN = Reply(500, HTML)
BUSY = Reply(429, {"message": "Too many requests"}, {"Retry-After": "1"})
MOVED = Reply(301, HTML, {"Location": "https://elsewhere.example/"})


class FakeApi:
    """`asked`: all requests. `next`: what becomes of the next ones in place of the vendor's answer; None lets one through."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.next: list[Fault | Reply | None] = []
        self.url = ""
        self.closing = threading.Event()

    def answer(self, asked: Asked) -> Reply:
        """The vendor's."""
        raise NotImplementedError

    def count(self, method: str, path: str = "") -> int:
        return sum(one.method == method and path in one.path for one in self.asked)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, api: FakeApi) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def _serve(self) -> None:
        api, parts = self.server.api, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)
        api.asked.append(asked)
        fault = api.next.pop(0) if api.next else None
        if fault == "stalled":
            api.closing.wait(5)
        if fault in ("cut", "stalled"):
            self.close_connection = True
            return
        reply = fault if isinstance(fault, Reply) else api.answer(asked)
        if fault == "lost":
            self.close_connection = True
            return
        self._say(reply)

    def _say(self, reply: Reply) -> None:
        raw = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html" if isinstance(reply.body, bytes) else "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the base class looks for these names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Says nothing."""


_Api = TypeVar("_Api", bound=FakeApi)


@contextmanager
def serving(api: _Api) -> Iterator[_Api]:
    """The API, answering at its `url`."""
    server = _Server(api)
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield api
    finally:
        api.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
