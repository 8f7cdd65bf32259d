"""What a contact tells of themselves is kept, with who told it and what for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from chalicelib.domain.fact import Fact
from chalicelib.errors import Invalid, NotFound
from chalicelib.stores import facts, people, plans
from chalicelib.table import Delete
from chalicelib.usecases.end_occasion import end_occasion
from chalicelib.usecases.erase import erase
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.record_fact import forget_fact, record_fact
from tests.support.known import ISOBEL, person_of
from tests.support.watched import once, watched
from tests.support.world import NOON, TestWorld

DAY = timedelta(days=1)


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        record_consent(made, ISOBEL, ["offers/post"], source="card")
        yield made


def tell(world: TestWorld, kind: str, about: str, value: str, **how: Any) -> Fact:
    at = how.pop("at", world.clock.now())
    return record_fact(
        world, ISOBEL, Fact(kind, about, value, "stated", at, how.pop("source", "card"), how.pop("purpose", "for you"))
    )


def known(world: TestWorld) -> dict[tuple[str, str], str]:
    return {(fact.kind, fact.about): fact.value for fact in facts.of_person(world.table, person_of(world))}


def test_it_is_kept_with_who_told_it_when_and_what_for(world: TestWorld) -> None:
    tell(world, "size", "rings", "m", source="card at the counter")
    (fact,) = facts.of_person(world.table, person_of(world))
    assert fact == Fact("size", "rings", "M", "stated", NOON, "card at the counter", "for you")


def test_told_once_more_it_takes_the_place_of_the_first(world: TestWorld) -> None:
    tell(world, "size", "rings", "M")
    tell(world, "size", "rings", "L", at=NOON + DAY)
    assert known(world) == {("size", "rings"): "L"}


def test_what_was_told_earlier_does_not_take_the_place_of_what_is_newer(world: TestWorld) -> None:
    tell(world, "size", "rings", "L")
    assert tell(world, "size", "rings", "M", at=NOON - DAY).value == "L"
    assert known(world) == {("size", "rings"): "L"}


def test_the_newest_is_kept_in_whatever_order_they_come() -> None:
    said = [("L", NOON, "a"), ("M", NOON + DAY, "a"), ("N", NOON + DAY, "b"), ("O", NOON - DAY, "z")]
    for told in permutations(said):
        with TestWorld() as world:
            record_consent(world, ISOBEL, ["offers/post"], source="card")
            for value, at, source in told:
                tell(world, "size", "rings", value, at=at, source=source)
            assert known(world) == {("size", "rings"): "N"}, told


def test_never_this_occasion_outlives_the_date_given_again(world: TestWorld) -> None:
    tell(world, "date", "birthday", "--11-22", purpose="occasions")
    end_occasion(world, world.links.make("occasion", person_of(world), "birthday", NOON + DAY))
    tell(world, "date", "Birthday", "--11-23", purpose="occasions", at=NOON + DAY)
    assert known(world) == {("date", "birthday"): "--11-23", ("never", "birthday"): "yes"}
    forget_fact(world, ISOBEL, "never", "birthday")
    assert known(world) == {("date", "birthday"): "--11-23"}


def test_what_they_take_back_is_gone(world: TestWorld) -> None:
    tell(world, "likes", "rings", "yes")
    forget_fact(world, ISOBEL, "likes", " Rings ")
    assert known(world) == {}


def test_what_they_never_told_cannot_be_taken_back(world: TestWorld) -> None:
    tell(world, "likes", "rings", "yes")
    with pytest.raises(NotFound, match="They told: likes rings"):
        forget_fact(world, ISOBEL, "size", "rings")


def test_nothing_is_kept_of_who_is_no_contact(world: TestWorld) -> None:
    with pytest.raises(NotFound, match="Record a consent of theirs first"):
        record_fact(world, "ruth.okafor@example.com", Fact("likes", "rings", "yes", "stated", NOON, "card", "for you"))


def test_a_purpose_that_nobody_can_agree_to_is_none(world: TestWorld) -> None:
    with pytest.raises(Invalid, match="newsletter, competition, voucher reminder, care, occasions, for you, offers or service"):
        tell(world, "likes", "rings", "yes", purpose="selling")


def test_whoever_agreed_is_looked_at_at_once(world: TestWorld) -> None:
    world.work()
    world.clock.move(DAY)
    tell(world, "date", "birthday", "--11-22", purpose="occasions")
    plan = plans.load(world.table.get(plans.key(person_of(world))))
    assert plan is not None
    assert plan.look_at == NOON + DAY


def test_whoever_agreed_to_nothing_is_not(world: TestWorld) -> None:
    person = person_of(world)
    world.table.write(people.stopped(person, NOON))
    world.table.write(Delete(plans.key(person)))
    tell(world, "size", "rings", "M", purpose="service")
    assert world.table.get(plans.key(person)) is None


def test_nothing_is_kept_of_who_is_forgotten_meanwhile(world: TestWorld) -> None:
    table = world.table
    gone = once(lambda: table.write(Delete(people.contact_key(person_of(world)))), at="transact")
    world.table = watched(table, before=gone)
    with pytest.raises(NotFound):
        tell(world, "likes", "rings", "yes")
    assert known(world) == {}


def test_whoever_asks_to_be_forgotten_has_told_nothing(world: TestWorld) -> None:
    tell(world, "phone", "call", "01326 555012", purpose="offers")
    record_consent(world, ISOBEL, ["care/e-mail"], source="card")
    erase(world, person_of(world))
    assert known(world) == {}
    assert world.table.get(people.asking_key(person_of(world))) is None
