"""On paper: what lies in a parcel, and what comes by post, from the order to the printer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.domain.fact import ADDRESS
from chalicelib.domain.task import Task
from chalicelib.stores import tasks
from chalicelib.usecases.finish_task import finish_task
from chalicelib.usecases.printing import paper
from tests.support.packed import LOWENNA, bounced, by_hand, contact, fact, gift, note, order
from tests.support.world import TestWorld


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld(recipient_note="by hand") as made:
        yield made


def sheet(world: TestWorld, kind: str) -> str:
    """What people read on all that is printed of it today."""
    made = paper(world, kind, world.clock.now() + timedelta(days=1))
    html = world.renderer.sheet(made.sheet, {**made.context, "logo": ""}) if made.count else ""
    return " ".join(re.sub(r"<style>.*?</style>|<head>.*?</head>|<[^>]*>", " ", html, flags=re.DOTALL).split())


def test_a_first_order_is_thanked_for_in_its_parcel_and_offered_nothing(world: TestWorld) -> None:
    order(world, 1041)
    assert "Thank you, Isobel" in sheet(world, "inserts")
    assert "Thank you, Isobel" in sheet(world, "slips")
    assert not re.search(r"£|voucher|New among", sheet(world, "inserts") + sheet(world, "slips"))


def test_who_comes_back_is_welcomed_back(world: TestWorld) -> None:
    order(world, 1001, days_ago=90, sent=True)
    order(world, 1041)
    assert "Welcome back, Isobel" in sheet(world, "inserts")
    assert "Thank you for coming back, Isobel" in sheet(world, "slips")


def test_in_a_gift_lies_a_blank_card_and_no_price(world: TestWorld) -> None:
    gift(world, 1042)
    assert sheet(world, "cards") == "Thank you Pellow &amp; Wren Jewellers, Falmouth"
    told = sheet(world, "inserts") + sheet(world, "slips")
    assert "For Tamsin" in told
    assert "Forty years, and you still laugh at my stories" in told
    assert not re.search(r"£|48\.00|Okafor|daniel\.okafor|earrings", told)


def test_a_third_order_gets_a_little_extra(world: TestWorld) -> None:
    for number, days in ((1001, 200), (1002, 100)):
        order(world, number, days_ago=days, sent=True)
    order(world, 1041)
    assert "Their third order: add a little extra." in sheet(world, "packing")


def test_the_note_to_a_gifts_recipient_comes_out_of_the_printer_with_its_labels(world: TestWorld) -> None:
    note(world)
    told = sheet(world, "notes")
    assert "Dear Ruth" in told
    assert "I hope that the surprise was a happy one. Daniel chose it for you" in told
    assert "We have your address from Daniel, for this note alone, and delete it on" in told
    assert not re.search(r"£|48\.00|Okafor|daniel\.okafor", told)
    assert "Ruth Okafor 9 Quay Hill" in sheet(world, "labels")

    finish_task(world, _open(world).id, "posted", "")
    assert sheet(world, "notes") == sheet(world, "labels") == ""


def test_who_does_not_answer_mail_gets_a_letter_if_they_agreed_to_post(world: TestWorld) -> None:
    person = contact(world, "Lowenna Rosewarne", LOWENNA, "offers/post")
    bounced(world, person)
    fact(world, person, ADDRESS, "17 Chapel Terrace\nPorthleven\nTR13 9HB")
    by_hand(world, "letter", person)
    told = sheet(world, "letters")
    assert "Lowenna Rosewarne 17 Chapel Terrace Porthleven TR13 9HB" in told
    assert "because you agreed that we may write to you by post" in told


def _open(world: TestWorld) -> Task:
    (task,) = tasks.open_ones(world.table)
    return task
