from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.storefronts.stripe import EVENT_TYPES, Stripe
from chalicelib.adapters.storefronts.stripe import line as line_of
from chalicelib.config import ROOT
from chalicelib.domain.calendar import instant
from chalicelib.domain.gift import ASK, GIFT, NOT, Gift, GiftTable, Judgement
from chalicelib.domain.merging import judged, merge
from chalicelib.domain.money import Money
from chalicelib.domain.order import Buyer, Learnt, Line, Order, Refund, View, is_off, order_key
from chalicelib.errors import Invalid, Retryable, Unverified
from chalicelib.ports import Ignored
from chalicelib.stores import orders
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.take_order import take_order
from tests.support.fake_office import FakeOffice
from tests.support.properties import hostile_text, quick
from tests.support.spoiling import spoilings
from tests.support.world import NOON, SECRETS, TestWorld

CURRENT, OLDER = "whsec_a secret as it is shown", "whsec_an older one"
AT = int(NOON.timestamp())
RAW = b'{"id": "evt_1", "type": "checkout.session.completed"}'
COMPLETED, PAID, NOT_PAID, RAN_OUT, REFUNDED = EVENT_TYPES
EXAMPLES = sorted((ROOT / "examples" / "stripe").glob("*.json"))
ADDRESS = {"line1": "4 Fore Street", "line2": None, "city": "Truro", "state": None, "postal_code": "TR1 2AA", "country": "GB"}
RUTHS = {
    "name": "Ruth Okafor",
    "address": {"line1": "9 Quay Hill", "city": "Falmouth", "postal_code": "TR11 3HG", "country": "GB"},
}
STUDS = {"id": "li_1", "description": "Sea-glass stud earrings", "quantity": 1, "amount_total": 4800, "currency": "gbp"}


def session(**changes: Any) -> dict[str, Any]:
    """Isobel's checkout, placed and paid on 2 March 2026 at noon."""
    return {
        "id": "cs_live_1",
        "object": "checkout.session",
        "mode": "payment",
        "payment_status": "paid",
        "livemode": True,
        "created": AT,
        "payment_intent": "pi_1",
        "client_reference_id": "1041",
        "currency": "gbp",
        "amount_total": 5195,
        "locale": "en-GB",
        "customer_details": {"name": "Isobel Trant", "email": "isobel.trant@example.com", "address": ADDRESS},
        "shipping_cost": {"amount_total": 395},
        "collected_information": {"shipping_details": {"name": "Isobel Trant", "address": ADDRESS}},
        "total_details": {"amount_discount": 0, "amount_shipping": 395, "amount_tax": 0},
        "metadata": {},
        "custom_fields": [],
        "discounts": [],
        "line_items": {"data": [STUDS]},
        **changes,
    }


def charge(**changes: Any) -> dict[str, Any]:
    """Its payment, all of it given back."""
    return {"id": "ch_1", "payment_intent": "pi_1", "currency": "gbp", "amount": 5195, "amount_refunded": 5195, **changes}


def event(about: object, topic: str = COMPLETED, *, after: int = 0, **changes: Any) -> dict[str, Any]:
    """So many seconds after noon."""
    return {
        "id": f"evt_{topic}_{after}",
        "type": topic,
        "created": AT + after,
        "livemode": True,
        "data": {"object": about},
        **changes,
    }


def heard(payload: object) -> Any:
    return Stripe().learn("", json.dumps(payload).encode())


def learnt(payload: object) -> Learnt:
    found = heard(payload)
    assert isinstance(found, Learnt)
    return found


def view(**changes: Any) -> View:
    found = learnt(event(session(**changes))).view
    assert found is not None
    return found


def judgement(**changes: Any) -> Judgement:
    return judged(learnt(event(session(**changes))), GiftTable())


def told(*events: dict[str, Any]) -> Order:
    """What the order comes to."""
    found = [learnt(one) for one in events]
    assert {one.order for one in found} == {"pi_1"}
    return reduce(lambda order, one: merge(order, one, judged(one, GiftTable())), found, Order("stripe:pi_1"))


# --- who sent it ---


def signature(stated: object = AT, raw: bytes = RAW, secret: str = CURRENT) -> str:
    return hmac.digest(secret.encode(), f"{stated}.".encode() + raw, "sha256").hex()


def verifies(header: str | None, raw: bytes = RAW, secrets: Sequence[str] = (CURRENT, OLDER), late: int = 0) -> bool:
    headers = {} if header is None else {"stripe-signature": header}
    try:
        Stripe().verify(headers, raw, secrets, NOON + timedelta(seconds=late))
    except Unverified:
        return False
    return True


@pytest.mark.parametrize("secret", [CURRENT, OLDER])
def test_either_live_secret_signs(secret: str) -> None:
    headers = Stripe().sign("", RAW, secret, NOON, "")
    assert verifies(headers["Stripe-Signature"])
    assert headers["Stripe-Signature"] == f"t={AT},v1={signature(secret=secret)}"


@pytest.mark.parametrize("secret", ["wrong", "", CURRENT.removeprefix("whsec_"), CURRENT.upper(), f"{CURRENT} "])
def test_another_secret_does_not_sign(secret: str) -> None:
    assert not verifies(f"t={AT},v1={signature(secret=secret)}")


def test_a_retired_secret_signs_no_longer() -> None:
    assert not verifies(f"t={AT},v1={signature(secret=OLDER)}", secrets=[CURRENT])


@pytest.mark.parametrize("secrets", [(), ("",), (" ", "\t")])
def test_without_a_secret_nothing_is_verified(secrets: Sequence[str]) -> None:
    assert not verifies(f"t={AT},v1={signature(secret=secrets[0] if secrets else '')}", secrets=secrets)


def test_a_blank_secret_hinders_no_other() -> None:
    assert verifies(f"t={AT},v1={signature()}", secrets=["", CURRENT])
    assert not verifies(f"t={AT},v1={signature(secret='')}", secrets=["", CURRENT])


@pytest.mark.parametrize(
    "header",
    [
        f"t={AT},v1={signature()}",
        f"t={AT},v1={signature()},v0={signature()}",
        f"t={AT},v1={'0' * 64},v1={signature()}",
        f"t={AT},v1={signature()},v1={'0' * 64}",
        f"v1={signature()},t={AT}",
        f"t={AT}, v1={signature()}",
        f"t={AT},v2=what,scheme,v1={signature()}",
    ],
)
def test_any_v1_of_several_counts(header: str) -> None:
    assert verifies(header)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        ",",
        "=",
        f"t={AT}",
        f"t={AT},v1=",
        f"t={AT},v0={signature()}",
        f"t={AT},v1={'0' * 64},v0={signature()}",
        f"t={AT},v11={signature()}",
        f"t={AT},V1={signature()}",
        f"t={AT},v1={signature().upper()}",
        f"t={AT},v1={signature()[:-1]}",
        f"t={AT},v1={signature()}0",
        f"v1={signature()}",
        f"T={AT},v1={signature()}",
        f"t={AT},t={AT},v1={signature()}",
        f"t={AT + 1},t={AT},v1={signature()}",
        f"t={AT + 1},v1={signature()}",
        f"{AT},{signature()}",
    ],
)
def test_another_header_does_not_verify(header: str | None) -> None:
    assert not verifies(header)


@pytest.mark.parametrize(
    "stated", ["", "now", "-1", f"-{AT}", f"+{AT}", f" {AT}", f"{AT}.0", f"{AT}e0", "9" * 13, "9" * 5000, "\u0661" * 10, "\u00b2"]
)
def test_a_time_that_is_none_does_not_verify(stated: str) -> None:
    assert not verifies(f"t={stated},v1={signature(stated)}")


@pytest.mark.parametrize(("late", "fresh"), [(-301, False), (-300, True), (0, True), (300, True), (301, False), (10**8, False)])
def test_five_minutes_either_way_are_let_pass(late: int, fresh: bool) -> None:
    assert verifies(f"t={AT},v1={signature()}", late=late) == fresh


@pytest.mark.parametrize(
    "spoil", [lambda raw: raw + b"\n", lambda raw: raw[:-1], lambda raw: raw.replace(b"1", b"2"), lambda _: b""]
)
def test_other_bytes_do_not_verify(spoil: Any) -> None:
    assert not verifies(f"t={AT},v1={signature()}", spoil(RAW))


@quick
@given(hostile_text, hostile_text, st.binary(max_size=20))
def test_hostile_headers_are_unverified(first: str, second: str, raw: bytes) -> None:
    for header in (first, f"t={AT},v1={first}", f"t={first},v1={second}", f"{first},t={AT},v1={second}"):
        assert not verifies(header, raw)


# --- whether it is a repeat ---


def test_an_event_is_known_by_its_id() -> None:
    first, again, other = (
        Stripe().identify({}, json.dumps({"id": id_, "type": kind}).encode())
        for id_, kind in (("evt_1", COMPLETED), ("evt_1", PAID), ("evt_2", COMPLETED))
    )
    assert first.id == again.id != other.id
    assert first.topic == COMPLETED


@pytest.mark.parametrize(
    "payload", [{}, {"id": "evt_1"}, {"type": COMPLETED}, {"id": "", "type": ""}, {"id": [], "type": {}}, []]
)
def test_without_id_and_type_it_is_refused(payload: object) -> None:
    with pytest.raises(Invalid):
        Stripe().identify({}, json.dumps(payload).encode())


# --- what is learnt ---


def test_an_order_is_learnt() -> None:
    found = learnt(event(session()))
    assert (found.source, found.order, found.parcels, found.refunds, found.ask) == ("stripe", "pi_1", (), (), "")
    assert judgement().verdict == NOT
    assert found.view == View(
        seen_at=NOON,
        placed_at=NOON,
        number="1041",
        total=Money(5195, "GBP"),
        buyer=Buyer("Isobel Trant", "isobel.trant@example.com", "isobel.trant@example.com", "GB", "en-GB"),
        lines=(Line("Sea-glass stud earrings", 1, 4800, id="li_1"),),
        postage=395,
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_something_is_learnt_from_every_example(path: Path) -> None:
    assert learnt(json.loads(path.read_bytes())).order.startswith("pi_pellowwren")


def test_the_gift_of_the_examples_is_one() -> None:
    found = learnt(json.loads((ROOT / "examples" / "stripe" / "gift-order.json").read_bytes()))
    assert judged(found, GiftTable()) == Judgement(
        GIFT,
        ("message", "named", "other-name", "other-place", "said"),
        Gift(
            recipient="Ruth Okafor",
            address="ruth.okafor@example.com",
            dedupe_key="ruth.okafor@example.com",
            country="GB",
            postal=("9 Quay Hill", "Falmouth", "TR11 3HG"),
            message="Happy birthday, from all of us.",
        ),
    )


@pytest.mark.parametrize(
    "topic", ["invoice.paid", "payment_intent.succeeded", "charge.succeeded", "customer.created", "checkout.session", "x"]
)
def test_other_events_are_ignored(topic: str) -> None:
    found = heard(event(session(), topic))
    assert isinstance(found, Ignored)
    assert topic in found.why


@pytest.mark.parametrize("mode", ["subscription", "setup", None, 7])
@pytest.mark.parametrize("topic", [COMPLETED, PAID, NOT_PAID])
def test_only_payments_are_orders(topic: str, mode: object) -> None:
    assert isinstance(heard(event(session(mode=mode), topic)), Ignored)


def test_a_checkout_that_ran_out_is_ignored() -> None:
    found = heard(event(session(payment_status="unpaid"), RAN_OUT))
    assert isinstance(found, Ignored)
    assert "ran out" in found.why


@pytest.mark.parametrize(
    ("intent", "order"),
    [
        ("pi_2", "pi_2"),
        ({"id": "pi_2", "object": "payment_intent", "latest_charge": None}, "pi_2"),
        (None, "cs_live_1"),
        ("", "cs_live_1"),
        ({}, "cs_live_1"),
        ({"id": None}, "cs_live_1"),
        ([], "cs_live_1"),
        (True, "cs_live_1"),
        ("pi 2", "cs_live_1"),
        ("p" * 129, "cs_live_1"),
    ],
)
def test_an_order_is_known_by_its_payment(intent: object, order: str) -> None:
    assert learnt(event(session(payment_intent=intent))).order == order


@pytest.mark.parametrize("id_", [None, "", True, 1.5, [], "a b", "a#b", "\u0661", "a" * 129])
def test_a_session_needs_a_usable_id(id_: object) -> None:
    with pytest.raises(Invalid):
        learnt(event(session(id=id_)))


@pytest.mark.parametrize("created", [None, "", "1772452800", 0, -1, True, 10**12, 1.5])
def test_an_event_needs_its_time(created: object) -> None:
    for topic, about in ((COMPLETED, session()), (REFUNDED, charge())):
        with pytest.raises(Invalid):
            heard(event(about, topic, created=created))


@pytest.mark.parametrize(
    ("changes", "name", "expected"),
    [
        ({"created": AT - 600}, "placed_at", instant("2026-03-02T11:50:00Z")),
        ({"created": None}, "placed_at", NOON),
        ({"created": 10**14}, "placed_at", NOON),
        ({"livemode": False}, "test", True),
        ({"livemode": None}, "test", True),
        ({"livemode": "true"}, "test", True),
        ({"payment_status": "unpaid"}, "unpaid", True),
        ({"payment_status": "no_payment_required"}, "unpaid", False),
        ({"client_reference_id": None, "payment_intent": "pi_3MqLiJLk"}, "number", "3MQLIJLK"),
        ({"client_reference_id": None, "payment_intent": None, "id": "cs_live_a1b2c3d4"}, "number", "A1B2C3D4"),
        ({"locale": "auto"}, "buyer", Buyer("Isobel Trant", "isobel.trant@example.com", "isobel.trant@example.com", "GB")),
        ({"customer_details": None, "customer_email": "isobel.trant@example.com", "locale": None},
         "buyer", Buyer("", "isobel.trant@example.com", "isobel.trant@example.com")),
        ({"shipping_cost": None}, "postage", 395),
        ({"shipping_cost": None, "total_details": None}, "postage", 0),
        ({"shipping_cost": None, "total_details": None}, "other", 395),
        ({"currency": "jpy", "amount_total": 5195}, "total", Money(5195, "JPY")),
        ({"currency": "isk", "amount_total": 519500}, "total", Money(5195, "ISK")),
        ({"currency": "ugx", "amount_total": 519500}, "total", Money(5195, "UGX")),
        ({"currency": "mga", "amount_total": 5195}, "total", Money(519500, "MGA")),
        ({"currency": "kwd", "amount_total": 5190}, "total", Money(5190, "KWD")),
        ({"amount_total": "5195"}, "total", Money(0, "GBP")),
        ({"amount_total": 10**18}, "total", Money(0, "GBP")),
        ({"amount_total": True}, "total", Money(0, "GBP")),
        ({"currency": "pounds"}, "total", Money(5195, "XXX")),
        ({"presentment_details": {"presentment_amount": 6100, "presentment_currency": "eur"}}, "charged", Money(6100, "EUR")),
        ({"presentment_details": {"presentment_amount": 950, "presentment_currency": "jpy"}}, "charged", Money(950, "JPY")),
        ({"presentment_details": {"presentment_amount": 5195, "presentment_currency": "gbp"}}, "charged", None),
        ({"presentment_details": {"presentment_amount": 6100}}, "charged", None),
        ({"presentment_details": {"presentment_amount": None, "presentment_currency": "eur"}}, "charged", None),
        ({"discounts": [{"promotion_code": "promo_1", "coupon": "WELCOME"}]}, "codes", ()),
        ({"discounts": [{"promotion_code": {"id": "promo_1", "code": "7HQ2M-9KXTC"}}]}, "codes", ("7HQ2M-9KXTC",)),
        ({"discounts": [{"promotion_code": {"code": "b"}}, {"promotion_code": {"code": "a"}}]}, "codes", ("a", "b")),
        ({"discounts": [{"promotion_code": None}, None, "x"]}, "codes", ()),
        ({"metadata": {"voucher": "7HQ2M-9KXTC"}}, "codes", ("7HQ2M-9KXTC",)),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_field_is_understood(changes: dict[str, Any], name: str, expected: object) -> None:
    assert getattr(view(**changes), name) == expected


def test_converted_by_the_older_api_the_total_is_what_the_buyer_paid() -> None:
    shops = {"source_currency": "gbp", "amount_subtotal": 4800, "amount_total": 5195, "fx_rate": "1.17"}
    studs = {**STUDS, "amount_total": 5640, "currency": "eur"}
    euros = {"currency": "eur", "amount_total": 6105, "shipping_cost": {"amount_total": 465}, "line_items": {"data": [studs]}}
    found = view(currency_conversion=shops, presentment_details=None, **euros)
    assert (found.total, found.charged, found.other) == (Money(6105, "EUR"), None, 0)
    placed = event(session(currency_conversion=shops, **euros))
    assert is_off(told(placed, event(charge(currency="eur", amount_refunded=6105), REFUNDED))) == "refunded"


def test_the_label_of_the_examples_stands_where_their_version_has_it() -> None:
    for path in EXAMPLES:
        said = json.loads(path.read_bytes())
        if "mode" in (about := said["data"]["object"]):
            older = said["api_version"] < "2025-03-31"
            assert ("shipping_details" in about, "collected_information" in about) == (older, not older), path.name
            assert (of := learnt(said).signs) is not None
            assert of.parcel.lines


def test_the_email_that_was_typed_outweighs_the_known() -> None:
    assert view(customer_email="known@example.com").buyer.address == "isobel.trant@example.com"


# --- whether it is a gift ---


@pytest.mark.parametrize(
    "where",
    [
        {"collected_information": {"shipping_details": RUTHS}},
        {"collected_information": {"shipping_details": None}, "shipping_details": RUTHS},
        {"collected_information": None, "shipping_details": RUTHS},
        {"collected_information": None, "shipping": RUTHS},
        {"collected_information": {"shipping_details": RUTHS}, "shipping_details": {"name": "Isobel Trant"}, "shipping": None},
    ],
)
def test_the_label_stands_in_any_of_three_places(where: dict[str, Any]) -> None:
    found = judgement(**where)
    assert (found.verdict, found.signs) == (ASK, ("other-name", "other-place"))
    assert found.gift == Gift("Ruth Okafor", country="GB", postal=("9 Quay Hill", "Falmouth", "TR11 3HG"))


def test_to_their_own_door_it_is_no_gift() -> None:
    assert (judgement().verdict, judgement().signs) == (NOT, ())


def field(key: str, value: object, label: str = "", kind: str = "text") -> dict[str, Any]:
    return {"key": key, "label": {"type": "custom", "custom": label}, "type": kind, kind: {"value": value}, "optional": True}


@pytest.mark.parametrize(
    ("changes", "verdict", "signs"),
    [
        ({"metadata": {"gift": "yes"}}, GIFT, ("said",)),
        ({"metadata": {"Gift": "true", "recipient_name": "Ruth Okafor"}}, GIFT, ("named", "said")),
        ({"metadata": {"recipient_email": "ruth.okafor@example.com"}}, GIFT, ("named",)),
        ({"metadata": {"gift_message": "Happy birthday"}}, GIFT, ("message",)),
        ({"metadata": {"gift": "no", "recipient_name": "Ruth Okafor"}}, NOT, ("declined", "named")),
        ({"metadata": {"cart": "77"}}, NOT, ()),
        ({"custom_fields": [field("gift", "yes", kind="dropdown")]}, GIFT, ("said",)),
        ({"custom_fields": [field("f1", "yes", "Is this a gift?", "dropdown")]}, GIFT, ("said",)),
        ({"custom_fields": [field("giftmessage", "Happy birthday")]}, GIFT, ("message",)),
        ({"custom_fields": [field("f1", "1", "Gift wrapping", "numeric")]}, ASK, ("wrap",)),
        ({"custom_fields": [field("gift", "no", kind="dropdown")]}, NOT, ("declined",)),
        ({"custom_fields": [field("gift", None, kind="dropdown")]}, NOT, ()),
        ({"custom_fields": [field("gift", None), field("giftmessage", None)], "metadata": {"gift": "yes"}}, GIFT, ("said",)),
        ({"custom_fields": [{"key": "gift", "type": "text", "label": None}, None, {}]}, NOT, ()),
    ],
    ids=lambda value: str(value)[:50],
)
def test_fields_and_metadata_are_signs(changes: dict[str, Any], verdict: str, signs: tuple[str, ...]) -> None:
    found = judgement(**changes)
    assert (found.verdict, found.signs) == (verdict, signs)


def test_a_field_left_open_is_no_no() -> None:
    label = {"collected_information": {"shipping_details": RUTHS}}
    assert judgement(custom_fields=[field("gift", None)], **label).verdict == ASK
    assert judgement(custom_fields=[field("gift", "no")], **label).verdict == NOT


# --- its lines ---


def test_a_line_is_read_in_full() -> None:
    price = {"id": "price_1", "lookup_key": "studs", "product": {"id": "prod_1", "name": "Studs", "metadata": {"sku": "EAR-1"}}}
    assert line_of({**STUDS, "quantity": 2, "price": price}) == Line(
        "Sea-glass stud earrings", 2, 4800, id="li_1", product="prod_1", variant="price_1", sku="EAR-1"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"description": None, "price": {"product": {"id": "prod_1", "name": "Studs"}}}, Line("Studs", 1, 4800, id="li_1", product="prod_1")),
        ({"price": {"product": "prod_1", "lookup_key": "EAR"}}, Line("Sea-glass stud earrings", 1, 4800, id="li_1", product="prod_1", sku="EAR")),
        ({"amount_total": 480000, "currency": "isk"}, Line("Sea-glass stud earrings", 1, 4800, id="li_1")),
        ({"amount_total": 4800, "currency": "jpy"}, Line("Sea-glass stud earrings", 1, 4800, id="li_1")),
        ({"quantity": -1, "amount_total": "48", "id": None}, Line("Sea-glass stud earrings", 0, 0)),
    ],
)  # fmt: skip
def test_a_line_may_hold_less(changes: dict[str, Any], expected: Line) -> None:
    assert line_of({**STUDS, **changes}) == expected


def test_of_many_lines_the_first_are_kept() -> None:
    found = view(line_items={"data": [STUDS] * 30}, amount_total=30 * 4800 + 395)
    assert (len(found.lines), found.more_lines, found.other) == (25, 5, 0)


@pytest.mark.parametrize("lines", [None, {}, {"data": []}, {"data": None}, []])
def test_without_lines_they_are_asked_for(lines: object) -> None:
    assert learnt(event(session(line_items=lines))).ask == "cs_live_1"


# --- money that comes and goes ---

UNPAID = event(session(payment_status="unpaid"))
LATER_PAID = event(session(), PAID, after=3600)
LATER_FAILED = event(session(payment_status="unpaid"), NOT_PAID, after=3600)
PART_BACK = event(charge(amount_refunded=1000), REFUNDED, after=7200)
ALL_BACK = event(charge(), REFUNDED, after=9000)


@pytest.mark.parametrize(
    ("events", "off"),
    [
        ([event(session())], ""),
        ([UNPAID], "unpaid"),
        ([UNPAID, LATER_PAID], ""),
        ([UNPAID, LATER_FAILED], "cancelled"),
        ([UNPAID, event(session(), PAID)], ""),
        ([UNPAID, event(session(payment_status="unpaid"), PAID, after=3600)], ""),
        ([UNPAID, LATER_PAID, PART_BACK], ""),
        ([UNPAID, LATER_PAID, PART_BACK, ALL_BACK], "refunded"),
        ([event(session()), event(charge(), REFUNDED)], "refunded"),
        ([event(session(livemode=False)), ALL_BACK], "test"),
        ([event(session()), event(charge(amount_refunded=5194), REFUNDED)], ""),
        ([event(session()), event(charge(currency="usd"), REFUNDED)], ""),
    ],
    ids=str,
)
def test_what_an_order_comes_to(events: list[dict[str, Any]], off: str) -> None:
    assert {is_off(told(*story)) for story in permutations(events)} == {off}


def test_a_refund_is_known_by_its_charge() -> None:
    found = learnt(ALL_BACK)
    assert (found.order, found.view, found.signs) == ("pi_1", None, None)
    assert found.refunds == (Refund("ch_1", NOON + timedelta(seconds=9000), Money(5195, "GBP")),)


def test_a_charge_tells_how_much_so_far() -> None:
    for story in permutations([PART_BACK, ALL_BACK]):
        (refund,) = told(*story).refunds
        assert refund.amount == Money(5195, "GBP")


def test_two_refunds_of_one_second_do_not_add() -> None:
    small, large = (event(charge(amount_refunded=amount), REFUNDED) for amount in (3000, 4000))
    for story in permutations([event(session()), small, large]):
        assert is_off(told(*story)) == ""
        assert told(*story).refunds[0].amount.amount == 4000


def test_what_the_buyer_paid_may_be_what_went_back() -> None:
    placed = event(session(presentment_details={"presentment_amount": 6100, "presentment_currency": "eur"}))
    back = event(charge(currency="eur", amount=6100, amount_refunded=6100), REFUNDED)
    assert is_off(told(placed, back)) == is_off(told(back, placed)) == "refunded"


@pytest.mark.parametrize(
    "changes", [{"payment_intent": None}, {"payment_intent": {}}, {"amount_refunded": 0}, {"amount_refunded": None}, {"amount_refunded": -5}]
)  # fmt: skip
def test_other_charges_are_ignored(changes: dict[str, Any]) -> None:
    assert isinstance(heard(event(charge(**changes), REFUNDED)), Ignored)


def test_a_charge_may_hold_its_payment_in_full() -> None:
    assert learnt(event(charge(payment_intent={"id": "pi_1"}), REFUNDED)).order == "pi_1"


def test_a_story_in_any_order_gives_one_state() -> None:
    story = [UNPAID, LATER_PAID, PART_BACK, ALL_BACK]
    assert len({repr(told(*one, *again)) for one in permutations(story) for again in ([], [one[0]], one[::-1])}) == 1


# --- the whole road ---


def opened(**shop: Any) -> TestWorld:
    world = TestWorld(**shop)
    world.secrets = msgspec.structs.replace(SECRETS, webhooks={"stripe": (CURRENT, OLDER)}, live_table=world.table.identity())
    return world


def sent(world: TestWorld, payload: object, secret: str = CURRENT) -> str:
    raw = json.dumps(payload).encode()
    headers = Stripe().sign("", raw, secret, world.clock.now(), "")
    return receive_webhook(world, "stripe", {name.lower(): value for name, value in headers.items()}, raw)


def kept(world: TestWorld, order: str = "pi_1") -> Order:
    key = order_key("stripe", order)
    return orders.load(world.table.get(orders.key(key)), key)


def test_a_signed_order_becomes_one() -> None:
    with opened() as world:
        assert sent(world, event(session())) == "kept"
        world.work()
        assert sent(world, event(session()), OLDER) == "kept before"
        found = kept(world).view
        assert found == view()


def test_an_unsigned_order_leaves_nothing() -> None:
    with opened() as world:
        with pytest.raises(Unverified):
            sent(world, event(session()), "whsec_a stranger's")
        world.work()
        assert kept(world).view is None


def test_the_worker_asks_for_the_lines() -> None:
    studs = Line("Sea-glass stud earrings", 1, 4800, id="li_1")
    with opened() as world:
        world.office = office = FakeOffice()
        office.lines_of["cs_live_1"] = (studs,)
        sent(world, event(session(line_items=None)))
        assert office.asked == []
        world.work()
        assert office.asked == ["lines cs_live_1"]
        assert kept(world).view == view()


def test_an_office_that_is_busy_is_asked_again() -> None:
    with opened() as world:
        world.office = office = FakeOffice()
        office.fails = [Retryable("a moment")]
        office.lines_of["cs_live_1"] = (Line("Studs", 1, 4800),)
        sent(world, event(session(line_items=None)))
        with pytest.raises(Retryable):
            world.work()
        assert kept(world).view is None
        assert sent(world, event(session(line_items=None))) == "kept"
        world.work()
        found = kept(world).view
        assert found is not None
        assert [one.title for one in found.lines] == ["Studs"]


def test_lines_that_nobody_knows_are_done_without() -> None:
    with opened() as world:
        world.office = office = FakeOffice()
        office.fails = [Invalid("No such session.")]
        sent(world, event(session(line_items=None)))
        world.work()
        found = kept(world).view
        assert found is not None
        assert (found.lines, found.total) == ((), Money(5195, "GBP"))


def test_without_an_office_nothing_is_asked() -> None:
    with opened() as world:
        sent(world, event(session(line_items=None)))
        world.work()
        assert kept(world).view == view(line_items=None)


def test_nothing_is_planned_of_a_test() -> None:
    with opened(sends_receipt=False) as world:
        sent(world, event(session(livemode=False)))
        world.work()
        assert world.follow_ups() == {}


def test_a_receipt_waits_for_the_money() -> None:
    with opened(sends_receipt=False) as world:
        sent(world, UNPAID)
        world.work()
        assert world.mails() == []
        world.pass_time(hours=1)
        sent(world, LATER_PAID)
        world.work()
        assert [one.mail.to for one in world.mails()] == ["isobel.trant@example.com"]


# --- hostile ---

FULL = event(
    session(
        metadata={"gift": "yes", "recipient_email": "ruth.okafor@example.com", "voucher": "00000-00011"},
        custom_fields=[field("gift_message", "Happy birthday", "Gift message")],
        collected_information={"shipping_details": RUTHS},
        discounts=[{"promotion_code": {"code": "WELCOME"}}],
        presentment_details={"presentment_amount": 6100, "presentment_currency": "eur"},
        line_items={"data": [{**STUDS, "price": {"id": "price_1", "product": {"id": "prod_1", "metadata": {"sku": "EAR"}}}}]},
    )
)


@quick
@given(st.one_of(spoilings(FULL), spoilings(ALL_BACK)))
def test_many_hostile_fields_at_once(raw: bytes) -> None:
    try:
        Stripe().identify({}, raw)
        found = Stripe().learn("", raw)
    except Invalid:
        return
    if isinstance(found, Ignored):
        return
    assert isinstance(found, Learnt)
    with opened(cap=10**6, sends_receipt=False) as world:
        assert take_order(world, found) == take_order(world, found)
        world.live(days=1)
        assert [one for one in world.follow_ups().values() if "cannot be written" in one.reason] == []


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b'"event"', b"{", b"[" * 10**5, b"\xff"])
def test_a_body_that_is_no_object_is_refused(raw: bytes) -> None:
    for read in (lambda: Stripe().learn(COMPLETED, raw), lambda: Stripe().identify({}, raw)):
        with pytest.raises(Invalid):
            read()


@quick
@given(st.sampled_from(EVENT_TYPES), st.binary(max_size=80))
def test_any_bytes_are_learnt_or_refused(topic: str, raw: bytes) -> None:
    with pytest.raises(Invalid):
        Stripe().learn(topic, raw)


@pytest.mark.parametrize(("state", "expected"), [("CA", "CA"), ("California", ""), (None, "")])
def test_a_state_is_known_by_its_code(state: object, expected: str) -> None:
    told = {"email": "isobel.trant@example.com", "address": {**ADDRESS, "country": "US", "state": state}}
    assert view(customer_details=told).buyer.region == expected
