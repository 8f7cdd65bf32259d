"""When the owner's next morning mail is to be planned."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.calendar import instant, stamp
from chalicelib.ports import Table
from chalicelib.table import Put

_KEY = ("OWNER", "MORNING")


def next_at(table: Table) -> datetime | None:
    """None before the first. May be a moment old: planning twice makes one."""
    item = table.get(_KEY, strong=False)
    return instant(str(item["next_at"])) if item is not None else None


def planned_until(at: datetime) -> Put:
    """From then on the next one is to be planned."""
    return Put({"pk": _KEY[0], "sk": _KEY[1], "next_at": stamp(at)})
