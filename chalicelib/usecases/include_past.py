"""The owner lets a rule that was switched on take what was due before.

its time on is forgotten, and everybody is looked at anew → the orders that it may still follow are taken once more
"""

from __future__ import annotations

import msgspec

from chalicelib.domain.order import Learnt, Order, source_of
from chalicelib.domain.planning import wanted
from chalicelib.domain.playbook import Playbook, Rule
from chalicelib.errors import Conflict, Lost, NotFound
from chalicelib.ports import World
from chalicelib.stores import orders, rules
from chalicelib.usecases.note_rules import FROM_THE_START
from chalicelib.usecases.take_order import TAKES, take_order


def include_past(world: World, name: str) -> None:
    """Only what is not too late already. Doing it twice is fine. Errors: NotFound, Conflict, Retryable."""
    before, rule = rules.load(world.table.get(rules.KEY)), world.playbook.named(name)
    if before is None or rule is None or name not in before.since:
        raise NotFound(
            f'No rule "{name}" is on here: a running shop notices within a minute what you switch on in playbook.toml.'
        )
    known = msgspec.structs.replace(before, since={**before.since, name: None}, cursor=FROM_THE_START, version=before.version + 1)
    try:
        world.table.write(rules.put(known, before))
    except Lost:
        raise Conflict("The playbook changed this moment: ask once more.") from None
    if rule.trigger in TAKES:
        for order in orders.all_of(world.table):
            if _may_follow(world, rule, order):
                source = source_of(order.key)
                take_order(world, Learnt(source, order.key.removeprefix(f"{source}:")))


def _may_follow(world: World, rule: Rule, order: Order) -> bool:
    now, key = world.clock.now(), orders.gift_key(order.key)
    gift = orders.load_gift(world.table.get(key), order, now)
    due = wanted(order, gift, Playbook((rule,)), world.shop, lambda dedupe_key: dedupe_key, now)
    return any(one.expires_at is None or now <= one.expires_at for one in due)
