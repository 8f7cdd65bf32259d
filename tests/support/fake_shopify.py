"""Shopify's Admin API in GraphQL, over HTTP on the loopback: it reads each query, checks it as Shopify would, and answers with what was
selected and nothing else. Types, errors and their words: Shopify's schema 2026-07 and shopify.dev, and answers recorded from a real shop.
"""

from __future__ import annotations

import json
import math
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from msgspec import Struct

SUPPORTED = ("2026-01", "2026-04", "2026-07", "2026-10")
TOKEN = "shpat_0123456789abcdef0123456789abcdef"
CLIENT, CLIENT_SECRET = "e2f1", "shpss_0123"
ALL_SCOPES = ("read_customers", "read_fulfillments", "read_orders", "read_products", "write_customers", "write_discounts")
MAX_COST, MAX_PAGE = 1000, 250

Behaviour = Callable[[BaseHTTPRequestHandler], None]
"""What is done instead of answering."""


# --- queries ---


class Variable(Struct, frozen=True):
    """A variable, where a value stands."""

    name: str


class Field(Struct):
    """One selected field; `fields` is None for a scalar, `on` names the type of an inline fragment."""

    name: str
    arguments: dict[str, Any]
    fields: list[Field] | None = None
    on: str = ""


class Operation(Struct):
    """`variables`: name → declared type."""

    kind: str
    variables: dict[str, str]
    fields: list[Field]


class Refused(Exception):
    """The whole query is refused, with these errors."""

    def __init__(self, message: str, code: str, **more: Any) -> None:
        super().__init__(message)
        self.errors: list[dict[str, Any]] = [{"message": message, "extensions": {"code": code, **more}}]


_TOKEN = re.compile(r"\.\.\.|[A-Za-z_]\w*|-?\d+|[!$(){}\[\]:,]")


class Reader:
    """The part of GraphQL that is used here: one operation, variables, arguments, inline fragments."""

    def __init__(self, query: str) -> None:
        self._left: list[str] = [token for token in _TOKEN.findall(query) if token != ","]
        if re.sub(r"[\s,]+", "", query) != "".join(self._left):
            raise Refused("syntax error, unexpected invalid token", "parseError")

    def operation(self) -> Operation:
        kind = self._take()
        if self._next() not in "({":
            self._take()
        return Operation(kind, self._declared() if self._next() == "(" else {}, self._selection())

    def _next(self) -> str:
        return self._left[0] if self._left else ""

    def _take(self, wanted: str = "") -> str:
        if not self._left or (wanted and self._left[0] != wanted):
            raise Refused(f"syntax error, unexpected {self._next() or 'end of file'}", "parseError")
        return self._left.pop(0)

    def _declared(self) -> dict[str, str]:
        self._take("(")
        found = {}
        while self._next() != ")":
            self._take("$")
            name = self._take()
            self._take(":")
            kind = ""
            while self._next() not in "$)":
                kind += self._take()
            found[name] = kind
        self._take(")")
        return found

    def _selection(self) -> list[Field]:
        self._take("{")
        found = []
        while self._next() != "}":
            found.append(self._field())
        self._take("}")
        return found

    def _field(self) -> Field:
        if self._next() == "...":
            self._take()
            self._take("on")
            return Field("", {}, on=self._take(), fields=self._selection())
        name = self._take()
        arguments = self._arguments() if self._next() == "(" else {}
        return Field(name, arguments, self._selection() if self._next() == "{" else None)

    def _arguments(self) -> dict[str, Any]:
        self._take("(")
        found = {}
        while self._next() != ")":
            name = self._take()
            self._take(":")
            found[name] = self._value()
        self._take(")")
        return found

    def _value(self) -> Any:
        token = self._take()
        if token == "$":
            return Variable(self._take())
        return int(token) if token.lstrip("-").isdigit() else {"true": True, "false": False}.get(token, token)


def filled(fields: list[Field], variables: Mapping[str, Any]) -> None:
    """Puts the variables' values where they stand."""
    for field in fields:
        field.arguments = {
            name: variables.get(value.name) if isinstance(value, Variable) else value for name, value in field.arguments.items()
        }
        filled(field.fields or [], variables)


_FREE = re.compile(r"pageInfo|\w+Set|\w+Money|\w+Address")


def cost(fields: list[Field], *, linear: bool = False) -> int:
    """Points, by what was measured of them: an object one, money and addresses none, a page two and its nodes times twice the logarithm
    of its size; `linear`: times its size, as the oldest rule had it. A list of a given size counts by it, for want of a measurement.
    """
    return sum(_cost_of(field, linear=linear) for field in fields)


def _cost_of(field: Field, *, linear: bool) -> int:
    if field.fields is None or _FREE.fullmatch(field.name):
        return 0
    inside = cost(field.fields, linear=linear)
    if field.on:
        return inside
    size = field.arguments.get("first")
    if size is None or not any(one.name == "nodes" for one in field.fields):
        return int(size or 1) * (1 + inside)
    return 2 + inside * int(size if linear else 2 * math.log(max(2, size)))


# --- inputs ---

_INPUTS: dict[str, dict[str, str]] = {
    "DiscountCodeBasicInput": {
        "appliesOncePerCustomer": "Boolean", "code": "String", "combinesWith": "DiscountCombinesWithInput",
        "context": "DiscountContextInput", "customerGets": "DiscountCustomerGetsInput", "endsAt": "DateTime",
        "minimumRequirement": "DiscountMinimumRequirementInput", "startsAt": "DateTime", "title": "String", "usageLimit": "Int",
    },
    "DiscountCombinesWithInput": {"orderDiscounts": "Boolean", "productDiscounts": "Boolean", "shippingDiscounts": "Boolean"},
    "DiscountContextInput": {"all": "ALL"},
    "DiscountCustomerGetsInput": {"items": "DiscountItemsInput", "value": "DiscountCustomerGetsValueInput"},
    "DiscountItemsInput": {"all": "Boolean"},
    "DiscountCustomerGetsValueInput": {"discountAmount": "DiscountAmountInput", "percentage": "Float"},
    "DiscountAmountInput": {"amount": "Decimal", "appliesOnEachItem": "Boolean"},
    "DiscountMinimumRequirementInput": {"subtotal": "DiscountMinimumSubtotalInput"},
    "DiscountMinimumSubtotalInput": {"greaterThanOrEqualToSubtotal": "Decimal"},
    "CustomerIdentifierInput": {"emailAddress": "String", "id": "ID", "phoneNumber": "String"},
    "CustomerEmailMarketingConsentUpdateInput": {"customerId": "ID!", "emailMarketingConsent": "CustomerEmailMarketingConsentInput!"},
    "CustomerEmailMarketingConsentInput": {"consentUpdatedAt": "DateTime", "marketingState": "UNSUBSCRIBED|SUBSCRIBED|PENDING!"},
    "WebhookSubscriptionInput": {"uri": "String", "format": "JSON|XML", "filter": "String"},
}  # fmt: skip
_SCALARS = {
    "String": r"(?s).*",
    "ID": r"gid://shopify/\w+/\d+",
    "DateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "Decimal": r"\d+(\.\d+)?",
    "WebhookSubscriptionTopic": r"(ORDERS|FULFILLMENTS|FULFILLMENT_EVENTS|REFUNDS|CUSTOMERS)(_[A-Z]+)+",
}


def fits(value: Any, kind: str) -> bool:
    """Whether the value may stand where the type is declared."""
    if value is None:
        return not kind.endswith("!")
    kind = kind.removesuffix("!")
    if kind.startswith("["):
        return isinstance(value, list) and all(fits(one, kind[1:-1]) for one in value)
    if kind in _INPUTS:
        return isinstance(value, dict) and _fits_input(value, _INPUTS[kind])
    if kind in ("Int", "Boolean"):
        return type(value) is {"Int": int, "Boolean": bool}[kind]
    return isinstance(value, str) and re.fullmatch(_SCALARS.get(kind, kind), value) is not None


def _fits_input(value: dict[str, Any], names: dict[str, str]) -> bool:
    return value.keys() <= names.keys() and all(fits(value.get(name), kind) for name, kind in names.items())


# --- the shop ---

_ROOT_SCOPES = {
    "orders": "read_orders",
    "order": "read_orders",
    "customerByIdentifier": "read_customers",
    "customerEmailMarketingConsentUpdate": "write_customers",
    "codeDiscountNodeByCode": "read_discounts",
    "discountCodeBasicCreate": "write_discounts",
    "discountCodeDeactivate": "write_discounts",
}
_FIELD_SCOPES = {"customer": "read_customers", "product": "read_products", "variant": "read_products"}
_PERSON = ("firstName", "lastName")
_PROTECTED = {
    "Order": ("email",),
    "Customer": _PERSON,
    "CustomerEmailAddress": ("emailAddress",),
    "MailingAddress": (*_PERSON, "name", "company", "address1", "address2", "city", "zip"),
}
_TAKEN = {"code": "TAKEN", "field": ["basicCodeDiscount", "code"], "message": "Code must be unique. Please try a different code."}


class FakeShopify:
    """`discounts`: code → its node. `protected`: whether the app may see names and addresses. `fails`: done instead of the next answers.
    `asked`: the root field of each query, `bodies`: the queries. `linear`: pages cost by their size.
    """

    def __init__(self) -> None:
        self.scopes = set(ALL_SCOPES)
        self.protected = True
        self.linear = False
        self.currency = "GBP"
        self.serves = SUPPORTED
        self.discounts: dict[str, dict[str, Any]] = {}
        self.inputs: dict[str, dict[str, Any]] = {}
        self.customers: list[dict[str, Any]] = []
        self.consents: list[dict[str, Any]] = []
        self.orders: list[dict[str, Any]] = []
        self.subscriptions: list[dict[str, Any]] = []
        self.fails: list[Behaviour] = []
        self.asked: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.dearest = 0
        self.closing = threading.Event()
        self.url = ""

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """Errors: Refused."""
        operation = Reader(body["query"]).operation()
        variables = body.get("variables") or {}
        self._check(operation, variables)
        filled(operation.fields, variables)
        points = cost(operation.fields, linear=self.linear)
        if points > MAX_COST:
            said = f"Query cost is {points}, which exceeds the single query max cost limit ({MAX_COST})."
            raise Refused(said, "MAX_COST_EXCEEDED", cost=points, maxCost=MAX_COST)
        self.dearest = max(self.dearest, points)
        errors: list[dict[str, Any]] = []
        data: dict[str, Any] | None = {}
        for field in operation.fields:
            self.asked.append(field.name)
            found = self._root(field, errors)
            if found is None and field.name == "orders":  # the type says that it is never null, so all is
                data = None
            elif data is not None:
                data[field.name] = found
        return {**({"errors": errors} if errors else {}), "data": data, "extensions": {"cost": {"requestedQueryCost": points}}}

    def _check(self, operation: Operation, variables: dict[str, Any]) -> None:
        for name, kind in operation.variables.items():
            if not fits(variables.get(name), kind):
                raise Refused(f"Variable ${name} of type {kind} was provided invalid value", "INVALID_VARIABLE")
        if variables.keys() - operation.variables.keys():  # which Shopify might pass over; here it is a slip of ours
            raise Refused("A variable was given that is not declared", "variableNotDefined")

    def _root(self, field: Field, errors: list[dict[str, Any]]) -> Any:
        needed = _ROOT_SCOPES.get(field.name, "")
        if needed and not self._may(needed):
            errors.append(denied(field.name, needed, [field.name]))
            return None
        resolver = getattr(self, f"_{_snake(field.name)}", None)
        if resolver is None:
            raise Refused(f"Field '{field.name}' doesn't exist on type 'QueryRoot'", "undefinedField")
        return self._selected(resolver(**field.arguments), field, [field.name], errors)

    def _may(self, scope: str) -> bool:
        return bool(self.scopes & {scope, scope.replace("read_", "write_")})

    def _selected(self, value: Any, field: Field, path: list[Any], errors: list[dict[str, Any]]) -> Any:
        if isinstance(value, list) and field.fields is not None:
            if any(one.name == "nodes" for one in field.fields):
                return self._selected(connection(value, field.arguments), field, path, errors)
            several = value[: field.arguments.get("first", MAX_PAGE)]
            return [self._selected(one, Field("", {}, field.fields), [*path, at], errors) for at, one in enumerate(several)]
        if not isinstance(value, dict):
            return value
        if field.fields is None:
            raise Refused(f"Field must have selections (field '{field.name}')", "selectionMismatch")
        return self._object(value, field.fields, path, errors)

    def _object(
        self, value: dict[str, Any], fields: list[Field], path: list[Any], errors: list[dict[str, Any]]
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in fields:
            if one.on:
                found |= self._object(value, one.fields or [], path, errors) if value["__typename"] == one.on else {}
            elif one.name not in value:
                kind = value.get("__typename", "?")
                raise Refused(f"Field '{one.name}' doesn't exist on type '{kind}'", "undefinedField", fieldName=one.name)
            else:
                found[one.name] = self._seen(value, one, [*path, one.name], errors)
        return found

    def _seen(self, value: dict[str, Any], one: Field, path: list[Any], errors: list[dict[str, Any]]) -> Any:
        needed = _FIELD_SCOPES.get(one.name, "")
        if needed and not self._may(needed):
            errors.append(denied(one.name, needed, path))
            return None
        if not self.protected and one.name in _PROTECTED.get(value.get("__typename", ""), ()):
            errors.append(unapproved(one.name, path))
            return None
        return self._selected(value[one.name], one, path, errors)

    # --- what can be asked and done ---

    def _shop(self) -> dict[str, Any]:
        return {"name": "Pellow & Wren", "myshopifyDomain": "pellow-wren.myshopify.com", "currencyCode": self.currency}

    def _current_app_installation(self) -> dict[str, Any]:
        return {"accessScopes": [{"handle": scope} for scope in sorted(self.scopes)]}

    def _orders(
        self,
        first: int,
        sortKey: str,  # noqa: N803 as Shopify spells it
        query: str = "",
        after: str | None = None,
        reverse: bool = False,
    ) -> list[dict[str, Any]]:
        since = re.fullmatch(r"updated_at:>='([^']+)'", query)
        if query and since is None:
            raise AssertionError(f"no such search: {query}")
        key = {"UPDATED_AT": "updatedAt", "CREATED_AT": "createdAt"}[sortKey]
        found = [order for order in self.orders if since is None or order["updatedAt"] >= since[1]]
        return sorted(found, key=lambda order: str(order[key]), reverse=reverse)

    def _order(self, id: str) -> dict[str, Any] | None:  # noqa: A002 as Shopify spells it
        return next((order for order in self.orders if order["id"] == id), None)

    def _code_discount_node_by_code(self, code: str) -> dict[str, Any] | None:
        return self.discounts.get(code.upper())

    def _discount_code_basic_create(self, basicCodeDiscount: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        code = basicCodeDiscount["code"].upper()
        errors = [_TAKEN] if code in self.discounts else list(_discount_errors(basicCodeDiscount))
        if not errors:
            self.discounts[code] = discount(len(self.discounts) + 1)
            self.inputs[code] = basicCodeDiscount
        return {"userErrors": errors}

    def _discount_code_deactivate(self, id: str) -> dict[str, Any]:  # noqa: A002
        for node in self.discounts.values():
            if node["id"] == id:
                node["codeDiscount"]["status"] = "EXPIRED"
                return {"userErrors": []}
        return {"userErrors": [{"code": "INVALID", "field": ["id"], "message": "Code discount does not exist."}]}

    def _customer_by_identifier(self, identifier: dict[str, str]) -> dict[str, Any] | None:
        wanted = identifier["emailAddress"].lower()
        return next((one for one in self.customers if one["defaultEmailAddress"]["emailAddress"] == wanted), None)

    def _customer_email_marketing_consent_update(self, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        consent = input["emailMarketingConsent"]
        self.consents.append(consent)
        for one in self.customers:
            if one["id"] == input["customerId"]:
                one["defaultEmailAddress"]["marketingState"] = consent["marketingState"]
                return {"userErrors": []}
        return {"userErrors": [{"code": "INVALID", "field": ["input", "customerId"], "message": "Customer not found"}]}

    def _webhook_subscriptions(self, first: int, topics: list[str], after: str | None = None) -> list[dict[str, Any]]:
        return [one for one in self.subscriptions if one["topic"] in topics]

    def _webhook_subscription_create(self, topic: str, webhookSubscription: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        errors = self._address_errors(topic, webhookSubscription["uri"])
        if not errors:
            self.subscriptions.append(subscription(len(self.subscriptions) + 1, topic, **webhookSubscription))
        return {"userErrors": errors}

    def _webhook_subscription_update(self, id: str, webhookSubscription: dict[str, Any]) -> dict[str, Any]:  # noqa: A002, N803
        one = next(one for one in self.subscriptions if one["id"] == id)
        others = [other for other in self.subscriptions if other is not one]
        errors = self._address_errors(one["topic"], webhookSubscription["uri"], others)
        if not errors:
            one.update(webhookSubscription)
        return {"userErrors": errors}

    def _address_errors(self, topic: str, uri: str, among: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
        field = ["webhookSubscription", "callbackUrl"]
        if not uri.startswith("https://"):
            return [{"field": field, "message": "Address protocol http:// is not supported"}]
        known = self.subscriptions if among is None else among
        if any((one["topic"], one["uri"]) == (topic, uri) for one in known):
            return [{"field": field, "message": "Address for this topic has already been taken"}]
        return []


def connection(items: list[Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """A page of the items. A cursor is a place, and only we know how it is spelt."""
    first, after = arguments["first"], arguments.get("after")
    if not 0 < first <= MAX_PAGE:
        raise Refused(f"first cannot exceed {MAX_PAGE}", "argumentLiteralsIncompatible")
    start = int(after.removeprefix("cursor==")) if after else 0
    end = start + first
    info = {"hasNextPage": end < len(items), "endCursor": f"cursor=={end}" if items else None}
    return {"nodes": items[start:end], "pageInfo": info}


def denied(field: str, scope: str, path: list[Any]) -> dict[str, Any]:
    """As recorded."""
    required = f"`{scope}` access scope."
    return {
        "message": f"Access denied for {field} field. Required access: {required}",
        "path": path,
        "extensions": {
            "code": "ACCESS_DENIED",
            "documentation": "https://shopify.dev/api/usage/access-scopes",
            "requiredAccess": required,
        },
    }


def unapproved(field: str, path: list[Any]) -> dict[str, Any]:
    """As reported by apps without access to protected customer data."""
    page = "https://shopify.dev/docs/apps/launch/protected-customer-data"
    return {
        "message": f"This app is not approved to use the {field} field. See {page} for more details.",
        "path": path,
        "extensions": {"code": "ACCESS_DENIED", "documentation": page},
    }


def _discount_errors(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("code", "context", "customerGets", "startsAt", "title"):
        if name not in given:
            yield {"code": "BLANK", "field": ["basicCodeDiscount", name], "message": f"{name} can't be blank"}
    if given.get("endsAt", "9") <= given.get("startsAt", ""):
        yield {"code": "INVALID", "field": ["basicCodeDiscount", "endsAt"], "message": "Ends at needs to be after starts_at"}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()


# --- what a shop holds ---


def discount(number: int, *, status: str = "ACTIVE", codes: int = 1) -> dict[str, Any]:
    """A code's discount."""
    basic = {"__typename": "DiscountCodeBasic", "status": status, "codesCount": {"count": codes}}
    return {"id": f"gid://shopify/DiscountCodeNode/{number}", "codeDiscount": basic}


def subscription(number: int, topic: str, uri: str, format: str = "JSON") -> dict[str, Any]:  # noqa: A002 as Shopify spells it
    """A webhook subscription."""
    return {"id": f"gid://shopify/WebhookSubscription/{number}", "topic": topic, "uri": uri, "format": format}


def customer(address: str, state: str = "SUBSCRIBED") -> dict[str, Any]:
    """A customer with an e-mail address."""
    known = {"__typename": "CustomerEmailAddress", "emailAddress": address, "marketingState": state}
    return {
        "__typename": "Customer",
        "id": "gid://shopify/Customer/7012",
        "firstName": "Isobel",
        "lastName": "Trant",
        "defaultEmailAddress": known,
    }


def money(shop: str, presentment: str = "", currency: str = "GBP") -> dict[str, Any]:
    """A MoneyBag: `shop` in GBP, and what that is in the buyer's currency."""
    return {
        "shopMoney": {"amount": shop, "currencyCode": "GBP"},
        "presentmentMoney": {"amount": presentment or shop, "currencyCode": currency},
    }


def line_item(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A line of one pair of ear-rings at 48 pounds."""
    return {
        "__typename": "LineItem",
        "id": f"gid://shopify/LineItem/{number}",
        "title": "Sea-glass stud earrings",
        "variantTitle": None,
        "quantity": 1,
        "currentQuantity": 1,
        "sku": None,
        "isGiftCard": False,
        "customAttributes": [],
        "originalUnitPriceSet": money("48.0"),
        "totalDiscountSet": money("0.0"),
        "product": None,
        "variant": None,
        **changes,
    }


def mailing_address(**changes: Any) -> dict[str, Any]:
    """An address of which only the country is known."""
    names = (*_PERSON, "name", "company", "address1", "address2", "city", "province", "provinceCode", "zip", "country")
    return {"__typename": "MailingAddress", **dict.fromkeys(names), "countryCodeV2": "GB", **changes}


def admin_order(number: int = 5551023340801, **changes: Any) -> dict[str, Any]:
    """The order of factories.shopify_order, as this API has it."""
    placed = "2026-03-02T12:00:00Z"
    return {
        "__typename": "Order",
        "id": f"gid://shopify/Order/{number}",
        "legacyResourceId": str(number),
        "name": "#1041",
        "confirmationNumber": "QW3X7R9TN",
        "createdAt": placed,
        "processedAt": placed,
        "updatedAt": placed,
        "cancelledAt": None,
        "test": False,
        "email": "isobel.trant@example.com",
        "customerLocale": None,
        "statusPageUrl": "https://pellow-wren.myshopify.com/orders/status",
        "currencyCode": "GBP",
        "taxesIncluded": True,
        "discountCodes": [],
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "customAttributes": [],
        "customer": customer("isobel.trant@example.com"),
        "totalPriceSet": money("48.0"),
        "totalTaxSet": money("8.0"),
        "billingAddress": mailing_address(),
        "shippingAddress": mailing_address(name="Isobel Trant", address1="4 Fore Street", city="Truro"),
        "shippingLines": [],
        "lineItems": [line_item()],
        "fulfillments": [],
        "refunds": [],
        **changes,
    }


# --- the server ---


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    shop: FakeShopify

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        if self.shop.fails:
            self.shop.fails.pop(0)(self)
        elif self.path == "/admin/oauth/access_token":
            self._grant(parse_qs(raw.decode()))
        else:
            self._serve(raw)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing."""

    def _grant(self, form: dict[str, list[str]]) -> None:
        self.shop.asked.append("token")
        given = {name: values[0] for name, values in form.items()}
        if given != {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": CLIENT_SECRET}:
            send(self, 400, {"error": "invalid_client", "error_description": "Client authentication failed"})
        else:
            send(self, 200, {"access_token": TOKEN, "scope": ",".join(ALL_SCOPES), "expires_in": 86399})

    def _serve(self, raw: bytes) -> None:
        found = re.fullmatch(r"/admin/api/(\d{4}-\d\d)/graphql\.json", self.path)
        if found is None:
            return send(self, 404, {"errors": "Not Found"})
        if self.headers["X-Shopify-Access-Token"] != TOKEN:
            return send(self, 401, {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"})
        if self.headers["Content-Type"] != "application/json":
            return send(self, 400, {"errors": "Bad Request"})
        # a version that is supported no more is answered as the oldest that is
        version = found[1] if found[1] in self.shop.serves else self.shop.serves[0]
        body = json.loads(raw)
        self.shop.bodies.append(body)
        try:
            told = self.shop.answer(body)
        except Refused as refused:
            told = {"errors": refused.errors}
        return send(self, 200, told, {"X-Shopify-API-Version": version})


def send(handler: BaseHTTPRequestHandler, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
    """An answer; bytes go as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(raw)


def answers(status: int, body: object) -> Behaviour:
    """Answers that instead."""
    return lambda handler: send(handler, status, body)


def cuts(handler: BaseHTTPRequestHandler) -> None:
    """Breaks off in mid-answer."""
    handler.send_response(200)
    handler.send_header("Content-Length", "400")
    handler.end_headers()
    handler.wfile.write(b'{"data":')
    handler.close_connection = True


def errs(code: str, message: str) -> Behaviour:
    """Answers 200 with that one error, as GraphQL does."""
    return answers(200, {"errors": [{"message": message, "extensions": {"code": code}}]})


@contextmanager
def fake_shopify() -> Iterator[FakeShopify]:
    """A shop that answers at its `url`."""
    shop = FakeShopify()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"shop": shop}))
    server.daemon_threads = True
    shop.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield shop
    finally:
        shop.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def stalls(shop: FakeShopify) -> Behaviour:
    """Never answers."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        shop.closing.wait(5)
        handler.close_connection = True

    return behave
