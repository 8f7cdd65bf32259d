"""Plans: when a person is to be looked at next, for whom the clock and not an event decides; and who has fallen below the floor.

Only who agreed to something has a plan, so that looking ahead costs as many reads as there is somebody to be written to.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec import Struct

from chalicelib.domain.calendar import stamp
from chalicelib.domain.floor import Unheard
from chalicelib.logs import failed
from chalicelib.ports import Table
from chalicelib.stores import pages
from chalicelib.stores.codec import from_item, to_item
from chalicelib.table import DUE, Delete, Equals, Item, Key, Put, Update

_PARTITION = "DUE#0#people"
_FLOOR = "FLOOR"


class Plan(Struct, frozen=True, omit_defaults=True):
    """`look_at`: when the person is looked at next. `times`: how often that was written, so that whoever looked notices a newer wish. `below`:
    the owner was told that they are below the floor. `over`: there is nothing to look for until they agree to something again; kept, so
    that `times` never begins anew.
    """

    person: str
    look_at: datetime
    times: int = 0
    below: bool = False
    over: bool = False


def key(person: str) -> Key:
    """The person's plan."""
    return f"P#{person}", "PLAN"


def floor_key(person: str) -> Key:
    """Under which the owner is told that they are below the floor."""
    return _FLOOR, person


def load(item: Item | None) -> Plan | None:
    """None where there is nobody to look at."""
    return from_item(item, Plan) if item is not None and not item.get("over") else None


def look(person: str, at: datetime) -> Update:
    """They are to be looked at then, whatever was meant before. Never loses."""
    return Update(key(person), set={"person": person, **_due(person, at)}, add={"times": 1}, remove=("over",))


def looked(plan: Plan, next_at: datetime, *, below: bool) -> Update:
    """They have been looked at. Loses when something happened meanwhile."""
    return Update(key(plan.person), set={**_due(plan.person, next_at), "below": below}, when=(Equals("times", plan.times),))


def over(plan: Plan) -> Update:
    """Nothing of them is to be looked at any more. Loses when something happened meanwhile."""
    return Update(
        key(plan.person), set={"over": True, "below": False}, remove=("due_pk", "due_sk"), when=(Equals("times", plan.times),)
    )


def _due(person: str, at: datetime) -> dict[str, str]:
    return {"look_at": stamp(at), "due_pk": _PARTITION, "due_sk": f"{stamp(at)}#{person}"}


def due(table: Table, now: datetime, limit: int) -> list[Plan]:
    """Those whose time has come, oldest first. One that cannot be read stops nobody else."""
    page = table.query_index(DUE, _PARTITION, high=f"{stamp(now)}~", limit=limit)
    items = table.get_many([entry.key for entry in page.entries]) if page.entries else {}
    found = (_readable(items.get(entry.key)) for entry in page.entries)
    return [plan for plan in found if plan is not None and plan.look_at <= now]


def _readable(item: Item | None) -> Plan | None:
    try:
        return load(item)
    except msgspec.ValidationError as error:
        failed("a plan cannot be read", error, person=str(item and item["pk"]).removeprefix("P#"))
        return None


def between(table: Table, now: datetime, until: datetime, limit: int, after: str | None) -> tuple[list[str], str | None]:
    """Persons who are to be looked at later than now, and by `until`, and where to go on."""
    page = table.query_index(DUE, _PARTITION, low=f"{stamp(now)}~", high=f"{stamp(until)}~", limit=limit, after=after)
    return [entry.sort.partition("#")[2] for entry in page.entries], page.next


def next_due(table: Table, after: datetime) -> str | None:
    """The stamp of the first time after `after` at which somebody is to be looked at, or None."""
    page = table.query_index(DUE, _PARTITION, low=f"{stamp(after)}~", limit=1)
    return page.entries[0].sort.partition("#")[0] if page.entries else None


def below_floor(one: Unheard) -> Put:
    """The owner is told of them."""
    return Put(to_item(floor_key(one.person), one))


def above_floor(person: str) -> Delete:
    """The owner is told of them no more."""
    return Delete(floor_key(person))


def all_below_floor(table: Table) -> Iterator[Unheard]:
    """Everybody who agreed and has heard nothing for too long."""
    return (from_item(item, Unheard) for item in pages.below(table, _FLOOR))
