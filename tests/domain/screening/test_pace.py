from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import CANCELLED, EXPIRED, FAILED, HANDED_OVER, HELD, PLANNED, SENDING, SENT, UNSURE, FollowUp
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Case, End, Hold, Send, cap, gives_way, pace
from chalicelib.domain.screening.pace import APART, check
from chalicelib.domain.standing import COURTESY, MONTHLY, ORDERS_ONLY, QUARTERLY, SERVICE, with_heard
from chalicelib.domain.triggers.gone import STAYS
from tests.support.histories import (
    DAY,
    by_hand,
    case_of,
    history,
    looked,
    not_selling,
    on,
    released_when_it_says,
    rule,
    selling,
    told,
    waiting,
    wrote,
)
from tests.support.properties import HOUR, thorough
from tests.support.world import NOON

SECOND = timedelta(seconds=1)
NEXT = waiting("care")


def of(chosen: str, *before: FollowUp, now: datetime = NOON, **known: Any) -> Case:
    return case_of(history(follow_ups=[NEXT, *before], standing={"pace": chosen}, **known), NEXT, now)


@pytest.mark.parametrize(("chosen", "days"), [(MONTHLY, 30), (QUARTERLY, 90)])
def test_the_next_one_waits_for_its_month_or_quarter(chosen: str, days: int) -> None:
    last = wrote(NOON - 10 * DAY, "invitation")
    until = NOON + (days - 10) * DAY
    assert check(of(chosen, last)) == Hold(Reason("pace", {"days": days, "until": stamp(until)}), until, restarts=True)
    assert check(of(chosen, last, now=until - SECOND)) is not None
    assert check(of(chosen, last, now=until)) is None


def test_who_chose_nothing_hears_as_often_as_the_shop_allows() -> None:
    assert check(of("", wrote(NOON - DAY))) is None


AGO = NOON - 10 * DAY


@pytest.mark.parametrize(
    ("before", "counts"),
    [
        (wrote(AGO, state=SENT), True),
        (wrote(AGO, state=SENDING, sent_at=None, authorised_at=AGO), True),
        (wrote(AGO, state=UNSURE, sent_at=None, authorised_at=AGO), True),
        (wrote(AGO, "letter", state=HANDED_OVER, sent_at=None), True),
        (wrote(AGO, state=PLANNED, sent_at=None), False),
        (wrote(AGO, state=HELD, sent_at=None), False),
        (wrote(AGO, state=CANCELLED, sent_at=None), False),
        (wrote(AGO, state=EXPIRED, sent_at=None), False),
        (wrote(AGO, state=FAILED, sent_at=None), False),
        (wrote(AGO, "thank-you", message_class=COURTESY), False),
        (wrote(AGO, "receipt", message_class=SERVICE), False),
        (wrote(NOON - 60 * DAY, sent_at=AGO), True),
        (wrote(NOON - 60 * DAY, state=SENDING, sent_at=None, authorised_at=AGO), True),
        (msgspec.structs.replace(NEXT, state=SENDING, authorised_at=AGO), False),
    ],
    ids=[
        "sent",
        "on its way",
        "in doubt",
        "by hand",
        "planned",
        "held",
        "called off",
        "too late",
        "refused",
        "a thank-you",
        "a receipt",
        "due long ago, sent lately",
        "due long ago, on its way",
        "its own retry",
    ],
)
def test_what_sells_and_may_have_reached_them_counts(before: FollowUp, *, counts: bool) -> None:
    assert (check(of(MONTHLY, before)) is not None) == counts


LETTER = wrote(NOON - 40 * DAY, "letter", state=HANDED_OVER, sent_at=None)


@pytest.mark.parametrize(("outcome", "counts"), [("", True), ("posted", True), ("given up", False)])
def test_a_letter_counts_from_when_it_was_handed_over_unless_it_was_given_up(outcome: str, *, counts: bool) -> None:
    task = msgspec.structs.replace(by_hand("letter", AGO, AGO if outcome else None, outcome), id=LETTER.id)
    assert (check(of(MONTHLY, LETTER, tasks=[task])) is not None) == counts


# --- orders only ---


def test_who_wants_to_hear_of_orders_only_is_sold_nothing() -> None:
    assert check(of(ORDERS_ONLY)) == End(CANCELLED, Reason("orders-only"))


def test_it_is_called_off_at_once_and_nothing_is_planned() -> None:
    known = history(follow_ups=[waiting("care", due_at=NOON + DAY)], facts=[told("date", "birthday", "--03-18")])
    assert looked(known).plan
    only = msgspec.structs.replace(known, standing=msgspec.structs.replace(known.standing, pace=ORDERS_ONLY))
    ahead = looked(only)
    assert ahead.plan == ahead.plan_again == ()
    assert [why.kind for _, why in ahead.call_off] == ["orders-only"]


def test_who_changes_back_hears_of_what_is_still_due() -> None:
    known = history(facts=[told("date", "birthday", "--03-20")])
    (birthday,) = (one for one in looked(known, on(2026, 3, 4)).plan if one.rule == "occasion")
    gone = msgspec.structs.replace(birthday, state=CANCELLED, reason=Reason("orders-only"))
    again = msgspec.structs.replace(known, follow_ups=(gone,))
    assert "orders-only" not in STAYS
    assert [one.id for one in looked(again, on(2026, 3, 6)).plan_again] == [birthday.id]
    assert looked(again, on(2026, 3, 25)).plan_again == ()


# --- properties ---


@thorough
@given(selling(), st.sampled_from([MONTHLY, QUARTERLY]))
def test_it_is_released_when_it_says(found: Case, chosen: str) -> None:
    standing = msgspec.structs.replace(found.standing, pace=chosen)
    paced = msgspec.structs.replace(found, standing=standing)
    objection = check(paced)
    released_when_it_says(check, paced)
    if isinstance(objection, Hold):
        assert objection.restarts
        assert check(msgspec.structs.replace(paced, now=objection.until)) is None


@pytest.mark.parametrize("message_class", [SERVICE, COURTESY])
def test_receipts_and_thanks_keep_their_own_time(message_class: str) -> None:
    @thorough
    @given(not_selling(message_class), st.sampled_from([MONTHLY, QUARTERLY, ORDERS_ONLY]))
    def is_left_alone(found: Case, chosen: str) -> None:
        assert check(msgspec.structs.replace(found, standing=msgspec.structs.replace(found.standing, pace=chosen))) is None

    is_left_alone()


RULES = ["voucher-runs-out", "care", "something-for-you", "invitation"]
many = st.lists(st.tuples(st.sampled_from(RULES), st.sampled_from([0, 0, 0, 30])), min_size=1, max_size=5)


@thorough
@given(many, st.sampled_from([MONTHLY, QUARTERLY]), st.sampled_from([0, 3]))
def test_lived_through_no_two_are_nearer_than_they_want_and_all_go(
    drawn: list[tuple[str, int]], chosen: str, spacing: int
) -> None:
    standing = history(standing={"pace": chosen}).standing
    left = [waiting(name, str(n), look_at=NOON + hours * HOUR) for n, (name, hours) in enumerate(drawn)]
    gone: list[FollowUp] = []
    now = NOON
    for _ in range(5000):
        if not left:
            break
        now = max(now, min(one.look_at for one in left))
        one = min((one for one in left if one.look_at <= now), key=lambda one: (one.look_at, one.id))
        known = msgspec.structs.replace(history(follow_ups=[*left, *gone]), standing=standing)
        found = case_of(known, one, now, rule=rule(one.rule), manners={"spacing_days": spacing})
        verdict: Any = next((said for of_ in (pace, cap, gives_way) if (said := of_.check(found))), Send())
        left.remove(one)
        if isinstance(verdict, Hold):
            left.append(msgspec.structs.replace(one, state=HELD, reason=verdict.reason, look_at=verdict.until))
        else:
            gone.append(msgspec.structs.replace(one, state=SENT, sent_at=now, authorised_at=now))
            standing = msgspec.structs.replace(standing, heard=with_heard(standing, one.id, now))
    assert not left
    times = sorted(one.sent_at for one in gone if one.sent_at is not None)
    assert all(after - before >= APART[chosen] for before, after in pairwise(times))
    if all(hours == 0 for _, hours in drawn):
        assert gone[0].rule == min((name for name, _ in drawn), key=RULES.index)
