"""How often, and whether just now: what somebody chose on their own page, lived through."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.links import PREFERENCES
from chalicelib.domain.preferences import Wish, shown
from chalicelib.errors import Conflict
from chalicelib.stores import follow_ups, people, plans
from chalicelib.table import Put
from chalicelib.usecases.authorise import Ready, authorise
from chalicelib.usecases.compose import compose
from chalicelib.usecases.gather import gather
from chalicelib.usecases.lease import leased
from chalicelib.usecases.release import release
from chalicelib.usecases.restore import restore
from chalicelib.usecases.save_preferences import save_preferences
from tests.stories.test_selling import birthday, day_of, the
from tests.stories.test_time_brings import RING, buys, offers, told_by
from tests.support.known import ISOBEL, agreed, told
from tests.support.world import TestWorld

LABELS = ("birthday", "anniversary", "partner's birthday")


def chooses(world: TestWorld, person: str, *, pace: str = "", rests: int = 0) -> None:
    """As their page has it written: a pace, and a pause of so many days."""
    now = world.clock.now()
    standing = people.load_standing(world.table.get(people.standing_key(person)), person)
    until = stamp(now + timedelta(days=rests)) if rests else ""
    world.table.transact([people.chose(standing, now, pace=pace, paused_until=until), plans.look(person, now)], world.ids.token())


def dates(world: TestWorld, person: str, *days: int) -> None:
    for label, in_days in zip(LABELS, days, strict=False):
        birthday(world, person, in_days=in_days, label=label)


def test_who_wants_one_a_month_gets_one_a_month() -> None:
    with TestWorld() as world:
        person = agreed(world)
        told(world, person, "size", "rings", "N")
        chooses(world, person, pace="monthly")
        birthday(world, person, in_days=20)  # due on the 8th
        offers(world, since=date(2026, 3, 10))
        world.live(days=20)
        held = the(world, "something-for-you")
        assert held.state == "held"
        assert "no more than one such message in 30 days" in held.reason
        world.live(days=20)
        assert (day_of(world, "birthday"), day_of(world, "Foreshore ring")) == (date(2026, 3, 8), date(2026, 4, 7))


def test_the_owner_shortens_nobodys_wait() -> None:
    with TestWorld() as world:
        person = agreed(world)
        chooses(world, person, pace="monthly")
        dates(world, person, 20, 30)
        world.live(days=17)
        (held,) = (one for one in told_by(world, "occasion") if one.state == "held")
        with pytest.raises(Conflict, match="nobody shortens"):
            release(world, held.id)


def test_who_rests_hears_of_orders_alone_and_of_the_rest_when_it_is_over() -> None:
    with TestWorld() as world:
        person = agreed(world)
        told(world, person, "size", "rings", "N")
        chooses(world, person, rests=91)
        offers(world, since=date(2026, 3, 10))
        world.live(days=3)
        buys(world, RING)
        world.live(days=80)
        assert [kept.mail.stream for kept in world.mails(ISOBEL)] == ["service"]
        assert the(world, "something-for-you").state == "held"
        assert "left alone" in the(world, "something-for-you").reason
        assert the(world, "thank-you").state == "expired"
        world.live(days=10)
        assert day_of(world, "Foreshore ring") == date(2026, 6, 1)


def test_nobody_is_asked_whether_we_are_welcome_for_a_silence_that_they_asked_for() -> None:
    with TestWorld() as world:
        person = agreed(world, "newsletter/e-mail")
        world.live(days=300)
        chooses(world, person, rests=91)
        world.live(days=91 + 350)
        assert told_by(world, "still-welcome") == []
        world.live(days=20)
        assert [one.state for one in told_by(world, "still-welcome")] == ["sent"]


def test_who_wants_to_hear_of_orders_only_is_thanked_and_sold_nothing_and_may_think_again() -> None:
    with TestWorld() as world:
        person = agreed(world)
        dates(world, person, 20, 60, 90)
        world.live(days=1)
        chooses(world, person, pace="orders")
        world.live(days=1)
        assert [one.state for one in told_by(world, "occasion")] == ["cancelled"]
        assert "orders only" in the(world, "occasion").reason
        buys(world, RING)
        world.live(days=58)
        assert {one.mail.stream for one in world.mails(ISOBEL)} == {"service", "courtesy"}
        assert len(told_by(world, "occasion")) == 1
        chooses(world, person)
        world.live(days=40)
        sent = [one for one in told_by(world, "occasion") if one.state == "sent"]
        assert [one.due_at[:10] for one in sent] == ["2026-05-17"]  # what has passed meanwhile does not come down on them


def test_two_that_were_looked_at_together_do_not_both_slip_through() -> None:
    with TestWorld(spacing_days=0) as world:
        person = agreed(world)
        chooses(world, person, pace="monthly")
        dates(world, person, 20, 20)
        world.live(days=4)
        found = [one.id for one in told_by(world, "occasion")]
        world.clock.at = world.clock.at.replace(day=8, hour=11)
        first, second = gather(world, follow_ups.SHARDS[0], found)
        with leased(world, follow_ups.SHARDS[0]):
            for case, goes in ((first, 1), (second, 0)):
                assert case.rule is not None
                done = authorise(world, follow_ups.SHARDS[0], [Ready(case, compose(world, case))])
                assert len(done.ready) == goes


def test_what_the_first_changed_is_seen_by_whoever_looks_after_it() -> None:
    with TestWorld(spacing_days=0) as world:
        person = agreed(world)
        chooses(world, person, pace="monthly")
        dates(world, person, 20, 20)
        world.live(days=8)
        assert sorted(one.state for one in told_by(world, "occasion")) == ["held", "sent"]


def test_a_table_put_back_to_an_earlier_day_knows_what_they_chose_since() -> None:
    with TestWorld() as world:
        person = agreed(world)
        link = world.links.make(PREFERENCES, person, "", world.clock.now() + timedelta(days=90))
        before = world.table.get(people.standing_key(person))
        standing = people.load_standing(before, person)
        words = dict.fromkeys(standing.consents, "")
        wish = Wish(words, pace="orders", pause=True, seen=shown(standing, world.clock.now()))

        assert save_preferences(world, link, wish).errors == ()
        assert before is not None
        world.table.write(Put(before))
        restore(world, check=False)

        after = people.load_standing(world.table.get(people.standing_key(person)), person)
        assert (after.pace, after.paused_until[:10], {*after.consents}) == ("orders", "2026-06-01", {*standing.consents})
