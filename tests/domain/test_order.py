from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given

from chalicelib.domain.gift import Gift, GiftTable
from chalicelib.domain.merging import judged, merge, merge_gift
from chalicelib.domain.money import Money
from chalicelib.domain.order import (
    MAX_LINES,
    MAX_PARCELS,
    Arrival,
    Arrivals,
    Learnt,
    Line,
    Order,
    Refund,
    arrival,
    is_off,
    live_parcels,
    order_key,
    still_held,
    with_lines,
)
from tests.factories import event, parcel, view
from tests.support.properties import HOUR, thorough, two_histories
from tests.support.world import NOON

EMPTY = Order("shopify:x:1041")
RUTH = Gift("Ruth Okafor", "ruth@example.com", "ruth@example.com")


TABLE = GiftTable()
LONDON = "Europe/London"


def taken(order: Order, one: Learnt) -> Order:
    return merge(order, one, judged(one, TABLE))


def merged(*events: Learnt) -> Order:
    return reduce(taken, events, EMPTY)


def arrived(order: Order, **allowed: Any) -> Arrival | None:
    return arrival(order, Arrivals(**allowed), LONDON)


def told(events: Sequence[Learnt]) -> tuple[Order, Gift | None]:
    """The order and its recipient's side, as take_order keeps them."""
    order, gift = EMPTY, None
    for one in events:
        order, gift = taken(order, one), merge_gift(order, gift, one, judged(one, TABLE))
    return order, gift if order.is_gift else None


@thorough
@given(two_histories())
def test_any_order_and_repeats_give_one_state(histories: tuple[list[Learnt], list[Learnt]]) -> None:
    first, second = map(told, histories)
    assert first == second
    assert first[0].is_gift == (first[1] is not None)


def test_a_whole_story_commutes() -> None:
    sent, arrived = parcel(), parcel(seen_at=NOON + 48 * HOUR, delivered_at=NOON + 48 * HOUR)
    story = [
        event(view()),
        event(view(), RUTH),
        event(view(seen_at=NOON + HOUR, part_dispatched=True), None, sent),
        event(None, None, arrived),
        event(view(seen_at=NOON + 50 * HOUR, cancelled_at=NOON + 49 * HOUR), RUTH),
    ]
    assert len({repr(told(one)) for one in permutations(story)}) == 1


def test_the_newest_view_wins_whole() -> None:
    new = view(seen_at=NOON + HOUR, number="#1041-edited", lines=())
    assert merged(event(new), event(view())).view == new


def test_a_gift_is_what_the_newest_view_says() -> None:
    on, off = event(view(), RUTH), event(view(seen_at=NOON + HOUR))
    assert told([on]) == (merged(on), RUTH)
    assert told([on, off])[1] is None
    assert told([off, event(view(seen_at=NOON + 2 * HOUR), RUTH)])[1] == RUTH


def test_views_alike_but_for_the_gift_make_a_gift() -> None:
    for story in permutations([event(view()), event(view(), RUTH)]):
        assert told(story)[1] == RUTH


def test_the_recipients_thanks_outlive_a_newer_view() -> None:
    thanked = Gift("Ruth Okafor", thanks="Dear Isobel")
    order = merged(event(view(), Gift("Ruth Okafor")))
    for seen_at in (NOON, NOON + HOUR):
        again = event(view(seen_at=seen_at), Gift("Ruth Okafor"))
        assert merge_gift(order, thanked, again, judged(again, TABLE)) == thanked


def test_a_fulfilment_says_nothing_of_the_gift() -> None:
    order = merged(event(view(), RUTH))
    sent = event(None, None, parcel())
    assert merge_gift(order, RUTH, sent, judged(sent, TABLE)) == RUTH
    assert taken(order, sent).is_gift


def test_a_cancellation_stays() -> None:
    cancelled = event(view(cancelled_at=NOON + HOUR))
    assert merged(cancelled, event(view(seen_at=NOON + 2 * HOUR))).cancelled_at == NOON + HOUR


def test_the_first_delivery_counts() -> None:
    seen = [parcel(seen_at=NOON + n * HOUR, delivered_at=NOON + n * HOUR) for n in (5, 3, 9)]
    (found,) = merged(*(event(None, None, one) for one in seen)).parcels
    assert (found.delivered_at, found.seen_at) == (NOON + 3 * HOUR, NOON + 9 * HOUR)


def test_arrival_waits_for_every_live_parcel() -> None:
    first = parcel(delivered_at=NOON + 20 * HOUR)
    second = parcel(id="2")
    assert arrived(merged(event(view(), None, first, second))) is None
    late = parcel(id="2", seen_at=NOON + 90 * HOUR, delivered_at=NOON + 90 * HOUR)
    assert arrived(merged(event(view(), None, first, second), event(None, None, late))) == Arrival(NOON + 90 * HOUR, "delivered")
    lost = parcel(id="2", seen_at=NOON + 90 * HOUR, failed=True)
    assert arrived(merged(event(view(), None, first, second), event(None, None, lost))) == Arrival(NOON + 20 * HOUR, "delivered")


def test_part_dispatched_has_not_arrived() -> None:
    first = parcel(delivered_at=NOON + 20 * HOUR)
    assert arrived(merged(event(view(part_dispatched=True), None, first))) is None


def test_nothing_sent_has_not_arrived() -> None:
    assert arrived(merged(event(view()))) is None
    assert arrived(merged(event(view(), None, parcel(delivered_at=NOON, failed=True)))) is None


def test_failed_parcels_do_not_live() -> None:
    order = merged(event(None, None, parcel(), parcel(id="2", failed=True)))
    assert [one.id for one in live_parcels(order)] == ["1"]


def test_an_absurd_number_of_parcels_is_bounded() -> None:
    heaps = [event(None, None, *(parcel(id=f"{heap}-{n}") for n in range(MAX_PARCELS))) for heap in "abc"]
    assert len({repr(merged(*one)) for one in permutations(heaps)}) == 1
    assert len(merged(*heaps).parcels) == MAX_PARCELS


def test_why_an_order_is_off() -> None:
    plain, cancelled, refunded = view(), view(cancelled_at=NOON), view(refunded=True)
    test = view(test=True, cancelled_at=NOON, refunded=True)
    assert [is_off(merged(event(one))) for one in (plain, cancelled, refunded, test)] == ["", "cancelled", "refunded", "test"]
    assert is_off(EMPTY) == ""


def test_a_key_names_storefront_and_shop() -> None:
    keys = {order_key(source, order) for source in ("shopify", "stripe") for order in ("1", "2")}
    assert len(keys) == 4


def test_times_of_a_moment_apart_rank() -> None:
    second = timedelta(seconds=1)
    older, newer = event(view(number="#9")), event(view(seen_at=NOON + second, number="#1"))
    assert [merged(*story).view for story in permutations([older, newer])] == [newer.view] * 2


def test_what_came_back_is_no_longer_held() -> None:
    lines = (Line("Studs", 3, 9000, id="1"), Line("Ring", 2, 8000, id="2", left=1), Line("Cloth", 1, 500, id="3"))
    back = [Refund(id_, NOON, Money(100, "GBP"), {"1": 2, "3": many}) for id_, many in (("r1", 0), ("r2", 5))]
    order = merged(event(view(lines=lines)), *(msgspec.structs.replace(event(), refunds=(one,)) for one in back))
    assert [many for _, many in still_held(order)] == [0, 1, 0]


def test_all_money_back_is_refunded() -> None:
    def back(id_: str, amount: int, currency: str = "GBP") -> Learnt:
        return msgspec.structs.replace(event(), refunds=(Refund(id_, NOON, Money(amount, currency)),))

    bought = event(view())
    assert is_off(merged(bought, back("r1", 4700), back("r2", 900, "EUR"))) == ""
    assert is_off(merged(bought, back("r1", 4700), back("r2", 100))) == "refunded"
    euros = event(view(charged=Money(5600, "EUR")))
    assert is_off(merged(euros, back("r1", 5600, "EUR"))) == "refunded"


def test_lines_that_come_later_add_up() -> None:
    found = with_lines(view(lines=(), total=Money(5200, "GBP"), postage=400), [Line("Studs", 1, 4500)] * (MAX_LINES + 1))
    assert (len(found.lines), found.more_lines) == (MAX_LINES, 1)
    assert found.total.amount == 4500 * (MAX_LINES + 1) + found.postage + found.tax + found.other


def test_a_view_with_its_lines_outranks_the_same_without() -> None:
    whole, bare = event(view()), event(view(lines=(), number="#1041-z"))
    for story in permutations([whole, bare]):
        assert merged(*story).view == whole.view


@pytest.mark.parametrize(
    ("how", "expected"), [("unpaid", "unpaid"), ("called_off", "cancelled"), ("test", "test"), ("refunded", "refunded")]
)
def test_an_order_may_stand_again(how: str, expected: str) -> None:
    off, on = event(view(**{how: True})), event(view(seen_at=NOON + HOUR))
    assert is_off(merged(off)) == expected
    assert is_off(merged(on, off)) == is_off(merged(off, on)) == ""
