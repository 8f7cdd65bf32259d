"""Stripe's Checkout. Shapes: docs.stripe.com, "Checkout Sessions", "Charges", "Events", and "Check the webhook signatures".

A session is known by its payment where it has one, for a refund names nothing else. It carries no lines: they are asked for.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib.adapters.storefronts.fields import (
    MAX_ID,
    UNKNOWN_CURRENCY,
    Payload,
    country_code,
    currency,
    digest,
    foreign_id,
    mapping,
    objects,
    quantity,
    read_object,
    region_code,
    text,
    voucher_codes,
    when,
)
from chalicelib.adapters.storefronts.signatures import MISMATCH, needed, recent, same, usable
from chalicelib.domain.calendar import stamp
from chalicelib.domain.gift import Label, Signs
from chalicelib.domain.identity import address_or_none
from chalicelib.domain.money import LARGEST, Money
from chalicelib.domain.order import MAX_LINES, Buyer, Learnt, Line, Refund, View
from chalicelib.errors import Invalid, Unverified
from chalicelib.ports import Delivery, Heard, Ignored

SOURCE = "stripe"
_SIGNATURE = "stripe-signature"
COMPLETED = "checkout.session.completed"
PAID = "checkout.session.async_payment_succeeded"
NOT_PAID = "checkout.session.async_payment_failed"
RAN_OUT = "checkout.session.expired"
REFUNDED = "charge.refunded"
EVENT_TYPES = (COMPLETED, PAID, NOT_PAID, RAN_OUT, REFUNDED)
_SHOWN_IN_HUNDREDTHS = ("ISK", "UGX")
"""They have no coin below one, and Stripe still tells hundredths: "Supported currencies, Special cases"."""
_SHOWN_WHOLE = ("MGA",)
"""The other way round."""


class Stripe:
    """ports.Storefront for Stripe."""

    def greets(self, headers: Mapping[str, str], raw: bytes) -> bool:
        """Never: all that Stripe sends is signed."""
        return False

    def verify(self, headers: Mapping[str, str], raw: bytes, secrets: Sequence[str], now: datetime) -> None:
        """Hex of HMAC-SHA256 over time, dot and raw bytes, under the whole secret as it is shown, whsec_ included. Only v1 counts."""
        stated, given = _parts(needed(headers, _SIGNATURE))
        live = usable(secrets)
        recent(stated, now)
        if not same(given, [_signature(secret, stated, raw) for secret in live]):
            raise Unverified(MISMATCH)

    def identify(self, headers: Mapping[str, str], raw: bytes) -> Delivery:
        """By the event's id, which is signed."""
        event = read_object(raw)
        topic, id_ = text(event.get("type"), 100).lower(), text(event.get("id"), 100)
        if not (topic and id_):
            raise Invalid("The event does not say its type and its id.")
        return Delivery(topic, digest(SOURCE, id_))

    def learn(self, topic: str, raw: bytes) -> Heard:
        """An order from its session, a refund from its charge."""
        event = read_object(raw)
        topic = text(event.get("type"), 100).lower() or topic
        if topic not in EVENT_TYPES:
            return Ignored(f"nothing is learnt from the event {topic}")
        about = mapping(mapping(event.get("data")).get("object"))
        seen = _time(event.get("created"))
        if seen is None:
            raise Invalid("The event does not say when it happened.", "created")
        if topic == REFUNDED:
            return _refunded(about, seen)
        if text(about.get("mode")) != "payment":
            return Ignored("it is no order but a subscription, or a card kept for later")
        if topic == RAN_OUT:
            return Ignored("the checkout ran out, so nothing was bought")
        return _session(about, topic, seen)

    def sign(self, topic: str, raw: bytes, secret: str, now: datetime, nonce: str) -> dict[str, str]:
        """As Stripe sends it."""
        stated = str(int(now.timestamp()))
        return {"Stripe-Signature": f"t={stated},v1={_signature(secret, stated, raw)}"}


def _parts(header: str) -> tuple[str, list[str]]:
    """The time that was signed, and all v1 signatures. Errors: Unverified unless there is one time."""
    pairs = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    if len(times) != 1:
        raise Unverified("The signature does not say when it was made.")
    return times[0], [value for name, _, value in pairs if name == "v1"]


def _signature(secret: str, stated: str, raw: bytes) -> str:
    return hmac.digest(secret.encode(), stated.encode() + b"." + raw, "sha256").hex()


def _session(session: Payload, topic: str, seen: datetime) -> Learnt:
    id_ = foreign_id(session.get("id"), "checkout session")
    view = _view(session, topic, seen)
    return Learnt(
        source=SOURCE,
        order=_id(session.get("payment_intent")) or id_,
        view=view,
        signs=_signs(session),
        ask="" if view.lines else id_,
        opted_out=_OPTED_OUT.get(text(mapping(session.get("consent")).get("promotions"), 20)),
    )


_OPTED_OUT = {"opt_in": False, "opt_out": True}
"""How the box for promotions was left, where the shop has Stripe show one (consent_collection)."""


def _id(value: Any) -> str:
    """Of something that is named, or there in full; "" where it has no usable one."""
    try:
        return foreign_id(value.get("id") if isinstance(value, dict) else value, "object")
    except Invalid:
        return ""


def _view(session: Payload, topic: str, seen: datetime) -> View:
    in_currency = currency(session.get("currency"))
    total = _minor(session.get("amount_total"), in_currency)
    sums = mapping(session.get("total_details"))
    postage = _minor(mapping(session.get("shipping_cost")).get("amount_total", sums.get("amount_shipping")), in_currency).amount
    lines = [line(one) for one in objects(mapping(session.get("line_items")).get("data"))]
    # the tax lies in what each line comes to
    other = total.amount - sum(one.price for one in lines) - postage
    return View(
        seen_at=seen,
        placed_at=_time(session.get("created")) or seen,
        number=text(session.get("client_reference_id"), 60) or _short(session),
        total=total,
        postage=postage,
        other=other,
        charged=_charged(session, total),
        buyer=_buyer(session),
        lines=tuple(lines[:MAX_LINES]),
        more_lines=max(0, len(lines) - MAX_LINES),
        codes=_codes(session),
        test=session.get("livemode") is not True,
        unpaid=topic == COMPLETED and text(session.get("payment_status")) == "unpaid",
        cancelled_at=seen if topic == NOT_PAID else None,
    )


def _short(session: Payload) -> str:
    """Stripe numbers no orders; the end of the payment's id tells two apart when people talk."""
    return (_id(session.get("payment_intent")) or text(session.get("id"), MAX_ID))[-8:].upper()


def _minor(value: Any, in_currency: str) -> Money:
    """Stripe counts in the smallest coins already, but for three currencies."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST:
        return Money(0, in_currency)
    if in_currency in _SHOWN_IN_HUNDREDTHS:
        return Money(round(value / 100), in_currency)
    return Money(value * 100 if in_currency in _SHOWN_WHOLE else value, in_currency)


def _time(value: Any) -> datetime | None:
    """Seconds since 1970 in a believable year, or None."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 10**11:
        return None
    return when(stamp(datetime.fromtimestamp(value, UTC)))


def _charged(session: Payload, total: Money) -> Money | None:
    """In the buyer's own currency, where Stripe converted. The older API tells it the other way round: what the shop gets stands apart."""
    shown = mapping(session.get("presentment_details"))
    found = _minor(shown.get("presentment_amount"), currency(shown.get("presentment_currency")))
    return found if found.amount and found.currency not in (total.currency, UNKNOWN_CURRENCY) else None


def _buyer(session: Payload) -> Buyer:
    told = mapping(session.get("customer_details"))
    address = address_or_none(told.get("email")) or address_or_none(session.get("customer_email"))
    home = mapping(told.get("address"))
    lives_in = country_code(home.get("country"))
    return Buyer(
        name=text(told.get("name")) or text(told.get("individual_name")),
        address=address.normalised if address else "",
        dedupe_key=address.key if address else "",
        country=lives_in,
        locale="" if (said := text(session.get("locale"), 20)) == "auto" else said,
        region=region_code(home.get("state"), lives_in),
    )


def _codes(session: Payload) -> tuple[str, ...]:
    """Only where the promotion code is there in full does its text stand in a session."""
    found = (mapping(one.get("promotion_code")).get("code") for one in objects(session.get("discounts")))
    return voucher_codes([*found, mapping(session.get("metadata")).get("voucher")])


def _signs(session: Payload) -> Signs:
    told = mapping(session.get("customer_details"))
    return Signs(
        said=tuple(_said(session)),
        parcel=_label(_shipping(session)),
        bill=_label({"name": told.get("name"), "address": told.get("address")}),
    )


def _shipping(session: Payload) -> Payload:
    """Where it goes stands in one of three places, by the API's version."""
    collected = mapping(session.get("collected_information")).get("shipping_details")
    return mapping(collected) or mapping(session.get("shipping_details")) or mapping(session.get("shipping"))


def _said(session: Payload) -> Iterator[tuple[str, str]]:
    for name, value in mapping(session.get("metadata")).items():
        yield text(name), text(value, 500)
    for field in objects(session.get("custom_fields")):
        value = text(mapping(field.get(text(field.get("type"), 20))).get("value"), 500)
        if not value:
            continue  # left open, which is not the same as a no
        for name in (text(field.get("key")), text(mapping(field.get("label")).get("custom"))):
            if name:
                yield name, value


def _label(to: Payload) -> Label:
    address = mapping(to.get("address"))
    lines = (text(address.get(name)) for name in ("line1", "line2", "city", "state", "postal_code"))
    return Label(text(to.get("name")), country_code(address.get("country")), tuple(one for one in lines if one))


def line(item: Payload) -> Line:
    """One line item, as a session holds it or the API tells it."""
    price = mapping(item.get("price"))
    product = price.get("product")
    known = mapping(product)
    return Line(
        title=text(item.get("description")) or text(known.get("name")),
        quantity=quantity(item.get("quantity")),
        price=_minor(item.get("amount_total"), currency(item.get("currency"))).amount,
        id=text(item.get("id"), 64),
        product=_id(product),
        variant=text(price.get("id"), 64),
        sku=text(mapping(known.get("metadata")).get("sku"), 64) or text(price.get("lookup_key"), 64),
    )


def _refunded(charge: Payload, seen: datetime) -> Heard:
    order = _id(charge.get("payment_intent"))
    if not order:
        return Ignored("the charge was made without a checkout")
    in_currency = currency(charge.get("currency"))
    back = _minor(charge.get("amount_refunded"), in_currency)
    if back.amount <= 0:
        return Ignored("no money went back")
    id_ = foreign_id(charge.get("id"), "charge")
    # a charge tells how much went back of it so far: the last and largest counts
    return Learnt(SOURCE, order, refunds=(Refund(id_, seen, back),))
