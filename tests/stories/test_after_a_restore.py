"""The table is put back to an earlier day, and people go on as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec import structs

from chalicelib.domain import follow_up as fu
from chalicelib.domain.draw import NOT_REACHED, check
from chalicelib.domain.fact import DATE, NEVER, Fact
from chalicelib.domain.links import LAST_YEARS_GIFT, OCCASION, PREFERENCES
from chalicelib.errors import Conflict
from chalicelib.stores import entries, facts
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.close_round import close_round
from chalicelib.usecases.confirm_claim import confirm_claim
from chalicelib.usecases.end_occasion import end_occasion
from chalicelib.usecases.keep_facts import never_about, take_back
from chalicelib.usecases.look_at_draw import look_at_draw
from chalicelib.usecases.record_fact import forget_fact, record_fact
from chalicelib.usecases.restore import restore
from chalicelib.usecases.run_draw import draw_next, object_to_naming, run_draw
from chalicelib.usecases.settle import settle
from chalicelib.usecases.stop import stop
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.write_thanks import write_thanks
from tests.factories import asked, gift_order, learnt, shopify_parcel
from tests.stories.test_competition import CLOSING, ROUND, entered
from tests.stories.test_selling import birthday
from tests.support.known import agreed, person_of
from tests.support.sending import all_of_them
from tests.support.site import Site, link, person_items
from tests.support.world import TestWorld

ISOBEL, RUTH = "isobel.trant@example.com", "ruth.okafor@example.com"


def put_back(world: TestWorld, kept: bytes) -> None:
    """As a backup is put in the table's place, and made the live table."""
    world.sqlite._db.deserialize(kept)
    world.sqlite.redraw_identity()
    restore(world, check=False)


def kept(world: TestWorld) -> bytes:
    data: bytes = world.sqlite._db.serialize()
    return data


def test_an_older_link_still_brings_a_voucher_and_its_code() -> None:
    with TestWorld() as world:
        claim_voucher(world, asked(), "192.0.2.7")
        world.work()
        token = link(world.mails(ISOBEL)[0].mail, "/api/confirm").partition("t=")[2]
        before = kept(world)
        lost = confirm_claim(world, token).voucher
        world.work()

        put_back(world, before)
        found = confirm_claim(world, token).voucher
        world.work()

        assert found.code != lost.code
        assert [found.code in mail.mail.text for mail in world.mails(ISOBEL)] == [False, False, True]
        assert {mail.times for mail in world.mails()} == {1}


def test_thanks_that_were_passed_on_are_not_passed_on_again() -> None:
    with TestWorld() as world:
        take_order(world, learnt("orders/create", gift_order()))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        world.live(days=13)
        before = kept(world)
        token = link(world.mails(RUTH)[0].mail, "/api/thanks").partition("t=")[2]
        write_thanks(world, token, "Thank you!")
        world.work()

        put_back(world, before)
        with pytest.raises(Conflict, match="passed on already"):
            write_thanks(world, token, "Thank you!")
        world.work()

        assert [mail.mail.to for mail in world.mails()].count(ISOBEL) == 3
        assert {mail.times for mail in world.mails()} == {1}


def test_of_two_notes_that_may_have_gone_out_none_goes_any_more() -> None:
    with TestWorld() as world:
        for number in (1, 2):
            take_order(world, learnt("orders/create", gift_order(id=number)))
            take_order(world, learnt("fulfillments/update", shopify_parcel(id=number, order_id=number)))
        before = kept(world)
        world.live(days=13)
        notes = [one.id for one in all_of_them(world) if one.rule == "gift-note"]
        lines = [line for line in world.journal.read() if line.follow_up in notes]
        other = next(id_ for id_ in notes if id_ != lines[0].follow_up)
        # a worker that was a moment behind had written the other one down, and lost it to the first
        world.journal.append([structs.replace(lines[0], follow_up=other)])

        put_back(world, before)
        world.clock.move(timedelta(hours=1))
        for id_ in notes:
            settle(world, id_, "again")
        world.live(days=1)

        assert len(world.mails(RUTH)) == 1
        assert {one.state for one in all_of_them(world) if one.id in notes} == {fu.CANCELLED}


def test_a_recipient_who_removed_their_address_stays_removed() -> None:
    with TestWorld() as world:
        take_order(world, learnt("orders/create", gift_order()))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        world.live(days=13)
        before = kept(world)
        stop(world, dict(world.mails(RUTH)[0].mail.headers)["List-Unsubscribe"].strip("<>").partition("t=")[2])
        assert person_items(world, "GIFT") == []

        put_back(world, before)

        assert person_items(world, "GIFT") == []


def test_a_round_that_had_closed_is_not_closed_a_second_time_with_another_list() -> None:
    with TestWorld() as world:
        site = Site(world)
        entered(world, site)
        before = kept(world)
        entered(world, site, "tom.jago@example.com", "Tom Jago")
        world.clock.at = CLOSING
        closed = close_round(world, ROUND)

        put_back(world, before)
        restore(world, check=False)
        again = close_round(world, ROUND)

        assert (again.commitment, again.count) == (closed.commitment, 2)
        assert look_at_draw(world, ROUND).hashes
        # who entered since the backup is not kept: whatever the value, nobody wins but who is
        winner = run_draw(world, ROUND, "3 9 14").winner
        assert winner in look_at_draw(world, ROUND).hashes
        assert check(look_at_draw(world, ROUND), "3 9 14").faults == ()


def test_a_draw_that_was_made_stands_and_its_winner_is_told_once() -> None:
    with TestWorld() as world:
        site = Site(world)
        entered(world, site)
        entered(world, site, "tom.jago@example.com", "Tom Jago")
        before = kept(world)
        world.clock.at = CLOSING
        close_round(world, ROUND)
        run_draw(world, ROUND, "3 9 14")
        drawn = draw_next(world, ROUND, NOT_REACHED)
        world.work()

        put_back(world, before)
        with pytest.raises(Conflict, match="It stands"):
            run_draw(world, ROUND, "9 9 9")
        assert run_draw(world, ROUND, "3 9 14") == drawn
        world.work()

        assert look_at_draw(world, ROUND).winner == drawn.winner
        assert {mail.times for mail in world.mails()} == {1}
        assert sum("won" in mail.mail.subject.lower() for mail in world.mails()) == 2  # who could not be reached, and the reserve


# --- what people said of single things ---

BIRTHDAY = "Nan's birthday"


def own_link(world: TestWorld, person: str) -> str:
    return world.links.make(PREFERENCES, person, "", world.clock.at + timedelta(days=90))


def by_their_page(world: TestWorld, person: str, label: str) -> None:
    never_about(world, own_link(world, person), label)


def by_a_mail(world: TestWorld, person: str, label: str) -> None:
    end_occasion(world, world.links.make(OCCASION, person, label, world.clock.at + timedelta(days=90)))


def by_the_owner(world: TestWorld, person: str, label: str) -> None:
    record_fact(world, person, Fact(NEVER, label, "yes", "stated", world.clock.at, "telephone", "service"))


def nevers(world: TestWorld, person: str) -> list[str]:
    return [fact.about for fact in facts.of_person(world.table, person) if fact.kind == NEVER]


@pytest.mark.parametrize("say", [by_their_page, by_a_mail, by_the_owner])
def test_who_wanted_nothing_more_about_a_day_is_not_reminded_of_it(say: Callable[[TestWorld, str, str], None]) -> None:
    with TestWorld() as world:
        person = agreed(world)
        birthday(world, person, in_days=30, label=BIRTHDAY)
        birthday(world, person, in_days=20, label="wedding day")
        world.work()
        before = kept(world)
        world.pass_time(hours=1)
        say(world, person, BIRTHDAY)
        assert BIRTHDAY not in str(list(world.journal.read()))

        put_back(world, before)
        world.live(days=30)

        assert nevers(world, person) == [BIRTHDAY]
        told = [mail.mail.text for mail in world.mails(ISOBEL)]
        assert ([BIRTHDAY in text for text in told], ["wedding day" in text for text in told]) == ([False], [True])


def test_a_reminder_that_was_due_on_the_day_of_the_backup_does_not_go_either() -> None:
    with TestWorld() as world:
        person = agreed(world)
        birthday(world, person, in_days=30, label=BIRTHDAY)
        world.work()
        before = kept(world)
        by_a_mail(world, person, BIRTHDAY)
        world.clock.move(timedelta(days=17))  # its hour has come when the backup is put in place

        put_back(world, before)
        world.live(days=10)

        assert world.mails(ISOBEL) == []


def test_the_gifts_of_last_year_stay_unwanted_where_no_day_was_told() -> None:
    with TestWorld() as world:
        person = agreed(world)
        before = kept(world)
        by_a_mail(world, person, LAST_YEARS_GIFT)

        put_back(world, before)

        assert nevers(world, person) == [LAST_YEARS_GIFT]


def test_of_never_and_its_taking_back_the_later_stands() -> None:
    with TestWorld() as world:
        person = agreed(world)
        birthday(world, person, in_days=60, label=BIRTHDAY)
        before = [kept(world)]
        for again in (False, True):
            world.clock.move(timedelta(hours=1))
            by_their_page(world, person, BIRTHDAY)
            before.append(kept(world))
            if not again:
                world.clock.move(timedelta(hours=1))
                take_back(world, own_link(world, person), NEVER, BIRTHDAY)
                before.append(kept(world))
                for backup in before[:2]:
                    put_back(world, backup)
                    assert nevers(world, person) == []
        for backup in before:
            put_back(world, backup)
            restore(world, check=False)
            assert nevers(world, person) == [BIRTHDAY]


@pytest.mark.parametrize("by_owner", [False, True])
def test_what_they_took_back_stays_unknown_and_what_they_told_since_stays(*, by_owner: bool) -> None:
    with TestWorld() as world:
        person = agreed(world)
        birthday(world, person, in_days=60, label=BIRTHDAY)
        before = kept(world)
        world.clock.move(timedelta(hours=1))
        if by_owner:
            forget_fact(world, person, DATE, BIRTHDAY)
        else:
            take_back(world, own_link(world, person), DATE, BIRTHDAY)

        put_back(world, before)
        assert facts.of_person(world.table, person) == []

        world.clock.move(timedelta(hours=1))
        birthday(world, person, in_days=60, label=BIRTHDAY)
        restore(world, check=False)
        assert [fact.about for fact in facts.of_person(world.table, person)] == [BIRTHDAY]


def test_nothing_is_kept_again_of_whoever_is_no_contact_any_more() -> None:
    with TestWorld() as world:
        before = kept(world)
        person = agreed(world)
        by_a_mail(world, person, LAST_YEARS_GIFT)

        put_back(world, before)

        assert facts.of_person(world.table, person) == []


def test_who_does_not_want_to_be_named_is_not_named() -> None:
    with TestWorld() as world:
        entered(world, Site(world))
        before = kept(world)
        assert object_to_naming(world, ISOBEL) == 1

        put_back(world, before)

        (entry,) = entries.of_person(world.table, person_of(world), world.clock.now())
        assert (entry.round, entry.objects) == (ROUND, True)
