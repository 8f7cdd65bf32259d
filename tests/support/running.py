"""`courtesy up` as a process of its own, to be spoken to, asked for its end, or killed."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from chalicelib.config import ROOT

COURTESY = (sys.executable, "-c", "from courtesy.main import run; run()")


class Reply(Struct, frozen=True):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str


def courtesy(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    command = [*COURTESY, *arguments, "--data", str(data)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)


class Running:
    """A shop on a data folder. `shop`: another folder with its settings. `environment`: on top of this process's."""

    def __init__(self, data: Path, *more: str, shop: Path | None = None, environment: Mapping[str, str] | None = None) -> None:
        self.data = data
        environment = {**os.environ, **({"COURTESY_SHOP": str(shop)} if shop else {}), **(environment or {})}
        self._errors = (data.parent / f"{data.name}.stderr").open("a")
        self._process = subprocess.Popen(
            [*COURTESY, "up", "--port", "0", "--data", str(data), *more],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=self._errors, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.said = self._process.stdout.readline()
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
