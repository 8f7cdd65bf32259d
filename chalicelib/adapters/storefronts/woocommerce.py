"""WooCommerce's order webhooks. Shapes: its REST API v1 to v3 ("wp-api") and the legacy API v2 and v3; class-wc-webhook.php for delivery.

It tells every change by the whole order, and tries each delivery once: what is missed is asked for at night.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec

from chalicelib import strict_json
from chalicelib.adapters.storefronts.fields import (
    Payload,
    country,
    currency,
    digest,
    foreign_id,
    mapping,
    money,
    objects,
    options,
    quantity,
    read_object,
    text,
    url,
    when,
)
from chalicelib.adapters.storefronts.signatures import MISMATCH, base64_hmac, needed, same, usable
from chalicelib.domain.calendar import stamp
from chalicelib.domain.gift import Label, Signs, says_gift
from chalicelib.domain.identity import address_or_none
from chalicelib.domain.money import Money
from chalicelib.domain.order import MAX_LINES, Buyer, Learnt, Line, Parcel, Refund, View
from chalicelib.errors import Invalid, Unverified
from chalicelib.ports import Delivery, Heard, Ignored

SOURCE = "woocommerce"
_SIGNATURE, _TOPIC, _SITE = "x-wc-webhook-signature", "x-wc-webhook-topic", "x-wc-webhook-source"
ORDER_TOPICS = ("order.created", "order.updated", "order.restored")
DELETED = "order.deleted"
PLAYED_SHOP = "https://pellow-wren.example/"

_UNBORN = ("checkout-draft", "auto-draft", "draft", "new")
"""Not placed: a basket that the checkout keeps, and an order that somebody has begun to write in the admin pages."""

_UNPAID = ("pending", "failed")
_UNSENT = (*_UNPAID, "on-hold", "processing")
"""Not completed, or no longer. WooCommerce before 3.0 gives such an order the day of its last change for that of its completion."""

_TRASHED = "trash"
_DELIVERED = ("delivered",)
"""No status of WooCommerce's own, but what parcel plugins add."""

_ESCAPED = re.compile("&(?:lt|gt|quot|amp|#0*(?:34|38|39|60|62)|#[xX]0*2[267]);")
"""All that wp_specialchars_decode reads."""

TRACKINGS = "_wc_shipment_tracking_items"
_TRACKING = (
    ("_aftership_tracking_number", "_aftership_tracking_provider_name"),
    ("_tracking_number", "_tracking_provider"),
    ("ywot_tracking_code", "ywot_carrier_name"),
    ("_wcst_order_trackno", "_wcst_order_tracking_company_name"),
)
"""Of plugins that keep one parcel: the field with its number, and the one with its carrier."""

_WHOLE = "completed"
"""The id of the parcel that stands for an order of which only its completion is told."""

_GIFT_META = {
    **{name: name for name in ("_gift_message", "_gift_wrap", "_is_gift", "_gift_recipient_email")},
    "_billing_gift": "gift",
    "_shipping_gift": "gift",
    "_wcgp_gift_message": "gift message",
}
"""An order's private fields that may make it a gift, by the names that are known to any shop. No other private field counts: plugins note
there what has nothing to do with gifts.
"""

_CARD_PREFIXES = ("wc_gift_card_", "pw_gift_card_", "ywgc_", "_ywgc_")


class WooCommerce:
    """ports.Storefront for WooCommerce."""

    def greets(self, headers: Mapping[str, str], raw: bytes) -> bool:
        """A new webhook says `webhook_id=7` in a form, unsigned, and wants 200."""
        name, _, number = raw.partition(b"=")
        return _SIGNATURE not in headers and name == b"webhook_id" and number.isdigit() and len(number) <= 20

    def verify(self, headers: Mapping[str, str], raw: bytes, secrets: Sequence[str], now: datetime) -> None:
        """Base64 of HMAC-SHA256 over the raw bytes. WordPress keeps a secret escaped and signs with it unescaped. There is no time in it."""
        if not raw:
            raise Unverified("The body is empty.")
        signed = [base64_hmac(unescaped(secret).encode(), raw) for secret in usable(secrets)]
        if not same([needed(headers, _SIGNATURE)], signed):
            raise Unverified(MISMATCH)

    def identify(self, headers: Mapping[str, str], raw: bytes) -> Delivery:
        """Never by the delivery id: two orders in one second share it. What an order says of itself is the same for a repeat alone."""
        topic, site = text(headers.get(_TOPIC), 100).lower(), text(headers.get(_SITE), 200).lower()
        if not topic:
            raise Invalid("The webhook does not say its topic.")
        try:
            payload = _order_of(read_object(raw))
        except Invalid:
            payload = {}
        about = (text(payload.get("id"), 64), text(payload.get("date_modified_gmt"), 40))
        return Delivery(topic, digest(site, topic, *about, hashlib.sha256(raw).hexdigest()))

    def learn(self, topic: str, raw: bytes) -> Heard:
        """An order as it stands. No consent is ever in one."""
        payload = _order_of(read_object(raw))
        if topic == DELETED and len(payload) == 1:  # the topic is not signed, so it may do no more than a body that only it has
            return Learnt(SOURCE, foreign_id(payload.get("id"), "order"), gone="deleted")
        if topic not in (*ORDER_TOPICS, DELETED):
            return Ignored(f"nothing is learnt from the topic {topic}")
        status = _status(payload)
        if status in _UNBORN:
            return Ignored(f"the order has not been placed yet ({status})")
        return _order(payload, status, restored=topic == "order.restored")

    def sign(self, topic: str, raw: bytes, secret: str, now: datetime, nonce: str) -> dict[str, str]:
        """As WooCommerce sends it."""
        resource, _, event = topic.partition(".")
        return {
            "X-WC-Webhook-Source": PLAYED_SHOP,
            "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-Resource": resource,
            "X-WC-Webhook-Event": event,
            "X-WC-Webhook-Signature": base64_hmac(unescaped(secret).encode(), raw),
            "X-WC-Webhook-ID": "1",
            "X-WC-Webhook-Delivery-ID": nonce,
        }


def unescaped(secret: str) -> str:
    """The secret as its owner typed it: WordPress escapes five characters before it keeps it, and these alone."""
    return _ESCAPED.sub(lambda found: html.unescape(found[0]), secret)


def _order_of(payload: Payload) -> Payload:
    """The legacy API wraps its order in a root."""
    return mapping(payload["order"]) if list(payload) == ["order"] else payload


def _status(payload: Payload) -> str:
    return text(payload.get("status"), 40).lower().removeprefix("wc-")


def _order(payload: Payload, status: str, *, restored: bool) -> Learnt:
    if "total" not in payload:  # a customer, a coupon or a refund, whose topic was changed on its way
        raise Invalid("The body is no order: it has no total.", "total")
    placed = _time(payload, "date_created", "created_at")
    if placed is None:
        raise Invalid("The order does not say when it was placed.", "date_created_gmt")
    seen = _time(payload, "date_modified", "updated_at") or placed
    in_currency = currency(payload.get("currency"))
    parcels = tuple(_parcels(payload, status, seen))
    view = _view(payload, status, placed, seen, in_currency)
    return Learnt(
        source=SOURCE,
        order=foreign_id(payload.get("id"), "order"),
        view=msgspec.structs.replace(view, parcels=tuple(sorted(parcel.id for parcel in parcels))),
        signs=_signs(payload),
        parcels=parcels,
        refunds=tuple(_refunds(payload, in_currency, seen)),
        gone="restored" if restored else "deleted" if status == _TRASHED else "",
    )


def _time(payload: Payload, name: str, legacy: str) -> datetime | None:
    """In GMT, which `<name>_gmt` alone surely is. The first API has none: its times are the site's own, and are taken for GMT."""
    for value in (payload.get(f"{name}_gmt"), payload.get(name), payload.get(legacy)):
        if isinstance(value, str) and value:
            found = when(value) or when(f"{value.replace(' ', 'T', 1)}+00:00")
            if found is not None:
                return found
    return None


def _view(payload: Payload, status: str, placed: datetime, seen: datetime, in_currency: str) -> View:
    items = objects(payload.get("line_items"))
    with_tax = payload.get("prices_include_tax") is True
    lines = [_line(item, in_currency, with_tax=with_tax) for item in items]
    total = money(payload.get("total"), in_currency)
    postage = money(payload.get("shipping_total", payload.get("total_shipping")), in_currency).amount
    postage += money(payload.get("shipping_tax"), in_currency).amount if with_tax else 0
    tax = 0 if with_tax else money(payload.get("total_tax"), in_currency).amount
    return View(
        seen_at=seen,
        placed_at=placed,
        number=text(payload.get("number")) or text(payload.get("order_number")) or text(payload.get("id")),
        total=total,
        postage=postage,
        tax=tax,
        other=total.amount - sum(line.price for line in lines) - postage - tax,
        buyer=_buyer(payload),
        lines=tuple(lines[:MAX_LINES]),
        more_lines=max(0, len(lines) - MAX_LINES),
        codes=_codes(payload),
        status_url=url(payload.get("view_order_url")),
        refunded=status == "refunded",
        unpaid=status in _UNPAID,
        # an order that was cancelled for want of money stands again when that comes after all
        called_off=status in ("cancelled", _TRASHED),
    )


def _buyer(payload: Payload) -> Buyer:
    bill = _bill(payload)
    customer = mapping(payload.get("customer"))
    address = address_or_none(bill.get("email")) or address_or_none(customer.get("email"))
    return Buyer(
        name=_full_name(bill) or _full_name(customer),
        address=address.normalised if address else "",
        dedupe_key=address.key if address else "",
        country=_country(bill) or _country(_shipping(payload)),
    )


def _bill(payload: Payload) -> Payload:
    return mapping(payload.get("billing")) or mapping(payload.get("billing_address"))


def _shipping(payload: Payload) -> Payload:
    return mapping(payload.get("shipping")) or mapping(payload.get("shipping_address"))


def _country(address: Payload) -> str:
    return country({"country_code": address.get("country")})


def _full_name(address: Payload) -> str:
    return " ".join(part for name in ("first_name", "last_name") if (part := text(address.get(name))))


def _line(item: Payload, in_currency: str, *, with_tax: bool) -> Line:
    meta = list(_meta(item))
    chosen = [(_attribute(name), value) for name, value in meta if not name.startswith("_")]
    variant = text(item.get("variation_id"), 64)
    return Line(
        title=text(html.unescape(text(item.get("name"), 300))),
        quantity=quantity(item.get("quantity")),
        # a line's total is always without its tax, whatever the shop shows
        price=money(item.get("total"), in_currency).amount
        + (money(item.get("total_tax"), in_currency).amount if with_tax else 0),
        id=text(item.get("id"), 64),
        product=text(item.get("product_id"), 64),
        variant="" if variant == "0" else variant,
        sku=text(item.get("sku"), 64),
        options=options(chosen),
        for_gift=says_gift(meta),
    )


def _attribute(name: str) -> str:
    """Attributes that a shop defines for all its products are kept as pa_<name>."""
    return name.removeprefix("pa_").replace("-", " ").replace("_", " ")


def _meta(payload: Payload) -> Iterator[tuple[str, str]]:
    for one in (*objects(payload.get("meta_data")), *objects(payload.get("meta"))):
        name, value = text(one.get("key")), one.get("value")
        if name and not isinstance(value, (dict, list)):
            yield name, "yes" if value is True else text(value, 500)


def _codes(payload: Payload) -> tuple[str, ...]:
    found = {text(one.get("code"), 64) for one in objects(payload.get("coupon_lines"))}
    return tuple(sorted(found - {""}))[:10]


def _signs(payload: Payload) -> Signs:
    lines = [list(_meta(item)) for item in objects(payload.get("line_items"))]
    cards = [meta for meta in lines if any(name.startswith(_CARD_PREFIXES) for name, _ in meta)]
    of_order = [
        (_GIFT_META.get(name, name), value) for name, value in _meta(payload) if not name.startswith("_") or name in _GIFT_META
    ]
    return Signs(
        said=(*of_order, *(pair for meta in lines if meta not in cards for pair in meta)),
        card=tuple(pair for meta in cards for pair in meta),
        parcel=_label(_shipping(payload)),
        bill=_label(_bill(payload)),
    )


def _label(address: Payload) -> Label:
    lines = (text(address.get(name)) for name in ("company", "address_1", "address_2", "city", "state", "postcode"))
    return Label(_full_name(address), _country(address), tuple(line for line in lines if line))


def _refunds(payload: Payload, in_currency: str, seen: datetime) -> Iterator[Refund]:
    """An order lists its refunds without their day; the first time that one was seen is near enough."""
    for one in objects(payload.get("refunds")):
        with suppress(Invalid):
            amount = abs(money(one.get("total", one.get("amount")), in_currency).amount)
            if amount:
                yield Refund(foreign_id(one.get("id"), "refund"), seen, Money(amount, in_currency))


def _parcels(payload: Payload, status: str, seen: datetime) -> Iterator[Parcel]:
    """From what tracking plugins note. Without them an order's completion is all that tells of its parcel."""
    delivered = seen if status in _DELIVERED else None
    completed = _time(payload, "date_completed", "completed_at") or delivered
    unsent = status in _UNSENT
    tracked = list(_tracked(payload, seen if unsent else completed or seen, seen, delivered))
    yield from tracked
    if completed is not None and not unsent and not tracked:
        yield Parcel(_WHOLE, seen, completed, delivered_at=delivered)


def _tracked(payload: Payload, sent: datetime, seen: datetime, delivered: datetime | None) -> Iterator[Parcel]:
    for item in _tracking_items(payload):
        number = text(item.get("tracking_number"))
        carrier = text(item.get("tracking_provider")) or text(item.get("custom_tracking_provider"))
        link = url(item.get("custom_tracking_link")) or url(item.get("tracking_link"))
        if number or link:
            at = _seconds(item.get("date_shipped")) or sent
            yield Parcel(
                digest(number, link)[:16],
                seen,
                at,
                delivered_at=delivered,
                carrier=carrier,
                tracking=number,
                tracking_url=link,
            )


def _tracking_items(payload: Payload) -> list[Payload]:
    found: list[Payload] = []
    meta = {text(one.get("key")): one.get("value") for one in objects(payload.get("meta_data"))}
    value = meta.get(TRACKINGS)
    if isinstance(value, str):
        with suppress(Invalid):
            value = strict_json.loads(value.encode(errors="replace"))
    found += objects(list(value.values()) if isinstance(value, dict) else value)
    found += [
        {"tracking_number": meta.get(number), "tracking_provider": meta.get(carrier)}
        for number, carrier in _TRACKING
        if text(meta.get(number))
    ]
    return found


def _seconds(value: Any) -> datetime | None:
    """Seconds since 1970, as text; or a day."""
    said = text(value, 40)
    if said.isascii() and said.isdigit() and len(said) <= 11:
        return when(stamp(datetime.fromtimestamp(int(said), UTC)))
    return when(f"{said}T00:00:00+00:00") or when(said)
