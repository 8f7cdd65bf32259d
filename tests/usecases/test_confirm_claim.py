"""A click that undoes a stop or a bounce is remembered beyond the table."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain import journal
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.standing import Standing
from chalicelib.errors import Retryable
from chalicelib.stores import people
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.confirm_claim import confirm_claim
from tests.factories import asked
from tests.support.sending import raising
from tests.support.site import link, person_items
from tests.support.watched import once, watched
from tests.support.world import MemoryJournal, TestWorld

ISOBEL = "isobel.trant@example.com"


def claimed(world: TestWorld, *, tick: bool, stopped: bool = False, bounced: bool = False) -> str:
    """The token in the mail that Isobel gets for her claim. The journal begins after it."""
    if stopped:
        world.sqlite.write(people.stopped(isobel(world), world.clock.now()))
    if bounced:
        world.sqlite.write(people.unreachable(isobel(world), "bounced", world.clock.now()))
    claim_voucher(world, asked(newsletter=tick), "192.0.2.7")
    world.work()
    world.clock.move(timedelta(minutes=5))
    world.journal = MemoryJournal()
    return link(world.mails(ISOBEL)[-1].mail, "/api/confirm").partition("t=")[2]


def isobel(world: TestWorld) -> str:
    return person_id(world.secrets.people, parse_address(ISOBEL).key)


def standing(world: TestWorld) -> Standing:
    return people.load_standing(world.sqlite.get(people.standing_key(isobel(world))), isobel(world))


@pytest.mark.parametrize("tick", [False, True], ids=["plain", "agreeing"])
def test_where_there_is_nothing_to_undo_nothing_is_journalled(tick: bool) -> None:
    with TestWorld() as world:
        confirm_claim(world, claimed(world, tick=tick))
        assert list(world.journal.read()) == []


@pytest.mark.parametrize(
    ("stopped", "bounced", "tick"), [(True, False, True), (True, False, False), (False, True, False), (True, True, True)]
)
def test_the_journal_has_the_click_before_the_commit(stopped: bool, bounced: bool, tick: bool) -> None:
    with TestWorld() as world:
        token = claimed(world, tick=tick, stopped=stopped, bounced=bounced)
        world.journal = kept = MemoryJournal()
        at_commit: list[journal.Line] = []
        world.table = watched(world.sqlite, before=once(lambda: at_commit.extend(kept.lines), at="transact"))
        confirm_claim(world, token)
        assert at_commit == kept.lines == [journal.confirmed(isobel(world), world.clock.now(), agreed=tick)]
        assert (bool(standing(world).stopped_at), standing(world).unreachable_at) == (stopped and not tick, "")


def test_a_second_click_is_not_journalled() -> None:
    with TestWorld() as world:
        token = claimed(world, tick=True, stopped=True)
        confirm_claim(world, token)
        confirm_claim(world, token)
        assert len(list(world.journal.read())) == 1


@pytest.mark.parametrize("stopped", [True, False])
def test_a_click_and_a_journal_that_fails_undo_nothing(stopped: bool) -> None:
    with TestWorld() as world:
        token = claimed(world, tick=True, stopped=stopped, bounced=not stopped)
        before = standing(world)
        world.journal = watched(world.journal, before=once(raising(Retryable("The disk is full.")), at="append"))
        with pytest.raises(Retryable, match="disk is full"):
            confirm_claim(world, token)
        assert (standing(world), person_items(world, "VOUCHER"), person_items(world, "CONTACT")) == (before, [], [])
        assert confirm_claim(world, token).newsletter
        assert standing(world).stopped_at == standing(world).unreachable_at == ""


def test_what_was_agreed_to_again_stays_so_after_a_restore() -> None:
    with TestWorld() as world:
        token = claimed(world, tick=True, stopped=True)
        stopped = [journal.stopped(isobel(world), world.clock.now() - timedelta(minutes=5))]
        confirm_claim(world, token)
        memory = journal.remember([*stopped, *world.journal.read()])[isobel(world)]
        assert journal.stands_again(Standing(isobel(world)), memory, world.clock.now()).stopped_at == ""
