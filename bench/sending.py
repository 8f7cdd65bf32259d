"""A thousand due mails on one machine: authorised, kept in the outbox file and settled, each outcome committed before the next call.

In a process of its own, so that its memory is its own. Delivery events come after and are counted apart.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import Figure
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.send_due import send_due
from tests.factories import asked
from tests.support.world import TestWorld

MAILS, ROUNDS = 1000, 3


def figures() -> Iterator[Figure]:
    """The median of some processes."""
    rounds = [_child() for _ in range(ROUNDS)]
    cpu, events, memory = (statistics.median(one[name] for one in rounds) for name in ("cpu", "events", "memory"))
    yield Figure("sending 1,000 mails, CPU", cpu, "s", 0.22)
    yield Figure("taking their 1,000 delivery events, CPU", events, "s")
    yield Figure("memory at its highest", memory, "MiB", 64)


def _child() -> dict[str, float]:
    done = subprocess.run([sys.executable, "-m", "bench.sending"], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _send() -> dict[str, float]:
    with TemporaryDirectory() as folder, TestWorld(path=Path(folder)) as world:
        for n in range(MAILS):
            claim_voucher(world, asked(email=f"person{n}@example.com"), f"10.{n >> 8}.{n & 255}.7")
        began = time.process_time()
        sent = send_due(world)
        cpu = time.process_time() - began
        assert sent == MAILS, sent
        began = time.process_time()
        world.work()
        return {"cpu": cpu, "events": time.process_time() - began, "memory": peak_memory()}


def peak_memory() -> float:
    """MiB. Not ru_maxrss: a child inherits its parent's."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_send()))
