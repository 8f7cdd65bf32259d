"""Shopify's back office over its Admin API in GraphQL. Shapes: Shopify's own schema of VERSION, and on shopify.dev "GraphQL Admin API
reference", "API response status and error codes", "GraphQL Admin API rate limits" and "Work with protected customer data".

The token is that of an app which the shop itself made: one for good where that was before 2026, else one for a day. Orders of more than 60 days ago come only to an app that was granted read_all_orders besides SCOPES.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from chalicelib import strict_json
from chalicelib.adapters.offices.http import Answer, Api
from chalicelib.adapters.offices.shopify_orders import as_webhook
from chalicelib.adapters.storefronts.fields import Payload, mapping, objects, text
from chalicelib.adapters.storefronts.shopify import ORDER_TOPICS, PARCEL_TOPICS
from chalicelib.domain.calendar import stamp
from chalicelib.domain.identity import tidy
from chalicelib.domain.money import plain
from chalicelib.domain.order import Line
from chalicelib.domain.voucher import Voucher
from chalicelib.errors import CourtesyError, Invalid, Misconfigured, Retryable
from chalicelib.ports import Changed, Proof, Subscribed

VERSION = "2026-07"
"""Supported until July 2027 at least. Afterwards Shopify answers as the oldest version that it still supports, without a word but the header
that `prove` reports.
"""

SCOPES = ("read_customers", "read_fulfillments", "read_orders", "read_products", "write_customers", "write_discounts")
"""read_products: an order's lines name their product and variant only with it."""

TOPICS = (
    *ORDER_TOPICS, "orders/delete", *PARCEL_TOPICS, "fulfillment_events/create", "refunds/create",
    "customers/create", "customers/update", "customers_email_marketing_consent/update",
)  # fmt: skip
"""All that the storefront learns from, but for the three about privacy: the app's own configuration names where those go, no call can."""

PAGE_SIZES = (25, 10, 2)
"""Orders a page. A query may cost 1,000 points. By what was measured (community.shopify.dev, "How to calculate GraphQL cost estimates") the
largest page costs under 950, and by the oldest, strictest rule the smallest does. Shopify keeps the rule to itself and may change it with a
version: where a page costs too much, the next smaller one is asked for.
"""

NEWEST = 10

TOKEN_LASTS = 23 * 3600
"""Seconds; Shopify says a day."""

_MONEY = "shopMoney { amount } presentmentMoney { amount currencyCode }"
_ADDRESS = "firstName lastName name company address1 address2 city province provinceCode zip country countryCodeV2"
_PAIRS = "customAttributes { key value }"
_PAGE_INFO = "pageInfo { hasNextPage endCursor }"
_LINES = f"""
nodes {{
  id title variantTitle quantity currentQuantity sku isGiftCard {_PAIRS}
  originalUnitPriceSet {{ {_MONEY} }} totalDiscountSet {{ {_MONEY} }}
  product {{ legacyResourceId }} variant {{ legacyResourceId }}
}} {_PAGE_INFO}"""
_CUSTOMER = "customer { firstName lastName defaultEmailAddress { emailAddress } }"

# As many lines as an order keeps, and more parcels and refunds than a small shop's orders have: the rest came by webhook.
_CHANGED = f"""
query Changed($first: Int!, $query: String!, $after: String) {{
  orders(first: $first, query: $query, sortKey: UPDATED_AT, after: $after) {{
    nodes {{
      id legacyResourceId name confirmationNumber createdAt processedAt updatedAt cancelledAt test email customerLocale statusPageUrl
      currencyCode taxesIncluded discountCodes displayFinancialStatus displayFulfillmentStatus {_PAIRS} {_CUSTOMER}
      totalPriceSet {{ {_MONEY} }} totalTaxSet {{ shopMoney {{ amount }} }}
      billingAddress {{ {_ADDRESS} }} shippingAddress {{ {_ADDRESS} }}
      shippingLines(first: 5) {{ nodes {{ originalPriceSet {{ shopMoney {{ amount }} }} }} }}
      lineItems(first: 25) {{ {_LINES} }}
      fulfillments(first: 10) {{
        legacyResourceId createdAt updatedAt status displayStatus deliveredAt trackingInfo(first: 1) {{ company number url }}
      }}
      refunds(first: 5) {{
        legacyResourceId createdAt processedAt
        refundLineItems(first: 25) {{ nodes {{ quantity lineItem {{ id }} }} }}
        transactions(first: 5) {{ nodes {{ kind status amountSet {{ presentmentMoney {{ amount currencyCode }} }} }} }}
      }}
    }} {_PAGE_INFO}
  }}
}}"""

_MORE_LINES = (
    f"query MoreLines($id: ID!, $after: String) {{ order(id: $id) {{ lineItems(first: 100, after: $after) {{ {_LINES} }} }} }}"
)

_DISCOUNT = """
query Discount($code: String!) {
  shop { currencyCode }
  codeDiscountNodeByCode(code: $code) { id codeDiscount { ... on DiscountCodeBasic { status codesCount { count } } } }
}"""

_REGISTER = """
mutation Register($discount: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $discount) { userErrors { code message } }
}"""

_DEACTIVATE = "mutation Void($id: ID!) { discountCodeDeactivate(id: $id) { userErrors { code message } } }"

_BY_ADDRESS = """
query ByAddress($by: CustomerIdentifierInput!) {
  customerByIdentifier(identifier: $by) { id defaultEmailAddress { emailAddress marketingState } }
}"""

_UNSUBSCRIBE = """
mutation Unsubscribe($input: CustomerEmailMarketingConsentUpdateInput!) {
  customerEmailMarketingConsentUpdate(input: $input) { userErrors { code message } }
}"""

_ABOUT = "query About { shop { name myshopifyDomain } currentAppInstallation { accessScopes { handle } } }"

_NEWEST = f"""
query Newest($first: Int!) {{
  orders(first: $first, sortKey: CREATED_AT, reverse: true) {{ nodes {{ email {_CUSTOMER} billingAddress {{ name }} }} }}
}}"""

_SUBSCRIPTIONS = f"""
query Subscriptions($topics: [WebhookSubscriptionTopic!], $after: String) {{
  webhookSubscriptions(first: 100, topics: $topics, after: $after) {{ nodes {{ id topic uri format }} {_PAGE_INFO} }}
}}"""

_SUBSCRIBE = """
mutation Subscribe($topic: WebhookSubscriptionTopic!, $to: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $to) { userErrors { message } }
}"""

_MOVE = """
mutation Move($id: ID!, $to: WebhookSubscriptionInput!) {
  webhookSubscriptionUpdate(id: $id, webhookSubscription: $to) { userErrors { message } }
}"""

_MEND = "Check the shop's myshopify.com name and the token of its custom app, and give the token again."
_MEND_CLIENT = "Check the shop's myshopify.com name and the app's client ID and secret, and that the app is installed there."
_FROZEN = "Shopify has frozen the shop: its owner can mend that in Shopify's admin."
_LOCKED = "Shopify has locked the shop: its owner can mend that with Shopify's support."
_SHUT = {
    402: _FROZEN,
    404: "Shopify knows no shop of this name. Give storefront.shop as Shopify does, such as pellow-wren.myshopify.com.",
    423: _LOCKED,
}
_PROTECTED = (
    "Names and e-mail addresses of customers come only to apps with access to protected customer data; an app that was made in the "
    "shop's own admin does not get them on the Basic and Starter plans."
)
_NOT_OURS = "Shopify has this code, but as one that Courtesy did not make: take it out of its discount there by hand."
_SCOPE = re.compile(r"\b(?:read|write)_[a-z_]+\b")
_ADDRESS_IN_TEXT = re.compile(r"\S+@\S*")
_MAX_MESSAGE = 10_000


class _TooDear(Invalid):
    """The query costs more points than one may."""


class _Denied(Misconfigured):
    """The app may not see all that it asked for. `data` is what it may see."""

    def __init__(self, sentence: str, data: Payload) -> None:
        super().__init__(sentence)
        self.data = data


class ShopifyAdmin:
    """ports.Office for Shopify. `shop`: its myshopify.com name; `token`: gives the app's token of the moment; `base`: where the API is,
    where not there.
    """

    def __init__(self, shop: str, token: Callable[[], str], *, base: str = "") -> None:
        self._api, self._token = Api("Shopify", base or f"https://{shop}", {}, _MEND), token

    def register(self, voucher: Voucher) -> None:
        """A discount of its own for each voucher, in the shop's currency; it combines with no other."""
        found = self._discount(voucher.code)
        sells_in = text(mapping(found.get("shop")).get("currencyCode"))
        if sells_in != voucher.value.currency:
            raise Misconfigured(f"The vouchers are in {voucher.value.currency}, but the Shopify shop sells in {sells_in}.")
        if _is_live(found):
            return
        errors = self._change(_REGISTER, {"discount": _discount_of(voucher)})
        # it was not there a moment ago, so whoever took the code meanwhile was this same voucher on its second try
        taken = bool(errors) and all(error.get("code") == "TAKEN" for error in errors)
        if not (taken and _is_live(self._discount(voucher.code))):
            _refuse(errors)

    def void(self, code: str) -> None:
        """A code among others of one discount is left alone: Shopify ends discounts, so its neighbours would end with it."""
        node = mapping(self._discount(code).get("codeDiscountNodeByCode"))
        discount = mapping(node.get("codeDiscount"))
        if not node or discount.get("status") == "EXPIRED":
            return
        if mapping(discount.get("codesCount")).get("count") != 1:
            raise Invalid(_NOT_OURS)
        _refuse(self._change(_DEACTIVATE, {"id": node.get("id")}))

    def unsubscribe(self, address: str, at: datetime) -> bool:
        """Looked up by the address itself: in Shopify's search language an address could say more than an address."""
        customer = mapping(self._ask(_BY_ADDRESS, {"by": {"emailAddress": address}}).get("customerByIdentifier"))
        known = mapping(customer.get("defaultEmailAddress"))
        if text(known.get("emailAddress"), 254).casefold() != address.casefold():
            return False
        if known.get("marketingState") != "UNSUBSCRIBED":
            consent = {"marketingState": "UNSUBSCRIBED", "consentUpdatedAt": stamp(at)}
            _refuse(self._change(_UNSUBSCRIBE, {"input": {"customerId": customer.get("id"), "emailMarketingConsent": consent}}))
        return True

    def lines(self, ask: str) -> tuple[Line, ...]:
        """Never needed."""
        raise Invalid("Shopify's events carry the lines of their orders; there is nothing to ask for.")

    def changed(self, since: datetime, after: str = "") -> Changed:
        """Each order as its orders/updated webhook would tell it, with all its lines, its first 10 parcels and its first 5 refunds."""
        found = self._page({"query": f"updated_at:>='{stamp(since)}'", "after": after or None})
        orders, cursor = _page_of(found.get("orders"))
        told = [strict_json.dumps(as_webhook(order, self._all_lines(order))) for order in orders]
        return Changed(tuple(("orders/updated", raw) for raw in told), cursor)

    def prove(self) -> Proof:
        """What the app may not see counts as not told, so that the owner learns of it here."""
        answer = self._call(_ABOUT, {})
        about = _data(answer)
        shop, app = mapping(about.get("shop")), mapping(about.get("currentAppInstallation"))
        try:
            found = self._ask(_NEWEST, {"first": NEWEST})
        except _Denied as denied:
            found = denied.data
        orders = objects(mapping(found.get("orders")).get("nodes"))
        return Proof(
            shop=f"{text(shop.get('name'))} ({text(shop.get('myshopifyDomain'))})",
            orders=len(orders),
            named=sum(_is_named(order) for order in orders),
            addressed=sum(_is_addressed(order) for order in orders),
            version=answer.headers.get("x-shopify-api-version", VERSION),
            pinned=VERSION,
            missing=_missing({text(scope.get("handle")) for scope in objects(app.get("accessScopes"))}),
        )

    def subscribe(self, url: str, secret: str) -> Subscribed:
        """Shopify signs with the app's client secret, which only the app's own page tells. What went to the same path of another host is
        moved here. Where the privacy topics go is said on that page too, not here.
        """
        known = self._subscriptions()
        for topic in TOPICS:
            self._subscribe(topic, url, [one for one in known if one.get("topic") == _enum(topic)])
        return Subscribed(TOPICS)

    def _subscribe(self, topic: str, url: str, known: Sequence[Payload]) -> None:
        if any(one.get("uri") == url and one.get("format") == "JSON" for one in known):
            return
        to = {"uri": url, "format": "JSON"}
        earlier = next((one for one in known if urlsplit(str(one.get("uri"))).path == urlsplit(url).path), None)
        if earlier is None:
            errors = self._change(_SUBSCRIBE, {"topic": _enum(topic), "to": to})
        else:
            errors = self._change(_MOVE, {"id": earlier.get("id"), "to": to})
        # these errors have no code
        _refuse([error for error in errors if "already been taken" not in text(error.get("message"), 200)])

    def _subscriptions(self) -> list[Payload]:
        topics, known, cursor = [_enum(topic) for topic in TOPICS], list[Payload](), None
        while cursor != "":
            found = self._ask(_SUBSCRIPTIONS, {"topics": topics, "after": cursor})
            page, cursor = _page_of(found.get("webhookSubscriptions"))
            known += page
        return known

    def _page(self, variables: Mapping[str, Any]) -> Payload:
        for first in PAGE_SIZES[:-1]:
            with suppress(_TooDear):
                return self._ask(_CHANGED, {**variables, "first": first})
        return self._ask(_CHANGED, {**variables, "first": PAGE_SIZES[-1]})

    def _all_lines(self, order: Payload) -> list[Payload]:
        lines, cursor = _page_of(order.get("lineItems"))
        while cursor:
            found = self._ask(_MORE_LINES, {"id": order.get("id"), "after": cursor})
            more, cursor = _page_of(mapping(found.get("order")).get("lineItems"))
            lines += more
        return lines

    def _discount(self, code: str) -> Payload:
        return self._ask(_DISCOUNT, {"code": code})

    def _change(self, mutation: str, variables: Mapping[str, Any]) -> list[Payload]:
        """The errors that it names; none when it is done."""
        done = [payload for payload in self._ask(mutation, variables).values() if isinstance(payload, dict)]
        if not done:
            raise Retryable("Shopify answered, but did not say whether it is done.")
        return [error for payload in done for error in objects(payload.get("userErrors"))]

    def _ask(self, query: str, variables: Mapping[str, Any]) -> Payload:
        return _data(self._call(query, variables))

    def _call(self, query: str, variables: Mapping[str, Any]) -> Answer:
        path, headers = f"/admin/api/{VERSION}/graphql.json", {"X-Shopify-Access-Token": self._token()}
        return self._api.call("POST", path, data={"query": query, "variables": variables}, headers=headers)


class DailyToken:
    """The token of an app whose tokens last for a day: fetched when first asked for, and again before it runs out.

    `seconds`: a clock that only moves forward.
    """

    def __init__(
        self, shop: str, client: str, secret: str, *, base: str = "", seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = partial(fetch_token, shop, client, secret, base=base)
        self._seconds = seconds
        self._token, self._until = "", 0.0

    def __call__(self) -> str:
        """Errors: Retryable, Misconfigured."""
        if not self._token or self._seconds() >= self._until:
            self._token, self._until = self._fetch(), self._seconds() + TOKEN_LASTS
        return self._token


def fetch_token(shop: str, client: str, secret: str, *, base: str = "") -> str:
    """A token for a day, of an app from Shopify's Dev Dashboard that the shop's own organization made: since 2026 no new app gets a lasting
    one. `secret` is also what its webhooks are signed with. Errors: Retryable, Misconfigured.
    """
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    answer = Api("Shopify", base or f"https://{shop}", {}, _MEND_CLIENT).call("POST", "/admin/oauth/access_token", form=form)
    token = mapping(answer.body).get("access_token")
    if answer.status != 200 or not isinstance(token, str):
        raise Misconfigured(f"Shopify gives the app no token ({answer.status}). {_MEND_CLIENT}")
    return token


def _data(answer: Answer) -> Payload:
    """What was asked for. Errors: as ports.Office."""
    if answer.status in _SHUT:
        raise Misconfigured(f"{_SHUT[answer.status]} ({answer.status})")
    body = mapping(answer.body)
    if body.get("errors") or answer.status >= 400:
        raise _error(answer.status, body)
    data = body.get("data")
    if not isinstance(data, dict):
        raise Retryable("Shopify answered, but with nothing.")
    return data


def _error(status: int, body: Payload) -> CourtesyError:
    errors = objects(body.get("errors"))
    codes = {text(mapping(error.get("extensions")).get("code")) for error in errors}
    said = _words(errors or [{"message": body.get("errors")}])
    if codes & {"THROTTLED", "INTERNAL_SERVER_ERROR"}:
        return Retryable("Shopify is busy; it is asked again in a moment.")
    if "MAX_COST_EXCEEDED" in codes:
        return _TooDear(f"Shopify says no: {said}")
    if "ACCESS_DENIED" in codes:
        return _Denied(_denied(said), mapping(body.get("data")))
    if "SHOP_INACTIVE" in codes:
        return Misconfigured(_LOCKED)
    return Invalid(f"Shopify says no ({status}): {said}")


def _denied(said: str) -> str:
    scopes = sorted(set(_SCOPE.findall(said)))
    wanted = f"Give it {' and '.join(scopes)}, and install it again. " if scopes else ""
    return f"Shopify does not let the app see or do this. {wanted}{_PROTECTED}"


def _refuse(errors: Sequence[Payload]) -> None:
    if errors:
        raise Invalid(f"Shopify says no: {_words(errors)}")


def _words(errors: Sequence[Payload]) -> str:
    """What Shopify says, each sentence once. It may repeat the address that it is about."""
    messages = dict.fromkeys(text(error.get("message"), _MAX_MESSAGE) for error in errors)
    # the address goes before the text is cut, else half of it might stay
    return tidy(_ADDRESS_IN_TEXT.sub("…", " ".join(messages)), 400)


def _page_of(connection: Any) -> tuple[list[Payload], str]:
    """Its nodes, and where to go on, "" at the end."""
    info = mapping(mapping(connection).get("pageInfo"))
    if "hasNextPage" not in info:
        raise Retryable("Shopify answered, but not in full.")
    return objects(mapping(connection).get("nodes")), str(info.get("endCursor") or "") if info["hasNextPage"] else ""


def _enum(topic: str) -> str:
    return topic.replace("/", "_").upper()


def _missing(granted: set[str]) -> tuple[str, ...]:
    # who may write may read
    return tuple(scope for scope in SCOPES if not granted & {scope, scope.replace("read_", "write_")})


def _is_named(order: Payload) -> bool:
    customer, billing = mapping(order.get("customer")), mapping(order.get("billingAddress"))
    return any(text(one) for one in (customer.get("firstName"), customer.get("lastName"), billing.get("name")))


def _is_addressed(order: Payload) -> bool:
    known = mapping(mapping(order.get("customer")).get("defaultEmailAddress"))
    return any(text(one) for one in (order.get("email"), known.get("emailAddress")))


def _is_live(found: Payload) -> bool:
    discount = mapping(mapping(found.get("codeDiscountNodeByCode")).get("codeDiscount"))
    return discount.get("status") in ("ACTIVE", "SCHEDULED")


def _discount_of(voucher: Voucher) -> dict[str, Any]:
    least = {"subtotal": {"greaterThanOrEqualToSubtotal": plain(voucher.minimum)}}
    return {
        "title": f"Courtesy {voucher.code}",
        "code": voucher.code,
        "startsAt": stamp(voucher.issued_at),
        "endsAt": stamp(voucher.ends_at),
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
        "context": {"all": "ALL"},
        "customerGets": {
            "value": {"discountAmount": {"amount": plain(voucher.value), "appliesOnEachItem": False}},
            "items": {"all": True},
        },
        "combinesWith": {"orderDiscounts": False, "productDiscounts": False, "shippingDiscounts": False},
        **({"minimumRequirement": least} if voucher.minimum.amount > 0 else {}),
    }


# --- an order as its webhook tells it, so that one parser reads both ---
