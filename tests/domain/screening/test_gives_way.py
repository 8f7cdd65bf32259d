from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import HELD, SENDING, SENT, FollowUp
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Case, End, Hold, Send, cap, expired, gives_way
from chalicelib.domain.screening.gives_way import check
from chalicelib.domain.standing import COURTESY, SERVICE, with_heard
from chalicelib.domain.triggers import MOMENTS
from tests.support.histories import DAY, case_of, history, not_selling, selling, waiting
from tests.support.properties import HOUR, thorough
from tests.support.world import NOON, shipped_playbook

RANKED = [one.name for one in shipped_playbook().rules if one.trigger in MOMENTS]
FIRST, SECOND, LAST = waiting("voucher-runs-out"), waiting("care"), waiting("invitation")
THANKS = waiting("thank-you", message_class=COURTESY, role="buyer")


def held(one: FollowUp, why: str, look_at: datetime = NOON) -> FollowUp:
    return msgspec.structs.replace(one, state=HELD, reason=Reason(why), look_at=look_at)


def said(one: FollowUp, *others: FollowUp, heard: int = 0, most: int = 2, spacing: int = 0) -> str:
    known = history(follow_ups=[one, *others], standing={"heard": {f"h{n}": stamp(NOON - 9 * DAY) for n in range(heard)}})
    objection = check(case_of(known, one, manners={"cap": most, "spacing_days": spacing}))
    return str(objection.reason.facts.get("to", objection.reason.kind)) if objection is not None else ""


@pytest.mark.parametrize(
    ("others", "heard", "to"),
    [
        ([], 0, ""),
        ([FIRST], 0, ""),
        ([FIRST, SECOND], 0, "voucher-runs-out"),
        ([FIRST], 1, "voucher-runs-out"),
        ([THANKS], 1, "thank-you"),
        ([waiting("still-welcome")], 1, ""),
        ([waiting("receipt", message_class=SERVICE)], 1, ""),
        ([msgspec.structs.replace(FIRST, look_at=NOON + HOUR)], 1, ""),
        ([held(FIRST, "presumption", NOON + DAY)], 1, ""),
        ([held(FIRST, "inquiry-open", NOON + DAY)], 1, ""),
        ([held(FIRST, "quiet-hours")], 1, "voucher-runs-out"),
        ([held(FIRST, "cap")], 1, "voucher-runs-out"),
        ([msgspec.structs.replace(FIRST, state=SENT)], 1, ""),
        ([msgspec.structs.replace(FIRST, state=SENDING)], 1, ""),
    ],
    ids=[
        "nobody else",
        "there is room for both",
        "room for two of three",
        "room for one of two",
        "courtesy before all",
        "what stands below",
        "service counts for nothing",
        "not due yet",
        "it cannot go either",
        "nor can this",
        "the night is over for it, too",
        "the cap lets it go as well",
        "it has gone",
        "it is going",
    ],
)
def test_what_matters_more_goes_first(others: list[FollowUp], heard: int, to: str) -> None:
    assert said(LAST, *others, heard=heard) == to


@pytest.mark.parametrize(("spacing", "why"), [(9, ""), (10, "heard-lately"), (0, "")])
def test_one_thing_at_a_time_is_enough(spacing: int, why: str) -> None:
    assert said(LAST, heard=1, spacing=spacing) == why  # nine days ago


def test_with_some_days_between_there_is_room_for_one() -> None:
    assert said(LAST, FIRST, most=9, spacing=7) == "voucher-runs-out"


def test_it_looks_again_within_the_hour_and_its_count_stands_still() -> None:
    objection = check(case_of(history(follow_ups=[LAST, FIRST]), LAST, manners={"cap": 1}))
    assert objection == Hold(
        Reason("gives-way", {"to": "voucher-runs-out", "until": "2026-03-02T13:00:00Z"}), NOON + HOUR, restarts=True
    )


def test_of_two_alike_exactly_one_gives_way() -> None:
    one, other = waiting("care", "socks"), waiting("care", "ring")
    assert sorted([said(one, other, most=1), said(other, one, most=1)]) == ["", "care"]


@pytest.mark.parametrize("message_class", [SERVICE, COURTESY])
def test_receipts_and_thanks_give_way_to_nobody(message_class: str) -> None:
    @thorough
    @given(not_selling(message_class))
    def is_left_alone(found: Any) -> None:
        assert check(found) is None

    is_left_alone()


@thorough
@given(selling())
def test_it_lies_ahead_and_only_defers(found: Case) -> None:
    assert not isinstance(check(found), End)
    if isinstance(objection := check(found), Hold):
        assert objection.until > found.now
        assert objection.restarts


# --- lived through ---

everybody_waiting = st.lists(st.tuples(st.sampled_from([*RANKED, "thank-you"]), st.integers(0, 72)), min_size=1, max_size=7)


def live(all_: list[FollowUp], most: int, spacing: int = 0) -> list[tuple[datetime, FollowUp]]:
    """What goes when, by cap, expiry and giving way alone."""
    standing = history().standing
    left, now = list(all_), NOON
    went: list[tuple[datetime, FollowUp]] = []
    for _ in range(5000):
        if not left:
            return went
        now = max(now, min(one.look_at for one in left))
        one = min((one for one in left if one.look_at <= now), key=lambda one: (one.look_at, one.id))
        known = msgspec.structs.replace(history(follow_ups=left), standing=standing)
        found = case_of(known, one, now, manners={"cap": most, "spacing_days": spacing})
        verdict = next((said for one_of in (expired, cap, gives_way) if (said := one_of.check(found))), Send())
        left.remove(one)
        match verdict:
            case Hold():
                assert verdict.until > now
                left.append(
                    msgspec.structs.replace(one, state=HELD, reason=verdict.reason, look_at=verdict.until, expires_at=None)
                )
            case Send():
                went.append((now, one))
                standing = msgspec.structs.replace(standing, heard=with_heard(standing, one.id, now))
            case _:
                raise AssertionError(verdict)
    raise AssertionError("some wait for ever")


def drawn(pairs: list[tuple[str, int]]) -> list[FollowUp]:
    of_class = {"thank-you": COURTESY}
    return [
        waiting(name, str(n), due_at=at, look_at=at, expires_at=at + 5 * DAY, message_class=of_class.get(name, "marketing"))
        for n, (name, hours) in enumerate(pairs)
        for at in [NOON + hours * HOUR]
    ]


manners = given(everybody_waiting, st.integers(1, 3), st.sampled_from([0, 1, 10]))


@thorough
@manners
def test_all_of_them_go_in_the_end(pairs: list[tuple[str, int]], most: int, spacing: int) -> None:
    all_ = drawn(pairs)
    went = live(all_, most, spacing)
    assert {one.id for _, one in went} == {one.id for one in all_}
    assert went[-1][0] <= NOON + (len(all_) // most + 1) * 31 * DAY


@thorough
@manners
def test_never_more_than_the_cap_in_thirty_days(pairs: list[tuple[str, int]], most: int, spacing: int) -> None:
    times = [at for at, _ in live(drawn(pairs), most, spacing)]
    assert all(sum(at <= other < at + 30 * DAY for other in times) <= most for at in times)


@thorough
@manners
def test_never_two_offers_within_the_spacing(pairs: list[tuple[str, int]], most: int, spacing: int) -> None:
    went = live(drawn(pairs), most, spacing)
    for (before, _), (at, one) in pairwise(went):
        assert one.message_class == COURTESY or at >= before + spacing * DAY


@thorough
@given(st.lists(st.sampled_from(RANKED), min_size=1, max_size=7), st.integers(1, 3), st.sampled_from([0, 1, 10]))
def test_those_above_go_before_those_below(names: list[str], most: int, spacing: int) -> None:
    went = [one.rule for _, one in live(drawn([(name, 0) for name in names]), most, spacing)]
    firsts, expected = went[:most], sorted(names, key=RANKED.index)[:most]
    assert sorted(firsts) == sorted(expected)


def test_a_release_that_never_comes_holds_nobody_back() -> None:
    assert said(LAST, held(FIRST, "ask", NOON + 30 * DAY), most=1) == ""
