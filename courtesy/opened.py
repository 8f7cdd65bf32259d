"""The shop that a command is about: its settings, and what it has kept."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.config import Settings, settings
from chalicelib.errors import Misconfigured


def chosen(asked: argparse.Namespace, url: str = "") -> Settings:
    """By --on, --data and the environment. `url`: where the shop answers, if that is known. Errors: Misconfigured."""
    environment = {**os.environ, "COURTESY_PLATFORM": asked.on}
    if asked.data is not None:
        environment["COURTESY_DATA"] = str(asked.data)
    if url:
        environment["COURTESY_URL"] = url
    return settings(environment)


@contextmanager
def opened(asked: argparse.Namespace, *, table: Path | None = None) -> Iterator[LocalWorld]:
    """What a shop has kept; `table` is looked at in place of its own. Errors: Misconfigured when there is nothing."""
    where = chosen(asked)
    if not (table or where.data / "table.db").exists():
        raise Misconfigured(f"No shop has run on {where.data} yet: start one with courtesy up.")
    world = LocalWorld(where, table=table)
    try:
        yield world
    finally:
        world.close()
