"""All that is kept of a person, for them to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.ports import World
from chalicelib.stores import orders, pages, plans, vouchers
from chalicelib.table import DUE, INDEXES, Item, Key, Value
from chalicelib.usecases.list_facts import list_facts
from chalicelib.usecases.who import orders_left

_OURS = ("pk", "sk", *INDEXES[DUE])
_CALLED: Mapping[str, str] = {"f": "follow-up", "asked": "asked consent", "offer": "offer mark", "order": "order mark"}
"""What an item is called where its key does not say it."""


def tell_all(world: World, person: str, order_keys: Iterable[str] = ()) -> bytes:
    """JSON: what is kept under their id, their vouchers and their orders. A gift's recipient is somebody else: of them nothing is told. Errors: Retryable."""
    about = list(pages.below(world.table, f"P#{person}")) if person else []
    keys = sorted({*order_keys, *(orders_left(world, person) if person else ())})
    codes = [str(item["code"]) for item in about if str(item["sk"]).startswith(vouchers.ISSUED)]
    others: list[Key] = [plans.floor_key(person)] if person else []
    found = world.table.get_many([*map(orders.key, keys), *map(vouchers.key, codes), *others])
    placed = [found[orders.key(key)] for key in keys if orders.key(key) in found]
    rest = [_told(found[key], "below the floor") for key in others if key in found]
    told = {
        "about": [_told(item, _kind_of(item)) for item in about] + rest,
        "vouchers": [_plain(found[vouchers.key(code)]) for code in codes if vouchers.key(code) in found],
        "orders": [_plain(_own(item, person)) for item in placed],
        "facts": list_facts(world, person) if person else (),
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2)


def _kind_of(item: Item) -> str:
    begins = str(item["sk"]).partition("#")[0].lower()
    return _CALLED.get(begins, begins)


def _told(item: Item, kind: str) -> dict[str, Value]:
    """`kind`: what is kept; where it has a kind of its own, such as a fact, that is told as `of`."""
    plain = _plain(item)
    own = {"of": plain.pop("kind")} if "kind" in plain else {}
    return {"kind": kind, **own, **plain}


def _plain(item: Item) -> dict[str, Value]:
    return {name: value for name, value in item.items() if name not in _OURS}


def _own(order: Item, person: str) -> Item:
    """Without what was planned for a gift's recipient."""
    planned = order.get("follow_ups")
    return (
        {**order, "follow_ups": {who: due for who, due in planned.items() if who == person}}
        if isinstance(planned, dict)
        else order
    )
