"""Orders: what a storefront's events add up to (merging.py says how), and what follows from that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct, field

from chalicelib.domain.calendar import NOON, working_days_after
from chalicelib.domain.gift import GIFT, NOT, Signs, Verdict
from chalicelib.domain.money import Money

MAX_LINES, MAX_PARCELS, MAX_REFUNDS = 25, 50, 50
DELIVERED, ENTERED, ESTIMATED = "delivered", "entered", "estimated"


class Arrivals(Struct, frozen=True, forbid_unknown_fields=True):
    """What the owner allows where no storefront says that a parcel was delivered: to estimate it, from its dispatch and working days."""

    estimate: bool = False
    transit_days: int = 4


class Buyer(Struct, frozen=True, omit_defaults=True):
    """Who placed the order. `address` is "" where the storefront gave none: then nothing can be sent to them. `region`: of the country, as
    ISO 3166-2 has it after the dash, such as "CA" for California, or "".
    """

    name: str = ""
    address: str = ""
    dedupe_key: str = ""
    country: str = ""
    locale: str = ""
    region: str = ""


class Line(Struct, frozen=True, omit_defaults=True):
    """One line item; `price` is the line's total in minor units of the order's currency, `charged` in those of the currency that the
    buyer paid in, where that is another.

    `options`: what was chosen, as (name, value), such as ("Size", "M"). `left`: how many the storefront says the order still holds
    after edits and returns, None where it doesn't say. `for_gift`: the line itself says that it is a gift.
    """

    title: str
    quantity: int
    price: int
    charged: int = 0
    id: str = ""
    product: str = ""
    variant: str = ""
    sku: str = ""
    options: tuple[tuple[str, str], ...] = ()
    left: int | None = None
    for_gift: bool = False


class View(Struct, frozen=True, omit_defaults=True):
    """The order as the storefront described it at `seen_at`, its own time. The newest view wins, whole.

    `lines` holds the first 25; `more_lines` counts the rest. `postage`, `tax` (where prices are without) and `other` (a discount is
    below nothing), in minor units, make the sum of all lines into the total. `charged`: the total in the currency that the buyer paid
    in, None where that is the total's own. `codes`: discount codes as typed at the checkout. `part_dispatched`: the storefront says
    that some lines are still to be sent. `unpaid`: it was placed, but the payment is still to come or has failed.
    `called_off`: it is cancelled, but the storefront may take that back; what is final is `cancelled_at`.
    `parcels`: the ids of all its parcels, where the storefront tells them with each view: then no other counts.
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
    charged: Money | None = None
    codes: tuple[str, ...] = ()
    confirmation: str = ""
    status_url: str = ""
    test: bool = False
    refunded: bool = False
    unpaid: bool = False
    called_off: bool = False
    part_dispatched: bool = False
    parcels: tuple[str, ...] | None = None
    cancelled_at: datetime | None = None


class Parcel(Struct, frozen=True, omit_defaults=True):
    """One fulfilment. `delivered_at` is the earliest time at which it was seen delivered; the rest is as last seen.

    `dispatched_at`: None while only its journey was heard of. `failed`: cancelled or in error, so it never counts.
    """

    id: str
    seen_at: datetime
    dispatched_at: datetime | None = None
    delivered_at: datetime | None = None
    failed: bool = False
    carrier: str = ""
    tracking: str = ""
    tracking_url: str = ""


class Refund(Struct, frozen=True, omit_defaults=True):
    """Money that went back, and `lines`: line id → how many of it came back."""

    id: str
    at: datetime
    amount: Money
    lines: dict[str, int] = field(default_factory=dict)


class Word(Struct, frozen=True, omit_defaults=True):
    """The owner's own word on an order, given `at`: whether it is a gift, or when it arrived. The newest of each counts."""

    at: datetime
    gift: bool | None = None
    arrived_at: datetime | None = None


class Learnt(Struct, frozen=True):
    """What one event says, whatever the storefront: of which order, its view (absent in a fulfilment's event), what may make it a gift
    (with each view), its parcels and refunds.

    `opted_out`: whether the buyer used the checkout's box for saying no to marketing; None where nothing tells.
    `gone`: the storefront has deleted the order, or brought it back. `history`: taken from the past, so nothing is planned from it.
    `ask`: with what the storefront is asked for the lines, where its event does not carry them.
    """

    source: str
    order: str
    view: View | None = None
    signs: Signs | None = None
    parcels: tuple[Parcel, ...] = ()
    refunds: tuple[Refund, ...] = ()
    gone: Literal["", "deleted", "restored"] = ""
    word: Word | None = None
    history: bool = False
    ask: str = ""
    opted_out: bool | None = None


class Order(Struct, frozen=True, omit_defaults=True):
    """What is kept of an order. `key` names it across storefronts; `version` counts its writes.

    `cancelled_at` is the earliest cancellation seen and stays. `gift`, and the `signs` that it rests on: as the newest view was
    judged; the recipient's data are kept elsewhere, until `gift_until`. `gift_word` and `arrival_word`: the owner's. `follow_ups`:
    id → due time of each that was planned from it, "" once called off. `thanked_at`: when the recipient wrote their thanks.
    `history`: it was over before we knew it. `erased`: its buyer's data were deleted, and no event brings them back.
    """

    key: str
    version: int = 0
    view: View | None = None
    parcels: tuple[Parcel, ...] = ()
    refunds: tuple[Refund, ...] = ()
    cancelled_at: datetime | None = None
    deleted: bool = False
    restored: bool = False
    gift: Verdict = NOT
    signs: tuple[str, ...] = ()
    gift_word: Word | None = None
    arrival_word: Word | None = None
    gift_until: datetime | None = None
    follow_ups: dict[str, str] = field(default_factory=dict)
    vouchers: tuple[str, ...] = ()
    thanked_at: datetime | None = None
    history: bool = False
    erased: bool = False

    @property
    def verdict(self) -> Verdict:
        """Whether it is a gift: the owner's word, else what its signs say."""
        if self.gift_word is not None:
            return GIFT if self.gift_word.gift else NOT
        return self.gift

    @property
    def is_gift(self) -> bool:
        """For certain, not merely perhaps."""
        return self.verdict == GIFT


class Arrival(Struct, frozen=True):
    """When an order was in the hands of whom it went to; `how`: delivered | entered | estimated."""

    at: datetime
    how: str


def order_key(source: str, order: str) -> str:
    """The name of an order across storefronts. From signed words only: in a header a repeat could call itself another shop's."""
    return f"{source}:{order}"


def source_of(key: str) -> str:
    """The storefront that an order's key names."""
    return key.partition(":")[0]


def with_lines(view: View, lines: Sequence[Line]) -> View:
    """The view with all its lines, which came apart from it."""
    return msgspec.structs.replace(
        view,
        lines=tuple(lines[:MAX_LINES]),
        more_lines=max(0, len(lines) - MAX_LINES),
        other=view.total.amount - sum(line.price for line in lines) - view.postage - view.tax,
    )


def is_off(order: Order) -> str:
    """Why no mail may come of the order: test | deleted | cancelled | refunded | unpaid, or "" when it stands."""
    view = order.view
    if view is not None and view.test:
        return "test"
    if order.deleted and not order.restored:
        return "deleted"
    if order.cancelled_at is not None or (view is not None and view.called_off):
        return "cancelled"
    if view is not None and (view.refunded or _all_went_back(order, view)):
        return "refunded"
    if view is not None and view.unpaid:
        return "unpaid"
    return ""


def _all_went_back(order: Order, view: View) -> bool:
    return any(
        0 < total.amount <= sum(refund.amount.amount for refund in order.refunds if refund.amount.currency == total.currency)
        for total in (view.total, view.charged)
        if total is not None
    )


def off_since(order: Order) -> datetime | None:
    """Since when, by the storefront's own time; None while it stands."""
    if order.cancelled_at is not None:
        return order.cancelled_at
    if order.view is None or not is_off(order):
        return None
    return max([order.view.seen_at, *(refund.at for refund in order.refunds)])


def still_held(order: Order) -> tuple[tuple[Line, int], ...]:
    """Each line with how many of it the buyer still has: without what was edited away, refunded or sent back."""
    if order.view is None:
        return ()
    back = [refund.lines for refund in order.refunds]
    found = ((line, line.quantity - sum(one.get(line.id, 0) for one in back if line.id)) for line in order.view.lines)
    return tuple((line, max(0, many if line.left is None else min(many, line.left))) for line, many in found)


def live_parcels(order: Order) -> tuple[Parcel, ...]:
    """Those that were really sent."""
    listed = order.view.parcels if order.view is not None else None
    return tuple(parcel for parcel in order.parcels if not parcel.failed and (listed is None or parcel.id in listed))


def arrival(order: Order, allowed: Arrivals, zone: str) -> Arrival | None:
    """When all of it had arrived, or None while a parcel is under way or still to be sent.

    The owner's word counts before all else. An estimate, where allowed, may lie in the future.
    """
    if order.arrival_word is not None and order.arrival_word.arrived_at is not None:
        return Arrival(order.arrival_word.arrived_at, ENTERED)
    parcels = live_parcels(order)
    if not parcels or (order.view is not None and order.view.part_dispatched):
        return None
    deliveries = [parcel.delivered_at for parcel in parcels if parcel.delivered_at]
    if len(deliveries) == len(parcels):
        return Arrival(max(deliveries), DELIVERED)
    estimates = [
        working_days_after(parcel.dispatched_at, allowed.transit_days, NOON, zone)
        for parcel in parcels
        if parcel.dispatched_at and not parcel.delivered_at
    ]
    if not allowed.estimate or len(deliveries) + len(estimates) < len(parcels):
        return None
    return Arrival(max([*deliveries, *estimates]), ESTIMATED)
