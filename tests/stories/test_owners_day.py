"""The owner's day, without a console: ten minutes, one mail, and each line says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.fact import PHONE, Fact
from chalicelib.domain.floor import Unheard
from chalicelib.domain.follow_up import HANDED_OVER, follow_up_id
from chalicelib.domain.playbook import CONTACT
from chalicelib.domain.standing import MARKETING
from chalicelib.domain.task import Task
from chalicelib.ports import Mail, MailRefused, MailUncertain
from chalicelib.stores import facts, follow_ups, people, plans, tasks
from chalicelib.table import Update
from chalicelib.usecases.open_inquiry import open_inquiry
from chalicelib.usecases.pause import is_paused
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.today import today
from tests.factories import follow_up, gift_order, learnt, shopify_order, shopify_parcel
from tests.support.known import ISOBEL, agreed
from tests.support.sending import fails_once, on_march_7_at_ten, thank_yous
from tests.support.site import Site, items, link
from tests.support.world import NOON, TestWorld, demo_shop

OWNER = "morwenna@pellow-wren.example"
MONDAY_AT_SEVEN = NOON.replace(hour=7)
DAY = timedelta(days=1)


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld(at=MONDAY_AT_SEVEN, mornings=True, recipient_note="by hand") as made:
        made.work()
        yield made


def morning(world: TestWorld) -> Mail:
    """The next morning mail."""
    before = len(world.mails(OWNER))
    while len(world.mails(OWNER)) == before:
        world.pass_time(hours=1)
    return world.mails(OWNER)[-1].mail


def call(world: TestWorld, person: str, n: int = 1) -> str:
    """A call to them, handed over."""
    id_, now = follow_up_id("call", person, str(n)), world.clock.now()
    one = follow_up(id=id_, rule="call", person=person, anchor=str(n), role=CONTACT, message_class=MARKETING, state=HANDED_OVER)
    world.table.write(follow_ups.put(one))
    world.table.write(tasks.put(Task(id_, "call", person, str(n), "call", now, now)))
    return id_


def test_a_quiet_day_is_a_short_mail(world: TestWorld) -> None:
    mail = morning(world)
    assert (mail.to, mail.stream) == (OWNER, "service")
    assert mail.subject == "Monday 2 March: nothing waits for you"
    assert "Nothing waits for you" in mail.text


def test_who_waits_stands_in_the_morning_mail_with_their_words(world: TestWorld) -> None:
    agreed(world)
    inquiry = open_inquiry(world, ISOBEL, "Can the signet\nbe resized?")
    mail = morning(world)
    assert "1 waiting" in mail.subject
    assert "Isobel Trant: “Can the signet be resized?”" in mail.text
    assert f"courtesy inquiry close {inquiry.id} good | bad" in " ".join(mail.text.split())


def test_what_people_write_is_text_in_the_owners_mail(world: TestWorld) -> None:
    agreed(world)
    open_inquiry(world, ISOBEL, "<script>alert(1)</script>\n{{ shop }}")
    mail = morning(world)
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "{{ shop }}" in mail.text


def test_the_pause_button_only_pauses_when_it_is_pressed(world: TestWorld) -> None:
    url = link(morning(world), "/api/pause")
    Site(world).get(url)
    assert not is_paused(world)
    assert "Sending is paused" in Site(world).press(url).text
    assert is_paused(world)
    assert today(world).paused


def test_the_pause_button_is_good_for_three_days(world: TestWorld) -> None:
    url = link(morning(world), "/api/pause")
    world.clock.move(3 * DAY)
    assert Site(world).get(url).status == 401


def test_a_note_to_write_is_told_with_how_to_print_it(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", gift_order(created_at=stamp(world.clock.at))))
    take_order(world, learnt("fulfillments/update", shopify_parcel()))
    world.live(days=13)
    assert [line.what for line in today(world).by_hand] == ["A note to write: Ruth Okafor, order #1041"]
    assert "courtesy print notes" in today(world).by_hand[0].how


def bounced(world: TestWorld, person: str) -> None:
    """Mail came back from them for good, and they agreed to calls alone."""
    consents = {"offers/call": stamp(world.clock.at)}
    closed: dict[str, Any] = {"unreachable_at": stamp(world.clock.at), "unreachable_why": "bounced", "consents": consents}
    world.table.write(Update(people.standing_key(person), set=closed, add={"version": 1}))


def test_a_call_to_make_is_told_with_the_number(world: TestWorld) -> None:
    person = agreed(world)
    world.table.write(facts.put(person, Fact(PHONE, "call", "+441872000000", "stated", world.clock.at, "owner")))
    id_ = call(world, person)
    bounced(world, person)
    (line,) = today(world).by_hand
    assert line.what == "A call to make: Isobel Trant at +441872000000"
    assert f"courtesy task {id_} happy | unhappy | away | no-answer | stop | given-up" in line.how


def test_a_task_that_no_longer_holds_is_told_as_better_left(world: TestWorld) -> None:
    person = agreed(world)
    id_ = call(world, person)
    (line,) = today(world).by_hand
    assert line.what.startswith("Better not: a call to make to Isobel Trant")
    assert "turn" in line.why
    assert line.how == f"courtesy task {id_} given-up"


def test_many_tasks_of_a_kind_are_one_line(world: TestWorld) -> None:
    person = agreed(world)
    for n in range(6):
        call(world, person, n)
    assert [line.what for line in today(world).by_hand] == ["6 calls to make"]


def test_what_goes_out_today_is_told_with_why(world: TestWorld) -> None:
    world.clock.move(NOON - world.clock.at)
    thank_yous(world, 2)
    on_march_7_at_ten(world)
    world.clock.move(-timedelta(hours=1))
    found = today(world)
    assert [line.what for line in found.today] == ["10:00  The thank-you to Isobel Trant"] * 2
    assert all("arrived" in line.why for line in found.today)
    assert found.held == ()


def test_what_the_checks_would_hold_is_not_promised(world: TestWorld) -> None:
    world.shop = demo_shop(cap=0)
    world.clock.move(NOON - world.clock.at)
    thank_yous(world, 1)
    on_march_7_at_ten(world)
    world.clock.move(-timedelta(hours=1))
    found = today(world)
    assert found.today == ()
    assert ["limit you set" in line.why for line in found.held] == [True]


def test_many_that_are_held_alike_are_one_line(world: TestWorld) -> None:
    world.clock.move(NOON - world.clock.at)
    thank_yous(world, 7)
    world.shop = demo_shop(daily_budget=0)
    on_march_7_at_ten(world)
    world.work()
    held = today(world).held
    assert [line.what for line in held] == ["The thank-you to 7 people"]
    assert "mails are used up" in held[0].why


def test_what_is_in_doubt_and_what_was_refused_stand_in_the_mail(world: TestWorld) -> None:
    world.clock.move(NOON - world.clock.at)
    world.work()
    for number, error in ((1, MailUncertain("Cut.")), (2, MailRefused("No such thing.", permanent=True))):
        fails_once(world, error)
        take_order(world, learnt("orders/create", shopify_order(id=number, email=f"buyer{number}@example.com")))
        world.work()
        world.mailer = world.outbox
    doubt, refused = today(world).unsure
    assert (doubt.what, refused.what) == ("The receipt to Isobel Trant", "The receipt to Isobel Trant: not sent")
    assert doubt.how.startswith("courtesy settle ")
    assert "No such thing." in refused.why
    world.clock.move(5 * DAY)
    assert len(today(world).unsure) == 1


def test_who_agreed_and_heard_nothing_is_told_with_a_suggestion(world: TestWorld) -> None:
    person = agreed(world)
    world.table.write(plans.below_floor(Unheard(person, NOON - 200 * DAY, "newsletter")))
    (line,) = today(world).floor
    assert (line.what, line.why) == ("Isobel Trant", "Agreed, and has heard nothing since 14 August 2025.")
    assert "newsletter" in line.how


def test_looking_at_the_day_writes_nothing(world: TestWorld) -> None:
    thank_yous(world, 2)
    open_inquiry(world, "buyer1@example.com", "Hm?")
    before = items(world)
    today(world)
    assert items(world) == before


def test_the_owner_who_is_a_customer_too_is_two_people(world: TestWorld) -> None:
    person = agreed(world, address=OWNER, name="Morwenna Pellow")
    morning(world)
    assert {one.person for one in follow_ups.of_person(world.table, "owner")} == {"owner"}
    assert follow_ups.of_person(world.table, person) == []


def test_no_line_of_the_day_holds_a_token(world: TestWorld) -> None:
    agreed(world)
    open_inquiry(world, ISOBEL, "Hm?")
    assert not re.search(r"\?t=", str(today(world)))
