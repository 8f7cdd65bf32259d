"""What every Office promises, over the fakes of its vendors; then what each adds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.adapters.offices import http, open_office, shopify_admin, woocommerce_rest
from chalicelib.adapters.offices.shopify_admin import ShopifyAdmin
from chalicelib.adapters.offices.stripe_api import StripeApi
from chalicelib.adapters.offices.woocommerce_rest import WooRest
from chalicelib.adapters.storefronts.stripe import EVENT_TYPES, line
from chalicelib.domain.money import Money
from chalicelib.domain.voucher import Voucher
from chalicelib.errors import CourtesyError, Invalid, Misconfigured, Retryable
from chalicelib.ports import Office, Proof
from tests.support import fake_shopify, fake_stripe, fake_woocommerce
from tests.support.fake_api import BROKEN, BUSY, Fault, Reply, serving
from tests.support.fake_shopify import FakeShopify
from tests.support.fake_stripe import FakeStripe
from tests.support.fake_woocommerce import FakeWooCommerce
from tests.support.world import demo_shop

SINCE = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL, SECRET = "https://hello.shop.example/api/webhooks/x", "our-own-secret"
CODE = "7HQ2M-9KXTC"
VOUCHER = Voucher(
    code=CODE,
    person="p1",
    basis="terms",
    offer="welcome",
    value=Money(500, "GBP"),
    minimum=Money(2000, "GBP"),
    issued_at=SINCE,
    ends_at=datetime(2026, 5, 31, 22, 59, 59, tzinfo=UTC),
)
SECRETS = (fake_woocommerce.KEY, fake_woocommerce.SECRET, fake_stripe.KEY, fake_shopify.TOKEN, SECRET, "rosa@")

Vendor = FakeWooCommerce | FakeStripe | FakeShopify


@pytest.fixture
def woo() -> Iterator[FakeWooCommerce]:
    with serving(FakeWooCommerce()) as vendor:
        yield vendor


@pytest.fixture
def stripe() -> Iterator[FakeStripe]:
    with serving(FakeStripe()) as vendor:
        yield vendor


@pytest.fixture
def shopify() -> Iterator[FakeShopify]:
    with fake_shopify.fake_shopify() as vendor:
        yield vendor


@pytest.fixture(params=["woo", "stripe", "shopify"])
def vendor(request: pytest.FixtureRequest) -> Vendor:
    found: Vendor = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def office(vendor: Vendor) -> Office:
    return office_of(vendor)


def office_of(vendor: Vendor, wrong: str = "") -> Office:
    """`wrong`: put behind the key."""
    if isinstance(vendor, FakeShopify):
        return ShopifyAdmin("pellow-wren.myshopify.com", lambda: fake_shopify.TOKEN + wrong, base=vendor.url)
    if isinstance(vendor, FakeStripe):
        return StripeApi(fake_stripe.KEY + wrong, base=vendor.url)
    return WooRest(vendor.url, fake_woocommerce.KEY + wrong, fake_woocommerce.SECRET)


def codes(vendor: Vendor) -> list[str]:
    """Those that the checkout takes."""
    if isinstance(vendor, FakeShopify):
        return [code for code, node in vendor.discounts.items() if node["codeDiscount"]["status"] == "ACTIVE"]
    if isinstance(vendor, FakeStripe):
        return [one["code"] for one in vendor.promotions if one["active"]]
    return [one["code"].upper() for one in vendor.coupons.values()]


def subscriptions(vendor: Vendor) -> list[str]:
    """Where what goes."""
    if isinstance(vendor, FakeShopify):
        topics = {topic.upper().replace("/", "_"): topic for topic in shopify_admin.TOPICS}
        return [f"{one['uri']} {topics[one['topic']]}" for one in vendor.subscriptions]
    if isinstance(vendor, FakeStripe):
        return [f"{one['url']} {topic}" for one in vendor.endpoints for topic in one["enabled_events"]]
    return [f"{one['delivery_url']} {one['topic']}" for one in vendor.webhooks.values() if one["status"] == "active"]


def changes(vendor: Vendor, count: int, since: datetime = SINCE, *, apart: int = 1) -> list[str]:
    """That many orders change, `apart` seconds each from the next, from `since` on. Their ids, oldest first."""
    times = [since + timedelta(seconds=number * apart) for number in range(count)]
    if isinstance(vendor, FakeShopify):
        start = len(vendor.orders)
        said = [at.isoformat().replace("+00:00", "Z") for at in times]
        vendor.orders += [fake_shopify.admin_order(start + number, updatedAt=at) for number, at in enumerate(said)]
        return [str(start + number) for number in range(count)]
    if isinstance(vendor, FakeStripe):
        made = [
            {"id": f"evt_{number}", "type": EVENT_TYPES[0], "created": int(at.timestamp())} for number, at in enumerate(times)
        ]
        vendor.events[:0] = reversed(made)
        return [str(one["id"]) for one in made]
    start = len(vendor.orders)
    vendor.orders += [woo_order(start + number, at) for number, at in enumerate(times)]
    return [str(one["id"]) for one in vendor.orders[start:]]


def fails(vendor: Vendor, *faults: Fault | Reply | None) -> None:
    """What becomes of the next requests."""
    if isinstance(vendor, FakeShopify):
        vendor.fails = [_behaviour(vendor, fault) for fault in faults]
    else:
        vendor.next = list(faults)


def _behaviour(vendor: FakeShopify, fault: Fault | Reply | None) -> fake_shopify.Behaviour:
    if isinstance(fault, Reply):
        return fake_shopify.answers(fault.status, fault.body)
    return {"cut": fake_shopify.cuts, "stalled": fake_shopify.stalls(vendor)}[str(fault)]


def woo_order(number: int, at: datetime, **changed: Any) -> dict[str, Any]:
    said = at.astimezone(UTC).isoformat()[:19]
    buyer = {"first_name": "Rosa", "last_name": "", "email": "rosa@mail.example"}
    order = {"id": number, "status": "processing", "date_modified_gmt": said, "date_created_gmt": said, "billing": buyer}
    return {**order, **changed}


def seen(office: Office, since: datetime = SINCE) -> list[str]:
    """The ids of what changed, page by page, each at its first mention."""
    found, after = list[str](), None
    while after != "":
        page = office.changed(since, after or "")
        found += [str(json.loads(raw)["id"]) for _, raw in page.events]
        after = page.next
    return list(dict.fromkeys(found))


# --- all of them ---


def test_a_code_registers_once(office: Office, vendor: Vendor) -> None:
    office.register(VOUCHER)
    office.register(VOUCHER)
    assert codes(vendor) == [CODE]


@pytest.mark.parametrize(("vendor", "before"), [("woo", 0), ("stripe", 0), ("stripe", 1)], indirect=["vendor"])
def test_a_lost_reply_registers_once(office: Office, vendor: Vendor, before: int) -> None:
    fails(vendor, *[None] * before, "lost")
    with pytest.raises(Retryable):
        office.register(VOUCHER)
    office.register(VOUCHER)
    assert codes(vendor) == [CODE]


def test_a_void_code_is_gone(office: Office, vendor: Vendor) -> None:
    others = msgspec.structs.replace(VOUCHER, code="00000-00000")
    office.register(VOUCHER)
    office.register(others)
    office.void(CODE)
    office.void(CODE)
    assert codes(vendor) == [others.code]


@pytest.mark.parametrize("vendor", ["woo", "stripe"], indirect=True)
def test_a_lost_reply_voids_once(office: Office, vendor: Vendor) -> None:
    office.register(VOUCHER)
    fails(vendor, None, "lost")
    with pytest.raises(Retryable):
        office.void(CODE)
    office.void(CODE)
    assert codes(vendor) == []


def test_an_unknown_code_is_void(office: Office) -> None:
    office.void(CODE)


@pytest.mark.parametrize("vendor", ["woo", "stripe"], indirect=True)
def test_nobody_consented_at_the_storefront(office: Office, vendor: Vendor) -> None:
    assert office.unsubscribe("rosa@mail.example", SINCE) is False
    assert vendor.asked == []


@pytest.mark.parametrize("count", [0, 1, 50, 100, 101, 250])
def test_changed_orders_come_in_full(office: Office, vendor: Vendor, count: int) -> None:
    changes(vendor, 3, SINCE - timedelta(hours=1))
    ids = changes(vendor, count)
    assert sorted(seen(office)) == sorted(ids)


def test_many_changes_in_one_second_come(office: Office, vendor: Vendor) -> None:
    ids = changes(vendor, 250, apart=0)
    assert sorted(seen(office)) == sorted(ids)


def test_a_page_begins_with_its_oldest(office: Office, vendor: Vendor) -> None:
    ids = changes(vendor, 5)
    assert seen(office) == ids


@pytest.mark.parametrize("vendor", ["woo", "stripe"], indirect=True)
def test_fractions_are_not_rounded(office: Office, vendor: Vendor) -> None:
    changes(vendor, 1)
    held = vendor.events if isinstance(vendor, FakeStripe) else vendor.orders
    held[0]["fraction"] = 0.1
    assert b'"fraction":0.1' in office.changed(SINCE).events[0][1]


def test_subscribing_twice_subscribes_once(office: Office, vendor: Vendor) -> None:
    first, second = office.subscribe(URL, SECRET), office.subscribe(URL, SECRET)
    assert sorted(subscriptions(vendor)) == sorted(f"{URL} {topic}" for topic in first.topics)
    assert (second.topics, second.secret) == (first.topics, "")


def test_others_subscriptions_are_left_alone(office: Office, vendor: Vendor) -> None:
    office.subscribe("https://elsewhere.example/", SECRET)
    before = subscriptions(vendor)
    office.subscribe(URL, SECRET)
    assert set(before) < set(subscriptions(vendor))


def each_call(office: Office) -> Mapping[str, Any]:
    return {
        "register": lambda: office.register(VOUCHER),
        "void": lambda: office.void(CODE),
        "changed": lambda: office.changed(SINCE),
        "prove": office.prove,
        "subscribe": lambda: office.subscribe(URL, SECRET),
    }


CALLS = ["register", "void", "changed", "prove", "subscribe"]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", [BROKEN, BUSY, Reply(200, b"<html>"), "cut", "stalled"])
def test_a_passing_fault_is_retryable(
    office: Office, vendor: Vendor, call: str, fault: Fault | Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "READ", 0.1)
    fails(vendor, fault)
    with pytest.raises(Retryable) as raised:
        each_call(office)[call]()
    assert_harmless(raised.value)


@pytest.mark.parametrize("call", ["void", "changed", "prove", "subscribe"])
def test_no_list_is_not_an_empty_one(office: Office, vendor: Vendor, call: str) -> None:
    fails(vendor, Reply(200, {}))
    with pytest.raises(Retryable):
        each_call(office)[call]()


@pytest.mark.parametrize("call", CALLS)
def test_a_wrong_key_is_misconfigured(vendor: Vendor, call: str) -> None:
    with pytest.raises(Misconfigured) as raised:
        each_call(office_of(vendor, wrong="x"))[call]()
    assert_harmless(raised.value)


@pytest.mark.parametrize("call", CALLS)
def test_a_no_is_told_without_secrets(office: Office, vendor: Vendor, call: str) -> None:
    said = f"No {fake_stripe.KEY} {fake_woocommerce.KEY}:{fake_woocommerce.SECRET} rosa@mail.example wanted this."
    fails(vendor, Reply(400, {"code": "bad", "message": said, "error": {"message": said}, "errors": said}))
    with pytest.raises(Invalid, match=r"\(400\).*wanted this") as raised:
        each_call(office)[call]()
    assert not [one for one in (*own_keys(vendor), "rosa@") if one in str(raised.value)]


def own_keys(vendor: Vendor) -> tuple[str, ...]:
    if isinstance(vendor, FakeShopify):
        return ()
    return (fake_stripe.KEY,) if isinstance(vendor, FakeStripe) else (fake_woocommerce.KEY, fake_woocommerce.SECRET)


def assert_harmless(error: CourtesyError) -> None:
    assert not [one for one in SECRETS if one in str(error)]


# --- WooCommerce ---


def test_woo_coupons_serve_once_until_their_end(woo: FakeWooCommerce) -> None:
    office_of(woo).register(VOUCHER)
    (coupon,) = woo.coupons.values()
    assert (coupon["amount"], coupon["minimum_amount"], coupon["discount_type"]) == ("5.00", "20.00", "fixed_cart")
    assert (coupon["usage_limit"], coupon["usage_limit_per_user"], coupon["individual_use"]) == (1, 1, True)
    assert coupon["expires_gmt"] == "2026-05-31T22:59:59"


def test_woo_voids_only_the_same_code(woo: FakeWooCommerce) -> None:
    office_of(woo).register(VOUCHER)
    woo.next = [Reply(200, [{"id": 1, "code": "another"}])]
    office_of(woo).void(CODE)
    assert codes(woo) == [CODE]


def test_woo_voids_all_coupons_of_a_code(woo: FakeWooCommerce) -> None:
    office = office_of(woo)
    office.register(VOUCHER)
    woo.coupons[100] = {**woo.coupons[1], "id": 100}
    office.void(CODE)
    assert codes(woo) == []


def test_woo_voids_do_not_go_round_in_circles(woo: FakeWooCommerce) -> None:
    stale = Reply(200, [{"id": 7, "code": CODE.lower()}])
    woo.next = [stale, None, stale]
    office_of(woo).void(CODE)
    assert woo.count("DELETE") == 1


def test_woo_goes_on_behind_hidden_orders(woo: FakeWooCommerce, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(woocommerce_rest, "PAGE", 3)
    ids = changes(woo, 5)
    woo.next = [Reply(200, [], {"X-WP-TotalPages": "2"})]
    assert seen(office_of(woo)) == ids[3:]


def test_woo_skips_no_order_that_moves(woo: FakeWooCommerce, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(woocommerce_rest, "PAGE", 3)
    ids, office = changes(woo, 7), office_of(woo)
    first = office.changed(SINCE)
    woo.orders[0]["date_modified_gmt"] = "2026-03-02T13:00:00"
    found, after = [json.loads(raw)["id"] for _, raw in first.events], first.next
    while after:
        page = office.changed(SINCE, after)
        found, after = [*found, *(json.loads(raw)["id"] for _, raw in page.events)], page.next
    assert {str(one) for one in found} == set(ids)


def test_woo_looks_into_the_trash_last(woo: FakeWooCommerce) -> None:
    woo.orders = [woo_order(1, SINCE, status="trash"), woo_order(2, SINCE + timedelta(hours=1))]
    assert seen(office_of(woo)) == ["2", "1"]


def test_woo_proof_counts_names_and_addresses(woo: FakeWooCommerce) -> None:
    nobody = {"first_name": "", "last_name": "", "email": ""}
    woo.orders = [woo_order(number, SINCE, billing=nobody) if number < 4 else woo_order(number, SINCE) for number in range(6)]
    assert office_of(woo).prove() == Proof("127.0.0.1", 6, 2, 2, "10.1.2")


def test_woo_proof_says_when_a_key_only_reads(woo: FakeWooCommerce) -> None:
    woo.rights = "read"
    assert office_of(woo).prove().missing == ("write",)


def test_woo_proof_changes_nothing(woo: FakeWooCommerce) -> None:
    assert office_of(woo).prove().missing == ()
    assert (woo.coupons, woo.webhooks) == ({}, {})


def test_woo_proof_needs_no_version(woo: FakeWooCommerce) -> None:
    woo.shows_status = False
    assert office_of(woo).prove().version == "v3"


def test_woo_webhooks_are_set_going_again(woo: FakeWooCommerce) -> None:
    office = office_of(woo)
    office.subscribe(URL, "an older secret")
    for one in woo.webhooks.values():
        one["status"] = "disabled"
    office.subscribe(URL, SECRET)
    assert [(one["status"], one["secret"]) for one in woo.webhooks.values()] == [("active", SECRET)] * 4


def test_woo_webhooks_made_twice_become_one(woo: FakeWooCommerce) -> None:
    office = office_of(woo)
    office.subscribe(URL, "an older secret")
    woo.webhooks |= {100 + id_: {**one, "id": 100 + id_} for id_, one in woo.webhooks.items()}
    office.subscribe(URL, SECRET)
    assert [one["secret"] for one in woo.webhooks.values()] == [SECRET] * 4


def test_woo_webhooks_are_found_on_any_page(woo: FakeWooCommerce) -> None:
    office = office_of(woo)
    woo.webhooks = {
        number: {"id": number, "topic": "order.created", "delivery_url": f"https://{number}.example/", "status": "active"}
        for number in range(100, 250)
    }
    office.subscribe(URL, SECRET)
    office.subscribe(URL, SECRET)
    assert len(woo.webhooks) == 154


def test_woo_chooses_no_secret_itself(woo: FakeWooCommerce) -> None:
    with pytest.raises(Misconfigured):
        office_of(woo).subscribe(URL, "")
    assert woo.asked == []


def test_woo_repeats_no_webhook_secret(woo: FakeWooCommerce) -> None:
    with pytest.raises(Invalid) as raised:
        office_of(woo).subscribe("http://hello.shop.example/", SECRET)
    assert_harmless(raised.value)


def test_woo_says_when_a_key_only_reads(woo: FakeWooCommerce) -> None:
    woo.rights = "read"
    with pytest.raises(Misconfigured, match="permission to read and write"):
        office_of(woo).register(VOUCHER)


def test_woo_says_when_nothing_is_there(woo: FakeWooCommerce) -> None:
    office = office_of(woo)
    woo.next = [Reply(404, {"code": "rest_no_route", "message": "No route was found."})]
    with pytest.raises(Misconfigured, match="no WooCommerce at this address"):
        office.changed(SINCE)


def test_woo_lines_need_no_asking(woo: FakeWooCommerce) -> None:
    with pytest.raises(Invalid):
        office_of(woo).lines("1")


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example",
        "http://127.0.0.1.example",
        "ftp://shop.example",
        "shop.example",
        "",
        "https://",
        "https://[",
        "http://",
    ],
)
def test_woo_keys_travel_only_encrypted(url: str) -> None:
    with pytest.raises(Misconfigured):
        WooRest(url, fake_woocommerce.KEY, fake_woocommerce.SECRET)


# --- Stripe ---


def test_stripe_codes_serve_once_until_their_end(stripe: FakeStripe) -> None:
    office_of(stripe).register(VOUCHER)
    (promotion,) = stripe.promotions
    coupon = promotion["coupon"]
    ends = str(int(VOUCHER.ends_at.timestamp()))
    assert (coupon["id"], coupon["amount_off"], coupon["currency"], coupon["duration"]) == (
        f"courtesy-{CODE}",
        "500",
        "gbp",
        "once",
    )
    assert (coupon["max_redemptions"], coupon["redeem_by"]) == ("1", ends)
    assert (promotion["max_redemptions"], promotion["expires_at"]) == ("1", ends)
    least = (promotion["restrictions[minimum_amount]"], promotion["restrictions[minimum_amount_currency]"])
    assert least == ("2000", "gbp")


def test_stripe_asks_no_minimum_of_nothing(stripe: FakeStripe) -> None:
    office_of(stripe).register(msgspec.structs.replace(VOUCHER, minimum=Money(0, "GBP")))
    assert not [name for name in stripe.promotions[0] if name.startswith("restrictions")]


@pytest.mark.parametrize(
    ("worth", "counted"),
    [
        (Money(1000, "GBP"), "1000"),
        (Money(1000, "JPY"), "1000"),
        (Money(1000, "ISK"), "100000"),
        (Money(1000, "UGX"), "100000"),
        (Money(1000, "MGA"), "10"),
        (Money(1000, "KWD"), "1000"),
    ],
)
def test_stripe_counts_as_the_storefront_reads(stripe: FakeStripe, worth: Money, counted: str) -> None:
    office_of(stripe).register(msgspec.structs.replace(VOUCHER, value=worth, minimum=worth))
    (promotion,) = stripe.promotions
    coupon = promotion["coupon"]
    assert (coupon["amount_off"], promotion["restrictions[minimum_amount]"]) == (counted, counted)
    assert line({"amount_total": int(coupon["amount_off"]), "currency": coupon["currency"]}).price == worth.amount


def test_stripe_forgets_its_replies_some_day(stripe: FakeStripe) -> None:
    office = office_of(stripe)
    office.register(VOUCHER)
    stripe.forget_replies()
    office.register(VOUCHER)
    assert codes(stripe) == [CODE]


def test_stripe_codes_end_only_once(stripe: FakeStripe) -> None:
    office = office_of(stripe)
    office.register(VOUCHER)
    office.void(CODE)
    office.void(CODE)
    assert stripe.count("POST", "/promotion_codes/") == 1


def test_stripe_keeps_somebody_elses_code(stripe: FakeStripe) -> None:
    stripe.promotions = [{"id": "promo_9", "code": CODE.lower(), "active": True, "coupon": {"id": "summer"}}]
    with pytest.raises(Invalid, match="did not make"):
        office_of(stripe).register(VOUCHER)
    assert len(stripe.promotions) == 1


def test_stripe_refuses_a_worthless_voucher(stripe: FakeStripe) -> None:
    with pytest.raises(Invalid) as raised:
        office_of(stripe).register(msgspec.structs.replace(VOUCHER, value=Money(0, "GBP")))
    assert_harmless(raised.value)


def test_stripe_lines_come_with_their_products(stripe: FakeStripe) -> None:
    stripe.items["cs_live_1"] = [
        {
            "id": f"li_{number}",
            "description": "Sea-glass stud earrings",
            "quantity": 1,
            "amount_total": 4800,
            "price": {"id": "price_1", "product": {"id": "prod_1", "metadata": {"sku": "SGE"}}},
        }
        for number in range(101)
    ]
    found = office_of(stripe).lines("cs_live_1")
    assert [one.id for one in found] == [f"li_{number}" for number in range(101)]
    assert (found[0].title, found[0].price, found[0].product, found[0].sku) == ("Sea-glass stud earrings", 4800, "prod_1", "SGE")


@pytest.mark.parametrize("ask", ["", "../coupons", "cs_1/x", "cs_1?x", "cs 1", "cs_1\n", "ćs"])
def test_stripe_is_asked_for_sessions_only(stripe: FakeStripe, ask: str) -> None:
    with pytest.raises(Invalid):
        office_of(stripe).lines(ask)
    assert stripe.asked == []


def test_stripe_does_not_know_the_session(stripe: FakeStripe) -> None:
    with pytest.raises(Invalid, match="No such checkout"):
        office_of(stripe).lines("cs_live_none")


def test_stripe_proof_counts_finished_sessions(stripe: FakeStripe) -> None:
    told = {"name": "Rosa", "email": "rosa@mail.example"}
    stripe.sessions = [
        {"id": "cs_1", "status": "open", "customer_details": None},
        {"id": "cs_2", "status": "complete", "customer_details": told},
        {"id": "cs_3", "status": "complete", "customer_details": {"name": None, "email": "rosa@mail.example"}},
    ]
    assert office_of(stripe).prove() == Proof(
        "Pellow & Wren (test mode)", 2, 1, 2, fake_stripe.VERSION, pinned=fake_stripe.VERSION
    )


def test_stripe_proof_needs_no_account(stripe: FakeStripe) -> None:
    stripe.shows_account = False
    assert office_of(stripe).prove().shop == "Stripe (test mode)"


def test_stripe_begins_again_behind_a_lost_event(stripe: FakeStripe) -> None:
    changes(stripe, 101)
    office = office_of(stripe)
    after = office.changed(SINCE).next
    stripe.events = stripe.events[:50]
    assert len(office.changed(SINCE, after).events) == 50


def test_stripe_tells_its_secret_once(stripe: FakeStripe) -> None:
    office = office_of(stripe)
    assert [office.subscribe(URL, secret).secret for secret in ("", "whsec_chosen")] == ["whsec_chosen", ""]


def test_stripe_endpoints_of_unknown_secret_are_replaced(stripe: FakeStripe) -> None:
    stripe.endpoint(URL, list(EVENT_TYPES))
    assert office_of(stripe).subscribe(URL, "").secret == "whsec_chosen"
    assert len(stripe.endpoints) == 1


@pytest.mark.parametrize(
    ("events", "status", "after"),
    [
        (["charge.refunded", "payout.paid"], "enabled", {"payout.paid", *EVENT_TYPES}),
        (["*"], "enabled", {"*"}),
        (["*"], "disabled", {"*"}),
        (list(EVENT_TYPES), "disabled", set(EVENT_TYPES)),
    ],
)
def test_stripe_endpoints_are_mended(stripe: FakeStripe, events: list[str], status: str, after: set[str]) -> None:
    stripe.endpoint(URL, events, status)
    office_of(stripe).subscribe(URL, SECRET)
    (endpoint,) = stripe.endpoints
    assert (set(endpoint["enabled_events"]), endpoint["status"]) == (after, "enabled")


# --- which one it is ---


@pytest.mark.parametrize(
    ("kind", "api", "name"),
    [
        ("shopify", {"shopify/token": "t"}, "ShopifyAdmin"),
        ("woocommerce", {"woocommerce/key": "k", "woocommerce/secret": "s"}, "WooRest"),
        ("stripe", {"stripe/key": "k"}, "StripeApi"),
        ("standard", {"stripe/key": "k"}, "NoneType"),
        ("stripe", {"shopify/token": "t"}, "NoneType"),
        ("woocommerce", {}, "NoneType"),
    ],
)
def test_the_storefronts_own_office_opens(kind: str, api: dict[str, str], name: str) -> None:
    assert type(open_for(kind, api)).__name__ == name


@pytest.mark.parametrize("half", ["key", "secret"])
def test_half_a_key_opens_nothing(half: str) -> None:
    other = {"key": "secret", "secret": "key"}[half]
    with pytest.raises(Misconfigured, match=f"api/woocommerce/{other}"):
        open_for("woocommerce", {f"woocommerce/{half}": "k"})


def open_for(kind: Any, api: Mapping[str, str]) -> Office | None:
    shop = demo_shop()
    storefront = msgspec.structs.replace(shop.storefront, kind=kind, url="https://shop.example", shop="pellow-wren.myshopify.com")
    return open_office(msgspec.structs.replace(shop, storefront=storefront), api)
