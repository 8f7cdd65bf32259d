"""The API function from cold: the unpacked zip in a fresh interpreter, imported with its DynamoDB client, as before its first sign-up.

Rounds take turns with a bare interpreter, because the machine's speed changes from minute to minute. botocore is the one
that is installed here, as Lambda has its own; typing_extensions, which msgspec would take up in passing, Lambda has not.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from bench.figures import Figure
from courtesy.package import package

ROUNDS = 11
_PATHS = "import sys; sys.path.insert(0, sys.argv[1]); sys.path.append(sys.argv[2]); sys.modules['typing_extensions'] = None\n"
PROGRAMS = {
    "bare": "",
    "app": "import app",
    "table": "import app; app.bootstrap.world().table",
    "clients": (
        "import app; from chalicelib.adapters.aws import client\n"
        "world = app.bootstrap.world(); world.table, world.queue, world.shop, world.playbook, client('ssm')"
    ),
}
_REPORT = """
import resource
used = resource.getrusage(resource.RUSAGE_SELF)
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(used.ru_utime + used.ru_stime, peak)
"""
_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "COURTESY_PLATFORM": "aws",
    **{
        f"COURTESY_{name}": "none"
        for name in ("TABLE", "BUCKET", "SECRETS", "QUEUE_WEBHOOKS", "QUEUE_DUE_NOW", "SET_SERVICE", "SET_MARKETING")
    },
}


def figures() -> Iterator[Figure]:
    """Medians. CPU in milliseconds since the process began, memory at its highest."""
    with TemporaryDirectory() as folder:
        made = package(Path(folder))
        yield Figure("the zip", made.stat().st_size / 1_000_000, "MB", 3)
        task = Path(folder, "task")
        with ZipFile(made) as zipped:
            zipped.extractall(task)
        seen: dict[str, list[tuple[float, float]]] = {name: [] for name in PROGRAMS}
        for _ in range(ROUNDS + 1):
            for name, program in PROGRAMS.items():
                seen[name].append(_run(task, program))
    cpu = {name: statistics.median(cpu for cpu, _ in found[1:]) for name, found in seen.items()}  # the first warms the disk
    memory = {name: statistics.median(memory for _, memory in found[1:]) for name, found in seen.items()}
    yield Figure("bare interpreter, CPU", cpu["bare"], "ms")
    yield Figure("app imported, CPU", cpu["app"], "ms")
    yield Figure("app imported with its DynamoDB client, CPU", cpu["table"], "ms", 250)
    yield Figure("  the best of the rounds", min(cpu for cpu, _ in seen["table"]), "ms")
    yield Figure("  with SQS and SSM clients, shop and playbook: the first sign-up", cpu["clients"], "ms")
    yield Figure("bare interpreter, memory", memory["bare"], "MiB")
    yield Figure("app imported with its DynamoDB client, memory", memory["table"], "MiB", 52)
    yield Figure("  with SQS and SSM clients, shop and playbook", memory["clients"], "MiB")


def _run(task: Path, program: str) -> tuple[float, float]:
    """CPU milliseconds and MiB, as the child itself reports them."""
    command = [sys.executable, "-I", "-S", "-c", _PATHS + program + _REPORT, str(task), sysconfig.get_path("purelib")]
    done = subprocess.run(command, cwd=task, env={**os.environ, **_ENVIRONMENT}, capture_output=True, text=True, check=True)
    seconds, kilobytes = done.stdout.split()
    return float(seconds) * 1000, int(kilobytes) / 1024
