"""Two at the same moment: claims, clicks and stops that come between reading and writing."""

from __future__ import annotations

from chalicelib.domain.calendar import stamp
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.stores import people
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.confirm_claim import confirm_claim
from tests.factories import asked
from tests.support.site import link, person_items
from tests.support.watched import once, watched
from tests.support.world import TestWorld


def token_of(world: TestWorld) -> str:
    return link(world.mails()[-1].mail, "/api/confirm").partition("t=")[2]


def test_two_claims_at_once_bring_one_mail() -> None:
    with TestWorld() as world:

        def other() -> None:
            table, world.table = world.table, world.sqlite
            claim_voucher(world, asked("The First"), "192.0.2.8")
            world.table = table

        world.table = watched(world.sqlite, before=once(other, at="transact"))
        claim_voucher(world, asked("The Second"), "192.0.2.7")
        world.work()
        assert len(world.mails()) == 1
        (claim,) = person_items(world, "CLAIM#")
        assert (claim["name"], claim["times"]) == ("The First", 2)


def test_two_clicks_at_once_issue_one_voucher() -> None:
    with TestWorld() as world:
        claim_voucher(world, asked(newsletter=True), "192.0.2.7")
        world.work()
        token, codes = token_of(world), []

        def other() -> None:
            table, world.table = world.table, world.sqlite
            codes.append(confirm_claim(world, token).voucher.code)
            world.table = table

        world.table = watched(world.sqlite, before=once(other, at="transact"))
        codes.append(confirm_claim(world, token).voucher.code)
        world.work()
        assert codes[0] == codes[1]
        assert len(person_items(world, "VOUCHER")) == len(person_items(world, "CONSENT#")) == 1
        assert len(world.mails()) == 2


def test_a_stop_between_reading_and_writing_is_not_overlooked() -> None:
    with TestWorld() as world:
        claim_voucher(world, asked(), "192.0.2.7")
        world.work()
        person = person_id(world.secrets.people, parse_address("isobel.trant@example.com").key)

        def stop() -> None:
            world.sqlite.write(people.stopped(person, world.clock.now()))

        world.table = watched(world.sqlite, before=once(stop, at="transact"))
        confirm_claim(world, token_of(world))
        (standing,) = person_items(world, "STANDING")
        assert standing["stopped_at"] == stamp(world.clock.now())


def test_of_two_claims_the_link_confirms_its_own() -> None:
    with TestWorld() as world:
        claim_voucher(world, asked("Isobel Trant"), "192.0.2.7")
        world.work()
        first = token_of(world)
        claim_voucher(world, asked("Not Isobel", newsletter=True), "192.0.2.9")
        confirm_claim(world, first)
        (contact,) = person_items(world, "CONTACT")
        assert contact["name"] == "Isobel Trant"
        assert person_items(world, "CONSENT#") == []
