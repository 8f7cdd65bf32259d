"""Shopify's order webhooks. Shapes: shopify.dev, "Webhooks" (delivery structure, verification) and the REST order and fulfilment."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

import msgspec

from chalicelib import strict_json
from chalicelib.adapters.storefronts.fields import (
    Payload,
    country,
    currency,
    foreign_id,
    mapping,
    money,
    objects,
    quantity,
    text,
    url,
    when,
)
from chalicelib.domain.gift import Gift, explicit_gift
from chalicelib.domain.identity import address_or_none
from chalicelib.domain.order import MAX_LINES, Buyer, Learnt, Line, Parcel, View
from chalicelib.errors import Invalid, Unverified
from chalicelib.ports import Delivery, Ignored

SOURCE = "shopify"
_SIGNATURE, _TOPIC, _SHOP = "x-shopify-hmac-sha256", "x-shopify-topic", "x-shopify-shop-domain"
_REPEAT_IDS = ("x-shopify-webhook-id", "x-shopify-event-id")
ORDER_TOPICS = (
    "orders/create", "orders/paid", "orders/updated", "orders/fulfilled", "orders/partially_fulfilled", "orders/cancelled",
)  # fmt: skip
PARCEL_TOPICS = ("fulfillments/create", "fulfillments/update")
_FAILED = ("cancelled", "error", "failure")
_MONEY_BACK = ("refunded", "voided")


class Shopify:
    """ports.Storefront for Shopify."""

    def verify(self, headers: Mapping[str, str], raw: bytes, secrets: Sequence[str]) -> None:
        """Base64 of HMAC-SHA256 over the raw bytes. Errors: Unverified."""
        given = headers.get(_SIGNATURE, "").encode(errors="replace")
        signed = [base64.b64encode(hmac.digest(secret.encode(), raw, "sha256")) for secret in secrets if secret]
        # every secret is compared, so that the time taken tells nothing of which one it was
        matches = [hmac.compare_digest(given, one) for one in signed]
        if not (any(matches) and raw and headers.get(_TOPIC) and headers.get(_SHOP)):
            raise Unverified("The signature does not match.")

    def identify(self, headers: Mapping[str, str], raw: bytes) -> Delivery:
        """Repeats carry their first id, event ids are not on every delivery, and without either the content tells."""
        topic, shop = text(headers.get(_TOPIC), 100).lower(), text(headers.get(_SHOP), 100).lower()
        if not topic:
            raise Invalid("The webhook does not say its topic.")
        named = next((found for name in _REPEAT_IDS if (found := text(headers.get(name)))), "")
        once = named or hashlib.sha256(raw).hexdigest()
        return Delivery(topic, hashlib.sha256("\n".join((shop, topic, once)).encode()).hexdigest()[:32])

    def learn(self, topic: str, raw: bytes) -> Learnt | Ignored:
        """An order, or a parcel of one."""
        payload = strict_json.loads(raw)
        if not isinstance(payload, dict):
            raise Invalid("The body is not a JSON object.")
        if topic in ORDER_TOPICS:
            return _order(payload)
        if topic in PARCEL_TOPICS:
            parcel = _parcel(payload)
            return Learnt(SOURCE, foreign_id(payload.get("order_id"), "order"), parcels=(parcel,))
        return Ignored(f"nothing is learnt from the topic {topic}")


def _order(payload: Payload) -> Learnt:
    placed = when(payload.get("processed_at")) or when(payload.get("created_at"))
    if placed is None:
        raise Invalid("The order does not say when it was placed.", "created_at")
    gift = _gift(payload)
    return Learnt(
        source=SOURCE,
        order=foreign_id(payload.get("id"), "order"),
        view=_view(payload, placed),
        gift=gift,
        parcels=tuple(_parcels(objects(payload.get("fulfillments")))),
    )


def _view(payload: Payload, placed: datetime) -> View:
    in_currency = currency(payload.get("currency"))
    lines = objects(payload.get("line_items"))
    financial = text(payload.get("financial_status"))
    total = money(payload.get("total_price"), in_currency)
    postage = sum(money(one.get("price"), in_currency).amount for one in objects(payload.get("shipping_lines")))
    tax = 0 if payload.get("taxes_included") is not False else money(payload.get("total_tax"), in_currency).amount
    return View(
        seen_at=when(payload.get("updated_at")) or placed,
        placed_at=placed,
        number=text(payload.get("name")) or text(payload.get("order_number")),
        confirmation=text(payload.get("confirmation_number")),
        total=total,
        postage=postage,
        tax=tax,
        other=total.amount - sum(_line(line, in_currency).price for line in lines) - postage - tax,
        buyer=_buyer(payload),
        lines=tuple(_line(line, in_currency) for line in lines[:MAX_LINES]),
        more_lines=max(0, len(lines) - MAX_LINES),
        codes=_codes(payload),
        status_url=url(payload.get("order_status_url")),
        test=payload.get("test") is True,
        refunded=financial in _MONEY_BACK,
        part_dispatched=text(payload.get("fulfillment_status")) == "partial",
        cancelled_at=when(payload.get("cancelled_at")),
    )


def _buyer(payload: Payload) -> Buyer:
    customer, billing = mapping(payload.get("customer")), mapping(payload.get("billing_address"))
    addresses = (payload.get("email"), payload.get("contact_email"), customer.get("email"))
    address = next((found for one in addresses if (found := address_or_none(one)) is not None), None)
    return Buyer(
        name=_full_name(customer) or _full_name(billing),
        address=address.normalised if address else "",
        dedupe_key=address.key if address else "",
        country=country(billing) or country(mapping(payload.get("shipping_address"))),
        locale=text(payload.get("customer_locale"), 20),
    )


def _full_name(person: Payload) -> str:
    return " ".join(part for name in ("first_name", "last_name") if (part := text(person.get(name)))) or text(person.get("name"))


def _line(line: Payload, in_currency: str) -> Line:
    many = quantity(line.get("quantity"))
    price = money(line.get("price"), in_currency).amount * many - money(line.get("total_discount"), in_currency).amount
    return Line(
        title=_title(line),
        quantity=many,
        price=price,
        product=text(line.get("product_id"), 64),
        sku=text(line.get("sku"), 64),
    )


def _title(line: Payload) -> str:
    title, variant = text(line.get("title")) or text(line.get("name")), text(line.get("variant_title"))
    return f"{title}, {variant}"[:100] if variant and variant != "Default Title" else title


def _codes(payload: Payload) -> tuple[str, ...]:
    found = {
        text(one.get("code"), 64) for name in ("discount_codes", "discount_applications") for one in objects(payload.get(name))
    }
    return tuple(sorted(found - {""}))[:10]


def _gift(payload: Payload) -> Gift | None:
    pairs = [_pair(one) for one in objects(payload.get("note_attributes"))]
    pairs += [_pair(one) for line in objects(payload.get("line_items")) for one in objects(line.get("properties"))]
    gift = explicit_gift(pairs)
    if gift is None:
        return None
    label = mapping(payload.get("shipping_address"))
    to = _full_name(label)
    recipient = gift.recipient or (to if to != _buyer(payload).name else "")
    lines = (text(label.get(name)) for name in ("company", "address1", "address2", "city", "province", "zip", "country"))
    return msgspec.structs.replace(
        gift,
        recipient=recipient,
        country=country(label),
        postal=tuple(line for line in lines if line),
    )


def _pair(one: Payload) -> tuple[str, str]:
    return text(one.get("name")), text(one.get("value"), 500)


def _parcels(payloads: list[Payload]) -> Iterator[Parcel]:
    for one in payloads:
        with suppress(Invalid):  # the order is worth more than a parcel of it that cannot be told from others
            yield _parcel(one)


def _parcel(payload: Payload) -> Parcel:
    sent = when(payload.get("created_at")) or when(payload.get("updated_at"))
    if sent is None:
        raise Invalid("The fulfilment does not say when it was made.", "created_at")
    seen = when(payload.get("updated_at")) or sent
    return Parcel(
        id=foreign_id(payload.get("id"), "fulfilment"),
        seen_at=seen,
        dispatched_at=sent,
        delivered_at=seen if text(payload.get("shipment_status")) == "delivered" else None,
        failed=text(payload.get("status")) in _FAILED,
        carrier=text(payload.get("tracking_company")),
        tracking=text(payload.get("tracking_number")),
        tracking_url=url(payload.get("tracking_url")),
    )
