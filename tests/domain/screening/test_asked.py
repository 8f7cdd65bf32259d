from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given

from chalicelib.domain.follow_up import EXPIRED
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Case, End, Hold
from chalicelib.domain.screening.asked import WAITS_FOR, check
from chalicelib.domain.standing import COURTESY, SERVICE
from tests.factories import case, follow_up
from tests.support.histories import DAY, case_of, history, not_selling, released_when_it_says, rule, selling, waiting
from tests.support.properties import thorough
from tests.support.world import NOON

ASKED = case_of(history(), rule=rule("care", mode="ask"))
MONTH = NOON + WAITS_FOR


def at(now: object, **changes: object) -> Case:
    return msgspec.structs.replace(ASKED, now=now, **changes)


def test_a_rule_that_asks_waits_for_a_yes() -> None:
    assert check(ASKED) == Hold(Reason("ask", {"until": "2026-04-01T12:00:00Z"}), NOON + DAY, restarts=True)


def test_a_yes_lets_it_go() -> None:
    assert check(at(NOON, follow_up=waiting("care", released_at=NOON))) is None


@pytest.mark.parametrize("mode", ["on", "off"])
def test_other_rules_ask_nobody(mode: str) -> None:
    assert check(case_of(history(), rule=rule("care", mode=mode))) is None


def test_a_month_without_a_word_is_a_no() -> None:
    assert isinstance(check(at(MONTH)), Hold)
    assert check(at(MONTH + timedelta(seconds=1))) == End(EXPIRED, Reason("not-asked-for", {"due": "2026-03-02T12:00:00Z"}))


def test_courtesy_may_be_asked_about_too() -> None:
    assert isinstance(check(case(follow_up=follow_up(message_class=COURTESY), rule={"mode": "ask"})), Hold)


def test_one_whose_rule_is_gone_is_left_to_another_check() -> None:
    assert check(at(NOON, rule=None)) is None


@thorough
@given(not_selling(SERVICE))
def test_service_mail_waits_for_nobody(found: Case) -> None:
    assert check(found) is None


@thorough
@given(selling())
def test_it_is_looked_at_again_until_its_end(found: Case) -> None:
    released_when_it_says(check, found)
