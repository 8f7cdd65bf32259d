"""The one transaction after which a mail may go, and in what portions it is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.domain.follow_up import PLANNED, SENDING, SENT, UNSURE
from chalicelib.errors import Busy, Retryable
from chalicelib.stores import follow_ups, gate
from chalicelib.usecases.authorise import Ready, authorise
from chalicelib.usecases.compose import compose
from chalicelib.usecases.gather import gather
from chalicelib.usecases.lease import leased
from chalicelib.usecases.recover import STUCK
from chalicelib.usecases.send_due import CHUNK, RUN_SECONDS, send_due
from chalicelib.usecases.tick import tick
from tests.support.sending import (
    Service,
    all_of_them,
    crowd,
    nobody_twice,
    on_march_7_at_ten,
    only,
    raising,
    states,
    thank_yous,
)
from tests.support.stale import stale
from tests.support.watched import Hook, once, watched
from tests.support.world import MemoryJournal, TestWorld

BUSY = raising(Busy("the reply was lost"))


def both(*hooks: Hook) -> Hook:
    def hook(call: str) -> None:
        for one in hooks:
            one(call)

    return hook


def twice(do: Callable[[], None], *, at: str) -> Hook:
    """At the first and at the second call."""
    return both(once(do, at=at, turn=2), once(do, at=at))


# --- replies that are lost ---


def test_where_both_replies_are_lost_the_table_is_asked() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        world.table = watched(world.sqlite, after=twice(BUSY, at="transact"))
        assert send_due(world) == 3
        assert (states(world), nobody_twice(world)) == ({SENT: 3}, True)


def test_it_is_asked_strongly() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        as_it_was = {follow_ups.key(one.id): world.sqlite.get(follow_ups.key(one.id)) for one in all_of_them(world)}
        world.table = watched(stale(world.sqlite, as_it_was), after=twice(BUSY, at="transact"))
        assert send_due(world) == 3


def test_where_nothing_was_written_nobody_is_called() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        world.table = watched(world.sqlite, before=twice(BUSY, at="transact"))
        assert send_due(world) == 0
        assert (states(world), world.mails()) == ({PLANNED: 3}, [])
        assert send_due(world) == 3


def test_a_reply_that_is_lost_first_and_comes_then_is_believed() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        world.table = watched(world.sqlite, before=once(BUSY, at="transact"))
        assert send_due(world) == 3
        assert nobody_twice(world)


def test_where_not_even_the_table_answers_the_place_rule_finds_it() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        silent = False

        def falls_silent() -> None:
            nonlocal silent
            silent = True
            BUSY()

        def reads(call: str) -> None:
            if call == "get_many" and silent:
                BUSY()

        world.table = watched(
            world.sqlite, before=reads, after=both(once(falls_silent, at="transact", turn=2), once(BUSY, at="transact"))
        )
        assert send_due(world) == 0
        assert (states(world), world.mails()) == ({SENDING: 3}, [])
        world.table = world.sqlite
        world.clock.move(STUCK + timedelta(seconds=1))
        tick(world)
        tick(world)
        assert states(world) == {UNSURE: 1, SENT: 2}
        assert nobody_twice(world)


def test_what_another_authorised_is_not_taken_for_ours() -> None:
    with TestWorld() as world, leased(world, "0"):
        crowd(world, 1)
        (case,) = gather(world, "0", [only(world).id])

        def another() -> None:
            world.sqlite.write(follow_ups.authorise(case.follow_up.id, "another", "outbox", 0, ("", ""), world.clock.now()))
            BUSY()

        world.table = watched(world.sqlite, before=both(once(another, at="transact", turn=2), once(BUSY, at="transact")))
        assert authorise(world, "0", [Ready(case, compose(world, case))]).ready == ()


# --- the journal ---


def test_the_journal_has_each_line_before_the_commit() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        journal, at_commit = MemoryJournal(), []
        world.journal = journal
        world.table = watched(world.sqlite, before=once(lambda: at_commit.extend(journal.lines), at="transact"))
        send_due(world)
        assert {(line.kind, line.follow_up, line.person) for line in at_commit} == {
            ("authorised", one.id, one.person) for one in all_of_them(world)
        }


@pytest.mark.parametrize("written", [False, True], ids=["not written", "written"])
def test_a_journal_that_fails_authorises_nothing(written: bool) -> None:
    with TestWorld() as world:
        crowd(world, 3)
        before = all_of_them(world)
        fails = once(raising(Retryable("The journal cannot be written.")), at="append")
        world.journal = watched(world.journal, after=fails) if written else watched(world.journal, before=fails)
        with pytest.raises(Retryable, match="journal"):
            send_due(world)
        assert (all_of_them(world), world.mails()) == (before, [])
        assert gate.load(world.sqlite.get(gate.key("0")), world.clock.now(), world.shop).leased_by == ""
        assert send_due(world) == 3


def test_the_journal_holds_no_address_and_no_name() -> None:
    with TestWorld() as world:
        crowd(world, 1)
        world.work()
        assert "@" not in str(list(world.journal.read()))


# --- portions ---


@pytest.mark.parametrize(
    ("rate", "size"), [(0.1, 1), (0.2, 1), (1, 5), (1.5, 7), (8.9, 44), (9, CHUNK), (14, CHUNK), (1000, CHUNK)]
)
def test_a_chunk_is_what_the_mailer_takes_in_five_seconds(rate: float, size: int) -> None:
    with TestWorld() as world:
        crowd(world, 50)
        world.mailer = Service(rate=rate)
        assert send_due(world) == 50
        chunks = Counter(one.token for one in all_of_them(world)).values()
        assert sorted(chunks, reverse=True) == [size] * (50 // size) + ([50 % size] if 50 % size else [])


def test_service_mail_does_not_wait_for_all_the_courtesy_mail() -> None:
    with TestWorld() as world:
        thank_yous(world, 12)
        on_march_7_at_ten(world)
        service = Service(rate=1)
        world.mailer = watched(service, before=once(lambda: crowd(world, 1), at="send", turn=2))
        assert send_due(world) == 13
        assert [mail.stream for _, mail in service.took] == ["courtesy"] * 5 + ["service"] + ["courtesy"] * 7


def test_after_forty_seconds_no_chunk_is_begun() -> None:
    with TestWorld() as world:
        crowd(world, 40)

        def slow(call: str) -> None:
            if call == "send":
                world.clock.seconds += 1.8

        world.mailer = watched(Service(rate=1), after=slow)
        chunks_begun = int(RUN_SECONDS // 9) + 1
        assert send_due(world) == 5 * chunks_begun
        assert send_due(world) == 40 - 5 * chunks_begun


def test_each_call_waits_for_its_turn() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        calls: list[str] = []
        world.mailer = watched(Service(), before=calls.append)
        send_due(world)
        assert [call for call in calls if call != "rate"] == ["await_turn", "send"] * 3


def test_a_turn_that_comes_behind_the_fence_is_not_taken() -> None:
    with TestWorld() as world:
        crowd(world, 5)

        def waits() -> None:
            world.clock.seconds += 10.1

        world.mailer = watched(world.outbox, after=once(waits, at="await_turn", turn=3))
        assert send_due(world) == 2
        assert states(world) == {SENT: 2, PLANNED: 3}
