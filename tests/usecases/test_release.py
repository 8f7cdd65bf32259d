"""The owner releases what is held: a yes where a rule asks, a look where something may be over, and never past the manners."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from chalicelib.domain.follow_up import HELD, SENT, FollowUp
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.reason import Reason
from chalicelib.errors import Conflict, NotFound
from chalicelib.stores import follow_ups
from chalicelib.usecases.release import release
from tests.factories import follow_up
from tests.support.sending import all_of_them, on_march_7_at_ten, thank_yous
from tests.support.world import NOON, TestWorld, shipped_playbook


@pytest.fixture
def world() -> Iterator[TestWorld]:
    """Thank-yous ask the owner first."""
    with TestWorld() as made:
        rules = (
            msgspec.structs.replace(rule, mode="ask") if rule.name == "thank-you" else rule for rule in shipped_playbook().rules
        )
        made.playbook = Playbook(tuple(rule for rule in rules if rule.name in ("receipt", "thank-you")))
        yield made


def thank_you(world: TestWorld) -> FollowUp:
    (found,) = [one for one in all_of_them(world) if one.rule == "thank-you"]
    return found


def held_for(kind: str) -> FollowUp:
    return msgspec.structs.replace(follow_up(state=HELD, look_at=NOON + timedelta(days=1)), reason=Reason(kind))


def test_a_rule_that_asks_waits_for_the_owners_yes(world: TestWorld) -> None:
    thank_yous(world, 1)
    on_march_7_at_ten(world)
    world.work()
    assert (thank_you(world).state, thank_you(world).reason.kind) == (HELD, "ask")
    assert release(world, thank_you(world).id) is True
    world.work()
    assert thank_you(world).state == SENT


def test_a_yes_by_night_waits_for_the_morning(world: TestWorld) -> None:
    thank_yous(world, 1)
    on_march_7_at_ten(world)
    world.work()
    world.clock.move(timedelta(hours=12))
    release(world, thank_you(world).id)
    world.work()
    assert (thank_you(world).state, thank_you(world).reason.kind) == (HELD, "quiet-hours")
    world.live(days=1)
    assert thank_you(world).state == SENT


@pytest.mark.parametrize("kind", ["unrenderable", "code-unknown", "inquiry-open", "undelivered", "presumption"])
def test_of_the_rest_what_held_it_may_be_over(world: TestWorld, kind: str) -> None:
    one = held_for(kind)
    world.table.write(follow_ups.put(one))
    assert release(world, one.id) is False
    (found,) = all_of_them(world)
    assert (found.look_at, found.released_at, found.state) == (NOON, None, HELD)


@pytest.mark.parametrize("kind", ["cap", "quiet-hours", "quiet-window", "daily-budget", "helped-lately", "paused"])
def test_no_word_of_the_owner_shortens_a_time(world: TestWorld, kind: str) -> None:
    one = held_for(kind)
    world.table.write(follow_ups.put(one))
    with pytest.raises(Conflict):
        release(world, one.id)
    assert all_of_them(world) == [one]


def test_what_is_not_held_or_not_there_is_not_released(world: TestWorld) -> None:
    world.table.write(follow_ups.put(follow_up()))
    with pytest.raises(Conflict, match="is planned: only what is held"):
        release(world, follow_up().id)
    for id_ in ("", "nothing", "a-b", "é-ü"):
        with pytest.raises(NotFound):
            release(world, id_)
