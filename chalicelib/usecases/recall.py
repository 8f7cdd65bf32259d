"""Everything that is known of one person, in one query and one batch: their own items, then the orders and vouchers that these name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.domain.history import History
from chalicelib.domain.playbook import BUYER, GIVER
from chalicelib.ports import World
from chalicelib.stores import facts, follow_ups, inquiries, orders, pages, people, tasks, vouchers
from chalicelib.table import Item
from chalicelib.usecases.who import buyer_of


def recall(world: World, person: str) -> History:
    """Errors: msgspec.ValidationError where any of it cannot be read: unreadable is not "nothing", and nobody is to be sold to on half
    the truth; Retryable.
    """
    now, items = world.clock.now(), list(pages.below(world.table, f"P#{person}"))
    whole = {str(item["sk"]): item for item in items}
    planned = [follow_ups.load(item) for item in _beginning(items, follow_ups.PREFIX)]
    listed = (str(item["sk"]).removeprefix(orders.LISTED) for item in _beginning(items, orders.LISTED))
    placed = sorted({one.anchor for one in planned if one.role in (BUYER, GIVER)} | {*listed})
    codes = [str(item["code"]) for item in _beginning(items, vouchers.ISSUED)]
    found = world.table.get_many([*map(orders.key, placed), *map(vouchers.key, codes)]) if placed or codes else {}
    there = [orders.load(found[orders.key(key)], key) for key in placed if orders.key(key) in found]
    issued = (vouchers.load(found.get(vouchers.key(code))) for code in codes)
    return History(
        person=person,
        standing=people.load_standing(whole.get("STANDING"), person),
        contact=people.load_contact(whole.get("CONTACT"), now),
        orders=tuple(order for order in there if buyer_of(world, order) == person),
        others=tuple(order.key for order in there if buyer_of(world, order) != person),
        follow_ups=tuple(planned),
        facts=tuple(map(facts.load, _beginning(items, facts.PREFIX))),
        inquiries=tuple(map(inquiries.load, _beginning(items, inquiries.PREFIX))),
        tasks=tuple(map(tasks.load, _beginning(items, tasks.PREFIX))),
        vouchers=tuple(voucher for voucher in issued if voucher is not None),
    )


def _beginning(items: Sequence[Item], prefix: str) -> Iterator[Item]:
    return (item for item in items if str(item["sk"]).startswith(prefix))
