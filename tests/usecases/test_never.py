"""Never again, by no channel: said on the phone or in a reply, kept for good."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import follow_up_id
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.standing import MARKETING, SERVICE, Standing
from chalicelib.domain.task import Task
from chalicelib.errors import Invalid
from chalicelib.stores import errands, follow_ups, people, tasks
from chalicelib.table import Put
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.restore import restore
from chalicelib.usecases.stop import stop_address
from chalicelib.usecases.take_order import take_order
from tests.factories import asked, follow_up, learnt, shopify_order, shopify_parcel
from tests.support.site import Site, link, person_items
from tests.support.world import TestWorld

ISOBEL = "isobel.trant@example.com"


@pytest.fixture
def world() -> Iterator[TestWorld]:
    """Isobel reads the newsletter, has ordered, and her thank-you is planned."""
    with TestWorld() as made:
        claim_voucher(made, asked(newsletter=True), "192.0.2.7")
        made.work()
        Site(made).press(link(made.mails(ISOBEL)[0].mail, "/api/confirm"))
        take_order(made, learnt("orders/create", shopify_order()))
        take_order(made, learnt("fulfillments/update", shopify_parcel()))
        made.work()
        yield made


def standing(world: TestWorld, address: str = ISOBEL) -> Standing:
    person = person_id(world.secrets.people, parse_address(address).key)
    return people.load_standing(world.table.get(people.standing_key(person)), person)


def test_a_stop_by_phone_is_a_stop(world: TestWorld) -> None:
    assert stop_address(world, ISOBEL) is True
    found = standing(world)
    assert (found.stopped_at, found.never_at, found.consents) == (stamp(world.clock.at), "", {})
    (withdrawn,) = [line for line in person_items(world, "CONSENT#") if line["basis"] == "withdrawn"]
    assert withdrawn["source"] == "owner"
    assert world.follow_ups()["thank-you"].state == "cancelled"
    assert [line.kind for line in world.journal.read()][-1] == "stopped"


def test_never_ends_everything_by_every_channel(world: TestWorld) -> None:
    before = len(world.mails())
    stop_address(world, ISOBEL, never=True)
    assert standing(world).never_at == stamp(world.clock.at)
    world.live(days=30)
    assert len(world.mails()) == before


def test_what_was_to_be_done_by_hand_is_given_up_but_for_what_is_owed(world: TestWorld) -> None:
    for rule, kind, of_class in (("postal-offer", "letter", MARKETING), ("receipt", "mail", SERVICE)):
        _handed_over(world, rule, kind, of_class)
    stop_address(world, ISOBEL)
    assert [one.kind for one in tasks.open_ones(world.table)] == ["mail"]
    assert [one.outcome for one in tasks.of_person(world.table, standing(world).person) if one.kind == "letter"] == ["given up"]


def test_a_receipt_that_is_owed_to_who_wants_no_mail_is_handed_over(world: TestWorld) -> None:
    stop_address(world, ISOBEL, never=True)
    take_order(world, learnt("orders/create", shopify_order(id=2, created_at=world.clock.at.isoformat())))
    world.work()
    (receipt,) = [one for one in follow_ups.of_person(world.table, standing(world).person) if one.anchor.endswith(":2")]
    assert (receipt.state, receipt.reason.kind) == ("handed over", "never")


def test_the_storefront_is_told(world: TestWorld) -> None:
    world.secrets = msgspec.structs.replace(world.secrets, api={"shopify/token": "key"})
    stop_address(world, ISOBEL, never=True)
    assert [errand.kind for errand in errands.all_of(world.table)] == ["stop"]


def test_a_table_put_back_to_an_earlier_day_is_told_of_it(world: TestWorld) -> None:
    person, earlier = standing(world).person, world.table.get(people.standing_key(standing(world).person))
    assert earlier is not None
    stop_address(world, ISOBEL, never=True)
    world.table.write(Put(earlier))
    assert standing(world).never_at == ""
    restored = restore(world, check=False)
    assert (restored.stopped, standing(world).person) == (1, person)
    assert (bool(standing(world).never_at), standing(world).consents) == (True, {})


def test_only_they_themselves_lift_it(world: TestWorld) -> None:
    claim_voucher(world, asked(email="tom.carey@example.com", newsletter=True), "192.0.2.9")
    world.work()
    stop_address(world, "tom.carey@example.com", never=True)
    Site(world).press(link(world.mails("tom.carey@example.com")[0].mail, "/api/confirm"))
    found = standing(world, "tom.carey@example.com")
    assert (found.never_at, found.stopped_at, [*found.consents]) == ("", "", ["newsletter/e-mail"])


def test_an_address_that_nobody_has_is_stopped_and_said_to_be_unknown(world: TestWorld) -> None:
    assert stop_address(world, "nobody@example.com") is False
    assert standing(world, "nobody@example.com").stopped_at
    with pytest.raises(Invalid):
        stop_address(world, "nobody")


def _handed_over(world: TestWorld, rule: str, kind: Any, of_class: str) -> None:
    person, now = standing(world).person, world.clock.at
    one = follow_up(id=follow_up_id(rule, person, "x"), person=person, state="handed over", message_class=of_class, rule=rule)
    world.table.write(follow_ups.put(one))
    world.table.write(tasks.put(Task(one.id, kind, person, "x", rule, now, now)))
