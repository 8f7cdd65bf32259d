"""The shop that a command is about: its settings, and what it has kept, on whichever platform it runs."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.bootstrap import AwsWorld
from chalicelib.config import AWS, LOCAL, Settings, settings
from chalicelib.errors import Misconfigured
from chalicelib.ports import World

EMULATED = "emulated"
PLATFORMS = (LOCAL, EMULATED, AWS)


def chosen(asked: argparse.Namespace, url: str = "") -> Settings:
    """By --on, --data and the environment. `url`: where the shop answers, if that is known; COURTESY_URL goes first. Errors: Misconfigured."""
    if asked.on == EMULATED:
        raise Misconfigured("The emulated platform is still to come: use --on local or --on aws.")
    environment = {**os.environ, "COURTESY_PLATFORM": asked.on}
    if asked.data is not None:
        environment["COURTESY_DATA"] = str(asked.data)
    if url:
        environment.setdefault("COURTESY_URL", url)
    return settings(environment)


def chosen_here(asked: argparse.Namespace, url: str = "") -> Settings:
    """As chosen, for what is done on this machine alone. Errors: Misconfigured."""
    found = chosen(asked, url)
    if found.platform != LOCAL:
        raise Misconfigured(f"That is done on the local platform alone: leave out --on {asked.on}.")
    return found


@contextmanager
def opened(asked: argparse.Namespace) -> Iterator[World]:
    """What a shop has kept. Errors: Misconfigured when there is nothing, or its platform cannot be reached."""
    if chosen(asked).platform == LOCAL:
        with opened_here(asked) as world:
            yield world
        return
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield AwsWorld(chosen(asked))
    except (BotoCoreError, ClientError) as error:
        raise Misconfigured(f"AWS did not do it. {str(error).rstrip('.')}.") from None


@contextmanager
def opened_here(asked: argparse.Namespace, *, table: Path | None = None) -> Iterator[LocalWorld]:
    """What a shop on this machine has kept; `table` is looked at in place of its own. Errors: Misconfigured when there is nothing."""
    where = chosen_here(asked)
    if not (table or where.data / "table.db").exists():
        raise Misconfigured(f"No shop has run on {where.data} yet: start one with courtesy up.")
    world = LocalWorld(where, table=table)
    try:
        yield world
    finally:
        world.close()
