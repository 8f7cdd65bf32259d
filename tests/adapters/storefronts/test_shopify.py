from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.storefronts.shopify import ORDER_TOPICS, PARCEL_TOPICS, Shopify
from chalicelib.domain.calendar import instant
from chalicelib.domain.gift import ASK, GIFT, NOT, Gift, GiftTable
from chalicelib.domain.merging import judged
from chalicelib.domain.money import Money
from chalicelib.domain.order import Buyer, Line, View
from chalicelib.errors import Invalid, Unverified
from chalicelib.ports import Ignored
from chalicelib.usecases.list_follow_ups import list_follow_ups
from chalicelib.usecases.take_order import take_order
from tests.corpus.hostile import MISSING
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel, signed
from tests.support.properties import hostile_text, quick
from tests.support.spoiling import Path, paths, spoilt
from tests.support.world import NOON, SECRETS, TestWorld

CURRENT, OLDER = SECRETS.webhooks["shopify"]
SIGNATURE = "x-shopify-hmac-sha256"


def verifies(headers: dict[str, str], raw: bytes, *secrets: str) -> bool:
    try:
        Shopify().verify(headers, raw, secrets or (CURRENT, OLDER), NOON)
    except Unverified:
        return False
    return True


# --- who sent it ---


@pytest.mark.parametrize("secret", [CURRENT, OLDER])
def test_either_live_secret_signs(secret: str) -> None:
    assert verifies(*signed("orders/create", shopify_order(), secret=secret))


def test_a_retired_secret_signs_no_longer() -> None:
    assert not verifies(*signed("orders/create", shopify_order(), secret=OLDER), CURRENT)


@pytest.mark.parametrize("secret", ["wrong", "", CURRENT.upper(), f"{CURRENT} "])
def test_another_secret_does_not_sign(secret: str) -> None:
    assert not verifies(*signed("orders/create", shopify_order(), secret=secret))


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_without_a_secret_nothing_is_verified(secrets: tuple[str, ...]) -> None:
    headers, raw = signed("orders/create", shopify_order(), secret="")
    with pytest.raises(Unverified):
        Shopify().verify(headers, raw, secrets, NOON)


@pytest.mark.parametrize(
    "spoil", [lambda raw: raw + b"\n", lambda raw: raw[:-1], lambda raw: raw.replace(b"48.00", b"4.800"), lambda _: b""]
)
def test_other_bytes_do_not_verify(spoil: Any) -> None:
    headers, raw = signed("orders/create", shopify_order())
    assert not verifies(headers, spoil(raw))


def test_a_reserialised_body_does_not_verify() -> None:
    headers, raw = signed("orders/create", shopify_order())
    again = json.dumps(json.loads(raw), separators=(",", ":")).encode()
    assert json.loads(again) == json.loads(raw)
    assert not verifies(headers, again)


def test_an_empty_body_is_never_verified() -> None:
    assert not verifies(*signed("orders/create", b""))


@pytest.mark.parametrize("missing", [SIGNATURE, "x-shopify-topic", "x-shopify-shop-domain"])
def test_every_header_is_needed(missing: str) -> None:
    headers, raw = signed("orders/create", shopify_order())
    for value in (None, ""):
        spoilt = {name: one for name, one in headers.items() if name != missing}
        assert not verifies(spoilt if value is None else {**spoilt, missing: value}, raw)


def test_the_signature_is_base64_exactly() -> None:
    headers, raw = signed("orders/create", shopify_order())
    good = headers[SIGNATURE]
    hexed = hmac.digest(CURRENT.encode(), raw, "sha256").hex()
    others = (hexed, hexed.upper(), good.lower(), good.upper(), good.rstrip("="), f" {good}", f"{good}\n", f"sha256={good}")
    assert [one for one in others if verifies({**headers, SIGNATURE: one}, raw)] == []


def test_another_digest_does_not_verify() -> None:
    headers, raw = signed("orders/create", shopify_order())
    sha1 = base64.b64encode(hmac.digest(CURRENT.encode(), raw, "sha1")).decode()
    assert not verifies({**headers, SIGNATURE: sha1}, raw)


@quick
@given(hostile_text, hostile_text, st.binary(min_size=1, max_size=20))
def test_hostile_headers_are_unverified(signature: str, topic: str, raw: bytes) -> None:
    assert not verifies({SIGNATURE: signature, "x-shopify-topic": topic, "x-shopify-shop-domain": topic}, raw)


# --- whether it is a repeat ---


def delivery_id(topic: str = "orders/create", payload: object = None, **headers: str) -> str:
    return Shopify().identify(*signed(topic, payload or {"id": 1}, **headers)).id


def test_a_repeat_carries_its_first_id() -> None:
    assert delivery_id(x_shopify_webhook_id="w1") == delivery_id(x_shopify_webhook_id="w1", payload={"id": 2})
    assert delivery_id(x_shopify_webhook_id="w1") != delivery_id(x_shopify_webhook_id="w2")


def test_the_event_id_serves_where_there_is_no_other() -> None:
    assert delivery_id(x_shopify_event_id="e1") == delivery_id(x_shopify_event_id="e1", payload={"id": 1, "name": "#2"})
    assert delivery_id(x_shopify_event_id="e1", x_shopify_webhook_id="w1") == delivery_id(x_shopify_webhook_id="w1")


def test_one_event_may_be_about_several_orders() -> None:
    assert delivery_id(x_shopify_event_id="e1") != delivery_id(x_shopify_event_id="e1", payload={"id": 2})


def test_two_subscriptions_tell_of_one_event() -> None:
    first, second = (
        Shopify().identify(*signed("orders/create", {"id": 1}, x_shopify_webhook_id=id_, x_shopify_event_id="e1"))
        for id_ in ("w1", "w2")
    )
    assert first.id != second.id
    assert first.also == second.also != ""


def test_one_event_has_an_id_for_each_topic() -> None:
    assert delivery_id(x_shopify_event_id="e1") != delivery_id("orders/paid", x_shopify_event_id="e1")


def test_without_ids_the_content_tells() -> None:
    assert delivery_id() == delivery_id()
    assert delivery_id() != delivery_id(payload={"id": 2})
    assert delivery_id(x_shopify_webhook_id="") == delivery_id()


def test_shops_never_share_an_id() -> None:
    assert delivery_id(x_shopify_webhook_id="w1") != delivery_id(x_shopify_webhook_id="w1", x_shopify_shop_domain="other.example")


def test_topic_and_shop_are_told_in_lower_case() -> None:
    found = Shopify().identify(*signed("Orders/Create", {}, x_shopify_shop_domain="Pellow-Wren.MyShopify.com"))
    assert found.topic == "orders/create"


def test_without_a_topic_it_is_refused() -> None:
    with pytest.raises(Invalid):
        Shopify().identify({"x-shopify-topic": "\u200b"}, b"{}")


@quick
@given(hostile_text, hostile_text, st.binary(max_size=20))
def test_any_headers_are_identified_or_refused(topic: str, id_: str, raw: bytes) -> None:
    headers = {"x-shopify-topic": topic, "x-shopify-shop-domain": topic, "x-shopify-webhook-id": id_}
    try:
        found = Shopify().identify(headers, raw)
    except Invalid:
        return
    assert len(found.id) == 32
    assert found.id.isalnum()


# --- what is learnt ---


def gift_in(payload: dict[str, Any]) -> Gift | None:
    found = judged(learnt("orders/create", payload), GiftTable())
    return found.gift if found.verdict == GIFT else None


@pytest.mark.parametrize("topic", ORDER_TOPICS)
def test_an_order_is_learnt(topic: str) -> None:
    found = learnt(topic, shopify_order(order_status_url="https://pellow-wren.example/orders/1", customer_locale="en-GB"))
    assert (found.source, found.order, found.parcels, found.refunds) == ("shopify", "5551023340801", (), ())
    assert judged(found, GiftTable()).verdict == NOT
    assert found.view == View(
        seen_at=NOON,
        placed_at=NOON,
        number="#1041",
        confirmation="QW3X7R9TN",
        total=Money(4800, "GBP"),
        buyer=Buyer("Isobel Trant", "isobel.trant@example.com", "isobel.trant@example.com", "GB", "en-GB"),
        lines=(Line("Sea-glass stud earrings", 1, 4800, id="1"),),
        status_url="https://pellow-wren.example/orders/1",
    )


@pytest.mark.parametrize("topic", PARCEL_TOPICS)
def test_a_parcel_is_learnt(topic: str) -> None:
    found = learnt(topic, shopify_parcel())
    assert (found.order, found.view) == ("5551023340801", None)
    (parcel,) = found.parcels
    assert (parcel.id, parcel.delivered_at) == ("4890012277761", instant("2026-03-04T12:00:00Z"))
    assert (parcel.carrier, parcel.tracking, parcel.tracking_url) == (
        "Royal Mail",
        "JD0002211337GB",
        "https://track.example/JD0002211337GB",
    )


@pytest.mark.parametrize(
    "topic", ["products/create", "orders/risk_assessment_changed", "customers/enable", "app/uninstalled", ""]
)
def test_other_topics_are_ignored(topic: str) -> None:
    found = Shopify().learn(topic, b"{}")
    assert isinstance(found, Ignored)
    assert topic in found.why


def test_a_gift_is_learnt_with_its_label() -> None:
    assert gift_in(gift_order()) == Gift(
        recipient="Ruth Okafor",
        address="ruth.okafor@example.com",
        dedupe_key="ruth.okafor@example.com",
        country="GB",
        postal=("9 Quay Hill", "Falmouth", "TR11 3HG"),
    )


def test_a_line_may_say_that_it_is_a_gift() -> None:
    line = {"title": "Studs", "quantity": 1, "price": "48.00", "properties": [{"name": "_gift", "value": "yes"}]}
    assert gift_in(shopify_order(line_items=[line])) is not None
    assert learnt("orders/create", shopify_order(line_items=[line])).view.lines[0].for_gift  # type: ignore[union-attr]


def test_another_name_on_the_label_is_the_recipients() -> None:
    yes = [{"name": "Gift", "value": "Yes"}]
    label = {"name": "Ruth Okafor", "country_code": "GB"}
    gift = gift_in(shopify_order(note_attributes=yes, shipping_address=label))
    own = gift_in(shopify_order(note_attributes=yes))
    assert gift is not None
    assert own is not None
    assert (gift.recipient, own.recipient) == ("Ruth Okafor", "")


def test_another_label_alone_is_asked_about() -> None:
    label = {"name": "Ruth Okafor", "address1": "9 Quay Hill", "country_code": "GB"}
    found = judged(learnt("orders/create", shopify_order(shipping_address=label)), GiftTable())
    assert (found.verdict, found.signs) == (ASK, ("other-name",))


@pytest.mark.parametrize(
    ("changes", "name", "expected"),
    [
        ({"cancelled_at": "2026-03-02T13:00:00+00:00"}, "cancelled_at", instant("2026-03-02T13:00:00Z")),
        ({"test": True}, "test", True),
        ({"financial_status": "refunded"}, "refunded", True),
        ({"financial_status": "voided"}, "refunded", True),
        ({"financial_status": "partially_refunded"}, "refunded", False),
        ({"fulfillment_status": "partial"}, "part_dispatched", True),
        ({"fulfillment_status": "fulfilled"}, "part_dispatched", False),
        ({"processed_at": "2026-03-01T12:00:00Z"}, "placed_at", instant("2026-03-01T12:00:00Z")),
        ({"created_at": "2026-03-02T08:00:00-05:00"}, "placed_at", instant("2026-03-02T13:00:00Z")),
        ({"name": None, "order_number": 1041}, "number", "1041"),
        ({"total_price": "480", "currency": "JPY"}, "total", Money(480, "JPY")),
        ({"total_price": 48.5}, "total", Money(4850, "GBP")),
        ({"discount_codes": [{"code": "b"}, {"code": "a"}, {"code": "b"}]}, "codes", ("a", "b")),
        ({"discount_applications": [{"type": "discount_code", "code": "a"}]}, "codes", ("a",)),
        ({"order_status_url": "javascript:alert(1)"}, "status_url", ""),
        ({"order_status_url": 'https://x.example/"><script>'}, "status_url", ""),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_field_is_understood(changes: dict[str, Any], name: str, expected: object) -> None:
    assert getattr(learnt("orders/updated", shopify_order(**changes)).view, name) == expected


@pytest.mark.parametrize(
    ("billing", "shipping", "expected"),
    [
        ({"country_code": "US", "province_code": "CA"}, {}, "CA"),
        ({"country_code": "GB", "province_code": "ENG"}, {"country_code": "US", "province_code": "NY"}, "ENG"),
        ({}, {"country_code": "US", "province_code": "NY"}, "NY"),
        ({"country_code": "US", "province_code": None}, {}, ""),
        ({"country_code": "US", "province_code": "California"}, {}, ""),
        ({"country_code": "US", "province_code": {"a": 1}}, {}, ""),
    ],
)
def test_a_state_is_of_the_same_address_as_the_country(billing: Any, shipping: Any, expected: str) -> None:
    found = learnt("orders/create", shopify_order(billing_address=billing, shipping_address=shipping))
    assert found.view is not None
    assert found.view.buyer.region == expected


@pytest.mark.parametrize("status", ["cancelled", "error", "failure"])
def test_failed_parcels_are_known(status: str) -> None:
    (parcel,) = learnt("fulfillments/update", shopify_parcel(status=status)).parcels
    assert parcel.failed


def test_a_discount_lowers_the_lines_price() -> None:
    line = {"title": "Studs", "quantity": 2, "price": "48.00", "total_discount": "6.00"}
    view = learnt("orders/create", shopify_order(line_items=[line])).view
    assert view is not None
    assert view.lines[0].price == 9000


def test_ids_past_two_to_the_53_stay_whole() -> None:
    assert learnt("orders/create", shopify_order(id=820982911946154508123)).order == "820982911946154508123"


@pytest.mark.parametrize("id_", [None, "", True, 1.5, [], {}, "a b", "a#b", "\u0661", 10**128, "a" * 129])
def test_an_order_needs_a_usable_id(id_: object) -> None:
    with pytest.raises(Invalid):
        learnt("orders/create", shopify_order(id=id_))


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b'"order"', b"{", b"[" * 10**5, b"\xff"])
@pytest.mark.parametrize("topic", [ORDER_TOPICS[0], PARCEL_TOPICS[0]])
def test_a_body_that_is_no_object_is_refused(topic: str, raw: bytes) -> None:
    with pytest.raises(Invalid):
        Shopify().learn(topic, raw)


# --- hostile fields ---

HOSTILE: dict[str, Any] = {
    "missing": MISSING,
    "null": None,
    "yes": True,
    "number": 7,
    "negative": -1,
    "huge number": 10**60,
    "fraction": 0.1,
    "empty": "",
    "long": "x" * 20_000,
    "unicode": "\u202eIṡobel 👩\u200d👩\u200d👧 \ufffd\u0000",
    "half an emoji": "\ud83d",
    "markup": "<script>alert(1)</script>{{ 7*7 }}{% raw %}",
    "lines": "Isobel\r\nBcc: all@example.com\r\n\r\n<b>",
    "amount": "1e999999999999",
    "year": "9999-12-31T23:59:59-23:00",
    "list": [],
    "object": {},
    "nested": [[{"a": [{"name": None, "value": []}]}]],
    "many": [{"name": "x", "id": 1, "created_at": "2026-03-02T12:00:00Z"}] * 300,
}  # fmt: skip

ORDER = gift_order(
    processed_at="2026-03-02T12:00:00+00:00",
    order_status_url="https://pellow-wren.example/orders/1",
    customer_locale="en-GB",
    discount_codes=[{"code": "00000-00011", "amount": "15.00"}],
    fulfillments=[shopify_parcel()],
)


def hostile_deliveries(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """An order with one field spoilt, and its parcel with one, for each field; every order with an id and a buyer of its own."""
    for topic, payload in (("orders/create", ORDER), ("fulfillments/update", shopify_parcel())):
        for n, path in enumerate(paths(payload)):
            own = spoilt(payload, path, value)
            if topic == "orders/create" and own.get("email") == ORDER["email"]:
                own["email"] = f"isobel{n}@example.com"
            for id_ in ("id", "order_id"):
                if own.get(id_) in (ORDER["id"], shopify_parcel()["order_id"]):
                    own[id_] = 1000 + n
            yield topic, own


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_field_is_harmless_or_refused(value: Any) -> None:
    with TestWorld(cap=10**6, daily_budget=10**6) as world:
        refused = 0
        for topic, payload in hostile_deliveries(value):
            try:
                found = learnt(topic, payload)
            except Invalid:
                refused += 1
            else:
                take_order(world, found)
                take_order(world, found)
        assert refused <= 20, "only what an order cannot be without is refused"
        world.clock.at = instant("2026-03-07T11:00:00Z")
        world.work()
        for day in ("2026-03-14", "2026-03-18"):
            world.clock.at = instant(f"{day}T11:00:00Z")
            world.work()
        assert_harmless(world)


def assert_harmless(world: TestWorld) -> None:
    states = {one.id: (one.kind, one.state, one.reason) for one in list_follow_ups(world)}
    assert [one for one in states.values() if one[1] in ("held", "unsure", "failed", "planned")] == []
    mails = [kept.mail for kept in world.mails()]
    assert mails
    for mail in mails:
        assert len(mail.subject.splitlines()) == 1
        assert "<script" not in mail.html
        assert "\nBcc:" not in mail.text
        assert "</script>49" not in mail.text + mail.html
        mail.text.encode()


@quick
@given(st.lists(st.tuples(st.sampled_from(list(paths(ORDER))), st.sampled_from(list(HOSTILE))), min_size=2, max_size=8))
def test_many_hostile_fields_at_once(spoils: list[tuple[Path, str]]) -> None:
    payload = ORDER
    for path, name in spoils:
        try:
            payload = spoilt(payload, path, HOSTILE[name])
        except (LookupError, TypeError):
            continue  # what it stood in is spoilt already
    try:
        found = learnt("orders/create", payload)
    except Invalid:
        return
    with TestWorld(cap=10**6) as world:
        take_order(world, found)
        world.live(days=1)
        assert [one for one in world.follow_ups().values() if "cannot be written" in one.reason] == []


@quick
@given(st.sampled_from(ORDER_TOPICS + PARCEL_TOPICS), st.binary(max_size=80))
def test_any_bytes_are_learnt_or_refused(topic: str, raw: bytes) -> None:
    with pytest.raises(Invalid):
        Shopify().learn(topic, raw)
