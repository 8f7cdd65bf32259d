"""One more event of an order.

read the order → merge → plan → one transaction: order, recipient, follow-ups planned, moved and called off, voucher spent → hint
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import CANCELLED, HELD, PLANNED, FollowUp
from chalicelib.domain.gift import NOT, Gift
from chalicelib.domain.identity import person_id
from chalicelib.domain.merging import judged, merge, merge_gift
from chalicelib.domain.order import Learnt, Order, View, is_off, order_key
from chalicelib.domain.planning import changes, forget_recipient_at, recipient_of, wanted
from chalicelib.domain.playbook import RECIPIENT, Trigger
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import End
from chalicelib.domain.voucher import Voucher, readings
from chalicelib.errors import Lost, Retryable
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import connections, follow_ups, orders, people, rules, vouchers
from chalicelib.table import Action
from chalicelib.usecases.plan_person import look_again
from chalicelib.usecases.who import buyer_of

TRIES = 6

TAKES: tuple[Trigger, ...] = ("order", "dispatch", "arrival")
"""What an order sets off."""


def take_order(world: World, learnt: Learnt) -> Order:
    """The order as it now stands. Events commute, and a repeat writes nothing. Errors: Retryable."""
    key = order_key(learnt.source, learnt.order)
    for _ in range(TRIES):
        now = world.clock.now()
        found = world.table.get_many([orders.key(key), orders.gift_key(key), rules.KEY])
        on = [rule.name for rule in world.playbook.rules if rule.mode != "off"]
        on_since = rules.on_since(rules.load(found.get(rules.KEY)), on, now)
        before = orders.load(found.get(orders.key(key)), key)
        kept = orders.load_gift(found.get(orders.gift_key(key)), before, now)
        if before.view is None and learnt.view is not None and _is_past(world, learnt.source, learnt.view):
            learnt = msgspec.structs.replace(learnt, history=True)
        after, actions = _decide(world, learnt, before, kept, now, on_since)
        if not actions:
            return after
        for person in {buyer_of(world, before), buyer_of(world, after)} - {""}:
            look_again(world, person)
        try:
            world.table.transact(actions, world.ids.token())
        except Lost:
            continue  # another event of the order came between, or a follow-up moved on: look again
        if any(due and due <= stamp(now) and before.follow_ups.get(id_) != due for id_, due in after.follow_ups.items()):
            world.queue.put(DUE_NOW, {"why": "order"})
        return after
    raise Retryable("The order changes too quickly; it is taken again in a moment.")


def _decide(
    world: World, learnt: Learnt, before: Order, kept: Gift | None, now: datetime, on_since: Mapping[str, datetime]
) -> tuple[Order, list[Action]]:
    if before.erased:
        return before, []  # its buyer asked for that, and no event brings them back
    found = judged(learnt, world.shop.gifts)
    merged = merge(before, learnt, found)
    gift = _spared(world, before, _gift(before, merged, merge_gift(before, kept, learnt, found), now))
    due = wanted(merged, gift, world.playbook, world.shop, _person_id(world), now, on_since)
    planning = _reconcile(world, merged, due)
    until = _gift_until(world, before, merged, noted=planning.noted, now=now)
    if until is not None and now >= until:
        gift = None  # heard of after its recipient's day: nothing of them is kept
    spent = _spent(world, merged, learnt)
    after = msgspec.structs.replace(
        merged,
        gift_until=until,
        follow_ups=planning.known,
        vouchers=tuple(sorted({*merged.vouchers, *(voucher.code for voucher in spent)})),
    )
    if after == before and gift == kept:
        return before, []
    after = msgspec.structs.replace(after, version=before.version + 1)
    actions: list[Action] = [
        orders.put(after, before, now),
        *_listed(world, before, after, now),
        *planning.actions,
        *(vouchers.redeem(one, after.key, now) for one in spent),
    ]
    if gift is not None and (gift != kept or after.gift_until != before.gift_until):
        actions.append(orders.put_gift(after, gift))
    elif gift is None and kept is not None:
        actions.append(orders.forget_gift(after.key))
    return after, actions


def _is_past(world: World, source: str, view: View) -> bool:
    """Whether it was placed before the shop was connected with its storefront: then it is known, and nothing is planned from it."""
    connection = connections.load(world.table.get(connections.key(source), strong=False))  # written once, long ago
    return connection is not None and view.placed_at < connection.connected_at


def _gift(before: Order, merged: Order, gift: Gift | None, now: datetime) -> Gift | None:
    if merged.verdict == NOT or (before.gift_until is not None and now >= before.gift_until):
        return None  # nobody's, or forgotten on its day: a late event does not bring the recipient back
    return gift


def _listed(world: World, before: Order, after: Order, now: datetime) -> list[Action]:
    """So that all orders of a person are found. Most are by their follow-ups, which cost nothing more; the others are listed."""
    was, is_ = (_listed_for(world, order) for order in (before, after))
    if was == is_:
        return []
    return [
        *([orders.unlist(was, after.key)] if was else []),
        *([orders.list_for(is_, after.key, now)] if is_ else []),
    ]


def _listed_for(world: World, order: Order) -> str:
    person = buyer_of(world, order)
    return "" if any(id_.startswith(f"{person}-") for id_ in order.follow_ups) else person


def _person_id(world: World) -> Callable[[str], str]:
    return lambda key: person_id(world.secrets.people, key)


def _spared(world: World, before: Order, gift: Gift | None) -> Gift | None:
    """Of somebody to whom no note can go any more, nothing is kept but the id: they said stop, or had their one note for another gift."""
    if gift is None or gift.person:
        return gift
    person = recipient_of(before, gift, _person_id(world))
    standing = people.load_standing(world.table.get(people.standing_key(person)), person)
    noted_for_another = standing.noted and standing.noted not in before.follow_ups
    return Gift(person=person) if standing.stopped_at or standing.never_at or noted_for_another else gift


def _gift_until(world: World, before: Order, merged: Order, *, noted: bool, now: datetime) -> datetime | None:
    if before.gift_until is not None and (noted or now >= before.gift_until):
        return before.gift_until  # past, or named in the note that they have
    return forget_recipient_at(merged, world.playbook, world.shop)


class _Planning(Struct, frozen=True):
    actions: list[Action]
    known: dict[str, str]
    noted: bool
    """The recipient's note is on its way or was sent."""


def _reconcile(world: World, order: Order, due: list[FollowUp]) -> _Planning:
    known = order.follow_ups
    todo = changes(known, due)
    # what is to be planned may be there already: the order is forgotten long before its follow-ups are
    touched = [
        *(one.id for one in (*todo.plan, *todo.move)),
        *todo.call_off,
        *(id_ for id_, due_at in known.items() if not due_at),
    ]
    found = follow_ups.load_many(world.table, touched) if touched else {}
    states = {id_: one.state for id_, one in found.items()}
    waiting = {id_ for id_, state in states.items() if state in (PLANNED, HELD)}
    off = Reason("order-off", {"why": is_off(order)}) if is_off(order) else Reason("precondition-gone")
    actions: list[Action] = [
        *(follow_ups.put(one) for one in todo.plan if one.id not in states),
        *(follow_ups.put_again(one) for one in (*todo.plan, *todo.plan_again) if states.get(one.id) == CANCELLED),
        *(follow_ups.move(one) for one in todo.move if one.id in waiting),
        *(follow_ups.end(id_, End(CANCELLED, off)) for id_ in todo.call_off if id_ in waiting),
    ]
    after = {**known, **{one.id: stamp(one.due_at) for one in due}, **dict.fromkeys(todo.call_off, "")}
    noted = any(one.role == RECIPIENT and one.state not in (PLANNED, HELD, CANCELLED) for one in found.values())
    return _Planning(actions, after, noted)


def _spent(world: World, order: Order, learnt: Learnt) -> list[Voucher]:
    # spent at the checkout is spent, also where a newer view no longer has the code, or the order was called off after: else the events'
    # order would decide
    views = [view for view in (order.view, learnt.view) if view is not None and not view.test]
    codes = {code for view in views for text in view.codes for code in readings(text)} - set(order.vouchers)
    found = (vouchers.load(world.table.get(vouchers.key(code))) for code in sorted(codes))
    return [voucher for voucher in found if voucher is not None and not voucher.redeemed_by]
