"""What the owner changed in the playbook or among the products is noticed: a rule that is switched on leaves the past alone, and everybody with
a plan is looked at anew, some at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec

from chalicelib.domain.ahead import LOOK_AGAIN
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.products import Products
from chalicelib.domain.triggers import MOMENTS
from chalicelib.errors import Lost
from chalicelib.ports import World
from chalicelib.stores import plans, rules
from chalicelib.stores.rules import Known

AT_ONCE = 100
COMES_BACK_WITHIN = timedelta(hours=1)
FROM_THE_START = "-"


def note_rules(world: World) -> Mapping[str, datetime]:
    """From when each rule is on, of those that were not always. Errors: Retryable."""
    now, before = world.clock.now(), rules.load(world.table.get(rules.KEY, strong=False))
    known = _noticed(before, world.playbook, world.products, now)
    if known.cursor:
        known = _look_at_some(world, known, now)
    if before is None or known != before:
        known = msgspec.structs.replace(known, version=known.version + 1)
        with suppress(Lost):  # another worker noticed, too
            world.table.write(rules.put(known, before))
    return rules.on_since(known, known.since, now)


def _noticed(before: Known | None, playbook: Playbook, products: Products, now: datetime) -> Known:
    on, looked = [rule.name for rule in playbook.rules if rule.mode != "off"], _print(playbook, products)
    if before is None:
        return Known(since=dict.fromkeys(on), looked=looked)  # nothing is past where nothing was before
    gone = {name: before.gone.get(name, now) for name in before.since}
    kept = {name: before.since[name] for name, at in gone.items() if now < at + COMES_BACK_WITHIN}
    since = {**kept, **{name: kept.get(name, now) for name in on}}
    gone = {name: gone[name] for name in kept if name not in on}
    cursor = before.cursor if looked == before.looked else FROM_THE_START
    return msgspec.structs.replace(before, since=since, gone=gone, looked=looked, cursor=cursor)


def _print(playbook: Playbook, products: Products) -> str:
    """The same while nothing changed that time and a person's history are judged by."""
    judged_by = [rule for rule in playbook.rules if rule.trigger in MOMENTS], products
    return hashlib.sha256(msgspec.json.encode(judged_by)).hexdigest()[:16]


def _look_at_some(world: World, known: Known, now: datetime) -> Known:
    """Knows where to go on. Who has been looked at stands in the same list, farther on, so it is gone through only to where its end was."""
    begins = known.cursor == FROM_THE_START
    until = now + LOOK_AGAIN if begins or known.until is None else known.until
    persons, following = plans.between(world.table, now, until, AT_ONCE, None if begins else known.cursor)
    for person in persons:
        world.table.write(plans.look(person, now))
    return msgspec.structs.replace(known, cursor=following or "", until=until if following else None)
