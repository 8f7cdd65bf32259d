from __future__ import annotations

import pytest

from chalicelib.domain.follow_up import CANCELLED
from chalicelib.domain.gift import Gift
from chalicelib.domain.order import Order
from chalicelib.domain.playbook import BUYER, CLAIMANT, CONTACT, GIVER, RECIPIENT
from chalicelib.domain.screening import Case, End
from chalicelib.domain.screening.precondition import check
from tests.factories import case, follow_up, view
from tests.support.world import NOON

OFF = {
    "test": Order("o", view=view(test=True)),
    "cancelled": Order("o", view=view(), cancelled_at=NOON),
    "refunded": Order("o", view=view(refunded=True)),
}
THANKED = Gift("Ruth Okafor", thanks="Dear Isobel")


def kind(found: Case) -> str:
    objection = check(found)
    assert objection is None or (isinstance(objection, End) and objection.state == CANCELLED)
    return objection.reason.kind if objection else ""


@pytest.mark.parametrize("why", OFF)
@pytest.mark.parametrize("role", [BUYER, RECIPIENT])
def test_nothing_goes_for_an_order_that_is_off(role: str, why: str) -> None:
    objection = check(case(follow_up=follow_up(role=role), order=OFF[why]))
    assert objection is not None
    assert (objection.reason.kind, objection.reason.facts) == ("order-off", {"why": why})


@pytest.mark.parametrize("why", OFF)
def test_thanks_still_reach_the_giver(why: str) -> None:
    assert kind(case(follow_up=follow_up(role=GIVER), order=OFF[why], gift=THANKED)) == ""


@pytest.mark.parametrize("gift", [None, Gift("Ruth Okafor")])
def test_thanks_that_were_deleted_go_nowhere(gift: Gift | None) -> None:
    assert kind(case(follow_up=follow_up(role=GIVER), gift=gift)) == "data-gone"


@pytest.mark.parametrize(
    ("role", "expected"),
    [(BUYER, "precondition-gone"), (RECIPIENT, "precondition-gone"), (GIVER, "precondition-gone"), (CLAIMANT, ""), (CONTACT, "")],
)
def test_what_is_about_an_order_needs_it(role: str, expected: str) -> None:
    assert kind(case(follow_up=follow_up(role=role), order=None)) == expected


def test_a_rule_taken_out_ends_its_follow_ups() -> None:
    assert kind(case(rule=None)) == "rule-gone"


@pytest.mark.parametrize(("role", "expected"), [(BUYER, "no-address"), (CLAIMANT, "no-address"), (RECIPIENT, "")])
def test_without_an_address_only_a_note_goes_on(role: str, expected: str) -> None:
    assert kind(case(follow_up=follow_up(role=role), address="")) == expected
