"""Planning: what an order, or anything else that happened, makes of the playbook's rules: the follow-ups that there should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import Struct

from chalicelib.domain import follow_up as fu
from chalicelib.domain.calendar import days_after, instant, stamp
from chalicelib.domain.follow_up import FollowUp, follow_up_id
from chalicelib.domain.gift import NOT, Gift, recipient_key
from chalicelib.domain.order import ESTIMATED, Arrival, Order, arrival, is_off, live_parcels, off_since
from chalicelib.domain.playbook import BUYER, RECIPIENT, Playbook, Rule, Trigger
from chalicelib.domain.reason import Reason
from chalicelib.domain.retention import recipient_kept_until
from chalicelib.domain.shop import Shop
from chalicelib.domain.standing import SERVICE
from chalicelib.domain.triggers.moment import Moment


def applies(rule: Rule, shop: Shop) -> bool:
    """Whether the rule stands, given what the storefront sends by itself."""
    match rule.unless:
        case "storefront sends receipt":
            return not shop.storefront.sends_receipt
        case "storefront sends dispatch":
            return not shop.storefront.sends_dispatch
        case _:
            return True


def planned(
    rule: Rule,
    person: str,
    anchor: str,
    since: datetime,
    why: Reason,
    shop: Shop,
    now: datetime,
    *,
    extra: Mapping[str, str] | None = None,
    occurrence: str = "",
) -> FollowUp:
    """The follow-up that a rule makes of something that happened at `since`. Service mail is due at once, the rest at the send hour."""
    return from_moment(rule, person, Moment(anchor, _due(rule, since, shop), why, occurrence, dict(extra or {})), now)


def _due(rule: Rule, since: datetime, shop: Shop) -> datetime:
    if rule.message_class == SERVICE and not rule.after_days:
        return since
    hour = shop.manners.send_hour if rule.send_hour is None else rule.send_hour
    return days_after(since, rule.after_days, hour, shop.zone)


def wanted(
    order: Order,
    gift: Gift | None,
    playbook: Playbook,
    shop: Shop,
    person_id: Callable[[str], str],
    now: datetime,
    on_since: Mapping[str, datetime] = MappingProxyType({}),
) -> list[FollowUp]:
    """Every follow-up that the order as it stands should have. `person_id`: dedupe key → person. `on_since`: from when a rule is on, where
    it was not always: what happened before is the past, and left alone, but for what was planned already.

    None for an order that is off (is_off), of the past or erased, for a buyer without an address, for a recipient who is the buyer.
    """
    if order.view is None or is_off(order) or order.history or order.erased:
        return []
    buyer = person_id(order.view.buyer.dedupe_key) if order.view.buyer.dedupe_key else ""
    # a gift that the buyer takes along goes to somebody whom we cannot name
    known = gift is not None and order.is_gift and (gift.recipient or gift.address or gift.person)
    recipient = recipient_of(order, gift, person_id) if gift is not None and known else ""
    people = {BUYER: buyer, RECIPIENT: "" if recipient == buyer else recipient}
    found = []
    for trigger, since, why in _happened(order, shop):
        for rule in playbook.of(trigger):
            person = people.get(rule.to, "")
            if person and applies(rule, shop) and _meets(rule, order):
                one = planned(rule, person, order.key, since, why(rule), shop, now)
                if since >= on_since.get(rule.name, since) or one.id in order.follow_ups:
                    found.append(one)
    return found


def _meets(rule: Rule, order: Order) -> bool:
    match rule.audience:
        case "own":
            return order.verdict == NOT
        case "gift":
            return order.is_gift
        case _:
            return True


def recipient_of(order: Order, gift: Gift, person_id: Callable[[str], str]) -> str:
    """The recipient's id. `person_id`: dedupe key → person."""
    return gift.person or person_id(recipient_key(gift) or order.key)


def forget_recipient_at(order: Order, playbook: Playbook, shop: Shop) -> datetime | None:
    """When the data of the order's recipient are deleted; None where there is no recipient."""
    if order.verdict == NOT or order.view is None:
        return None
    arrived = arrival(order, shop.arrivals, shop.zone)
    notes = [rule.after_days for rule in playbook.of("arrival") if rule.to == RECIPIENT] if arrived else []
    note_due = days_after(arrived.at, max(notes), shop.manners.send_hour, shop.zone) if arrived and notes else None
    return recipient_kept_until(order.view.placed_at, arrived.at if arrived else None, note_due, off_since(order))


def _happened(order: Order, shop: Shop) -> list[tuple[Trigger, datetime, Callable[[Rule], Reason]]]:
    events: list[tuple[Trigger, datetime, Callable[[Rule], Reason]]] = []
    if order.view is not None:
        placed = order.view.placed_at
        events.append(("order", placed, lambda _: Reason("order-placed", {"at": stamp(placed)})))
    arrived = arrival(order, shop.arrivals, shop.zone)
    tracked = [
        parcel.dispatched_at
        for parcel in live_parcels(order)
        if parcel.dispatched_at and (parcel.tracking or parcel.tracking_url)
    ]
    if tracked and (arrived is None or arrived.how == ESTIMATED):  # what is here already is no longer on its way
        sent = min(tracked)
        events.append(("dispatch", sent, lambda _: Reason("dispatched", {"at": stamp(sent)})))
    if arrived:
        events.append(("arrival", arrived.at, lambda rule: _why_arrived(arrived, rule)))
    return events


def _why_arrived(arrived: Arrival, rule: Rule) -> Reason:
    if arrived.how == ESTIMATED:
        return Reason("should-have-arrived", {"at": stamp(arrived.at), "days": rule.after_days, "role": rule.to})
    return Reason("arrived", {"at": stamp(arrived.at), "days": rule.after_days, "role": rule.to})


def from_moment(rule: Rule, person: str, moment: Moment, now: datetime) -> FollowUp:
    """The follow-up that a rule makes of a moment which its trigger found."""
    return FollowUp(
        id=follow_up_id(rule.name, person, moment.anchor, moment.occurrence),
        rule=rule.name,
        person=person,
        anchor=moment.anchor,
        role=rule.to,
        message_class=rule.message_class,
        state=fu.PLANNED,
        reason=moment.why,
        why=moment.why,
        due_at=moment.at,
        look_at=moment.at,
        created_at=now,
        expires_at=moment.at + fu.lifetime(rule.message_class, rule.expires_after),
        expires_after=rule.expires_after,
        extra=dict(moment.extra),
    )


class Changes(Struct, frozen=True):
    """What to do so that an order has the follow-ups that it should: plan, plan again, move in time, call off (by id)."""

    plan: tuple[FollowUp, ...] = ()
    plan_again: tuple[FollowUp, ...] = ()
    move: tuple[FollowUp, ...] = ()
    call_off: tuple[str, ...] = ()


def changes(known: Mapping[str, str], wanted: list[FollowUp]) -> Changes:
    """`known`: id → due stamp of each that was planned before, "" for one called off, which may be planned anew."""
    by_id = {one.id: one for one in wanted}
    return Changes(
        plan=tuple(one for one in wanted if one.id not in known),
        plan_again=tuple(one for one in wanted if known.get(one.id) == ""),
        move=tuple(one for one in wanted if known.get(one.id) and instant(known[one.id]) != one.due_at),
        call_off=tuple(id_ for id_, due in known.items() if due and id_ not in by_id),
    )
