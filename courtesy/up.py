"""The local shop: site, API and dev pages on one origin, with a worker behind them."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from chalice import Chalice
from waitress import wasyncore
from waitress.server import create_server
from whitenoise import WhiteNoise

from chalicelib.adapters.local.http import StartResponse, Wsgi, api
from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.entrypoints import checkout, competition, mail_answers, orders, preferences, questions, site_api, webhooks
from chalicelib.entrypoints.answers import guard as guard_answers
from chalicelib.entrypoints.guard import API, DEV, SITE, of_file
from chalicelib.errors import Conflict, CourtesyError, Misconfigured
from courtesy.build import build
from courtesy.dev_pages import DevPages
from courtesy.site_pages import owners_of
from courtesy.worker import Worker

RUNNING = "running.json"
THREADS = 8


def wsgi(world: LocalWorld, worker: Worker, site: Path) -> Wsgi:
    """The whole shop as one WSGI application."""
    app = Chalice(app_name="courtesy")
    guard_answers(app)
    site_api.register(app, lambda: world)
    mail_answers.register(app, lambda: world)
    orders.register(app, lambda: world)
    preferences.register(app, lambda: world)
    questions.register(app, lambda: world)
    competition.register(app, lambda: world)
    webhooks.register(app, lambda: world)
    checkout.register(app, lambda: world)
    missing = (site / "404.html").read_bytes()

    def not_found(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        told = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(missing)), **SITE, **of_file("/404.html")}
        start_response("404 Not Found", list(told.items()))
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else missing]

    def guard(headers: Any, path: str, url: str) -> None:  # noqa: ARG001 - whitenoise calls it so
        for name, value in {**SITE, **of_file(url)}.items():
            headers[name] = value

    pages: Wsgi = WhiteNoise(not_found, root=str(site), index_file=True, allow_all_origins=False, add_headers_function=guard)
    mounted: dict[str, tuple[Wsgi, Mapping[str, str]]] = {"api": (api(app), API), "dev": (DevPages(world, worker), DEV)}

    def shop(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        first = environ["PATH_INFO"].lstrip("/").partition("/")[0]
        answers, guards = mounted.get(first, (pages, SITE))

        def guarded(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            # neither a redirect nor a refusal comes by the page that it is about: whitenoise and the API's routing say them bare
            there = {name.lower() for name, _ in headers}
            return start_response(
                status, [*headers, *((name, value) for name, value in guards.items() if name.lower() not in there)], *more
            )

        return answers(environ, guarded)

    return shop


class Server:
    """A running shop. `url` has the port that was really taken (0 asks for any)."""

    def __init__(self, make_world: Callable[[str], LocalWorld], host: str, port: int) -> None:
        try:
            self._socket = create_server(_not_yet, host=host, port=port, threads=THREADS, max_request_body_size=11 * 1024 * 1024)
        except OSError as error:
            raise Conflict(f"Port {port} cannot be used ({error.strerror}): give another with --port.") from None
        self.url = f"http://{host}:{self._socket.effective_port}"
        self.world = make_world(self.url)
        try:
            self.world.ready()
        except CourtesyError:
            self._socket.close()
            self.world.close()
            raise
        site = self.world.settings.data / "site"  # not site/dist: shops that run side by side must not build over each other
        build(owners_of(self.world), self.world.renderer, site)
        self.worker = Worker(self.world)
        self._socket.application = wsgi(self.world, self.worker, site)
        self._note = self.world.settings.data / RUNNING
        self._thread = threading.Thread(target=self._socket.run, name="server", daemon=True)

    def start(self) -> None:
        """Answers from a thread of its own until `stop`."""
        self.worker.start()
        self._note.write_text(json.dumps({"url": self.url, "pid": os.getpid()}))
        self._thread.start()

    def stop(self) -> None:
        """Ends in order: requests in hand are answered, sockets closed, the worker's message done, files closed."""
        self._note.unlink(missing_ok=True)
        listening = self._socket
        listening.task_dispatcher.shutdown()
        # sockets are closed by the thread that waits on them, all in one go: closed under it, it dies of a bad file descriptor
        with suppress(OSError):
            listening.trigger.pull_trigger(lambda: wasyncore.close_all(listening._map, ignore_all=True))  # noqa: SLF001 - waitress has no other door
        self._thread.join()
        self.worker.stop()
        self.world.close()


def _not_yet(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:  # noqa: ARG001 - WSGI
    start_response("503 Service Unavailable", [("Content-Type", "text/plain"), ("Retry-After", "1")])
    return [b"One moment.\n"]


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Only one running shop may have the data folder. Errors: Conflict."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.umask(0o077)  # every address and every mail is in there: nobody else on this machine may read it
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Conflict(f"Another shop runs on {data}: stop it first, or give --data another folder.") from None
        yield


def asked_to_end() -> threading.Event:
    """Set by Ctrl-C or a polite kill, from now on. Ask for it before anything is open that must be closed in order."""
    ended = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signal module calls it so
        ended.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, end)
    return ended


def running_url(data: Path) -> str:
    """Where the shop on this data folder answers. Errors: Misconfigured when none runs."""
    try:
        return str(json.loads((data / RUNNING).read_text())["url"])
    except (OSError, ValueError, KeyError):
        raise Misconfigured(f"No shop is running on {data}: start one with courtesy up.") from None


def is_running(data: Path) -> bool:
    """Whether a shop runs on this data folder, as far as its own note tells."""
    try:
        running_url(data)
    except Misconfigured:
        return False
    return True


def say_json(found: Any) -> None:
    """For other programs."""
    say(json.dumps(found, ensure_ascii=False, indent=2))


def say(text: str = "") -> None:
    """To the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
