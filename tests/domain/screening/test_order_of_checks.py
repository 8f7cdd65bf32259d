from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import CANCELLED, EXPIRED, HANDED_OVER
from chalicelib.domain.money import Money
from chalicelib.domain.reason import KINDS
from chalicelib.domain.screening import CHECKS, Case, End, Hold, Send, screen
from chalicelib.domain.standing import SERVICE
from chalicelib.domain.voucher import Voucher
from tests.factories import case, follow_up
from tests.support.properties import HOUR, cases, thorough
from tests.support.world import NOON

NIGHT = NOON + 10 * HOUR
WAITING = Voucher("00000-00000", "p", "contract", "welcome", Money(1500, "GBP"), Money(0, "GBP"), NOON, NOON + HOUR, waits=True)

AGAINST: dict[str, dict[str, object]] = {
    "paused": {"paused": True},
    "standing": {"standing": {"stopped_at": stamp(NOON)}},
    "role": {"gift": None},
    "basis": {"country": "DE"},
    "precondition": {"rule": None},
    "expired": {"follow_up": follow_up(expires_at=NOON - HOUR)},
    "at_checkout": {"voucher": WAITING},
    "by_hand": {"manners": {"recipient_note": "by hand"}},
    "cap": {"standing": {"heard": {"a": stamp(NOON), "b": stamp(NOON)}}},
    "quiet_hours": {"now": NIGHT},
    "daily_budget": {"used_today": 200},
}
"""What makes each check object, alone."""

DOCUMENTED = (
    "paused",
    "standing",
    "role",
    "basis",
    "precondition",
    "expired",
    "at_checkout",
    "by_hand",
    "cap",
    "quiet_hours",
    "daily_budget",
)


def checks_by_name() -> dict[str, object]:
    return {check.__module__.rpartition(".")[2]: check for check in CHECKS}


def test_the_order_is_the_documented_one() -> None:
    assert tuple(checks_by_name()) == DOCUMENTED


def against(*names: str) -> Case:
    """A buyer's thank-you, or where the check is for recipients alone a note, to which all of these object."""
    changes: dict[str, object] = {}
    standing: dict[str, object] = {}
    for name in names:
        standing |= AGAINST[name].get("standing", {})  # type: ignore[call-overload]  # the dicts above
        changes |= AGAINST[name]
    if {"role", "by_hand"} & set(names):
        expires = {"expires_at": NOON - HOUR} if "expired" in names else {}
        changes["follow_up"] = follow_up(role="recipient", **expires)
    return case(**{**changes, "standing": standing})


@pytest.mark.parametrize("name", DOCUMENTED)
def test_each_check_can_object(name: str) -> None:
    objecting = [other for other, check in checks_by_name().items() if check(against(name))]  # type: ignore[operator]
    assert objecting == [name]


@pytest.mark.parametrize(
    ("first", "second"), [pair for pair in pairwise(DOCUMENTED) if pair != ("role", "basis")]
)  # of two roles
def test_the_earlier_objection_is_told(first: str, second: str) -> None:
    assert screen(against(first, second)) == screen(against(first))


def test_with_nothing_against_it_goes() -> None:
    assert screen(case()) == Send()


@thorough
@given(cases(message_class=SERVICE))
def test_service_is_never_held_by_manners(found: Case) -> None:
    verdict = screen(found)
    assert not isinstance(verdict, Hold) or verdict.reason.kind == "paused"


@thorough
@given(cases())
def test_every_verdict_is_one_of_three(found: Case) -> None:
    match screen(found):
        case Hold(reason, until):
            assert reason.kind in KINDS
            assert until > found.now
        case End(state, reason):
            assert state in (CANCELLED, EXPIRED, HANDED_OVER)
            assert reason.kind in KINDS
        case verdict:
            assert verdict == Send()


@thorough
@given(cases())
def test_what_goes_may_go(found: Case) -> None:
    if screen(found) != Send():
        return
    standing, message_class = found.standing, found.follow_up.message_class
    assert not found.paused
    assert not standing.never_at
    assert message_class == SERVICE or not standing.stopped_at
    assert found.address
    assert found.follow_up.expires_at is None or found.now <= found.follow_up.expires_at


@thorough
@given(cases())
def test_a_held_one_passes_that_check_later(found: Case) -> None:
    verdict = screen(found)
    if isinstance(verdict, Hold) and verdict.reason.kind in ("cap", "quiet-hours") and found.shop.manners.cap:
        later = screen(msgspec.structs.replace(found, now=verdict.until))
        assert not isinstance(later, Hold) or later.reason.kind != verdict.reason.kind
