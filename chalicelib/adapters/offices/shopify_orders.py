"""An order as Shopify's GraphQL tells it, in the shape of its webhook: so that one parser reads both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.adapters.storefronts.fields import Payload, mapping, objects, text

_SENT = {"PARTIALLY_FULFILLED": "partial", "FULFILLED": "fulfilled", "RESTOCKED": "restocked"}


def as_webhook(order: Payload, lines: Sequence[Payload]) -> dict[str, Any]:
    """The order's webhook, as adapters/storefronts/shopify.py reads it. `lines`: all of the order's, where it holds only some."""
    postage = [_shop(one.get("originalPriceSet")) for one in _nodes(order, "shippingLines")]
    return {
        "id": _number(order.get("legacyResourceId")),
        "name": order.get("name"),
        "confirmation_number": order.get("confirmationNumber"),
        "created_at": order.get("createdAt"),
        "processed_at": order.get("processedAt"),
        "updated_at": order.get("updatedAt"),
        "cancelled_at": order.get("cancelledAt"),
        "test": order.get("test"),
        "email": order.get("email"),
        "customer_locale": order.get("customerLocale"),
        "order_status_url": order.get("statusPageUrl"),
        "currency": order.get("currencyCode"),
        "total_price": _shop(order.get("totalPriceSet")),
        "total_price_set": _presentment(order.get("totalPriceSet")),
        "total_tax": _shop(order.get("totalTaxSet")),
        "taxes_included": order.get("taxesIncluded"),
        "financial_status": _lower(order.get("displayFinancialStatus")),
        "fulfillment_status": _SENT.get(text(order.get("displayFulfillmentStatus"))),
        "shipping_lines": [{"price": price} for price in postage],
        "discount_codes": [{"code": code} for code in order.get("discountCodes") or ()],
        "note_attributes": _pairs(order),
        "customer": _customer(mapping(order.get("customer"))),
        "billing_address": _address(mapping(order.get("billingAddress"))),
        "shipping_address": _address(mapping(order.get("shippingAddress"))),
        "line_items": [_line(line) for line in lines],
        "fulfillments": [_fulfilment(one) for one in objects(order.get("fulfillments"))],
        "refunds": [_refund(one) for one in objects(order.get("refunds"))],
    }


def _line(line: Payload) -> dict[str, Any]:
    price, off = line.get("originalUnitPriceSet"), line.get("totalDiscountSet")
    return {
        "id": _number(line.get("id")),
        "title": line.get("title"),
        "variant_title": line.get("variantTitle"),
        "quantity": line.get("quantity"),
        "current_quantity": line.get("currentQuantity"),
        "price": _shop(price),
        "price_set": _presentment(price),
        "total_discount": _shop(off),
        "total_discount_set": _presentment(off),
        "product_id": _number(mapping(line.get("product")).get("legacyResourceId")),
        "variant_id": _number(mapping(line.get("variant")).get("legacyResourceId")),
        "sku": line.get("sku"),
        "gift_card": line.get("isGiftCard"),
        "properties": _pairs(line),
    }


def _fulfilment(parcel: Payload) -> dict[str, Any]:
    track = next(iter(objects(parcel.get("trackingInfo"))), {})
    delivered = parcel.get("deliveredAt") is not None or parcel.get("displayStatus") == "DELIVERED"
    return {
        "id": _number(parcel.get("legacyResourceId")),
        "created_at": parcel.get("createdAt"),
        "updated_at": parcel.get("updatedAt"),
        "status": _lower(parcel.get("status")),
        "shipment_status": "delivered" if delivered else _lower(parcel.get("displayStatus")),
        "tracking_company": track.get("company"),
        "tracking_number": track.get("number"),
        "tracking_url": track.get("url"),
    }


def _refund(refund: Payload) -> dict[str, Any]:
    back = [
        {"line_item_id": _number(mapping(one.get("lineItem")).get("id")), "quantity": one.get("quantity")}
        for one in _nodes(refund, "refundLineItems")
    ]
    return {
        "id": _number(refund.get("legacyResourceId")),
        "created_at": refund.get("createdAt"),
        "processed_at": refund.get("processedAt"),
        "refund_line_items": back,
        "transactions": [_transaction(one) for one in _nodes(refund, "transactions")],
    }


def _transaction(one: Payload) -> dict[str, Any]:
    # a webhook's transaction is in the buyer's currency
    paid = mapping(mapping(one.get("amountSet")).get("presentmentMoney"))
    return {
        "kind": _lower(one.get("kind")),
        "status": _lower(one.get("status")),
        "amount": paid.get("amount"),
        "currency": paid.get("currencyCode"),
    }


def _customer(customer: Payload) -> dict[str, Any]:
    known = mapping(customer.get("defaultEmailAddress"))
    return {
        "first_name": customer.get("firstName"),
        "last_name": customer.get("lastName"),
        "email": known.get("emailAddress"),
    }


def _address(address: Payload) -> dict[str, Any]:
    same = ("name", "company", "address1", "address2", "city", "province", "zip", "country")
    return {
        "first_name": address.get("firstName"),
        "last_name": address.get("lastName"),
        **{name: address.get(name) for name in same},
        "country_code": address.get("countryCodeV2"),
        "province_code": address.get("provinceCode"),
    }


def _pairs(holder: Payload) -> list[dict[str, Any]]:
    return [{"name": one.get("key"), "value": one.get("value")} for one in objects(holder.get("customAttributes"))]


def _nodes(holder: Payload, name: str) -> list[Payload]:
    return objects(mapping(holder.get(name)).get("nodes"))


def _shop(both: Any) -> Any:
    return mapping(mapping(both).get("shopMoney")).get("amount")


def _presentment(both: Any) -> dict[str, Any]:
    found = mapping(mapping(both).get("presentmentMoney"))
    return {"presentment_money": {"amount": found.get("amount"), "currency_code": found.get("currencyCode")}}


def _lower(value: Any) -> str | None:
    return text(value).lower() or None


def _number(id_: Any) -> int | None:
    """From a number in text, or a name such as gid://shopify/LineItem/466157049."""
    digits = text(id_).rpartition("/")[2].partition("?")[0]
    return int(digits) if digits.isdecimal() else None
