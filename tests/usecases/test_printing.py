"""What the owner prints: which papers there are of a day, what they hold, and what is left out and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.fact import ADDRESS, PHONE, Fact
from chalicelib.domain.playbook import Playbook
from chalicelib.stores import facts, orders, people
from chalicelib.table import Update
from chalicelib.usecases.printing import KINDS, Paper, paper
from chalicelib.usecases.stop import STOP_ALL, stop
from tests.support.packed import ISOBEL, JENIFER, LOWENNA, bounced, by_hand, contact, fact, gift, note, order, voucher
from tests.support.world import NOON, TestWorld

LABEL = "17 Chapel Terrace\nPorthleven\nTR13 9HB"
DAY = timedelta(days=1)


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld(recipient_note="by hand") as made:
        yield made


def printed(world: TestWorld, kind: str, days: int | None = 1, **more: Any) -> Paper:
    """By the end of today, or of some days more; None: all."""
    return paper(world, kind, world.clock.now() + days * DAY if days is not None else None, **more)


def things(made: Paper, name: str) -> Any:
    return made.context[name]


def specials_on(world: TestWorld) -> None:
    world.playbook = Playbook(tuple(msgspec.structs.replace(rule, mode="on") for rule in world.playbook.rules))


def letter_to_lowenna(world: TestWorld, consent: str = "offers/post", **more: Any) -> str:
    person = contact(world, "Lowenna Rosewarne", LOWENNA, consent)
    bounced(world, person)
    fact(world, person, ADDRESS, LABEL)
    by_hand(world, "letter", person, **more)
    return person


def call_to_lowenna(world: TestWorld) -> str:
    person = contact(world, "Lowenna Rosewarne", LOWENNA, "offers/call")
    bounced(world, person)
    fact(world, person, PHONE, "+441326555014")
    by_hand(world, "call", person)
    return person


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "poster"])
def test_where_there_is_nothing_nothing_is_printed(world: TestWorld, kind: str) -> None:
    made = printed(world, kind)
    assert (made.count, made.left) == (0, ())


# --- parcels ---


def test_each_parcel_has_its_insert_and_slip_in_the_order_of_their_placing(world: TestWorld) -> None:
    order(world, 1043)
    gift(world, 1042, days_ago=1)
    order(world, 1041, name="Jenifer Kitto", email=JENIFER, days_ago=2)
    assert [one["variant"] for one in things(printed(world, "inserts"), "parcels")] == ["first", "gift", "first"]
    slips = things(printed(world, "slips"), "parcels")
    assert [one["number"] for one in slips] == ["#1041", "#1042", "#1043"]
    assert slips[1]["things"] == []  # a surprise is not listed
    assert printed(world, "cards").count == 1


def test_what_was_sent_needs_no_paper(world: TestWorld) -> None:
    order(world, 1041, sent=True)
    assert printed(world, "packing").count == 0


def test_a_third_order_tells_the_packer_and_nobody_else(world: TestWorld) -> None:
    for number, days in ((901, 300), (955, 140)):
        order(world, number, days_ago=days, sent=True)
    order(world, 1041)
    (row,) = things(printed(world, "packing"), "parcels")
    assert row["little_extra"]
    for kind in ("slips", "inserts"):
        made = printed(world, kind)
        assert "extra" not in world.renderer.sheet(made.sheet, {**made.context, "logo": ""}).lower()


def test_a_line_for_them_alone_needs_the_rule_and_their_consent(world: TestWorld) -> None:
    person = contact(world, "Isobel Trant", ISOBEL, "newsletter/e-mail")
    voucher(world, person)
    order(world, 1041)
    assert things(printed(world, "inserts"), "parcels")[0]["line"] == {}
    specials_on(world)
    line = things(printed(world, "inserts"), "parcels")[0]["line"]
    assert (line["code"], line["value"], line["minimum"]) == ("7HQ2M-9KXTC", "£15", "£60")
    stop(world, world.links.make("stop", person, STOP_ALL, None))
    assert printed(world, "inserts").count == 0


def test_a_gift_carries_the_givers_words(world: TestWorld) -> None:
    gift(world, 1042, "For your new kitchen!")
    (one,) = things(printed(world, "inserts"), "parcels")
    assert (one["name"], one["giver"], one["message"], one["line"]) == ("Tamsin", "Daniel", "For your new kitchen!", {})


def test_what_may_be_a_gift_waits_for_the_owners_word(world: TestWorld) -> None:
    label = {"name": "Ruth Okafor", "address1": "9 Quay Hill", "country_code": "GB"}
    order(world, 1041, shipping_address=label)
    made = printed(world, "inserts")
    assert made.count == 0
    assert [(one.what, "courtesy gift #1041 yes | no" in one.why) for one in made.left] == [("Order #1041", True)]


def test_a_buyer_whose_data_cannot_be_read_stops_nobody_elses_parcel(world: TestWorld) -> None:
    order(world, 1041)
    order(world, 1042, name="Jenifer Kitto", email=JENIFER)
    person = contact(world, "Isobel Trant", ISOBEL)
    world.table.write(Update(people.standing_key(person), set={"heard": "not what it should be"}))
    made = printed(world, "slips")
    assert [one["number"] for one in things(made, "parcels")] == ["#1042"]
    assert [one.what for one in made.left] == ["Order #1041"]


# --- notes ---


def test_a_note_says_from_whom_and_until_when(world: TestWorld) -> None:
    note(world)
    made = printed(world, "notes")
    until = orders.load(world.table.get(orders.key("shopify:1030")), "shopify:1030").gift_until
    assert until is not None
    (one,) = things(made, "notes")
    assert (one["name"], one["giver"]) == ("Ruth", "Daniel")
    assert one["until"].startswith(f"{until.day} ")


def test_a_note_goes_with_two_labels_hers_and_ours(world: TestWorld) -> None:
    note(world)
    made = printed(world, "labels")
    (page,) = things(made, "pages")
    assert made.count == 2
    assert [one["lines"][:2] for one in page["labels"]] == [("Ruth Okafor", "9 Quay Hill"), ("Pellow & Wren", "12 Arwenack Row")]


def test_a_note_to_somebody_forgotten_is_left_out(world: TestWorld) -> None:
    note(world)
    world.clock.move(60 * DAY)
    made = printed(world, "notes")
    assert made.count == 0
    (left,) = made.left
    assert "somebody whose details are no longer kept" in left.what
    assert "deleted" in left.why
    assert "given-up" in left.why


# --- letters and calls ---


def test_a_letter_goes_to_the_address_that_they_gave(world: TestWorld) -> None:
    person = letter_to_lowenna(world)
    voucher(world, person)
    order(world, 901, name="Lowenna Rosewarne", email=LOWENNA, days_ago=400, sent=True)
    (one,) = things(printed(world, "letters"), "letters")
    assert one["lines"] == ("Lowenna Rosewarne", *LABEL.splitlines())
    assert one["since"] == "26 January 2025"
    assert one["line"]["code"] == "7HQ2M-9KXTC"


def test_a_letter_is_due_on_its_day(world: TestWorld) -> None:
    letter_to_lowenna(world, in_days=3)
    assert [printed(world, "letters", days).count for days in (1, 4, None)] == [0, 1, 1]


def test_without_a_consent_to_post_no_letter_is_printed(world: TestWorld) -> None:
    letter_to_lowenna(world, consent="offers/call")
    made = printed(world, "letters")
    assert made.count == 0
    assert "not agreed" in made.left[0].why


def test_who_ordered_meanwhile_gets_no_letter_that_misses_them(world: TestWorld) -> None:
    letter_to_lowenna(world)
    order(world, 1041, name="Lowenna Rosewarne", email=LOWENNA)
    made = printed(world, "letters")
    assert made.count == 0
    assert "no longer the turn" in made.left[0].why


def test_an_address_given_for_something_else_is_not_used(world: TestWorld) -> None:
    person = letter_to_lowenna(world)
    world.table.write(facts.put(person, Fact(ADDRESS, "post", LABEL, "stated", NOON - 300 * DAY, "order", "care")))
    made = printed(world, "letters")
    assert made.count == 0
    assert "no postal address" in made.left[0].why


def test_a_call_sheet_says_whom_why_and_what_they_have(world: TestWorld) -> None:
    call_to_lowenna(world)
    order(world, 901, name="Lowenna Rosewarne", email=LOWENNA, days_ago=400, sent=True)
    (one,) = things(printed(world, "calls"), "calls")
    assert (one["name"], one["phone"]) == ("Lowenna Rosewarne", "+441326555014")
    assert one["why"] == "Mail does not reach them, so another way is tried."
    assert [(order["placed"], order["things"]) for order in one["orders"]] == [("26 January 2025", ["Sea-glass stud earrings"])]


def test_whoever_asked_never_to_be_contacted_is_not_called(world: TestWorld) -> None:
    person = call_to_lowenna(world)
    world.table.write(Update(people.standing_key(person), set={"never_at": stamp(NOON)}))
    made = printed(world, "calls")
    assert made.count == 0
    assert "never" in made.left[0].why


def test_labels_begin_where_the_sheet_is_still_whole(world: TestWorld) -> None:
    letter_to_lowenna(world)
    (page,) = things(printed(world, "labels", start=21), "pages")
    assert [(one["left"], one["top"]) for one in page["labels"]] == [(139.25, 243.75)]
