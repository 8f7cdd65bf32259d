"""Things as they come in from outside, made by us."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

from chalicelib.adapters.storefronts.shopify import Shopify
from chalicelib.domain.claim import Asked
from chalicelib.domain.identity import parse_address
from chalicelib.domain.order import Learnt
from chalicelib.ports import Ignored
from tests.support.world import SECRETS

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
    found = Shopify().learn(topic, SHOP_DOMAIN, json.dumps(payload).encode())
    assert not isinstance(found, Ignored)
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
