from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from chalicelib.domain.fact import DATE, LIKES, NEVER
from chalicelib.domain.follow_up import CANCELLED, FollowUp
from chalicelib.domain.gift import Gift
from chalicelib.domain.history import History
from chalicelib.domain.order import Order
from chalicelib.domain.playbook import BUYER, CLAIMANT, CONTACT, GIVER, RECIPIENT
from chalicelib.domain.screening import Case, End
from chalicelib.domain.screening.precondition import check
from chalicelib.domain.standing import MARKETING
from tests.factories import case, follow_up, view
from tests.support.histories import (
    DAY,
    SHELF,
    bought,
    case_of,
    gave,
    history,
    looked,
    on,
    rule,
    selling,
    sent_back,
    told,
    voucher,
    waiting,
)
from tests.support.properties import thorough
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


# --- what its rule needs, and what its trigger found ---

SOCKS = bought(on(2025, 6, 5))
FACTS = [told(DATE, "birthday", "--03-18")]


def planned(name: str, known: History) -> FollowUp:
    """As a look at them plans it."""
    (one,) = (one for one in looked(known).plan if one.rule == name)
    return one


def test_a_rule_switched_off_ends_its_follow_ups() -> None:
    assert kind(case(rule={"mode": "off"})) == "rule-off"
    assert kind(case(rule={"mode": "ask"})) == ""


@pytest.mark.parametrize(("redeemed", "expected"), [("", ""), ("shopify:x:1", "redeemed")])
def test_a_spent_voucher_needs_no_reminder(redeemed: str, expected: str) -> None:
    known = history(vouchers=[voucher(on(2026, 3, 12))])
    spent = voucher(on(2026, 3, 12), redeemed_by=redeemed)
    assert kind(case_of(known, planned("voucher-runs-out", known), voucher=spent)) == expected


@pytest.mark.parametrize(
    ("orders", "expected"),
    [([SOCKS], ""), ([SOCKS, bought(NOON + DAY)], "ordered-since"), ([SOCKS, gave(NOON + DAY)], "ordered-since")],
)
def test_who_ordered_since_is_not_invited_back(orders: list[Order], expected: str) -> None:
    one = planned("invitation", history(SOCKS))
    assert kind(case_of(history(*orders), one, NOON + 2 * DAY)) == expected


@pytest.mark.parametrize(
    ("name", "before", "after", "why"),
    [
        ("care", history(SOCKS), history(SOCKS), ""),
        ("care", history(SOCKS), history(SOCKS, bought(on(2026, 3, 1))), "ordered-since"),
        ("care", history(SOCKS), history(sent_back(SOCKS, on(2025, 7, 1))), "returned"),
        ("care", history(SOCKS), history(), "returned"),
        ("occasion", history(facts=FACTS), history(facts=FACTS), ""),
        ("occasion", history(facts=FACTS), history(facts=[*FACTS, told(NEVER, "birthday", "yes")]), "never-this-occasion"),
        ("occasion", history(facts=FACTS), history(), "no-longer-true"),
        ("voucher-runs-out", history(vouchers=[voucher(on(2026, 3, 12))]), history(), "no-longer-true"),
        ("something-for-you", history(facts=[told(LIKES, "socks", "yes")], agreed_at=NOON), history(), "no-longer-true"),
    ],
)
def test_what_its_trigger_no_longer_finds_is_called_off(name: str, before: History, after: History, why: str) -> None:
    assert kind(case_of(after, planned(name, before))) == why


def test_an_item_that_is_gone_is_not_told() -> None:
    known = history(facts=[told(LIKES, "socks", "yes")], agreed_at=NOON)
    sold_out = msgspec.structs.replace(SHELF, items=(msgspec.structs.replace(SHELF.items[1], stock=0),))
    found = case_of(known, planned("something-for-you", known))
    assert (kind(found), kind(msgspec.structs.replace(found, products=sold_out))) == ("", "sold-out")


def test_a_birthday_that_is_over_is_not_told() -> None:
    known = history(facts=FACTS)
    one = planned("occasion", known)
    assert (kind(case_of(known, one, on(2026, 3, 18))), kind(case_of(known, one, on(2026, 3, 19)))) == ("", "day-passed")


def test_a_letter_needs_no_address_for_mail() -> None:
    one = waiting("letter", "ladder")
    assert kind(case(follow_up=one, rule=rule("letter"), address="")) == ""
    assert kind(case(follow_up=one, rule=rule("still-welcome"), address="")) == "no-address"


@thorough
@given(selling())
def test_nothing_is_sold_that_no_trigger_finds(found: Case) -> None:
    """Those drawn are about nothing that there is."""
    assert found.follow_up.message_class == MARKETING
    assert kind(found) != ""
