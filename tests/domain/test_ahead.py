from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.ahead import AHEAD, LOOK_AGAIN, Ahead, still_wanted
from chalicelib.domain.calendar import stamp
from chalicelib.domain.fact import DATE, LIKES, NEVER
from chalicelib.domain.follow_up import CANCELLED, EXPIRED, HELD, SENT, FollowUp
from chalicelib.domain.history import History
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.reason import Reason
from tests.support.histories import (
    DAY,
    LONG_AGO,
    after,
    arrived,
    bought,
    by_hand,
    histories,
    history,
    looked,
    on,
    outlook,
    sent_back,
    told,
    voucher,
    wrote,
)
from tests.support.properties import thorough
from tests.support.world import NOON, shipped_playbook

BIRTHDAY = told(DATE, "birthday", "--03-18")
"""Of which is told on 4 March, two days from now."""

SOON = history(facts=[BIRTHDAY])
SOCKS = bought(on(2025, 6, 5))
"""Good until 5 March 2026."""


def rules(found: Ahead) -> list[str]:
    return [one.rule for one in found.plan]


def the_one(found: Ahead) -> FollowUp:
    (one,) = found.plan
    return one


def planned(known: History, now: datetime = NOON) -> History:
    return after(known, looked(known, now))


def ended(known: History, state: str, why: str = "sent") -> History:
    ends = [msgspec.structs.replace(one, state=state, reason=Reason(why)) for one in known.follow_ups]
    return msgspec.structs.replace(known, follow_ups=tuple(ends))


def test_what_is_due_within_a_week_is_planned() -> None:
    one = the_one(looked(SOON))
    assert (one.rule, stamp(one.due_at), one.due_at, one.look_at) == ("occasion", "2026-03-04T10:00:00Z", one.look_at, one.due_at)
    assert (one.role, one.message_class, one.extra["label"]) == ("contact", "marketing", "birthday")


def test_what_is_due_later_is_looked_at_in_time() -> None:
    known = history(facts=[told(DATE, "birthday", "--03-30")])  # told of on the 16th
    found = looked(known)
    assert (found.plan, stamp(found.look_at)) == ((), "2026-03-09T10:00:00Z")
    assert rules(looked(known, found.look_at)) == ["occasion"]


def test_what_is_too_late_is_not_planned_at_all() -> None:
    assert looked(history(facts=[told(DATE, "birthday", "--03-08")])).plan == ()  # it was due on 22 February


def test_whoever_told_us_late_is_still_told_in_time() -> None:
    assert rules(looked(history(facts=[told(DATE, "birthday", "--03-14", NOON)]))) == ["occasion"]


@pytest.mark.parametrize(
    "standing",
    [{"consents": {}}, {"consents": {"care/e-mail": stamp(LONG_AGO)}}, {"stopped_at": stamp(NOON)}, {"never_at": stamp(NOON)}],
)
def test_nothing_is_planned_that_nobody_agreed_to(standing: dict[str, Any]) -> None:
    assert looked(history(facts=[BIRTHDAY], standing=standing)).plan == ()


def test_a_bounced_address_is_written_letters_alone() -> None:
    bounced = history(facts=[BIRTHDAY], standing={"unreachable_at": stamp(NOON - DAY), "unreachable_why": "bounced"})
    assert rules(looked(bounced)) == ["letter"]


def test_who_is_beyond_mail_gets_a_letter_in_place_of_it() -> None:
    ignored = [wrote(on(2025, 10, 28)), wrote(on(2025, 11, 30))]  # patience ended on 25 February
    assert rules(looked(history(facts=[BIRTHDAY], follow_ups=ignored))) == ["letter"]


# --- a rule that is switched on, or off ---


def test_a_rule_switched_on_leaves_what_was_due_before_alone() -> None:
    known = history(facts=[told(DATE, "birthday", "--03-14", NOON)])  # due on 28 February
    assert rules(looked(known, on_since={"occasion": on(2026, 2, 28, 9)})) == ["occasion"]
    assert rules(looked(known, on_since={"occasion": on(2026, 2, 28, 11)})) == []
    assert rules(looked(SOON, on_since={"occasion": NOON})) == ["occasion"]


def test_a_rule_switched_off_plans_nothing() -> None:
    off = Playbook(tuple(msgspec.structs.replace(one, mode="off") for one in shipped_playbook().rules))
    assert looked(SOON, playbook=off).plan == ()


def test_what_waits_is_left_for_the_checks_when_its_rule_goes() -> None:
    without = Playbook(tuple(one for one in shipped_playbook().rules if one.name != "occasion"))
    found = looked(planned(SOON), playbook=without)
    assert (found.call_off, found.move) == ((), ())


# --- what changes ---


@pytest.mark.parametrize("state", [SENT, EXPIRED, CANCELLED])
def test_once_is_once(state: str) -> None:
    assert looked(ended(planned(SOON), state, "erased")) == Ahead(look_at=looked(planned(SOON)).look_at)


def test_what_came_back_true_is_planned_again() -> None:
    gone = ended(planned(SOON), CANCELLED, "never-this-occasion")
    again = looked(gone)
    assert ([one.rule for one in again.plan_again], again.plan) == (["occasion"], ())


def test_never_calls_it_off() -> None:
    known = planned(SOON)
    refused = msgspec.structs.replace(known, facts=(BIRTHDAY, told(NEVER, "birthday", "yes")))
    assert looked(refused).call_off == ((known.follow_ups[0].id, Reason("never-this-occasion")),)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (bought(on(2026, 3, 1), key="new"), "ordered-since"),
        (sent_back(SOCKS, on(2025, 6, 20)), "returned"),
        (msgspec.structs.replace(SOCKS, cancelled_at=NOON), "returned"),
    ],
)
def test_a_care_reminder_ends_with_what_it_is_about(changed: Any, why: str) -> None:
    known = planned(history(SOCKS))
    orders = {one.key: one for one in (SOCKS, changed)}
    found = looked(msgspec.structs.replace(known, orders=tuple(orders.values())))
    (care,) = (one.id for one in known.follow_ups if one.rule == "care")
    assert dict(found.call_off)[care].kind == why


def test_a_spent_voucher_needs_no_reminder() -> None:
    known = planned(history(vouchers=[voucher(on(2026, 3, 12))]))
    spent = msgspec.structs.replace(known, vouchers=(voucher(on(2026, 3, 12), redeemed_by="shopify:x:1"),))
    assert [why.kind for _, why in looked(spent).call_off] == ["redeemed"]


def test_a_day_that_moved_moves_its_mail() -> None:
    known = planned(SOON)
    moved = msgspec.structs.replace(known, facts=(told(DATE, "birthday", "--03-20"),))
    (one,) = looked(moved).move
    assert (stamp(one.due_at), one.extra["date"]) == ("2026-03-06T10:00:00Z", "2026-03-20")


def test_a_day_that_moved_far_away_takes_its_mail_along() -> None:
    moved = msgspec.structs.replace(planned(SOON), facts=(told(DATE, "birthday", "--11-30"),))
    found = looked(moved)
    assert [stamp(one.due_at) for one in found.move] == ["2026-11-16T10:00:00Z"]
    assert found.call_off == ()


def test_an_arrival_that_is_told_late_moves_the_reminder() -> None:
    known = planned(history(SOCKS))
    late = msgspec.structs.replace(known, orders=(arrived(SOCKS, on(2025, 6, 30)),))
    assert [stamp(one.due_at) for one in looked(late).move] == ["2026-03-30T09:00:00Z"]


def test_what_it_says_changes_without_its_time() -> None:
    known = planned(history(SOCKS))
    assert SOCKS.view is not None
    lines = (msgspec.structs.replace(SOCKS.view.lines[0], title="Lambswool socks, grey"),)
    renamed = msgspec.structs.replace(SOCKS, view=msgspec.structs.replace(SOCKS.view, lines=lines))
    found = looked(msgspec.structs.replace(known, orders=(renamed,)))
    assert ([one.extra["item"] for one in found.reword], found.move) == (["Lambswool socks, grey"], ())


def test_moving_does_not_drop_what_a_hold_deferred() -> None:
    known = planned(history(SOCKS))
    held = [msgspec.structs.replace(one, state=HELD, reason=Reason("cap"), expires_at=None) for one in known.follow_ups]
    earlier = msgspec.structs.replace(known, orders=(arrived(SOCKS, on(2025, 6, 2)),), follow_ups=tuple(held))
    found = looked(earlier, on(2026, 5, 1))
    assert [one.expires_at for one in found.move] == [None]


# --- whatever somebody's history ---

nows = st.integers(0, 500).map(lambda days: NOON + days * DAY)


@thorough
@given(histories(), nows)
def test_the_next_look_is_neither_past_nor_far(known: History, now: datetime) -> None:
    found = looked(known, now)
    assert now < found.look_at <= now + LOOK_AGAIN


@thorough
@given(histories(), nows)
def test_looking_twice_does_nothing_new(known: History, now: datetime) -> None:
    found = looked(known, now)
    again = looked(after(known, found), now)
    assert (again.plan, again.plan_again, again.move, again.reword, again.call_off) == ((), (), (), (), ())
    assert again.look_at == found.look_at


@thorough
@given(histories(), nows, st.randoms(use_true_random=False))
def test_no_order_of_what_is_known_matters(known: History, now: datetime, chance: Any) -> None:
    def shuffled(some: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(chance.sample(some, len(some)))

    other = msgspec.structs.replace(
        known,
        orders=shuffled(known.orders),
        facts=shuffled(known.facts),
        follow_ups=shuffled(known.follow_ups),
        inquiries=shuffled(known.inquiries),
    )
    one, two = looked(known, now), looked(other, now)
    assert one.look_at == two.look_at
    assert {each.id: each for each in one.plan} == {each.id: each for each in two.plan}


@thorough
@given(histories(), nows)
def test_what_is_planned_is_still_wanted_at_once(known: History, now: datetime) -> None:
    for one in looked(known, now).plan:
        rule = shipped_playbook().named(one.rule)
        assert rule is not None
        assert still_wanted(rule, one, outlook(known, now)) is None


@thorough
@given(histories(), nows)
def test_what_is_planned_may_still_go(known: History, now: datetime) -> None:
    for one in looked(known, now).plan:
        assert one.due_at <= now + AHEAD
        assert one.expires_at is not None
        assert now <= one.expires_at


@thorough
@given(histories(), nows)
def test_nobody_gets_two_of_one(known: History, now: datetime) -> None:
    ids = [one.id for one in looked(known, now).plan]
    assert len(ids) == len({*ids})


@thorough
@given(histories(), st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_whenever_one_looks_it_is_the_same_mail(known: History, days: list[int]) -> None:
    """Looking more often finds the same, and nothing twice."""
    now, seldom = NOON, known
    while now < NOON + 60 * DAY:
        found = looked(seldom, now)
        seldom, now = after(seldom, found), found.look_at
    often = known
    for day in sorted({*days, *range(0, 61, 5)}):
        often = after(often, looked(often, NOON + day * DAY))
    assert {one.id for one in often.follow_ups} <= {one.id for one in seldom.follow_ups} | {
        one.id for one in looked(seldom, NOON + 60 * DAY).plan
    }


@thorough
@given(histories(), nows, st.integers(-30, 30))
def test_on_since_takes_away_and_never_adds(known: History, now: datetime, days: int) -> None:
    since = now + days * DAY
    found = looked(known, now, on_since={rule.name: since for rule in shipped_playbook().rules})
    assert {one.id for one in found.plan} <= {one.id for one in looked(known, now).plan}
    assert all(one.due_at >= since for one in found.plan)


def test_a_letter_that_nobody_answered_is_followed_by_a_call_in_time() -> None:
    ignored = [wrote(on(2025, 9, 1)), wrote(on(2025, 10, 1))]
    known = history(follow_ups=ignored, tasks=[by_hand("letter", on(2026, 1, 1), on(2026, 1, 5), "posted")])
    found = looked(known, on(2026, 4, 10))
    assert found.look_at <= on(2026, 5, 5)
    assert rules(looked(known, on(2026, 5, 5))) == ["call"]


def test_the_past_of_a_consent_is_told_once_it_is_given() -> None:
    agreed_late = history(facts=[told(LIKES, "socks", "yes")], agreed_at=NOON - timedelta(hours=4))
    assert "something-for-you" in rules(looked(agreed_late))
