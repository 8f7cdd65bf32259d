from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from chalicelib.adapters.offices import http
from chalicelib.adapters.offices.shopify_admin import PAGE_SIZES, SCOPES, TOPICS, VERSION, DailyToken, ShopifyAdmin, fetch_token
from chalicelib.adapters.storefronts import shopify as storefront
from chalicelib.adapters.storefronts.shopify import Shopify
from chalicelib.domain.money import Money
from chalicelib.domain.order import Learnt
from chalicelib.domain.voucher import Voucher
from chalicelib.errors import CourtesyError, Invalid, Misconfigured, Retryable
from chalicelib.ports import Office
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel
from tests.support import fake_shopify as fakes
from tests.support.fake_shopify import FakeShopify, admin_order, fake_shopify, line_item, mailing_address, money

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://hello.pellow-wren.example/api/webhooks/shopify"
ADDRESS = "isobel.trant@example.com"
CODE = "7HQ2M-9KXTC"


@pytest.fixture
def shop() -> Iterator[FakeShopify]:
    with fake_shopify() as found:
        yield found


@pytest.fixture
def office(shop: FakeShopify) -> ShopifyAdmin:
    return opened(shop)


def opened(shop: FakeShopify, token: str = fakes.TOKEN) -> ShopifyAdmin:
    return ShopifyAdmin("pellow-wren.myshopify.com", lambda: token, base=shop.url)


def voucher(**changes: Any) -> Voucher:
    tenner, thirty = Money(1000, "GBP"), Money(3000, "GBP")
    plain = Voucher(CODE, "someone", "consent", "welcome", tenner, thirty, NOON, NOON + timedelta(days=90))
    return structs.replace(plain, **changes)


def changed(office: Office) -> list[Learnt]:
    """All that changed since the day before, learnt, over all pages."""
    found, cursor = list[Learnt](), ""
    while True:
        page = office.changed(NOON - timedelta(days=1), cursor)
        for topic, raw in page.events:
            heard = Shopify().learn(topic, raw)
            assert isinstance(heard, Learnt)
            found.append(heard)
        cursor = page.next
        if not cursor:
            return found


# --- vouchers ---


def test_a_voucher_becomes_a_discount(shop: FakeShopify, office: Office) -> None:
    office.register(voucher())
    assert shop.inputs[CODE] == {
        "title": f"Courtesy {CODE}",
        "code": CODE,
        "startsAt": "2026-03-02T12:00:00Z",
        "endsAt": "2026-05-31T12:00:00Z",
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
        "context": {"all": "ALL"},
        "customerGets": {"value": {"discountAmount": {"amount": "10.00", "appliesOnEachItem": False}}, "items": {"all": True}},
        "minimumRequirement": {"subtotal": {"greaterThanOrEqualToSubtotal": "30.00"}},
        "combinesWith": {"orderDiscounts": False, "productDiscounts": False, "shippingDiscounts": False},
    }


def test_without_a_minimum_nothing_is_required(shop: FakeShopify, office: Office) -> None:
    office.register(voucher(minimum=Money(0, "GBP")))
    assert "minimumRequirement" not in shop.inputs[CODE]


def test_a_voucher_is_registered_once(shop: FakeShopify, office: Office) -> None:
    office.register(voucher())
    office.register(voucher())
    assert shop.asked.count("discountCodeBasicCreate") == 1


def test_a_second_try_at_once_is_fine(shop: FakeShopify, office: Office) -> None:
    # both tries looked before either wrote
    shop.fails = [fakes.answers(200, {"data": {"shop": {"currencyCode": "GBP"}, "codeDiscountNodeByCode": None}})]
    shop.discounts[CODE] = fakes.discount(1)
    office.register(voucher())
    assert shop.asked == ["discountCodeBasicCreate", "shop", "codeDiscountNodeByCode"]


def test_a_code_that_ended_is_not_taken_again(shop: FakeShopify, office: Office) -> None:
    shop.discounts[CODE] = fakes.discount(1, status="EXPIRED")
    with pytest.raises(Invalid, match=r"Code must be unique\. Please try a different code\."):
        office.register(voucher())


def test_the_shops_no_comes_in_its_words(office: Office) -> None:
    with pytest.raises(Invalid, match="Ends at needs to be after starts_at"):
        office.register(voucher(ends_at=NOON))


def test_a_voucher_in_another_currency_is_refused(shop: FakeShopify, office: Office) -> None:
    shop.currency = "EUR"
    with pytest.raises(Misconfigured, match=r"in GBP, but the Shopify shop sells in EUR"):
        office.register(voucher())
    assert not shop.discounts


def test_a_void_code_ends(shop: FakeShopify, office: Office) -> None:
    office.register(voucher())
    office.void(CODE)
    assert shop.discounts[CODE]["codeDiscount"]["status"] == "EXPIRED"


def test_voiding_twice_ends_it_once(shop: FakeShopify, office: Office) -> None:
    shop.discounts[CODE] = fakes.discount(1)
    office.void(CODE)
    office.void(CODE)
    assert shop.asked.count("discountCodeDeactivate") == 1


def test_voiding_an_unknown_code_is_fine(shop: FakeShopify, office: Office) -> None:
    office.void(CODE)
    assert "discountCodeDeactivate" not in shop.asked


@pytest.mark.parametrize("kind", ["DiscountCodeBasic", "DiscountCodeFreeShipping"])
def test_a_discount_of_the_owners_own_stays(shop: FakeShopify, office: Office, kind: str) -> None:
    shop.discounts[CODE] = fakes.discount(1, codes=400)
    shop.discounts[CODE]["codeDiscount"]["__typename"] = kind
    with pytest.raises(Invalid, match="by hand"):
        office.void(CODE)
    assert shop.discounts[CODE]["codeDiscount"]["status"] == "ACTIVE"


# --- consent ---


def test_unsubscribing_ends_the_customers_consent(shop: FakeShopify, office: Office) -> None:
    shop.customers = [fakes.customer(ADDRESS)]
    assert office.unsubscribe(ADDRESS, NOON)
    assert shop.consents == [{"marketingState": "UNSUBSCRIBED", "consentUpdatedAt": "2026-03-02T12:00:00Z"}]


def test_unsubscribing_twice_says_it_once(shop: FakeShopify, office: Office) -> None:
    shop.customers = [fakes.customer(ADDRESS)]
    assert [office.unsubscribe(ADDRESS, NOON), office.unsubscribe(ADDRESS, NOON)] == [True, True]
    assert len(shop.consents) == 1


def test_who_never_said_yes_says_no(shop: FakeShopify, office: Office) -> None:
    shop.customers = [fakes.customer(ADDRESS, "NOT_SUBSCRIBED")]
    assert office.unsubscribe(ADDRESS, NOON)
    assert len(shop.consents) == 1


def test_an_unknown_address_changes_nothing(shop: FakeShopify, office: Office) -> None:
    assert not office.unsubscribe(ADDRESS, NOON)
    assert not shop.consents


def test_case_does_not_tell_addresses_apart(shop: FakeShopify, office: Office) -> None:
    shop.customers = [fakes.customer(ADDRESS)]
    assert office.unsubscribe("Isobel.Trant@Example.com", NOON)


def test_another_customers_consent_stays(shop: FakeShopify, office: Office) -> None:
    stranger = {"customerByIdentifier": fakes.customer("bel.trant@example.com")}
    shop.fails = [fakes.answers(200, {"data": stranger})]
    assert not office.unsubscribe(ADDRESS, NOON)
    assert not shop.consents


@pytest.mark.parametrize("address", ['"x" OR email:*"@example.com', "a' OR state:ENABLED@example.com", "*@example.com"])
def test_an_address_is_never_a_search(shop: FakeShopify, office: Office, address: str) -> None:
    shop.customers = [fakes.customer(ADDRESS)]
    assert not office.unsubscribe(address, NOON)
    assert [body["variables"] for body in shop.bodies] == [{"by": {"emailAddress": address}}]


# --- orders ---


def both_ways() -> tuple[dict[str, Any], dict[str, Any]]:
    """One order with all that can happen to it: its webhook, and the same from the API."""
    parcel = shopify_parcel()
    webhook = gift_order(
        updated_at="2026-03-09T09:30:00+00:00",
        processed_at="2026-03-02T12:00:00+00:00",
        customer_locale="en-IE",
        order_status_url="https://pellow-wren.myshopify.com/orders/status",
        total_price="66.40",
        total_price_set={"shop_money": {"amount": "66.40", "currency_code": "GBP"}, "presentment_money": {"amount": "79.68", "currency_code": "EUR"}},
        total_tax="8.00",
        taxes_included=False,
        financial_status="partially_refunded",
        fulfillment_status="partial",
        discount_codes=[{"code": "SPRING", "amount": "5.00", "type": "fixed_amount"}],
        shipping_lines=[{"price": "3.40"}],
        customer={"first_name": "Isobel", "last_name": "Trant", "email": ADDRESS},
        billing_address={"first_name": "Isobel", "last_name": "Trant", "country_code": "IE", "country": "Ireland"},
        line_items=[
            {
                "id": 466157049, "title": "Sea-glass stud earrings", "variant_title": "Green / Silver", "quantity": 2, "current_quantity": 1,
                "price": "20.00", "price_set": {"presentment_money": {"amount": "24.00", "currency_code": "EUR"}},
                "total_discount": "5.00", "total_discount_set": {"presentment_money": {"amount": "6.00", "currency_code": "EUR"}},
                "product_id": 632910392, "variant_id": 39072856, "sku": "SG-STUD", "gift_card": False,
                "properties": [{"name": "Engraving", "value": "R"}],
            },
            {
                "id": 466157050, "title": "Gift card", "variant_title": None, "quantity": 1, "current_quantity": 1, "price": "25.00",
                "price_set": {"presentment_money": {"amount": "30.00", "currency_code": "EUR"}}, "total_discount": "0.00",
                "product_id": None, "variant_id": None, "sku": None, "gift_card": True,
                "properties": [{"name": "Recipient email", "value": "ruth.okafor@example.com"}],
            },
        ],
        fulfillments=[parcel],
        refunds=[
            {
                "id": 509562969, "created_at": "2026-03-09T09:29:00+00:00", "processed_at": "2026-03-09T09:30:00+00:00",
                "refund_line_items": [{"line_item_id": 466157049, "quantity": 1}],
                "transactions": [{"kind": "refund", "status": "success", "amount": "21.00", "currency": "EUR"}],
            }
        ],
    )  # fmt: skip
    label = mailing_address(name="Ruth Okafor", address1="9 Quay Hill", city="Falmouth", zip="TR11 3HG")
    api = admin_order(
        updatedAt="2026-03-09T09:30:00Z",
        customerLocale="en-IE",
        totalPriceSet=money("66.4", "79.68", "EUR"),
        totalTaxSet=money("8.0", "9.6", "EUR"),
        taxesIncluded=False,
        displayFinancialStatus="PARTIALLY_REFUNDED",
        displayFulfillmentStatus="PARTIALLY_FULFILLED",
        discountCodes=["SPRING"],
        customAttributes=[{"key": one["name"], "value": one["value"]} for one in webhook["note_attributes"]],
        billingAddress=mailing_address(firstName="Isobel", lastName="Trant", name="Isobel Trant", country="Ireland", countryCodeV2="IE"),
        shippingAddress=label,
        shippingLines=[{"originalPriceSet": money("3.4", "4.08", "EUR")}],
        lineItems=[
            line_item(
                466157049, variantTitle="Green / Silver", quantity=2, sku="SG-STUD",
                originalUnitPriceSet=money("20.0", "24.0", "EUR"), totalDiscountSet=money("5.0", "6.0", "EUR"),
                product={"legacyResourceId": "632910392"}, variant={"legacyResourceId": "39072856"},
                customAttributes=[{"key": "Engraving", "value": "R"}],
            ),
            line_item(
                466157050, title="Gift card", isGiftCard=True, originalUnitPriceSet=money("25.0", "30.0", "EUR"),
                totalDiscountSet=money("0.0", "0.0", "EUR"), customAttributes=[{"key": "Recipient email", "value": "ruth.okafor@example.com"}],
            ),
        ],
        fulfillments=[
            {
                "legacyResourceId": str(parcel["id"]), "createdAt": "2026-03-03T09:00:00Z", "updatedAt": "2026-03-04T12:00:00Z",
                "status": "SUCCESS", "displayStatus": "DELIVERED", "deliveredAt": "2026-03-04T11:58:00Z",
                "trackingInfo": [{"company": "Royal Mail", "number": "JD0002211337GB", "url": "https://track.example/JD0002211337GB"}],
            }
        ],
        refunds=[
            {
                "legacyResourceId": "509562969", "createdAt": "2026-03-09T09:29:00Z", "processedAt": "2026-03-09T09:30:00Z",
                "refundLineItems": [{"quantity": 1, "lineItem": {"id": "gid://shopify/LineItem/466157049"}}],
                "transactions": [{"kind": "REFUND", "status": "SUCCESS", "amountSet": money("17.5", "21.0", "EUR")}],
            }
        ],
    )  # fmt: skip
    return webhook, api


def test_api_and_webhook_tell_the_same(shop: FakeShopify, office: Office) -> None:
    webhook, api = both_ways()
    shop.orders = [api]
    assert changed(office) == [learnt("orders/updated", webhook)]


def test_that_order_says_something_of_everything() -> None:
    told = learnt("orders/updated", both_ways()[0])
    assert told.view is not None
    assert told.signs is not None
    assert (told.view.total, told.view.charged) == (Money(6640, "GBP"), Money(7968, "EUR"))
    assert [(line.price, line.charged, line.left) for line in told.view.lines] == [(3500, 4200, 1), (2500, 3000, None)]
    assert (told.view.postage, told.view.tax, told.view.other) == (340, 800, -500)
    assert told.signs.said
    assert told.signs.card
    assert told.parcels[0].delivered_at
    assert told.refunds[0].amount == Money(2100, "EUR")


def test_a_plain_order_tells_the_same(shop: FakeShopify, office: Office) -> None:
    shop.orders = [admin_order(statusPageUrl="")]
    assert changed(office) == [learnt("orders/updated", shopify_order())]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"displayFinancialStatus": "REFUNDED"}, {"financial_status": "refunded"}),
        ({"displayFinancialStatus": None}, {"financial_status": None}),
        ({"displayFulfillmentStatus": "FULFILLED"}, {"fulfillment_status": "fulfilled"}),
        ({"displayFulfillmentStatus": "ON_HOLD"}, {"fulfillment_status": None}),
        ({"cancelledAt": "2026-03-02T13:00:00Z"}, {"cancelled_at": "2026-03-02T13:00:00Z"}),
        ({"test": True}, {"test": True}),
        ({"totalTaxSet": None}, {"total_tax": None}),
        ({"shippingAddress": None, "email": None}, {"email": None}),
    ],
)
def test_a_status_reads_as_in_webhooks(shop: FakeShopify, office: Office, node: dict[str, Any], expected: dict[str, Any]) -> None:
    shop.orders = [admin_order(**node)]
    told = json.loads(office.changed(NOON).events[0][1])
    assert {name: told[name] for name in expected} == expected


def test_a_cancelled_parcel_never_counts(shop: FakeShopify, office: Office) -> None:
    parcel = both_ways()[1]["fulfillments"][0] | {"status": "CANCELLED", "displayStatus": "CANCELED", "deliveredAt": None}
    shop.orders = [admin_order(fulfillments=[parcel])]
    assert [(one.failed, one.delivered_at) for one in changed(office)[0].parcels] == [(True, None)]


def test_an_order_placed_without_customer_is_read(shop: FakeShopify, office: Office) -> None:
    shop.orders = [admin_order(customer=None, email=None, billingAddress=None)]
    view = changed(office)[0].view
    assert view is not None
    assert (view.buyer.name, view.buyer.address, view.buyer.country) == ("", "", "GB")


def test_changes_come_oldest_first(shop: FakeShopify, office: Office) -> None:
    shop.orders = [admin_order(number, updatedAt=f"2026-03-02T12:00:0{3 - number}Z") for number in (1, 2, 3)]
    assert [one.order for one in changed(office)] == ["3", "2", "1"]


def test_only_what_changed_since_then_comes(shop: FakeShopify, office: Office) -> None:
    shop.orders = [admin_order(1, updatedAt="2026-03-02T11:59:59Z"), admin_order(2)]
    assert [json.loads(raw)["id"] for _, raw in office.changed(NOON).events] == [2]


def test_nothing_new_is_an_empty_page(office: Office) -> None:
    assert office.changed(NOON).events == ()


def test_pages_follow_one_another(shop: FakeShopify, office: Office) -> None:
    shop.orders = [admin_order(number) for number in range(1, 61)]
    assert [one.order for one in changed(office)] == [str(number) for number in range(1, 61)]
    assert shop.asked == ["orders"] * 3


def test_a_page_may_be_asked_for_again(shop: FakeShopify, office: Office) -> None:
    shop.orders = [admin_order(number) for number in range(1, 61)]
    cursor = office.changed(NOON).next
    assert office.changed(NOON, cursor) == office.changed(NOON, cursor)


def test_all_lines_of_a_long_order_come(shop: FakeShopify, office: Office) -> None:
    shop.orders = [admin_order(lineItems=[line_item(number) for number in range(1, 261)], totalPriceSet=money("12480.0"))]
    view = changed(office)[0].view
    assert view is not None
    assert (len(view.lines), view.more_lines, view.other) == (25, 235, 0)
    assert shop.asked == ["orders", "order", "order", "order"]


def test_a_page_stays_below_the_cost_limit(shop: FakeShopify, office: Office) -> None:
    office.changed(NOON)
    assert [body["variables"]["first"] for body in shop.bodies] == [PAGE_SIZES[0]]
    assert shop.dearest <= fakes.MAX_COST


def test_a_dear_page_is_asked_smaller(shop: FakeShopify, office: Office) -> None:
    shop.linear = True
    shop.orders = [admin_order(1), admin_order(2)]
    assert len(changed(office)) == 2
    assert [body["variables"]["first"] for body in shop.bodies] == list(PAGE_SIZES)


def test_the_smallest_page_may_cost_too_much(shop: FakeShopify, office: Office) -> None:
    shop.fails = [fakes.errs("MAX_COST_EXCEEDED", "Query cost is 1002")] * len(PAGE_SIZES)
    with pytest.raises(Invalid, match="Query cost is 1002"):
        office.changed(NOON)


def test_lines_are_never_asked_for(shop: FakeShopify, office: Office) -> None:
    with pytest.raises(Invalid):
        office.lines("5551023340801")
    assert not shop.asked


# --- the proof ---


def test_the_proof_counts_what_is_told(shop: FakeShopify, office: Office) -> None:
    nobody = {"customer": None, "email": None, "billingAddress": None}
    shop.orders = [admin_order(number) for number in range(1, 13)] + [admin_order(13, createdAt="2026-03-03T12:00:00Z", **nobody)]
    proof = office.prove()
    assert (proof.shop, proof.version, proof.missing) == ("Pellow & Wren (pellow-wren.myshopify.com)", VERSION, ())
    assert (proof.orders, proof.named, proof.addressed) == (10, 9, 9)


def test_the_proof_shows_that_names_are_withheld(shop: FakeShopify, office: Office) -> None:
    shop.protected = False
    shop.orders = [admin_order(1), admin_order(2)]
    proof = office.prove()
    assert (proof.orders, proof.named, proof.addressed) == (2, 0, 0)


@pytest.mark.parametrize("scope", SCOPES)
def test_the_proof_names_a_missing_scope(shop: FakeShopify, office: Office, scope: str) -> None:
    writing = scope.replace("read_", "write_")
    shop.scopes -= {scope, writing}
    assert scope in office.prove().missing


def test_who_may_write_may_read(shop: FakeShopify, office: Office) -> None:
    shop.scopes.remove("read_customers")
    assert office.prove().missing == ()


def test_without_orders_the_proof_still_answers(shop: FakeShopify, office: Office) -> None:
    shop.scopes.remove("read_orders")
    shop.orders = [admin_order()]
    assert (office.prove().orders, office.prove().missing) == (0, ("read_orders",))


def test_another_version_that_answers_is_told(shop: FakeShopify, office: Office) -> None:
    shop.serves = ("2027-07", "2027-10", "2028-01", "2028-04")
    assert office.prove().version == "2027-07"


# --- subscriptions ---


def test_all_that_is_read_is_subscribed(shop: FakeShopify, office: Office) -> None:
    done = office.subscribe(URL, "a secret that Shopify has no use for")
    read = {*storefront.ORDER_TOPICS, *storefront._READ}
    assert set(done.topics) == read - {"customers/data_request", "customers/redact", "shop/redact"}
    assert done.secret == ""
    assert len(shop.subscriptions) == len(TOPICS)
    assert {(one["uri"], one["format"]) for one in shop.subscriptions} == {(URL, "JSON")}


def test_subscribing_twice_doubles_nothing(shop: FakeShopify, office: Office) -> None:
    assert office.subscribe(URL, "") == office.subscribe(URL, "")
    assert len(shop.subscriptions) == len(TOPICS)
    assert shop.asked.count("webhookSubscriptionCreate") == len(TOPICS)


def test_an_earlier_address_of_ours_is_moved(shop: FakeShopify, office: Office) -> None:
    office.subscribe("https://old.example/api/webhooks/shopify", "")
    office.subscribe(URL, "")
    assert [one["uri"] for one in shop.subscriptions] == [URL] * len(TOPICS)


def test_another_format_is_mended(shop: FakeShopify, office: Office) -> None:
    shop.subscriptions = [fakes.subscription(1, "ORDERS_CREATE", URL, "XML")]
    office.subscribe(URL, "")
    assert shop.subscriptions[0] == fakes.subscription(1, "ORDERS_CREATE", URL)


def test_what_goes_elsewhere_is_left(shop: FakeShopify, office: Office) -> None:
    elsewhere = fakes.subscription(1, "ORDERS_CREATE", "https://books.example/hooks")
    shop.subscriptions = [dict(elsewhere)]
    office.subscribe(URL, "")
    assert shop.subscriptions[0] == elsewhere
    assert len(shop.subscriptions) == 1 + len(TOPICS)


def test_one_that_came_meanwhile_is_fine(shop: FakeShopify, office: Office) -> None:
    nothing = {"webhookSubscriptions": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}}
    shop.fails = [fakes.answers(200, {"data": nothing})]
    shop.subscriptions = [fakes.subscription(1, "ORDERS_CREATE", URL)]
    office.subscribe(URL, "")
    assert len(shop.subscriptions) == len(TOPICS)


def test_subscriptions_are_read_to_the_end(shop: FakeShopify, office: Office) -> None:
    others = [fakes.subscription(number, "ORDERS_CREATE", f"https://books.example/{number}") for number in range(1, 121)]
    shop.subscriptions = [*others, fakes.subscription(121, "ORDERS_CREATE", URL)]
    office.subscribe(URL, "")
    assert sum(one["uri"] == URL for one in shop.subscriptions) == len(TOPICS)


def test_an_address_it_does_not_take_is_refused(office: Office) -> None:
    with pytest.raises(Invalid, match="Address protocol http:// is not supported"):
        office.subscribe("http://hello.example/api/webhooks/shopify", "")


# --- a token of its own ---


def test_an_app_fetches_its_token(shop: FakeShopify) -> None:
    token = fetch_token("pellow-wren.myshopify.com", fakes.CLIENT, fakes.CLIENT_SECRET, base=shop.url)
    assert opened(shop, token).prove().orders == 0


def test_a_wrong_client_gets_no_token(shop: FakeShopify) -> None:
    with pytest.raises(Misconfigured, match="client ID and secret") as refused:
        fetch_token("pellow-wren.myshopify.com", fakes.CLIENT, "not it", base=shop.url)
    assert "not it" not in str(refused.value)


def test_a_token_serves_for_a_day(shop: FakeShopify) -> None:
    clock = [0.0]
    domain = "pellow-wren.myshopify.com"
    token = DailyToken(domain, fakes.CLIENT, fakes.CLIENT_SECRET, base=shop.url, seconds=lambda: clock[0])
    office = ShopifyAdmin(domain, token, base=shop.url)
    asked = []
    for hours in (0, 1, 22, 24):
        clock[0] = hours * 3600.0
        office.prove()
        asked.append(shop.asked.count("token"))
    assert asked == [1, 1, 1, 2]


# --- when it goes wrong ---


@pytest.mark.parametrize(
    ("behaviour", "kind", "words"),
    [
        (fakes.errs("THROTTLED", "Throttled"), Retryable, "busy"),
        (fakes.errs("INTERNAL_SERVER_ERROR", "Internal error. Request ID: 1b35"), Retryable, "busy"),
        (fakes.errs("SHOP_INACTIVE", "Shop is inactive"), Misconfigured, "locked"),
        (fakes.errs("undefinedField", "Field 'x' doesn't exist on type 'Order'"), Invalid, "Field 'x' doesn't exist"),
        (fakes.answers(400, {"errors": "Bad Request"}), Invalid, "Bad Request"),
        (fakes.answers(401, {"errors": "[API] Invalid API key or access token"}), Misconfigured, "token"),
        (fakes.answers(402, {"errors": "Payment Required"}), Misconfigured, "frozen"),
        (fakes.answers(403, {"errors": "[API] This action requires merchant approval"}), Misconfigured, "does not let us in"),
        (fakes.answers(404, {"errors": "Not Found"}), Misconfigured, "knows no shop"),
        (fakes.answers(423, {"errors": "This shop is unavailable"}), Misconfigured, "locked"),
        (fakes.answers(429, {"errors": "Too many requests"}), Retryable, "busy"),
        (fakes.answers(502, b"<html>Bad Gateway</html>"), Retryable, "502"),
        (fakes.answers(200, b'{"data": {"orders":'), Retryable, "not in JSON"),
        (fakes.answers(200, {"data": None}), Retryable, "nothing"),
        (fakes.answers(200, {"data": {"orders": None}}), Retryable, "not in full"),
        (fakes.answers(200, []), Retryable, "nothing"),
        (fakes.cuts, Retryable, "did not answer"),
    ],
)
def test_what_goes_wrong_is_sorted(
    shop: FakeShopify, office: Office, behaviour: fakes.Behaviour, kind: type[CourtesyError], words: str
) -> None:
    shop.fails = [behaviour]
    with pytest.raises(kind, match=words):
        office.changed(NOON)
    assert office.changed(NOON).events == ()  # and the next call is as good as ever


def test_a_reply_that_never_comes_is_not_awaited(shop: FakeShopify, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ", 0.05)
    shop.fails = [fakes.stalls(shop)]
    with pytest.raises(Retryable, match="did not answer"):
        office.changed(NOON)


def test_nobody_there_is_tried_again_later() -> None:
    with fake_shopify() as gone:
        office = opened(gone)
    with pytest.raises(Retryable):
        office.prove()


def test_a_change_without_an_answer_is_tried_again(shop: FakeShopify, office: Office) -> None:
    shop.discounts[CODE] = fakes.discount(1)
    found = {"shop": {"currencyCode": "GBP"}, "codeDiscountNodeByCode": fakes.discount(1)}
    shop.fails = [fakes.answers(200, {"data": found}), fakes.answers(200, {"data": {"discountCodeDeactivate": None}})]
    with pytest.raises(Retryable):
        office.void(CODE)


@pytest.mark.parametrize("scope", ["read_customers", "read_orders", "read_products"])
def test_a_missing_scope_is_named(shop: FakeShopify, office: Office, scope: str) -> None:
    shop.scopes -= {scope, scope.replace("read_", "write_")}
    shop.orders = [admin_order()]
    with pytest.raises(Misconfigured, match=f"Give it {scope}, and install it again"):
        office.changed(NOON)


def test_what_is_withheld_by_plan_is_explained(shop: FakeShopify, office: Office) -> None:
    shop.protected = False
    shop.orders = [admin_order()]
    with pytest.raises(Misconfigured, match="does not get them on the Basic and Starter plans"):
        office.changed(NOON)


def test_a_wrong_token_is_never_repeated(shop: FakeShopify) -> None:
    with pytest.raises(Misconfigured) as refused:
        opened(shop, "shpat_wrong").prove()
    assert "shpat" not in str(refused.value)


@pytest.mark.parametrize(
    "said",
    [f"{ADDRESS} is not a customer", f"Email '{ADDRESS}' is invalid", f"{'No. ' * 98}{ADDRESS}", f"{'No. ' * 2490}{ADDRESS}"],
)
def test_an_address_in_its_words_is_left_out(shop: FakeShopify, office: Office, said: str) -> None:
    shop.fails = [fakes.errs("INVALID", said)]
    with pytest.raises(Invalid) as refused:
        office.unsubscribe(ADDRESS, NOON)
    assert "isobel" not in str(refused.value)


# --- the fake, without whose strictness the rest would prove little ---


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("query A { shop { nickname } }", {}, "undefinedField"),
        ("query A { shop }", {}, "selectionMismatch"),
        ("query A { shop { name }", {}, "parseError"),
        ("query A { nobody { name } }", {}, "undefinedField"),
        ("query A($code: String!) { codeDiscountNodeByCode(code: $code) { id } }", {}, "INVALID_VARIABLE"),
        ("query A($id: ID!) { order(id: $id) { name } }", {"id": "5551023340801"}, "INVALID_VARIABLE"),
        ("query A { shop { name } }", {"id": "gid://shopify/Order/1"}, "variableNotDefined"),
        ("query A { orders(first: 251, sortKey: CREATED_AT) { nodes { id } } }", {}, "argumentLiteralsIncompatible"),
    ],
)
def test_the_fake_refuses_what_shopify_would(shop: FakeShopify, query: str, variables: dict[str, str], code: str) -> None:
    with pytest.raises(fakes.Refused) as refused:
        shop.answer({"query": query, "variables": variables})
    assert refused.value.errors[0]["extensions"]["code"] == code


@pytest.mark.parametrize(
    ("query", "points"),
    [
        ("query A { orders(first: 250, sortKey: CREATED_AT) { nodes { customer { id } } } }", 24),
        ("query A { orders(first: 10, sortKey: CREATED_AT) { nodes { id name } } }", 6),
        (
            "query A { orders(first: 20, sortKey: CREATED_AT) { nodes { id totalPriceSet { shopMoney { amount } } } pageInfo { hasNextPage } } }",
            7,
        ),
    ],
)
def test_the_fake_counts_as_recorded(shop: FakeShopify, query: str, points: int) -> None:
    shop.answer({"query": query})
    assert shop.dearest == points
