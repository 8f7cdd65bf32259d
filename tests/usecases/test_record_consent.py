"""The owner records that somebody agrees; a mail asks them where only their click can prove it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.claim import Contact
from chalicelib.domain.consent import Wording, wording_hash
from chalicelib.domain.customer import ConsentSaid
from chalicelib.domain.delivery import BOUNCED, COMPLAINED
from chalicelib.domain.standing import Standing
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.stores import people, plans
from chalicelib.table import Delete
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.restore import restore
from chalicelib.usecases.stop import stop_address, stop_person
from chalicelib.usecases.take_consent import take_consent
from tests.support.known import ISOBEL, person_of
from tests.support.site import Site, link
from tests.support.watched import once, watched
from tests.support.world import NOON, TestWorld, demo_shop

CARD = "card at the counter"
DAY = timedelta(days=1)


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        yield made


@pytest.fixture
def site(world: TestWorld) -> Site:
    return Site(world)


def standing(world: TestWorld) -> Standing:
    return people.load_standing(world.table.get(people.standing_key(person_of(world))), person_of(world))


def contact(world: TestWorld) -> Contact | None:
    return people.load_contact(world.table.get(people.contact_key(person_of(world))), world.clock.now())


def ask(world: TestWorld, *wanted: str, **how: Any) -> Any:
    return record_consent(world, ISOBEL, wanted or ("newsletter/e-mail",), source=CARD, **how)


def mailed_link(world: TestWorld) -> str:
    world.work()
    return link(world.mails(ISOBEL)[-1].mail, "/api/consent")


# --- asked by e-mail ---


def test_an_e_mail_consent_is_only_asked_for(world: TestWorld) -> None:
    found = ask(world)
    assert (found.given, found.asked) == ((), ("newsletter/e-mail",))
    assert not standing(world).consents
    assert contact(world) is None


def test_the_click_puts_it_in_force(world: TestWorld, site: Site) -> None:
    ask(world, name="Isobel Trant")
    pressed = site.press(mailed_link(world))
    assert "This is what you said yes to" in pressed.text
    assert [*standing(world).consents] == ["newsletter/e-mail"]
    found = contact(world)
    assert found is not None
    assert (found.address, found.name, found.source) == (ISOBEL, "Isobel Trant", CARD)


def test_the_ledger_has_the_very_words_and_both_times(world: TestWorld, site: Site) -> None:
    ask(world, "care/e-mail")
    there = mailed_link(world)
    world.clock.move(DAY)
    site.press(there)
    (entry,) = people.ledger(world.table, person_of(world))
    (seen,) = (one for one in world.shop.wordings if one.purpose == "care")
    assert (entry.wording, entry.wording_hash, entry.version) == (seen.text, wording_hash(seen.text), seen.version)
    assert (entry.requested_at, entry.confirmed_at, entry.source) == (NOON, NOON + DAY, CARD)


def test_looking_at_the_page_writes_nothing(world: TestWorld, site: Site) -> None:
    ask(world)
    there = mailed_link(world)
    before = world.sqlite.scan().items
    assert site.ask("GET", there).status == 200
    assert site.ask("HEAD", there).status == 200
    assert world.sqlite.scan().items == before


def test_the_mail_and_the_page_hold_nothing_that_somebody_typed(world: TestWorld, site: Site) -> None:
    record_consent(world, ISOBEL, ["newsletter/e-mail"], source="Typed by hand", name="Typed Name")
    there = mailed_link(world)
    (kept,) = world.mails()
    for text in (kept.mail.subject, kept.mail.text, kept.mail.html, site.ask("GET", there).text):
        assert "Typed" not in text


def test_one_mail_asks_for_several_and_one_click_says_yes_to_all(world: TestWorld, site: Site) -> None:
    ask(world, "care/e-mail", "voucher reminder/e-mail", "occasions/e-mail")
    site.press(mailed_link(world))
    assert len(world.mails()) == 1
    assert sorted(standing(world).consents) == ["care/e-mail", "occasions/e-mail", "voucher reminder/e-mail"]


def test_an_address_is_asked_once_a_day(world: TestWorld) -> None:
    ask(world)
    world.work()
    world.clock.move(timedelta(hours=23))
    again = ask(world, "care/e-mail")
    assert (again.asked, again.later, again.again_at) == ((), ("care/e-mail",), NOON + DAY)
    world.work()
    assert len(world.mails()) == 1


def test_what_was_not_answered_is_asked_along(world: TestWorld, site: Site) -> None:
    ask(world)
    first = mailed_link(world)
    world.clock.move(2 * DAY)
    ask(world, "care/e-mail")
    second = mailed_link(world)
    assert site.get(first).status == 404
    site.press(second)
    assert sorted(standing(world).consents) == ["care/e-mail", "newsletter/e-mail"]


def test_the_link_runs_out_after_seven_days(world: TestWorld, site: Site) -> None:
    ask(world)
    there = mailed_link(world)
    world.clock.move(7 * DAY)
    assert site.get(there).status in (401, 404)
    assert not standing(world).consents


def test_words_that_are_gone_are_not_agreed_to(world: TestWorld, site: Site) -> None:
    ask(world)
    there = mailed_link(world)
    world.shop = demo_shop(wordings=())
    assert site.post("/api/consent", t=there.partition("t=")[2]).status == 404
    assert not standing(world).consents


def test_a_second_click_gives_the_same_answer(world: TestWorld, site: Site) -> None:
    ask(world)
    there = mailed_link(world)
    site.press(there)
    before = world.sqlite.scan().items
    world.clock.move(timedelta(minutes=1))
    assert "This is what you said yes to" in site.press(there).text
    assert world.sqlite.scan().items == before


def test_an_old_link_does_not_undo_a_newer_stop(world: TestWorld, site: Site) -> None:
    ask(world)
    there = mailed_link(world)
    site.press(there)
    world.clock.move(DAY)
    stop_person(world, person_of(world))
    assert "You have asked us to stop since" in site.press(there).text
    assert not standing(world).consents


def test_a_stop_between_the_reading_and_the_commit_is_the_last_word(world: TestWorld, site: Site) -> None:
    ask(world)
    there = mailed_link(world)
    table = world.table
    world.table = watched(table, before=once(lambda: _stops(world, table), at="transact"))
    assert "You have asked us to stop since" in site.press(there).text
    assert standing(world).stopped_at
    assert not standing(world).consents


def _stops(world: TestWorld, table: Any) -> None:
    now = world.clock.now()
    table.write(people.stopped(person_of(world), now))


def test_the_newest_words_in_their_language_are_asked(world: TestWorld, site: Site) -> None:
    german = Wording("newsletter", "e-mail", 1, "de", "Schicken Sie mir den Newsletter. Eine Mail im Monat.")
    newer = Wording("newsletter", "e-mail", 2, "de", "Schicken Sie mir den Newsletter. Höchstens eine Mail im Monat.")
    world.shop = demo_shop(wordings=(german, newer, *world.shop.wordings))
    take_consent(world, ConsentSaid("shopify", "yes", ISOBEL, ISOBEL, at=NOON - DAY, confirmed=True, locale="de-AT"))
    stop_person(world, person_of(world))
    world.clock.move(DAY)
    ask(world)
    there = mailed_link(world)
    assert newer.text in world.mails()[-1].mail.text
    assert "Dürfen wir Ihnen schreiben?" in world.mails()[-1].mail.subject
    site.press(there)
    assert people.ledger(world.table, person_of(world))[-1].locale == "de"


# --- with proof, and by other channels ---


@pytest.mark.parametrize("wanted", ["offers/post", "offers/call"])
def test_post_and_calls_are_recorded_at_once(world: TestWorld, wanted: str) -> None:
    assert ask(world, wanted).given == (wanted,)
    assert standing(world).consents == {wanted: "2026-03-02T12:00:00Z"}
    assert contact(world) is not None
    world.work()
    assert world.mails() == []


def test_with_the_proof_in_hand_no_mail_asks(world: TestWorld) -> None:
    assert ask(world, "care/e-mail", proof="owner").given == ("care/e-mail",)
    assert [*standing(world).consents] == ["care/e-mail"]


def test_what_is_in_force_is_left_alone(world: TestWorld) -> None:
    ask(world, "offers/post")
    before = world.sqlite.scan().items
    world.clock.move(DAY)
    assert ask(world, "offers/post").had == ("offers/post",)
    assert world.sqlite.scan().items == before


def test_a_contact_with_a_consent_has_no_last_day(world: TestWorld, site: Site) -> None:
    site.claim(ISOBEL, "Isobel Trant")
    world.work()
    site.press(link(world.mails()[0].mail, "/api/confirm"))
    ask(world, "offers/post")
    item = world.table.get(people.contact_key(person_of(world)))
    assert item is not None
    assert "ttl" not in item


def test_whoever_agrees_is_looked_at_at_once(world: TestWorld) -> None:
    ask(world, "offers/post")
    plan = plans.load(world.table.get(plans.key(person_of(world))))
    assert plan is not None
    assert plan.look_at == NOON


def test_their_own_click_elsewhere_is_proof_and_undoes_a_stop(world: TestWorld) -> None:
    stop_person(world, person_of(world))
    world.clock.move(DAY)
    assert ask(world, "care/e-mail", proof="click").given == ("care/e-mail",)
    assert not standing(world).stopped_at


# --- what stands against it ---


@pytest.mark.parametrize("how", [{"wanted": "offers/post"}, {"wanted": "care/e-mail", "proof": "owner"}])
def test_what_the_owner_types_undoes_no_stop(world: TestWorld, how: dict[str, Any]) -> None:
    stop_address(world, ISOBEL)
    world.clock.move(DAY)
    with pytest.raises(Conflict, match=r"asked us to stop on 2 March 2026, and only their own click undoes that"):
        ask(world, how.pop("wanted"), **how)
    assert not standing(world).consents


def test_who_asked_us_to_stop_may_be_asked_once_in_seven_days(world: TestWorld, site: Site) -> None:
    stop_address(world, ISOBEL)
    world.clock.move(DAY)
    assert ask(world).asked
    world.work()
    world.clock.move(6 * DAY)
    assert ask(world).later
    site.press(link(world.mails()[-1].mail, "/api/consent"))
    assert not standing(world).stopped_at
    assert standing(world).consents


def test_a_restore_knows_that_their_click_undid_the_stop(world: TestWorld, site: Site) -> None:
    stop_address(world, ISOBEL)
    world.clock.move(DAY)
    ask(world)
    site.press(mailed_link(world))
    restore(world, check=False)
    assert standing(world).consents
    world.sqlite.write(Delete(people.standing_key(person_of(world))))
    restore(world, check=False)
    assert not standing(world).stopped_at


def test_who_said_never_is_not_even_asked(world: TestWorld) -> None:
    stop_address(world, ISOBEL, never=True)
    for wanted in ("newsletter/e-mail", "offers/post"):
        with pytest.raises(Conflict, match="never to be contacted"):
            ask(world, wanted)


def test_after_a_complaint_no_mail_asks(world: TestWorld) -> None:
    world.table.write(people.unreachable(person_of(world), COMPLAINED, NOON))
    with pytest.raises(Conflict, match="not even a question"):
        ask(world)
    assert ask(world, "offers/post").given
    assert standing(world).unreachable_why == COMPLAINED


def test_after_a_bounce_one_mail_asks_and_the_click_opens_the_address(world: TestWorld, site: Site) -> None:
    world.table.write(people.unreachable(person_of(world), BOUNCED, NOON))
    with pytest.raises(Conflict, match="came back"):
        ask(world, "care/e-mail", proof="owner")
    assert ask(world, "offers/post").given
    assert standing(world).unreachable_at
    ask(world)
    site.press(mailed_link(world))
    assert not standing(world).unreachable_at
    assert sorted(standing(world).consents) == ["newsletter/e-mail", "offers/post"]


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("newsletter", "purpose/channel"),
        ("newsletter/sms", "purpose/channel"),
        ("/e-mail", "purpose/channel"),
        ("knitting/e-mail", r'add a \[\[wordings\]\] with purpose = "knitting" and channel = "e-mail"'),
        ("newsletter/call", r"It has them for newsletter/e-mail, competition/e-mail, voucher reminder/e-mail"),
    ],
)
def test_a_consent_that_cannot_be_given_is_told_what_can(world: TestWorld, wanted: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        ask(world, wanted)


def test_without_a_source_there_is_no_proof(world: TestWorld) -> None:
    with pytest.raises(Invalid, match="it is the proof"):
        record_consent(world, ISOBEL, ["offers/post"], source=" ")


def test_an_id_alone_is_only_good_for_a_contact(world: TestWorld) -> None:
    with pytest.raises(NotFound, match="give their e-mail address"):
        record_consent(world, person_of(world), ["offers/post"], source=CARD)
    ask(world, "offers/post")
    assert record_consent(world, person_of(world), ["offers/call"], source=CARD).given
