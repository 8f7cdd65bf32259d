"""`courtesy up` as a process of its own, to be spoken to, asked for its end, or killed."""

from __future__ import annotations

import atexit
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.config import ROOT, Settings
from tests.factories import signed

COURTESY = (sys.executable, "-c", "from courtesy.main import run; run()")
PATIENCE_SECONDS = 30


class Reply(Struct, frozen=True):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str


@cache
def quiet_shop() -> Path:
    """The shop's files with two rules off that would stand between all others: the owner's mail of each working day, and the question whether
    it met expectations, which waits for two weeks. Gone when the tests end.
    """
    folder = Path(tempfile.mkdtemp(prefix="courtesy-shop-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shop = shutil.copytree(ROOT / "shop", folder / "shop")
    playbook = shop / "playbook.toml"
    text = playbook.read_text(encoding="utf-8")
    playbook.write_text(re.sub(r'(?m)^name = "(morning|expectation)".*$', r'\g<0>\nmode = "off"', text), encoding="utf-8")
    return shop


def courtesy(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    command = [*COURTESY, *arguments, "--data", str(data)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)


def opened(data: Path) -> LocalWorld:
    """What a shop has kept, while it runs or not."""
    return LocalWorld(Settings("local", ROOT / "shop", data))


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether it comes true in that time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return False


class Running:
    """A shop on a data folder. `shop`: another folder with its settings than quiet_shop. `environment`: on top of this process's."""

    def __init__(self, data: Path, *more: str, shop: Path | None = None, environment: Mapping[str, str] | None = None) -> None:
        self.data = data
        environment = {**os.environ, "COURTESY_SHOP": str(shop or quiet_shop()), **(environment or {})}
        self._errors = (data.parent / f"{data.name}.stderr").open("a")
        self._process = subprocess.Popen(
            [*COURTESY, "up", "--port", "0", "--data", str(data), *more],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=self._errors, text=True,
        )  # fmt: skip
        self.said = self.says()
        assert " is open at " in self.said, (data.parent / f"{data.name}.stderr").read_text()
        self.url = self.said.partition(" is open at ")[2].partition("/ ")[0]

    def ask(self, method: str, path: str, body: bytes | str = b"", headers: Mapping[str, str] | None = None) -> Reply:
        """One request. Errors: OSError or HTTPException when nobody answers."""
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode())
        finally:
            connection.close()

    def form(self, path: str, body: str, **headers: str) -> Reply:
        """A form is posted."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, body, {**kind, **{name.replace("_", "-"): value for name, value in headers.items()}})

    def says(self) -> str:
        """The next line on its standard output. One that says nothing for long is killed, and "" is what it said."""
        assert self._process.stdout is not None
        killer = threading.Timer(PATIENCE_SECONDS, self._process.kill)
        killer.start()
        try:
            return self._process.stdout.readline()
        finally:
            killer.cancel()

    def memory(self) -> float:
        """At its highest, in MiB; 0 where the system does not tell."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return 0.0
        (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024

    def kill(self) -> None:
        """As the power going: kill -9."""
        self._process.kill()
        self._closed()

    def stop(self) -> int:
        """A polite end; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._closed()

    def _closed(self) -> int:
        code = self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._errors.close()
        return code


def send(shop: Running, topic: str, payload: dict[str, Any]) -> Reply:
    """A webhook, signed with the secret of this very shop; the same delivery whenever it is sent again."""
    secret = opened(shop.data).secrets.webhooks["shopify"][0]
    headers, raw = signed(topic, payload, secret=secret, x_shopify_webhook_id=f"{topic}-{payload['id']}")
    return shop.ask("POST", "/api/webhooks/shopify", raw, headers)
