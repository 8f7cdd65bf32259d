"""Effectively once: each step of docs/sending.md, with something going wrong in the middle of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.domain.delivery import ACCEPTED, DeliveryEvent
from chalicelib.domain.follow_up import PLANNED, SENDING, SENT, UNSURE
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.errors import Busy
from chalicelib.ports import MailRefused, MailUncertain
from chalicelib.stores import follow_ups, gate, orders, people
from chalicelib.table import Item, Key
from chalicelib.usecases.pause import pause, resume
from chalicelib.usecases.record_delivery import record_delivery
from chalicelib.usecases.recover import STUCK
from chalicelib.usecases.send_due import CHUNK, send_due
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.tick import tick
from tests.factories import learnt, shopify_order, shopify_parcel
from tests.support.sending import (
    all_of_them,
    crowd,
    fails_once,
    nobody_twice,
    on_march_7_at_ten,
    only,
    raising,
    reasons,
    states,
    thank_yous,
)
from tests.support.stale import stale
from tests.support.watched import Crash, once, watched
from tests.support.world import TestWorld

ISOBEL = "isobel.trant@example.com"


# --- authorising ---


def test_each_gets_its_place_and_neighbours() -> None:
    with TestWorld() as world:
        crowd(world, 5)
        world.mailer = watched(world.outbox, before=once(raising(Crash()), at="send"))
        with pytest.raises(Crash):
            send_due(world)
        found = sorted(
            (follow_ups.load(item) for item in world.sqlite.scan().items if "state" in item), key=lambda one: one.place
        )
        ids = ["", *(one.id for one in found), ""]
        assert [one.place for one in found] == [0, 1, 2, 3, 4]
        assert [(one.follows, one.followed_by) for one in found] == [(ids[n], ids[n + 2]) for n in range(5)]
        assert len({one.token for one in found}) == 1


def test_who_changed_meanwhile_is_split_off() -> None:
    with TestWorld() as world:
        crowd(world, 5)
        unlucky = person_id(world.secrets.people, parse_address("visitor2@example.com").key)

        def complain() -> None:
            world.sqlite.write(people.unreachable(unlucky, "complained", world.clock.now()))

        world.table = watched(world.sqlite, before=once(complain, at="transact"))
        assert send_due(world) == 4
        assert world.mails("visitor2@example.com") == []
        world.work()
        assert states(world) == {SENT: 4, "cancelled": 1}


def test_a_follow_up_taken_by_another_worker_is_split_off() -> None:
    with TestWorld() as world:
        crowd(world, 3)

        def other_worker() -> None:
            table, world.table = world.table, world.sqlite
            crowd(world, 1, "late")
            assert send_due(world) == 4
            world.table = table

        world.table = watched(world.sqlite, before=once(other_worker, at="transact"))
        assert send_due(world) == 0
        assert len(world.mails()) == 4
        assert nobody_twice(world)


def test_never_two_of_one_person_at_once() -> None:
    with TestWorld() as world:
        for number in range(1, 4):
            take_order(world, learnt("orders/create", shopify_order(id=number)))
        assert send_due(world) == 3
        tokens = [item["token"] for item in world.sqlite.scan().items if "state" in item]
        assert len(set(tokens)) == 3


def test_a_chunk_holds_forty_five_and_all_go() -> None:
    with TestWorld() as world:
        crowd(world, 60)
        assert send_due(world) == 60
        tokens = Counter(item["token"] for item in world.sqlite.scan().items if "state" in item)
        assert sorted(tokens.values()) == [60 - CHUNK, CHUNK]


def test_a_table_in_conflict_sends_nothing_and_loses_nothing() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        busy = raising(Busy("in conflict"))
        world.table = watched(world.sqlite, before=lambda call: busy() if call == "transact" else None)
        assert send_due(world) == 0
        world.table = world.sqlite
        assert send_due(world) == 3


def test_a_lost_reply_does_not_hide_that_it_committed() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        world.table = watched(world.sqlite, after=once(raising(Busy("the reply was lost")), at="transact"))
        assert send_due(world) == 3
        assert nobody_twice(world)


# --- reads that are a moment old may permit, but not forbid ---


def as_of_now(world: TestWorld, *keys: Key) -> dict[Key, Item | None]:
    """What weak reads will go on showing."""
    return {key: world.sqlite.get(key) for key in keys}


def test_a_receipt_whose_order_is_not_seen_yet_is_not_called_off() -> None:
    with TestWorld() as world:
        order = take_order(world, learnt("orders/create", shopify_order()))
        world.table = stale(world.sqlite, {orders.key(order.key): None})
        world.work()
        assert states(world) == {SENT: 1}


def test_a_pause_that_is_over_holds_nothing() -> None:
    with TestWorld() as world:
        crowd(world, 2)
        pause(world)
        world.table = stale(world.sqlite, as_of_now(world, gate.key("0")))
        resume(world)
        assert send_due(world) == 2


def test_a_stop_that_they_have_lifted_since_calls_nothing_off() -> None:
    with TestWorld() as world:
        thank_yous(world, 1)
        person = all_of_them(world)[0].person
        standing = people.standing_key(person)
        stopped = {**(world.sqlite.get(standing) or {"pk": standing[0], "sk": standing[1]}), "stopped_at": "2026-03-02T12:00:00Z"}
        world.table = stale(world.sqlite, {standing: {**stopped, "person": person}})
        on_march_7_at_ten(world)
        assert send_due(world) == 1


def test_what_was_sent_in_the_meantime_is_not_held() -> None:
    with TestWorld() as world:
        crowd(world, 1)
        pause(world)
        old = as_of_now(world, follow_ups.key(only(world).id), gate.key("0"))
        resume(world)

        def other_worker() -> None:
            table, world.table = world.table, world.sqlite
            world.worker = "other"
            assert send_due(world) == 1
            world.table, world.worker = table, "worker"

        other_worker()
        world.table = stale(world.sqlite, old)
        world.sqlite.write(follow_ups.look_later(only(world), world.clock.now()))  # an index that still shows it
        before = only(world)
        assert send_due(world) == 0
        assert only(world) == before


def test_what_was_called_off_in_the_meantime_is_not_sent() -> None:
    with TestWorld() as world:
        order = take_order(world, learnt("orders/create", shopify_order()))
        keys = (follow_ups.key(only(world).id), orders.key(order.key))
        world.table = stale(world.sqlite, as_of_now(world, *keys))
        late = {"updated_at": "2026-03-02T12:00:01+00:00", "cancelled_at": "2026-03-02T12:00:01+00:00"}
        take_order(world, learnt("orders/cancelled", shopify_order(**late)))
        world.sqlite.write(follow_ups.look_later(only(world), world.clock.now()))
        assert (send_due(world), only(world).state) == (0, "cancelled")


# --- gate and budget ---


def test_while_paused_everything_is_held() -> None:
    with TestWorld() as world:
        crowd(world, 2)
        pause(world)
        world.pass_time(days=3)
        assert world.mails() == []
        assert (states(world), reasons(world)) == ({"held": 2}, {"paused": 2})


def test_what_a_pause_held_goes_when_it_ends() -> None:
    with TestWorld() as world:
        crowd(world, 2)
        pause(world)
        for _ in range(30):
            world.pass_time(hours=4)
        assert reasons(world) == {"paused": 2}
        world.sqlite.write(gate.resume("0"))
        world.pass_time(minutes=16)
        assert len(world.mails()) == 2


def test_a_pause_after_the_checks_still_stops_all() -> None:
    with TestWorld() as world:
        crowd(world, 2)
        world.table = watched(world.sqlite, before=once(lambda: pause(world), at="transact"))
        assert send_due(world) == 0
        assert world.mails() == []


def test_what_is_over_the_budget_goes_on_the_next_days() -> None:
    with TestWorld(daily_budget=5) as world:
        thank_yous(world, 12)
        sent = []
        for _ in range(7):
            before = len(world.mails())
            world.live(days=1)
            sent.append(len(world.mails()) - before)
        assert sent == [0, 0, 0, 0, 5, 5, 2]


def test_the_budget_left_over_is_used_though_more_are_due() -> None:
    with TestWorld(daily_budget=7) as world:
        thank_yous(world, 12)
        world.clock.at = world.clock.at.replace(day=7, hour=10)
        crowd(world, 4)
        world.work()
        assert Counter(kept.mail.stream for kept in world.mails()[12:]) == {"service": 4, "courtesy": 3}
        assert reasons(world)["daily-budget"] == 9


def test_service_counts_but_is_never_held_back() -> None:
    with TestWorld(daily_budget=0) as world:
        crowd(world, 3)
        world.work()
        assert len(world.mails()) == 3
        assert gate.load(world.sqlite.get(gate.key("0")), world.clock.now(), world.shop).used_today == 3


# --- the fence, and workers that are slow or dead ---


def jump(world: TestWorld, seconds: float) -> Any:
    def do() -> None:
        world.clock.seconds += seconds

    return do


def test_behind_the_fence_nobody_is_called() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        world.table = watched(world.sqlite, after=once(jump(world, 10.1), at="transact"))
        assert send_due(world) == 0
        assert world.mails() == []
        assert (states(world), reasons(world)) == ({PLANNED: 3}, {"never-called": 3})
        assert send_due(world) == 3


def test_within_the_fence_all_are_called() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        world.table = watched(world.sqlite, after=once(jump(world, 9.9), at="transact"))
        assert send_due(world) == 3


def test_a_slow_call_puts_those_behind_it_back() -> None:
    with TestWorld() as world:
        crowd(world, 5)
        world.mailer = watched(world.outbox, before=once(jump(world, 12), at="send", turn=2))
        assert send_due(world) == 2
        assert states(world) == {SENT: 2, PLANNED: 3}
        assert send_due(world) == 3
        assert nobody_twice(world)


@pytest.mark.parametrize("accepted", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("turn", range(1, 6))
def test_of_a_dead_workers_chunk_one_is_in_doubt(turn: int, accepted: bool) -> None:
    with TestWorld() as world:
        crowd(world, 5)
        dies = once(raising(Crash()), at="send", turn=turn)
        world.mailer = watched(world.outbox, after=dies) if accepted else watched(world.outbox, before=dies)
        with pytest.raises(Crash):
            send_due(world)
        assert states(world) == Counter({SENT: turn - 1, SENDING: 6 - turn}) - Counter()
        world.mailer = world.outbox
        world.clock.move(STUCK + timedelta(seconds=1))
        tick(world)
        assert states(world)[UNSURE] == 1
        tick(world)
        assert states(world) == {SENT: 4, UNSURE: 1}
        world.work()  # now the events come in
        assert states(world) == ({SENT: 5} if accepted else {SENT: 4, UNSURE: 1})
        assert len(world.mails()) == (5 if accepted else 4)
        assert nobody_twice(world)


def test_a_chunk_is_left_alone_until_it_must_be_dead() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        fails_once(world, Crash())
        with pytest.raises(Crash):
            send_due(world)
        world.clock.move(STUCK)
        tick(world)
        assert states(world) == {SENDING: 3}


def test_a_dead_chunk_is_freed_whole_across_pages() -> None:
    with TestWorld() as world:
        world.clock.move(timedelta(hours=1))
        crowd(world, 60)
        fails_once(world, Crash(), turn=10)
        with pytest.raises(Crash):
            send_due(world)
        assert states(world) == {SENT: 9, SENDING: CHUNK - 9, PLANNED: 60 - CHUNK}
        world.clock.move(timedelta(hours=-1))
        crowd(world, 30, "older")  # which push the stuck ones over the page's end
        world.clock.move(timedelta(hours=2))
        for _ in range(3):
            tick(world)
        assert states(world) == {SENT: 89, UNSURE: 1}
        assert nobody_twice(world)


def test_a_worker_taken_for_dead_calls_nobody_anew() -> None:
    with TestWorld() as world:
        crowd(world, 4)

        def others() -> None:
            world.mailer, mailer = world.outbox, world.mailer
            world.clock.at += STUCK + timedelta(seconds=1)  # the wall clock alone jumps, so that no fence helps
            tick(world)
            assert tick(world) == 3
            world.mailer = mailer

        world.mailer = watched(world.outbox, before=once(others, at="send"))
        assert send_due(world) == 1
        world.work()
        assert states(world) == {SENT: 4}
        assert nobody_twice(world)


# --- the mailer's answers ---


def test_a_refusal_for_now_waits_its_turn_again() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        fails_once(world, MailRefused("Throttled.", permanent=False), turn=2)
        assert send_due(world) == 2
        assert states(world) == {SENT: 2, PLANNED: 1}
        assert reasons(world)["refused-for-now"] == 1
        assert send_due(world) == 0
        world.pass_time(minutes=1)
        assert states(world) == {SENT: 3}


def test_a_refusal_for_ever_fails_alone() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        fails_once(world, MailRefused("The message is at fault.", permanent=True), turn=2)
        assert send_due(world) == 2
        world.pass_time(days=2)
        assert states(world) == {SENT: 2, "failed": 1}
        assert len(world.mails()) == 2


def test_an_uncertain_mail_is_never_sent_again_by_itself() -> None:
    with TestWorld() as world:
        crowd(world, 1)
        fails_once(world, MailUncertain("The connection was cut."))
        for _ in range(9):
            world.pass_time(days=1)
        assert states(world) == {UNSURE: 1}
        assert world.mails() == []


def test_a_lost_reply_is_settled_by_the_event() -> None:
    with TestWorld() as world:
        crowd(world, 2)
        world.mailer = watched(world.outbox, after=once(raising(MailUncertain("No reply.")), at="send"))
        assert send_due(world) == 1
        assert states(world) == {SENT: 1, UNSURE: 1}
        world.work()
        assert states(world) == {SENT: 2}
        assert nobody_twice(world)


def test_an_outcome_that_cannot_be_written_is_settled_by_the_event() -> None:
    with TestWorld() as world:
        crowd(world, 1)
        world.table = watched(
            world.sqlite, before=once(raising(Busy("throttled")), at="write", turn=2)
        )  # the first takes the lease
        with pytest.raises(Busy):
            send_due(world)
        assert states(world) == {SENDING: 1}
        world.work()
        assert states(world) == {SENT: 1}
        assert nobody_twice(world)


@pytest.mark.parametrize("state", [PLANNED, SENDING, UNSURE])
def test_an_event_settles_whatever_was_believed(state: str) -> None:
    with TestWorld() as world:
        crowd(world, 1)
        if state != PLANNED:
            fails_once(world, MailUncertain("No reply.") if state == UNSURE else Crash())
            if state == SENDING:
                with pytest.raises(Crash):
                    send_due(world)
            else:
                send_due(world)
        assert states(world) == {state: 1}
        event = DeliveryEvent(ACCEPTED, only(world).id, "ses-1", world.clock.now())
        for _ in range(2):
            record_delivery(world, event)
            assert (only(world).state, only(world).message_id) == (SENT, "ses-1")
        world.pass_time(days=2)
        assert world.mails() == []


@pytest.mark.parametrize("kind", [ACCEPTED, "delivered", "bounced", "complained", "rejected"])
def test_an_event_of_nothing_that_we_have_plans_nothing(kind: str) -> None:
    with TestWorld() as world:
        record_delivery(world, DeliveryEvent(kind, "somebody-something", "ses-1", world.clock.now()))
        assert states(world) == {}


# --- what cannot be written ---


def test_what_cannot_be_written_is_held_and_stops_nobody() -> None:
    with TestWorld() as world:
        crowd(world, 2)
        take_order(world, learnt("orders/create", shopify_order()))
        shipped = world.playbook
        rules = tuple(
            msgspec.structs.replace(rule, template="no-such") if rule.name == "receipt" else rule for rule in shipped.rules
        )
        world.playbook = msgspec.structs.replace(shipped, rules=rules)
        world.work()
        assert len(world.mails()) == 2
        held = world.follow_ups(ISOBEL)["receipt"]
        assert (held.state, "no-such" in held.reason) == ("held", True)
        world.playbook = shipped
        world.pass_time(minutes=61)
        assert [kept.mail.subject for kept in world.mails(ISOBEL)] == ["Your order QW3X7R9TN: receipt"]


def test_what_left_the_playbook_is_called_off() -> None:
    with TestWorld() as world:
        take_order(world, learnt("orders/create", shopify_order()))
        left = tuple(rule for rule in world.playbook.rules if rule.name != "receipt")
        world.playbook = msgspec.structs.replace(world.playbook, rules=left)
        world.work()
        assert only(world).state == "cancelled"


# --- cap and quiet hours ---


def test_over_the_cap_is_visibly_deferred_and_sent_later() -> None:
    with TestWorld(cap=1) as world:
        for number in (1, 2):
            take_order(world, learnt("orders/create", shopify_order(id=number)))
            take_order(world, learnt("fulfillments/update", shopify_parcel(id=number, order_id=number)))
        world.live(days=6)
        held = [one for one in _listed(world) if one.state == "held"]
        assert [one.reason for one in held] == [
            "They have heard from us once in 30 days, which is the limit you set; it may go from 6 April at 11:00."
        ]
        world.live(days=30)
        sent = [kept.accepted_at.isoformat() for kept in world.mails() if kept.mail.stream == "courtesy"]
        assert sent == ["2026-03-07T10:00:00+00:00", "2026-04-06T10:00:00+00:00"]


def _listed(world: TestWorld) -> Any:
    from chalicelib.usecases.list_follow_ups import list_follow_ups

    return list_follow_ups(world)


def test_a_retry_counts_once_against_the_cap() -> None:
    with TestWorld(cap=1) as world:
        thank_yous(world, 1)
        world.clock.at = world.clock.at.replace(day=7, hour=10)
        fails_once(world, MailRefused("Throttled.", permanent=False))
        world.work()
        world.pass_time(minutes=1)
        assert len(world.mails()) == 2


def test_at_night_courtesy_waits_for_the_morning() -> None:
    with TestWorld() as world:
        thank_yous(world, 1)
        world.clock.at = world.clock.at.replace(day=7, hour=21)
        world.work()
        held = world.follow_ups("buyer1@example.com")["thank-you"]
        assert (held.state, held.reason) == ("held", "It is night; it may go from 8 March at 09:00.")
        world.clock.at = world.clock.at.replace(day=8, hour=9)
        world.work()
        assert len(world.mails()) == 2


def test_service_goes_at_any_hour() -> None:
    with TestWorld() as world:
        world.clock.at = world.clock.at.replace(hour=3)
        crowd(world, 1)
        world.work()
        assert len(world.mails()) == 1


def test_too_late_is_not_sent_at_all() -> None:
    with TestWorld() as world:
        thank_yous(world, 1)
        world.pass_time(days=30)
        found = world.follow_ups("buyer1@example.com")
        assert (found["thank-you"].state, found["expectation"].state) == ("expired", "expired")
        assert len(world.mails()) == 1


def test_service_goes_before_everything_else() -> None:
    with TestWorld() as world:
        thank_yous(world, 2)
        world.clock.at = world.clock.at.replace(day=7, hour=10)
        crowd(world, 1)
        world.work()
        assert [kept.mail.stream for kept in world.mails()[2:]] == ["service", "courtesy", "courtesy"]
