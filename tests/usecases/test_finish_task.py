"""By-hand tasks: listed with what is looked up, and what follows from each outcome."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.domain.consent import OFFERS, consent_key
from chalicelib.domain.fact import ADDRESS, PHONE, Fact
from chalicelib.domain.follow_up import HANDED_OVER, follow_up_id
from chalicelib.domain.playbook import CONTACT
from chalicelib.domain.standing import MARKETING
from chalicelib.domain.task import Kind, Outcome, Task
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.stores import facts, follow_ups, inquiries, people, tasks
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.finish_task import finish_task
from chalicelib.usecases.list_tasks import list_tasks
from chalicelib.usecases.take_order import take_order
from tests.factories import asked, follow_up, gift_order, learnt, shopify_parcel
from tests.support.site import Site, items, link, person_items
from tests.support.world import TestWorld

ISOBEL = "isobel.trant@example.com"
LABEL = "Isobel Trant\n4 Fore Street\nTruro TR1 2QT"


@pytest.fixture
def world() -> Iterator[TestWorld]:
    """Isobel is a contact who gave us her address and her number."""
    with TestWorld(recipient_note="by hand") as made:
        claim_voucher(made, asked(newsletter=True), "192.0.2.7")
        made.work()
        Site(made).press(link(made.mails(ISOBEL)[0].mail, "/api/confirm"))
        for kind, about, value in ((ADDRESS, "post", LABEL), (PHONE, "call", "+441872000000")):
            made.table.write(facts.put(person(made), Fact(kind, about, value, "stated", made.clock.at, "owner")))
        yield made


def person(world: TestWorld) -> str:
    (contact,) = person_items(world, "CONTACT")
    return str(contact["person"])


def handed_over(world: TestWorld, kind: Kind, *, in_days: int = 0) -> str:
    """A letter to her or a call, handed over."""
    rule = {"letter": "postal-offer", "call": "call"}[kind]
    at, id_ = world.clock.at + timedelta(days=in_days), follow_up_id(rule, person(world), "x")
    one = follow_up(
        id=id_, rule=rule, person=person(world), anchor="x", role=CONTACT, message_class=MARKETING, state=HANDED_OVER, due_at=at
    )
    world.table.write(follow_ups.put(one))
    world.table.write(tasks.put(Task(id_, kind, one.person, "x", rule, world.clock.at, at)))
    return id_


def the_note(world: TestWorld) -> str:
    """Ruth's note, by hand, ten days after her gift arrived."""
    take_order(world, learnt("orders/create", gift_order()))
    take_order(world, learnt("fulfillments/update", shopify_parcel()))
    world.live(days=13)
    (task,) = [one for one in tasks.open_ones(world.table) if one.kind == "note"]
    return task.id


def standing(world: TestWorld) -> Any:
    return people.load_standing(world.table.get(people.standing_key(person(world))), person(world))


# --- listed ---


def test_a_letter_is_listed_with_the_address_that_they_gave(world: TestWorld) -> None:
    handed_over(world, "letter")
    (listed,) = list_tasks(world)
    assert (listed.kind, listed.name, listed.postal) == ("letter", "Isobel Trant", tuple(LABEL.splitlines()))
    assert listed.outcomes == ("posted", "given up")


def test_a_call_is_listed_with_their_number(world: TestWorld) -> None:
    handed_over(world, "call")
    assert [one.phone for one in list_tasks(world)] == ["+441872000000"]


def test_a_note_goes_to_the_parcels_own_label(world: TestWorld) -> None:
    the_note(world)
    (listed,) = list_tasks(world)
    assert (listed.name, listed.about, listed.phone) == ("Ruth Okafor", "#1041", "")
    assert listed.postal[-2:] != ()
    assert "9 Quay Hill" in listed.postal


def test_of_a_recipient_who_was_forgotten_no_name_is_left(world: TestWorld) -> None:
    id_ = the_note(world)
    world.clock.move(timedelta(days=400))
    (listed,) = [one for one in list_tasks(world) if one.id == id_]
    assert (listed.name, listed.postal, listed.address) == ("", (), "")


def test_no_item_of_a_task_holds_a_name_or_an_address(world: TestWorld) -> None:
    the_note(world)
    handed_over(world, "letter")
    told = str(person_items(world, "TASK#"))
    assert not any(word in told for word in ("Ruth", "Isobel", "Quay", "Fore Street", "@", "+44"))


def test_today_is_until_its_end(world: TestWorld) -> None:
    handed_over(world, "letter")
    handed_over(world, "call", in_days=1)
    assert [one.kind for one in list_tasks(world, today=True)] == ["letter"]
    assert [one.kind for one in list_tasks(world)] == ["letter", "call"]


# --- what became of it ---


@pytest.mark.parametrize(
    ("kind", "outcome"), [("letter", "posted"), ("letter", "given up"), ("call", "happy"), ("call", "no answer")]
)
def test_what_is_done_is_listed_no_more(world: TestWorld, kind: Kind, outcome: Outcome) -> None:
    id_ = handed_over(world, kind)
    finish_task(world, id_, outcome, "As it was.")
    assert list_tasks(world) == []
    (kept,) = tasks.of_person(world.table, person(world))
    assert (kept.outcome, kept.words, kept.done_at) == (outcome, "As it was.", world.clock.at)
    assert inquiries.open_ones(world.table) == []
    with pytest.raises(Conflict, match="done before"):
        finish_task(world, id_, "given up")


def test_who_is_unhappy_on_the_phone_is_helped_first(world: TestWorld) -> None:
    id_ = handed_over(world, "call")
    finish_task(world, id_, "unhappy", "The clasp broke.")
    (inquiry,) = inquiries.open_ones(world.table)
    assert (inquiry.person, inquiry.source, inquiry.words, inquiry.about) == (person(world), "call", "The clasp broke.", "")


def test_why_they_stayed_away_is_kept_as_a_fact(world: TestWorld) -> None:
    id_ = handed_over(world, "call")
    with pytest.raises(Invalid, match="why they stayed away"):
        finish_task(world, id_, "away")
    finish_task(world, id_, "away", "They moved to Leeds.")
    (fact,) = person_items(world, "FACT#away")
    assert (fact["value"], fact["how"], fact["source"]) == ("They moved to Leeds.", "stated", "call")


def test_who_asks_us_on_the_phone_to_stop_is_never_contacted_again(world: TestWorld) -> None:
    id_, letter = handed_over(world, "call"), handed_over(world, "letter")
    finish_task(world, id_, "stop")
    found = standing(world)
    assert (bool(found.never_at), bool(found.stopped_at), found.consents) == (True, True, {})
    assert [line.kind for line in world.journal.read()][-1] == "never"
    assert {one.id: one.outcome for one in tasks.of_person(world.table, person(world))} == {id_: "stop", letter: "given up"}
    (withdrawn,) = [line for line in person_items(world, "CONSENT#") if line["basis"] == "withdrawn"]
    assert withdrawn["source"] == "call"


@pytest.mark.parametrize(("kind", "outcome"), [("letter", "happy"), ("letter", "stop"), ("letter", "away"), ("call", "posted")])
def test_an_outcome_of_another_kind_is_refused(world: TestWorld, kind: Kind, outcome: Outcome) -> None:
    id_ = handed_over(world, kind)
    before = items(world)
    with pytest.raises(Invalid, match=f"That is a {kind}: say"):
        finish_task(world, id_, outcome, "words")
    assert items(world) == before


@pytest.mark.parametrize("words", ["x" * 2001, "a\x00b", "a\u202eb"])
def test_words_that_cannot_be_taken_change_nothing(world: TestWorld, words: str) -> None:
    id_ = handed_over(world, "call")
    before = items(world)
    with pytest.raises(Invalid):
        finish_task(world, id_, "unhappy", words)
    assert items(world) == before


@pytest.mark.parametrize("id_", ["", "nothing", "somebody-something", "é-ü"])
def test_an_id_that_nobody_has_is_not_found(world: TestWorld, id_: str) -> None:
    with pytest.raises(NotFound, match="courtesy tasks lists them"):
        finish_task(world, id_, "posted")


def test_the_ladders_consents_end_with_a_stop(world: TestWorld) -> None:
    before = standing(world)
    agreed = msgspec.structs.replace(before, consents={**before.consents, consent_key(OFFERS, "call"): "2026-03-02T12:00:00Z"})
    world.table.write(people.stands_again(before, msgspec.structs.replace(agreed, version=before.version + 1)))
    finish_task(world, handed_over(world, "call"), "stop")
    assert standing(world).consents == {}
    lines = [str(line["sk"]) for line in person_items(world, "CONSENT#") if line["basis"] == "withdrawn"]
    assert len(lines) == 2
