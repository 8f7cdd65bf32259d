"""Errands at the storefront: in the due index until they are done."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain.calendar import stamp
from chalicelib.domain.errand import Errand
from chalicelib.ports import Table
from chalicelib.stores import pages
from chalicelib.stores.codec import from_item, to_item
from chalicelib.table import DUE, Delete, Equals, Exists, Item, Key, Put, Update

FIRST_WAIT = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)
_PARTITION = "DUE#0#errands"


def key(id_: str) -> Key:
    """By its id."""
    return f"E#{id_}", "ERRAND"


def load(item: Item | None) -> Errand | None:
    """None when it is done, or was never asked for."""
    return from_item(item, Errand) if item is not None else None


def put(errand: Errand) -> Put:
    """To be done; in place of another of the same id. The clock finds it where the hint was lost."""
    return Put(to_item(key(errand.id), errand, due_pk=_PARTITION, due_sk=_due(errand, errand.not_before + FIRST_WAIT)))


def _due(errand: Errand, at: datetime) -> str:
    return f"{stamp(at)}#{errand.id}"


def due(table: Table, now: datetime, limit: int = 50) -> list[Errand]:
    """Those that are to be tried by now."""
    page = table.query_index(DUE, _PARTITION, high=f"{stamp(now)}~", limit=limit)
    items = table.get_many([entry.key for entry in page.entries])
    return [errand for item in items.values() if (errand := load(item)) is not None]


def all_of(table: Table) -> list[Errand]:
    """Every one that is still to be done, the soonest first."""
    found = [errand for item in pages.waiting_in(table, _PARTITION) if (errand := load(item)) is not None]
    return sorted(found, key=lambda errand: (errand.not_before, errand.id))


def next_due(table: Table, after: datetime) -> str | None:
    """The stamp of the first time after `after` at which one is to be tried, or None."""
    page = table.query_index(DUE, _PARTITION, low=f"{stamp(after)}~", limit=1)
    return page.entries[0].sort.partition("#")[0] if page.entries else None


def put_off(errand: Errand, now: datetime) -> Update:
    """Looked at again after a wait that doubles. Loses when it is done, or another took its place."""
    wait = min(FIRST_WAIT * 2 ** min(errand.tries, 10), LONGEST_WAIT)
    return Update(
        key(errand.id), set={"due_sk": _due(errand, now + wait)}, add={"tries": 1}, when=(Exists(), Equals("kind", errand.kind))
    )


def could_not(errand: Errand, problem: str) -> Update:
    """Why it was not done; it is tried again. Loses when it is done, or another took its place."""
    return Update(key(errand.id), set={"problem": problem}, when=(Exists(), Equals("kind", errand.kind)))


def done(errand: Errand) -> Delete:
    """Loses when another took its place."""
    return Delete(key(errand.id), when=(Equals("kind", errand.kind),))
