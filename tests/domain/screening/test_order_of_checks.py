from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import CANCELLED, EXPIRED, HANDED_OVER
from chalicelib.domain.money import Money
from chalicelib.domain.reason import KINDS
from chalicelib.domain.screening import CHECKS, Case, End, Hold, Send, screen
from chalicelib.domain.standing import MARKETING, SERVICE
from chalicelib.domain.voucher import Voucher
from tests.factories import case, follow_up
from tests.support import histories as known
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
    "once": {"rule": {"once": "person"}, "standing": {"had": {"thank-you": f"{stamp(NOON)} another"}}},
    "expired": {"follow_up": follow_up(expires_at=NOON - HOUR)},
    "asked": {"rule": {"mode": "ask"}},
    "at_checkout": {"voucher": WAITING},
    "rests": {"standing": {"paused_until": stamp(NOON + 90 * known.DAY)}, "history": {}},
    "pace": {"standing": {"pace": "orders"}, "history": {}},
    "unhappy": {"history": {"inquiries": [known.inquiry(NOON)]}},
    "undelivered": {"history": {"orders": (known.bought(NOON - 30 * known.DAY),)}},
    "quiet_window": {"history": {"orders": (known.arrived(known.bought(NOON - 5 * known.DAY), NOON),)}},
    "evidence": {"rule": {"needs": ("interest",)}},
    "response": {"history": {"follow_ups": [known.wrote(NOON - n * known.DAY) for n in (9, 10)]}},
    "by_hand": {"manners": {"recipient_note": "by hand"}},
    "cap": {"standing": {"heard": {"a": stamp(NOON), "b": stamp(NOON)}}},
    "gives_way": {"standing": {"heard": {"a": stamp(NOON)}}},
    "quiet_hours": {"now": NIGHT},
    "daily_budget": {"used_today": 200},
}
"""What makes each check object, alone. `history`: then it is marketing, since that binds nothing else."""

SELLING = ("rests", "pace", "unhappy", "undelivered", "quiet_window", "evidence", "response", "gives_way")
NOTES = ("role", "by_hand")
DOCUMENTED = (
    "paused",
    "standing",
    "role",
    "basis",
    "precondition",
    "once",
    "expired",
    "asked",
    "at_checkout",
    "rests",
    "pace",
    "unhappy",
    "undelivered",
    "quiet_window",
    "evidence",
    "response",
    "by_hand",
    "cap",
    "gives_way",
    "quiet_hours",
    "daily_budget",
)


def checks_by_name() -> dict[str, object]:
    return {check.__module__.rpartition(".")[2]: check for check in CHECKS}


def test_the_order_is_the_documented_one() -> None:
    assert tuple(checks_by_name()) == DOCUMENTED


def _add(part: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        before = part.get(key)
        part[key] = value if before is None else {**before, **value} if isinstance(value, dict) else (*before, *value)


def against(*names: str) -> Case:
    """A buyer's thank-you to which all of these object; where one is for recipients alone a note, where one is for marketing alone an offer."""
    parts: dict[str, dict[str, Any]] = {"standing": {}, "rule": {}, "history": {}}
    changes: dict[str, Any] = {}
    for name in names:
        for key, value in AGAINST[name].items():
            if isinstance(value, dict) and key in parts:
                _add(parts[key], value)
            else:
                changes[key] = value
    one = changes.pop("follow_up", follow_up())
    if {*NOTES} & {*names}:
        one = msgspec.structs.replace(one, role="recipient")
    if {*SELLING} & {*names}:
        one = msgspec.structs.replace(one, message_class=MARKETING)
        agreed = {} if "basis" in names else {"newsletter/e-mail": stamp(known.LONG_AGO)}
        parts["standing"] = {"consents": agreed, **parts["standing"]}
        changes["history"] = known.history(**parts["history"])
        if "evidence" in names:
            one = msgspec.structs.replace(one, extra={"category": "rings"})
    return case(**{"rule": parts["rule"], "follow_up": one, "standing": parts["standing"], **changes})


@pytest.mark.parametrize("name", DOCUMENTED)
def test_each_check_can_object(name: str) -> None:
    objecting = [other for other, check in checks_by_name().items() if check(against(name))]  # type: ignore[operator]
    assert objecting == [name]


PAIRS = [pair for pair in pairwise(DOCUMENTED) if not (set(pair) & {*NOTES} and set(pair) & {"basis", *SELLING})]
"""But for those of two roles, which nothing can be at once."""


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_earlier_objection_is_told(first: str, second: str) -> None:
    told, expected = screen(against(first, second)), screen(against(first))
    assert told == expected
    assert told != screen(against(second))


def test_with_nothing_against_it_goes() -> None:
    assert screen(case()) == Send()


@thorough
@given(cases(message_class=SERVICE))
def test_service_is_never_held_by_manners(found: Case) -> None:
    verdict = screen(found)
    assert not isinstance(verdict, Hold) or verdict.reason.kind == "paused"


def assert_one_of_three(found: Case) -> None:
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
@given(known.selling())
def test_every_verdict_on_an_offer_is_one_of_three(found: Case) -> None:
    assert_one_of_three(found)


@thorough
@given(known.selling())
def test_what_is_sold_may_be_sold(found: Case) -> None:
    if screen(found) != Send():
        return
    assert found.rule is not None
    assert found.history is not None
    assert f"{found.rule.purpose}/{found.rule.channel}" in found.standing.consents
    assert not any((found.standing.stopped_at, found.standing.never_at, found.standing.unreachable_at))
    assert not any(one.is_open for one in found.history.inquiries)
    assert found.rule.mode == "on" or found.follow_up.released_at
    assert found.rule.channel == "e-mail"


@thorough
@given(cases())
def test_every_verdict_is_one_of_three(found: Case) -> None:
    assert_one_of_three(found)


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
