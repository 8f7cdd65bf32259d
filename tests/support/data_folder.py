"""What lies in a data folder, looked at and changed as a command would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.config import ROOT, Settings


def with_world(data: Path, do: Callable[[LocalWorld], Any]) -> Any:
    """What `do` gives, of the world of that folder and our own example shop."""
    world = LocalWorld(Settings("local", ROOT / "shop", data))
    try:
        return do(world)
    finally:
        world.close()
