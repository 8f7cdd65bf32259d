"""Orders: what a storefront's events add up to. Events may come in any order and any number and give one state."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct, field

from chalicelib.domain.calendar import stamp
from chalicelib.domain.gift import Gift
from chalicelib.domain.money import Money

MAX_LINES, MAX_PARCELS = 25, 50
DELIVERED, ENTERED, ESTIMATED = "delivered", "entered", "estimated"


class Buyer(Struct, frozen=True, omit_defaults=True):
    """Who placed the order. `address` is "" where the storefront gave none: then nothing can be sent to them."""

    name: str = ""
    address: str = ""
    dedupe_key: str = ""
    country: str = ""
    locale: str = ""


class Line(Struct, frozen=True, omit_defaults=True):
    """One line item; `price` is the line's total in minor units of the order's currency."""

    title: str
    quantity: int
    price: int
    product: str = ""
    sku: str = ""


class View(Struct, frozen=True, omit_defaults=True):
    """The order as the storefront described it at `seen_at`, its own time. The newest view wins, whole.

    `lines` holds the first 25; `more_lines` counts the rest. `postage`, `tax` (where prices are without) and `other` (a discount is
    below nothing), in minor units, make the sum of all lines into the total. `codes`: discount codes as typed at the checkout.
    `part_dispatched`: the storefront says that some lines are still to be sent.
    """

    seen_at: datetime
    placed_at: datetime
    number: str
    total: Money
    buyer: Buyer
    lines: tuple[Line, ...] = ()
    more_lines: int = 0
    postage: int = 0
    tax: int = 0
    other: int = 0
    codes: tuple[str, ...] = ()
    confirmation: str = ""
    status_url: str = ""
    test: bool = False
    refunded: bool = False
    part_dispatched: bool = False
    cancelled_at: datetime | None = None


class Parcel(Struct, frozen=True, omit_defaults=True):
    """One fulfilment. `delivered_at` is the earliest time at which it was seen delivered; the rest is as last seen.

    `failed`: cancelled or in error, so it never counts.
    """

    id: str
    seen_at: datetime
    dispatched_at: datetime
    delivered_at: datetime | None = None
    failed: bool = False
    carrier: str = ""
    tracking: str = ""
    tracking_url: str = ""


class Learnt(Struct, frozen=True):
    """What one event says, whatever the storefront: of which order, its view (absent in a fulfilment's event), its parcels."""

    source: str
    order: str
    view: View | None = None
    gift: Gift | None = None
    parcels: tuple[Parcel, ...] = ()


class Order(Struct, frozen=True, omit_defaults=True):
    """What is kept of an order. `key` names it across storefronts; `version` counts its writes.

    `cancelled_at` is the earliest cancellation seen and stays. `is_gift`: the newest view states a gift; the recipient's data
    are kept elsewhere, until `gift_until`. `follow_ups`: id → due time of each that was planned from it, "" once called off.
    `thanked_at`: when the recipient wrote their thanks.
    """

    key: str
    version: int = 0
    view: View | None = None
    parcels: tuple[Parcel, ...] = ()
    cancelled_at: datetime | None = None
    is_gift: bool = False
    gift_until: datetime | None = None
    follow_ups: dict[str, str] = field(default_factory=dict)
    vouchers: tuple[str, ...] = ()
    thanked_at: datetime | None = None


class Arrival(Struct, frozen=True):
    """When an order was in the hands of whom it went to; `how`: delivered | entered | estimated."""

    at: datetime
    how: str


def order_key(source: str, order: str) -> str:
    """The name of an order across storefronts. From signed words only: in a header a repeat could call itself another shop's."""
    return f"{source}:{order}"


def merge(order: Order, learnt: Learnt) -> Order:
    """The order with one more event taken in. Commutes, and taking an event twice changes nothing."""
    view, is_gift = order.view, order.is_gift
    if learnt.view is not None and (view is None or _rank(learnt.view) >= _rank(view)):
        # of two events alike but for the gift, the one that states it wins
        is_gift = learnt.gift is not None or (is_gift and learnt.view == view)
        view = learnt.view
    cancellations = [at for at in (order.cancelled_at, learnt.view and learnt.view.cancelled_at) if at]
    parcels = {parcel.id: parcel for parcel in order.parcels}
    for parcel in learnt.parcels:
        parcels[parcel.id] = _merge_parcel(parcels.get(parcel.id), parcel)
    return msgspec.structs.replace(
        order,
        view=view,
        is_gift=is_gift,
        cancelled_at=min(cancellations, default=None),
        parcels=tuple(parcels[id_] for id_ in sorted(parcels)[:MAX_PARCELS]),
    )


def merge_gift(order: Order, kept: Gift | None, learnt: Learnt) -> Gift | None:
    """The recipient's side with one more event taken in. `order` as it was before the event, `kept` its recipient's side."""
    if learnt.view is None:
        return kept
    if order.view is None or _rank(learnt.view) > _rank(order.view):
        found = learnt.gift
    elif learnt.view == order.view:
        found = max(kept, learnt.gift, key=_gift_rank)
    else:
        return kept
    return msgspec.structs.replace(found, thanks=kept.thanks) if found is not None and kept is not None else found


def _rank(seen: View | Parcel) -> tuple[str, bool, bytes]:
    # two events may carry one time; the one that calls more off wins, and then their own bytes, so that the order of arrival never decides
    off = isinstance(seen, View) and (seen.refunded or seen.test)
    return stamp(seen.seen_at), off, msgspec.json.encode(seen)


def _gift_rank(gift: Gift | None) -> bytes:
    # without the recipient's thanks, which no event carries
    return msgspec.json.encode(msgspec.structs.replace(gift, thanks="")) if gift is not None else b""


def _merge_parcel(old: Parcel | None, new: Parcel) -> Parcel:
    if old is None:
        return new
    deliveries = [at for at in (old.delivered_at, new.delivered_at) if at]
    delivered = min(deliveries, default=None)
    # ranked without the merged time, else a merged parcel would outrank its own parts
    newest = max((msgspec.structs.replace(parcel, delivered_at=None) for parcel in (old, new)), key=_rank)
    return msgspec.structs.replace(newest, delivered_at=delivered)


def is_off(order: Order) -> str:
    """Why no mail may come of the order: test | cancelled | refunded, or "" when it stands."""
    if order.view is not None and order.view.test:
        return "test"
    if order.cancelled_at is not None:
        return "cancelled"
    if order.view is not None and order.view.refunded:
        return "refunded"
    return ""


def off_since(order: Order) -> datetime | None:
    """Since when, by the storefront's own time; None while it stands."""
    if order.cancelled_at is not None:
        return order.cancelled_at
    return order.view.seen_at if order.view is not None and is_off(order) else None


def live_parcels(order: Order) -> tuple[Parcel, ...]:
    """Those that were really sent."""
    return tuple(parcel for parcel in order.parcels if not parcel.failed)


def arrival(order: Order) -> Arrival | None:
    """When all of it had arrived, or None while a parcel is under way or still to be sent."""
    parcels = live_parcels(order)
    deliveries = [parcel.delivered_at for parcel in parcels if parcel.delivered_at]
    if not parcels or len(deliveries) < len(parcels) or (order.view is not None and order.view.part_dispatched):
        return None
    return Arrival(max(deliveries), DELIVERED)
