"""A forecast's numbers, from what a rehearsal showed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import follow_up as fu
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.forecast import (
    AT_ONCE,
    MANY,
    Difference,
    Forecast,
    Mailed,
    OfRule,
    Seen,
    differences,
    forecast,
    most_within,
)
from chalicelib.domain.reason import Reason
from chalicelib.domain.standing import COURTESY, SERVICE
from tests.factories import follow_up
from tests.support.world import NOON, demo_shop, shipped_playbook

DAY = timedelta(days=1)
CAP = Reason("cap", {"count": 2, "until": "2026-03-09T10:00:00Z"})


def told(*after: FollowUp, mailed: tuple[Mailed, ...] = (), **seen: Any) -> Forecast:
    plain = Seen(starts_at=NOON, days=30, before=(), after=after, held={}, mailed=mailed, people=10)
    return forecast(msgspec.structs.replace(plain, **seen), shipped_playbook(), demo_shop())


def of(made: Forecast, rule: str = "thank-you") -> OfRule:
    (found,) = [one for one in made.rules if one.rule == rule]
    return found


def mail(person: str = "p1", days: float = 0, *, rule: str = "thank-you", of_class: str = COURTESY) -> Mailed:
    return Mailed(f"{person}-{rule}-{days}", person, rule, of_class, NOON + days * DAY)


def one(n: int, state: str, reason: str = "arrived") -> FollowUp:
    return follow_up(id=f"p{n}-{n}", person=f"p{n}", state=state, reason=Reason(reason))


# --- rule by rule ---


def test_people_and_messages_are_counted_apart() -> None:
    found = of(told(mailed=(mail("p1"), mail("p1", 9), mail("p2"))))
    assert (found.people, found.sent) == (2, 3)


def test_each_ending_is_counted_under_its_reason() -> None:
    found = of(
        told(
            one(1, fu.CANCELLED, "stopped"),
            one(2, fu.CANCELLED, "stopped"),
            one(3, fu.CANCELLED, "no-address"),
            one(4, fu.EXPIRED, "expired"),
            one(5, fu.HANDED_OVER, "by-hand-shop"),
            one(6, fu.PLANNED),
            one(7, fu.UNSURE),
        )
    )
    assert found.cancelled == {"stopped": 2, "no-address": 1}
    assert (found.expired, found.by_hand, found.waiting, found.failed) == (1, {"by-hand-shop": 1}, 1, 1)


def test_what_had_ended_before_is_not_in_it() -> None:
    old = one(1, fu.CANCELLED, "stopped")
    assert of(told(old, before=(old,))).messages == 0


def test_what_was_planned_anew_after_it_was_called_off_is_in_it() -> None:
    assert of(told(one(1, fu.PLANNED), before=(one(1, fu.CANCELLED, "order-off"),))).waiting == 1


def test_a_message_that_was_held_and_then_went_shows_why_it_was_held() -> None:
    found = of(told(one(1, fu.SENT, "sent"), held={"p1-1": {"cap": CAP, "quiet-hours": Reason("quiet-hours")}}, mailed=(mail(),)))
    assert found.held == {"cap": 1, "quiet-hours": 1}
    assert found.still_held == {}


def test_what_is_held_now_counts_though_nobody_looks_at_it_again() -> None:
    waiting = msgspec.structs.replace(one(1, fu.HELD), reason=CAP)
    found = of(told(waiting, before=(waiting,)))
    assert found.held == found.still_held == {"cap": 1}


def test_a_reason_is_told_in_the_owners_words() -> None:
    made = told(msgspec.structs.replace(one(1, fu.HELD), reason=CAP))
    assert made.words["cap"].startswith("They have heard from us twice in 30 days")


def test_a_rule_that_the_owner_took_out_still_has_its_line() -> None:
    assert of(told(follow_up(rule="old-habit", state=fu.CANCELLED, reason=Reason("rule-gone"))), "old-habit").mode == "gone"


# --- person by person ---


@pytest.mark.parametrize(("days", "most"), [((0, 10, 20), 3), ((0, 15, 30), 2), ((0, 29.99), 2), ((0, 30), 1), ((), 0)])
def test_the_fullest_month(days: tuple[float, ...], most: int) -> None:
    assert most_within([NOON + n * DAY for n in days], 30 * DAY) == most


@given(st.lists(st.integers(0, 200), max_size=12), st.integers(1, 40))
def test_the_fullest_span_is_no_other_than_by_counting_each(days: list[int], span: int) -> None:
    counted = max((sum(first <= day < first + span for day in days) for first in days), default=0)
    assert most_within([NOON + day * DAY for day in days], span * DAY) == counted


def test_who_hears_nothing_is_counted_too() -> None:
    assert told(mailed=(mail("p1"), mail("p1", 9), mail("p2"))).densest == {0: 8, 1: 1, 2: 1}


def test_what_they_heard_lately_counts_and_service_does_not() -> None:
    heard = follow_up(id="p1-0", person="p1", state=fu.SENT, sent_at=NOON - 10 * DAY)
    made = told(before=(heard,), mailed=(mail("p1"), mail("p1", 1, rule="receipt", of_class=SERVICE)))
    assert made.densest == {0: 9, 2: 1}


def test_nobody_is_named() -> None:
    made = told(one(1, fu.HELD), mailed=(mail("isobelisobelisobel77"),))
    assert "isobel" not in str(msgspec.to_builtins(made, str_keys=True))


# --- what would surprise ---


def surprises(made: Forecast) -> str:
    return "\n".join(made.surprises)


def test_a_day_on_which_more_than_half_of_the_budget_goes() -> None:
    made = told(mailed=tuple(mail(f"p{n}", 1 + n % 2) for n in range(203)))
    assert (
        "On 3 March 102 messages would go, more than half of the 200 that you allow in a day, and on 1 more day."
        in made.surprises
    )


def test_a_rule_that_writes_to_many_at_once() -> None:
    made = told(mailed=tuple(mail(f"p{n}") for n in range(AT_ONCE + 1)))
    assert f"thank-you would write to {AT_ONCE + 1} people on one day, 2 March." in made.surprises


def test_many_held_by_one_reason() -> None:
    made = told(*(msgspec.structs.replace(one(n, fu.HELD), reason=CAP) for n in range(MANY)))
    assert f"{MANY} messages would be held for one reason, such as: They have heard from us twice" in surprises(made)


def test_a_rule_from_which_nobody_would_hear() -> None:
    assert "Nobody would hear from confirm-address" in surprises(told())


def test_a_rule_of_which_nothing_would_go_though_there_would_be_some() -> None:
    made = told(one(1, fu.CANCELLED, "no-consent"), one(2, fu.CANCELLED, "no-consent"))
    assert "Nothing would go by thank-you, though there would be 2 messages." in made.surprises


def test_what_grows_too_late() -> None:
    assert (
        "1 message would grow too late and never go, most of them by thank-you (1)."
        in told(one(1, fu.EXPIRED, "expired")).surprises
    )


def test_what_cannot_be_written() -> None:
    broken = Reason("unrenderable", {"detail": "templates/email/thank-you/body.txt: 'nmae' is undefined"})
    made = told(msgspec.structs.replace(one(1, fu.HELD), reason=broken))
    assert "Something cannot be written as it stands." in surprises(made)
    assert "nmae" in surprises(made)


# --- two side by side ---


def test_two_forecasts_differ_rule_by_rule() -> None:
    now, then = told(mailed=(mail("p1"),)), told(mailed=(mail("p1"), mail("p2")))
    assert differences(now, then) == (Difference("thank-you", "people", 1, 2), Difference("thank-you", "sent", 1, 2))
    assert differences(now, now) == ()
