"""Orders, and apart from each its gift's recipient, so that the one can be forgotten without the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import person_of
from chalicelib.domain.gift import Gift
from chalicelib.domain.order import Order
from chalicelib.domain.playbook import BUYER, GIVER
from chalicelib.domain.retention import AFTER_LAST_ORDER, NET
from chalicelib.ports import Table
from chalicelib.stores import follow_ups, pages
from chalicelib.stores.codec import from_item, to_item
from chalicelib.table import TTL, Delete, Equals, Exists, Item, Key, Missing, Put, Update, Value

KEPT = AFTER_LAST_ORDER + NET
"""After its last event, as a net: the night forgets it before, or puts that off (domain.retention)."""

LISTED = "ORDER#"


def key(order: str) -> Key:
    """Of the order named so (domain.order.order_key)."""
    return f"O#{order}", "ORDER"


def gift_key(order: str) -> Key:
    """Of its gift's recipient."""
    return f"O#{order}", "GIFT"


def load(item: Item | None, order: str) -> Order:
    """An order of which nothing was heard yet is an empty one."""
    return _from_item(item) if item is not None else Order(order)


def _from_item(item: Item) -> Order:
    found = item.get("follow_ups")
    return from_item({**item, "follow_ups": _ids(found)} if isinstance(found, dict) else item, Order)


def _ids(found: Mapping[str, Value]) -> dict[str, Value]:
    """Whole ids again."""
    each = ((person, due) for person, due in found.items() if isinstance(due, dict))
    return {f"{person}-{digest}": stamp_ for person, due in each for digest, stamp_ in due.items()}


def _by_person(follow_ups_: Mapping[str, str]) -> dict[str, Value]:
    """A person's id once for all of theirs, which keeps a usual order below a kilobyte, where the next write unit begins."""
    found: dict[str, dict[str, Value]] = {}
    for id_, due in follow_ups_.items():
        person = person_of(id_)
        found.setdefault(person, {})[id_.removeprefix(f"{person}-")] = due
    return dict(found)


def load_gift(item: Item | None, order: Order, now: datetime) -> Gift | None:
    """None when there is none, and from the day on which it is to be forgotten: the table may take days to notice."""
    if item is None or order.gift_until is None or now >= order.gift_until:
        return None
    return from_item(item, Gift)


def put(order: Order, before: Order, now: datetime) -> Put:
    """The order one version on, with 25 months more before its net strikes; loses when another event came between."""
    when = (Equals("version", before.version),) if before.version else (Missing(),)
    more = {"follow_ups": _by_person(order.follow_ups)} if order.follow_ups else {}
    return Put(to_item(key(order.key), order, **more, **{TTL: int((now + KEPT).timestamp())}), when=when)


def erased(before: Order, now: datetime) -> Put:
    """What is left of an order once its buyer is forgotten: that it was there, and the ids of its follow-ups."""
    shell = Order(before.key, version=before.version + 1, follow_ups=before.follow_ups, vouchers=before.vouchers, erased=True)
    return put(shell, before, now)


def put_gift(order: Order, gift: Gift) -> Put:
    """The recipient, with the day on which they are forgotten."""
    ttl = {TTL: int(order.gift_until.timestamp())} if order.gift_until else {}
    return Put(to_item(gift_key(order.key), gift, **ttl))


def list_for(person: str, order: str, now: datetime) -> Put:
    """Among the person's own orders, for as long as an order is kept."""
    return Put({"pk": f"P#{person}", "sk": f"{LISTED}{order}", TTL: int((now + KEPT).timestamp())})


def unlist(person: str, order: str) -> Delete:
    """No longer theirs."""
    return Delete((f"P#{person}", f"{LISTED}{order}"))


def keys_of(table: Table, person: str) -> list[str]:
    """The keys of all orders that the person placed, from their follow-ups and from what is listed. Some may be gone already."""
    found = {one.anchor for one in follow_ups.of_person(table, person) if one.role in (BUYER, GIVER)}
    listed = pages.below(table, f"P#{person}", prefix=LISTED)
    return sorted(found | {str(item["sk"]).removeprefix(LISTED) for item in listed})


def of_person(table: Table, person: str) -> list[Order]:
    """All that are kept of the orders that the person placed, in no order."""
    found = table.get_many([key(order) for order in keys_of(table, person)])
    return [_from_item(item) for item in found.values()]


def all_of(table: Table) -> list[Order]:
    """Every order, by key. Reads the whole table: for the owner's lists and the law's requests, never for a visitor."""
    found = (_from_item(item) for item in pages.everything(table) if item["sk"] == "ORDER")
    return sorted(found, key=lambda order: order.key)


def forgotten(order: str, now: datetime) -> Update:
    """From now on the recipient is forgotten, whatever event still comes."""
    return Update(key(order), set={"gift_until": stamp(now)}, add={"version": 1}, when=(Exists(),))


def forget_gift(order: str) -> Delete:
    """The recipient's data, gone."""
    return Delete(gift_key(order))


def thanked(order: Order, at: datetime) -> Update:
    """The recipient's thanks were taken, once."""
    return Update(
        key(order.key),
        set={"thanked_at": stamp(at), "version": order.version + 1},
        when=(Equals("version", order.version),),
    )
