"""The table is put back to an earlier day, and people go on as if nothing had happened."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from chalicelib.domain import follow_up as fu
from chalicelib.domain.draw import check
from chalicelib.errors import Conflict
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.close_round import close_round
from chalicelib.usecases.confirm_claim import confirm_claim
from chalicelib.usecases.look_at_draw import look_at_draw
from chalicelib.usecases.restore import restore
from chalicelib.usecases.run_draw import draw_next, run_draw
from chalicelib.usecases.settle import settle
from chalicelib.usecases.stop import stop
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.write_thanks import write_thanks
from tests.factories import asked, gift_order, learnt, shopify_parcel
from tests.stories.test_competition import CLOSING, ROUND, entered
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
        drawn = draw_next(world, ROUND)
        world.work()

        put_back(world, before)
        with pytest.raises(Conflict, match="It stands"):
            run_draw(world, ROUND, "9 9 9")
        assert run_draw(world, ROUND, "3 9 14") == drawn
        world.work()

        assert look_at_draw(world, ROUND).winner == drawn.winner
        assert {mail.times for mail in world.mails()} == {1}
        assert sum("won" in mail.mail.subject.lower() for mail in world.mails()) == 2  # who could not be reached, and the reserve
