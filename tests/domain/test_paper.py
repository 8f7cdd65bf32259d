"""What lies in a parcel, and what may stand on it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import stamp
from chalicelib.domain.fact import LIKES, Fact
from chalicelib.domain.gift import Gift
from chalicelib.domain.history import History
from chalicelib.domain.inquiry import Inquiry
from chalicelib.domain.money import Money
from chalicelib.domain.order import Buyer, Line, Order, View, Word
from chalicelib.domain.paper import PACKED_WITHIN, THIRD, Known, Packing, is_to_pack, packing, place_of, something_for
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.products import Item, Product, Products
from chalicelib.domain.standing import Standing
from chalicelib.domain.voucher import Voucher
from tests.factories import PERSON, parcel, view
from tests.support.properties import quick
from tests.support.world import NOON, demo_shop, shipped_playbook

NEWSLETTER = {"newsletter/e-mail": stamp(NOON - timedelta(days=30))}
DAY = timedelta(days=1)
RINGS = Products(
    (Product("Rings", "rings", words=("ring",)),),
    (Item("estuary", "Estuary ring", "rings", "https://pellow-wren.example/estuary", date(2026, 2, 1)),),
)
VOUCHER = Voucher("7HQ2M-9KXTC", PERSON, "claim", "welcome", Money(1500, "GBP"), Money(6000, "GBP"), NOON, NOON + 80 * DAY)
PRICE, SURNAME, STREET = 48_37, "Okafor-Giver", "77 Secret Street"


def everything_on(**changes: Any) -> Playbook:
    """The shipped rules for what is packed, all of them on."""
    return Playbook(
        tuple(
            msgspec.structs.replace(rule, mode="on", **changes) for rule in shipped_playbook().rules if rule.trigger == "packed"
        )
    )


def history(**changes: Any) -> History:
    """A buyer of whom that is known; `consents` and other things of their standing go by their own names."""
    own = {name: changes.pop(name) for name in list(changes) if name in Standing.__struct_fields__ and name != "person"}
    return History(**{"person": PERSON, "standing": Standing(PERSON, **own), **changes})


def packed(seen: View | None = None, playbook: Playbook | None = None, products: Products = RINGS, **changes: Any) -> Packing:
    """How the order is packed at noon. `buyer`, `gift`, `opener` and `place` are what is known of its people."""
    known = {name: changes.pop(name) for name in list(changes) if name in Known.__struct_fields__}
    seen = seen or view()
    order = Order("shopify:1041", view=seen, gift=changes.pop("verdict", "not"), **changes)
    known.setdefault("buyer", history())
    return packing(order, seen, Known(**{"place": 1, **known}), playbook or everything_on(), demo_shop(), products, NOON)


# --- which orders ---


@pytest.mark.parametrize(
    ("changes", "yes"),
    [
        ({}, True),
        ({"parcels": (parcel(),)}, False),
        ({"parcels": (parcel(failed=True),)}, True),
        ({"cancelled_at": NOON}, False),
        ({"history": True}, False),
        ({"erased": True}, False),
        ({"arrival_word": Word(NOON, arrived_at=NOON)}, False),
    ],
)
def test_what_stands_and_has_not_left_is_to_be_packed(changes: dict[str, Any], yes: bool) -> None:
    assert is_to_pack(Order("shopify:1041", view=view(), **changes), NOON + DAY) is yes


def test_a_day_takes_what_was_placed_before_its_end_but_not_what_was_forgotten() -> None:
    order = Order("shopify:1041", view=view())
    assert not is_to_pack(order, NOON)
    assert not is_to_pack(order, NOON + PACKED_WITHIN + DAY)
    assert is_to_pack(order, None)


def test_orders_of_one_buyer_are_counted_as_they_were_placed() -> None:
    orders = [Order(f"shopify:{n}", view=view(placed_at=NOON - n * DAY)) for n in range(4)]
    off = Order("shopify:9", view=view(placed_at=NOON - 9 * DAY), cancelled_at=NOON)
    stranger = Order("shopify:8", view=view(placed_at=NOON - 8 * DAY, buyer=Buyer("Jory", "j@example.com", "j@example.com")))
    assert [place_of(order, [*orders, off, stranger]) for order in orders] == [4, 3, 2, 1]
    assert place_of(Order("x", view=view(buyer=Buyer("Nobody"))), orders) == 0


# --- what goes with it ---


@pytest.mark.parametrize(("place", "variant"), [(0, "order"), (1, "first"), (2, "repeat"), (3, "repeat")])
def test_the_insert_knows_a_first_order_from_a_later_one(place: int, variant: str) -> None:
    assert packed(place=place).insert == variant


def test_a_third_order_is_the_one_for_a_little_extra() -> None:
    assert [place for place in range(6) if packed(place=place).extra] == [THIRD]


def test_a_gift_gets_its_own_insert_with_the_givers_words_and_a_blank_card() -> None:
    one = packed(gift_word=Word(NOON, gift=True), gift=Gift("Ruth Okafor", message="Many happy returns"))
    assert (one.opens, one.insert, one.card, one.giver) == ("Ruth Okafor", "gift", True, "Isobel")
    assert one.message == "Many happy returns"
    assert not packed().card


def test_of_what_may_be_a_gift_nothing_is_printed_before_the_owner_says() -> None:
    one = packed(verdict="ask", buyer=history(consents=NEWSLETTER, vouchers=(VOUCHER,)), place=3)
    assert one.perhaps
    assert (one.slip, one.insert, one.card, one.extra, one.offer) == (False, "", False, False, None)


def test_a_voucher_stands_on_the_insert_of_who_agreed() -> None:
    assert packed(buyer=history(consents=NEWSLETTER, vouchers=(VOUCHER,))).offer == VOUCHER
    assert packed(buyer=history(vouchers=(VOUCHER,))).offer is None
    assert packed(buyer=history(consents={"care/e-mail": stamp(NOON)}, vouchers=(VOUCHER,))).offer is None


def test_a_box_that_was_left_alone_is_no_consent_to_paper() -> None:
    soft = NEWSLETTER["newsletter/e-mail"]
    assert packed(buyer=history(consents=NEWSLETTER, soft_at=soft, vouchers=(VOUCHER,))).offer is None
    assert (
        packed(buyer=history(consents={**NEWSLETTER, "newsletter/post": soft}, soft_at=soft, vouchers=(VOUCHER,))).offer
        == VOUCHER
    )


def test_as_shipped_nothing_is_offered() -> None:
    one = packed(buyer=history(consents=NEWSLETTER, vouchers=(VOUCHER,)), playbook=shipped_playbook())
    assert (one.insert, one.offer) == ("first", None)


def test_without_an_insert_there_is_no_place_for_an_offer() -> None:
    rules = tuple(rule for rule in everything_on().rules if rule.name != "insert")
    assert packed(buyer=history(consents=NEWSLETTER, vouchers=(VOUCHER,)), playbook=Playbook(rules)).offer is None


def test_somebody_unhappy_is_thanked_but_not_sold_to() -> None:
    waits = Inquiry(f"{PERSON}-x", PERSON, NOON - DAY, "question")
    one = packed(buyer=history(consents=NEWSLETTER, vouchers=(VOUCHER,), inquiries=(waits,)))
    assert (one.insert, one.offer) == ("first", None)


@pytest.mark.parametrize(
    ("chosen", "insert"),
    [({"pace": "orders"}, "first"), ({"paused_until": stamp(NOON + DAY)}, "")],
    ids=["orders only", "resting"],
)
def test_what_they_chose_on_their_page_holds_in_the_parcel_too(chosen: dict[str, Any], insert: str) -> None:
    one = packed(buyer=history(consents=NEWSLETTER, vouchers=(VOUCHER,), **chosen))
    assert (one.insert, one.offer) == (insert, None)


def test_where_courtesy_needs_a_consent_it_needs_one_in_the_parcel_too() -> None:
    german = view(buyer=Buyer("Jörg", "j@example.com", "j@example.com", "DE"))
    one = packed(german)
    assert (one.slip, one.insert, one.extra) == (False, "", False)
    assert packed(german, buyer=history(consents=NEWSLETTER)).insert == "first"


def test_an_owners_rule_for_first_orders_meets_no_other() -> None:
    rules = everything_on(audience="first order")
    assert packed(place=1, playbook=rules).insert == "first"
    assert packed(place=2, playbook=rules).insert == ""


# --- the one thing ---


def test_their_voucher_comes_before_any_item() -> None:
    likes = Fact(LIKES, "rings", "yes", "stated", NOON, "preference page")
    assert something_for(history(facts=(likes,), vouchers=(VOUCHER,)), "newsletter", RINGS, demo_shop(), NOON) == VOUCHER
    assert something_for(history(facts=(likes,)), "newsletter", RINGS, demo_shop(), NOON) == RINGS.items[0]


@pytest.mark.parametrize("changes", [{"redeemed_by": "shopify:1"}, {"waits": True}, {"ends_at": NOON + 6 * DAY}])
def test_a_voucher_that_is_spent_unknown_or_nearly_over_is_not_printed(changes: dict[str, Any]) -> None:
    assert (
        something_for(history(vouchers=(msgspec.structs.replace(VOUCHER, **changes),)), "newsletter", RINGS, demo_shop(), NOON)
        is None
    )


def test_what_they_told_for_something_else_is_not_used() -> None:
    likes = Fact(LIKES, "rings", "yes", "stated", NOON, "preference page", "care")
    assert something_for(history(facts=(likes,)), "newsletter", RINGS, demo_shop(), NOON) is None
    assert something_for(history(facts=(likes,)), "care", RINGS, demo_shop(), NOON) == RINGS.items[0]


def test_one_purchase_proves_no_interest() -> None:
    bought = Order("shopify:7", view=view(lines=(Line("Tide ring", 1, 4800),)))
    again = Order("shopify:8", view=view(lines=(Line("Moon ring", 1, 4800),), placed_at=NOON - DAY))
    assert something_for(history(orders=(bought,)), "newsletter", RINGS, demo_shop(), NOON) is None
    assert something_for(history(orders=(bought, again)), "newsletter", RINGS, demo_shop(), NOON) == RINGS.items[0]


# --- whatever the playbook says ---

_MODES = st.sampled_from(["on", "off"])
_AUDIENCES = st.sampled_from(["everyone", "own", "gift", "first order", "repeat"])
_CONSENTS = st.sets(st.sampled_from(["newsletter/e-mail", "offers/post", "offers/call", "care/e-mail"]))


@st.composite
def playbooks(draw: st.DrawFn) -> Playbook:
    """Rules for what is packed, in any order, switched and aimed anyhow."""
    rules = draw(st.permutations([rule for rule in shipped_playbook().rules if rule.trigger == "packed"]))
    return Playbook(tuple(msgspec.structs.replace(rule, mode=draw(_MODES), audience=draw(_AUDIENCES)) for rule in rules))


@st.composite
def people(draw: st.DrawFn, consents: st.SearchStrategy[set[str]] = _CONSENTS) -> History:
    """A buyer with anything to offer them, and anything that may speak against it."""
    return history(
        consents=dict.fromkeys(draw(consents), stamp(NOON - DAY)),
        stopped_at=draw(st.sampled_from(["", stamp(NOON)])),
        never_at=draw(st.sampled_from(["", stamp(NOON)])),
        vouchers=draw(st.sampled_from([(), (VOUCHER,)])),
        facts=draw(st.sampled_from([(), (Fact(LIKES, "rings", "yes", "stated", NOON, "preference page"),)])),
    )


_GIFTS = st.sampled_from(
    [None, Gift("Ruth Okafor", postal=("9 Quay Hill",), country="GB", message="With love"), Gift(person="x")]
)


@given(playbook=playbooks(), buyer=people(), gift=_GIFTS, place=st.integers(0, 4))
@quick
def test_a_gifts_paper_holds_no_price_no_offer_and_nothing_of_the_giver_but_a_first_name(
    playbook: Playbook, buyer: History, gift: Gift | None, place: int
) -> None:
    giver = Buyer(f"Daniel {SURNAME}", "daniel@example.com", "daniel@example.com", "GB")
    seen = view(buyer=giver, total=Money(PRICE, "GBP"), lines=(Line("Locket", 1, PRICE, charged=PRICE),), postage=350)
    one = packed(seen, playbook, buyer=buyer, gift=gift, place=place, gift_word=Word(NOON, gift=True))
    assert one.gift
    assert one.insert in ("", "gift")
    assert (one.offer, one.extra) == (None, False)
    told = str(msgspec.to_builtins(one))
    assert not any(secret in told for secret in (str(PRICE), "48.37", SURNAME, "daniel@example.com", STREET, VOUCHER.code))


@given(playbook=playbooks(), buyer=people(st.sets(st.sampled_from(["offers/post", "care/e-mail"]))), place=st.integers(0, 4))
@quick
def test_without_a_consent_to_its_purpose_nothing_is_offered(playbook: Playbook, buyer: History, place: int) -> None:
    assert packed(playbook=playbook, buyer=buyer, place=place).offer is None


@given(playbook=playbooks(), buyer=people(), place=st.integers(0, 4))
@quick
def test_after_a_stop_nothing_speaks_to_them(playbook: Playbook, buyer: History, place: int) -> None:
    stopped = msgspec.structs.replace(buyer, standing=msgspec.structs.replace(buyer.standing, stopped_at=stamp(NOON)))
    one = packed(playbook=playbook, buyer=stopped, place=place)
    assert (one.slip, one.insert, one.card, one.extra, one.offer) == (False, "", False, False, None)


@given(playbook=playbooks(), buyer=people(), gift=_GIFTS)
@quick
def test_a_recipient_who_asked_never_to_be_written_to_finds_nothing_in_the_parcel(
    playbook: Playbook, buyer: History, gift: Gift | None
) -> None:
    opener = Standing("ruth", never_at=stamp(NOON))
    one = packed(playbook=playbook, buyer=buyer, gift=gift, opener=opener, gift_word=Word(NOON, gift=True))
    assert (one.slip, one.insert, one.card) == (False, "", False)
