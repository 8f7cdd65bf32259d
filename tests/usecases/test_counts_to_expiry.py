"""How long something waits: which hold stops the count to its expiry, and when the count goes on."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import EXPIRED, HELD, FollowUp
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Hold
from chalicelib.stores import follow_ups
from chalicelib.usecases.take_order import take_order
from tests.factories import follow_up, learnt, shopify_order, shopify_parcel
from tests.support.known import agreed
from tests.support.world import NOON, TestWorld

DAY = timedelta(days=1)
RING = {"id": 1, "title": "Tide ring", "quantity": 1, "price": "48.00", "properties": []}


def held(world: TestWorld, *holds: tuple[Hold, timedelta]) -> FollowUp:
    """The thank-you of the factories, after these holds, each so long after noon."""
    one = follow_up()
    world.sqlite.write(follow_ups.put(one))
    for hold, after in holds:
        (known,) = follow_ups.load_many(world.sqlite, [one.id]).values()
        world.sqlite.write(follow_ups.hold(known, hold, NOON + after))
    (known,) = follow_ups.load_many(world.sqlite, [one.id]).values()
    return known


def stops(until: timedelta) -> Hold:
    return Hold(Reason("cap"), NOON + until, restarts=True)


def runs(until: timedelta) -> Hold:
    return Hold(Reason("quiet-hours"), NOON + until)


def test_a_hold_that_stops_the_count_leaves_no_end() -> None:
    with TestWorld() as world:
        found = held(world, (stops(30 * DAY), 0 * DAY))
        assert (found.state, found.expires_at, found.look_at) == (HELD, None, NOON + 30 * DAY)


def test_a_hold_that_leaves_it_running_looks_no_later_than_its_end() -> None:
    with TestWorld() as world:
        found = held(world, (runs(30 * DAY), 0 * DAY))
        assert (found.expires_at, found.look_at) == (NOON + 5 * DAY, NOON + 5 * DAY)


def test_after_the_one_the_other_starts_it_anew() -> None:
    with TestWorld() as world:
        found = held(world, (stops(30 * DAY), 0 * DAY), (runs(31 * DAY), 30 * DAY))
        assert (found.expires_at, found.look_at) == (NOON + 35 * DAY, NOON + 31 * DAY)


def test_and_once_it_runs_it_runs() -> None:
    with TestWorld() as world:
        found = held(world, (stops(30 * DAY), 0 * DAY), (runs(31 * DAY), 30 * DAY), (runs(33 * DAY), 32 * DAY))
        assert found.expires_at == NOON + 35 * DAY


def test_a_presumption_does_not_wait_for_ever_because_of_an_order() -> None:
    """Quiet after the order stops the count; the presumption that it proves nothing does not."""
    with TestWorld() as world:
        person = agreed(world)
        now = stamp(NOON)
        order = shopify_order(line_items=[RING], created_at=now, updated_at=now)
        take_order(world, learnt("orders/create", order))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        seen = set()
        for _ in range(50):
            world.live(days=1)
            seen |= {one.reason.kind for one in _told(world, person)}
        (one,) = _told(world, person)
        assert {"quiet-window", "presumption"} <= seen
        assert (one.state, one.reason.kind) == (EXPIRED, "expired")


def _told(world: TestWorld, person: str) -> list[FollowUp]:
    return [one for one in follow_ups.of_person(world.sqlite, person) if one.anchor == "estuary-ring"]
