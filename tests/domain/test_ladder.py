from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import stamp
from chalicelib.domain.fact import LIKES
from chalicelib.domain.history import History
from chalicelib.domain.ladder import has_passed, last_response, next_step, patience_ends, rung, unanswered
from chalicelib.domain.shop import Manners
from tests.support.histories import DAY, LONG_AGO, bought, by_hand, histories, history, inquiry, on, rule, told, wrote
from tests.support.properties import thorough
from tests.support.world import NOON

MANNERS = Manners()
FIRST, SECOND = wrote(on(2025, 9, 1)), wrote(on(2025, 10, 1))
BEYOND = FIRST.due_at + timedelta(days=MANNERS.patience_days)
LETTER = on(2026, 1, 5)
POSTED = by_hand("letter", BEYOND, LETTER, "posted")
LETTERS_END = LETTER + timedelta(days=MANNERS.patience_days)
BOUNCED = {"unreachable_at": stamp(NOON), "unreachable_why": "bounced"}


def stands(known: History, now: datetime = NOON) -> str:
    found = rung(known, MANNERS, now)
    return f"{found.name}{'' if found.name in ('e-mail', 'peace') or found.acts else ', waiting'}"


def without(*channels: str, **known: Any) -> History:
    left = [one for one in ("newsletter/e-mail", "offers/post", "offers/call") if one.partition("/")[2] not in channels]
    return history(standing={"consents": dict.fromkeys(left, stamp(LONG_AGO)), **known.pop("standing", {})}, **known)


IGNORED = history(follow_ups=[SECOND, FIRST])


@pytest.mark.parametrize(
    ("known", "now", "expected"),
    [
        (history(), NOON, "e-mail"),
        (history(follow_ups=[FIRST]), NOON, "e-mail"),
        (IGNORED, BEYOND - DAY, "e-mail"),
        (IGNORED, BEYOND, "post"),
        (history(follow_ups=[FIRST, SECOND], tasks=[POSTED]), NOON, "post, waiting"),
        (history(follow_ups=[FIRST, SECOND], tasks=[POSTED]), LETTERS_END, "call"),
        (
            history(follow_ups=[FIRST, SECOND], tasks=[POSTED, by_hand("call", LETTERS_END, LETTERS_END, "no answer")]),
            LETTERS_END,
            "peace",
        ),
        (without("post", follow_ups=[FIRST, SECOND]), NOON, "call"),
        (without("call", follow_ups=[FIRST, SECOND], tasks=[POSTED]), LETTERS_END, "peace"),
        (without("post", "call", follow_ups=[FIRST, SECOND]), NOON, "peace"),
        (history(standing=BOUNCED), NOON, "post"),
        (without("post", standing=BOUNCED), NOON, "call"),
        (history(standing={**BOUNCED, "unreachable_why": "complained"}), NOON, "e-mail"),
    ],
    ids=[
        "nothing was sent",
        "one is unanswered",
        "two are, for now",
        "patience is over",
        "a letter is on its way",
        "that was not answered either",
        "the call was in vain",
        "no consent to post",
        "no consent to calls",
        "to neither",
        "a hard bounce climbs at once",
        "past post, too",
        "a complaint is no rung",
    ],
)
def test_rung_by_rung(known: History, now: datetime, expected: str) -> None:
    assert stands(known, now) == expected


RESPONDED = BEYOND + DAY


@pytest.mark.parametrize(
    "known",
    [
        history(bought(RESPONDED), follow_ups=[FIRST, SECOND]),
        history(follow_ups=[FIRST, SECOND], facts=[told(LIKES, "rings", "yes", RESPONDED)]),
        history(follow_ups=[FIRST, SECOND], inquiries=[inquiry(RESPONDED)]),
        history(follow_ups=[FIRST, SECOND], inquiries=[inquiry(RESPONDED, source="expectation")]),
        history(follow_ups=[FIRST, SECOND], inquiries=[inquiry(RESPONDED, source="owner")]),
        history(follow_ups=[FIRST, SECOND], tasks=[by_hand("call", BEYOND, RESPONDED, "unhappy")]),
        history(follow_ups=[FIRST, msgspec.structs.replace(SECOND, answered="yes", answered_at=RESPONDED)]),
        history(follow_ups=[FIRST, SECOND], standing={"consents": {"offers/post": stamp(RESPONDED)}}),
    ],
    ids=["an order", "a preference", "a question", "a complaint", "a reply to the owner", "a call", "an answer", "a consent"],
)
def test_any_response_brings_them_back_to_the_first(known: History) -> None:
    assert (stands(known), unanswered(known), last_response(known)) == ("e-mail", [], RESPONDED)


@pytest.mark.parametrize(
    "one",
    [
        wrote(on(2025, 11, 1), message_class="courtesy"),
        wrote(on(2025, 11, 1), message_class="service"),
        wrote(on(2025, 11, 1), state="handed over", sent_at=None),
        wrote(on(2025, 11, 1), state="unsure", sent_at=None),
    ],
)
def test_only_marketing_that_went_out_can_be_left_unanswered(one: Any) -> None:
    assert unanswered(history(follow_ups=[FIRST, one])) == [FIRST]


def test_who_deals_with_us_though_mail_bounces_is_left_in_peace_for_a_while() -> None:
    known = history(bought(NOON + DAY), standing=BOUNCED)
    assert stands(known, NOON + 2 * DAY) == "peace"
    assert stands(known, NOON + timedelta(days=1 + MANNERS.patience_days)) == "post"


def test_patience_may_be_endless() -> None:
    assert patience_ends(IGNORED, msgspec.structs.replace(MANNERS, patience_mails=0)) is None


@pytest.mark.parametrize(("name", "at"), [("care", "e-mail"), ("letter", "post"), ("call", "call")])
def test_a_rule_has_its_turn_on_its_rung_alone(name: str, at: str) -> None:
    there = [
        one
        for one in (IGNORED, history(), without("post", follow_ups=[FIRST, SECOND]))
        if not has_passed(rule(name), rung(one, MANNERS, NOON))
    ]
    assert [stands(one) for one in there] == [at]


def test_whether_we_are_welcome_is_asked_on_every_rung() -> None:
    peace = without("post", "call", follow_ups=[FIRST, SECOND])
    assert not any(has_passed(rule("still-welcome"), rung(one, MANNERS, NOON)) for one in (IGNORED, history(), peace))


@thorough
@given(histories(), st.integers(0, 400))
def test_between_two_steps_of_time_nothing_moves(known: History, days: int) -> None:
    now = NOON + days * DAY
    step = next_step(known, MANNERS, now)
    assert step is None or step > now
    until = min(step, now + 400 * DAY) if step is not None else now + 400 * DAY
    for at in (now + (until - now) / 3, until - timedelta(seconds=1)):
        assert rung(known, MANNERS, at).name == rung(known, MANNERS, now).name


@thorough
@given(histories(), st.integers(0, 400))
def test_without_a_consent_no_rung_is_taken(known: History, days: int) -> None:
    found = rung(known, MANNERS, NOON + days * DAY)
    assert found.name in ("e-mail", "peace") or f"offers/{found.name}" in known.standing.consents


@thorough
@given(histories())
def test_an_order_always_ends_the_silence(known: History) -> None:
    again = msgspec.structs.replace(
        known,
        orders=(*known.orders, bought(NOON, "LOC", key="new")),
        standing=msgspec.structs.replace(known.standing, unreachable_at=""),
    )
    assert rung(again, MANNERS, NOON + DAY).name == "e-mail"
