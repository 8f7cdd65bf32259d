"""What would be learnt from a storefront's event: told to people in sentences, and to programs as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from chalicelib.domain.calendar import long_date
from chalicelib.domain.customer import ConsentSaid, PrivacyRequest
from chalicelib.domain.gift import ASK, GIFT, Judgement
from chalicelib.domain.merging import judged, merge
from chalicelib.domain.money import Money, exact
from chalicelib.domain.order import Learnt, Line, Order, Parcel, Refund, View, is_off, order_key
from chalicelib.domain.reason import Reason
from chalicelib.domain.sentences import for_owner, of_signs
from chalicelib.domain.shop import Shop
from chalicelib.ports import Heard, Ignored

_TIMES = "\N{MULTIPLICATION SIGN}"
_ASKED = {
    "export": "Somebody asks what is kept of them.",
    "erase": "Somebody asks to be forgotten.",
    "erase shop": "The shop was removed there: all its orders would be forgotten.",
}


def as_json(heard: Heard, shop: Shop) -> dict[str, Any]:
    """`kind`: order | consent | privacy | ignored, and all that was learnt. What a privacy request asks for is `asks`."""
    told: dict[str, Any] = msgspec.to_builtins(heard)
    match heard:
        case Learnt():
            found, off = _judged(heard, shop)
            gift = {"verdict": found.verdict, "signs": found.signs, "reasons": of_signs(found.signs)}
            return {"kind": "order", **told, "off": off, "gift": gift}
        case PrivacyRequest():
            return {**told, "asks": heard.kind, "kind": "privacy"}
        case ConsentSaid():
            return {"kind": "consent", **told}
        case Ignored():
            return {"kind": "ignored", **told}


def as_lines(heard: Heard, shop: Shop) -> Iterator[str]:
    """For people, a line each."""
    match heard:
        case Learnt():
            yield from _order(heard, shop)
        case PrivacyRequest():
            yield from _asked(heard)
        case ConsentSaid():
            yield from _consent(heard, shop)
        case Ignored():
            yield f"ignored: {heard.why}"


def _judged(learnt: Learnt, shop: Shop) -> tuple[Judgement, str]:
    """The gift, and why the order is off, "" when it stands."""
    found = judged(learnt, shop.gifts)
    return found, is_off(merge(Order(order_key(learnt.source, learnt.order)), learnt, found))


def _order(learnt: Learnt, shop: Shop) -> Iterator[str]:
    found, off = _judged(learnt, shop)
    view, zone = learnt.view, shop.zone
    yield f"Of the order {learnt.order}:" if view is None else f"Order {view.number or 'without a number'} ({learnt.order}):"
    if view is not None:
        yield from _view(view, zone)
    for parcel in learnt.parcels:
        yield from _parcel(parcel, zone)
    for refund in learnt.refunds:
        yield _refund(refund, view, zone)
    if learnt.ask:
        yield f"  its lines are asked of the storefront: {learnt.ask}"
    if view is not None:
        yield from _gift(found)
    if learnt.gone == "restored":
        yield "The storefront has brought it back."
    if off:
        yield f"It is off: {for_owner(Reason('order-off', {'why': off}), zone)}"
    elif view is not None:
        yield "It stands."


def _view(view: View, zone: str) -> Iterator[str]:
    buyer, charged = view.buyer, view.charged
    yield f"  placed     {_at(view.placed_at, zone)}, as it was on {_at(view.seen_at, zone)}"
    if view.confirmation:
        yield f"  confirmed  {view.confirmation}"
    who = (buyer.name or "no name", buyer.address or "no usable e-mail address", buyer.country or "no country", buyer.locale)
    yield f"  buyer      {', '.join(part for part in who if part)}"
    paid = f"; the buyer paid {exact(charged)}" if charged is not None else ""
    yield f"  total      {exact(view.total)}{paid}{_of_it(view)}"
    for line in view.lines:
        yield f"  line       {_line(line, view)}"
    if view.more_lines:
        yield f"  and        {view.more_lines} more"
    if view.codes:
        yield f"  codes      {', '.join(view.codes)}"
    if view.status_url:
        yield f"  status     {view.status_url}"
    if view.part_dispatched:
        yield "  part of it is still to be sent"


def _of_it(view: View) -> str:
    parts = (("postage", view.postage), ("tax", view.tax), ("other", view.other))
    found = [f"{exact(Money(amount, view.total.currency))} {name}" for name, amount in parts if amount]
    return f" (with {', '.join(found)})" if found else ""


def _line(line: Line, view: View) -> str:
    charged = exact(Money(line.charged, view.charged.currency)) if line.charged and view.charged is not None else ""
    ids = (("id", line.id), ("product", line.product), ("variant", line.variant), ("SKU", line.sku))
    said = [
        exact(Money(line.price, view.total.currency)),
        f"paid {charged}" if charged else "",
        *(f"{name}: {value}" if name else value for name, value in line.options),
        f"{line.left} left" if line.left is not None else "",
        "says that it is a gift" if line.for_gift else "",
        *(f"{name} {value}" for name, value in ids if value),
    ]
    return f"{line.quantity} {_TIMES} {line.title or 'without a title'}: {', '.join(part for part in said if part)}"


def _parcel(parcel: Parcel, zone: str) -> Iterator[str]:
    said = [
        f"sent on {_at(parcel.dispatched_at, zone)}" if parcel.dispatched_at else "",
        f"delivered on {_at(parcel.delivered_at, zone)}" if parcel.delivered_at else "not delivered yet",
        "failed, so it does not count" if parcel.failed else "",
        f"{parcel.carrier} {parcel.tracking}".strip(),
        parcel.tracking_url,
    ]
    yield f"  parcel     {parcel.id}: {', '.join(part for part in said if part)}"


def _refund(refund: Refund, view: View | None, zone: str) -> str:
    titles = {line.id: line.title for line in view.lines if line.id} if view is not None else {}
    back = [f"{many} {_TIMES} {titles.get(id_) or f'line {id_}'}" for id_, many in refund.lines.items()]
    return f"  refund     {refund.id}: {', '.join([exact(refund.amount), *back])}, on {_at(refund.at, zone)}"


def _gift(found: Judgement) -> Iterator[str]:
    verdict = {GIFT: "It is a gift.", ASK: "It may be a gift: you would be asked."}.get(found.verdict, "It is no gift.")
    yield " ".join([verdict, *of_signs(found.signs)])
    if found.verdict in (GIFT, ASK) and found.gift is not None:
        gift = found.gift
        yield f"  recipient  {', '.join(part for part in (gift.recipient or 'no name', gift.address, *gift.postal, gift.country) if part)}"
        if gift.message:
            yield f"  message    {gift.message}"


def _consent(said: ConsentSaid, shop: Shop) -> Iterator[str]:
    who = f"{said.name} <{said.address}>" if said.name else said.address
    yield f"{who} said {said.said} to marketing by e-mail{f' on {_at(said.at, shop.zone)}' if said.at else ', without a time'}."
    if said.said == "yes":
        yield (
            "They confirmed it from their own mailbox."
            if said.confirmed
            else "They have not confirmed it from their own mailbox."
        )


def _asked(request: PrivacyRequest) -> Iterator[str]:
    yield _ASKED[request.kind]
    if request.dedupe_key:
        yield f"  address    {request.dedupe_key}"
    if request.orders:
        yield f"  orders     {', '.join(request.orders)}"


def _at(at: datetime, zone: str) -> str:
    return f"{long_date(at, zone)} at {at.astimezone(ZoneInfo(zone)):%H:%M}"
