"""By-hand tasks: under their person, and in the due index until they are done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import person_of
from chalicelib.domain.task import Outcome, Task
from chalicelib.ports import Table
from chalicelib.stores import pages
from chalicelib.stores.codec import from_item, to_item
from chalicelib.table import Exists, Item, Key, Lacks, Missing, Put, Update, Value

PREFIX = "TASK#"
_PARTITION = "DUE#0#tasks"


def key(id_: str) -> Key:
    """Of the task's item. Errors: ValueError for what is no task's id."""
    return f"P#{person_of(id_)}", f"{PREFIX}{id_}"


def load(item: Item) -> Task:
    """From its item."""
    return from_item(item, Task)


def put(task: Task) -> Put:
    """To be done. Loses when it was handed over before."""
    due = {"due_pk": _PARTITION, "due_sk": f"{stamp(task.due_at)}#{task.id}"} if task.is_open else {}
    return Put(to_item(key(task.id), task, **due), when=(Missing(),))


def done(task: Task, outcome: Outcome, words: str, now: datetime) -> Update:
    """What became of it. Loses when that was said before."""
    told: dict[str, Value] = {"words": words} if words else {}
    return Update(
        key(task.id),
        set={"done_at": stamp(now), "outcome": outcome, **told},
        remove=("due_pk", "due_sk"),
        when=(Exists(), Lacks("done_at")),
    )


def of_person(table: Table, person: str) -> list[Task]:
    """All of a person's, by id."""
    return [load(item) for item in pages.below(table, f"P#{person}", prefix=PREFIX)]


def load_many(table: Table, ids: Sequence[str]) -> dict[str, Task]:
    """By id; those that are gone are left out. Errors: ValueError for what is no task's id."""
    return {found.id: found for item in table.get_many([key(id_) for id_ in ids]).values() for found in [load(item)]}


def open_ones(table: Table) -> list[Task]:
    """All that is still to be done, the soonest due first."""
    found = map(load, pages.waiting_in(table, _PARTITION))
    return sorted((one for one in found if one.is_open), key=lambda one: (one.due_at, one.id))
