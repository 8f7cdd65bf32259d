"""The page is saved: one transaction, whatever comes between; what ends stays ended also where the table is put back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.fact import DATE, Fact
from chalicelib.domain.follow_up import CANCELLED, HELD, PLANNED
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.ladder import last_response
from chalicelib.domain.links import PREFERENCES
from chalicelib.domain.preferences import Wish, shown
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Hold
from chalicelib.domain.standing import MARKETING, MONTHLY, Standing
from chalicelib.errors import Retryable
from chalicelib.stores import facts, follow_ups, people, plans
from chalicelib.table import Delete, Item, Put
from chalicelib.usecases.recall import recall
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.restore import restore
from chalicelib.usecases.save_preferences import CHANGED_ELSEWHERE, Saved, save_preferences
from chalicelib.usecases.stop import stop_person
from chalicelib.usecases.take_order import take_order
from tests.factories import follow_up, learnt, shopify_order
from tests.support.own_page import words_of
from tests.support.site import items
from tests.support.watched import Calls, Crash, once, watched
from tests.support.world import SECRETS, TestWorld

ISOBEL = "isobel.trant@example.com"
PERSON = person_id(SECRETS.people, parse_address(ISOBEL).key)
NEWSLETTER, CARE, OCCASIONS = "newsletter/e-mail", "care/e-mail", "occasions/e-mail"


def known(world: TestWorld) -> None:
    record_consent(world, ISOBEL, [NEWSLETTER, OCCASIONS], source="the counter", name="Isobel Trant", proof="owner")


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        known(made)
        yield made


def standing(world: TestWorld) -> Standing:
    return people.load_standing(world.table.get(people.standing_key(PERSON)), PERSON)


def token(world: TestWorld) -> str:
    return world.links.make(PREFERENCES, PERSON, "", world.clock.at + timedelta(days=90))


def wish(world: TestWorld, *keys: str, pace: str = "", pause: bool = False) -> Wish:
    return Wish({key: words_of(world.shop, key) for key in keys}, pace, pause, shown(standing(world), world.clock.at))


def save(world: TestWorld, *keys: str, pace: str = "", pause: bool = False) -> Saved:
    return save_preferences(world, token(world), wish(world, *keys, pace=pace, pause=pause))


# --- what comes between ---


def test_a_mail_that_goes_out_meanwhile_costs_a_second_look_and_nothing_else(world: TestWorld) -> None:
    def goes_out() -> None:
        one = follow_up(person=PERSON, id=f"{PERSON}-x", message_class=MARKETING)
        world.sqlite.write(people.authorised(standing(world), one, world.clock.at))

    world.table = watched(world.sqlite, before=once(goes_out, at="transact"))
    assert save(world, NEWSLETTER, CARE).errors == ()
    assert set(standing(world).consents) == {NEWSLETTER, CARE}
    assert standing(world).heard


def test_a_stop_that_comes_between_has_the_last_word(world: TestWorld) -> None:
    asked = wish(world, NEWSLETTER, CARE)
    world.table = watched(world.sqlite, before=once(lambda: stop_person(world, PERSON), at="transact"))
    assert save_preferences(world, token(world), asked).errors == (("", CHANGED_ELSEWHERE),)
    assert (bool(standing(world).stopped_at), standing(world).consents) == (True, {})


def test_a_pace_alone_undoes_no_stop(world: TestWorld) -> None:
    stop_person(world, PERSON, never=True)
    save(world, pace=MONTHLY, pause=True)
    found = standing(world)
    assert (found.pace, bool(found.stopped_at), bool(found.never_at)) == (MONTHLY, True, True)


def test_too_much_at_once_is_told_and_changes_nothing(world: TestWorld) -> None:
    asked = wish(world, CARE)

    def heard(call: str) -> None:
        if call == "transact":
            one = follow_up(person=PERSON, id=f"{PERSON}-x", message_class=MARKETING)
            world.sqlite.write(people.authorised(standing(world), one, world.clock.at))

    world.table = watched(world.sqlite, before=heard)
    with pytest.raises(Retryable):
        save_preferences(world, token(world), asked)
    assert set(standing(world).consents) == {NEWSLETTER, OCCASIONS}


def test_a_crash_anywhere_is_mended_by_saving_again() -> None:
    crash_at = 0
    while True:
        crash_at += 1
        with TestWorld() as made:
            known(made)
            stop_person(made, PERSON)
            asked, calls = wish(made, CARE, pace=MONTHLY), Calls(crash_at)
            real = made.table, made.journal, made.queue
            made.table = watched(real[0], before=calls.before, after=calls.after)
            made.journal = watched(real[1], before=calls.before, after=calls.after)
            made.queue = watched(real[2], before=calls.before, after=calls.after)
            try:
                save_preferences(made, token(made), asked)
                finished = True
            except Crash:
                finished = False
            made.table, made.journal, made.queue = real
            found = save_preferences(made, token(made), asked)
            assert found.errors == ()
            assert (set(standing(made).consents), standing(made).stopped_at, standing(made).pace) == ({CARE}, "", MONTHLY)
        if finished:
            break
    assert crash_at > 5


# --- what follows from it ---


def test_what_is_planned_on_a_consent_is_called_off_when_that_ends(world: TestWorld) -> None:
    told = Fact(DATE, "birthday", "--03-20", "stated", world.clock.at, "the counter", "occasions")
    world.table.write(facts.put(PERSON, told))
    world.pass_time(minutes=1)
    (planned,) = [one for one in follow_ups.of_person(world.table, PERSON) if one.rule == "occasion"]
    assert planned.state in (PLANNED, HELD)
    save(world, NEWSLETTER)
    world.live(days=5)
    (ended,) = [one for one in follow_ups.of_person(world.table, PERSON) if one.rule == "occasion"]
    assert ended.state == CANCELLED
    assert [kept.mail.subject for kept in world.mails(ISOBEL)] == []


def test_what_waited_for_their_pace_is_looked_at_once_they_want_more(world: TestWorld) -> None:
    save(world, NEWSLETTER, OCCASIONS, pace=MONTHLY)
    one = follow_up(person=PERSON, id=f"{PERSON}-y", rule="occasion", message_class=MARKETING)
    world.table.write(follow_ups.put(one))
    later = world.clock.at + timedelta(days=20)
    world.table.write(follow_ups.hold(one, Hold(Reason("pace", {"days": 30, "until": stamp(later)}), later), world.clock.at))
    save(world, NEWSLETTER, OCCASIONS)
    assert follow_ups.load_many(world.table, [one.id])[one.id].look_at == world.clock.at


def test_saved_preferences_are_a_sign_of_life(world: TestWorld) -> None:
    world.clock.move(timedelta(days=300))
    save(world, NEWSLETTER)
    assert last_response(recall(world, PERSON)) == world.clock.at


def test_the_last_consent_takes_its_contacts_reason_along(world: TestWorld) -> None:
    save(world)
    (contact,) = [item for item in items(world) if item["sk"] == "CONTACT"]
    assert contact["ttl"] == int((world.clock.at + timedelta(days=90)).timestamp())
    save(world, CARE)
    (contact,) = [item for item in items(world) if item["sk"] == "CONTACT"]
    assert "ttl" not in contact


def test_who_agreed_to_nothing_is_not_looked_at_for_it() -> None:
    with TestWorld() as made:
        take_order(made, learnt("orders/create", shopify_order()))
        save(made, pace=MONTHLY)
        assert standing(made).pace == MONTHLY
        assert made.table.get(plans.key(PERSON)) is None


# --- a table that is put back ---


def put_back(world: TestWorld, kept: list[Item]) -> None:
    for item in world.sqlite.scan(limit=100_000).items:
        world.sqlite.write(Delete((str(item["pk"]), str(item["sk"]))))
    for item in kept:
        world.sqlite.write(Put(item))
    world.clock.move(timedelta(hours=1))
    restore(world, check=False)


def test_a_consent_that_they_ended_does_not_come_back_with_an_older_table(world: TestWorld) -> None:
    before = items(world)
    world.clock.move(timedelta(hours=1))
    save(world, NEWSLETTER)
    put_back(world, before)
    assert set(standing(world).consents) == {NEWSLETTER}
    assert [item for item in items(world) if str(item["sk"]).startswith("CONSENT#occasions") and item["basis"] == "withdrawn"]


def test_one_that_they_gave_again_since_stays(world: TestWorld) -> None:
    world.clock.move(timedelta(hours=1))
    save(world, NEWSLETTER)
    world.clock.move(timedelta(hours=1))
    save(world, NEWSLETTER, OCCASIONS)
    put_back(world, items(world))
    assert set(standing(world).consents) == {NEWSLETTER, OCCASIONS}


def test_a_stop_that_a_tick_undid_stays_undone(world: TestWorld) -> None:
    stop_person(world, PERSON)
    world.clock.move(timedelta(hours=1))
    save(world, CARE)
    put_back(world, items(world))
    assert (standing(world).stopped_at, set(standing(world).consents)) == ("", {CARE})
