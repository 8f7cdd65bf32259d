from __future__ import annotations

import pytest
from hypothesis import given

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import HANDED_OVER
from chalicelib.domain.playbook import BUYER, RECIPIENT
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Case, End, Send, screen
from chalicelib.domain.screening.by_hand import check
from tests.factories import case, follow_up
from tests.support.histories import selling
from tests.support.properties import cases, thorough
from tests.support.world import NOON

NOTE = follow_up(role=RECIPIENT)
BOUNCED = {"unreachable_at": stamp(NOON), "unreachable_why": "bounced"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"manners": {"recipient_note": "by hand"}}, "by-hand-shop"),
        ({"address": ""}, "by-hand-no-address"),
        ({"standing": BOUNCED}, "by-hand-unreachable"),
        ({"country": "DE"}, "by-hand-country"),
        ({"shop": {"country": "DE"}}, "by-hand-country"),
        ({"manners": {"recipient_note": "by hand"}, "address": "", "country": "DE"}, "by-hand-shop"),
    ],
)
def test_a_note_is_by_hand_unless_all_allow_mail(changes: dict[str, object], why: str) -> None:
    objection = check(case(follow_up=NOTE, **changes))
    assert (objection.reason.kind if objection else "") == why
    assert objection is None or (isinstance(objection, End) and objection.state == HANDED_OVER)


def test_by_hand_is_the_default() -> None:
    assert type(case().shop.manners)().recipient_note == "by hand"


def test_only_notes_are_written_by_hand() -> None:
    assert check(case(follow_up=follow_up(role=BUYER), manners={"recipient_note": "by hand"}, country="DE")) is None


@pytest.mark.parametrize("channel", ["post", "call"])
@pytest.mark.parametrize("role", [BUYER, "contact"])
def test_letters_and_calls_are_done_by_people(channel: str, role: str) -> None:
    found = case(follow_up=follow_up(role=role, message_class="marketing"), rule={"channel": channel}, address="")
    assert check(found) == End(HANDED_OVER, Reason("by-hand-channel", {"channel": channel}))


def test_a_note_whose_rule_is_gone_is_a_note_still() -> None:
    assert check(case(follow_up=NOTE, rule=None, manners={"recipient_note": "by hand"})) is not None


@thorough
@given(selling())
def test_no_letter_is_ever_mailed(found: Case) -> None:
    assert found.rule is not None
    assert found.rule.channel == "e-mail" or screen(found) != Send()


@thorough
@given(cases(message_class="courtesy"))
def test_no_note_is_mailed_without_the_owners_word(found: Case) -> None:
    if found.follow_up.role == RECIPIENT and screen(found) == Send():
        assert found.shop.manners.recipient_note == "e-mail"
        assert found.country in found.shop.manners.courtesy_countries
        assert not found.standing.unreachable_at
