"""Facts that people stated, under their person. What their orders state is read from the orders each time."""

from __future__ import annotations

from chalicelib.domain.fact import Fact
from chalicelib.ports import Table
from chalicelib.stores import pages
from chalicelib.stores.codec import from_item, to_item
from chalicelib.table import Delete, Equals, Item, Key, Missing, Put

PREFIX = "FACT#"


def key(person: str, kind: str, about: str) -> Key:
    """There is one of a kind about one thing."""
    return f"P#{person}", f"{PREFIX}{kind}#{about}"


def load(item: Item) -> Fact:
    """From its item."""
    return from_item(item, Fact)


def of_person(table: Table, person: str) -> list[Fact]:
    """All that they stated and that is kept."""
    return [load(item) for item in pages.below(table, f"P#{person}", prefix=PREFIX)]


def put(person: str, fact: Fact) -> Put:
    """In place of what they said before."""
    return Put(to_item(key(person, fact.kind, fact.about), fact))


def put_newer(person: str, fact: Fact, before: Item | None) -> Put:
    """In place of the one read before; loses when another came between."""
    unchanged = Missing() if before is None else Equals("at", str(before["at"]))
    return Put(to_item(key(person, fact.kind, fact.about), fact), when=(unchanged,))


def forget(person: str, fact: Fact) -> Delete:
    """As if it had never been said."""
    return Delete(key(person, fact.kind, fact.about))
