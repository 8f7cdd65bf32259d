"""Events made by us, of storefronts whose orders are not among the files: each with all that its adapter reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PLACED = 1772452800
"""2 March 2026 at noon."""

_ADDRESS = {"line1": "9 Quay Hill", "city": "Falmouth", "postal_code": "TR11 3HG", "country": "GB"}

STRIPE_ORDER: dict[str, Any] = {
    "id": "evt_ours",
    "object": "event",
    "type": "checkout.session.completed",
    "created": PLACED,
    "livemode": True,
    "data": {
        "object": {
            "id": "cs_live_ours",
            "object": "checkout.session",
            "mode": "payment",
            "payment_status": "paid",
            "status": "complete",
            "livemode": True,
            "created": PLACED,
            "payment_intent": "pi_ours",
            "client_reference_id": "1041",
            "currency": "gbp",
            "amount_subtotal": 14500,
            "amount_total": 14900,
            "locale": "en-GB",
            "customer_details": {"name": "Daniel Okafor", "email": "daniel.okafor@example.com", "address": _ADDRESS},
            "shipping_cost": {"amount_total": 400},
            "shipping_details": {"name": "Ruth Okafor", "address": _ADDRESS},
            "collected_information": {"shipping_details": {"name": "Ruth Okafor", "address": _ADDRESS}},
            "total_details": {"amount_discount": 500, "amount_shipping": 400, "amount_tax": 0},
            "presentment_details": {"presentment_amount": 17600, "presentment_currency": "eur"},
            "metadata": {"gift": "yes", "recipient_email": "ruth.okafor@example.com"},
            "custom_fields": [
                {"key": "gift_message", "label": {"type": "custom", "custom": "Gift message"}, "type": "text", "text": {"value": "Happy birthday"}}
            ],
            "discounts": [{"promotion_code": {"code": "WELCOME"}}],
            "line_items": {
                "data": [
                    {
                        "id": "li_1", "description": "Carrick locket", "quantity": 1, "amount_total": 14500, "currency": "gbp",
                        "price": {"id": "price_1", "product": "prod_1", "metadata": {"size": "M"}},
                    }
                ]
            },
        }
    },
}  # fmt: skip

STRIPE_REFUND: dict[str, Any] = {
    "id": "evt_refund",
    "object": "event",
    "type": "charge.refunded",
    "created": PLACED,
    "livemode": True,
    "data": {
        "object": {
            "id": "ch_ours", "object": "charge", "payment_intent": "pi_ours", "currency": "gbp", "amount": 14900, "amount_refunded": 500,
            "refunds": {"data": [{"id": "re_ours", "amount": 500, "currency": "gbp", "created": PLACED, "status": "succeeded"}]},
        }
    },
}  # fmt: skip

STANDARD_ORDER: dict[str, Any] = {
    "type": "order",
    "order": "1041",
    "number": "#1041",
    "placed_at": "2026-03-02T12:00:00Z",
    "changed_at": "2026-03-02T12:00:00Z",
    "currency": "GBP",
    "total": "149.00",
    "postage": "4.00",
    "tax": "0.00",
    "charged": {"amount": "176.00", "currency": "EUR"},
    "buyer": {"name": "Daniel Okafor", "email": "daniel.okafor@example.com", "country": "GB", "locale": "en-GB"},
    "bill_to": {"name": "Daniel Okafor", "lines": ["4 Fore Street", "Truro"], "country": "GB"},
    "ship_to": {"name": "Ruth Okafor", "lines": ["9 Quay Hill", "Falmouth"], "country": "GB"},
    "lines": [
        {
            "id": "1", "title": "Carrick locket", "quantity": 2, "left": 1, "price": "145.00", "product": "8", "variant": "9",
            "sku": "LOC", "options": {"Size": "M"}, "gift": True,
        }
    ],
    "gift": {"is_gift": True, "wrapped": True, "recipient": "Ruth Okafor", "email": "ruth.okafor@example.com", "message": "Happy birthday"},
    "parcels": [
        {
            "id": "1", "changed_at": "2026-03-02T12:00:00Z", "dispatched_at": "2026-03-02T11:00:00Z", "delivered_at": "2026-03-02T12:00:00Z",
            "failed": False, "carrier": "Royal Mail", "tracking": "JD1", "tracking_url": "https://track.example/JD1",
        }
    ],
    "refunds": [{"id": "1", "at": "2026-03-02T12:00:00Z", "amount": "5.00", "lines": {"1": 1}}],
    "codes": ["WELCOME"],
    "confirmation": "HB8K2M4VD",
    "status_url": "https://pellow-wren.example/orders/1041",
    "state": "paid",
    "test": False,
    "part_dispatched": False,
}  # fmt: skip

STANDARD_CONSENT: dict[str, Any] = {
    "type": "consent",
    "said": "yes",
    "email": "daniel.okafor@example.com",
    "at": "2026-03-02T12:00:00Z",
    "confirmed": True,
    "name": "Daniel Okafor",
}

EVENTS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "stripe": (STRIPE_ORDER, STRIPE_REFUND),
    "standard": (STANDARD_ORDER, STANDARD_CONSENT),
}
"""By storefront; the topic is the body's type."""
