"""A Chromium of this machine, driven by Playwright (which brings none of its own)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
NONE = f"No Chromium was found: install one of {', '.join(NAMES)}, or set CHROMIUM to its path."
_OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
_QUIET = ("gpu", "quic", "background-networking", "component-update", "sync", "default-apps", "extensions")
FLAGS = (
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
    _OFFLINE,
    "--no-first-run",
    *(f"--disable-{part}" for part in _QUIET),
)
"""With what any Chromium is started here: it looks nothing up, and as root it needs no sandbox to start."""

_ANSWERED = "Failed to load resource: the server responded with a status of"


def find() -> str:
    """The path of the first that is there, "" for none. $CHROMIUM goes first."""
    return next((path for name in (os.environ.get("CHROMIUM", ""), *NAMES) if name and (path := shutil.which(name))), "")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Headless, with a profile of its own that is gone afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        yield browser
        browser.close()


class Trouble:
    """What must not happen while pages of one origin are shown: other origins asked, errors in the console, parts missing."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.found: list[str] = []
        self._origin = origin
        context.on("request", self._asked)
        context.on("console", self._heard)
        context.on("response", self._answered)
        context.on("weberror", lambda error: self.found.append(f"script: {error.error}"))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self._origin}/", "data:", "about:")):
            self.found.append(f"asked elsewhere: {request.url}")

    def _heard(self, message: ConsoleMessage) -> None:
        # a page that is a 422 or 404 on purpose is told of, too; parts that fail are seen in _answered
        if message.type in ("error", "warning") and not message.text.startswith(_ANSWERED):
            self.found.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.found.append(f"{response.status}: {response.url}")


@contextmanager
def opened(browser: Browser, origin: str, *, scripts: bool = True, width: int = 1280) -> Iterator[tuple[Page, Trouble]]:
    """A fresh page in a context of its own."""
    context = browser.new_context(
        base_url=origin,
        java_script_enabled=scripts,
        viewport={"width": width, "height": 900},
        locale="en-GB",
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    try:
        trouble = Trouble(context, origin)
        yield context.new_page(), trouble
    finally:
        context.close()
