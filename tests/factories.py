"""Things as they come in from outside, made by us."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import timedelta
from typing import Any

import msgspec

from chalicelib.adapters.storefronts.shopify import Shopify
from chalicelib.domain.claim import Asked
from chalicelib.domain.follow_up import PLANNED, FollowUp, follow_up_id, lifetime
from chalicelib.domain.gift import Gift, Label, Signs
from chalicelib.domain.identity import parse_address
from chalicelib.domain.money import Money
from chalicelib.domain.order import Buyer, Learnt, Line, Order, Parcel, View
from chalicelib.domain.playbook import BUYER, RECIPIENT, Rule
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Case
from chalicelib.domain.standing import COURTESY, MARKETING, Standing
from tests.support.world import NOON, SECRETS, demo_shop

SHOP_DOMAIN = "pellow-wren.myshopify.com"


def asked(name: str = "Isobel Trant", email: str = "isobel.trant@example.com", *, newsletter: bool = False) -> Asked:
    """A checked claim form."""
    return Asked(name, parse_address(email), newsletter=int(newsletter))


def shopify_order(**changes: Any) -> dict[str, Any]:
    """An order placed on 2 March 2026 at noon by Isobel Trant of Truro; no gift."""
    return {
        "id": 5551023340801,
        "name": "#1041",
        "confirmation_number": "QW3X7R9TN",
        "email": "isobel.trant@example.com",
        "created_at": "2026-03-02T12:00:00+00:00",
        "updated_at": "2026-03-02T12:00:00+00:00",
        "cancelled_at": None,
        "test": False,
        "currency": "GBP",
        "total_price": "48.00",
        "financial_status": "paid",
        "fulfillment_status": None,
        "discount_codes": [],
        "note_attributes": [],
        "customer": {"first_name": "Isobel", "last_name": "Trant"},
        "billing_address": {"country_code": "GB"},
        "shipping_address": {"name": "Isobel Trant", "address1": "4 Fore Street", "city": "Truro", "country_code": "GB"},
        "line_items": [{"id": 1, "title": "Sea-glass stud earrings", "quantity": 1, "price": "48.00", "properties": []}],
        "fulfillments": [],
        **changes,
    }


def gift_order(**changes: Any) -> dict[str, Any]:
    """The same order as a gift from Isobel to Ruth Okafor, who may be mailed."""
    attributes = {"Gift": "Yes", "Recipient name": "Ruth Okafor", "Recipient email": "ruth.okafor@example.com"}
    pairs = [{"name": name, "value": value} for name, value in attributes.items()]
    label = {"name": "Ruth Okafor", "address1": "9 Quay Hill", "city": "Falmouth", "zip": "TR11 3HG", "country_code": "GB"}
    return shopify_order(**{"note_attributes": pairs, "shipping_address": label, **changes})


def shopify_parcel(**changes: Any) -> dict[str, Any]:
    """That order's one parcel, delivered on 4 March 2026 at noon."""
    return {
        "id": 4890012277761,
        "order_id": 5551023340801,
        "status": "success",
        "shipment_status": "delivered",
        "created_at": "2026-03-03T09:00:00+00:00",
        "updated_at": "2026-03-04T12:00:00+00:00",
        "tracking_company": "Royal Mail",
        "tracking_number": "JD0002211337GB",
        "tracking_url": "https://track.example/JD0002211337GB",
        **changes,
    }


def learnt(topic: str, payload: dict[str, Any]) -> Learnt:
    """What Shopify's adapter learns from a payload."""
    found = Shopify().learn(topic, json.dumps(payload).encode())
    assert isinstance(found, Learnt)
    return found


def signed(
    topic: str, payload: object, *, secret: str = SECRETS.webhooks["shopify"][0], **headers: str
) -> tuple[dict[str, str], bytes]:
    """Headers (lower case) and raw body of a delivery as Shopify signs it."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signature = base64.b64encode(hmac.digest(secret.encode(), raw, "sha256")).decode()
    return {
        "content-type": "application/json",
        "x-shopify-topic": topic,
        "x-shopify-shop-domain": SHOP_DOMAIN,
        "x-shopify-hmac-sha256": signature,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }, raw


# --- things as the rules see them ---

PERSON = "isobelisobelisobel77"


def view(**changes: Any) -> View:
    """That order as it was seen at noon on 2 March 2026."""
    plain = View(
        seen_at=NOON,
        placed_at=NOON,
        number="#1041",
        total=Money(4800, "GBP"),
        buyer=Buyer("Isobel Trant", "isobel.trant@example.com", "isobel.trant@example.com", "GB"),
        lines=(Line("Sea-glass stud earrings", 1, 4800),),
    )
    return msgspec.structs.replace(plain, **changes)


def parcel(**changes: Any) -> Parcel:
    """A tracked parcel, sent on 3 March, under way."""
    sent = NOON + timedelta(days=1)
    plain = Parcel(id="1", seen_at=sent, dispatched_at=sent, carrier="Royal Mail", tracking="JD0002211337GB")
    return msgspec.structs.replace(plain, **changes)


def signs_of(gift: Gift | None) -> Signs:
    """What a storefront says where that is the gift; nothing where it is none."""
    if gift is None:
        return Signs()
    said = {"Gift": "Yes", "Recipient name": gift.recipient, "Recipient email": gift.address, "Gift message": gift.message}
    return Signs(said=tuple(said.items()), parcel=Label("", gift.country, gift.postal))


def event(seen: View | None = None, gift: Gift | None = None, *parcels: Parcel) -> Learnt:
    """What one event says of the order 1041."""
    return Learnt("shopify", "1041", seen, signs_of(gift) if seen is not None else None, parcels)


def follow_up(**changes: Any) -> FollowUp:
    """Isobel's thank-you, due now."""
    message_class = changes.get("message_class", COURTESY)
    plain = FollowUp(
        id=follow_up_id("thank-you", PERSON, "shopify:x:1041"),
        rule="thank-you",
        person=PERSON,
        anchor="shopify:x:1041",
        role=BUYER,
        message_class=message_class,
        state=PLANNED,
        reason=Reason("arrived"),
        due_at=NOON,
        look_at=NOON,
        created_at=NOON,
        expires_at=NOON + lifetime(message_class),
    )
    return msgspec.structs.replace(plain, **changes)


def case(**changes: Any) -> Case:
    """That thank-you at noon, with nothing against it. `trigger`, `manners` and `standing` take changes of their own as dicts; `rule`, too,
    or it is a whole one, or None.
    """
    subject = changes.pop("follow_up", follow_up())
    manners = {"recipient_note": "e-mail", **changes.pop("manners", {})}
    found = changes.pop("rule", {})
    trigger = changes.pop("trigger", "arrival")
    rule = (
        found
        if not isinstance(found, dict)
        else Rule(
            name=subject.rule,
            trigger=trigger,
            to=subject.role,
            message_class=subject.message_class,
            template=subject.rule,
            purpose="newsletter" if subject.message_class == MARKETING else "",
            **found,
        )
    )
    plain = Case(
        follow_up=subject,
        rule=rule,
        standing=Standing(subject.person, **changes.pop("standing", {})),
        shop=demo_shop(**manners, **changes.pop("shop", {})),
        now=NOON,
        name="Isobel Trant",
        address="isobel.trant@example.com",
        country="GB",
        order=Order("shopify:x:1041", view=view()),
        gift=Gift("Ruth Okafor") if subject.role == RECIPIENT else None,
    )
    return msgspec.structs.replace(plain, **changes)
