"""A stop is remembered beyond the table."""

from __future__ import annotations

import pytest

from chalicelib.domain import journal
from chalicelib.errors import Busy, Retryable, Unverified
from chalicelib.ports import STOP
from chalicelib.stores import people
from chalicelib.usecases.stop import STOP_ALL, look_at_stop, stop
from tests.factories import PERSON
from tests.support.sending import raising
from tests.support.watched import once, watched
from tests.support.world import MemoryJournal, TestWorld

FULL = Retryable("The journal cannot be written (its disk is full).")


def stop_link(world: TestWorld) -> str:
    return world.links.make(STOP, PERSON, STOP_ALL, None)


def is_stopped(world: TestWorld) -> bool:
    return bool(people.load_standing(world.sqlite.get(people.standing_key(PERSON)), PERSON).stopped_at)


def test_the_journal_has_it_before_the_commit() -> None:
    with TestWorld() as world:
        world.journal = kept = MemoryJournal()
        at_commit: list[journal.Line] = []
        world.table = watched(world.sqlite, before=once(lambda: at_commit.extend(kept.lines), at="transact"))
        stop(world, stop_link(world))
        assert at_commit == kept.lines == [journal.stopped(PERSON, world.clock.now())]
        assert is_stopped(world)


def test_a_journal_that_fails_keeps_nobody_waiting() -> None:
    with TestWorld() as world:
        world.journal = watched(world.journal, before=once(raising(FULL), at="append"))
        with pytest.raises(Retryable, match="disk is full"):
            stop(world, stop_link(world))
        assert is_stopped(world)
        assert list(world.journal.read()) == []


def test_who_was_told_to_ask_again_is_then_journalled() -> None:
    with TestWorld() as world:
        world.journal = watched(world.journal, before=once(raising(FULL), at="append"))
        with pytest.raises(Retryable):
            stop(world, stop_link(world))
        stop(world, stop_link(world))
        assert [line.kind for line in world.journal.read()] == ["stopped"]


def test_where_table_and_journal_fail_nobody_is_told_that_it_worked() -> None:
    with TestWorld() as world:
        world.journal = watched(world.journal, before=once(raising(FULL), at="append"))
        world.table = watched(world.sqlite, before=once(raising(Busy("throttled")), at="transact"))
        with pytest.raises(Retryable):
            stop(world, stop_link(world))
        assert not is_stopped(world)


def test_what_only_looks_or_is_not_signed_is_not_journalled() -> None:
    with TestWorld() as world:
        look_at_stop(world, stop_link(world))
        with pytest.raises(Unverified):
            stop(world, f"{stop_link(world)}x")
        assert list(world.journal.read()) == []
