"""A rule that is switched on never applies to the past, unless the owner confirms how many that would be."""

from __future__ import annotations

import msgspec
import pytest

from chalicelib.domain.playbook import Playbook
from chalicelib.errors import NotFound
from chalicelib.usecases.include_past import include_past
from chalicelib.usecases.take_order import take_order
from courtesy.forecast import affected
from tests.factories import learnt, shopify_order, shopify_parcel
from tests.support.known import ISOBEL, agreed, told
from tests.support.world import TestWorld


def without(playbook: Playbook, *names: str) -> Playbook:
    return Playbook(tuple(msgspec.structs.replace(rule, mode="off") if rule.name in names else rule for rule in playbook.rules))


def switched_on_late(world: TestWorld) -> None:
    """Isobel's parcel arrived on the 4th of March, her ring is due for care: both rules come on afterwards."""
    everything, world.playbook = world.playbook, without(world.playbook, "thank-you", "occasion")
    told(world, agreed(world), "date", "birthday", "--03-18")
    take_order(world, learnt("orders/create", shopify_order()))
    take_order(world, learnt("fulfillments/update", shopify_parcel()))
    world.live(days=3)
    world.playbook = everything
    world.work()


def kinds(world: TestWorld) -> set[str]:
    return set(world.follow_ups(ISOBEL))


def test_what_happened_before_is_left_alone() -> None:
    with TestWorld() as world:
        switched_on_late(world)
        take_order(world, learnt("orders/updated", shopify_order(updated_at="2026-03-05T12:00:00+00:00")))
        world.live(days=10)
        assert not {"thank-you", "occasion"} & kinds(world)


def test_what_happens_from_now_on_is_not() -> None:
    with TestWorld() as world:
        switched_on_late(world)
        told(world, agreed(world), "date", "anniversary", "--04-12")
        world.live(days=40)
        assert "occasion" in kinds(world)


@pytest.mark.parametrize("rule", ["thank-you", "occasion"])
def test_the_owner_is_told_how_many_that_would_be_and_may_take_them(rule: str) -> None:
    with TestWorld() as world:
        switched_on_late(world)
        assert affected(world, rule) == 1
        assert affected(world, "care") == 0

        include_past(world, rule)
        world.live(days=1)

        assert rule in kinds(world)
        assert affected(world, rule) == 0


def test_what_is_too_late_already_is_not_even_then() -> None:
    with TestWorld() as world:
        switched_on_late(world)
        world.live(days=9)
        assert affected(world, "thank-you") == 0

        include_past(world, "thank-you")

        assert "thank-you" not in kinds(world)


def test_a_rule_that_is_not_on_has_no_past() -> None:
    with TestWorld() as world:
        world.work()
        with pytest.raises(NotFound, match="No rule"):
            include_past(world, "nonsense")


def test_where_nothing_ran_before_nothing_is_past() -> None:
    with TestWorld() as world:
        take_order(world, learnt("orders/create", shopify_order()))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        world.work()
        assert "thank-you" in kinds(world)
