"""The owner's morning mail: when one is due, the next working day's is planned, so that there is always one to come.

One that is still there when the next is due, because sending was paused, has had its day.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.domain.calendar import at_local, local_day, stamp
from chalicelib.domain.follow_up import EXPIRED, FollowUp
from chalicelib.domain.links import OWNER_LINKS
from chalicelib.domain.planning import planned
from chalicelib.domain.playbook import Rule
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import End
from chalicelib.domain.shop import Shop
from chalicelib.errors import Lost
from chalicelib.ports import World
from chalicelib.stores import follow_ups, mornings

FRIDAY = 4


def plan_morning(world: World) -> None:
    """Doing it twice is fine. An owner whose shop slept for days gets one mail for them all. Errors: Retryable."""
    rules = world.playbook.of("working day")
    if not rules:
        return
    now, at = world.clock.now(), mornings.next_at(world.table)
    if at is not None and now < at:
        return
    for rule in rules:
        due = _morning(rule, world.shop, now, 1)
        this = _morning(rule, world.shop, now, -1)
        before = _morning(rule, world.shop, this - timedelta(seconds=1), -1)
        late = End(EXPIRED, Reason("expired", {"due": stamp(before), "expires": stamp(this)}))
        for action in (follow_ups.put(_mail(world, rule, due)), follow_ups.end(_mail(world, rule, before).id, late)):
            with suppress(Lost):  # planned before; gone out, as it should
                world.table.write(action)
    world.table.write(mornings.planned_until(min(_morning(rule, world.shop, now, 1) for rule in rules)))


def _mail(world: World, rule: Rule, due: datetime) -> FollowUp:
    day = local_day(due, world.shop.zone).isoformat()
    return planned(rule, OWNER_LINKS, day, due, Reason("working-day", {"day": day}), world.shop, world.clock.now())


def _morning(rule: Rule, shop: Shop, now: datetime, way: Literal[1, -1]) -> datetime:
    """The send hour of the next Monday to Friday that is still to come, or (-1) of the last that has come. Holidays count, too."""
    hour = shop.manners.send_hour if rule.send_hour is None else rule.send_hour
    day = local_day(now, shop.zone)
    while day.weekday() > FRIDAY or (at_local(day, hour, shop.zone) > now) is not (way == 1):
        day += timedelta(days=way)
    return at_local(day, hour, shop.zone)
