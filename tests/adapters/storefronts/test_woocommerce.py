from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import reduce
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.storefronts.woocommerce import DELETED, ORDER_TOPICS, TRACKINGS, WooCommerce
from chalicelib.config import ROOT
from chalicelib.domain.calendar import instant
from chalicelib.domain.gift import ASK, GIFT, NOT, Gift, GiftTable, Judgement, Verdict
from chalicelib.domain.identity import is_unsafe
from chalicelib.domain.merging import judged, merge
from chalicelib.domain.money import Money
from chalicelib.domain.order import MAX_LINES, Arrivals, Buyer, Learnt, Line, Order, Parcel, View, arrival, is_off, live_parcels
from chalicelib.errors import Invalid, Unverified
from chalicelib.ports import Ignored
from chalicelib.usecases.list_follow_ups import list_follow_ups
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.take_order import take_order
from tests.corpus.hostile import MISSING
from tests.support.properties import hostile_text, quick
from tests.support.spoiling import paths, spoilt
from tests.support.world import NOON, SECRETS, TestWorld

CURRENT, OLDER = "woocommerce secret", "older woocommerce secret"
SIGNATURE = "x-wc-webhook-signature"
UPDATED = "order.updated"


def example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "examples" / "woocommerce" / f"{name}.json").read_bytes())
    return found


ORDER, GIFT_ORDER, COMPLETED = example("order"), example("gift-order"), example("completed")
SENT = instant(f"{COMPLETED['date_completed_gmt']}Z")
LATER, LATEST = "2026-03-05T09:00:00", "2026-03-05T09:00:01"


def order(**changes: Any) -> dict[str, Any]:
    return {**ORDER, **changes}


def line(**changes: Any) -> dict[str, Any]:
    return {**ORDER["line_items"][0], **changes}


def meta(**fields: Any) -> list[dict[str, Any]]:
    pairs = enumerate(fields.items())
    return [{"id": n, "key": name, "value": value, "display_key": name, "display_value": value} for n, (name, value) in pairs]


def learnt(payload: Any, topic: str = UPDATED) -> Learnt:
    found = WooCommerce().learn(topic, json.dumps(payload).encode())
    assert isinstance(found, Learnt)
    return found


def view_of(payload: Any) -> View:
    found = learnt(payload).view
    assert found is not None
    return found


def judgement(payload: dict[str, Any], table: GiftTable | None = None) -> Judgement:
    return judged(learnt(payload), table or GiftTable())


def signed(payload: Any, topic: str = UPDATED, *, secret: str = CURRENT, delivery: str = "d1") -> tuple[dict[str, str], bytes]:
    """Headers (lower case) and raw body of a delivery as WooCommerce signs it."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = WooCommerce().sign(topic, raw, secret, NOON, delivery)
    return {name.lower(): value for name, value in headers.items()}, raw


def verifies(headers: dict[str, str], raw: bytes, *secrets: str) -> bool:
    try:
        WooCommerce().verify(headers, raw, secrets or (CURRENT, OLDER), NOON)
    except Unverified:
        return False
    return True


# --- its greeting ---


@pytest.mark.parametrize("raw", [b"webhook_id=7", b"webhook_id=12345678901234567890"])
def test_a_new_webhook_greets(raw: bytes) -> None:
    assert WooCommerce().greets({}, raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"webhook_id", b"webhook_id=", b"webhook_id=a", b"webhook_id=-7", b"webhook_id=7\n", b" webhook_id=7", b"Webhook_id=7",
        b"webhook_id=7&a=b", b"webhook_id=7=7", b"webhook_id=\xd9\xa1", b"webhook_id=123456789012345678901", b'{"webhook_id": 7}',
    ],
)  # fmt: skip
def test_any_other_body_is_no_greeting(raw: bytes) -> None:
    assert not WooCommerce().greets({}, raw)


@pytest.mark.parametrize("signature", ["", "abc="])
def test_a_greeting_is_never_signed(signature: str) -> None:
    assert not WooCommerce().greets({SIGNATURE: signature}, b"webhook_id=7")


# --- who sent it ---


@pytest.mark.parametrize("secret", [CURRENT, OLDER])
def test_either_live_secret_signs(secret: str) -> None:
    assert verifies(*signed(ORDER, secret=secret))


def test_a_retired_secret_signs_no_longer() -> None:
    assert not verifies(*signed(ORDER, secret=OLDER), CURRENT)


@pytest.mark.parametrize("secret", ["wrong", "", " ", CURRENT.upper(), f"{CURRENT} "])
def test_another_secret_does_not_sign(secret: str) -> None:
    assert not verifies(*signed(ORDER, secret=secret))


@pytest.mark.parametrize("secret", ["", " ", "\t\n"])
def test_a_blank_secret_verifies_nothing(secret: str) -> None:
    assert not verifies(*signed(ORDER, secret=secret), secret)


def test_without_a_secret_nothing_is_verified() -> None:
    headers, raw = signed(ORDER, secret="")
    with pytest.raises(Unverified):
        WooCommerce().verify(headers, raw, (), NOON)


@pytest.mark.parametrize("spoil", [lambda raw: raw + b"\n", lambda raw: raw[:-1], lambda raw: raw.replace(b"52.00", b"5.200")])
def test_other_bytes_do_not_verify(spoil: Any) -> None:
    headers, raw = signed(ORDER)
    assert not verifies(headers, spoil(raw))


def test_a_respaced_body_does_not_verify() -> None:
    headers, raw = signed(ORDER)
    again = json.dumps(json.loads(raw), separators=(",", ":")).encode()
    assert json.loads(again) == json.loads(raw)
    assert not verifies(headers, again)


def test_an_empty_body_is_never_verified() -> None:
    assert not verifies(*signed(b""))


def test_the_signature_is_needed() -> None:
    headers, raw = signed(ORDER)
    assert not verifies({name: value for name, value in headers.items() if name != SIGNATURE}, raw)
    assert not verifies({**headers, SIGNATURE: ""}, raw)


def test_the_signature_is_base64_exactly() -> None:
    headers, raw = signed(ORDER)
    good = headers[SIGNATURE]
    hexed = hmac.digest(CURRENT.encode(), raw, "sha256").hex()
    sha1 = base64.b64encode(hmac.digest(CURRENT.encode(), raw, "sha1")).decode()
    others = (hexed, hexed.upper(), sha1, good.lower(), good.rstrip("="), f" {good}", f"{good}\n", f"sha256={good}")
    assert [one for one in others if verifies({**headers, SIGNATURE: one}, raw)] == []


TYPED = "a&b<\"'"


@pytest.mark.parametrize(
    "kept",
    [
        TYPED, "a&amp;b&lt;&quot;&#039;", "a&amp;b<&#034;&#39;", "a&#038;b&#060;&#x22;&#x27;", "a&#38;b&lt;&#34;&#X027;", "a&b&lt;\"'",
    ],
)  # fmt: skip
def test_a_secret_signs_as_it_was_typed(kept: str) -> None:
    raw = json.dumps(ORDER).encode()
    by_hand = base64.b64encode(hmac.digest(TYPED.encode(), raw, "sha256")).decode()
    assert verifies({SIGNATURE: by_hand}, raw, kept)
    assert verifies(*signed(raw, secret=kept), TYPED)


@pytest.mark.parametrize("secret", ["a&copy", "a&copy;", "a&lt", "a&amplt;", "a&nbsp;b", "a&#65;", "a&#x41;", "&AMP;", "a%26"])
def test_nothing_else_in_a_secret_is_read(secret: str) -> None:
    raw = json.dumps(ORDER).encode()
    by_hand = base64.b64encode(hmac.digest(secret.encode(), raw, "sha256")).decode()
    assert verifies({SIGNATURE: by_hand}, raw, secret)


def test_a_secret_is_unescaped_once() -> None:
    headers, raw = signed(ORDER, secret="a&amp;lt;")
    assert not verifies(headers, raw, "a<")
    by_hand = base64.b64encode(hmac.digest(b"a&lt;", raw, "sha256")).decode()
    assert headers[SIGNATURE] == by_hand


@quick
@given(hostile_text, hostile_text, st.binary(min_size=1, max_size=20))
def test_hostile_headers_are_unverified(signature: str, topic: str, raw: bytes) -> None:
    assert not verifies({SIGNATURE: signature, "x-wc-webhook-topic": topic}, raw)


# --- whether it is a repeat ---


def delivery_id(payload: Any = None, topic: str = UPDATED, **headers: str) -> str:
    found, raw = signed(payload or ORDER, topic)
    return WooCommerce().identify({**found, **{f"x-wc-webhook-{name}": value for name, value in headers.items()}}, raw).id


def test_a_repeat_has_its_first_id() -> None:
    assert delivery_id() == delivery_id()


def test_the_delivery_id_says_nothing() -> None:
    # WooCommerce makes it of the webhook and the second, so that two orders may share it
    assert WooCommerce().identify(*signed(ORDER, delivery="d1")) == WooCommerce().identify(*signed(ORDER, delivery="d2"))
    assert WooCommerce().identify(*signed(ORDER)) != WooCommerce().identify(*signed(order(id=1043, number="1043")))


def test_two_changes_in_one_second_differ() -> None:
    assert delivery_id(order(status="pending")) != delivery_id(order(status="processing"))


def test_topics_and_sites_never_share_an_id() -> None:
    assert len({delivery_id(), delivery_id(topic="order.created"), delivery_id(source="https://other.example/")}) == 3


def test_the_topic_is_told_in_lower_case() -> None:
    headers, raw = signed(ORDER, "Order.Updated")
    assert WooCommerce().identify(headers, raw).topic == UPDATED
    assert delivery_id(topic="Order.Updated") == delivery_id()


def test_without_a_topic_it_is_refused() -> None:
    for topic in ("", "\u200b", " "):
        with pytest.raises(Invalid):
            WooCommerce().identify({"x-wc-webhook-topic": topic}, b"{}")
    with pytest.raises(Invalid):
        WooCommerce().identify({}, b"{}")


@quick
@given(hostile_text, hostile_text, st.binary(max_size=20))
def test_any_headers_are_identified_or_refused(topic: str, site: str, raw: bytes) -> None:
    try:
        found = WooCommerce().identify({"x-wc-webhook-topic": topic, "x-wc-webhook-source": site}, raw)
    except Invalid:
        return
    assert len(found.id) == 32
    assert found.id.isalnum()


# --- an order, in every shape ---

STANDARD = View(
    seen_at=NOON + timedelta(seconds=7),
    placed_at=NOON,
    number="1041",
    total=Money(5200, "GBP"),
    buyer=Buyer("Isobel Trant", "isobel.trant@example.com", "isobel.trant@example.com", "GB"),
    lines=(
        Line(
            "Sea-glass stud earrings \u2013 Silver", 1, 4800,
            id="311", product="81", variant="83", sku="STU-SEAGLASS", options=(("Metal", "Silver"),),
        ),
    ),
    postage=400,
    parcels=(),
)  # fmt: skip


def told(payload: dict[str, Any]) -> View:
    """But for its parcels: older APIs tell of no tracking."""
    return msgspec.structs.replace(view_of(payload), parcels=None)


def first_api(payload: dict[str, Any]) -> dict[str, Any]:
    """As the API v1 tells it: no times in GMT beside its own, no meta_data, and a line's under another name."""
    kept = {name: value for name, value in payload.items() if not name.endswith("_gmt") and name != "meta_data"}
    lines = [
        {**{name: value for name, value in one.items() if name != "meta_data"}, "meta": shown(one)}
        for one in payload["line_items"]
    ]
    return {**kept, "line_items": lines}


def shown(one: dict[str, Any]) -> list[dict[str, Any]]:
    said = [pair for pair in one["meta_data"] if not pair["key"].startswith("_")]
    return [{"key": pair["key"], "label": pair["display_key"], "value": pair["display_value"]} for pair in said]


def legacy_api(payload: dict[str, Any]) -> dict[str, Any]:
    """As the legacy API tells it: in a root, under names of its own, and without a word on whether prices include tax."""
    first = first_api(payload)
    gone = ("number", "billing", "shipping", "shipping_total", "prices_include_tax", "refunds")
    kept = {name: value for name, value in first.items() if name not in gone and not name.startswith("date_")}
    return {
        "order": {
            **kept,
            "order_number": payload["number"],
            "created_at": f"{payload['date_created_gmt']}Z",
            "updated_at": f"{payload['date_modified_gmt']}Z",
            "completed_at": f"{payload['date_completed_gmt'] or '1970-01-01T00:00:00'}Z",
            "total_shipping": payload["shipping_total"],
            "billing_address": payload["billing"],
            "shipping_address": payload["shipping"],
            "view_order_url": f"https://pellow-wren.example/my-account/view-order/{payload['id']}",
        }
    }


@pytest.mark.parametrize("topic", [*ORDER_TOPICS, DELETED])
def test_an_order_is_learnt(topic: str) -> None:
    found = learnt(ORDER, topic)
    assert (found.source, found.order, found.parcels, found.refunds) == ("woocommerce", "1041", (), ())
    assert judged(found, GiftTable()).verdict == NOT
    assert found.view == STANDARD


@pytest.mark.parametrize("payload", [ORDER, GIFT_ORDER, COMPLETED], ids=["order", "gift-order", "completed"])
def test_the_first_api_tells_the_same(payload: dict[str, Any]) -> None:
    assert told(first_api(payload)) == told(payload)


@pytest.mark.parametrize("payload", [ORDER, GIFT_ORDER, COMPLETED], ids=["order", "gift-order", "completed"])
def test_the_legacy_api_tells_the_same(payload: dict[str, Any]) -> None:
    without_tax = {**payload, "prices_include_tax": False}
    link = f"https://pellow-wren.example/my-account/view-order/{payload['id']}"
    assert told(legacy_api(payload)) == msgspec.structs.replace(told(without_tax), status_url=link)
    assert learnt(legacy_api(payload)).signs == learnt(first_api(payload)).signs
    assert live_parcels(merged(learnt(legacy_api(payload)))) == learnt(first_api(payload)).parcels


def test_a_root_holds_nothing_but_its_order() -> None:
    with pytest.raises(Invalid):
        learnt({"order": ORDER, "id": 1})


# --- its times ---


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"date_created": "2026-03-02T14:00:00"},
        {"date_created_gmt": "2026-03-02 12:00:00"},
        {"date_created_gmt": "2026-03-02T12:00:00Z"},
        {"date_created_gmt": "2026-03-02T13:00:00+01:00"},
        {"date_created_gmt": None},
        {"date_created_gmt": "0000-00-00 00:00:00"},
        {"date_created_gmt": "", "date_created": "", "created_at": "2026-03-02T12:00:00Z"},
    ],
    ids=str,
)
def test_the_time_in_gmt_counts(changes: dict[str, Any]) -> None:
    assert view_of(order(**changes)).placed_at == NOON


def test_a_blank_between_day_and_hour_is_read() -> None:
    changed = first_api(order(date_created="2016-05-30 19:35:16", date_modified="2016-05-30 19:35:25"))
    assert view_of(changed).placed_at == instant("2016-05-30T19:35:16Z")
    assert view_of(changed).seen_at == instant("2016-05-30T19:35:25Z")


@pytest.mark.parametrize("value", [None, "", "yesterday", 7, "2026-03-02", "9999-12-31T23:59:59", "1970-01-01T00:00:00"])
def test_an_order_needs_its_day(value: object) -> None:
    with pytest.raises(Invalid):
        learnt(order(date_created_gmt=value, date_created=value))


def test_an_unchanged_order_was_seen_when_placed() -> None:
    assert view_of(order(date_modified=None, date_modified_gmt=None)).seen_at == NOON


# --- its status ---


def merged(*events: Learnt) -> Order:
    return reduce(lambda found, one: merge(found, one, judged(one, GiftTable())), events, Order("woocommerce:1041"))


def off(*payloads: dict[str, Any]) -> str:
    return is_off(merged(*map(learnt, payloads)))


@pytest.mark.parametrize("prefix", ["", "wc-"])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("pending", "unpaid"), ("failed", "unpaid"), ("on-hold", ""), ("processing", ""), ("completed", ""), ("in-the-workshop", ""),
        ("cancelled", "cancelled"), ("refunded", "refunded"), ("trash", "cancelled"), ("Pending", "unpaid"), (None, ""), ([], ""),
    ],
)  # fmt: skip
def test_a_status_says_whether_it_stands(status: Any, expected: str, prefix: str) -> None:
    assert off(order(status=f"{prefix}{status}" if isinstance(status, str) else status)) == expected


@pytest.mark.parametrize("status", ["checkout-draft", "auto-draft", "draft", "new", "wc-checkout-draft"])
@pytest.mark.parametrize("topic", [*ORDER_TOPICS, DELETED])
def test_what_is_not_placed_is_ignored(topic: str, status: str) -> None:
    found = WooCommerce().learn(topic, json.dumps(order(status=status)).encode())
    assert isinstance(found, Ignored)
    assert status.removeprefix("wc-") in found.why


def test_a_cancelled_order_may_stand_again() -> None:
    cancelled, again = order(status="cancelled"), order(date_modified_gmt=LATER)
    for one, other in permutations([cancelled, again]):
        assert off(one, other) == ""
    assert off(again, order(status="cancelled", date_modified_gmt=LATEST)) == "cancelled"


def test_what_is_taken_out_of_the_trash_stands_again() -> None:
    for topic in (UPDATED, "order.restored"):  # the night's catching up tells it as a change like any other
        events = [
            learnt(ORDER),
            learnt(order(status="trash", date_modified_gmt=LATER)),
            learnt(order(date_modified_gmt=LATEST), topic),
        ]
        assert is_off(merged(*events[:2])) == "cancelled"
        assert {is_off(merged(*one)) for one in permutations(events)} == {""}


@pytest.mark.parametrize("status", ["partial-shipped", "wc-partial-shipped", "partially-shipped"])
def test_a_part_may_still_be_to_come(status: str) -> None:
    assert view_of(order(status=status)).part_dispatched
    assert not view_of(COMPLETED).part_dispatched


def test_payment_within_a_second_is_payment() -> None:
    for one, other in permutations([order(status="pending"), order()]):
        assert off(one, other) == ""


@pytest.mark.parametrize("payload", [{"id": 1041}, {"order": {"id": 1041}}])
def test_a_deletion_is_learnt(payload: dict[str, Any]) -> None:
    assert learnt(payload, DELETED) == Learnt("woocommerce", "1041", gone="deleted")
    assert is_off(merged(learnt(ORDER), learnt(payload, DELETED))) == "deleted"


@pytest.mark.parametrize("topic", ORDER_TOPICS)
def test_a_bare_body_deletes_under_its_topic_only(topic: str) -> None:
    with pytest.raises(Invalid):
        learnt({"id": 1041}, topic)


def test_a_whole_order_is_never_deleted() -> None:
    # the topic is not signed: whoever changes it on its way could else delete an order
    assert learnt(ORDER, DELETED) == learnt(ORDER)


def test_a_restored_order_stands_again() -> None:
    events = [learnt(ORDER), learnt({"id": 1041}, DELETED), learnt(order(date_modified_gmt=LATER), "order.restored")]
    assert {is_off(merged(*one)) for one in permutations(events)} == {""}


@pytest.mark.parametrize(
    "topic", ["order", "order.", "orders.updated", "coupon.created", "customer.updated", "product.deleted", "action.woocommerce_add_to_cart", ""]
)  # fmt: skip
def test_other_topics_are_ignored(topic: str) -> None:
    found = WooCommerce().learn(topic, json.dumps(ORDER).encode())
    assert isinstance(found, Ignored)
    assert topic in found.why


@pytest.mark.parametrize(
    "payload",
    [
        {"id": 25, "email": "isobel.trant@example.com", "billing": ORDER["billing"], "date_created_gmt": "2026-03-02T12:00:00"},
        {"id": 719, "code": "welcome", "amount": "10.00", "date_created_gmt": "2026-03-02T12:00:00"},
        {"id": 142, "status": "active", "topic": "order.updated", "date_created": "2026-03-02T12:00:00"},
        {"id": 77, "amount": "10.00", "line_items": [], "date_created_gmt": "2026-03-02T12:00:00"},
        {},
    ],
    ids=["customer", "coupon", "webhook", "refund", "nothing"],
)
def test_what_is_no_order_is_refused(payload: dict[str, Any]) -> None:
    for topic in (*ORDER_TOPICS, DELETED):
        with pytest.raises(Invalid):
            learnt(payload, topic)


# --- its money ---


def adds_up(view: View) -> bool:
    assert not view.more_lines
    return sum(one.price for one in view.lines) + view.postage + view.tax + view.other == view.total.amount


@pytest.mark.parametrize("payload", [ORDER, GIFT_ORDER, COMPLETED], ids=["order", "gift-order", "completed"])
@pytest.mark.parametrize("with_tax", [True, False])
@pytest.mark.parametrize("shape", [dict, first_api, legacy_api])
def test_the_money_adds_up(shape: Any, payload: dict[str, Any], *, with_tax: bool) -> None:
    assert adds_up(view_of(shape({**payload, "prices_include_tax": with_tax})))


def parts(payload: dict[str, Any]) -> tuple[int, int, int, int]:
    view = view_of(payload)
    return sum(one.price for one in view.lines), view.postage, view.tax, view.other


def test_prices_are_told_as_the_shop_shows_them() -> None:
    assert parts(ORDER) == (4800, 400, 0, 0)
    assert parts(order(prices_include_tax=False)) == (4000, 333, 867, 0)


def test_fees_are_neither_line_nor_postage() -> None:
    assert parts(GIFT_ORDER) == (13050, 0, 0, 500)
    assert parts({**GIFT_ORDER, "prices_include_tax": False}) == (10875, 0, 2258, 417)


def test_a_coupon_lowers_its_lines() -> None:
    view = view_of(GIFT_ORDER)
    assert (view.lines[0].price, view.codes) == (13050, ("welcome",))


def test_money_without_small_coins_is_read() -> None:
    yen = order(
        currency="JPY", total="5200", total_tax="0", shipping_total="400", shipping_tax="0", line_items=[line(total="4800", total_tax="0")]
    )  # fmt: skip
    assert view_of(yen).total == Money(5200, "JPY")
    assert parts(yen) == (4800, 400, 0, 0)
    assert parts({**yen, "total": "5200.00", "shipping_total": "400.00"}) == (4800, 400, 0, 0)


@pytest.mark.parametrize("total", [52, "52", "52.0", "52.00"])
def test_an_amount_may_be_a_number(total: object) -> None:
    assert view_of(order(total=total)).total == Money(5200, "GBP")


@pytest.mark.parametrize(
    ("total", "currency", "expected"),
    [
        ("52.0049", "GBP", 5200),
        ("52.005", "GBP", 5201),
        ("-0.005", "GBP", -1),
        ("5199.5", "JPY", 5200),
        ("NaN", "GBP", 0),
        ("1e99", "GBP", 0),
    ],
)
def test_a_shop_may_count_finer_than_coins(total: str, currency: str, expected: int) -> None:
    assert view_of(order(total=total, currency=currency)).total == Money(expected, currency)


def test_codes_are_told_once_each() -> None:
    coupons = [{"code": "b"}, {"code": "a"}, {"code": "b"}, {"code": None}, {}]
    assert view_of(order(coupon_lines=coupons)).codes == ("a", "b")


# --- its lines ---


def only_line(**changes: Any) -> Line:
    (found,) = view_of(order(line_items=[line(**changes)])).lines
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Studs &amp; hoops", "Studs & hoops"), ("Pellow&#039;s ring", "Pellow's ring"), ("Ring &ndash; Size: M", "Ring \u2013 Size: M"),
        ("A&lt;b&gt;", "A<b>"), ("Caf\u00e9&nbsp;cup", "Café cup"), ("Ring&#x202e;&#10;two", "Ring two"), ("Studs & hoops", "Studs & hoops"),
    ],
)  # fmt: skip
def test_a_name_is_read_as_its_buyer_saw_it(name: str, expected: str) -> None:
    assert only_line(name=name).title == expected


@pytest.mark.parametrize(("variation", "expected"), [(0, ""), ("0", ""), (None, ""), (83, "83")])
def test_variation_0_is_none(variation: object, expected: str) -> None:
    assert only_line(variation_id=variation).variant == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"pa_metal": "silver"}, (("metal", "silver"),)),
        ({"pa_ring-size": "m", "Engraving": "R."}, (("ring size", "m"), ("Engraving", "R."))),
        ({"_reduced_stock": "1", "_hidden": "x"}, ()),
        ({"Engraving": "", "parts": [1], "more": {"a": 1}}, ()),
        ({"Number": 7}, (("Number", "7"),)),
    ],
    ids=str,
)
def test_what_was_chosen_is_told(fields: dict[str, Any], expected: tuple[tuple[str, str], ...]) -> None:
    assert only_line(meta_data=meta(**fields)).options == expected


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({"display_key": "Ring size", "display_value": "M&frac12;"}, ("Ring size", "M½")),
        ({"label": "Ring size", "value": "M"}, ("Ring size", "M")),
        ({"display_key": "pa_ring-size", "display_value": "m"}, ("ring size", "m")),
        ({"display_key": None, "display_value": ["M"]}, ("ring size", "m")),
    ],
    ids=str,
)
def test_a_choice_is_told_in_the_shops_words(shown: dict[str, Any], expected: tuple[str, str]) -> None:
    assert only_line(meta_data=[{"key": "pa_ring-size", "value": "m", **shown}]).options == (expected,)


@pytest.mark.parametrize("value", ["yes", "1", 1, True])
def test_a_line_may_say_that_it_is_a_gift(value: object) -> None:
    marked = order(line_items=[line(meta_data=meta(_gift=value))])
    assert view_of(marked).lines[0].for_gift
    assert judgement(marked).verdict == GIFT


@pytest.mark.parametrize("value", ["no", "0", 0, False, ""])
def test_a_line_may_say_that_it_is_none(value: object) -> None:
    assert not only_line(meta_data=meta(gift=value)).for_gift


def test_lines_past_25_are_counted() -> None:
    view = view_of(order(line_items=[line(id=n) for n in range(30)]))
    assert (len(view.lines), view.more_lines) == (MAX_LINES, 30 - MAX_LINES)


# --- what went back ---


def test_a_refund_is_learnt() -> None:
    (found,) = learnt(order(refunds=[{"id": 77, "reason": "", "total": "-10.00"}])).refunds
    assert (found.id, found.amount, found.at) == ("77", Money(1000, "GBP"), STANDARD.seen_at)


@pytest.mark.parametrize("value", [None, [None], [{"id": None, "total": "-1.00"}], [{"id": 7, "total": "0.00"}], [{"id": 7}]])
def test_no_refund_is_made_up(value: object) -> None:
    assert learnt(order(refunds=value)).refunds == ()


def test_refunds_of_it_all_call_it_off() -> None:
    partly = order(refunds=[{"id": 77, "total": "-10.00"}])
    wholly = order(refunds=[{"id": 77, "total": "-10.00"}, {"id": 78, "total": "-42.00"}], date_modified_gmt=LATER)
    assert off(partly) == ""
    assert {off(*one) for one in permutations([partly, wholly, wholly])} == {"refunded"}


# --- who bought ---


def buyer(**changes: Any) -> Buyer:
    return view_of(order(**changes)).buyer


@pytest.mark.parametrize("email", [None, "", "isobel", [], "a@b@c"])
def test_a_buyer_may_have_no_address(email: object) -> None:
    assert buyer(billing={**ORDER["billing"], "email": email}) == Buyer("Isobel Trant", country="GB")


def test_the_customer_stands_in_for_the_bill() -> None:
    customer = {"email": "Isobel@Example.com", "first_name": "Isobel", "last_name": "Trant"}
    assert buyer(billing={}, customer=customer) == Buyer("Isobel Trant", "Isobel@example.com", "isobel@example.com", "GB")


def test_the_bill_comes_before_the_customer() -> None:
    assert buyer(customer={"email": "other@example.com", "first_name": "Other"}) == STANDARD.buyer


@pytest.mark.parametrize(("code", "expected"), [("GB", "GB"), ("gb", "GB"), ("", "GB"), (None, "GB"), ("GBR", "ZZ"), ("7", "ZZ")])
def test_a_country_is_two_letters(code: object, expected: str) -> None:
    assert buyer(billing={**ORDER["billing"], "country": code}).country == expected


@pytest.mark.parametrize("id_", [None, "", True, 1.5, [], {}, "a b", "\u0661", 10**300])
def test_an_order_needs_a_usable_id(id_: object) -> None:
    for payload, topic in ((order(id=id_), UPDATED), ({"id": id_}, DELETED)):
        with pytest.raises(Invalid):
            learnt(payload, topic)


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b'"order"', b"{", b"[" * 10**5, b"\xff", b"webhook_id=7"])
@pytest.mark.parametrize("topic", [UPDATED, DELETED])
def test_a_body_that_is_no_object_is_refused(topic: str, raw: bytes) -> None:
    with pytest.raises(Invalid):
        WooCommerce().learn(topic, raw)


# --- its parcels ---

ITEM = COMPLETED["meta_data"][-1]["value"][0]
SHIPPED = instant("2026-03-03T08:40:00Z")
UNTRACKED = {**COMPLETED, "meta_data": []}


def live(*payloads: dict[str, Any]) -> tuple[Parcel, ...]:
    return live_parcels(merged(*map(learnt, payloads)))


@pytest.mark.parametrize(
    "shape", [lambda items: items, json.dumps, lambda items: {"3": items[0]}, lambda items: json.dumps({"3": items[0]})]
)
def test_a_tracked_parcel_is_learnt(shape: Any) -> None:
    (parcel,) = live({**COMPLETED, "meta_data": meta(**{TRACKINGS: shape([ITEM])})})
    assert (parcel.dispatched_at, parcel.delivered_at) == (SHIPPED, None)
    assert (parcel.carrier, parcel.tracking, parcel.tracking_url) == ("Royal Mail", "JD0002211337GB", "")


@pytest.mark.parametrize(
    ("shipped", "expected"),
    [
        ("1772527200", SHIPPED), (1772527200, SHIPPED), ("2026-03-03", instant("2026-03-03T00:00:00Z")), ("", SENT), (None, SENT),
        ("99999999999", SENT), ("tomorrow", SENT),
    ],
)  # fmt: skip
def test_a_parcel_says_its_day(shipped: object, expected: datetime) -> None:
    (parcel,) = live({**COMPLETED, "meta_data": meta(**{TRACKINGS: [{**ITEM, "date_shipped": shipped}]})})
    assert parcel.dispatched_at == expected


def test_a_carrier_may_be_the_shops_own() -> None:
    own = {"custom_tracking_provider": "The boat", "custom_tracking_link": "https://track.example/7", "tracking_number": "7"}
    (parcel,) = live({**COMPLETED, "meta_data": meta(**{TRACKINGS: [own]})})
    assert (parcel.carrier, parcel.tracking_url) == ("The boat", "https://track.example/7")


def test_each_number_is_a_parcel() -> None:
    items = [ITEM, {**ITEM, "tracking_number": "JD2"}, {**ITEM, "tracking_number": ""}, ITEM]
    assert sorted(one.tracking for one in live({**COMPLETED, "meta_data": meta(**{TRACKINGS: items})})) == [
        "JD0002211337GB",
        "JD2",
    ]


@pytest.mark.parametrize("value", [None, "", "a:1:{i:0;a:0:{}}", "[", [], {}, 7, [None, "x", {}]])
def test_what_no_plugin_writes_is_no_parcel(value: object) -> None:
    (parcel,) = live({**COMPLETED, "meta_data": meta(**{TRACKINGS: value})})
    assert parcel == Parcel("completed", SENT, SENT)


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("_aftership_tracking_number", "_aftership_tracking_provider_name"),
        ("_tracking_number", "_tracking_provider"),
        ("ywot_tracking_code", "ywot_carrier_name"),
        ("ywot_tracking_code", "ywot_carrier_id"),
        ("_wcst_order_trackno", "_wcst_order_trackname"),
    ],
)
def test_plugins_with_one_parcel_are_read(number: str, carrier: str) -> None:
    (parcel,) = live({**COMPLETED, "meta_data": meta(**{number: "JD7", carrier: "Royal Mail"})})
    assert (parcel.tracking, parcel.carrier, parcel.dispatched_at) == ("JD7", "Royal Mail", SENT)


def test_a_carrier_alone_is_no_parcel() -> None:
    usual = meta(ywot_carrier_name="Royal Mail", ywot_carrier_url="https://royalmail.example/", ywot_pick_up_date="2026-03-03")
    assert live(order(meta_data=usual)) == ()


def test_a_one_parcel_plugin_tells_link_and_day() -> None:
    fields = meta(ywot_tracking_code="JD7", ywot_carrier_url="https://track.example/JD7", ywot_pick_up_date="2026-03-03")
    (parcel,) = live({**COMPLETED, "meta_data": fields})
    assert (parcel.tracking_url, parcel.dispatched_at) == ("https://track.example/JD7", instant("2026-03-03T00:00:00Z"))


def test_aftership_lists_parcels() -> None:
    items = [
        {"slug": "royal-mail", "tracking_number": "JD7", "additional_fields": {}, "line_items": [{"id": "311", "quantity": 1}]}
    ]
    (parcel,) = live({**COMPLETED, "meta_data": meta(_aftership_tracking_items=items)})
    assert (parcel.tracking, parcel.carrier, parcel.dispatched_at) == ("JD7", "royal-mail", SENT)


@pytest.mark.parametrize("shape", [lambda items: items, json.dumps])
def test_a_lines_last_parcel_is_its_parcel(shape: Any) -> None:
    items = [{"tracking_number": number, "carrier_name": "Royal Mail", "time": 1772527200} for number in ("JD6", "JD7")]
    both = [line(id=n, meta_data=meta(_vi_wot_order_item_tracking_data=shape(items))) for n in (311, 312)]
    (parcel,) = live({**UNTRACKED, "line_items": both})
    assert (parcel.tracking, parcel.carrier, parcel.dispatched_at) == ("JD7", "Royal Mail", SHIPPED)


def test_two_plugins_tell_of_one_parcel() -> None:
    fields = meta(**{"_tracking_number": ITEM["tracking_number"], TRACKINGS: [ITEM]})
    (parcel,) = live({**COMPLETED, "meta_data": fields})
    assert (parcel.carrier, parcel.dispatched_at) == ("Royal Mail", SHIPPED)


def test_a_link_that_comes_later_makes_no_second_parcel() -> None:
    linked = [{**ITEM, "custom_tracking_link": "https://track.example/JD0002211337GB"}]
    later = {**COMPLETED, "meta_data": meta(**{TRACKINGS: linked}), "date_modified_gmt": LATER}
    for one in permutations([COMPLETED, later]):
        assert [parcel.tracking_url for parcel in live(*one)] == ["https://track.example/JD0002211337GB"]


def test_a_status_of_its_own_says_shipped() -> None:
    shipped = order(status="shipped", date_modified_gmt=LATER)
    assert live(shipped) == (Parcel("completed", instant(f"{LATER}Z"), instant(f"{LATER}Z")),)
    assert live({**UNTRACKED, "status": "shipped"}) == (Parcel("completed", SENT, SENT),)


@pytest.mark.parametrize("shape", [dict, first_api, legacy_api])
def test_completion_alone_is_one_parcel(shape: Any) -> None:
    assert live(shape(UNTRACKED)) == (Parcel("completed", SENT, SENT),)


@pytest.mark.parametrize("shape", [first_api, legacy_api])
@pytest.mark.parametrize("status", ["pending", "failed", "on-hold", "processing"])
def test_old_apis_complete_nothing_early(status: str, shape: Any) -> None:
    # WooCommerce before 3.0 tells the day of the last change where it has none of a completion
    assert live(shape({**UNTRACKED, "status": status})) == ()


def test_a_completion_may_be_taken_back() -> None:
    again = {**UNTRACKED, "status": "processing", "date_modified_gmt": LATER}
    assert {live(*one) for one in permutations([ORDER, UNTRACKED, again])} == {()}


@pytest.mark.parametrize("tracked_at", ["2026-03-03T16:20:12", LATER])
def test_tracking_after_completion_is_the_only_parcel(tracked_at: str) -> None:
    tracked = {**COMPLETED, "date_modified_gmt": tracked_at}
    for one in permutations([ORDER, UNTRACKED, tracked, UNTRACKED]):
        assert [parcel.tracking for parcel in live(*one)] == ["JD0002211337GB"]


def test_tracking_may_come_before_completion() -> None:
    (parcel,) = live({**ORDER, "meta_data": COMPLETED["meta_data"]})
    assert (parcel.tracking, parcel.dispatched_at) == ("JD0002211337GB", SHIPPED)


@pytest.mark.parametrize("payload", [COMPLETED, UNTRACKED, ORDER], ids=["tracked", "untracked", "never completed"])
def test_a_status_of_its_own_says_delivered(payload: dict[str, Any]) -> None:
    delivered = {**payload, "status": "delivered", "date_modified_gmt": LATER}
    later = {**delivered, "date_modified_gmt": "2026-03-09T09:00:00"}
    for one in permutations([payload, delivered, later]):
        found = arrival(merged(*map(learnt, one)), Arrivals(), "Europe/London")
        assert found is not None
        assert (found.at, found.how) == (instant(f"{LATER}Z"), "delivered")


# --- whether it is a gift ---


def test_a_plugins_gift_is_learnt() -> None:
    found = judgement(GIFT_ORDER)
    assert found.verdict == GIFT
    assert found.gift == Gift(
        recipient="Ruth Okafor",
        address="ruth.okafor@example.com",
        dedupe_key="ruth.okafor@example.com",
        country="GB",
        postal=("9 Quay Hill", "Falmouth", "TR11 3HG"),
        message="Happy birthday, from all of us.",
    )


@pytest.mark.parametrize(
    ("fields", "sign"),
    [
        ({"_is_gift": "1"}, "said"), ({"_is_gift": True}, "said"), ({"_billing_gift": "1"}, "said"), ({"_shipping_gift": "yes"}, "said"),
        ({"gift": "yes"}, "said"), ({"_gift_message": "Happy birthday"}, "message"), ({"_wcgp_gift_message": "Happy birthday"}, "message"),
        ({"_gift_wrap": "yes"}, "wrap"), ({"Gift recipient": "Ruth Okafor"}, "named"),
        ({"_gift_recipient_email": "ruth.okafor@example.com"}, "named"),
        ({"_wc_other/pellow-wren/is-gift": "1"}, "said"), ({"_wc_other/pellow-wren/gift-message": "Happy birthday"}, "message"),
        ({"_wc_other/pellow-wren/recipient-email": "ruth.okafor@example.com"}, "named"), ({"_wfc_gift_message": "Hello"}, "message"),
        ({"gift": ["yes"]}, "said"), ({"gift_wrap": [None, {}, "ribbon"]}, "wrap"),
    ],
    ids=str,
)  # fmt: skip
def test_a_field_of_the_order_is_a_sign(fields: dict[str, Any], sign: str) -> None:
    found = judgement(order(meta_data=meta(**fields)))
    assert (found.verdict, found.signs) == (ASK if sign == "wrap" else GIFT, (sign,))


@pytest.mark.parametrize(
    "changes",
    [
        {"customer_note": "It is a gift for Ruth: happy birthday!"},
        {"meta_data": meta(_recipient_email="ruth.okafor@example.com", _order_stock_reduced="yes")},
        {"meta_data": meta(is_gift="no", _gift_message="", _gift_wrap="0")},
        {"meta_data": meta(is_gift=False, _gift_message=None, _shipping_recipient_name="Ruth Okafor")},
        {"meta_data": None},
        {"shipping": dict.fromkeys(ORDER["shipping"], "")},
        {"shipping": {**ORDER["shipping"], "first_name": "I."}},
    ],
    ids=str,
)
def test_what_says_nothing_is_no_gift(changes: dict[str, Any]) -> None:
    assert judgement(order(**changes)).verdict == NOT


def test_a_box_that_was_never_shown_declines_nothing() -> None:
    found = judgement(order(meta_data=meta(is_gift=None, gift_message="Happy birthday")))
    assert (found.verdict, found.signs) == (GIFT, ("message",))


CARD = {"wc_gift_card_to": "ruth.okafor@example.com", "wc_gift_card_message": "Happy birthday"}


TWO = "ruth.okafor@example.com, isobel.trant@example.com"


@pytest.mark.parametrize(
    ("fields", "address", "message"),
    [
        (CARD, "ruth.okafor@example.com", "Happy birthday"),
        ({"pw_gift_card_to": "ruth.okafor@example.com", "pw_gift_card_message": "For you"}, "ruth.okafor@example.com", "For you"),
        ({"_ywgc_recipient_email": "ruth.okafor@example.com", "_ywgc_message": "For you"}, "ruth.okafor@example.com", "For you"),
        ({"_ywgc_recipients": ["ruth.okafor@example.com"], "_ywgc_message": "For you"}, "ruth.okafor@example.com", "For you"),
        ({"pw_gift_card_to": TWO, "pw_gift_card_message": "For you"}, "ruth.okafor@example.com", "For you"),
        (
            {"wc_gift_card_to_multiple": TWO, "wc_gift_card_message": "a@b.example, c@d.example"},
            "ruth.okafor@example.com",
            "a@b.example, c@d.example",
        ),
    ],
    ids=["WooCommerce", "PW", "YITH", "YITH's list", "PW to two", "WooCommerce to two"],
)
def test_a_gift_card_goes_to_somebody(fields: dict[str, Any], address: str, message: str) -> None:
    found = judgement(order(line_items=[line(meta_data=meta(**fields))]))
    assert (found.verdict, found.signs) == (GIFT, ("card", "message"))
    assert found.gift is not None
    assert (found.gift.address, found.gift.message) == (address, message)


@pytest.mark.parametrize(
    ("table", "verdict"), [(GiftTable(), ASK), (GiftTable(other_name="gift"), GIFT), (GiftTable(other_name="nothing"), NOT)]
)
def test_another_label_means_what_the_shop_says(table: GiftTable, verdict: Verdict) -> None:
    found = judgement(order(shipping=GIFT_ORDER["shipping"]), table)
    assert (found.verdict, found.signs) == (verdict, ("other-name", "other-place"))
    assert found.gift is not None
    assert found.gift.recipient == "Ruth Okafor"


def test_a_corrected_tracking_number_takes_the_other_ones_place() -> None:
    def tracked(number: str, **changes: Any) -> dict[str, Any]:
        items = [{"tracking_number": number, "tracking_provider": "Royal Mail", "date_shipped": "1772528400"}]
        return order(meta_data=[{"id": 1, "key": "_wc_shipment_tracking_items", "value": items}], **changes)

    wrong, right = tracked("JD1"), tracked("JD2", date_modified_gmt=LATER)
    for one, other in permutations([wrong, right]):
        assert [parcel.tracking for parcel in live_parcels(merged(learnt(one), learnt(other)))] == ["JD2"]


# --- a whole story ---

PARTLY = {**COMPLETED, "refunds": [{"id": 77, "reason": "", "total": "-10.00"}], "date_modified_gmt": "2026-03-06T10:00:00"}
STORY = [
    learnt(order(status="pending", date_modified_gmt="2026-03-02T12:00:00"), "order.created"),
    learnt(ORDER),
    learnt(UNTRACKED),
    learnt({**COMPLETED, "date_modified_gmt": "2026-03-03T16:45:00"}),
    learnt(PARTLY),
    learnt({"id": 1041}, DELETED),
    learnt({**PARTLY, "date_modified_gmt": "2026-03-08T10:00:00"}, "order.restored"),
]


def test_a_story_gives_one_state_however_it_comes() -> None:
    table = GiftTable()
    found = [judged(one, table) for one in STORY]
    states = set()
    for drawn in permutations(range(len(STORY))):
        state = Order("woocommerce:1041")
        for n in (*drawn, *drawn[:2]):
            state = merge(state, STORY[n], found[n])
        states.add(repr(state))
    assert len(states) == 1


def test_a_story_ends_as_it_should() -> None:
    state = merged(*STORY)
    assert is_off(state) == ""
    assert [(one.tracking, one.dispatched_at) for one in live_parcels(state)] == [("JD0002211337GB", SHIPPED)]
    assert [one.amount for one in state.refunds] == [Money(1000, "GBP")]
    assert is_off(merged(*STORY[:-1])) == "deleted"


# --- the whole road ---


class Shop(TestWorld):
    """A world whose storefront is WooCommerce."""

    __test__ = False

    def __init__(self, **shop: object) -> None:
        super().__init__(**shop)  # type: ignore[arg-type]
        self.secrets = msgspec.structs.replace(SECRETS, webhooks={"woocommerce": (CURRENT,)}, live_table=self.table.identity())

    def receive(self, payload: Any, topic: str = UPDATED, *, delivery: str = "d1") -> str:
        headers, raw = signed(payload, topic, delivery=delivery)
        return receive_webhook(self, "woocommerce", headers, raw)

    def states(self, address: str = "") -> dict[str, str]:
        return {kind: one.state for kind, one in self.follow_ups(address).items()}


def test_a_greeting_is_answered() -> None:
    with Shop() as world:
        assert receive_webhook(world, "woocommerce", {}, b"webhook_id=7") == "hello"


def test_an_order_goes_the_whole_road() -> None:
    with Shop(estimate=True) as world:
        assert world.receive(ORDER, "order.created") == "kept"
        world.work()
        assert world.receive(ORDER, "order.created", delivery="d2") == "kept before"
        assert world.states() == {"receipt": "sent"}
        world.pass_time(days=2)
        assert world.receive(COMPLETED) == "kept"
        world.work()
        assert world.states() == {
            "receipt": "sent",
            "on-its-way": "sent",
            "thank-you": "planned",
            "expectation": "planned",
        }
        world.live(days=16)
        assert world.states()["thank-you"] == "sent"
        assert {kept.mail.to for kept in world.mails()} == {"isobel.trant@example.com"}


def test_a_gift_goes_the_whole_road() -> None:
    with Shop(recipient_note="e-mail") as world:
        world.receive(GIFT_ORDER, "order.created")
        world.pass_time(hours=1)
        delivered = {**GIFT_ORDER, "status": "delivered", "date_modified_gmt": "2026-03-02T13:00:00"}
        world.receive(delivered)
        world.work()
        assert world.states("daniel.okafor@example.com")["receipt"] == "sent"
        assert world.states("ruth.okafor@example.com") == {"gift-note": "planned"}


@pytest.mark.parametrize("status", ["pending", "failed", "cancelled", "trash"])
def test_nothing_follows_what_does_not_stand(status: str) -> None:
    with Shop() as world:
        assert world.receive(order(status=status)) == "kept"
        world.work()
        assert world.mails() == []


def test_a_payment_that_comes_late_is_followed() -> None:
    with Shop() as world:
        world.receive(order(status="pending"), "order.created")
        world.work()
        assert world.mails() == []
        world.receive(order(date_modified_gmt="2026-03-02T12:05:00"))
        world.work()
        assert world.states() == {"receipt": "sent"}


def test_what_was_planned_ends_with_its_order() -> None:
    with Shop(estimate=True) as world:
        world.receive(COMPLETED)
        world.work()
        assert world.states()["thank-you"] == "planned"
        world.receive({"id": 1041}, DELETED)
        world.work()
        assert world.states()["thank-you"] not in ("planned", "sent")


def test_a_basket_at_the_checkout_is_no_order() -> None:
    with Shop() as world:
        assert world.receive(order(status="checkout-draft")).startswith("ignored: ")


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
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt;&#10;Bcc: all@example.com&#xD800;&#x110000;",
    "lines": "Isobel\r\nBcc: all@example.com\r\n\r\n<b>",
    "amount": "1e999999999999",
    "year": "9999-12-31T23:59:59-23:00",
    "list": [],
    "object": {},
    "nested": [[{"a": [{"key": None, "value": []}]}]],
    "many": [{"key": "x", "id": 1, "value": "y", "total": "1.00"}] * 300,
}  # fmt: skip

WHOLE = {
    **COMPLETED,
    **{name: GIFT_ORDER[name] for name in ("shipping", "fee_lines", "coupon_lines")},
    "refunds": PARTLY["refunds"],
}
PLUGINS = {
    "_wc_other/pellow-wren/gift-message": ["Happy birthday"],
    "_aftership_tracking_items": [{"slug": "royal-mail", "tracking_number": "JD7"}],
    "_tracking_number": "JD8",
}
WHOLE["meta_data"] = [*GIFT_ORDER["meta_data"], *COMPLETED["meta_data"], *meta(**PLUGINS)]
BY_LINE = meta(_vi_wot_order_item_tracking_data='[{"tracking_number": "JD9"}]', wc_gift_card_to_multiple=TWO)
WHOLE["line_items"] = [{**one, "meta_data": [*one["meta_data"], *BY_LINE]} for one in COMPLETED["line_items"]]
SHAPES = {"v3": WHOLE, "v1": first_api(WHOLE), "legacy": legacy_api(WHOLE)}


def heard(topic: str, raw: bytes) -> Learnt | None:
    """What is learnt, which keeps its bytes; None where it is ignored or refused. Nothing else may come of it."""
    try:
        found = WooCommerce().learn(topic, raw)
    except Invalid:
        return None
    if isinstance(found, Ignored):
        return None
    assert isinstance(found, Learnt)
    kept = msgspec.json.encode(found)
    assert msgspec.json.decode(kept, type=Learnt) == found
    assert found.view is None or found.view.more_lines or adds_up(found.view)
    assert not any(is_unsafe(char) for one in texts(msgspec.to_builtins(found)) for char in one)
    return found


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ():
        yield from texts(one)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_field_is_learnt_or_refused(value: Any, shape: str) -> None:
    payload = SHAPES[shape]
    outcomes = [
        heard(topic, json.dumps(spoilt(payload, path, value)).encode()) for topic in (UPDATED, DELETED) for path in paths(payload)
    ]
    assert outcomes.count(None) <= 10, "only what an order cannot be without is refused"


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_field_is_harmless(value: Any) -> None:
    with Shop(cap=10**6, daily_budget=10**6, estimate=True) as world:
        for n, path in enumerate(paths(WHOLE)):
            own = spoilt({**WHOLE, "id": 2000 + n}, path, value)
            if (bill := own.get("billing")) and isinstance(bill, dict) and bill.get("email") == ORDER["billing"]["email"]:
                bill["email"] = f"isobel{n}@example.com"
            if (found := heard(UPDATED, json.dumps(own).encode())) is not None:
                take_order(world, found)
                take_order(world, found)
        for day in ("2026-03-07", "2026-03-14", "2026-03-21"):
            world.clock.at = instant(f"{day}T11:00:00Z")
            world.work()
        assert_harmless(world)


def assert_harmless(world: TestWorld) -> None:
    stuck = [one for one in list_follow_ups(world) if one.state in ("unsure", "failed") or "cannot be written" in one.reason]
    assert stuck == []
    mails = [kept.mail for kept in world.mails()]
    assert mails
    for mail in mails:
        assert len(mail.subject.splitlines()) == 1
        assert "<script" not in mail.html
        assert "\nBcc:" not in mail.text
        assert "</script>49" not in mail.text + mail.html
        mail.text.encode()


@quick
@given(
    st.sampled_from([*ORDER_TOPICS, DELETED]),
    st.sampled_from(list(SHAPES)),
    st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(list(HOSTILE))), min_size=2, max_size=8),
)
def test_many_hostile_fields_at_once(topic: str, shape: str, spoils: list[tuple[int, str]]) -> None:
    payload = SHAPES[shape]
    # chosen from the whole order: many in many in many would fill the machine
    places = list(paths(payload))
    for n, name in spoils:
        with suppress(KeyError, IndexError, TypeError):  # what was above it is gone
            payload = spoilt(payload, places[n % len(places)], HOSTILE[name])
    heard(topic, json.dumps(payload).encode())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | hostile_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*WHOLE, *ORDER["billing"], "key", "value"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@quick
@given(st.sampled_from([*ORDER_TOPICS, DELETED]), st.dictionaries(st.sampled_from(list(WHOLE)), json_values, max_size=6))
def test_any_order_is_learnt_or_refused(topic: str, changes: dict[str, Any]) -> None:
    heard(topic, json.dumps({**WHOLE, **changes}).encode())


@quick
@given(st.sampled_from([*ORDER_TOPICS, DELETED]), st.binary(max_size=80))
def test_any_bytes_are_refused(topic: str, raw: bytes) -> None:
    with pytest.raises(Invalid):
        WooCommerce().learn(topic, raw)


@pytest.mark.parametrize(
    ("billing", "expected"), [({"country": "US", "state": "CA"}, "CA"), ({"country": "GB", "state": "Cornwall"}, "")]
)
def test_a_state_is_known_by_its_code(billing: dict[str, str], expected: str) -> None:
    assert buyer(billing={**ORDER["billing"], **billing}).region == expected
