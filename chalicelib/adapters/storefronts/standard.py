"""Any other shop: our own JSON (docs/any-other-shop.md, docs/order-event.schema.json), signed as Standard Webhooks says.

The scheme is that of standardwebhooks.com. Its own library is not used: it reads the clock and the body by itself, where ours must be the only
reading, takes any text for a secret, and fails in ways of its own on headers that are none. A test holds the two against each other.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from chalicelib.adapters.storefronts.fields import (
    UNKNOWN_CURRENCY,
    Payload,
    country_code,
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
from chalicelib.adapters.storefronts.signatures import MISMATCH, base64_hmac, needed, recent, same, usable
from chalicelib.domain.customer import ConsentSaid, PrivacyRequest
from chalicelib.domain.gift import Label, Signs
from chalicelib.domain.identity import address_or_none
from chalicelib.domain.money import Money
from chalicelib.domain.order import MAX_LINES, Buyer, Learnt, Line, Parcel, Refund, View
from chalicelib.errors import Invalid, Unverified
from chalicelib.ports import Delivery, Heard, Ignored

SOURCE = "standard"
_ID, _TIME, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_PREFIX, _VERSION = "whsec_", "v1"
TYPES = ("order", "parcel", "refund", "order.deleted", "order.restored", "consent", "export", "erase")


class Standard:
    """ports.Storefront for any shop that signs so."""

    def greets(self, headers: Mapping[str, str], raw: bytes) -> bool:
        """Never: all of it is signed."""
        return False

    def verify(self, headers: Mapping[str, str], raw: bytes, secrets: Sequence[str], now: datetime) -> None:
        """Base64 of HMAC-SHA256 over id, time and raw bytes, dots between them; any v1 of the list may match, other versions never."""
        id_, stated, listed = (needed(headers, name) for name in (_ID, _TIME, _SIGNATURE))
        keys = [_key(secret) for secret in usable(secrets)]
        recent(stated, now)
        given = [value for version, _, value in (one.partition(",") for one in listed.split(" ")) if version == _VERSION]
        if "." in id_:
            raise Unverified("The webhook-id holds a dot, which stands between what is signed: use letters, digits, - and _.")
        if not same(given, [_signature(key, id_, stated, raw) for key in keys]):
            raise Unverified(MISMATCH)

    def identify(self, headers: Mapping[str, str], raw: bytes) -> Delivery:
        """By the message's id, which is signed."""
        topic, id_ = text(read_object(raw).get("type"), 40), headers.get(_ID, "")
        if not topic:
            raise Invalid("The event does not say its type.", "type")
        if not id_:
            raise Invalid("The header webhook-id is missing.")
        return Delivery(topic, digest(SOURCE, hashlib.sha256(id_.encode(errors="replace")).hexdigest()))

    def learn(self, topic: str, raw: bytes) -> Heard:
        """What the event's own type says."""
        event = read_object(raw)
        match text(event.get("type"), 40) or topic:
            case "order":
                return _order(event)
            case "parcel":
                return _of_order(event, parcels=(_parcel(mapping(event.get("parcel"))),))
            case "refund":
                return _of_order(event, refunds=(_refund(mapping(event.get("refund")), currency(event.get("currency"))),))
            case "order.deleted":
                return _of_order(event, gone="deleted")
            case "order.restored":
                return _of_order(event, gone="restored")
            case "consent":
                return _consent(event)
            case "export":
                return _request(event, "export")
            case "erase":
                return _request(event, "erase")
            case other:
                return Ignored(f"nothing is learnt from the type {other}")

    def sign(self, topic: str, raw: bytes, secret: str, now: datetime, nonce: str) -> dict[str, str]:
        """As any shop would send it."""
        stated = str(int(now.timestamp()))
        return {
            "webhook-id": nonce,
            "webhook-timestamp": stated,
            "webhook-signature": f"{_VERSION},{_signature(_key(secret), nonce, stated, raw)}",
        }


def _key(secret: str) -> bytes:
    """The bytes behind a secret: base64, with or without its prefix and its padding. Errors: Unverified."""
    written = secret.strip().removeprefix(_PREFIX).rstrip("=")
    try:
        found = base64.b64decode(written + "=" * (-len(written) % 4), validate=True)
    except ValueError:  # no base64, or not even ASCII
        found = b""
    if not found:
        raise Unverified("The secret is not base64: copy it whole.")
    return found


def _signature(key: bytes, id_: str, stated: str, raw: bytes) -> str:
    return base64_hmac(key, f"{id_}.{stated}.".encode(errors="replace") + raw)


def _of_order(event: Payload, **said: Any) -> Learnt:
    return Learnt(SOURCE, foreign_id(event.get("order"), "order"), **said)


def _needed_time(payload: Payload, name: str, what: str) -> datetime:
    found = when(payload.get(name))
    if found is None:
        raise Invalid(f"The {what} needs {name}, a time with its offset such as 2026-03-02T12:00:00Z.", name)
    return found


def _order(event: Payload) -> Learnt:
    in_currency = currency(event.get("currency"))
    return _of_order(
        event,
        view=_view(event, in_currency),
        signs=_signs(event),
        parcels=tuple(_parcel(one) for one in objects(event.get("parcels"))),
        refunds=tuple(_refund(one, in_currency) for one in objects(event.get("refunds"))),
        opted_out=left if isinstance(left := mapping(event.get("buyer")).get("opted_out"), bool) else None,
    )


def _view(event: Payload, in_currency: str) -> View:
    placed = _needed_time(event, "placed_at", "order")
    seen = _needed_time(event, "changed_at", "order")
    lines = [_line(one, in_currency) for one in objects(event.get("lines"))]
    total, state = money(event.get("total"), in_currency), text(event.get("state"), 20)
    postage, tax = (money(event.get(name), in_currency).amount for name in ("postage", "tax"))
    return View(
        seen_at=seen,
        placed_at=placed,
        number=text(event.get("number")) or text(event.get("order"), 64),
        total=total,
        postage=postage,
        tax=tax,
        other=total.amount - sum(one.price for one in lines) - postage - tax,
        charged=_charged(mapping(event.get("charged")), in_currency),
        buyer=_buyer(mapping(event.get("buyer"))),
        lines=tuple(lines[:MAX_LINES]),
        more_lines=max(0, len(lines) - MAX_LINES),
        codes=_codes(event.get("codes")),
        confirmation=text(event.get("confirmation"), 60),
        status_url=url(event.get("status_url")),
        test=event.get("test") is True,
        refunded=state == "refunded",
        unpaid=state == "unpaid",
        called_off=state == "cancelled",
        part_dispatched=event.get("part_dispatched") is True,
    )


def _charged(said: Payload, in_currency: str) -> Money | None:
    theirs = currency(said.get("currency"))
    found = money(said.get("amount"), theirs)
    return found if found.amount and theirs not in (in_currency, UNKNOWN_CURRENCY) else None


def _buyer(said: Payload) -> Buyer:
    address, lives_in = address_or_none(said.get("email")), country_code(said.get("country"))
    return Buyer(
        name=text(said.get("name")),
        address=address.normalised if address else "",
        dedupe_key=address.key if address else "",
        country=lives_in,
        locale=text(said.get("locale"), 20),
        region=region_code(said.get("region"), lives_in),
    )


def _line(said: Payload, in_currency: str) -> Line:
    left, many = said.get("left"), quantity(said.get("quantity"))
    return Line(
        title=text(said.get("title")),
        quantity=many,
        price=money(said.get("price"), in_currency).amount,
        id=text(said.get("id"), 64),
        product=text(said.get("product"), 64),
        variant=text(said.get("variant"), 64),
        sku=text(said.get("sku"), 64),
        options=options((text(name), text(value)) for name, value in mapping(said.get("options")).items()),
        left=quantity(left) if isinstance(left, int) and not isinstance(left, bool) and quantity(left) != many else None,
        for_gift=said.get("gift") is True,
    )


def _codes(said: Any) -> tuple[str, ...]:
    return voucher_codes(said) if isinstance(said, list) else ()


def _signs(event: Payload) -> Signs:
    of_lines = [("gift", "yes") for one in objects(event.get("lines")) if one.get("gift") is True][:1]
    return Signs(
        said=(*_said(mapping(event.get("gift"))), *of_lines),
        parcel=_label(mapping(event.get("ship_to"))),
        bill=_label(mapping(event.get("bill_to"))),
    )


_GIFT = {"recipient": "recipient name", "email": "recipient email", "message": "gift message"}


def _said(gift: Payload) -> Iterator[tuple[str, str]]:
    for name, asked in (("is_gift", "gift"), ("wrapped", "gift wrap")):
        if isinstance(gift.get(name), bool):
            yield asked, "yes" if gift[name] else "no"
    for name, asked in _GIFT.items():
        if said := text(gift.get(name), 500):
            yield asked, said


def _label(said: Payload) -> Label:
    given = said.get("lines")
    lines = (text(one) for one in given) if isinstance(given, list) else ()
    return Label(text(said.get("name")), country_code(said.get("country")), tuple(one for one in lines if one)[:10])


def _parcel(said: Payload) -> Parcel:
    return Parcel(
        id=foreign_id(said.get("id"), "parcel"),
        seen_at=_needed_time(said, "changed_at", "parcel"),
        dispatched_at=when(said.get("dispatched_at")),
        delivered_at=when(said.get("delivered_at")),
        failed=said.get("failed") is True,
        carrier=text(said.get("carrier")),
        tracking=text(said.get("tracking")),
        tracking_url=url(said.get("tracking_url")),
    )


def _refund(said: Payload, in_currency: str) -> Refund:
    lines = {text(id_, 64): quantity(many) for id_, many in mapping(said.get("lines")).items()}
    return Refund(
        id=foreign_id(said.get("id"), "refund"),
        at=_needed_time(said, "at", "refund"),
        amount=money(said.get("amount"), in_currency),
        lines=dict(sorted((id_, many) for id_, many in lines.items() if id_ and many)[:MAX_LINES]),
    )


def _consent(event: Payload) -> ConsentSaid:
    address, said = address_or_none(event.get("email")), event.get("said")
    if address is None:
        raise Invalid("The consent names no usable e-mail address.", "email")
    if said not in ("yes", "no"):
        raise Invalid('The consent says neither "yes" nor "no".', "said")
    return ConsentSaid(
        source=SOURCE,
        said="yes" if said == "yes" else "no",
        address=address.normalised,
        dedupe_key=address.key,
        at=_needed_time(event, "at", "consent"),
        confirmed=event.get("confirmed") is True,
        name=text(event.get("name")),
        locale=text(event.get("locale"), 20),
    )


def _request(event: Payload, kind: Literal["export", "erase"]) -> PrivacyRequest:
    address, ids = address_or_none(event.get("email")), named_orders(event.get("orders"))
    if address is None and not ids:
        raise Invalid("The request names no usable e-mail address and no order.", "email")
    return PrivacyRequest(SOURCE, kind, address.key if address else "", ids)
