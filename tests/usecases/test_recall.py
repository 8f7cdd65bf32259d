"""Everything that is known of one person, in one piece."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.fact import LIKES
from chalicelib.domain.identity import person_id
from chalicelib.domain.standing import Standing
from chalicelib.stores import follow_ups, inquiries, people, tasks, vouchers
from chalicelib.table import TTL, Update
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.confirm_claim import confirm_claim
from chalicelib.usecases.erase import erase
from chalicelib.usecases.list_facts import list_facts
from chalicelib.usecases.list_orders import list_orders
from chalicelib.usecases.recall import recall
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.who import Who, who
from tests.factories import asked, gift_order, learnt, shopify_order, shopify_parcel
from tests.support.histories import by_hand, inquiry, wrote
from tests.support.known import EVERYTHING, ISOBEL, agreed, person_of, told
from tests.support.site import link
from tests.support.watched import watched
from tests.support.world import NOON, TestWorld

DAY = timedelta(days=1)
RUTH = "ruth.okafor@example.com"


def buys(world: TestWorld, number: int = 1, *, gift: bool = False, email: str = ISOBEL) -> None:
    make = gift_order if gift else shopify_order
    take_order(world, learnt("orders/create", make(id=number, email=email)))


def test_of_nobody_nothing_is_known() -> None:
    with TestWorld() as world:
        found = recall(world, "nobody")
        assert found.standing == Standing("nobody")
        assert (found.contact, found.orders, found.follow_ups, found.facts, found.vouchers) == (None, (), (), (), ())


def test_all_of_it_is_there() -> None:
    with TestWorld() as world:
        person = agreed(world)
        told(world, person, LIKES, "rings", "yes")
        buys(world, 1)
        buys(world, 2, gift=True)
        question = msgspec.structs.replace(inquiry(NOON), id=f"{person}-q", person=person)
        letter = msgspec.structs.replace(by_hand("letter", NOON), id=f"{person}-letter", person=person)
        for action in (inquiries.put(question), tasks.put(letter)):
            world.sqlite.write(action)
        found = recall(world, person)
        assert sorted(found.standing.consents) == sorted(EVERYTHING)
        assert found.contact is not None
        assert found.contact.address == ISOBEL
        assert [order.is_gift for order in sorted(found.orders, key=lambda one: one.key)] == [False, True]
        assert [(fact.kind, fact.about, fact.value) for fact in found.facts] == [(LIKES, "rings", "yes")]
        assert (found.inquiries, found.tasks) == ((question,), (letter,))
        assert {one.rule for one in found.follow_ups} == {"receipt"}


def test_nothing_of_others_is() -> None:
    with TestWorld() as world:
        buys(world, 1)
        buys(world, 2, email="other@example.com")
        assert [order.key.rpartition(":")[2] for order in recall(world, person_of(world)).orders] == ["1"]


def test_a_gift_is_not_its_recipients_order() -> None:
    with TestWorld() as world:
        buys(world, 1, gift=True)
        take_order(world, learnt("fulfillments/update", shopify_parcel(order_id=1)))
        ruth = recall(world, person_of(world, RUTH))
        assert [one.rule for one in ruth.follow_ups] == ["gift-note"]
        assert ruth.orders == ()


def test_an_order_that_the_storefront_gave_another_buyer_is_theirs_and_nobody_elses() -> None:
    with TestWorld() as world:
        buys(world, 1)
        assert recall(world, person_of(world)).orders
        other = shopify_order(id=1, email="tom.jago@example.com", updated_at="2026-03-05T12:00:00+00:00")
        take_order(world, learnt("orders/updated", other))
        before, after = person_of(world), person_of(world, "tom.jago@example.com")
        key = "shopify:1"
        assert (recall(world, before).orders, recall(world, before).others) == ((), (key,))
        assert ([one.key for one in recall(world, after).orders], recall(world, after).others) == ([key], ())
        assert (list_facts(world, before), who(world, [before])[before]) == ((), Who())
        assert who(world, [after])[after].address == "tom.jago@example.com"
        assert (list_orders(world, ISOBEL), len(list_orders(world, "tom.jago@example.com"))) == ([], 1)


def test_an_order_without_a_follow_up_is_found_too() -> None:
    with TestWorld(sends_receipt=True) as world:
        buys(world, 1)
        found = recall(world, person_of(world))
        assert (len(found.orders), found.follow_ups) == (1, ())


def test_their_voucher_is_found_spent_or_not() -> None:
    with TestWorld() as world:
        claim_voucher(world, asked(), "198.51.100.1")
        world.work()
        voucher = confirm_claim(world, link(world.mails()[0].mail, "/api/confirm").partition("t=")[2]).voucher
        assert recall(world, person_of(world)).vouchers == (voucher,)
        world.sqlite.write(vouchers.redeem(voucher, "shopify:x:1", NOON))
        assert [one.redeemed_by for one in recall(world, person_of(world)).vouchers] == ["shopify:x:1"]


def test_a_contact_whose_day_is_over_is_none() -> None:
    with TestWorld() as world:
        person = agreed(world)
        world.sqlite.write(Update(people.contact_key(person), set={TTL: int((NOON + DAY).timestamp())}))
        assert recall(world, person).contact is not None
        world.clock.move(2 * DAY)
        assert recall(world, person).contact is None


def test_an_order_that_is_gone_is_left_out() -> None:
    with TestWorld() as world:
        person = person_of(world)
        theirs = msgspec.structs.replace(wrote(NOON, about="shopify:x:gone"), role="buyer", person=person, id=f"{person}-gone")
        world.sqlite.write(follow_ups.put(theirs))
        assert recall(world, person).orders == ()


def test_what_is_erased_says_nothing_any_more() -> None:
    with TestWorld() as world:
        buys(world, 1)
        erase(world, person_of(world))
        assert all(order.erased and order.view is None for order in recall(world, person_of(world)).orders)


@pytest.mark.parametrize("key", ["STANDING", "CONTACT"])
def test_unreadable_is_not_nothing(key: str) -> None:
    with TestWorld() as world:
        person = agreed(world)
        world.sqlite.write(Update((f"P#{person}", key), set={"person": 7}))
        with pytest.raises(msgspec.ValidationError):
            recall(world, person)


def test_it_is_one_query_and_one_batch() -> None:
    with TestWorld() as world:
        person = agreed(world)
        for number in range(20):
            buys(world, number)
        calls: list[str] = []
        world.table = watched(world.sqlite, before=calls.append)
        assert len(recall(world, person).orders) == 20
        assert calls == ["query", "get_many"]


def test_of_somebody_with_a_long_history_it_is_page_by_page() -> None:
    with TestWorld() as world:
        person = agreed(world)
        for n in range(250):
            one = wrote(NOON - n * DAY, about=stamp(NOON - n * DAY))
            world.sqlite.write(follow_ups.put(msgspec.structs.replace(one, person=person, id=f"{person}-{n}")))
        calls: list[str] = []
        world.table = watched(world.sqlite, before=calls.append)
        assert len(recall(world, person).follow_ups) == 250
        assert calls == ["query"] * 3


def test_a_person_is_their_address_by_hash() -> None:
    with TestWorld() as world:
        assert agreed(world) == person_id(world.secrets.people, ISOBEL)
