from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.storefronts import STOREFRONTS
from chalicelib.adapters.storefronts.shopify import Shopify
from chalicelib.domain.calendar import instant, stamp
from chalicelib.errors import Invalid
from chalicelib.strict_json import dumps, loads
from courtesy.webhook import Capture, placed_at, placed_now, read_capture, read_captures, signed, topic_of
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel
from tests.support.properties import quick

NOW = datetime(2031, 7, 9, 16, 20, 5, tzinfo=UTC)
SECRET = "the local secret"
STANDARD_SECRET = "whsec_" + base64.b64encode(b"the local secret, 32 bytes of it").decode()


def secret_of(source: str) -> str:
    return STANDARD_SECRET if source == "standard" else SECRET


def saved(folder: Path, content: object) -> Path:
    path = folder / "capture.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def times(value: Any) -> list[datetime]:
    """Every instant in it."""
    if isinstance(value, dict):
        return [at for one in value.values() for at in times(one)]
    if isinstance(value, list):
        return [at for one in value for at in times(one)]
    try:
        return [instant(value)] if isinstance(value, str) and len(value) > 15 else []
    except ValueError:
        return []


# --- the three shapes ---


def test_a_bare_body_is_the_body(tmp_path: Path) -> None:
    assert read_capture(saved(tmp_path, shopify_order())) == Capture("a bare body", shopify_order(), {})


def test_a_capture_has_headers_and_body(tmp_path: Path) -> None:
    content = {"headers": {"X-Shopify-Topic": "orders/create", "X-Count": 1}, "body": shopify_order()}
    found = read_capture(saved(tmp_path, content))
    assert found == Capture("a {headers, body} capture", shopify_order(), {"x-shopify-topic": "orders/create", "x-count": "1"})


@pytest.mark.parametrize("root", ["order", "fulfillment", "refund"])
def test_a_rest_root_holds_the_body(tmp_path: Path, root: str) -> None:
    found = read_capture(saved(tmp_path, {root: shopify_order()}))
    assert found == Capture(f'a REST root object ("{root}")', shopify_order(), {})


@pytest.mark.parametrize("content", [{"order": 7}, {"order": {}, "id": 1}, {"headers": {}, "body": "text"}, {}])
def test_what_only_looks_like_them_is_bare(tmp_path: Path, content: dict[str, object]) -> None:
    assert read_capture(saved(tmp_path, content)) == Capture("a bare body", content, {})


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", [], "order", b"[" * 10**5])
def test_what_is_no_object_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(Invalid, match=r"capture\.json"):
        read_capture(saved(tmp_path, content))


def test_a_missing_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"^\S+nothing\.json cannot be read: No such file or directory\.$"):
        read_capture(tmp_path / "nothing.json")


@pytest.mark.parametrize("content", [{"orders": [{"id": 1}, {"id": 2}]}, [{"id": 1}, {"id": 2}]])
def test_of_a_rest_list_each_is_one(tmp_path: Path, content: object) -> None:
    path = saved(tmp_path, content)
    found = read_captures(path)
    assert [capture.body for capture in found] == [{"id": 1}, {"id": 2}]
    assert all(capture.taken_as.startswith("a REST list") for capture in found)
    with pytest.raises(Invalid, match="holds 2 events, and one at a time can be sent"):
        read_capture(path)


def test_a_list_of_other_things_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="other things than JSON objects"):
        read_captures(saved(tmp_path, {"orders": [1, 2]}))


# --- its topic ---


@pytest.mark.parametrize(
    ("source", "given", "capture", "topic"),
    [
        ("shopify", "a", Capture("", {}, {"x-shopify-topic": "b"}, "c"), "a"),
        ("shopify", "", Capture("", {}, {"x-shopify-topic": "b"}, "c"), "b"),
        ("woocommerce", "", Capture("", {}, {"x-wc-webhook-topic": "b"}, "c"), "b"),
        ("shopify", "", Capture("", {"type": "d"}, {}, "c"), "c"),
        ("stripe", "", Capture("", {"type": "d"}, {}), "d"),
        ("standard", "", Capture("", {"type": "d"}, {}), "d"),
    ],
)
def test_the_topic_is_what_was_given_else_what_the_file_says(source: str, given: str, capture: Capture, topic: str) -> None:
    assert topic_of(source, given, capture) == topic


@pytest.mark.parametrize(("source", "body"), [("shopify", {"type": "d"}), ("stripe", {}), ("stripe", {"type": 7})])
def test_without_a_topic_it_is_asked_for(source: str, body: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="give it with --topic"):
        topic_of(source, "", Capture("", body, {}))


# --- as if it happened now ---


@pytest.mark.parametrize("placed", [{}, {"processed_at": "2026-03-01T09:30:00-05:00"}, {"created_at": "2040-01-01T00:00:00Z"}])
def test_an_order_is_placed_exactly_now(placed: dict[str, str]) -> None:
    body = placed_now(gift_order(fulfillments=[shopify_parcel()], **placed), NOW)
    view = learnt("orders/create", body).view
    assert view is not None
    assert view.placed_at == NOW


def test_what_came_before_stays_before() -> None:
    browsed = {"created_at": "2026-03-02T11:00:00Z"}
    body = placed_now(shopify_order(customer=browsed), NOW)
    assert body["customer"]["created_at"] == "2031-07-09T15:20:05Z"


@pytest.mark.parametrize("changes", [{}, {"closed_at": "2026-05-02T12:00:00Z"}, {"due_at": "9999-12-31T23:59:59Z"}])
def test_nothing_lies_in_the_future(changes: dict[str, str]) -> None:
    body = placed_now(shopify_order(fulfillments=[shopify_parcel()], **changes), NOW)
    assert times(body)
    assert max(times(body)) == NOW


def test_the_first_year_does_not_stop_it() -> None:
    body = placed_now(shopify_order(created_at="2040-01-01T00:00:00Z", born_at="0001-01-01T00:00:00Z"), NOW)
    assert body["created_at"] == stamp(NOW)


def test_a_fulfilments_latest_time_is_now() -> None:
    body = placed_now(shopify_parcel(line_items=[{"id": 1}]), NOW)
    assert (body["created_at"], body["updated_at"]) == ("2031-07-08T13:20:05Z", stamp(NOW))


@quick
@given(st.lists(st.datetimes(timezones=st.just(UTC)), min_size=1, max_size=5), st.booleans())
def test_any_times_can_be_shifted(found: list[datetime], is_order: bool) -> None:
    written = [at.isoformat(timespec="seconds") for at in found]
    body: dict[str, object] = {"created_at": written[0], "others": written, ("line_items" if is_order else "order_id"): []}
    shifted = placed_now(body, NOW)
    assert instant(shifted["created_at"]) == NOW or not is_order
    assert max(times(shifted)) == NOW


def test_what_is_no_time_is_left_alone() -> None:
    others = {"note": "on 2026-03-02", "day": "2026-03-02", "zip": "TR11 3HG", "text": "at 2026-03-02T12:00:00Z sharp"}
    assert placed_now({**others, "created_at": "2026-03-02T12:00:00Z"}, NOW) == {**others, "created_at": stamp(NOW)}


def test_stripes_seconds_are_shifted_under_their_names_alone() -> None:
    session = {"created": 1700000000, "expires_at": 1700086400, "amount_total": 1700000000, "metadata": {"created": 5}}
    event = {"object": "event", "created": 1700000060, "data": {"object": session}}
    now = int(NOW.timestamp())
    moved = placed_now(event, NOW)
    assert (moved["created"], moved["data"]["object"]["created"]) == (now, now - 60)
    assert moved["data"]["object"]["expires_at"] == now
    assert moved["data"]["object"]["amount_total"] == 1700000000
    assert moved["data"]["object"]["metadata"] == {"created": 5}


@pytest.mark.parametrize("value", [True, 7, 10**12, "1700000000"])
def test_other_things_under_these_names_are_left_alone(value: object) -> None:
    assert placed_now({"object": "event", "created": value}, NOW) == {"object": "event", "created": value}


def test_times_without_an_offset_are_shifted_and_stay_so() -> None:
    body = {
        "date_created_gmt": "2026-03-02T11:00:00",
        "date_paid_gmt": "2026-03-02T12:00:00",
        "date_created": "2026-03-02T11:30:00",
    }
    moved = placed_now(body, NOW)
    assert moved == {
        "date_created_gmt": "2031-07-09T15:20:05",
        "date_paid_gmt": "2031-07-09T16:20:05",
        "date_created": "2031-07-09T15:50:05",
    }


def test_under_other_names_they_are_left_alone() -> None:
    assert placed_now({"note": "2026-03-02T11:00:00"}, NOW) == {"note": "2026-03-02T11:00:00"}


def test_the_adapter_may_say_when_it_was_placed() -> None:
    body = {
        "id": 5,
        "line_items": [],
        "total_price": "1",
        "processed_at": "2026-03-01T12:00:00Z",
        "created_at": "2026-03-02T12:00:00Z",
    }
    placed = placed_at(Shopify(), "orders/create", body)
    assert placed == instant("2026-03-01T12:00:00Z")
    assert placed_now(body, NOW, placed)["processed_at"] == stamp(NOW)
    assert placed_at(Shopify(), "orders/create", {}) is None
    assert placed_at(Shopify(), "fulfillments/update", shopify_parcel()) is None


def test_without_a_time_nothing_is_shifted() -> None:
    assert placed_now({"id": 1}, NOW) == {"id": 1}


def test_the_capture_itself_is_not_changed() -> None:
    body = shopify_order()
    placed_now(body, NOW)
    assert body == shopify_order()


# --- what is posted ---


def test_numbers_survive_to_the_byte(tmp_path: Path) -> None:
    raw = b'{"id":820982911946154508123,"rate":0.10,"grams":1e3,"total":"48.00","big":' + b"9" * 60 + b"}"
    posted, _ = signed("shopify", "orders/create", read_capture(saved(tmp_path, raw)), SECRET)
    assert posted == raw


def test_what_is_posted_verifies() -> None:
    raw, headers = signed("shopify", "orders/create", Capture("", shopify_order(), {}), SECRET)
    lower = {name.lower(): value for name, value in headers.items()}
    Shopify().verify(lower, raw, [SECRET], NOW)
    assert Shopify().identify(lower, raw).topic == "orders/create"


def test_each_posting_is_an_event_of_its_own() -> None:
    capture = Capture("", shopify_order(), {"x-shopify-shop-domain": "other.example", "x-shopify-webhook-id": "captured"})
    first, second = (signed("shopify", "orders/create", capture, SECRET)[1] for _ in "12")
    assert first["X-Shopify-Shop-Domain"] == "other.example"
    assert first["X-Shopify-Webhook-Id"] != second["X-Shopify-Webhook-Id"]


def test_half_an_emoji_can_be_posted(tmp_path: Path) -> None:
    posted, _ = signed("shopify", "orders/create", read_capture(saved(tmp_path, rb'{"note":"\ud83d \ud83d\ude00"}')), SECRET)
    assert posted.decode() == '{"note":"\ufffd \U0001f600"}'


def test_a_storefront_that_there_is_not_cannot_be_played() -> None:
    with pytest.raises(Invalid, match=r'no storefront "bigcommerce": there are .*shopify'):
        signed("bigcommerce", "x", Capture("", {}, {}), SECRET)


@pytest.mark.parametrize("source", sorted(STOREFRONTS))
def test_what_is_posted_verifies_at_the_shops_own_time(source: str) -> None:
    capture = Capture("", {"type": "order.created", "id": "evt_1"}, {})
    raw, headers = signed(source, "order.created", capture, secret_of(source), NOW)
    lower = {name.lower(): value for name, value in headers.items()}
    STOREFRONTS[source].verify(lower, raw, [secret_of(source)], NOW)
    assert STOREFRONTS[source].identify(lower, raw).topic == "order.created"


def test_writing_and_reading_agree() -> None:
    assert loads(dumps(gift_order())) == gift_order()
