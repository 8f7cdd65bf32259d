"""What storefronts sent: one item a delivery, in the due index until it was taken."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.domain.calendar import stamp
from chalicelib.domain.retention import RAW_WEBHOOK
from chalicelib.ports import Table
from chalicelib.stores.codec import from_item, to_item
from chalicelib.table import DUE, TTL, Exists, Item, Key, Lacks, Missing, Put, Update

UNTAKEN_AFTER = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=12)
_PARTITION = "DUE#0#webhooks"
TAKEN, DONE = "taken", "done"
"""Outcomes: something came of it; a request by law was met, and nothing of it is kept."""


class Received(Struct, frozen=True, omit_defaults=True):
    """One verified delivery. `blob` holds its raw body; `outcome` says what became of it, "" until it was taken."""

    id: str
    source: str
    topic: str
    blob: str
    received_at: datetime
    tries: int = 0
    outcome: str = ""


def key(source: str, id_: str) -> Key:
    """By storefront and dedupe id."""
    return f"W#{source}#{id_}", "WEBHOOK"


def folder_of_order(source: str, order: str) -> str:
    """Where the raw bodies about an order lie, by its key."""
    return f"webhooks/{source}/o-{hashlib.sha256(order.encode()).hexdigest()[:20]}"


def folder_of_person(source: str, person: str) -> str:
    """Where those about a customer lie, by their id."""
    return f"webhooks/{source}/p-{person}"


def folder_of_law(source: str) -> str:
    """Where what the law lets people ask for lies, until it is done: apart from what is erased because of it."""
    return f"webhooks/{source}/law"


def id_in(blob: str) -> str:
    """Of the delivery whose raw body has that name: `<folder>/<id>-<hash of the body>`."""
    return blob.rpartition("/")[2].rpartition("-")[0]


def also_known(source: str, also: str, received: Received) -> Put:
    """The other name of a delivery. Loses when an earlier one has it."""
    ttl = int((received.received_at + RAW_WEBHOOK).timestamp())
    return Put({"pk": f"W#{source}#{also}", "sk": "ALSO", "first": received.id, TTL: ttl}, when=(Missing(),))


def first_known(table: Table, source: str, also: str) -> str:
    """The id of the delivery that has that other name, or ""."""
    item = table.get((f"W#{source}#{also}", "ALSO"))
    return str(item["first"]) if item is not None else ""


def load(item: Item | None) -> Received | None:
    """None when there is none."""
    return from_item(item, Received) if item is not None else None


def put(received: Received) -> Put:
    """Kept until its raw body is; loses for a repeat."""
    return Put(
        to_item(
            key(received.source, received.id),
            received,
            due_pk=_PARTITION,
            due_sk=f"{stamp(received.received_at + UNTAKEN_AFTER)}#{received.id}",
            **{TTL: int((received.received_at + RAW_WEBHOOK).timestamp())},
        ),
        when=(Missing(),),
    )


def taken(received: Received, outcome: str) -> Update:
    """Done with. Harmless when said twice."""
    return Update(key(received.source, received.id), set={"outcome": outcome}, remove=("due_pk", "due_sk"), when=(Exists(),))


def is_kept(received: Received) -> bool:
    """Whether its raw body is still there for something: until it is taken, and after that where something came of it."""
    return received.outcome in ("", TAKEN) or received.outcome.startswith("refused")


def untaken(table: Table, now: datetime, limit: int = 100) -> list[Received]:
    """Those that lay for five minutes or more."""
    page = table.query_index(DUE, _PARTITION, high=f"{stamp(now)}~", limit=limit)
    items = table.get_many([entry.key for entry in page.entries])
    return [received for item in items.values() if (received := load(item)) is not None and not received.outcome]


def next_untaken(table: Table, after: datetime) -> str | None:
    """The stamp of the first time after `after` at which one is to be queued again, or None."""
    page = table.query_index(DUE, _PARTITION, low=f"{stamp(after)}~", limit=1)
    return page.entries[0].sort.partition("#")[0] if page.entries else None


def queued_again(received: Received, now: datetime) -> Update:
    """Looked at again after a wait that doubles, so that one bad body never fills the queue."""
    wait = min(UNTAKEN_AFTER * 2 ** min(received.tries + 1, 10), LONGEST_WAIT)
    return Update(
        key(received.source, received.id),
        set={"due_sk": f"{stamp(now + wait)}#{received.id}"},
        add={"tries": 1},
        when=(Exists(), Lacks("outcome")),
    )
