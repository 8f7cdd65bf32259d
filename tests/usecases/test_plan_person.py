"""One person is looked at: what becomes of it, whatever comes between."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.delivery import BOUNCED, DeliveryEvent
from chalicelib.domain.floor import Unheard
from chalicelib.domain.follow_up import PLANNED, FollowUp
from chalicelib.domain.products import Item, Products
from chalicelib.stores import follow_ups, people, plans
from chalicelib.stores.plans import Plan
from chalicelib.table import Update
from chalicelib.usecases.plan_person import MOST_AT_ONCE, look_again, plan_person
from chalicelib.usecases.record_delivery import record_delivery
from chalicelib.usecases.stop import stop_address
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.tick import tick
from tests.factories import learnt, shopify_order
from tests.support.histories import wrote
from tests.support.known import ISOBEL, agreed, told
from tests.support.watched import Crash, once, watched
from tests.support.world import NOON, TestWorld

DAY = timedelta(days=1)
SOON = timedelta(minutes=2)
SOCKS = {"id": 1, "title": "Lambswool socks", "quantity": 1, "price": "48.00", "properties": []}


def plan_of(world: TestWorld, person: str) -> Plan | None:
    return plans.load(world.sqlite.get(plans.key(person)))


def looks_at(world: TestWorld, person: str) -> None:
    plan = plan_of(world, person)
    assert plan is not None
    plan_person(world, plan, {})


def planned(world: TestWorld, person: str) -> list[FollowUp]:
    return sorted(follow_ups.of_person(world.sqlite, person), key=lambda one: (one.due_at, one.id))


def rules(world: TestWorld, person: str) -> list[str]:
    return [one.rule for one in planned(world, person)]


def with_a_birthday(world: TestWorld, value: str = "--03-18") -> str:
    """Of which is told on 4 March."""
    person = agreed(world)
    told(world, person, "date", "birthday", value)
    return person


def buys_socks(world: TestWorld, at: datetime = NOON - 270 * DAY) -> None:
    """Nine months before 7 March."""
    order = shopify_order(created_at=stamp(at), updated_at=stamp(at), line_items=[SOCKS])
    take_order(world, learnt("orders/create", order))


def put(world: TestWorld, one: FollowUp, person: str) -> FollowUp:
    theirs = msgspec.structs.replace(one, person=person, id=one.id.replace(one.person, person))
    world.sqlite.write(follow_ups.put(theirs))
    return theirs


def test_what_is_due_is_planned_and_the_next_look_set() -> None:
    with TestWorld() as world:
        person = with_a_birthday(world)
        looks_at(world, person)
        (one,) = planned(world, person)
        assert (one.rule, one.state, stamp(one.due_at)) == ("occasion", PLANNED, "2026-03-04T10:00:00Z")
        plan = plan_of(world, person)
        assert plan is not None
        assert NOON < plan.look_at <= NOON + 30 * DAY


def test_who_agreed_to_nothing_any_more_is_looked_at_no_more() -> None:
    with TestWorld() as world:
        person = agreed(world)
        world.sqlite.write(Update(people.standing_key(person), set={"consents": {}}))
        looks_at(world, person)
        assert plan_of(world, person) is None


# --- what comes between ---


def test_two_workers_at_once_plan_once() -> None:
    with TestWorld() as world:
        person = with_a_birthday(world)
        world.table = watched(world.sqlite, before=once(lambda: looks_at(world, person), at="transact"))
        looks_at(world, person)
        assert rules(world, person) == ["occasion"]
        assert tick(world) == 0
        assert rules(world, person) == ["occasion"]


def test_an_order_that_comes_between_is_looked_at_again() -> None:
    with TestWorld() as world:
        person = agreed(world)
        world.table = watched(world.sqlite, before=once(lambda: buys_socks(world), at="transact"))
        looks_at(world, person)
        assert "care" not in rules(world, person)
        world.pass_time(minutes=2)
        assert "care" in rules(world, person)


def test_so_is_one_that_comes_just_before_the_reading() -> None:
    with TestWorld() as world:
        person = agreed(world)
        plan = plan_of(world, person)
        assert plan is not None
        look_again(world, person)  # the order announces itself; its transaction is yet to come
        plan_person(world, plan, {})
        buys_socks(world)
        world.pass_time(minutes=2)
        assert "care" in rules(world, person)


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_costs_nothing_and_doubles_nothing(*, after: bool) -> None:
    with TestWorld() as world:
        person = with_a_birthday(world)

        def crash() -> None:
            raise Crash

        hook = once(crash, at="transact")
        world.table = watched(world.sqlite, after=hook) if after else watched(world.sqlite, before=hook)
        with pytest.raises(Crash):
            looks_at(world, person)
        assert rules(world, person) == (["occasion"] if after else [])
        looks_at(world, person)
        assert rules(world, person) == ["occasion"]


def test_who_has_no_plan_is_not_looked_at_for_an_order() -> None:
    with TestWorld() as world:
        look_again(world, "nobody")
        assert plan_of(world, "nobody") is None


def test_what_happens_has_them_looked_at_in_a_moment() -> None:
    with TestWorld() as world:
        person = agreed(world)
        looks_at(world, person)
        buys_socks(world)
        plan = plan_of(world, person)
        assert plan is not None
        assert plan.look_at == NOON + SOON


# --- what cannot be read ---


def spoil_follow_up(world: TestWorld, person: str) -> None:
    one = put(world, wrote(NOON - 30 * DAY), person)
    world.sqlite.write(Update(follow_ups.key(one.id), set={"due_at": "Isobel Trant"}))


def spoil_order(world: TestWorld, person: str) -> None:
    buys_socks(world)
    key = next(one.anchor for one in planned(world, person))
    world.sqlite.write(Update((f"O#{key}", "ORDER"), set={"view": "Isobel Trant"}))


def spoil_fact(world: TestWorld, person: str) -> None:
    told(world, person, "size", "rings", "J")
    world.sqlite.write(Update((f"P#{person}", "FACT#size#rings"), set={"how": "Isobel Trant"}))


def spoil_contact(world: TestWorld, person: str) -> None:
    world.sqlite.write(Update(people.contact_key(person), set={"confirmed_at": "isobel.trant@example.com"}))


@pytest.mark.parametrize("spoil", [spoil_follow_up, spoil_order, spoil_fact, spoil_contact])
def test_on_half_the_truth_nothing_is_planned(spoil: Any, caplog: pytest.LogCaptureFixture) -> None:
    with TestWorld() as world:
        person = with_a_birthday(world)
        spoil(world, person)
        looks_at(world, person)
        assert "occasion" not in rules(world, person)
        plan = plan_of(world, person)
        assert plan is not None
        assert plan.look_at == NOON + DAY
        assert "what is known of a person cannot be read" in caplog.text
        assert "Isobel" not in caplog.text
        assert "example.com" not in caplog.text


def test_one_who_cannot_be_read_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    with TestWorld() as world:
        other = agreed(world, address="other@example.com")
        world.sqlite.write(Update(plans.key(other), set={"times": "many"}))
        third = agreed(world, address="third@example.com")
        spoil_fact(world, third)
        person = with_a_birthday(world)
        tick(world)
        assert rules(world, person) == ["occasion"]
        assert "a plan cannot be read" in caplog.text
        assert "example.com" not in caplog.text


def test_the_reason_gone_they_are_looked_at_again() -> None:
    with TestWorld() as world:
        person = with_a_birthday(world)
        spoil_fact(world, person)
        tick(world)
        world.sqlite.write(Update((f"P#{person}", "FACT#size#rings"), set={"how": "stated"}))
        world.pass_time(days=1)
        assert rules(world, person) == ["occasion"]


# --- sunset ---


def asked_in_february(world: TestWorld, **changes: Any) -> str:
    """Whether we are still welcome: on 31 January, thirty days ago."""
    person = agreed(world, at=datetime(2024, 6, 1, 12, tzinfo=NOON.tzinfo))
    put(world, wrote(NOON - 30 * DAY, "still-welcome", **changes), person)
    return person


def test_without_an_answer_all_consents_end_and_the_ledger_says_so() -> None:
    with TestWorld() as world:
        person = asked_in_february(world)
        tick(world)
        tick(world)
        standing = people.load_standing(world.sqlite.get(people.standing_key(person)), person)
        assert (standing.consents, standing.stopped_at) == ({}, "")
        items = world.sqlite.query(f"P#{person}", low="CONSENT#", high="CONSENT#~").items
        withdrawn = {item["sk"]: item for item in items if item["basis"] == "withdrawn"}
        assert len(withdrawn) == 7
        assert {item["source"] for item in withdrawn.values()} == {"sunset"}
        assert f"CONSENT#newsletter#e-mail#{stamp(NOON)}#withdrawn" in withdrawn
        assert plan_of(world, person) is None


def test_their_contact_is_kept_ninety_days_more() -> None:
    with TestWorld() as world:
        person = asked_in_february(world)
        tick(world)
        item = world.sqlite.get(people.contact_key(person))
        assert item is not None
        assert item["ttl"] == int((NOON + 90 * DAY).timestamp())


@pytest.mark.parametrize("changes", [{"answered": "yes", "answered_at": NOON - DAY}, {"state": "held", "sent_at": None}])
def test_an_answer_or_no_question_keeps_them(changes: dict[str, Any]) -> None:
    with TestWorld() as world:
        person = asked_in_february(world, **changes)
        tick(world)
        assert people.load_standing(world.sqlite.get(people.standing_key(person)), person).consents


def test_a_yes_that_comes_between_keeps_them() -> None:
    with TestWorld() as world:
        person = asked_in_february(world)
        (question,) = planned(world, person)

        def says_yes() -> None:
            look_again(world, person)
            world.sqlite.write(follow_ups.answered(question.id, "yes", world.clock.now()))

        world.table = watched(world.sqlite, before=once(says_yes, at="transact"))
        looks_at(world, person)
        world.pass_time(minutes=2)
        assert people.load_standing(world.sqlite.get(people.standing_key(person)), person).consents


# --- the floor ---


def below(world: TestWorld) -> list[Unheard]:
    return list(plans.all_below_floor(world.sqlite))


def test_who_hears_nothing_for_half_a_year_is_shown_to_the_owner() -> None:
    with TestWorld() as world:
        person = agreed(world, "newsletter/e-mail", at=NOON - 181 * DAY)
        tick(world)
        assert below(world) == []
        world.pass_time(days=1)
        assert below(world) == [Unheard(person, NOON - 181 * DAY, "newsletter")]


def test_and_no_more_once_they_heard() -> None:
    with TestWorld() as world:
        person = agreed(world, "newsletter/e-mail", at=NOON - 200 * DAY)
        tick(world)
        assert len(below(world)) == 1
        put(world, wrote(NOON), person)
        look_again(world, person)
        world.pass_time(minutes=2)
        assert below(world) == []


def test_who_says_stop_is_missed_no_more() -> None:
    with TestWorld() as world:
        person = agreed(world, "newsletter/e-mail", at=NOON - 200 * DAY)
        tick(world)
        assert len(below(world)) == 1
        stop_address(world, ISOBEL)
        world.pass_time(minutes=2)
        assert (below(world), plan_of(world, person)) == ([], None)


def test_a_bounce_is_noticed_in_a_moment() -> None:
    with TestWorld() as world:
        person = agreed(world)
        one = put(world, wrote(NOON - DAY), person)
        tick(world)
        assert "letter" not in rules(world, person)
        record_delivery(world, DeliveryEvent(BOUNCED, one.id, "message", world.clock.now(), permanent=True))
        world.pass_time(minutes=2)
        assert "letter" in rules(world, person)


# --- many ---


def test_more_than_a_transaction_holds_is_planned_in_several() -> None:
    with TestWorld() as world:
        shelf = world.products.products
        items = tuple(
            Item(f"ring-{n}", f"Ring {n}", "rings", "https://shop.example/ring", since=date(2026, 3, 1))
            for n in range(2 * MOST_AT_ONCE + 5)
        )
        world.products = Products(products=shelf, items=items)
        person = agreed(world)
        told(world, person, "likes", "rings", "yes")
        looks_at(world, person)
        assert len(planned(world, person)) == MOST_AT_ONCE
        for _ in range(2):
            looks_at(world, person)
        assert len(planned(world, person)) == len(items)
        plan = plan_of(world, person)
        assert plan is not None
        assert plan.look_at > NOON
