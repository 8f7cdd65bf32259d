"""Someone unhappy is helped, not sold to (manner 8), and nobody waits longer than five working days (manner 9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.stores import inquiries
from chalicelib.usecases.close_inquiry import close_inquiry
from chalicelib.usecases.list_follow_ups import list_follow_ups
from chalicelib.usecases.open_inquiry import open_inquiry
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.today import today
from tests.factories import learnt, shopify_order, shopify_parcel
from tests.support.known import ISOBEL, agreed
from tests.support.site import Site, link
from tests.support.world import TestWorld

SOCKS = {"id": 1, "title": "Lambswool socks", "quantity": 1, "price": "48.00", "properties": []}
DAY = timedelta(days=1)


@pytest.fixture
def world() -> Iterator[TestWorld]:
    """Isobel agreed to care reminders, and bought socks that last nine months."""
    with TestWorld() as made:
        agreed(made)
        now = made.clock.now()
        take_order(made, learnt("orders/create", shopify_order(created_at=stamp(now), line_items=[SOCKS])))
        take_order(made, learnt("fulfillments/update", shopify_parcel(updated_at=stamp(now + 2 * DAY))))
        made.work()
        yield made


def state(world: TestWorld, rule: str) -> tuple[str, str]:
    (one,) = [found for found in list_follow_ups(world, ISOBEL) if found.kind == rule]
    return one.state, one.reason


def asked(world: TestWorld) -> tuple[str, str]:
    """The question comes 14 days after the arrival: its links for yes and for no."""
    world.live(days=17)
    (question,) = [kept.mail for kept in world.mails(ISOBEL) if "/api/expectation" in kept.mail.text]
    links = [word for word in question.text.split() if "/api/expectation?t=" in word]
    yes, no = dict.fromkeys(links)
    return yes, no


def test_two_weeks_after_the_arrival_they_are_asked_and_nothing_is_offered(world: TestWorld) -> None:
    asked(world)
    (question,) = [kept.mail for kept in world.mails(ISOBEL) if "/api/expectation" in kept.mail.text]
    assert question.stream == "courtesy"
    assert not any(word in question.text for word in ("voucher", "offer", "%"))


def test_a_yes_is_all_there_is_to_it(world: TestWorld) -> None:
    yes, _ = asked(world)
    assert "We are glad" in Site(world).press(yes).text
    assert inquiries.open_ones(world.table) == []


def test_a_no_keeps_marketing_quiet_until_a_week_after_they_were_helped(world: TestWorld) -> None:
    _, no = asked(world)
    assert "We are sorry" in Site(world).get(no).text
    Site(world).press(no)
    (inquiry,) = inquiries.open_ones(world.table)
    world.live(days=262)  # to the middle of December: the socks were due for care on the 4th
    assert state(world, "care")[0] == "held"
    close_inquiry(world, inquiry.id, "good")
    world.live(days=6)
    assert state(world, "care")[0] == "held"
    world.live(days=2)
    assert state(world, "care")[0] == "sent"


def test_who_could_not_be_helped_is_not_sold_to(world: TestWorld) -> None:
    _, no = asked(world)
    Site(world).press(no)
    (inquiry,) = inquiries.open_ones(world.table)
    close_inquiry(world, inquiry.id, "bad")
    world.live(days=290)
    assert state(world, "care")[0] in ("held", "cancelled", "expired")


def test_who_waits_is_nudged_and_then_stands_on_top(world: TestWorld) -> None:
    open_inquiry(world, ISOBEL, "Is it mended?")
    told = []
    for _ in range(7):
        (line,) = today(world).waiting
        told.append(line.why)
        world.clock.move(DAY)
    assert told == [
        "They have waited since today.",
        "They have waited for 1 working day.",
        "They have waited for 2 working days.",
        "They have waited for 3 working days. It is time.",
        "They have waited for 4 working days. Answer first: nobody waits more than 5.",
        "They have waited for 4 working days. Answer first: nobody waits more than 5.",
        "They have waited for 4 working days. Answer first: nobody waits more than 5.",
    ]


def test_service_mail_still_comes_to_who_is_unhappy(world: TestWorld) -> None:
    open_inquiry(world, ISOBEL, "Is it mended?")
    before = len(world.mails(ISOBEL))
    take_order(world, learnt("orders/create", shopify_order(id=2, name="#1042", created_at=stamp(world.clock.now()))))
    world.work()
    assert [kept.mail.stream for kept in world.mails(ISOBEL)[before:]] == ["service"]


def test_a_mail_scanner_that_opens_every_link_answers_nothing(world: TestWorld) -> None:
    for url in asked(world):
        assert Site(world).ask("HEAD", url).status == 200
        assert Site(world).get(url).status == 200
    assert inquiries.open_ones(world.table) == []
    assert state(world, "expectation")[0] == "sent"


def test_the_stop_link_stands_beside_the_question(world: TestWorld) -> None:
    asked(world)
    (question,) = [kept.mail for kept in world.mails(ISOBEL) if "/api/expectation" in kept.mail.text]
    Site(world).press(link(question, "/api/stop"))
    world.live(days=300)
    assert world.mails(ISOBEL)[-1].mail == question
