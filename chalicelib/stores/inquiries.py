"""Inquiries: under their person, and in the due index while somebody waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import person_of
from chalicelib.domain.inquiry import Inquiry
from chalicelib.ports import Table
from chalicelib.stores import pages
from chalicelib.stores.codec import from_item, to_item
from chalicelib.table import Condition, Equals, Exists, Item, Key, Lacks, Missing, Put, Update

PREFIX = "INQUIRY#"
_PARTITION = "DUE#0#inquiries"


def key(id_: str) -> Key:
    """Of the inquiry's item. Errors: ValueError for what is no inquiry's id."""
    return f"P#{person_of(id_)}", f"{PREFIX}{id_}"


def load(item: Item) -> Inquiry:
    """From its item."""
    return from_item(item, Inquiry)


def put(inquiry: Inquiry) -> Put:
    """Somebody waits. Loses when it was opened before."""
    due = {} if not inquiry.is_open else {"due_pk": _PARTITION, "due_sk": f"{stamp(inquiry.opened_at)}#{inquiry.id}"}
    return Put(to_item(key(inquiry.id), inquiry, **due), when=(Missing(),))


def reworded(inquiry: Inquiry, words: str) -> Update:
    """They say more. Loses when it was closed, or said more of, meanwhile."""
    as_read: Condition = Equals("words", inquiry.words) if inquiry.words else Lacks("words")
    return Update(key(inquiry.id), set={"words": words}, when=(Exists(), Lacks("closed_at"), as_read))


def closed(inquiry: Inquiry, outcome: Literal["good", "bad"], now: datetime) -> Update:
    """Nobody waits any more. Loses when it was closed before."""
    return Update(
        key(inquiry.id),
        set={"closed_at": stamp(now), "outcome": outcome},
        remove=("due_pk", "due_sk"),
        when=(Exists(), Lacks("closed_at")),
    )


def of_person(table: Table, person: str) -> list[Inquiry]:
    """All of a person's, by id."""
    return [load(item) for item in pages.below(table, f"P#{person}", prefix=PREFIX)]


def load_many(table: Table, ids: Sequence[str]) -> dict[str, Inquiry]:
    """By id; those that are gone are left out. Errors: ValueError for what is no inquiry's id."""
    return {found.id: found for item in table.get_many([key(id_) for id_ in ids]).values() for found in [load(item)]}


def open_ones(table: Table) -> list[Inquiry]:
    """Everybody who waits for an answer, the longest first."""
    found = map(load, pages.waiting_in(table, _PARTITION))
    return sorted((one for one in found if one.is_open), key=lambda one: (one.opened_at, one.id))
