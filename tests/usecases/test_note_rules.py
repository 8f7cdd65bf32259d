"""What the owner changes in the playbook or among the products is noticed, and everybody is looked at anew."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.products import Products
from chalicelib.errors import Conflict, NotFound
from chalicelib.stores import follow_ups, plans, rules
from chalicelib.stores.rules import Known
from chalicelib.usecases.include_past import include_past
from chalicelib.usecases.note_rules import AT_ONCE, note_rules
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.tick import tick
from tests.factories import learnt, shopify_order, shopify_parcel
from tests.support.known import agreed, person_of, told
from tests.support.watched import once, watched
from tests.support.world import NOON, TestWorld, quiet_mornings, shipped_playbook

DAY = timedelta(days=1)


def switched(**modes: Any) -> Playbook:
    """As shipped, but for these."""
    changes = {name.replace("_", "-"): mode for name, mode in modes.items()}
    return Playbook(
        tuple(
            msgspec.structs.replace(one, mode=changes.get(one.name, one.mode)) for one in quiet_mornings(shipped_playbook()).rules
        )
    )


def known(world: TestWorld) -> Known:
    found = rules.load(world.sqlite.get(rules.KEY))
    assert found is not None
    return found


def rules_of(world: TestWorld, person: str) -> list[str]:
    return sorted(one.rule for one in follow_ups.of_person(world.sqlite, person))


def with_a_birthday(world: TestWorld, value: str) -> str:
    person = agreed(world)
    told(world, person, "date", "birthday", value)
    return person


# --- from when a rule is on ---


def test_where_nothing_ran_before_nothing_is_past() -> None:
    with TestWorld() as world:
        assert note_rules(world) == {}
        assert known(world).since["occasion"] is None
        assert "special-item" not in known(world).since  # it is off as shipped


def test_a_rule_that_is_switched_on_is_on_from_then() -> None:
    with TestWorld() as world:
        world.playbook = switched(occasion="off")
        note_rules(world)
        world.clock.move(DAY)
        world.playbook = switched()
        assert note_rules(world) == {"occasion": NOON + DAY}
        world.clock.move(DAY)
        assert note_rules(world) == {"occasion": NOON + DAY}


def test_off_and_on_again_is_on_from_the_second_time() -> None:
    with TestWorld() as world:
        for mode in ("on", "off", "on"):
            world.playbook = switched(occasion=mode)
            since = note_rules(world)
            world.clock.move(DAY)
        assert since == {"occasion": NOON + 2 * DAY}


def test_asking_first_is_on_too() -> None:
    with TestWorld() as world:
        note_rules(world)
        world.playbook = switched(occasion="ask")
        assert note_rules(world) == {}


def test_what_was_due_before_is_left_alone() -> None:
    with TestWorld() as world:
        world.playbook = switched(occasion="off")
        past, coming = with_a_birthday(world, "--03-14"), agreed(world, address="other@example.com")
        told(world, coming, "date", "birthday", "--03-20")
        world.work()
        world.playbook = switched()
        world.pass_time(minutes=1)
        assert (rules_of(world, past), rules_of(world, coming)) == ([], ["occasion"])


def test_an_order_before_anybody_noticed_leaves_the_past_alone_too() -> None:
    with TestWorld() as world:
        world.playbook = switched(thank_you="off")
        take_order(world, learnt("orders/create", shopify_order()))
        tick(world)
        world.clock.move(4 * DAY)
        world.playbook = switched()
        take_order(world, learnt("fulfillments/update", shopify_parcel()))  # it had arrived two days ago
        assert "thank-you" not in rules_of(world, person_of(world))


# --- the past after all ---


def test_the_owner_may_have_the_past_included() -> None:
    with TestWorld() as world:
        world.playbook = switched(occasion="off")
        person = with_a_birthday(world, "--03-14")
        world.work()
        world.playbook = switched()
        world.pass_time(minutes=1)
        include_past(world, "occasion")
        world.pass_time(minutes=1)
        assert rules_of(world, person) == ["occasion"]
        assert note_rules(world) == {}


@pytest.mark.parametrize("name", ["never written", "special-item"])
def test_of_a_rule_that_is_not_on_there_is_no_past(name: str) -> None:
    with TestWorld() as world:
        note_rules(world)
        with pytest.raises(NotFound, match="notices within a minute"):
            include_past(world, name)


def test_before_anything_ran_there_is_none_either() -> None:
    with TestWorld() as world, pytest.raises(NotFound):
        include_past(world, "occasion")


def test_a_change_that_comes_between_is_told() -> None:
    with TestWorld() as world:
        note_rules(world)

        def changes() -> None:
            world.playbook = switched(care="off")
            note_rules(world)

        world.table = watched(world.sqlite, before=once(changes, at="write"))
        with pytest.raises(Conflict):
            include_past(world, "occasion")


# --- everybody anew ---


def many(world: TestWorld, count: int) -> list[str]:
    """So many, all looked at, for whom nothing is to come."""
    found = [agreed(world, "newsletter/e-mail", address=f"somebody{n}@example.com") for n in range(count)]
    while plans.due(world.sqlite, world.clock.now(), 1):
        tick(world)
    return found


def times(world: TestWorld, persons: list[str]) -> Counter[int]:
    """How often something had them looked at."""
    found = (plans.load(world.sqlite.get(plans.key(one))) for one in persons)
    return Counter(plan.times for plan in found if plan is not None)


@pytest.mark.parametrize("count", [1, AT_ONCE, AT_ONCE + 1, 300])
def test_a_change_has_everybody_looked_at_and_ends(count: int) -> None:
    with TestWorld() as world:
        persons = many(world, count)
        assert times(world, persons) == {1: count}
        world.playbook = switched(care="off")
        for _ in range(count // AT_ONCE + 2):
            world.clock.move(timedelta(minutes=1))
            tick(world)
        assert (known(world).cursor, times(world, persons).keys() <= {2, 3}) == ("", True)
        looked = times(world, persons)
        for _ in range(3):
            world.clock.move(timedelta(minutes=1))
            tick(world)
        assert times(world, persons) == looked


def test_a_new_item_is_told_to_whom_it_fits() -> None:
    with TestWorld() as world:
        person = agreed(world)
        told(world, person, "likes", "rings", "yes")
        world.products = Products(products=world.products.products)
        world.work()
        assert rules_of(world, person) == []
        item = msgspec.structs.replace(_shipped_item(), since=date(2026, 3, 3))
        world.products = Products(products=world.products.products, items=(item,))
        world.pass_time(minutes=1)
        assert rules_of(world, person) == ["something-for-you"]


def _shipped_item() -> Any:
    with TestWorld() as world:
        return world.products.items[0]


@pytest.mark.parametrize("name", ["receipt", "thank-you", "insert"])
def test_what_nobodys_time_decides_has_nobody_looked_at(name: str) -> None:
    with TestWorld() as world:
        persons = many(world, 2)
        world.playbook = switched(**{name.replace("-", "_"): "off"})
        for _ in range(3):
            tick(world)
        assert times(world, persons) == {1: 2}


def test_while_nothing_changes_nothing_is_written() -> None:
    with TestWorld() as world:
        note_rules(world)
        version = known(world).version
        world.clock.move(DAY)
        note_rules(world)
        assert known(world).version == version


def test_a_tick_looks_at_no_more_than_it_may() -> None:
    with TestWorld() as world:
        many(world, AT_ONCE + 50)
        world.playbook = switched(care="off")
        written: list[str] = []
        world.table = watched(world.sqlite, before=written.append)
        note_rules(world)
        assert written.count("write") == AT_ONCE + 1


def test_a_change_in_the_middle_begins_anew() -> None:
    with TestWorld() as world:
        persons = many(world, AT_ONCE + 50)
        world.playbook = switched(care="off")
        tick(world)
        assert known(world).cursor
        world.playbook = switched(care="off", occasion="off")
        for _ in range(5):
            world.clock.move(timedelta(minutes=1))
            tick(world)
        assert known(world).cursor == ""
        assert min(times(world, persons)) >= 2


def test_two_workers_notice_one_change() -> None:
    with TestWorld() as world:
        persons = many(world, 3)
        world.playbook = switched(care="off")

        def another() -> None:
            note_rules(world)

        world.table = watched(world.sqlite, before=once(another, at="query_index"))
        since = note_rules(world)
        assert since == rules.on_since(known(world), known(world).since, world.clock.now())
        tick(world)
        assert known(world).cursor == ""
        assert max(times(world, persons)) <= 3


def test_who_is_due_anyway_is_not_put_off() -> None:
    with TestWorld() as world:
        note_rules(world)
        person = agreed(world)
        world.playbook = switched(care="off")
        note_rules(world)
        plan = plans.load(world.sqlite.get(plans.key(person)))
        assert plan is not None
        assert stamp(plan.look_at) == stamp(NOON)
