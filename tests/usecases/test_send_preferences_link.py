"""A link to one's own page, asked for with nothing but an address: to whom it goes, to whom it never does, and what nobody learns by asking."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from chalicelib.domain.identity import parse_address, person_id
from chalicelib.stores import people
from chalicelib.usecases.erase import erase
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.take_order import take_order
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel
from tests.support.site import Answer, Site, items, link, person_items
from tests.support.watched import watched
from tests.support.world import SECRETS, TestWorld

ISOBEL, RUTH, NOBODY = "isobel.trant@example.com", "ruth.okafor@example.com", "lowenna.rowe@example.com"
ISOBELS = person_id(SECRETS.people, parse_address(ISOBEL).key)


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        yield made


def ask(world: TestWorld, email: str = ISOBEL) -> Answer:
    answer = Site(world).post("/api/preferences/link", email=email, website="")
    world.work()
    return answer


def links(world: TestWorld, to: str = "") -> list[str]:
    return [kept.mail.to for kept in world.mails(to) if kept.mail.subject == "Your preferences, and what we know of you"]


def agreed(world: TestWorld) -> None:
    record_consent(world, ISOBEL, ["newsletter/e-mail"], source="the counter", name="Isobel Trant", proof="owner")


def bought(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", shopify_order()))
    world.work()


# --- to whom it goes ---


def test_a_contact_gets_a_link_that_opens_their_own_page(world: TestWorld) -> None:
    agreed(world)
    assert ask(world).header("location") == "/inbox/"
    (mail,) = [kept.mail for kept in world.mails(ISOBEL)]
    assert mail.text.startswith("Dear Isobel\n")
    page = Site(world).get(link(mail, "/api/preferences"))
    assert (page.status, ISOBEL in page.text) == (200, True)
    assert len(set(re.findall(r"/api/preferences\?t=\S+", mail.text))) == 1


def test_a_buyer_who_is_no_contact_gets_it_at_the_address_of_their_order(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", shopify_order(email="Isobel.Trant@example.com")))
    ask(world, "isobel.trant@EXAMPLE.com")
    assert links(world) == ["Isobel.Trant@example.com"]
    assert not person_items(world, "CONTACT")


def test_who_only_asked_us_something_gets_it_without_the_name_that_was_typed(world: TestWorld) -> None:
    fields = {"name": "Lowenna Rowe", "email": NOBODY, "order": "", "question": "Do you mend clasps?", "website": ""}
    Site(world).post("/api/questions", **fields)
    ask(world, NOBODY)
    (mail,) = [kept.mail for kept in world.mails(NOBODY)]
    assert "Lowenna" not in mail.text + mail.subject
    assert (
        "Do you mend clasps?" in Site(world).get(link(mail, "/api/preferences").replace("preferences", "preferences/data")).text
    )


def test_who_only_entered_the_competition_gets_it_once_they_confirmed_and_may_be_forgotten_by_it(world: TestWorld) -> None:
    site = Site(world)
    site.post("/api/entries", name="Lowenna Rowe", email=NOBODY, county="Cornwall", website="")
    ask(world, NOBODY)
    assert links(world) == []  # so far anybody may have typed it
    site.press(link(next(kept.mail for kept in world.mails(NOBODY) if "/api/enter?" in kept.mail.text), "/api/enter"))
    world.clock.move(timedelta(hours=25))
    ask(world, NOBODY)
    mail = next(kept.mail for kept in world.mails(NOBODY) if kept.mail.subject.startswith("Your preferences"))
    site.press(link(mail, "/api/preferences").replace("/preferences?", "/preferences/erase?"))
    assert [item for item in items(world) if "lowenna" in repr(item).lower()] == []
    assert not person_items(world, "ENTRY#")


def test_german_buyers_are_written_to_in_german(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", shopify_order(customer_locale="de-DE")))
    ask(world)
    assert "Ihre Einstellungen, und was wir von Ihnen wissen" in [kept.mail.subject for kept in world.mails(ISOBEL)]


def test_it_goes_to_who_stopped_too_for_they_asked_for_it(world: TestWorld) -> None:
    agreed(world)
    world.table.write(people.stopped(ISOBELS, world.clock.at))
    ask(world)
    assert links(world) == [ISOBEL]


# --- to whom it never does ---


def test_nobody_whom_we_do_not_know_is_written_to(world: TestWorld) -> None:
    assert ask(world, NOBODY).header("location") == "/inbox/"
    assert world.mails() == []
    assert {str(item["pk"]).partition("#")[0] for item in items(world)} <= {"RATE", "GATE", "RULES", "NIGHTLY", "OWNER"}


def test_a_gifts_recipient_gets_none(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", gift_order()))
    take_order(world, learnt("fulfillments/update", shopify_parcel()))
    world.live(days=13)
    assert [kept.mail.subject for kept in world.mails(RUTH)] != []
    ask(world, RUTH)
    assert links(world, RUTH) == []


def test_of_whom_nothing_is_left_gets_none(world: TestWorld) -> None:
    agreed(world)
    bought(world)
    erase(world, ISOBELS)
    before = len(world.mails())
    ask(world)
    assert len(world.mails()) == before


def test_who_complained_is_not_written_to_again(world: TestWorld) -> None:
    agreed(world)
    world.table.write(people.unreachable(ISOBELS, "complained", world.clock.at))
    ask(world)
    assert links(world) == []


# --- how often ---


def test_an_address_gets_one_a_day(world: TestWorld) -> None:
    agreed(world)
    for _ in range(3):
        assert ask(world).status == 303
    assert len(links(world)) == 1
    world.clock.move(timedelta(hours=24))
    ask(world)
    assert len(links(world)) == 2


def test_an_address_that_bounced_is_tried_once_and_saving_through_that_link_opens_it(world: TestWorld) -> None:
    agreed(world)
    world.table.write(people.unreachable(ISOBELS, "bounced", world.clock.at))
    world.clock.move(timedelta(hours=1))
    ask(world)
    world.clock.move(timedelta(hours=25))
    ask(world)
    assert links(world) == [ISOBEL]
    site = Site(world)
    (mail,) = [kept.mail for kept in world.mails(ISOBEL)]
    page = site.get(link(mail, "/api/preferences")).text
    fields = dict(re.findall(r'name="(t|seen)" value="([^"]+)"', page[page.index('class="sheet" action') :]))
    site.post(
        "/api/preferences",
        **fields,
        **{f"yes:{key}": value for key, value in re.findall(r'name="yes:([^"]+)" value="([^"]+)" checked', page)},
    )
    standing = people.load_standing(world.table.get(people.standing_key(ISOBELS)), ISOBELS)
    assert (standing.unreachable_at, set(standing.consents)) == ("", {"newsletter/e-mail"})


# --- what nobody learns ---


def stopped(world: TestWorld) -> None:
    agreed(world)
    world.table.write(people.stopped(ISOBELS, world.clock.at))


def had_one(world: TestWorld) -> None:
    agreed(world)
    ask(world)


def nothing(world: TestWorld) -> None:
    """Nothing was ever heard of them."""


@pytest.mark.parametrize("past", [agreed, bought, stopped, had_one])
def test_answer_and_calls_are_as_for_a_stranger(past: Callable[[TestWorld], None]) -> None:
    assert asked(past) == asked(nothing)


def test_a_strangers_question_takes_these_calls() -> None:
    answer, calls = asked(nothing)
    assert answer.header("location") == "/inbox/"
    assert calls == ["table.write", "table.write", "table.query", "table.get_many", "table.transact", "queue.put"]


def asked(past: Callable[[TestWorld], None]) -> tuple[Answer, list[str]]:
    with TestWorld() as world:
        past(world)
        calls: list[str] = []
        world.table = watched(world.sqlite, before=lambda call: calls.append(f"table.{call}"))
        world.queue = watched(world.queue, before=lambda call: calls.append(f"queue.{call}"))
        return Site(world).post("/api/preferences/link", email=ISOBEL, website=""), calls.copy()


@pytest.mark.parametrize(("email", "website"), [("no address", ""), ("", ""), (ISOBEL, "a program")])
def test_a_form_that_cannot_be_read_comes_back(world: TestWorld, email: str, website: str) -> None:
    before = items(world)
    answer = Site(world).post("/api/preferences/link", email=email, website=website)
    assert (answer.status, items(world)) == (422, before)
    assert 'role="alert"' in answer.text
    assert f'value="{email}"' in answer.text
