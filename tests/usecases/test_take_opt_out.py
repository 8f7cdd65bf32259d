"""Soft opt-in: a buyer who could say no at the checkout, and let it stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.storefronts.standard import Standard
from chalicelib.domain.calendar import stamp
from chalicelib.domain.consent import wording_hash
from chalicelib.domain.customer import ConsentSaid
from chalicelib.domain.identity import person_id
from chalicelib.domain.order import Learnt
from chalicelib.domain.standing import Standing
from chalicelib.stores import people
from chalicelib.table import Put, Update
from chalicelib.usecases.take_consent import take_consent
from chalicelib.usecases.take_webhook import take
from tests.factories import gift_order, learnt, shopify_order
from tests.support.properties import quick
from tests.support.world import NOON, TestWorld

WORDS = "Untick this if you would rather not hear from us about things like these."
BUYER, RECIPIENT = "isobel.trant@example.com", "ruth.okafor@example.com"
DAY = timedelta(days=1)


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld(opt_out=WORDS, soft_opt_in_countries=("GB",)) as made:
        yield made


def standing(world: TestWorld, address: str = BUYER) -> Standing:
    person = person_id(world.secrets.people, address)
    return people.load_standing(world.table.get(people.standing_key(person)), person)


def buys(world: TestWorld, *, left_alone: bool = True, order: dict[str, Any] | None = None, **changes: Any) -> None:
    payload = {**(order or shopify_order()), "buyer_accepts_marketing": left_alone, **changes}
    take(world, learnt("orders/create", payload))


def ledger(world: TestWorld) -> list[dict[str, Any]]:
    return [item for item in world.sqlite.scan().items if str(item["sk"]).startswith("CONSENT#")]


def agrees(world: TestWorld) -> bool:
    return "newsletter/e-mail" in standing(world).consents


def test_who_leaves_the_box_alone_may_be_written_to(world: TestWorld) -> None:
    buys(world)
    assert standing(world).consents == {"newsletter/e-mail": stamp(NOON)}
    (line,) = ledger(world)
    assert (line["basis"], line["wording"], line["wording_hash"]) == ("soft opt-in", WORDS, wording_hash(WORDS))
    assert line["source"] == "checkout of shopify:5551023340801"
    contact = people.load_contact(world.table.get(people.contact_key(standing(world).person)), NOON)
    assert contact is not None
    assert (contact.name, contact.address) == ("Isobel Trant", BUYER)


def test_who_uses_it_may_not(world: TestWorld) -> None:
    buys(world, left_alone=False)
    assert ledger(world) == []
    assert not agrees(world)


def test_an_order_that_tells_nothing_of_a_box_changes_nothing(world: TestWorld) -> None:
    take(world, learnt("orders/create", shopify_order()))
    assert not agrees(world)


@pytest.mark.parametrize(
    "shop",
    [{}, {"opt_out": WORDS}, {"soft_opt_in_countries": ("GB",)}, {"opt_out": "  ", "soft_opt_in_countries": ("GB",)}],
)
def test_only_where_the_owner_has_declared_it(shop: dict[str, Any]) -> None:
    with TestWorld(**shop) as world:
        buys(world)
        assert ledger(world) == []


@pytest.mark.parametrize("country", ["DE", "", "ZZ"])
def test_only_where_the_buyer_lives_in_a_listed_country(world: TestWorld, country: str) -> None:
    buys(world, billing_address={"country_code": country}, shipping_address={})
    assert not agrees(world)


@pytest.mark.parametrize(
    "off",
    [{"cancelled_at": stamp(NOON)}, {"financial_status": "refunded"}, {"test": True}],
)
def test_only_an_order_that_stands_counts(world: TestWorld, off: dict[str, Any]) -> None:
    buys(world, **off)
    assert not agrees(world)


def test_a_gift_is_no_purchase_of_their_own_and_its_recipient_nobody_s_customer(world: TestWorld) -> None:
    buys(world, order=gift_order())
    assert not agrees(world)
    assert standing(world, RECIPIENT).consents == {}


def test_what_may_be_a_gift_counts_as_one(world: TestWorld) -> None:
    buys(world, shipping_address={"name": "Ruth Okafor", "address1": "9 Quay Hill", "country_code": "GB"})
    assert not agrees(world)


def test_an_order_of_the_past_is_no_ground(world: TestWorld) -> None:
    seen = learnt("orders/create", {**shopify_order(), "buyer_accepts_marketing": True})
    take(world, Learnt(seen.source, seen.order, seen.view, seen.signs, history=True, opted_out=False))
    assert not agrees(world)


@pytest.mark.parametrize("closed", ["stopped_at", "never_at", "unreachable_at"])
def test_it_never_undoes_what_they_asked_for(world: TestWorld, closed: str) -> None:
    before = standing(world)
    world.table.write(
        Update(people.standing_key(before.person), set={"person": before.person, closed: stamp(NOON - DAY)}, add={"version": 1})
    )
    buys(world)
    assert not agrees(world)
    assert getattr(standing(world), closed) == stamp(NOON - DAY)


def test_a_storefronts_no_is_not_undone_by_its_own_box(world: TestWorld) -> None:
    take_consent(world, ConsentSaid("shopify", "no", BUYER, BUYER, at=NOON - DAY))
    buys(world)
    assert not agrees(world)
    assert standing(world).stopped_by == "shopify"


def test_a_consent_that_ended_is_not_brought_back_by_silence(world: TestWorld) -> None:
    person = standing(world).person
    ended = people.withdrawn(
        Standing(person, consents={"newsletter/e-mail": stamp(NOON - 9 * DAY)}), NOON - DAY, "preference page"
    )
    for line in ended:
        world.table.write(line)
    buys(world)
    assert not agrees(world)


def test_saying_it_twice_is_fine(world: TestWorld) -> None:
    buys(world)
    buys(world, updated_at=stamp(NOON + DAY))
    assert len(ledger(world)) == 1


def test_who_had_said_yes_themselves_stays_with_that(world: TestWorld) -> None:
    consented(world)
    buys(world)
    assert ledger(world) == []
    assert standing(world).consents == {"newsletter/e-mail": stamp(NOON - 5 * DAY)}


def consented(world: TestWorld) -> None:
    person = standing(world).person
    world.table.write(
        Put(
            {
                "pk": f"P#{person}",
                "sk": "STANDING",
                "person": person,
                "version": 1,
                "consents": {"newsletter/e-mail": stamp(NOON - 5 * DAY)},
            }
        )
    )


def test_a_later_no_at_the_checkout_ends_what_only_stood(world: TestWorld) -> None:
    buys(world)
    world.clock.move(30 * DAY)
    later = stamp(NOON + 30 * DAY)
    buys(world, left_alone=False, id=2, created_at=later, updated_at=later)
    assert not agrees(world)
    assert standing(world).stopped_at == ""
    assert [line["basis"] for line in ledger(world)] == ["soft opt-in", "withdrawn"]
    buys(world, id=3, created_at=later, updated_at=later)
    assert not agrees(world)


def test_but_not_what_they_said_yes_to_themselves(world: TestWorld) -> None:
    consented(world)
    buys(world, left_alone=False)
    assert agrees(world)


def test_an_unconfirmed_yes_counts_for_no_more_than_a_box_left_alone(world: TestWorld) -> None:
    said = ConsentSaid("shopify", "yes", BUYER, BUYER, at=NOON, confirmed=False)
    assert take_consent(world, said).startswith("ignored: they have not confirmed it")
    take(world, learnt("orders/create", shopify_order()))
    assert take_consent(world, said) == "taken"
    assert [line["basis"] for line in ledger(world)] == ["soft opt-in"]
    assert take_consent(world, said) == "ignored: they had said yes already"


def test_without_a_declaration_an_unconfirmed_yes_is_none() -> None:
    with TestWorld() as world:
        take(world, learnt("orders/create", shopify_order()))
        said = ConsentSaid("shopify", "yes", BUYER, BUYER, at=NOON, confirmed=False)
        assert take_consent(world, said).startswith("ignored: they have not confirmed it")


def test_an_unconfirmed_yes_is_no_ground_with_a_gift_alone(world: TestWorld) -> None:
    take(world, learnt("orders/create", gift_order()))
    assert take_consent(world, ConsentSaid("shopify", "yes", BUYER, BUYER, at=NOON, confirmed=False)).startswith("ignored")
    assert take_consent(world, ConsentSaid("shopify", "yes", RECIPIENT, RECIPIENT, at=NOON, confirmed=False)).startswith(
        "ignored"
    )


@pytest.mark.parametrize(("said", "expected"), [(True, True), (False, False), ("no", None), (None, None)])
def test_any_other_shop_may_tell_of_its_box(said: object, expected: bool | None) -> None:
    import json

    event = {
        "type": "order", "order": "1041", "placed_at": stamp(NOON), "changed_at": stamp(NOON), "currency": "GBP", "total": "48.00",
        "buyer": {"email": BUYER, "country": "GB", "opted_out": said},
    }  # fmt: skip
    found = Standard().learn("order", json.dumps(event).encode())
    assert isinstance(found, Learnt)
    assert found.opted_out is expected


@quick
@given(st.lists(st.sampled_from(["alone", "used", "gift", "stop", "storefront no", "foreign"]), max_size=6))
def test_after_a_no_nothing_but_their_own_yes_brings_it_back(acts: list[str]) -> None:
    with TestWorld(opt_out=WORDS, soft_opt_in_countries=("GB",)) as world:
        said_no = False
        for number, act in enumerate(acts, 1):
            world.clock.move(DAY)
            now = stamp(world.clock.now())
            order: dict[str, Any] = {"id": number, "created_at": now, "updated_at": now}
            had = agrees(world)
            if act == "alone":
                buys(world, **order)
            elif act == "used":
                buys(world, left_alone=False, **order)
                said_no |= had
            elif act == "gift":
                buys(world, order=gift_order(), **order)
            elif act == "foreign":
                buys(world, billing_address={"country_code": "FR"}, shipping_address={}, **order)
            elif act == "stop":
                world.table.write(people.stopped(standing(world).person, world.clock.now()))
                said_no = True
            else:
                take_consent(world, ConsentSaid("shopify", "no", BUYER, BUYER, at=world.clock.now()))
                said_no = True
            assert not (said_no and agrees(world))
        assert agrees(world) == ("alone" in acts and not said_no)
