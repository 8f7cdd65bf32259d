"""Somebody says yes at the counter: a card, a mail, a click, and what they then hear (PRODUCT.md, manners 1, 2, 11 and 12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.domain.fact import Fact
from chalicelib.stores import people
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.record_fact import record_fact
from chalicelib.usecases.stop import stop_address
from tests.support.known import ISOBEL, person_of
from tests.support.site import Site, link
from tests.support.world import TestWorld

CARD = "card at the counter, 2 March"


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        yield made


def heard(world: TestWorld) -> list[str]:
    return [one.mail.subject for one in world.mails(ISOBEL)]


def says_yes(world: TestWorld, *wanted: str) -> None:
    record_consent(world, ISOBEL, wanted, source=CARD, name="Isobel Trant")
    world.work()
    Site(world).press(link(world.mails(ISOBEL)[-1].mail, "/api/consent"))


def tells(world: TestWorld, kind: str, about: str, value: str, purpose: str) -> None:
    record_fact(world, ISOBEL, Fact(kind, about, value, "stated", world.clock.now(), CARD, purpose))


def test_whoever_agrees_at_the_counter_is_asked_once_more_and_then_reminded(world: TestWorld) -> None:
    says_yes(world, "occasions/e-mail")
    tells(world, "date", "partner's birthday", "--03-26", "occasions")
    world.live(days=14)
    assert len(heard(world)) == 2
    assert "partner" in heard(world)[-1].lower()


def test_without_the_click_nothing_comes(world: TestWorld) -> None:
    record_consent(world, ISOBEL, ["occasions/e-mail", "offers/post"], source=CARD)
    tells(world, "date", "birthday", "--03-26", "occasions")
    world.live(days=30)
    assert len(heard(world)) == 1


def test_a_day_given_for_something_else_is_not_used(world: TestWorld) -> None:
    says_yes(world, "occasions/e-mail", "newsletter/e-mail")
    tells(world, "date", "birthday", "--03-26", "newsletter")
    world.live(days=30)
    assert len(heard(world)) == 1


def test_after_a_stop_nothing_that_was_agreed_or_told_is_used(world: TestWorld) -> None:
    says_yes(world, "occasions/e-mail")
    tells(world, "date", "birthday", "--03-26", "occasions")
    world.pass_time(days=1)
    stop_address(world, ISOBEL)
    world.live(days=30)
    assert len(heard(world)) == 1


def test_what_nobody_clicked_is_deleted_with_the_address(world: TestWorld) -> None:
    record_consent(world, ISOBEL, ["newsletter/e-mail"], source=CARD, name="Isobel Trant")
    world.work()
    world.clock.move(timedelta(days=7))
    assert people.load_asking(world.table.get(people.asking_key(person_of(world))), world.clock.now()) is None
    assert people.load_contact(world.table.get(people.contact_key(person_of(world))), world.clock.now()) is None
