"""What time brings: a story for each row of the playbook that nothing but time, and what we know of somebody, sets off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.money import Money
from chalicelib.domain.products import Item
from chalicelib.domain.voucher import Voucher
from chalicelib.stores import plans, tasks, vouchers
from chalicelib.usecases.finish_task import finish_task
from chalicelib.usecases.list_follow_ups import Listed
from chalicelib.usecases.take_order import take_order
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel
from tests.support.known import ISOBEL, agreed, told
from tests.support.world import TestWorld

SOCKS = {"id": 1, "title": "Lambswool socks", "quantity": 1, "price": "48.00", "properties": []}
RING = {"id": 1, "title": "Tide ring", "quantity": 1, "price": "48.00", "properties": []}


def buys(world: TestWorld, line: dict[str, Any] = SOCKS, *, number: int = 1041, gift: bool = False) -> None:
    """Isobel orders today, and it arrives the day after tomorrow."""
    now = world.clock.now()
    changes: dict[str, Any] = {
        "id": number,
        "name": f"#{number}",
        "confirmation_number": f"C{number}",
        "created_at": stamp(now),
        "updated_at": stamp(now),
        "line_items": [line],
    }
    take_order(world, learnt("orders/create", (gift_order if gift else shopify_order)(**changes)))
    later = stamp(now + timedelta(days=2))
    parcel = shopify_parcel(id=number, order_id=number, created_at=stamp(now), updated_at=later)
    take_order(world, learnt("fulfillments/update", parcel))
    world.work()


def told_by(world: TestWorld, rule: str) -> list[Listed]:
    from chalicelib.usecases.list_follow_ups import list_follow_ups

    return [one for one in list_follow_ups(world, ISOBEL) if one.kind == rule]


def sent_on(world: TestWorld, subject: str) -> list[date]:
    """The days on which mail with these words in its subject went to Isobel."""
    return [kept.accepted_at.date() for kept in world.mails(ISOBEL) if subject in kept.mail.subject]


def test_a_voucher_that_runs_out_is_told_a_week_before() -> None:
    with TestWorld() as world:
        has_voucher(world, agreed(world))
        world.live(days=90)
        (one,) = told_by(world, "voucher-runs-out")
        assert (one.state, one.due_at[:10]) == ("sent", "2026-05-24")
        assert "7HQ2M-9KXTC" in world.mails(ISOBEL)[-1].mail.text


def test_a_voucher_that_was_spent_is_not() -> None:
    with TestWorld() as world:
        has_voucher(world, agreed(world))
        world.live(days=80)
        voucher = vouchers.load(world.table.get(vouchers.key("7HQ2M-9KXTC")))
        assert voucher is not None
        world.table.write(vouchers.redeem(voucher, "shopify:1", world.clock.now()))
        world.live(days=10)
        (one,) = told_by(world, "voucher-runs-out")
        assert one.state == "cancelled"
        assert "used" in one.reason or "spent" in one.reason


def test_nobody_is_reminded_of_a_voucher_who_did_not_ask_for_it() -> None:
    with TestWorld() as world:
        has_voucher(world, agreed(world, "newsletter/e-mail"))
        world.live(days=95)
        assert told_by(world, "voucher-runs-out") == []


def test_socks_are_reminded_of_when_their_nine_months_are_over() -> None:
    with TestWorld() as world:
        agreed(world)
        buys(world)
        world.live(days=290)
        (one,) = told_by(world, "care")
        assert (one.state, one.due_at[:10]) == ("sent", "2026-12-04")


def test_who_buys_them_again_is_reminded_of_the_new_pair() -> None:
    with TestWorld() as world:
        agreed(world)
        buys(world)
        world.live(days=200)
        buys(world, number=1042)
        world.live(days=80)
        assert told_by(world, "care") == []
        world.live(days=210)
        (one,) = told_by(world, "care")
        assert one.state == "sent"


def test_who_buys_them_every_half_year_is_reminded_when_they_would() -> None:
    with TestWorld() as world:
        agreed(world)
        for number in (1041, 1042, 1043):
            buys(world, number=number)
            world.live(days=180)
        world.live(days=20)
        (one,) = told_by(world, "care")
        assert one.state == "sent"
        assert "180 days" in one.reason


def test_socks_for_somebody_else_are_not_theirs_to_care_for() -> None:
    with TestWorld() as world:
        agreed(world)
        buys(world, gift=True)
        world.live(days=300)
        assert told_by(world, "care") == []


def test_a_birthday_is_told_two_weeks_before_each_year() -> None:
    with TestWorld() as world:
        told(world, agreed(world), "date", "birthday", "--06-20")
        world.live(days=120)
        (one,) = told_by(world, "occasion")
        assert (one.state, one.due_at[:10]) == ("sent", "2026-06-06")


def test_a_partners_date_goes_to_whoever_gave_it() -> None:
    with TestWorld() as world:
        told(world, agreed(world), "date", "partner's birthday", "1988-06-20")
        world.live(days=120)
        assert [kept.mail.to for kept in world.mails() if "partner" in kept.mail.text] == [ISOBEL]


def test_never_this_occasion_is_never() -> None:
    with TestWorld() as world:
        person = agreed(world)
        told(world, person, "date", "anniversary", "--06-20")
        world.live(days=92)  # it is planned
        told(world, person, "never", "anniversary", "yes")
        world.live(days=400)
        (one,) = told_by(world, "occasion")
        assert one.state == "cancelled"


def test_last_years_gift_is_told_when_they_asked() -> None:
    with TestWorld() as world:
        agreed(world)
        buys(world, gift=True)
        world.live(days=360)
        (one,) = told_by(world, "last-years-gift")
        assert (one.state, one.due_at[:10]) == ("sent", "2027-02-09")
        assert "Ruth" not in world.mails(ISOBEL)[-1].mail.text


def test_no_more_of_these_ever_is_never() -> None:
    with TestWorld() as world:
        person = agreed(world)
        buys(world, gift=True)
        world.live(days=338)  # it is planned
        told(world, person, "never", "last year's gift", "yes")
        world.live(days=30)
        (one,) = told_by(world, "last-years-gift")
        assert one.state == "cancelled"
        assert "never" in one.reason.lower()


def test_something_new_goes_to_whom_it_fits() -> None:
    with TestWorld() as world:
        told(world, agreed(world), "size", "rings", "N")
        offers(world, sizes=("M", "N"))
        world.live(days=3)
        (one,) = told_by(world, "something-for-you")
        assert one.state == "sent"


@pytest.mark.parametrize("changes", [{"sizes": ("J",)}, {"stock": 0}, {"until": date(2026, 3, 1)}, {"category": "necklaces"}])
def test_and_not_where_it_does_not(changes: dict[str, object]) -> None:
    with TestWorld() as world:
        told(world, agreed(world), "size", "rings", "N")
        offers(world, **changes)
        world.live(days=30)
        assert told_by(world, "something-for-you") == []


def test_one_purchase_is_a_presumption_and_two_are_evidence() -> None:
    with TestWorld() as world:
        offers(world, stock=0)
        agreed(world)
        buys(world, RING)
        world.live(days=50)
        offers(world, since=date(2026, 4, 20))
        world.live(days=5)
        (one,) = told_by(world, "something-for-you")
        assert one.state == "held"
        assert "rings" in one.reason

    with TestWorld() as world:
        offers(world, stock=0)
        agreed(world)
        buys(world, RING)
        world.live(days=30)
        buys(world, RING, number=1042)
        world.live(days=50)
        offers(world, since=date(2026, 5, 20))
        world.live(days=5)
        (one,) = told_by(world, "something-for-you")
        assert one.state == "sent"


def test_who_has_not_come_back_is_invited_once() -> None:
    with TestWorld() as world:
        agreed(world, "newsletter/e-mail")
        buys(world, RING)
        world.live(days=300)
        (one,) = told_by(world, "invitation")
        assert (one.state, one.due_at[:10]) == ("sent", "2026-11-27")


def test_after_a_year_without_a_sign_we_ask_and_without_an_answer_it_ends() -> None:
    with TestWorld() as world:
        person = agreed(world, "newsletter/e-mail")
        world.live(days=366)
        (one,) = told_by(world, "still-welcome")
        assert one.state == "sent"
        world.live(days=31)
        standing = world.table.get((f"P#{person}", "STANDING"))
        assert standing is not None
        assert standing["consents"] == {}
        assert plans.load(world.table.get(plans.key(person))) is None


def test_who_does_not_respond_gets_a_letter_then_a_call_then_peace() -> None:
    with TestWorld() as world:
        person = agreed(world)
        leaves_unanswered(world, person)
        world.live(days=130)
        (letter,) = told_by(world, "letter")
        assert letter.state == "handed over"

        (task,) = tasks.open_ones(world.table)
        finish_task(world, task.id, "posted", "")
        world.live(days=122)
        (call,) = told_by(world, "call")
        assert call.state == "handed over"

        (task,) = tasks.open_ones(world.table)
        finish_task(world, task.id, "no answer", "")
        before = len(world.mails(ISOBEL))
        world.live(days=60)
        assert len(world.mails(ISOBEL)) == before
        assert tasks.open_ones(world.table) == []


def test_an_order_brings_them_back_to_the_first_rung() -> None:
    with TestWorld() as world:
        person = agreed(world)
        leaves_unanswered(world, person)
        world.live(days=100)
        buys(world, RING)
        world.live(days=60)
        assert told_by(world, "letter") == []


def leaves_unanswered(world: TestWorld, person: str) -> None:
    """Two reminders go out, and nothing comes back."""
    told(world, person, "date", "birthday", "--03-18")
    told(world, person, "date", "anniversary", "--03-26")
    world.live(days=20)
    assert [one.state for one in told_by(world, "occasion")] == ["sent", "sent"]


def has_voucher(world: TestWorld, person: str) -> None:
    """Good for ninety days from today."""
    voucher = Voucher(
        code="7HQ2M-9KXTC",
        person=person,
        basis="contract",
        offer="welcome",
        value=Money(1500, "GBP"),
        minimum=Money(6000, "GBP"),
        issued_at=world.clock.now(),
        ends_at=world.clock.now() + timedelta(days=90),
    )
    world.table.transact(list(vouchers.issue(voucher)), world.ids.token())
    world.table.write(plans.look(person, world.clock.now()))


def offers(world: TestWorld, **changes: object) -> None:
    """The shop has something new, and nothing else."""
    item = Item("ring-2", "Foreshore ring", "rings", "https://shop.example/ring", date(2026, 3, 2))
    world.products = msgspec.structs.replace(world.products, items=(msgspec.structs.replace(item, **changes),))
    world.work()
