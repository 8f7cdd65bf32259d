"""All that is kept of a person, for them to read."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from chalicelib.ports import World
from chalicelib.stores import orders, pages
from chalicelib.table import DUE, INDEXES, Item
from chalicelib.usecases.list_facts import list_facts

_OURS = ("pk", "sk", *INDEXES[DUE])


def tell_all(world: World, person: str, order_keys: Iterable[str] = ()) -> bytes:
    """JSON: what is kept under their id, and their orders. A gift's recipient is somebody else: of them nothing is told. Errors: Retryable."""
    about = list(pages.below(world.table, f"P#{person}")) if person else []
    keys = sorted({*order_keys, *(orders.keys_of(world.table, person) if person else ())})
    found = world.table.get_many([orders.key(key) for key in keys])
    told = {
        "about": [{"kind": str(item["sk"]).partition("#")[0].lower(), **_plain(item)} for item in about],
        "orders": [_plain(item) for item in found.values()],
        "facts": list_facts(world, person) if person else (),
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2)


def _plain(item: Item) -> dict[str, object]:
    return {name: value for name, value in item.items() if name not in _OURS}
