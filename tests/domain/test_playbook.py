from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.fault import Fault
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.gift import ASK, GIFT, Gift, Verdict
from chalicelib.domain.mending.playbook import mends
from chalicelib.domain.order import Buyer, Order
from chalicelib.domain.planning import Changes, applies, changes, forget_recipient_at, planned, wanted
from chalicelib.domain.playbook import Playbook, Rule
from chalicelib.domain.reason import Reason
from chalicelib.domain.shop import Shop
from tests.factories import parcel, view
from tests.support.properties import HOUR
from tests.support.world import NOON, TestWorld, demo_shop

DELIVERED = parcel(delivered_at=NOON + 48 * HOUR)
RUTH = Gift("Ruth Okafor", "ruth@example.com", "ruth@example.com")

with TestWorld() as _world:
    PLAYBOOK: Playbook = _world.playbook


def plan(order: Order, gift: Gift | None = None, shop: Shop | None = None) -> dict[str, FollowUp]:
    found = wanted(order, gift, PLAYBOOK, shop or demo_shop(), lambda key: f"id of {key}", NOON)
    return {one.rule: one for one in found}


def order(**changes: object) -> Order:
    return msgspec.structs.replace(Order("shopify:x:1041", view=view()), **changes)


def rule(**changes: object) -> Rule:
    plain = Rule(name="r", trigger="arrival", to="buyer", message_class="courtesy", template="t", after_days=3)
    return msgspec.structs.replace(plain, **changes)


def test_an_order_wants_a_receipt_at_once() -> None:
    (receipt,) = plan(order()).values()
    assert (receipt.rule, receipt.due_at, receipt.message_class) == ("receipt", NOON, "service")


def test_a_tracked_parcel_wants_a_word() -> None:
    assert plan(order(parcels=(parcel(),)))["on-its-way"].due_at == parcel().dispatched_at
    assert "on-its-way" not in plan(order(parcels=(parcel(tracking=""),)))
    assert "on-its-way" not in plan(order(parcels=(parcel(failed=True),)))


def test_what_is_here_is_not_on_its_way() -> None:
    assert set(plan(order(parcels=(DELIVERED,)))) == {"receipt", "thank-you", "expectation"}


def test_the_thank_you_follows_three_days_later() -> None:
    assert stamp(plan(order(parcels=(DELIVERED,)))["thank-you"].due_at) == "2026-03-07T10:00:00Z"


def test_two_weeks_later_they_are_asked_whether_all_is_well() -> None:
    asked = plan(order(parcels=(DELIVERED,)))["expectation"]
    assert (stamp(asked.due_at), asked.message_class, asked.role) == ("2026-03-18T10:00:00Z", "courtesy", "buyer")


@pytest.mark.parametrize("verdict", [GIFT, ASK])
def test_of_a_gift_nobody_is_asked(verdict: Verdict) -> None:
    assert "expectation" not in plan(order(parcels=(DELIVERED,), gift=verdict), RUTH)


def test_the_note_follows_ten_days_later() -> None:
    note = plan(order(parcels=(DELIVERED,), gift=GIFT), RUTH)["gift-note"]
    assert (stamp(note.due_at), note.person, note.role) == ("2026-03-14T10:00:00Z", "id of ruth@example.com", "recipient")


def test_no_note_to_the_buyer_themselves() -> None:
    own = Gift("Isobel", "isobel.trant@example.com", "isobel.trant@example.com")
    assert "gift-note" not in plan(order(parcels=(DELIVERED,), gift=GIFT), own)


def test_a_recipient_without_address_gets_a_note_by_hand() -> None:
    by_name = plan(order(parcels=(DELIVERED,), gift=GIFT), Gift("Ruth Okafor"))
    assert by_name["gift-note"].person == "id of shopify:x:1041"


def test_nothing_for_a_buyer_without_address() -> None:
    unknown = order(view=view(buyer=Buyer("Isobel Trant")), parcels=(DELIVERED,))
    assert plan(unknown) == {}
    assert set(plan(msgspec.structs.replace(unknown, gift=GIFT), RUTH)) == {"gift-note"}


@pytest.mark.parametrize("off", [{"test": True}, {"refunded": True}])
def test_an_order_that_is_off_wants_nothing(off: dict[str, bool]) -> None:
    assert plan(order(view=view(**off), parcels=(DELIVERED,)), RUTH) == {}
    assert plan(order(cancelled_at=NOON, parcels=(DELIVERED,)), RUTH) == {}


def test_a_parcel_without_its_order_wants_nothing() -> None:
    assert plan(Order("shopify:x:1041", parcels=(DELIVERED,))) == {}


def test_what_the_storefront_sends_falls_away() -> None:
    on_the_way = order(parcels=(parcel(),))
    assert set(plan(on_the_way, shop=demo_shop(sends_receipt=True))) == {"on-its-way"}
    assert set(plan(on_the_way, shop=demo_shop(sends_dispatch=True))) == {"receipt"}


def test_a_rule_without_unless_always_applies() -> None:
    assert applies(rule(), demo_shop(sends_receipt=True, sends_dispatch=True))


@pytest.mark.parametrize(("of_class", "days"), [("service", 7), ("courtesy", 5), ("marketing", 5)])
def test_follow_ups_expire_after_they_were_due(of_class: str, days: int) -> None:
    found = planned(rule(message_class=of_class), "p", "a", NOON, Reason("arrived"), demo_shop(), NOON)
    assert found.expires_at == found.due_at + timedelta(days=days)


def test_only_immediate_service_ignores_the_send_hour() -> None:
    late = NOON + 11 * HOUR
    due = {
        (of_class, days): stamp(
            planned(rule(message_class=of_class, after_days=days), "p", "a", late, Reason("arrived"), demo_shop(), NOON).due_at
        )
        for of_class in ("service", "courtesy")
        for days in (0, 1)
    }
    assert due == {
        ("service", 0): "2026-03-02T23:00:00Z",
        ("service", 1): "2026-03-03T10:00:00Z",
        ("courtesy", 0): "2026-03-02T10:00:00Z",
        ("courtesy", 1): "2026-03-03T10:00:00Z",
    }


def test_changes_tell_what_is_new() -> None:
    receipt, thanks, _ = plan(order(parcels=(DELIVERED,))).values()
    due = {one.id: stamp(one.due_at) for one in (receipt, thanks)}
    assert changes({}, [receipt, thanks]) == Changes(plan=(receipt, thanks))
    assert changes(due, [receipt, thanks]) == Changes()
    assert changes({**due, thanks.id: stamp(NOON)}, [receipt, thanks]) == Changes(move=(thanks,))
    assert changes(due, [receipt]) == Changes(call_off=(thanks.id,))
    assert changes({**due, thanks.id: ""}, [receipt]) == Changes()
    assert changes({**due, thanks.id: ""}, [receipt, thanks]) == Changes(plan_again=(thanks,))


def test_the_shipped_playbook_needs_no_mending() -> None:
    assert mends(PLAYBOOK) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (rule(name="thank-you"), 'Two rules are named "thank-you"'),
        (rule(trigger="thanks", to="giver", message_class="service", after_days=0), 'exactly one rule with trigger = "thanks"'),
        (rule(trigger="order", to="recipient"), "can only write to buyer"),
        (rule(to="recipient", message_class="marketing"), 'give it class = "courtesy"'),
        (rule(to="recipient", message_class="service"), 'give it class = "courtesy"'),
    ],
)
def test_a_wrong_rule_is_told_in_a_sentence(wrong: Rule, told: str) -> None:
    (fault,) = mends(Playbook((*PLAYBOOK.rules, wrong)))
    assert told in fault.sentence
    assert fault.sentence.endswith(".")


def test_a_missing_answer_is_told() -> None:
    without = Playbook(tuple(one for one in PLAYBOOK.rules if one.trigger != "claim"))
    assert mends(without) == [Fault((), 'Keep exactly one rule with trigger = "claim": what they did is answered with it.')]


def forgotten(changed: Order) -> str:
    at = forget_recipient_at(changed, PLAYBOOK, demo_shop())
    return stamp(at) if at else ""


def test_recipients_are_kept_for_their_note() -> None:
    assert forgotten(order(parcels=(DELIVERED,), gift=GIFT)) == "2026-04-13T10:00:00Z"  # 30 days after 14 March
    assert forgotten(order(gift=GIFT)) == "2026-06-30T12:00:00Z"
    assert forgotten(order(parcels=(DELIVERED,))) == ""


def test_recipients_of_a_cancelled_gift_are_forgotten_sooner() -> None:
    assert forgotten(order(gift=GIFT, cancelled_at=NOON + HOUR)) == "2026-04-01T13:00:00Z"


def test_what_happened_before_a_rule_was_on_is_left_alone() -> None:
    arrived = order(parcels=(DELIVERED,))
    since = {"thank-you": NOON + 49 * HOUR, "expectation": NOON + 48 * HOUR}
    found = wanted(arrived, None, PLAYBOOK, demo_shop(), lambda key: f"id of {key}", NOON, since)
    assert [one.rule for one in found] == ["receipt", "expectation"]  # it arrived after 48 hours


@pytest.mark.parametrize(
    ("audience", "meets"), [("own", [True, False, False]), ("gift", [False, False, True]), ("everyone", [True] * 3)]
)
def test_a_rule_meets_its_audience(audience: str, meets: list[bool]) -> None:
    meant = Playbook((rule(audience=audience),))
    for verdict, met in zip(("not", "ask", "gift"), meets, strict=True):
        found = wanted(order(parcels=(DELIVERED,), gift=verdict), RUTH, meant, demo_shop(), lambda key: key, NOON)
        assert bool(found) == met


def test_what_is_off_is_set_off_by_nothing() -> None:
    off = Playbook((rule(mode="off"), rule(name="s", mode="ask")))
    assert [one.name for one in off.of("arrival")] == ["s"]
    assert off.named("r") is not None


def test_a_rules_place_is_its_priority() -> None:
    assert (PLAYBOOK.place("confirm-address"), PLAYBOOK.place("thank-you") < PLAYBOOK.place("care")) == (0, True)
    assert PLAYBOOK.place("never written") == len(PLAYBOOK.rules)


def test_rules_are_found_by_name_and_trigger() -> None:
    thanks = PLAYBOOK.named("thank-you")
    assert thanks in PLAYBOOK.of("arrival")
    assert PLAYBOOK.named("never written") is None
