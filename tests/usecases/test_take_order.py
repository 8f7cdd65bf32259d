from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from chalicelib.domain.calendar import stamp
from chalicelib.domain.gift import Gift
from chalicelib.domain.money import Money
from chalicelib.domain.order import Learnt, Order, order_key
from chalicelib.domain.voucher import Voucher
from chalicelib.stores import gate, orders, vouchers
from chalicelib.table import Update
from chalicelib.usecases.list_follow_ups import list_follow_ups
from chalicelib.usecases.take_order import take_order
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel
from tests.support.properties import HOUR, two_histories
from tests.support.world import NOON, TestWorld

KEY = order_key("shopify", "1041")
FIXED = order_key("shopify", "5551023340801")
BUYER, RECIPIENT = "isobel.trant@example.com", "ruth.okafor@example.com"
CODE, OTHER_CODE = "00000-00011", "00000-00022"
LATER = "2026-03-02T18:00:00+00:00"


def take(world: TestWorld, *events: tuple[str, dict[str, Any]]) -> None:
    for topic, payload in events:
        take_order(world, learnt(topic, payload))


def placed(**changes: Any) -> tuple[str, dict[str, Any]]:
    return "orders/create", shopify_order(**changes)


def updated(**changes: Any) -> tuple[str, dict[str, Any]]:
    return "orders/updated", shopify_order(updated_at=LATER, **changes)


def delivered(**changes: Any) -> tuple[str, dict[str, Any]]:
    return "fulfillments/update", shopify_parcel(**changes)


def kept_order(world: TestWorld, key: str = FIXED) -> Order:
    return orders.load(world.table.get(orders.key(key)), key)


def kept_gift(world: TestWorld, key: str = FIXED) -> dict[str, Any] | None:
    return world.table.get(orders.gift_key(key))


def planned(world: TestWorld) -> dict[str, str]:
    """What is still to come: rule → due."""
    return {rule: one.due_at for rule, one in world.follow_ups().items() if one.state == "planned"}


# --- one state, whatever came first ---


def open_follow_ups(world: TestWorld) -> list[tuple[str, str, str, str]]:
    return sorted(
        (one.id, one.state, one.due_at, one.reason) for one in list_follow_ups(world) if one.state in ("planned", "held")
    )


def state_after(
    events: Sequence[Learnt], *, paused: bool
) -> tuple[Order, dict[str, Any] | None, list[tuple[str, str, str, str]]]:
    """The order without its history, its recipient's item, and what is still to come."""
    with TestWorld(at=NOON + timedelta(days=1)) as world:
        if paused:
            world.table.write(Update(gate.key("0"), set={"paused_at": stamp(NOON)}))
        for one in events:
            take_order(world, one)
            if paused:
                world.work()  # finds what is due, and holds it
        order = kept_order(world, KEY)
        due = {id_: at for id_, at in order.follow_ups.items() if at}
        return msgspec.structs.replace(order, version=0, follow_ups=due), kept_gift(world, KEY), open_follow_ups(world)


@settings(max_examples=60, deadline=None)
@given(two_histories())
def test_any_order_and_repeats_give_one_state(histories: tuple[list[Learnt], list[Learnt]]) -> None:
    first, second = histories
    assert state_after(first, paused=False) == state_after(second, paused=False)


@settings(max_examples=40, deadline=None)
@given(two_histories())
def test_what_is_held_ends_up_the_same_too(histories: tuple[list[Learnt], list[Learnt]]) -> None:
    first, second = histories
    found = state_after(first, paused=True)
    assert found == state_after(second, paused=True)


def test_a_repeat_writes_nothing() -> None:
    with TestWorld() as world:
        story = [("orders/create", gift_order()), delivered()]
        take(world, *story)
        before = world.sqlite.scan().items
        take(world, *story, *reversed(story))
        assert world.sqlite.scan().items == before


# --- what an order brings ---


def test_an_order_plans_receipt_thank_you_and_a_question() -> None:
    with TestWorld() as world:
        take(world, placed(), delivered())
        assert planned(world) == {
            "receipt": "2026-03-02T12:00:00Z",
            "thank-you": "2026-03-07T10:00:00Z",
            "expectation": "2026-03-18T10:00:00Z",
        }


@pytest.mark.parametrize(
    "off",
    [{"test": True}, {"cancelled_at": LATER}, {"financial_status": "refunded"}, {"financial_status": "voided"}],
    ids=lambda off: next(iter(off)),
)
def test_an_order_that_is_off_brings_no_mail(off: dict[str, object]) -> None:
    with TestWorld() as world:
        take(world, placed(**off), delivered())
        world.live(days=12)
        assert world.mails() == []
        assert list_follow_ups(world) == []


@pytest.mark.parametrize(("off", "why"), [({"cancelled_at": LATER}, "cancelled"), ({"financial_status": "refunded"}, "refunded")])
def test_what_was_planned_is_called_off(off: dict[str, object], why: str) -> None:
    with TestWorld() as world:
        take(world, placed(), delivered(), updated(**off))
        assert {one.state for one in world.follow_ups().values()} == {"cancelled"}
        assert {one.reason for one in world.follow_ups().values()} == {f"The order was {why}."}
        world.live(days=12)
        assert world.mails() == []


def test_what_comes_back_is_planned_again() -> None:
    with TestWorld() as world:
        take(world, placed(), delivered(), updated(financial_status="refunded"))
        paid_after_all = shopify_order(updated_at="2026-03-02T20:00:00+00:00")
        take(world, ("orders/updated", paid_after_all))
        assert set(planned(world)) == {"receipt", "thank-you", "expectation"}
        assert world.follow_ups()["receipt"].reason.startswith("The order was placed")


def test_what_was_sent_is_never_planned_again() -> None:
    with TestWorld() as world:
        take(world, placed())
        world.work()
        back = shopify_order(updated_at="2026-03-02T20:00:00+00:00")
        take(world, updated(financial_status="refunded"), ("orders/updated", back))
        world.live(days=3)
        assert [kept.mail.to for kept in world.mails()] == [BUYER]


def test_a_late_second_parcel_moves_the_thank_you() -> None:
    with TestWorld() as world:
        take(world, placed(), delivered())
        take(world, delivered(id=2, updated_at="2026-03-05T12:00:00+00:00"))
        assert planned(world)["thank-you"] == "2026-03-08T10:00:00Z"
        assert world.follow_ups()["thank-you"].reason.startswith("The order arrived on 5 March 2026")


def test_a_parcel_still_under_way_calls_it_off() -> None:
    with TestWorld() as world:
        take(world, placed(), delivered(), delivered(id=2, shipment_status="in_transit"))
        assert set(planned(world)) == {"receipt", "on-its-way"}


def test_part_dispatched_has_not_arrived() -> None:
    with TestWorld() as world:
        take(world, placed(), updated(fulfillment_status="partial"), delivered())
        assert "thank-you" not in planned(world)
        whole = shopify_order(updated_at="2026-03-03T18:00:00+00:00", fulfillment_status="fulfilled")
        take(world, ("orders/updated", whole))
        assert "thank-you" in planned(world)


def test_a_moved_one_that_was_held_is_looked_at_anew() -> None:
    with TestWorld() as world:
        take(world, placed(), delivered())
        world.table.write(Update(gate.key("0"), set={"paused_at": stamp(NOON)}))
        world.pass_time(days=5)
        assert world.follow_ups()["thank-you"].state == "held"
        take(world, delivered(id=2, updated_at="2026-03-06T12:00:00+00:00"))
        assert planned(world)["thank-you"] == "2026-03-09T10:00:00Z"
        world.table.write(Update(gate.key("0"), remove=("paused_at",)))
        world.live(days=4)
        assert world.follow_ups()["thank-you"].state == "sent"


def test_no_address_keeps_the_order_quietly() -> None:
    with TestWorld() as world:
        take(world, placed(email=None, contact_email=None), delivered())
        world.live(days=12)
        assert kept_order(world).parcels
        assert list_follow_ups(world) == []


def test_an_address_given_later_is_used() -> None:
    with TestWorld() as world:
        take(world, placed(email=None), updated())
        assert set(planned(world)) == {"receipt"}


def test_more_lines_than_are_kept_are_counted() -> None:
    lines = [{"title": f"Stud no. {n}", "quantity": 1, "price": "1.00"} for n in range(27)]
    with TestWorld() as world:
        take(world, placed(line_items=lines))
        found = kept_order(world).view
        assert found is not None
        assert (len(found.lines), found.more_lines) == (25, 2)
        world.work()
        (receipt,) = world.mails(BUYER)
        assert "Stud no. 24" in receipt.mail.text
        assert "Stud no. 25" not in receipt.mail.text


def test_an_absurd_number_of_parcels_still_fits() -> None:
    parcels = [shopify_parcel(id=n, tracking_url=f"https://track.example/{'x' * 900}") for n in range(500)]
    with TestWorld() as world:
        take(world, placed(fulfillments=parcels))
        world.live(days=6)
        assert world.follow_ups()["thank-you"].state == "sent"


# --- vouchers ---


def issue(world: TestWorld, *codes: str) -> None:
    for n, code in enumerate(codes):
        value, least = Money(1500, "GBP"), Money(6000, "GBP")
        voucher = Voucher(code, f"person{n}", "contract", "welcome", value, least, NOON, NOON + timedelta(days=90))
        world.table.transact([*vouchers.issue(voucher)], world.ids.token())


def redeemed_by(world: TestWorld, code: str = CODE) -> str:
    found = vouchers.load(world.table.get(vouchers.key(code)))
    assert found is not None
    return found.redeemed_by


@pytest.mark.parametrize("typed", [CODE, "00000 00011", "ooooo-ooo11", "OOOOO000II", "00000-000ll"])
def test_a_voucher_is_spent_however_it_was_typed(typed: str) -> None:
    with TestWorld() as world:
        issue(world, CODE)
        take(world, placed(discount_codes=[{"code": typed}]))
        assert redeemed_by(world) == FIXED
        assert kept_order(world).vouchers == (CODE,)


def test_a_voucher_is_spent_by_one_order() -> None:
    with TestWorld() as world:
        issue(world, CODE)
        first, second = (shopify_order(id=n, discount_codes=[{"code": CODE}]) for n in (1, 2))
        take(world, *[("orders/create", one) for one in (first, second, first)])
        assert redeemed_by(world) == order_key("shopify", "1")
        assert kept_order(world, order_key("shopify", "2")).vouchers == ()


def test_two_vouchers_are_both_spent() -> None:
    with TestWorld() as world:
        issue(world, CODE, OTHER_CODE)
        take(world, placed(discount_codes=[{"code": CODE.lower()}, {"code": CODE}, {"code": OTHER_CODE}]))
        assert {redeemed_by(world, code) for code in (CODE, OTHER_CODE)} == {FIXED}


@pytest.mark.parametrize("codes", [[], [{"code": "SUMMER10"}], [{"code": "00000-00012"}], [{"code": OTHER_CODE}]])
def test_other_codes_spend_no_voucher(codes: list[dict[str, str]]) -> None:
    with TestWorld() as world:
        issue(world, CODE)
        take(world, placed(discount_codes=codes))
        assert redeemed_by(world) == ""


def test_a_test_order_spends_no_voucher() -> None:
    with TestWorld() as world:
        issue(world, CODE)
        take(world, placed(test=True, discount_codes=[{"code": CODE}]))
        assert redeemed_by(world) == ""


# --- a gift's recipient ---


def test_no_longer_a_gift_forgets_the_recipient() -> None:
    with TestWorld() as world:
        take(world, ("orders/create", gift_order()), delivered())
        assert "gift-note" in planned(world)
        take(world, updated())
        assert kept_gift(world) is None
        assert world.follow_ups()["gift-note"].state == "cancelled"


def test_the_day_of_deletion_follows_the_note() -> None:
    with TestWorld() as world:
        take(world, ("orders/create", gift_order()))
        assert kept_order(world).gift_until == NOON + timedelta(days=120)
        take(world, delivered())
        note = world.follow_ups()["gift-note"]
        until = kept_order(world).gift_until
        assert until is not None
        assert stamp(until - timedelta(days=30)) == note.due_at
        kept = kept_gift(world)
        assert kept is not None
        assert kept["ttl"] == int(until.timestamp())


@pytest.mark.parametrize("topic", ["orders/create", "orders/updated"])
def test_a_forgotten_recipient_never_comes_back(topic: str) -> None:
    with TestWorld() as world:
        take(world, ("orders/create", gift_order()))
        world.clock.move(timedelta(days=121))
        world.table.write(orders.forget_gift(FIXED))  # as the table does on the day of deletion
        late = gift_order(
            updated_at="2026-07-01T12:00:00+00:00", fulfillments=[shopify_parcel(updated_at="2026-07-01T12:00:00+00:00")]
        )
        take(world, (topic, late), delivered(updated_at="2026-07-01T12:00:00+00:00"))
        assert kept_gift(world) is None
        assert "gift-note" not in world.follow_ups()
        world.live(days=15)
        assert world.mails(RECIPIENT) == []


def test_an_old_gift_heard_of_late_is_not_kept() -> None:
    with TestWorld(at=NOON + timedelta(days=200)) as world:
        take(world, ("orders/updated", gift_order()), delivered())
        assert kept_gift(world) is None
        world.live(days=3)
        assert world.mails() == []


def test_the_recipients_item_stands_apart() -> None:
    with TestWorld() as world:
        take(world, ("orders/create", gift_order()))
        assert "Ruth" not in str(world.table.get(orders.key(FIXED)))
        assert orders.load_gift(kept_gift(world), kept_order(world), NOON + HOUR) == Gift(
            recipient="Ruth Okafor",
            address=RECIPIENT,
            dedupe_key=RECIPIENT,
            country="GB",
            postal=("9 Quay Hill", "Falmouth", "TR11 3HG"),
        )


def test_events_in_any_order_bring_the_same_mails() -> None:
    story = [("orders/create", gift_order()), ("orders/updated", gift_order(updated_at=LATER)), delivered()]
    found = set()
    for events in permutations(story):
        with TestWorld(at=NOON + timedelta(days=2)) as world:
            take(world, *events)
            world.live(days=14)
            found.add(tuple((kept.mail.to, kept.mail.subject, kept.accepted_at) for kept in world.mails()))
    ((*mails,),) = found
    assert [to for to, _, _ in mails] == [BUYER, BUYER, RECIPIENT]
