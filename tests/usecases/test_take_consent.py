"""A storefront's yes or no to marketing by e-mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from typing import Any

import msgspec
import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.customer import ConsentSaid
from chalicelib.domain.identity import person_id
from chalicelib.domain.standing import Standing
from chalicelib.errors import Busy
from chalicelib.stores import people
from chalicelib.table import Delete, Put
from chalicelib.usecases.restore import restore
from chalicelib.usecases.stop import stop
from chalicelib.usecases.take_consent import take_consent
from chalicelib.usecases.take_order import take_order
from tests.factories import learnt, shopify_order, shopify_parcel
from tests.support.site import Site, link
from tests.support.watched import Crash, once, watched
from tests.support.world import NOON, TestWorld

ADDRESS = "isobel.trant@example.com"
DAY = timedelta(days=1)
YES = ConsentSaid("shopify", "yes", ADDRESS, ADDRESS, at=NOON - DAY, confirmed=True, name="Isobel Trant")


def no(**changes: Any) -> ConsentSaid:
    return msgspec.structs.replace(YES, said="no", **changes)


def yes(**changes: Any) -> ConsentSaid:
    return msgspec.structs.replace(YES, **changes)


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        yield made


def person(world: TestWorld) -> str:
    return person_id(world.secrets.people, ADDRESS)


def standing(world: TestWorld) -> Standing:
    return people.load_standing(world.table.get(people.standing_key(person(world))), person(world))


def ledger(world: TestWorld) -> list[dict[str, Any]]:
    return [item for item in world.sqlite.scan().items if str(item["sk"]).startswith("CONSENT#")]


def test_a_confirmed_yes_is_a_consent(world: TestWorld) -> None:
    assert take_consent(world, YES) == "taken"
    assert standing(world).consents == {"newsletter/e-mail": stamp(NOON - DAY)}
    (line,) = ledger(world)
    assert (line["wording"], line["source"]) == (world.shop.storefront.consent, "shopify")
    contact = people.load_contact(world.table.get(people.contact_key(person(world))), world.clock.now())
    assert contact is not None
    assert (contact.address, contact.name) == (ADDRESS, "Isobel Trant")


def test_saying_it_twice_changes_nothing(world: TestWorld) -> None:
    take_consent(world, YES)
    before = world.sqlite.scan().items
    assert take_consent(world, YES).startswith("ignored: they had said yes")
    assert world.sqlite.scan().items == before


@pytest.mark.parametrize(
    ("said", "settings", "why"),
    [
        (yes(confirmed=False), {}, "confirmed"),
        (yes(at=None), {}, "when"),
        (yes(), {"consent": " "}, "words"),
    ],
)
def test_what_is_no_proof_is_no_consent(said: ConsentSaid, settings: dict[str, Any], why: str) -> None:
    with TestWorld(**settings) as world:
        outcome = take_consent(world, said)
        assert outcome.startswith("ignored: ")
        assert why in outcome
        assert world.sqlite.scan().items == []


def test_the_owner_may_take_any_yes() -> None:
    with TestWorld(accept_consent="any") as world:
        assert take_consent(world, yes(confirmed=False)) == "taken"
        assert standing(world).consents


def test_a_no_stops_courtesy_and_marketing(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", shopify_order(fulfillments=[shopify_parcel()])))
    assert take_consent(world, no()) == "taken"
    assert world.follow_ups()["thank-you"].state == "cancelled"
    assert world.follow_ups()["receipt"].state == "planned"
    assert standing(world).stopped_by == "shopify"
    assert [line.kind for line in world.journal.read()] == ["stopped"]


def test_a_no_without_a_time_counts_now(world: TestWorld) -> None:
    assert take_consent(world, no(at=None)) == "taken"
    assert standing(world).stopped_at == stamp(NOON)


def test_a_no_from_the_future_counts_now(world: TestWorld) -> None:
    take_consent(world, no(at=NOON + 365 * DAY))
    assert standing(world).stopped_at == stamp(NOON)


def test_the_newer_word_wins_in_any_order() -> None:
    story = [yes(at=NOON - 5 * DAY), no(at=NOON - 4 * DAY), yes(at=NOON - 3 * DAY), no(at=NOON - 6 * DAY)]
    for told in permutations(story):
        with TestWorld() as world:
            for said in (*told, *told):
                take_consent(world, said)
            assert standing(world).consents, told
            assert not standing(world).stopped_at, told


def test_the_newest_no_wins_in_any_order() -> None:
    for told in permutations([yes(at=NOON - 5 * DAY), no(at=NOON - DAY), yes(at=NOON - 3 * DAY)]):
        with TestWorld() as world:
            for said in told:
                take_consent(world, said)
            found = standing(world)
            assert (found.consents, found.stopped_at) == ({}, stamp(NOON - DAY)), told


def stop_link(world: TestWorld) -> str:
    return world.links.make("stop", person(world), "all", None)


def test_their_own_stop_outlives_the_storefronts_yes(world: TestWorld) -> None:
    stop(world, stop_link(world))
    assert take_consent(world, yes(at=NOON + DAY)).startswith("ignored: they asked us to stop")
    assert not standing(world).consents


def test_their_own_stop_outlives_it_after_the_storefronts_no(world: TestWorld) -> None:
    take_consent(world, no())
    stop(world, stop_link(world))
    world.clock.move(2 * DAY)
    assert take_consent(world, yes(at=NOON + DAY)).startswith("ignored: they asked us to stop")


def test_an_old_no_does_not_undo_their_own_yes(world: TestWorld) -> None:
    site = Site(world)
    site.claim(ADDRESS, "Isobel Trant", tick=True)
    world.work()
    site.press(link(world.mails()[0].mail, "/api/confirm"))
    assert take_consent(world, no(at=NOON - DAY)).startswith("ignored: they have said yes since")
    assert standing(world).consents


def test_mail_that_came_back_is_no_ground(world: TestWorld) -> None:
    world.table.write(people.unreachable(person(world), "complained", NOON))
    assert take_consent(world, YES).startswith("ignored: mail to them came back")


def test_a_restore_knows_the_storefronts_no(world: TestWorld) -> None:
    take_consent(world, no())
    for item in world.sqlite.scan().items:
        world.sqlite.write(Delete((str(item["pk"]), str(item["sk"]))))
    restore(world, check=False)
    assert standing(world).stopped_at == stamp(NOON - DAY)


def test_a_restore_knows_that_it_was_undone(world: TestWorld) -> None:
    take_consent(world, no(at=NOON - 5 * DAY))
    take_consent(world, yes(at=NOON - DAY))
    restore(world, check=False)
    assert standing(world).consents
    assert not standing(world).stopped_at


def test_a_no_that_is_not_journalled_is_not_said_yet(world: TestWorld) -> None:
    journal = world.journal
    world.journal = watched(journal, before=once(_busy, at="append"))
    with pytest.raises(Busy):
        take_consent(world, no())
    assert not standing(world).stopped_at
    assert take_consent(world, no()) == "taken"
    assert [line.kind for line in journal.read()] == ["stopped"]


def _busy() -> None:
    raise Busy("told so")


def test_a_no_cut_short_is_tidied_up(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", shopify_order(fulfillments=[shopify_parcel()])))
    table = world.table
    world.table = watched(table, after=once(_dies, at="transact"))
    with pytest.raises(Crash):
        take_consent(world, no())
    world.table = table
    assert world.follow_ups()["thank-you"].state == "planned"
    take_consent(world, no())
    assert world.follow_ups()["thank-you"].state == "cancelled"


def _dies() -> None:
    raise Crash


def test_their_own_stop_outlives_a_restore(world: TestWorld) -> None:
    take_consent(world, no(at=NOON - 5 * DAY))
    kept = world.sqlite.scan().items
    world.clock.move(DAY)
    stop(world, stop_link(world))
    for item in kept:
        world.sqlite.write(Put(item))
    restore(world, check=False)
    world.clock.move(5 * DAY)
    assert take_consent(world, yes(at=NOON + 2 * DAY)).startswith("ignored: they asked us to stop")
