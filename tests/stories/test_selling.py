"""The manners of selling: when marketing waits, what it waits for, and what goes first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

import msgspec
import pytest

from chalicelib.domain.playbook import Playbook
from chalicelib.usecases.list_follow_ups import Listed, list_follow_ups
from chalicelib.usecases.release import release
from tests.stories.test_time_brings import RING, buys, offers, told_by
from tests.support.known import ISOBEL, agreed, told
from tests.support.world import TestWorld


def birthday(world: TestWorld, person: str, *, in_days: int, label: str = "birthday") -> None:
    """Its reminder is due fourteen days before."""
    day = world.clock.now() + timedelta(days=in_days)
    told(world, person, "date", label, f"{day:--%m-%d}")


def the(world: TestWorld, rule: str) -> Listed:
    (found,) = told_by(world, rule)
    return found


def day_of(world: TestWorld, words: str) -> date:
    """On which the mail with these words went out."""
    (found,) = [kept.accepted_at.date() for kept in world.mails(ISOBEL) if words in kept.mail.text]
    return found


def test_after_an_order_there_are_three_quiet_weeks() -> None:
    with TestWorld() as world:
        person = agreed(world)
        birthday(world, person, in_days=30)  # due on the 18th
        world.live(days=10)
        buys(world, RING)  # on the 12th
        world.live(days=7)
        assert (the(world, "occasion").state, "order" in the(world, "occasion").reason.lower()) == ("held", True)
        world.live(days=15)
        assert the(world, "occasion").state == "cancelled"  # the day itself has come by then


def test_what_waited_for_the_quiet_weeks_goes_when_they_are_over() -> None:
    with TestWorld() as world:
        without_courtesy(world)
        person = agreed(world)
        buys(world, RING)
        birthday(world, person, in_days=30)  # due on the 18th, the window ends on the 23rd
        world.live(days=20)
        assert the(world, "occasion").state == "held"
        world.live(days=2)
        assert the(world, "occasion").state == "sent"
        assert day_of(world, "birthday") == date(2026, 3, 23)


@pytest.mark.parametrize(("shop", "goes_on"), [({}, date(2026, 3, 21)), ({"spacing_days": 0}, date(2026, 3, 18))])
def test_two_things_due_on_one_day_go_one_at_a_time_the_higher_first(shop: dict[str, Any], goes_on: date) -> None:
    with TestWorld(**shop) as world:
        person = agreed(world)
        told(world, person, "size", "rings", "N")
        birthday(world, person, in_days=30)
        offers(world, since=date(2026, 3, 18))
        world.live(days=25)
        assert day_of(world, "birthday") == date(2026, 3, 18)
        assert day_of(world, "Foreshore ring") == goes_on


def test_the_third_waits_until_the_cap_has_room() -> None:
    with TestWorld() as world:
        person = agreed(world)
        for label, days in (("birthday", 20), ("anniversary", 26), ("partner's birthday", 40)):
            birthday(world, person, in_days=days, label=label)
        world.live(days=30)
        states = {one.due_at[:10]: one.state for one in told_by(world, "occasion")}
        assert states == {"2026-03-08": "sent", "2026-03-14": "sent", "2026-03-28": "held"}
        told(world, person, "likes", "rings", "yes")  # they answered, so that nothing but the cap is in the way
        world.live(days=9)
        assert [one.state for one in told_by(world, "occasion")] == ["sent"] * 3


def test_what_you_want_to_be_asked_about_waits_for_your_yes() -> None:
    with TestWorld() as world:
        asking(world, "occasion")
        birthday(world, agreed(world), in_days=20)
        world.live(days=8)
        waiting = the(world, "occasion")
        assert waiting.state == "held"
        assert "release" in waiting.reason or "say yes" in waiting.reason

        release(world, waiting.id)
        world.work()

        assert the(world, "occasion").state == "sent"


def test_without_your_yes_it_never_goes() -> None:
    with TestWorld() as world:
        asking(world, "something-for-you")
        told(world, agreed(world), "size", "rings", "N")
        offers(world)
        world.live(days=40)
        assert the(world, "something-for-you").state == "expired"
        assert world.mails(ISOBEL) == []


def test_a_rule_that_is_switched_off_ends_what_it_had_planned() -> None:
    with TestWorld() as world:
        birthday(world, agreed(world), in_days=20)
        world.live(days=5)
        assert the(world, "occasion").state == "planned"
        world.playbook = with_mode(world.playbook, "occasion", "off")
        world.live(days=3)
        assert the(world, "occasion").state == "cancelled"


def test_nobody_is_sold_to_who_only_bought() -> None:
    with TestWorld() as world:
        buys(world, RING)
        world.live(days=400)
        assert {one.kind for one in list_follow_ups(world, ISOBEL)} == {"receipt", "thank-you", "expectation"}


def with_mode(playbook: Playbook, name: str, mode: Literal["on", "ask", "off"]) -> Playbook:
    return Playbook(tuple(msgspec.structs.replace(rule, mode=mode) if rule.name == name else rule for rule in playbook.rules))


def without_courtesy(world: TestWorld) -> None:
    """So that the cap has room."""
    world.playbook = Playbook(tuple(rule for rule in world.playbook.rules if rule.message_class != "courtesy"))


def asking(world: TestWorld, name: str) -> None:
    world.playbook = with_mode(world.playbook, name, "ask")
