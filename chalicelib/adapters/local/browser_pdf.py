"""PDF by a browser of this machine that is told to print: it knows page sizes, faces and drawings, and brings no library along."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from chalicelib.errors import Misconfigured

NAMES = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 60.0
_QUIET = (
    "gpu", "quic", "background-networking", "component-update", "sync", "default-apps", "extensions", "dev-shm-usage", "breakpad",
    "crash-reporter",
)  # fmt: skip
# what people wrote stands in the pages: nothing in them may reach anywhere. Scripts are forbidden by the sheets themselves, for the browser
# prints by one of its own
_FLAGS = (
    "--headless",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
    *(f"--disable-{part}" for part in _QUIET),
)


def find(environment: Mapping[str, str]) -> str:
    """The path of the first that is there, "" for none. CHROMIUM goes first."""
    return next((path for name in (environment.get("CHROMIUM", ""), *NAMES) if name and (path := shutil.which(name))), "")


def pdf(browser: str, html: str, seconds: float = SECONDS) -> bytes:
    """The document as PDF, on the pages that its own style sheet asks for. Everything on the way lies in a folder that is gone afterwards.

    Errors: Misconfigured, when the browser does not do it or takes longer than `seconds`.
    """
    with tempfile.TemporaryDirectory(prefix="courtesy-paper-", ignore_cleanup_errors=True) as folder:  # of mode 0700
        page, made = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_text(html, encoding="utf-8")
        root = ("--no-sandbox",) if os.geteuid() == 0 else ()  # it refuses to start as root otherwise
        told = _run(
            (browser, *_FLAGS, *root, f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}", page.as_uri()),
            folder,
            seconds,
        )
        if not made.exists():
            raise Misconfigured(
                f"The browser {browser} made no PDF ({told}): give --out a name that ends in .html, and print that."
            )
        return made.read_bytes()


def _run(command: tuple[str, ...], folder: str, seconds: float) -> str:
    """The last thing that it said."""
    environment = {**os.environ, "HOME": folder}  # whatever it keeps, it keeps there
    try:
        child = subprocess.Popen(  # noqa: S603 - the path is one that `find` gave
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        return str(error.strerror)
    with child:
        try:
            _, said = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            said = f"it took longer than {seconds:.0f} seconds".encode()
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # its helpers, which must not outlive their folder
    lines = said.decode("utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it did not say why"
