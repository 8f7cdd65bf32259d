"""From one table alone mail goes out: a copy, or one that was put back to an earlier day, must not send what the other sent already."""

from __future__ import annotations

from chalicelib.logs import warn
from chalicelib.ports import World


def is_live(world: World) -> bool:
    """Whether this is the table that the secrets name. Errors: Retryable."""
    if world.table.identity() in world.secrets.live_table.split():
        return True
    warn("nothing is sent: this is not the live table; courtesy restore makes it so")
    return False
