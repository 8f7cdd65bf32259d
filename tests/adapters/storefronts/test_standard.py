from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from chalicelib.adapters.storefronts.standard import TYPES, Standard
from chalicelib.config import ROOT
from chalicelib.domain.calendar import instant
from chalicelib.domain.customer import ConsentSaid, PrivacyRequest
from chalicelib.domain.gift import ASK, GIFT, NOT, Gift, GiftTable, Judgement
from chalicelib.domain.merging import judged, merge
from chalicelib.domain.money import Money
from chalicelib.domain.order import Buyer, Learnt, Line, Order, Parcel, Refund, View, is_off, live_parcels, order_key
from chalicelib.errors import Invalid, Unverified
from chalicelib.ports import Heard, Ignored
from chalicelib.stores import orders
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.take_webhook import take
from tests.corpus.hostile import MISSING
from tests.support.properties import hostile_text, quick
from tests.support.spoiling import Path as Place
from tests.support.spoiling import paths, spoilings, spoilt
from tests.support.world import NOON, SECRETS, TestWorld

KEY, OLDER_KEY = b"a key of 32 bytes, for a test ..", b"an older one"
CURRENT, OLDER = (f"whsec_{base64.b64encode(key).decode()}" for key in (KEY, OLDER_KEY))
AT = int(NOON.timestamp())
RAW = b'{"type": "order"}'
EXAMPLES = {path.stem: json.loads(path.read_bytes()) for path in sorted((ROOT / "examples" / "standard").glob("*.json"))}
SCHEMA = json.loads((ROOT / "docs" / "order-event.schema.json").read_bytes())
VALID = Draft202012Validator(SCHEMA)


def order(**changes: Any) -> dict[str, Any]:
    """The example's, placed and changed on 2 March 2026 at noon."""
    return {**EXAMPLES["order"], "placed_at": "2026-03-02T12:00:00Z", "changed_at": "2026-03-02T12:00:00Z", **changes}


def gift_order(**changes: Any) -> dict[str, Any]:
    return {**EXAMPLES["gift-order"], **changes}


def heard(payload: object) -> Heard:
    """As the door reads it: first who and what, then what is learnt."""
    raw = json.dumps(payload).encode()
    return Standard().learn(Standard().identify({"webhook-id": "msg_1"}, raw).topic, raw)


def learnt(payload: object) -> Learnt:
    found = heard(payload)
    assert isinstance(found, Learnt)
    return found


def view(**changes: Any) -> View:
    found = learnt(order(**changes)).view
    assert found is not None
    return found


def judgement(payload: dict[str, Any]) -> Judgement:
    return judged(learnt(payload), GiftTable())


# --- who sent it ---


def signature(id_: str = "msg_1", stated: object = AT, raw: bytes = RAW, key: bytes = KEY) -> str:
    return base64.b64encode(hmac.digest(key, f"{id_}.{stated}.".encode() + raw, "sha256")).decode()


def headers(listed: str = f"v1,{signature()}", id_: str = "msg_1", stated: object = AT) -> dict[str, str]:
    return {"webhook-id": id_, "webhook-timestamp": str(stated), "webhook-signature": listed}


def verifies(given: dict[str, str], raw: bytes = RAW, secrets: Sequence[str] = (CURRENT, OLDER), now: datetime = NOON) -> bool:
    try:
        Standard().verify(given, raw, secrets, now)
    except Unverified:
        return False
    return True


def sent_by(secret: str, raw: bytes = RAW, id_: str = "msg_1", now: datetime = NOON) -> dict[str, str]:
    """As our own `sign` would have it."""
    return {name.lower(): value for name, value in Standard().sign("", raw, secret, now, id_).items()}


@pytest.mark.parametrize("secret", [CURRENT, OLDER])
def test_either_live_secret_signs(secret: str) -> None:
    assert verifies(sent_by(secret))
    assert sent_by(CURRENT) == headers()


def test_a_retired_secret_signs_no_longer() -> None:
    assert not verifies(sent_by(OLDER), secrets=[CURRENT])


@pytest.mark.parametrize(
    "secret",
    [CURRENT, CURRENT.removeprefix("whsec_"), CURRENT.rstrip("="), CURRENT.removeprefix("whsec_").rstrip("="), f" {CURRENT}\n"],
)
def test_prefix_and_padding_may_be_missing(secret: str) -> None:
    assert verifies(headers(), secrets=[secret])


@pytest.mark.parametrize(
    "secret", ["whsec_", "whsec_====", "whsec_not base64!", "a secret", "whsec_\u00fc\u00fc\u00fc\u00fc", "\U0001f469", "whsec_whsec_QUJD", "Q"]
)  # fmt: skip
def test_a_secret_must_be_base64(secret: str) -> None:
    assert not verifies(headers(), secrets=[secret])
    for key in (b"", secret.encode(), b"whsec_"):
        assert not verifies(headers(f"v1,{signature(key=key)}"), secrets=[secret])


def test_a_secret_that_is_none_is_told() -> None:
    with pytest.raises(Unverified, match="not base64"):
        Standard().verify(headers(), RAW, ["whsec_\u00fc", CURRENT], NOON)


@pytest.mark.parametrize("secrets", [(), ("",), (" ", "\t")])
def test_without_a_secret_nothing_is_verified(secrets: Sequence[str]) -> None:
    assert not verifies(headers(f"v1,{signature(key=b'')}"), secrets=secrets)


def test_a_blank_secret_hinders_no_other() -> None:
    assert verifies(headers(), secrets=["", CURRENT])
    assert not verifies(headers(f"v1,{signature(key=b'')}"), secrets=["", CURRENT])


@pytest.mark.parametrize(
    "listed",
    [
        f"v1,{signature()}",
        f"v1,{signature(key=b'another')} v1,{signature()}",
        f"v1,{signature()} v1,{signature(key=b'another')}",
        f"v1a,{signature()} v2,x v1,{signature()}",
        f"nothing v1,{signature()}",
    ],
)
def test_any_v1_of_the_list_counts(listed: str) -> None:
    assert verifies(headers(listed))


@pytest.mark.parametrize(
    "listed",
    [
        "",
        " ",
        ",",
        "v1",
        "v1,",
        signature(),
        f"v1={signature()}",
        f"v1a,{signature()}",
        f"v0,{signature()}",
        f"v2,{signature()}",
        f"V1,{signature()}",
        f"v1,{signature()},v1,{signature()}",
        f"v1,{signature().rstrip('=')}",
        f"v1,{signature().lower()}",
        f"v1,{signature()}=",
        f"v1,\t{signature()}",
        f"v1,{hmac.digest(KEY, f'msg_1.{AT}.'.encode() + RAW, 'sha256').hex()}",
        f"v1,{signature(key=CURRENT.encode())}",
    ],
)
def test_another_signature_does_not_verify(listed: str) -> None:
    assert not verifies(headers(listed))


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_every_header_is_needed(missing: str) -> None:
    assert not verifies({name: value for name, value in headers().items() if name != missing})
    assert not verifies({**headers(), missing: ""})


@pytest.mark.parametrize("id_", ["msg.1", f"msg_1.{AT}", ".", "msg_1."])
def test_an_id_holds_no_dot(id_: str) -> None:
    assert not verifies(headers(f"v1,{signature(id_)}", id_))


def test_id_and_time_are_signed() -> None:
    assert not verifies({**headers(), "webhook-id": "msg_2"})
    assert not verifies({**headers(), "webhook-timestamp": str(AT + 1)})


@pytest.mark.parametrize(
    "stated", ["now", f"-{AT}", f"+{AT}", f" {AT}", f"{AT}.0", f"{AT}.5", "9" * 13, "9" * 5000, "\u0661" * 10]
)
def test_a_time_that_is_none_does_not_verify(stated: str) -> None:
    assert not verifies(headers(f"v1,{signature(stated=stated)}", stated=stated))


@pytest.mark.parametrize(("late", "fresh"), [(-301, False), (-300, True), (0, True), (300, True), (301, False), (10**8, False)])
def test_five_minutes_either_way_are_let_pass(late: int, fresh: bool) -> None:
    assert verifies(headers(), now=NOON + timedelta(seconds=late)) == fresh


@pytest.mark.parametrize(
    "spoil", [lambda raw: raw + b"\n", lambda raw: raw[:-1], lambda raw: raw.replace(b"o", b"O"), lambda _: b""]
)
def test_other_bytes_do_not_verify(spoil: Any) -> None:
    assert not verifies(headers(), spoil(RAW))


@quick
@given(hostile_text, hostile_text, hostile_text, st.binary(max_size=20))
def test_hostile_headers_are_unverified(id_: str, stated: str, listed: str, raw: bytes) -> None:
    for one in (
        headers(listed, id_, stated),
        headers(listed),
        headers(f"v1,{listed}", id_),
        headers(stated=stated, id_=f"{id_}."),
    ):
        assert not verifies(one, raw + b"x")


# --- against the scheme's own library ---

KEYS = st.binary(min_size=1, max_size=64)
IDS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="."), min_size=1, max_size=40)
BODIES = st.text(st.characters(codec="utf-8"), max_size=80)
"""The library takes text alone, ours any bytes."""


def written(key: bytes, prefix: str) -> str:
    return prefix + base64.b64encode(key).decode()


def library_takes(secret: str, raw: bytes, given: dict[str, str]) -> bool:
    try:
        Webhook(secret).verify(raw, given, json_parse=False)
    except WebhookVerificationError:
        return False
    return True


@quick
@given(KEYS, IDS, BODIES, st.sampled_from(["whsec_", ""]), st.booleans())
def test_what_the_library_signs_we_take(key: bytes, id_: str, body: str, prefix: str, padded: bool) -> None:
    secret = written(key, prefix) if padded else written(key, prefix).rstrip("=")
    listed = Webhook(secret).sign(id_, NOON, body)
    assert verifies(headers(listed, id_), body.encode(), [secret])
    assert verifies(headers(f"v1a,x {listed}", id_), body.encode(), [written(key, "whsec_")])
    assert sent_by(secret, body.encode(), id_)["webhook-signature"] == listed


@quick
@given(KEYS, IDS, BODIES, st.sampled_from(["whsec_", ""]))
def test_what_we_sign_the_library_takes(key: bytes, id_: str, body: str, prefix: str) -> None:
    secret = written(key, prefix)
    assert library_takes(secret, body.encode(), sent_by(secret, body.encode(), id_, datetime.now(UTC)))


@quick
@given(KEYS, KEYS, IDS, IDS, BODIES, BODIES, st.integers(-290, 290), st.integers(-290, 290))
def test_the_two_judge_alike(
    key: bytes, other: bytes, id_: str, other_id: str, body: str, other_body: str, late: int, other_late: int
) -> None:
    now = datetime.now(UTC)
    own = sent_by(written(key, "whsec_"), body.encode(), id_, now + timedelta(seconds=late))
    for secret, changes, raw in (
        (key, {}, body),
        (other, {}, body),
        (key, {"webhook-id": other_id}, body),
        (key, {}, other_body),
        (key, {"webhook-timestamp": str(int(now.timestamp()) + other_late)}, body),
    ):
        given_, shown = {**own, **changes}, written(secret, "whsec_")
        assert verifies(given_, raw.encode(), [shown], now) == library_takes(shown, raw.encode(), given_)


def test_where_the_two_differ_on_purpose() -> None:
    # not over a secret without its padding, which some shops show: both take it, the library because it pads for itself
    now = datetime.now(UTC)
    plain = sent_by(CURRENT, now=now)
    assert verifies(plain, secrets=[CURRENT.rstrip("=")], now=now)
    assert library_takes(CURRENT.rstrip("="), RAW, plain)
    # an id with a dot could be read as another id with another time
    dotted = sent_by(CURRENT, id_="msg.1", now=now)
    assert library_takes(CURRENT, RAW, dotted)
    assert not verifies(dotted, now=now)
    # a time that is no whole number of seconds: the library takes the signature of another text than it was sent
    fraction = {**plain, "webhook-timestamp": f"{plain['webhook-timestamp']}.5"}
    assert library_takes(CURRENT, RAW, fraction)
    assert not verifies(fraction, now=now)
    # a secret that is no base64: the library passes over what it cannot read, and signs with what is left
    spoilt_secret = f"{CURRENT[:20]}!!{CURRENT[20:]}"
    assert library_takes(spoilt_secret, RAW, plain)
    assert not verifies(plain, secrets=[spoilt_secret], now=now)
    # a list with something else in it: the library fails where ours looks on
    mixed = {**plain, "webhook-signature": f"x {plain['webhook-signature']}"}
    with pytest.raises(ValueError, match="unpack"):
        library_takes(CURRENT, RAW, mixed)
    assert verifies(mixed, now=now)


# --- whether it is a repeat ---


def test_an_event_is_known_by_its_message() -> None:
    first, again, other = (
        Standard().identify({"webhook-id": id_}, json.dumps({"type": kind}).encode())
        for id_, kind in (("msg_1", "order"), ("msg_1", "parcel"), ("msg_2", "order"))
    )
    assert first.id == again.id != other.id
    assert first.topic == "order"


@pytest.mark.parametrize(("id_", "payload"), [("", {"type": "order"}), ("msg_1", {}), ("msg_1", {"type": []}), ("msg_1", [])])
def test_without_id_and_type_it_is_refused(id_: str, payload: object) -> None:
    with pytest.raises(Invalid):
        Standard().identify({"webhook-id": id_}, json.dumps(payload).encode())


@quick
@given(hostile_text)
def test_any_id_is_a_usable_name(id_: str) -> None:
    if id_:
        found = Standard().identify({"webhook-id": id_}, RAW).id
        assert re.fullmatch("[0-9a-f]{32}", found)


# --- what is learnt ---


def test_an_order_is_learnt() -> None:
    found = learnt(order())
    assert (found.source, found.order, found.parcels, found.refunds, found.ask) == ("standard", "1041", (), (), "")
    assert judgement(order()).verdict == NOT
    assert found.view == View(
        seen_at=NOON,
        placed_at=NOON,
        number="#1041",
        total=Money(5195, "GBP"),
        buyer=Buyer("Isobel Trant", "isobel.trant@example.com", "isobel.trant@example.com", "GB", "en-GB"),
        lines=(Line("Sea-glass stud earrings", 1, 4800, id="1", product="8120207", sku="EAR-SEAGLASS"),),
        postage=395,
        confirmation="QW3X7R9TN",
        status_url="https://pellow-wren.example/orders/1041",
    )


def test_a_gift_is_learnt_with_its_label() -> None:
    assert judgement(gift_order()) == Judgement(
        GIFT,
        ("message", "named", "other-name", "other-place", "said", "wrap"),
        Gift(
            recipient="Ruth Okafor",
            address="ruth.okafor@example.com",
            dedupe_key="ruth.okafor@example.com",
            country="GB",
            postal=("9 Quay Hill", "Falmouth", "TR11 3HG"),
            message="Happy birthday, from all of us.",
        ),
    )


def test_a_parcel_is_learnt() -> None:
    found = learnt(EXAMPLES["parcel"])
    assert (found.order, found.view) == ("1042", None)
    assert found.parcels == (
        Parcel(
            id="1042-1",
            seen_at=instant("2026-03-05T11:40:52Z"),
            dispatched_at=instant("2026-03-03T10:02:11Z"),
            delivered_at=instant("2026-03-05T11:40:52Z"),
            carrier="Royal Mail",
            tracking="JD0002211337GB",
            tracking_url="https://track.example/JD0002211337GB",
        ),
    )


def test_a_refund_is_learnt() -> None:
    found = learnt(EXAMPLES["refund"])
    assert (found.order, found.view) == ("1041", None)
    assert found.refunds == (Refund("1041-r1", instant("2026-03-09T15:30:00Z"), Money(4800, "GBP"), {"1": 1}),)


@pytest.mark.parametrize(("kind", "gone"), [("order.deleted", "deleted"), ("order.restored", "restored")])
def test_a_deletion_is_learnt(kind: str, gone: str) -> None:
    assert learnt({"type": kind, "order": 1041}) == Learnt("standard", "1041", gone=gone)  # type: ignore[arg-type]


def test_a_consent_is_learnt() -> None:
    yes = ConsentSaid(
        source="standard",
        said="yes",
        address="isobel.trant@example.com",
        dedupe_key="isobel.trant@example.com",
        at=instant("2026-03-02T08:41:30Z"),
        confirmed=True,
        name="Isobel Trant",
        locale="en-GB",
    )
    assert heard(EXAMPLES["consent"]) == yes
    no = {name: one for name, one in EXAMPLES["consent"].items() if name != "confirmed"} | {"said": "no"}
    assert heard(no) == msgspec.structs.replace(yes, said="no", confirmed=False)


@pytest.mark.parametrize("kind", ["export", "erase"])
def test_a_request_is_learnt(kind: Any) -> None:
    by_both = PrivacyRequest("standard", kind, "isobel.trant@example.com", ("1041",))
    assert heard({**EXAMPLES["erase"], "type": kind}) == by_both
    assert heard({"type": kind, "orders": [1041, "1041-b", None, {}]}) == PrivacyRequest("standard", kind, "", ("1041", "1041-b"))
    assert heard({"type": kind, "email": "isobel.trant@example.com"}) == msgspec.structs.replace(by_both, orders=())


@pytest.mark.parametrize("kind", ["Order", "orders", "order.created", "invoice", "<script>"])
def test_other_types_are_ignored(kind: str) -> None:
    found = heard(order(type=kind))
    assert isinstance(found, Ignored)
    assert kind in found.why


@pytest.mark.parametrize("said", [None, "maybe", "YES", True, "", []])
def test_a_consent_is_yes_or_no(said: object) -> None:
    with pytest.raises(Invalid):
        heard({**EXAMPLES["consent"], "said": said})


@pytest.mark.parametrize("id_", [None, "", True, 1.5, [], {}, "a b", "a#b", "\u0661", 10**128, "a" * 129])
def test_an_order_needs_a_usable_id(id_: object) -> None:
    with pytest.raises(Invalid):
        heard(order(order=id_))


@pytest.mark.parametrize(
    ("changes", "name", "expected"),
    [
        ({"number": None}, "number", "1041"),
        ({"placed_at": "2026-03-02T13:00:00+01:00"}, "placed_at", NOON),
        ({"test": True}, "test", True),
        ({"test": "yes"}, "test", False),
        ({"state": "unpaid"}, "unpaid", True),
        ({"state": "cancelled"}, "called_off", True),
        ({"state": "refunded"}, "refunded", True),
        ({"state": "on its way"}, "unpaid", False),
        ({"part_dispatched": True}, "part_dispatched", True),
        ({"total": 51.95}, "total", Money(5195, "GBP")),
        ({"total": "5195", "currency": "jpy"}, "total", Money(5195, "JPY")),
        ({"total": "51.955"}, "total", Money(0, "GBP")),
        ({"total": "1e3"}, "total", Money(0, "GBP")),
        ({"currency": None}, "total", Money(5195, "XXX")),
        ({"tax": "1.00"}, "tax", 100),
        ({"tax": "1.00"}, "other", -100),
        ({"postage": None}, "other", 395),
        ({"charged": {"amount": "61.00", "currency": "EUR"}}, "charged", Money(6100, "EUR")),
        ({"charged": {"amount": "51.95", "currency": "gbp"}}, "charged", None),
        ({"charged": {"amount": "61.00"}}, "charged", None),
        ({"charged": {"currency": "EUR"}}, "charged", None),
        ({"codes": ["b", "a", "b", "", None, {}]}, "codes", ("a", "b")),
        ({"codes": "a"}, "codes", ()),
        ({"status_url": "http://pellow-wren.example/"}, "status_url", ""),
        ({"status_url": "javascript:alert(1)"}, "status_url", ""),
        ({"buyer": {"email": "nobody", "country": "Britain", "name": 7}}, "buyer", Buyer("7", country="ZZ")),
        ({"buyer": None}, "buyer", Buyer()),
        ({"buyer": {"country": "us", "region": "us-ca"}}, "buyer", Buyer(country="US", region="CA")),
        ({"buyer": {"country": "US", "region": "ON"}}, "buyer", Buyer(country="US", region="ON")),
        ({"buyer": {"country": "US", "region": "California"}}, "buyer", Buyer(country="US")),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_field_is_understood(changes: dict[str, Any], name: str, expected: object) -> None:
    assert getattr(view(**changes), name) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"quantity": 3, "left": 1}, Line("Studs", 3, 0, left=1)),
        ({"quantity": 3, "left": 3}, Line("Studs", 3, 0)),
        ({"quantity": 3, "left": 0}, Line("Studs", 3, 0, left=0)),
        ({"quantity": 3, "left": True}, Line("Studs", 3, 0)),
        ({"quantity": 3, "left": "1"}, Line("Studs", 3, 0)),
        ({"quantity": -1, "price": "x"}, Line("Studs", 0, 0)),
        ({"options": {"Size": "M", "": "blue", "Ring size": 7, "x": None}}, Line("Studs", 0, 0, options=(("Size", "M"), ("", "blue"), ("Ring size", "7")))),
        ({"gift": True}, Line("Studs", 0, 0, for_gift=True)),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_line_is_understood(changes: dict[str, Any], expected: Line) -> None:
    assert view(lines=[{"title": "Studs", **changes}]).lines == (expected,)


def test_of_many_lines_the_first_are_kept() -> None:
    found = view(lines=[{"title": "Studs", "quantity": 1, "price": "1.00"}] * 30, total="33.95")
    assert (len(found.lines), found.more_lines, found.other) == (25, 5, 0)


@pytest.mark.parametrize(
    ("changes", "verdict", "signs"),
    [
        ({"gift": {"is_gift": True}}, GIFT, ("said",)),
        ({"gift": {"is_gift": False, "recipient": "Ruth Okafor"}}, NOT, ("declined", "named")),
        ({"gift": {"wrapped": True}}, ASK, ("wrap",)),
        ({"gift": {"wrapped": False}}, NOT, ()),
        ({"gift": {"message": "Happy birthday"}}, GIFT, ("message",)),
        ({"gift": {"email": "ruth.okafor@example.com"}}, GIFT, ("named",)),
        ({"gift": {"email": "nobody", "message": "", "is_gift": None}}, NOT, ()),
        ({"gift": "yes"}, NOT, ()),
        ({"lines": [{"title": "Studs", "gift": True}, {"title": "Hoops"}]}, GIFT, ("said",)),
        ({"lines": [{"title": "Gift wrapping"}]}, ASK, ("wrap",)),
        ({"ship_to": {"name": "Ruth Okafor"}}, ASK, ("other-name",)),
        ({"ship_to": {"name": "I. Trant", "lines": ["9 Quay Hill"]}}, NOT, ("other-place",)),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_may_make_it_a_gift(changes: dict[str, Any], verdict: str, signs: tuple[str, ...]) -> None:
    found = judgement(order(**changes))
    assert (found.verdict, found.signs) == (verdict, signs)


# --- times ---

TIMES: dict[str, list[Place]] = {
    "order": [("placed_at",), ("changed_at",)],
    "parcel": [("parcel", "changed_at")],
    "refund": [("refund", "at")],
    "consent": [("at",)],
}  # fmt: skip
NO_TIMES = (
    "2026-03-02T12:00:00",
    "2026-03-02",
    "12:00Z",
    "2 March 2026",
    1772452800,
    "1772452800",
    "0001-01-01T00:00:00+12:00",
    True,
    "",
)


@pytest.mark.parametrize("said", NO_TIMES)
def test_a_time_needs_its_offset(said: object) -> None:
    for name, places in TIMES.items():
        for place in places:
            with pytest.raises(Invalid, match="offset"):
                heard(spoilt(EXAMPLES[name], place, said))


@pytest.mark.parametrize("said", NO_TIMES)
def test_a_journey_without_times_is_none(said: object) -> None:
    for name in ("dispatched_at", "delivered_at"):
        (parcel,) = learnt(spoilt(EXAMPLES["parcel"], ("parcel", name), said)).parcels
        assert getattr(parcel, name) is None


@pytest.mark.parametrize(
    "said", ["2026-03-02T12:00:00Z", "2026-03-02T14:00:00+02:00", "2026-03-02T12:00:00.999Z", "2026-03-02 07:00:00-0500"]
)
def test_any_offset_tells_the_same_moment(said: str) -> None:
    assert view(changed_at=said).seen_at == NOON


# --- what the schema says ---


def required(schema: dict[str, Any], value: Any) -> Iterator[Place]:
    """Where in the value the members are that its schema requires."""
    schema = {**schema, **(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else {})}
    if isinstance(value, list):
        for n, one in enumerate(value):
            yield from ((n, *place) for place in required(schema.get("items", {}), one))
    if isinstance(value, dict):
        yield from ((name,) for name in schema.get("required", ()))
        for name, one in value.items():
            inner = schema.get("properties", {}).get(name, {})
            yield from ((name, *place) for place in required(inner, one))


def definition(payload: dict[str, Any]) -> dict[str, Any]:
    """That of its type."""
    names = [one["$ref"].rpartition("/")[2] for one in SCHEMA["oneOf"]]
    types = {name: SCHEMA["$defs"][name]["properties"]["type"] for name in names}
    (found,) = (name for name, said in types.items() if payload["type"] in said.get("enum", [said.get("const")]))
    return {"$ref": f"#/$defs/{found}"}


WHOLE: dict[str, dict[str, Any]] = {
    **EXAMPLES,
    "order with all": gift_order(
        refunds=[EXAMPLES["refund"]["refund"]],
        parcels=[EXAMPLES["parcel"]["parcel"]],
        codes=["7HQ2M-9KXTC"],
        charged={"amount": "176.00", "currency": "EUR"},
        part_dispatched=False,
        test=False,
    ),
    "deleted": {"type": "order.deleted", "order": "1041"},
    "restored": {"type": "order.restored", "order": "1041"},
    "export": {"type": "export", "email": "isobel.trant@example.com"},
}
NOT_REFUSED = {("charged", "amount"), ("charged", "currency")}
"""Without these only what they stand in is passed over."""


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert not re.search("https?://(?!json-schema.org/)", json.dumps(SCHEMA))


def test_the_schema_knows_every_type() -> None:
    assert {payload["type"] for payload in WHOLE.values()} == set(TYPES)


@pytest.mark.parametrize("name", WHOLE)
def test_every_example_is_valid_and_learnt(name: str) -> None:
    VALID.validate(WHOLE[name])
    assert not isinstance(heard(WHOLE[name]), Ignored)


@pytest.mark.parametrize("name", WHOLE)
def test_what_the_schema_requires_is_needed(name: str) -> None:
    places = list(required(definition(WHOLE[name]), WHOLE[name]))
    assert ("type",) in places
    for place in places:
        without = spoilt(WHOLE[name], place, MISSING)
        assert not VALID.is_valid(without), place
        if place not in NOT_REFUSED:
            with pytest.raises(Invalid):
                heard(without)


@pytest.mark.parametrize("name", WHOLE)
def test_what_the_schema_leaves_open_is_not_needed(name: str) -> None:
    for place in paths(WHOLE[name]):
        without = spoilt(WHOLE[name], place, MISSING)
        if VALID.is_valid(without):
            assert not isinstance(heard(without), Ignored)


def allowed(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Anything that it allows; of e-mail addresses only plain ones."""
    if "$ref" in schema:
        return allowed(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    kind = schema.get("type")
    if kind == "object":
        return st.sampled_from(schema.get("anyOf", [{}])).flatmap(lambda one: allowed_object(schema, one.get("required", [])))
    if kind is None or isinstance(kind, list):
        return st.one_of(*map(allowed, schema["anyOf"] if kind is None else [{"type": one} for one in kind]))
    if kind == "array":
        return st.lists(allowed(schema.get("items", {})), min_size=schema.get("minItems", 0), max_size=3)
    return allowed_text(schema) if kind == "string" else PLAIN[kind]


def allowed_object(schema: dict[str, Any], also: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    parts = {name: allowed(one) for name, one in schema.get("properties", {}).items()}
    if not parts:
        return st.dictionaries(st.text(max_size=5), allowed(schema["additionalProperties"]), max_size=3)
    needed = {*schema.get("required", ()), *also}
    return st.fixed_dictionaries(
        {name: one for name, one in parts.items() if name in needed},
        optional={name: one for name, one in parts.items() if name not in needed},
    )


def allowed_text(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if schema.get("format") == "date-time":
        return st.datetimes(datetime(1990, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)).map(datetime.isoformat)  # noqa: DTZ001
    if schema.get("format") == "email":
        return st.from_regex("[a-z]{1,20}@example[.]com", fullmatch=True)
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].strip("^$"), fullmatch=True)
    return st.text(max_size=min(schema.get("maxLength", 20), 20))


PLAIN = {"integer": st.integers(0, 2**63), "number": st.floats(allow_nan=False, allow_infinity=False), "boolean": st.booleans()}


@quick
@given(st.one_of(*map(allowed, SCHEMA["oneOf"])))
def test_whatever_the_schema_allows_is_learnt(payload: dict[str, Any]) -> None:
    VALID.validate(payload)
    found = heard(payload)
    assert not isinstance(found, Ignored)
    msgspec.json.encode(found)
    for place in required(definition(payload), payload):
        if place not in NOT_REFUSED:
            with pytest.raises(Invalid):
                heard(spoilt(payload, place, MISSING))


@pytest.mark.parametrize("said", [*NO_TIMES, "junkZ", "2026-13-02T12:00:00Z", "1889-01-01T00:00:00Z", "2026-03-02t12:00:00z"])
def test_the_schema_knows_what_is_no_time(said: object) -> None:
    for payload in (order(placed_at=said), {**EXAMPLES["consent"], "at": said}):
        assert not VALID.is_valid(payload)
        with pytest.raises(Invalid):
            heard(payload)


def test_a_request_names_somebody() -> None:
    for kind in ("export", "erase"):
        assert not VALID.is_valid({"type": kind})
        with pytest.raises(Invalid):
            heard({"type": kind})


@pytest.mark.parametrize("name", WHOLE)
def test_unknown_members_are_passed_over(name: str) -> None:
    more = {**WHOLE[name], "note": "x", "topic": "order", "_links": {"self": []}}
    VALID.validate(more)
    assert heard(more) == heard(WHOLE[name])


def test_every_member_that_is_read_is_told() -> None:
    source = (ROOT / "chalicelib" / "adapters" / "storefronts" / "standard.py").read_text(encoding="utf-8")
    read = set(re.findall(r'\.get\("([a-z_]+)"', source)) | set(re.findall(r'(?:event|said), "([a-z_]+)"', source))
    told = {name for one in SCHEMA["$defs"].values() for name in one.get("properties", {})}
    told |= {
        inner
        for one in SCHEMA["$defs"].values()
        for part in one.get("properties", {}).values()
        for inner in part.get("properties", {})
    }
    assert len(read) > 40
    assert read - told - set(TYPES) == set()


# --- a whole story ---


def told(*events: dict[str, Any]) -> Order:
    """What the order comes to."""
    found = map(learnt, events)
    return reduce(lambda one, more: merge(one, more, judged(more, GiftTable())), found, Order("standard:1042"))


SENT = {
    "type": "parcel",
    "order": "1042",
    "parcel": {**EXAMPLES["parcel"]["parcel"], "changed_at": "2026-03-03T10:02:11Z", "delivered_at": None},
}
BACK = {**EXAMPLES["refund"], "order": "1042", "refund": {"id": "r1", "at": "2026-03-09T12:00:00Z", "amount": "48.95"}}
ALL_BACK = {**BACK, "refund": {"id": "r2", "at": "2026-03-10T12:00:00Z", "amount": "100.00"}}
STORY = [gift_order(state="unpaid", changed_at="2026-03-02T09:14:05Z"), gift_order(), SENT, EXAMPLES["parcel"], BACK]


def test_a_story_in_any_order_gives_one_state() -> None:
    found = {repr(told(*one, *again)) for one in permutations(STORY) for again in ([], [one[0]], one[::-1])}
    assert len(found) == 1


def test_what_the_story_comes_to() -> None:
    found = told(*STORY)
    assert (found.verdict, is_off(found)) == (GIFT, "")
    (parcel,) = found.parcels
    assert parcel.delivered_at == instant("2026-03-05T11:40:52Z")
    assert is_off(told(*STORY, ALL_BACK)) == "refunded"


@pytest.mark.parametrize(
    ("events", "off"),
    [
        ([gift_order(state="unpaid")], "unpaid"),
        ([gift_order(state="unpaid"), gift_order(state="paid")], ""),
        ([gift_order(state="cancelled"), gift_order()], "cancelled"),
        ([gift_order(state="cancelled"), gift_order(changed_at="2026-03-04T12:00:00Z")], ""),
        ([gift_order(state="refunded")], "refunded"),
        ([gift_order(test=True)], "test"),
        ([gift_order(), {"type": "order.deleted", "order": "1042"}], "deleted"),
        ([gift_order(), {"type": "order.deleted", "order": "1042"}, {"type": "order.restored", "order": "1042"}], ""),
        ([gift_order(refunds=[BACK["refund"], ALL_BACK["refund"]])], "refunded"),
        ([gift_order(), BACK, BACK, BACK, BACK], ""),
    ],
    ids=lambda value: str(len(value)),
)
def test_whether_an_order_is_off(events: list[dict[str, Any]], off: str) -> None:
    assert {is_off(told(*story)) for story in permutations(events)} == {off}


def test_a_lost_parcel_no_longer_counts() -> None:
    lost = {**SENT, "parcel": {**SENT["parcel"], "changed_at": "2026-03-06T12:00:00Z", "failed": True}}  # type: ignore[dict-item]
    for story in permutations([gift_order(), SENT, lost]):
        assert live_parcels(told(*story)) == ()


# --- the whole road ---


def opened(**shop: Any) -> TestWorld:
    world = TestWorld(**shop)
    world.secrets = msgspec.structs.replace(SECRETS, webhooks={"standard": (CURRENT, OLDER)}, live_table=world.table.identity())
    return world


def post(world: TestWorld, payload: object, id_: str = "msg_1", secret: str = CURRENT) -> str:
    raw = json.dumps(payload).encode()
    return receive_webhook(world, "standard", sent_by(secret, raw, id_, world.clock.now()), raw)


def kept(world: TestWorld, id_: str = "1041") -> Order:
    key = order_key("standard", id_)
    return orders.load(world.table.get(orders.key(key)), key)


def test_a_signed_order_becomes_one() -> None:
    with opened() as world:
        assert post(world, order()) == "kept"
        world.work()
        assert post(world, order(), secret=OLDER) == "kept before"
        assert kept(world).view == view()


def test_an_unsigned_order_leaves_nothing() -> None:
    with opened() as world:
        with pytest.raises(Unverified):
            post(world, order(), secret="whsec_c3RyYW5nZXI=")
        world.work()
        assert kept(world).view is None


def test_another_storefronts_secret_does_not_sign() -> None:
    with opened() as world:
        world.secrets = msgspec.structs.replace(world.secrets, webhooks={"shopify": (CURRENT,)})
        with pytest.raises(Unverified):
            post(world, order())


def test_a_gift_leads_to_its_note() -> None:
    with opened(recipient_note="e-mail", sends_receipt=False) as world:
        for n, name in enumerate(("gift-order", "parcel")):
            assert post(world, EXAMPLES[name], f"msg_{n}") == "kept"
        world.work()
        world.live(days=16)
        assert {"gift-note", "thank-you", "receipt"} <= set(world.follow_ups())
        assert {one.mail.to for one in world.mails()} == {"daniel.okafor@example.com", "ruth.okafor@example.com"}


def test_a_no_stops_courtesy_mail() -> None:
    with opened(sends_receipt=False) as world:
        post(world, gift_order(), "msg_1")
        post(world, EXAMPLES["parcel"], "msg_2")
        world.work()
        post(world, {**EXAMPLES["consent"], "said": "no", "email": "daniel.okafor@example.com"}, "msg_3")
        world.live(days=6)
        assert world.follow_ups()["thank-you"].state == "cancelled"


def test_who_asks_to_be_forgotten_is() -> None:
    with opened() as world:
        post(world, order(), "msg_1")
        world.work()
        post(world, EXAMPLES["erase"], "msg_2")
        world.work()
        assert kept(world).erased
        assert "isobel.trant@example.com" not in str(world.sqlite.scan().items)


# --- hostile ---


@quick
@given(st.one_of(*(spoilings(payload) for payload in WHOLE.values())))
def test_many_hostile_fields_at_once(raw: bytes) -> None:
    try:
        Standard().identify({"webhook-id": "msg_1"}, raw)
        found = Standard().learn("", raw)
    except Invalid:
        return
    with opened(cap=10**6, sends_receipt=False) as world:
        for _ in "12":
            take(world, found)
        world.live(days=1)
        assert [one for one in world.follow_ups().values() if "cannot be written" in one.reason] == []


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b'"order"', b"{", b"[" * 10**5, b"\xff"])
def test_a_body_that_is_no_object_is_refused(raw: bytes) -> None:
    for read in (lambda: Standard().learn("order", raw), lambda: Standard().identify({"webhook-id": "msg_1"}, raw)):
        with pytest.raises(Invalid):
            read()


@quick
@given(st.sampled_from(TYPES), st.binary(max_size=80))
def test_any_bytes_are_learnt_or_refused(topic: str, raw: bytes) -> None:
    with pytest.raises(Invalid):
        Standard().learn(topic, raw)
