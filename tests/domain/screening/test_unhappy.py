from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given

from chalicelib.domain.calendar import stamp
from chalicelib.domain.fact import LIKES
from chalicelib.domain.history import History
from chalicelib.domain.money import Money
from chalicelib.domain.order import Refund
from chalicelib.domain.screening import Case, Hold, Send, screen
from chalicelib.domain.screening.unhappy import check
from chalicelib.domain.standing import COURTESY, SERVICE
from tests.support.histories import (
    DAY,
    bought,
    case_of,
    history,
    inquiry,
    not_selling,
    on,
    released_when_it_says,
    selling,
    sent_back,
    told,
)
from tests.support.properties import thorough
from tests.support.world import NOON

LATELY = NOON - 2 * DAY
HUSHED = LATELY + 7 * DAY
ORDER = bought(on(2025, 12, 1))
POSTAGE_ONLY = Refund("r1", LATELY, Money(0, "GBP"))


def said(known: History) -> tuple[str, object]:
    objection = check(case_of(known))
    if objection is None:
        return "", None
    assert isinstance(objection, Hold)
    assert objection.restarts
    return objection.reason.kind, objection.until


@pytest.mark.parametrize(
    ("known", "why", "until"),
    [
        (history(), "", None),
        (history(inquiries=[inquiry(LATELY)]), "inquiry-open", NOON + DAY),
        (history(inquiries=[inquiry(on(2025, 1, 1))]), "inquiry-open", NOON + DAY),
        (history(inquiries=[inquiry(LATELY), inquiry(LATELY - DAY, LATELY, "good")]), "inquiry-open", NOON + DAY),
        (history(inquiries=[inquiry(LATELY - DAY, LATELY, "good")]), "helped-lately", HUSHED),
        (history(inquiries=[inquiry(LATELY - 9 * DAY, NOON - 7 * DAY, "good")]), "", None),
        (history(inquiries=[inquiry(LATELY - DAY, LATELY, "bad")]), "unhappy", NOON + DAY),
        (history(inquiries=[inquiry(on(2025, 1, 1), on(2025, 1, 9), "bad")]), "unhappy", NOON + DAY),
        (history(bought(on(2025, 6, 1)), inquiries=[inquiry(on(2025, 1, 1), on(2025, 1, 9), "bad")]), "", None),
        (
            history(facts=[told(LIKES, "rings", "yes", NOON - DAY)], inquiries=[inquiry(LATELY - DAY, LATELY, "bad")]),
            "",
            None,
        ),
        (history(sent_back(ORDER, LATELY)), "return-open", HUSHED),
        (history(sent_back(ORDER, NOON - 7 * DAY)), "", None),
        (history(msgspec.structs.replace(ORDER, refunds=(POSTAGE_ONLY,))), "", None),
    ],
    ids=[
        "nothing is amiss",
        "a question",
        "an old question",
        "one open, one helped",
        "helped lately",
        "helped long ago",
        "not helped",
        "not helped long ago",
        "not helped, but they came again",
        "not helped, but they told us more",
        "a return",
        "an old return",
        "nothing came of a refund",
    ],
)
def test_someone_unhappy_is_not_sold_to(known: History, why: str, until: object) -> None:
    assert said(known) == (why, until)


def test_it_tells_since_when_they_wait() -> None:
    objection = check(case_of(history(inquiries=[inquiry(LATELY), inquiry(LATELY - DAY)])))
    assert objection is not None
    assert objection.reason.facts == {"since": stamp(LATELY - DAY)}


@thorough
@given(selling())
def test_nothing_is_sold_while_they_wait_for_an_answer(found: Case) -> None:
    assert found.history is not None
    if any(one.is_open for one in found.history.inquiries):
        assert isinstance(check(found), Hold)
        assert screen(found) != Send()


@thorough
@given(selling())
def test_the_hush_ends_when_it_says(found: Case) -> None:
    released_when_it_says(check, found)


@pytest.mark.parametrize("message_class", [SERVICE, COURTESY])
def test_receipts_and_thanks_go_all_the_same(message_class: str) -> None:
    @thorough
    @given(not_selling(message_class))
    def is_left_alone(found: Any) -> None:
        assert check(found) is None

    is_left_alone()
