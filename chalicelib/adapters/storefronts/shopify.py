"""Shopify's order webhooks. Shapes: shopify.dev, "Webhooks" (delivery structure, verification) and the REST order and fulfilment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Literal

from chalicelib.adapters.storefronts.fields import (
    UNKNOWN_CURRENCY,
    Payload,
    country,
    currency,
    digest,
    foreign_id,
    mapping,
    money,
    named_orders,
    objects,
    options,
    quantity,
    read_object,
    region_code,
    text,
    url,
    voucher_codes,
    when,
)
from chalicelib.adapters.storefronts.signatures import MISMATCH, base64_hmac, needed, same, usable
from chalicelib.domain.calendar import stamp
from chalicelib.domain.customer import ConsentSaid, PrivacyRequest
from chalicelib.domain.gift import Label, Signs, says_gift
from chalicelib.domain.identity import address_or_none
from chalicelib.domain.money import Money
from chalicelib.domain.order import MAX_LINES, Buyer, Learnt, Line, Parcel, Refund, View
from chalicelib.errors import Invalid, Unverified
from chalicelib.ports import Delivery, Heard, Ignored

SOURCE = "shopify"
_SIGNATURE, _TOPIC, _SHOP = "x-shopify-hmac-sha256", "x-shopify-topic", "x-shopify-shop-domain"
_REPEAT_IDS = ("x-shopify-webhook-id", "x-shopify-event-id")
ORDER_TOPICS = (
    "orders/create", "orders/paid", "orders/updated", "orders/fulfilled", "orders/partially_fulfilled", "orders/cancelled",
)  # fmt: skip
PARCEL_TOPICS = ("fulfillments/create", "fulfillments/update")
PLAYED_SHOP = "pellow-wren.myshopify.com"
UNDATED = datetime(1990, 1, 1, tzinfo=UTC)
"""Of a refund that says nowhere when it was made."""

_FAILED = ("cancelled", "error", "failure")
_MONEY_BACK = ("refunded", "voided")


class Shopify:
    """ports.Storefront for Shopify."""

    def greets(self, headers: Mapping[str, str], raw: bytes) -> bool:
        """Never: all that Shopify sends is signed."""
        return False

    def verify(self, headers: Mapping[str, str], raw: bytes, secrets: Sequence[str], now: datetime) -> None:
        """Base64 of HMAC-SHA256 over the raw bytes, under the secret's UTF-8. There is no time in it."""
        for name in (_TOPIC, _SHOP):
            needed(headers, name)
        if not raw:
            raise Unverified("The body is empty.")
        signed = [base64_hmac(secret.encode(), raw) for secret in usable(secrets)]
        if not same([needed(headers, _SIGNATURE)], signed):
            raise Unverified(MISMATCH)

    def identify(self, headers: Mapping[str, str], raw: bytes) -> Delivery:
        """Repeats carry their first webhook id; two subscriptions to one topic share an event id; without either the content tells.

        One event may be about several things (orders changed in bulk), so its id counts with what the body is about.
        """
        topic, shop = text(headers.get(_TOPIC), 100).lower(), text(headers.get(_SHOP), 100).lower()
        if not topic:
            raise Invalid("The webhook does not say its topic.")
        webhook, event = (text(headers.get(name)) for name in _REPEAT_IDS)
        by_webhook = digest(shop, topic, "webhook", webhook) if webhook else ""
        by_event = digest(shop, topic, "event", event, _about(raw)) if event else ""
        by_content = digest(shop, topic, "content", hashlib.sha256(raw).hexdigest())
        return Delivery(topic, by_webhook or by_event or by_content, also=by_event if by_webhook else "")

    def learn(self, topic: str, raw: bytes) -> Heard:
        """An order, a parcel's way, a refund, a customer's consent, or what the law lets a customer ask for."""
        payload = read_object(raw)
        if topic in ORDER_TOPICS or (topic == "orders/delete" and "line_items" in payload):
            return _order(payload)
        if topic in _READ:
            return _READ[topic](payload)
        return Ignored(_SAYS_NOTHING.get(topic, f"nothing is learnt from the topic {topic}"))

    def sign(self, topic: str, raw: bytes, secret: str, now: datetime, nonce: str) -> dict[str, str]:
        """As Shopify sends it."""
        return {
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": PLAYED_SHOP,
            "X-Shopify-Webhook-Id": nonce,
            "X-Shopify-Triggered-At": stamp(now),
            "X-Shopify-Hmac-Sha256": base64_hmac(secret.encode(), raw),
        }


def _about(raw: bytes) -> str:
    try:
        payload = read_object(raw)
    except Invalid:
        return ""
    ids = (payload.get(name) for name in ("id", "order_id", "customer_id"))
    return " ".join(text(id_) for id_ in ids)


def _order(payload: Payload) -> Learnt:
    # the topic is not signed: a customer, a parcel or a refund under it is no order
    if "total_price" not in payload:
        raise Invalid("The body is no order: it has no total.", "total_price")
    placed = when(payload.get("processed_at")) or when(payload.get("created_at"))
    if placed is None:
        raise Invalid("The order does not say when it was placed.", "created_at")
    return Learnt(
        source=SOURCE,
        order=foreign_id(payload.get("id"), "order"),
        view=_view(payload, placed),
        signs=_signs(payload),
        parcels=tuple(_parcels(objects(payload.get("fulfillments")))),
        refunds=tuple(_refunds(payload)),
        opted_out=_opted_out(payload),
    )


def _opted_out(payload: Payload) -> bool | None:
    """Its checkout has one box for marketing, and the order tells how it was left. What that means, shop.toml says (storefront.opt_out)."""
    left = payload.get("buyer_accepts_marketing")
    return not left if isinstance(left, bool) else None


def _of_order(payload: Payload, **said: Any) -> Learnt:
    return Learnt(SOURCE, foreign_id(payload.get("order_id"), "order"), **said)


def _fulfilled(payload: Payload) -> Learnt:
    if "status" not in payload or "refund_line_items" in payload:
        raise Invalid("The body is no fulfilment.", "status")
    return _of_order(payload, parcels=(_parcel(payload),))


def _on_its_way(payload: Payload) -> Learnt | Ignored:
    if text(payload.get("status")) != "delivered":
        return Ignored("the parcel is still under way")
    at = when(payload.get("happened_at")) or when(payload.get("created_at"))
    if at is None:
        raise Invalid("The parcel's event does not say when it happened.", "happened_at")
    id_ = foreign_id(payload.get("fulfillment_id"), "fulfilment")
    return _of_order(payload, parcels=(Parcel(id_, at, delivered_at=at),))


def _refunded(payload: Payload) -> Learnt | Ignored:
    refund = _refund(payload, "")
    return _of_order(payload, refunds=(refund,)) if refund is not None else Ignored("no money and nothing of the order went back")


def _deleted(payload: Payload) -> Learnt:
    return Learnt(SOURCE, foreign_id(payload.get("id"), "order"), gone="deleted")


def _customer(payload: Payload) -> Heard:
    return _consent(payload, payload.get("id"), payload.get("email"), when(payload.get("updated_at")))


def _consent_updated(payload: Payload) -> Heard:
    return _consent(payload, payload.get("customer_id"), payload.get("email_address"), None)


def _consent(payload: Payload, customer: Any, email: Any, otherwise: datetime | None) -> Heard:
    """Only a consent object counts, never `accepts_marketing`: that tells neither when, nor how, nor of which channel."""
    said = mapping(payload.get("email_marketing_consent"))
    state = text(said.get("state")).lower()
    if state not in ("subscribed", "unsubscribed"):
        return Ignored("it holds neither a yes nor a no to marketing by e-mail")
    address = address_or_none(email)
    if address is None:
        return Ignored("it names no usable e-mail address")
    at = when(said.get("consent_updated_at"))
    return ConsentSaid(
        source=SOURCE,
        said="yes" if state == "subscribed" else "no",
        address=address.normalised,
        dedupe_key=address.key,
        # without its own time a yes might be an old one told anew; a no may borrow the customer's, for it does no harm
        at=at or (otherwise if state == "unsubscribed" else None),
        confirmed=text(said.get("opt_in_level")).lower() == "confirmed_opt_in",
        name=_full_name(payload),
        locale=text(payload.get("locale"), 20),
        customer=text(customer, 64),
    )


def _asked(payload: Payload, kind: Literal["export", "erase"], orders: str) -> Heard:
    if orders not in payload:  # the topic is not signed, so it may do no more than a body that only it has
        raise Invalid(f"The body holds no {orders}.", orders)
    customer = mapping(payload.get("customer"))
    address = address_or_none(customer.get("email"))
    key, ids = address.key if address else "", named_orders(payload.get(orders))
    return PrivacyRequest(SOURCE, kind, key, ids, text(customer.get("id"), 64))


def _shop_left(payload: Payload) -> Heard:
    if "shop_domain" not in payload or "customer" in payload:
        raise Invalid("The body does not name a shop, and a shop alone.", "shop_domain")
    return PrivacyRequest(SOURCE, "erase shop")


_READ: Mapping[str, Callable[[Payload], Heard]] = {
    **dict.fromkeys(PARCEL_TOPICS, _fulfilled),
    "fulfillment_events/create": _on_its_way,
    "refunds/create": _refunded,
    "orders/delete": _deleted,
    "customers/create": _customer,
    "customers/update": _customer,
    "customers_email_marketing_consent/update": _consent_updated,
    "customers/data_request": lambda payload: _asked(payload, "export", "orders_requested"),
    "customers/redact": lambda payload: _asked(payload, "erase", "orders_to_redact"),
    "shop/redact": _shop_left,
}

_SAYS_NOTHING = {
    "orders/edited": "an edit names only line ids; orders/updated tells what the order came to",
    "customers/delete": "what is kept of them is deleted on customers/redact, which follows",
    "customers_marketing_consent/update": "it is about text messages",
}


def _view(payload: Payload, placed: datetime) -> View:
    in_currency = currency(payload.get("currency"))
    lines = [_line(one, in_currency) for one in objects(payload.get("line_items"))]
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
        charged=_charged(payload, total),
        postage=postage,
        tax=tax,
        other=total.amount - sum(line.price for line in lines) - postage - tax,
        buyer=_buyer(payload),
        lines=tuple(lines[:MAX_LINES]),
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
    home = billing if country(billing) else mapping(payload.get("shipping_address"))
    return Buyer(
        name=_full_name(customer) or _full_name(billing),
        address=address.normalised if address else "",
        dedupe_key=address.key if address else "",
        country=country(home),
        locale=text(payload.get("customer_locale"), 20),
        region=region_code(home.get("province_code"), country(home)),
    )


def _full_name(person: Payload) -> str:
    return " ".join(part for name in ("first_name", "last_name") if (part := text(person.get(name)))) or text(person.get("name"))


def _line(line: Payload, in_currency: str) -> Line:
    many = quantity(line.get("quantity"))
    price = money(line.get("price"), in_currency).amount * many - money(line.get("total_discount"), in_currency).amount
    each, off = (_presented(line.get(name)) for name in ("price_set", "total_discount_set"))
    charged = each.amount * many - (off.amount if off else 0) if each is not None and each.currency != in_currency else 0
    left = line.get("current_quantity")
    properties = [_pair(one) for one in objects(line.get("properties"))]
    return Line(
        title=_title(line),
        quantity=many,
        price=price,
        charged=charged,
        id=text(line.get("id"), 64),
        product=text(line.get("product_id"), 64),
        variant=text(line.get("variant_id"), 64),
        sku=text(line.get("sku"), 64),
        options=_options(line, properties),
        left=quantity(left) if isinstance(left, int) and quantity(left) != many else None,
        for_gift=says_gift(properties),
    )


def _options(line: Payload, properties: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Shopify sends no option names with an order: the variant's title holds the values alone."""
    variant = text(line.get("variant_title"))
    values = variant.split(" / ") if variant and variant != "Default Title" else []
    # what starts with an underscore is for machines
    said = [(name, value) for name, value in properties if name and value and not name.startswith("_")]
    return options([*(("", value) for value in values), *said])


def _presented(pair: Any) -> Money | None:
    """What a price is in the currency that the buyer paid in."""
    found = mapping(mapping(pair).get("presentment_money"))
    in_currency = currency(found.get("currency_code"))
    return money(found.get("amount"), in_currency) if in_currency != UNKNOWN_CURRENCY else None


def _charged(payload: Payload, total: Money) -> Money | None:
    found = _presented(payload.get("total_price_set"))
    return found if found is not None and found.currency != total.currency else None


def _refunds(payload: Payload) -> Iterator[Refund]:
    for one in objects(payload.get("refunds")):
        with suppress(Invalid):
            refund = _refund(one, text(payload.get("updated_at"), 40))
            if refund is not None:
                yield refund


def _refund(payload: Payload, otherwise: str) -> Refund | None:
    """What went back. Shopify gives a refund's time in three places, none of them always."""
    times = (payload.get("processed_at"), payload.get("created_at"), otherwise)
    back = objects(payload.get("refund_line_items"))
    lines = {text(one.get("line_item_id"), 64): quantity(one.get("quantity")) for one in back}
    paid = [one for one in objects(payload.get("transactions")) if text(one.get("kind")) == "refund"]
    amounts = [money(one.get("amount"), currency(one.get("currency"))) for one in paid if text(one.get("status")) == "success"]
    at = next((found for one in times if (found := when(one)) is not None), None)
    lines = {id_: many for id_, many in lines.items() if id_ and many}
    amount = Money(sum(one.amount for one in amounts), amounts[0].currency if amounts else UNKNOWN_CURRENCY)
    if not (lines or amount.amount):
        return None
    return Refund(foreign_id(payload.get("id"), "refund"), at or UNDATED, amount, dict(sorted(lines.items())[:MAX_LINES]))


def _title(line: Payload) -> str:
    title, variant = text(line.get("title")) or text(line.get("name")), text(line.get("variant_title"))
    return f"{title}, {variant}"[:100] if variant and variant != "Default Title" else title


def _codes(payload: Payload) -> tuple[str, ...]:
    lists = ("discount_codes", "discount_applications")
    return voucher_codes(one.get("code") for name in lists for one in objects(payload.get(name)))


def _signs(payload: Payload) -> Signs:
    said = [_pair(one) for one in objects(payload.get("note_attributes"))]
    card: list[tuple[str, str]] = []
    for line in objects(payload.get("line_items")):
        of_line = card if line.get("gift_card") is True else said
        of_line += [_pair(one) for one in objects(line.get("properties"))]
    return Signs(
        said=tuple(said),
        card=tuple(card),
        parcel=_label(mapping(payload.get("shipping_address"))),
        bill=_label(mapping(payload.get("billing_address"))),
    )


def _label(address: Payload) -> Label:
    lines = (text(address.get(name)) for name in ("company", "address1", "address2", "city", "province", "zip", "country"))
    return Label(_full_name(address), country(address), tuple(line for line in lines if line))


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
