"""Rules as the table knows them: from when each is on, so that one that is switched on leaves the past alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct, field

from chalicelib.stores.codec import from_item, to_item
from chalicelib.table import Condition, Equals, Item, Key, Missing, Put

KEY: Key = ("RULES", "RULES")


class Known(Struct, frozen=True, omit_defaults=True):
    """`since`: rule → from when it is on; None: always. One that is not there is off, or not known yet. `gone`: since when one is off, for a
    while: two versions may run side by side, and a rule that comes back so soon was never off. `looked`: of what everybody was
    last looked at anew for, and `cursor`: how far that is, "" at its end; `until`: whose next look lies later has been looked at since it began. `version` counts the writes.
    """

    since: dict[str, datetime | None] = field(default_factory=dict)
    gone: dict[str, datetime] = field(default_factory=dict)
    looked: str = ""
    cursor: str = ""
    until: datetime | None = None
    version: int = 0


def load(item: Item | None) -> Known | None:
    """None where nothing has run yet."""
    return from_item(item, Known) if item is not None else None


def put(known: Known, before: Known | None) -> Put:
    """One version on; loses when another came between."""
    when: tuple[Condition, ...] = (Equals("version", before.version),) if before is not None else (Missing(),)
    return Put(to_item(KEY, known, version=known.version), when=when)


def on_since(known: Known | None, on: Iterable[str], now: datetime) -> Mapping[str, datetime]:
    """Of those rules that were not always on. `on`: those that are; one that nobody has noticed yet is on from now."""
    if known is None:
        return {}
    return {name: at for name in on if (at := known.since.get(name, now)) is not None}
