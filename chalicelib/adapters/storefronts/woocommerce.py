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
    country_code,
    currency,
    digest,
    foreign_id,
    mapping,
    objects,
    options,
    quantity,
    read_object,
    region_code,
    rounded,
    text,
    url,
    voucher_codes,
    when,
    when_in_gmt,
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
_PART_SENT = ("partial-shipped", "partially-shipped")
_DELIVERED = ("delivered",)
_SENT = ("completed", "shipped", *_DELIVERED)
"""But for "completed", no statuses of WooCommerce's own, but what parcel plugins add."""

_ESCAPED = re.compile("&(?:lt|gt|quot|amp|#0*(?:34|38|39|60|62)|#[xX]0*2[267]);")
"""All that wp_specialchars_decode reads."""

TRACKINGS = "_wc_shipment_tracking_items"
_TRACKED_LISTS = (TRACKINGS, "_aftership_tracking_items")
_TRACKED_LINE = "_vi_wot_order_item_tracking_data"
"""Where plugins list an order's parcels (Shipment Tracking, Advanced Shipment Tracking, AfterShip), and a line's (Orders Tracking)."""

_CARRIER = ("formatted_tracking_provider", "custom_tracking_provider", "tracking_provider", "carrier_name", "slug")
_LINK = ("custom_tracking_link", "tracking_link", "formatted_tracking_link", "ast_tracking_link")
_SHIPPED = ("date_shipped", "time")
"""What the items of those lists call a parcel's carrier, link and day, the best first; each calls its number tracking_number."""

_TRACKED_ONCE = (
    {
        "_aftership_tracking_number": "tracking_number",
        "_aftership_tracking_provider_name": "carrier_name",
        "_aftership_tracking_shipdate": "date_shipped",
    },
    {"_tracking_number": "tracking_number", "_tracking_provider": "carrier_name", "_tracking_url": "tracking_link"},
    {
        "ywot_tracking_code": "tracking_number",
        "ywot_carrier_name": "carrier_name",
        "ywot_carrier_id": "slug",
        "ywot_carrier_url": "tracking_link",
        "ywot_pick_up_date": "date_shipped",
    },
    {
        "_wcst_order_trackno": "tracking_number",
        "_wcst_order_trackname": "carrier_name",
        "_wcst_order_track_http_url": "tracking_link",
        "_wcst_order_dispatch_date": "date_shipped",
    },
)
"""Plugins that keep one parcel, each part of it in a field of its own: the field, and what the lists call that part."""

_WHOLE = "completed"
"""The id of the parcel that stands for an order of which only its completion is told."""

_GIFT_META = {
    **{name: name for name in ("_gift_message", "_gift_wrap", "_is_gift", "_gift_recipient_email")},
    "_billing_gift": "gift",
    "_shipping_gift": "gift",
    "_wcgp_gift_message": "gift message",
    "_wfc_gift_message": "gift message",
}
"""An order's private fields that may make it a gift, by the names that are known to any shop. No other private field counts: plugins note
there what has nothing to do with gifts.
"""

_CHECKOUT_FIELD = "_wc_other/"
"""But a shop's own fields on the block checkout are kept as _wc_other/<whose>/<field>, and are filled in by people."""

_CARD_PREFIXES = ("wc_gift_card_", "pw_gift_card_", "ywgc_", "_ywgc_")
_CARD_TO = {
    "_ywgc_recipients": "ywgc_recipient_email",
    "wc_gift_card_to_multiple": "wc_gift_card_to",
    "pw_gift_card_to": "pw_gift_card_to",
}
"""Fields that may name several to whom a card goes."""

_MAX_VALUES = 10


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
        gone="restored" if restored else "",
    )


def _time(payload: Payload, name: str, legacy: str) -> datetime | None:
    """In GMT, which `<name>_gmt` alone surely is. The first API has none: its times are the site's own, and are taken for GMT."""
    said = (payload.get(f"{name}_gmt"), payload.get(name), payload.get(legacy))
    return next((found for one in said if (found := when_in_gmt(one)) is not None), None)


def _view(payload: Payload, status: str, placed: datetime, seen: datetime, in_currency: str) -> View:
    items = objects(payload.get("line_items"))
    with_tax = payload.get("prices_include_tax") is True
    lines = [_line(item, in_currency, with_tax=with_tax) for item in items]
    total = rounded(payload.get("total"), in_currency)
    postage = rounded(payload.get("shipping_total", payload.get("total_shipping")), in_currency).amount
    postage += rounded(payload.get("shipping_tax"), in_currency).amount if with_tax else 0
    tax = 0 if with_tax else rounded(payload.get("total_tax"), in_currency).amount
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
        codes=voucher_codes(one.get("code") for one in objects(payload.get("coupon_lines"))),
        status_url=url(payload.get("view_order_url")),
        refunded=status == "refunded",
        unpaid=status in _UNPAID,
        # an order that was cancelled for want of money stands again when that comes after all, and one in the trash when it is taken
        # out, also where no order.restored is heard
        called_off=status in ("cancelled", _TRASHED),
        part_dispatched=status in _PART_SENT,
    )


def _buyer(payload: Payload) -> Buyer:
    bill = _bill(payload)
    customer = mapping(payload.get("customer"))
    home = bill if text(bill.get("country")) else _shipping(payload)
    lives_in = country_code(home.get("country"))
    address = address_or_none(bill.get("email")) or address_or_none(customer.get("email"))
    return Buyer(
        name=_full_name(bill) or _full_name(customer),
        address=address.normalised if address else "",
        dedupe_key=address.key if address else "",
        country=lives_in,
        region=region_code(home.get("state"), lives_in),
    )


def _bill(payload: Payload) -> Payload:
    return mapping(payload.get("billing")) or mapping(payload.get("billing_address"))


def _shipping(payload: Payload) -> Payload:
    return mapping(payload.get("shipping")) or mapping(payload.get("shipping_address"))


def _full_name(address: Payload) -> str:
    return " ".join(part for name in ("first_name", "last_name") if (part := text(address.get(name))))


def _line(item: Payload, in_currency: str, *, with_tax: bool) -> Line:
    variant = text(item.get("variation_id"), 64)
    # a line's total is always without its tax, whatever the shop shows
    price, tax = (rounded(item.get(name), in_currency).amount for name in ("total", "total_tax"))
    return Line(
        title=text(html.unescape(text(item.get("name"), 300))),
        quantity=quantity(item.get("quantity")),
        price=price + tax if with_tax else price,
        id=text(item.get("id"), 64),
        product=text(item.get("product_id"), 64),
        variant="" if variant == "0" else variant,
        sku=text(item.get("sku"), 64),
        options=options(_chosen(item)),
        for_gift=says_gift(_said(item)),
    )


def _chosen(item: Payload) -> Iterator[tuple[str, str]]:
    """What was chosen, in the words of the shop's pages; what starts with an underscore is for machines."""
    for one in _meta(item):
        key = text(one.get("key"))
        label = text(one.get("display_key")) or text(one.get("label"))
        value = text(one.get("display_value"), 300) or text(one.get("value"), 300)
        if key and not key.startswith("_"):
            yield html.unescape(_attribute(key) if label in ("", key) else label), html.unescape(value)


def _attribute(name: str) -> str:
    """Attributes that a shop defines for all its products are kept as pa_<name>."""
    return name.removeprefix("pa_").replace("-", " ").replace("_", " ")


def _meta(payload: Payload) -> list[Payload]:
    return [*objects(payload.get("meta_data")), *objects(payload.get("meta"))]


def _said(payload: Payload) -> list[tuple[str, str]]:
    """Its fields, as (name, value), each as often as it has values. A box that was never shown has none."""
    fields = ((text(one.get("key")), one.get("value")) for one in _meta(payload))
    return [
        (name, "yes" if value is True else "no" if value is False else text(value, 500))
        for name, values in fields
        if name
        for value in (values[:_MAX_VALUES] if isinstance(values, list) else [values])
        if value is not None and not isinstance(value, (dict, list))
    ]


def _signs(payload: Payload) -> Signs:
    said, card = list(_of_order(payload)), []
    for item in objects(payload.get("line_items")):
        of_line = list(_said(item))
        if any(name.startswith(_CARD_PREFIXES) for name, _ in of_line):
            card += [pair for name, value in of_line for pair in _each_to(name, value)]
        else:
            said += of_line
    return Signs(
        said=tuple(said),
        card=tuple(card),
        parcel=_label(_shipping(payload)),
        bill=_label(_bill(payload)),
    )


def _of_order(payload: Payload) -> Iterator[tuple[str, str]]:
    for name, value in _said(payload):
        if name.startswith(_CHECKOUT_FIELD):
            yield name.rpartition("/")[2], value
        elif name in _GIFT_META or not name.startswith("_"):
            yield _GIFT_META.get(name, name), value


def _each_to(name: str, value: str) -> list[tuple[str, str]]:
    several = name in _CARD_TO and value.count("@") > 1
    found = value.replace(",", " ").replace(";", " ").split() if several else [value]
    return [(_CARD_TO.get(name, name), one) for one in found]


def _label(address: Payload) -> Label:
    lines = (text(address.get(name)) for name in ("company", "address_1", "address_2", "city", "state", "postcode"))
    return Label(_full_name(address), country_code(address.get("country")), tuple(line for line in lines if line))


def _refunds(payload: Payload, in_currency: str, seen: datetime) -> Iterator[Refund]:
    """An order lists its refunds without their day; the first time that one was seen is near enough."""
    for one in objects(payload.get("refunds")):
        with suppress(Invalid):
            amount = abs(rounded(one.get("total"), in_currency).amount)
            if amount:
                yield Refund(foreign_id(one.get("id"), "refund"), seen, Money(amount, in_currency))


def _parcels(payload: Payload, status: str, seen: datetime) -> Iterator[Parcel]:
    """From what tracking plugins note. Without them an order's completion is all that tells of its parcel."""
    unsent, delivered = status in _UNSENT, seen if status in _DELIVERED else None
    completed = _time(payload, "date_completed", "completed_at")
    tracked: dict[str, Parcel] = {}
    for parcel in _tracked(payload, seen if unsent else completed or seen, seen, delivered):
        tracked.setdefault(parcel.id, parcel)  # two plugins may know of one
    yield from tracked.values()
    if (completed is not None or status in _SENT) and not unsent and not tracked:
        yield Parcel(_WHOLE, seen, completed or seen, delivered_at=delivered)


def _tracked(payload: Payload, sent: datetime, seen: datetime, delivered: datetime | None) -> Iterator[Parcel]:
    for item in _tracking_items(payload):
        number = text(item.get("tracking_number"))
        link = next((found for name in _LINK if (found := url(item.get(name)))), "")
        if number or link:
            yield Parcel(
                digest(number or link)[:16],
                seen,
                _day(_first(item, _SHIPPED)) or sent,
                delivered_at=delivered,
                carrier=_first(item, _CARRIER),
                tracking=number,
                tracking_url=link,
            )


def _first(item: Payload, names: Sequence[str]) -> str:
    return next((found for name in names if (found := text(item.get(name)))), "")


def _tracking_items(payload: Payload) -> Iterator[Payload]:
    meta = _by_key(payload)
    for name in _TRACKED_LISTS:
        yield from _listed(meta.get(name))
    for fields in _TRACKED_ONCE:
        item = {part: meta.get(name) for name, part in fields.items()}
        if text(item["tracking_number"]):  # the shop's usual carrier may stand there before there is a parcel
            yield item
    for line in objects(payload.get("line_items")):
        # a line's parcels come oldest first, and the last one put the others right
        yield from _listed(_by_key(line).get(_TRACKED_LINE))[-1:]


def _by_key(payload: Payload) -> dict[str, Any]:
    return {text(one.get("key")): one.get("value") for one in _meta(payload)}


def _listed(value: Any) -> list[Payload]:
    """Plugins keep a list, an object of the same, or the JSON of either. What PHP alone could read is passed over."""
    if isinstance(value, str):
        with suppress(Invalid):
            value = strict_json.loads(value.encode(errors="replace"))
    return objects(list(value.values()) if isinstance(value, dict) else value)


def _day(said: str) -> datetime | None:
    """Seconds since 1970, as text; or a day."""
    if said.isascii() and said.isdigit() and len(said) <= 11:
        return when(stamp(datetime.fromtimestamp(int(said), UTC)))
    return when(f"{said}T00:00:00+00:00") or when_in_gmt(said)
