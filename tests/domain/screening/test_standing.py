from __future__ import annotations

from itertools import product

import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import CANCELLED, HANDED_OVER
from chalicelib.domain.screening import End
from chalicelib.domain.screening.standing import check
from chalicelib.domain.standing import CLASSES, COURTESY, MARKETING, SERVICE
from tests.factories import case, follow_up
from tests.support.world import NOON

SINCE = stamp(NOON)
SCOPES: dict[str, dict[str, str]] = {
    "none": {},
    "stop": {"stopped_at": SINCE},
    "unreachable": {"unreachable_at": SINCE, "unreachable_why": "bounced"},
    "never": {"never_at": SINCE},
}
CLOSED = {
    ("stop", COURTESY): "stopped",
    ("stop", MARKETING): "stopped",
    **{("unreachable", one): "unreachable" for one in CLASSES},
    **{("never", one): "never" for one in CLASSES},
}


@pytest.mark.parametrize(("scope", "message_class"), list(product(SCOPES, CLASSES)))
def test_scopes_end_classes(scope: str, message_class: str) -> None:
    objection = check(case(follow_up=follow_up(message_class=message_class), standing=SCOPES[scope]))
    assert (objection.reason.kind if objection else None) == CLOSED.get((scope, message_class))
    assert not isinstance(objection, End) or objection.state == CANCELLED


@pytest.mark.parametrize("scope", ["unreachable", "never"])
def test_a_receipt_that_cannot_go_is_handed_over(scope: str) -> None:
    objection = check(case(follow_up=follow_up(message_class=SERVICE), trigger="order", standing=SCOPES[scope]))
    assert isinstance(objection, End)
    assert objection.state == HANDED_OVER


def test_an_unreachable_recipient_may_be_written_by_hand() -> None:
    assert check(case(follow_up=follow_up(role="recipient"), standing=SCOPES["unreachable"])) is None


@pytest.mark.parametrize("scope", ["stop", "never"])
def test_a_recipient_who_stopped_is_left_alone(scope: str) -> None:
    both = {**SCOPES["unreachable"], **SCOPES[scope]}
    objection = check(case(follow_up=follow_up(role="recipient"), standing=both))
    assert isinstance(objection, End)
    assert objection.state == CANCELLED


@pytest.mark.parametrize(
    ("why", "second_chance", "goes"),
    [("bounced", "", True), ("bounced", follow_up().id, True), ("bounced", "another", False), ("complained", "", False)],
)
def test_one_confirmation_they_ask_for_after_a_bounce(why: str, second_chance: str, *, goes: bool) -> None:
    asked = case(
        follow_up=follow_up(message_class=SERVICE),
        trigger="claim",
        standing={"unreachable_at": SINCE, "unreachable_why": why, "second_chance": second_chance},
    )
    assert (check(asked) is None) == goes


def test_only_what_they_ask_for_gets_a_second_chance() -> None:
    unasked = case(follow_up=follow_up(message_class=SERVICE), trigger="confirmed", standing=SCOPES["unreachable"])
    assert check(unasked) is not None


@pytest.mark.parametrize(
    ("scope", "channel", "why"),
    [
        ("unreachable", "post", ""),
        ("unreachable", "call", ""),
        ("unreachable", "e-mail", "unreachable"),
        ("stop", "post", "stopped"),
        ("stop", "call", "stopped"),
        ("never", "post", "never"),
        ("never", "call", "never"),
    ],
)
def test_mail_that_comes_back_closes_no_other_channel(scope: str, channel: str, why: str) -> None:
    objection = check(case(follow_up=follow_up(message_class=MARKETING), rule={"channel": channel}, standing=SCOPES[scope]))
    assert (objection.reason.kind if objection else "") == why


def test_a_stop_closes_every_channel_also_after_a_bounce() -> None:
    both = {**SCOPES["unreachable"], **SCOPES["stop"]}
    for channel in ("e-mail", "post", "call"):
        objection = check(case(follow_up=follow_up(message_class=MARKETING), rule={"channel": channel}, standing=both))
        assert isinstance(objection, End)
        assert (objection.state, objection.reason.kind) == (CANCELLED, "stopped")
