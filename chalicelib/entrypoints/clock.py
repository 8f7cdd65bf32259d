"""The clock: once a minute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalice import Chalice, Rate
from chalice.app import CloudWatchEvent

from chalicelib.ports import World


def register(app: Chalice, world: Callable[[], World]) -> Callable[..., Any]:
    """Adds the function; app.py must hold it under its name, where Lambda looks."""

    @app.schedule(Rate(1, unit=Rate.MINUTES), name="tick")
    def each_minute(event: CloudWatchEvent) -> dict[str, int]:  # noqa: ARG001 - it only says the time
        from chalicelib.usecases.tick import tick

        return {"sent": tick(world())}

    worker: Callable[..., Any] = each_minute
    return worker
