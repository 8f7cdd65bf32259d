"""A table that was put back to an earlier day: what it forgot is told it before it may send."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from chalicelib.adapters.local.table_sqlite import SqliteTable
from chalicelib.domain import follow_up as fu
from chalicelib.domain import journal
from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.journal import Line
from chalicelib.domain.playbook import RECIPIENT
from chalicelib.domain.standing import SERVICE, Standing, had
from chalicelib.errors import Busy, Retryable
from chalicelib.ports import STOP
from chalicelib.stores import follow_ups, gate, people
from chalicelib.stores.codec import to_item
from chalicelib.stores.follow_ups import due_partition, shard_of
from chalicelib.table import Item, Put
from chalicelib.usecases.list_follow_ups import next_due
from chalicelib.usecases.live_table import is_live
from chalicelib.usecases.restore import Restored, restore
from chalicelib.usecases.send_due import send_due
from chalicelib.usecases.settle import settle
from chalicelib.usecases.stop import STOP_ALL, stop
from chalicelib.usecases.take_order import take_order
from tests.factories import PERSON, follow_up, learnt, shopify_order, shopify_parcel
from tests.support.sending import all_of_them, comes_back, crowd, nobody_twice, on_march_7_at_ten, raising, states, thank_yous
from tests.support.site import items, person_items
from tests.support.watched import Calls, Crash, once, watched
from tests.support.world import NOON, TestWorld

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOTHING = Restored((), stopped=0, unreachable=0, noted=0)


def have(world: TestWorld, one: FollowUp) -> None:
    """The table has it in this very state."""
    lane = fu.lane_of(one.message_class)
    due = {"due_pk": due_partition(shard_of(one.person), lane), "due_sk": f"{stamp(one.look_at)}#{one.id}"}
    item = to_item(follow_ups.key(one.id), one, **(due if one.state in fu.OPEN else {}))
    world.sqlite.transact([Put(item)], world.ids.token())


def know(world: TestWorld, standing: Standing) -> None:
    """The table knows this of the person."""
    world.sqlite.transact([Put(to_item(people.standing_key(standing.person), standing))], world.ids.token())


def knows(world: TestWorld, person: str = PERSON) -> Standing:
    return people.load_standing(world.sqlite.get(people.standing_key(person)), person)


def only(world: TestWorld) -> FollowUp:
    (found,) = all_of_them(world)
    return found


def done(world: TestWorld) -> Restored:
    return restore(world, check=False)


# --- follow-ups ---


@pytest.mark.parametrize("state", [fu.PLANNED, fu.HELD, fu.SENDING, fu.CANCELLED, fu.UNSURE])
def test_what_may_have_gone_out_since_is_unsure(state: str) -> None:
    with TestWorld() as world:
        one = follow_up(state=state, token="token-of-before", authorised_at=NOON - DAY)
        have(world, one)
        world.journal.append([journal.authorised(one, NOON + HOUR)])
        assert done(world) == msgspec.structs.replace(NOTHING, unsure=(one.id,))
        found = only(world)
        assert (found.state, found.reason.kind, found.tried_again) == (fu.UNSURE, "unsure-restored", True)
        assert (found.authorised_at, found.token, found.look_at) == (NOON + HOUR, "", NOON + HOUR)
        assert next_due(world) == stamp(NOON + HOUR)


@pytest.mark.parametrize("state", [fu.SENT, fu.FAILED, fu.EXPIRED, fu.HANDED_OVER])
def test_what_has_ended_stays_as_it_is(state: str) -> None:
    with TestWorld() as world:
        one = follow_up(state=state, message_class=SERVICE)
        have(world, one)
        world.journal.append([journal.authorised(one, NOON)])
        assert done(world) == NOTHING
        assert only(world) == one


def test_what_the_table_never_heard_of_is_put_there_as_unsure() -> None:
    with TestWorld() as world:
        one = follow_up(message_class=SERVICE)
        world.journal.append([journal.authorised(one, NOON)])
        assert done(world).unsure == (one.id,)
        found = only(world)
        assert (found.state, found.rule, found.anchor, found.role) == (fu.UNSURE, one.rule, one.anchor, one.role)
        assert (found.due_at, found.authorised_at, found.tried_again) == (one.due_at, NOON, True)


def test_what_the_journal_does_not_name_is_left_alone() -> None:
    with TestWorld() as world:
        one = follow_up()
        have(world, one)
        assert done(world) == NOTHING
        assert only(world) == one


def test_what_is_unsure_after_it_is_the_owners() -> None:
    with TestWorld() as world:
        crowd(world, 2)
        world.journal.append([journal.authorised(one, NOON) for one in all_of_them(world)])
        done(world)
        for _ in range(60):
            world.pass_time(hours=3)
        assert (states(world), world.mails()) == ({fu.UNSURE: 2}, [])
        first, second = all_of_them(world)
        settle(world, first.id, "sent")
        comes_back(world, second.id)
        assert states(world) == {fu.SENT: 2}


def test_again_sends_it() -> None:
    with TestWorld() as world:
        crowd(world, 1)
        world.journal.append([journal.authorised(only(world), NOON)])
        done(world)
        world.clock.move(HOUR)
        settle(world, only(world).id, "again")
        world.work()
        assert (only(world).state, len(world.mails())) == (fu.SENT, 1)


def test_that_it_is_unsure_is_told_with_its_time() -> None:
    with TestWorld() as world:
        crowd(world, 1)
        world.journal.append([journal.authorised(only(world), NOON)])
        done(world)
        told = world.follow_ups()["confirm-address"].reason
        assert told.startswith(
            "The table was restored to an earlier day. By the journal this may have gone out at 2 March at 12:00"
        )


# --- people ---


def test_who_had_stopped_is_stopped_again_and_their_consents_end() -> None:
    with TestWorld() as world:
        know(world, Standing(PERSON, version=3, consents={"newsletter/e-mail": stamp(NOON)}))
        world.journal.append([journal.stopped(PERSON, NOON + HOUR)])
        assert done(world) == msgspec.structs.replace(NOTHING, stopped=1)
        assert knows(world) == Standing(PERSON, version=4, stopped_at=stamp(NOON + HOUR))
        assert [entry["basis"] for entry in person_items(world, "CONSENT#")] == ["withdrawn"]


@pytest.mark.parametrize("why", ["bounced", "complained"])
def test_who_could_not_be_reached_is_left_alone_again(why: str) -> None:
    with TestWorld() as world:
        world.journal.append([journal.unreachable(PERSON, why, NOON)])
        assert done(world) == msgspec.structs.replace(NOTHING, unreachable=1)
        assert knows(world) == Standing(PERSON, version=1, unreachable_at=stamp(NOON), unreachable_why=why)


@pytest.mark.parametrize(
    "chosen", [("orders", ""), ("", stamp(NOON + 90 * DAY)), ("", "")], ids=["a pace", "a pause", "neither any more"]
)
def test_who_chose_to_hear_less_or_more_has_chosen_it_again(chosen: tuple[str, str]) -> None:
    with TestWorld() as world:
        know(world, Standing(PERSON, version=3, pace="monthly", paused_until=stamp(NOON + 9 * DAY), saved_at=stamp(NOON)))
        world.journal.append([journal.chose(PERSON, *chosen, NOON + HOUR)])
        assert done(world) == NOTHING
        assert knows(world) == Standing(PERSON, version=4, pace=chosen[0], paused_until=chosen[1], saved_at=stamp(NOON + HOUR))


def test_who_had_the_one_note_gets_no_other() -> None:
    with TestWorld() as world:
        world.journal.append([journal.noted(follow_up(role=RECIPIENT), NOON)])
        assert done(world) == msgspec.structs.replace(NOTHING, noted=1)
        assert knows(world) == Standing(PERSON, version=1, noted=follow_up().id)


def test_what_they_heard_is_in_the_cap_list_again() -> None:
    with TestWorld() as world:
        world.journal.append([journal.authorised(follow_up(), NOON)])
        done(world)
        assert knows(world).heard == {follow_up().id: stamp(NOON)}


@pytest.mark.parametrize(("rule", "kept"), [("expectation", True), ("thank-you", False)])
def test_what_somebody_gets_once_a_year_is_not_theirs_again(rule: str, *, kept: bool) -> None:
    with TestWorld() as world:
        world.journal.append([journal.authorised(follow_up(rule=rule), NOON)])
        done(world)
        assert had(knows(world), rule) == (stamp(NOON) if kept else "")


def test_who_agreed_again_since_is_not_stopped() -> None:
    with TestWorld() as world:
        world.journal.append([journal.stopped(PERSON, NOON), journal.confirmed(PERSON, NOON + HOUR, agreed=True)])
        assert done(world) == NOTHING
        assert items(world) == []


# --- the day's budget, and the one table ---


def test_todays_mails_count_against_today() -> None:
    with TestWorld() as world:
        at = [NOON - DAY, NOON - HOUR, NOON - 2 * HOUR, NOON]
        world.journal.append([journal.authorised(follow_up(id=f"{PERSON}-{n}"), when) for n, when in enumerate(at)])
        done(world)
        assert used_today(world) == 3


def test_a_day_is_the_shops_day() -> None:
    with TestWorld(at=datetime.fromisoformat("2026-07-02T12:00:00+00:00")) as world:  # an hour ahead of UTC
        midnight = datetime.fromisoformat("2026-07-01T23:00:00+00:00")
        at = [midnight - timedelta(seconds=1), midnight]
        world.journal.append([journal.authorised(follow_up(id=f"{PERSON}-{n}"), when) for n, when in enumerate(at)])
        done(world)
        assert used_today(world) == 1


def test_a_gate_that_knows_of_more_keeps_it() -> None:
    with TestWorld() as world:
        world.sqlite.write(gate.used_at_least("0", 7, NOON, world.shop))
        world.journal.append([journal.authorised(follow_up(), NOON)])
        done(world)
        assert used_today(world) == 7


def used_today(world: TestWorld) -> int:
    return gate.load(world.sqlite.get(gate.key("0")), world.clock.now(), world.shop).used_today


def test_the_table_sends_again_only_after_it() -> None:
    with TestWorld() as world:
        crowd(world, 1)
        world.name_live_table("the-one-before")
        assert send_due(world) == 0
        restore(world, check=True)
        assert not is_live(world)
        done(world)
        assert is_live(world)
        assert send_due(world) == 1


# --- looking first, saying it twice, being cut off ---


def everything() -> list[Line]:
    """Something of each kind, of three people."""
    note = follow_up(id="ruth-note", person="ruth", role=RECIPIENT)
    return [
        journal.authorised(follow_up(), NOON - HOUR),
        journal.authorised(follow_up(id=f"{PERSON}-forgotten"), NOON - HOUR),
        journal.stopped(PERSON, NOON - HOUR),
        journal.unreachable("tom", "bounced", NOON - HOUR),
        journal.authorised(note, NOON - DAY),
    ]


def earlier(world: TestWorld) -> None:
    """An earlier day's table, and the journal of today."""
    have(world, follow_up())
    know(world, Standing(PERSON, version=3, consents={"newsletter/e-mail": stamp(NOON - DAY)}))
    world.journal.append(everything())
    world.name_live_table("the-one-before")


ALL = Restored((follow_up().id, f"{PERSON}-forgotten", "ruth-note"), stopped=1, unreachable=1, noted=1)


def test_a_look_tells_everything_and_changes_nothing() -> None:
    with TestWorld() as world:
        earlier(world)
        before, secrets, lines = items(world), world.secrets, list(world.journal.read())
        world.table = watched(world.sqlite, before=no_writing)
        assert restore(world, check=True) == ALL
        assert (items(world), world.secrets, list(world.journal.read())) == (before, secrets, lines)


def no_writing(call: str) -> None:
    assert call not in ("write", "transact")


def test_saying_it_twice_changes_nothing_more() -> None:
    with TestWorld() as world:
        earlier(world)
        assert done(world) == ALL
        after = items(world)
        world.clock.move(HOUR)
        assert done(world) == NOTHING
        assert items(world) == after


def test_a_look_at_a_mended_table_finds_nothing() -> None:
    with TestWorld() as world:
        earlier(world)
        done(world)
        assert restore(world, check=True) == NOTHING


def cut_off(calls: Calls) -> list[Item]:
    """How it ends when the process dies on the way, and is told again."""
    with TestWorld() as world:
        earlier(world)
        name = world.name_live_table

        def named(identity: str) -> None:
            calls.before("name_live_table")
            name(identity)
            calls.after("name_live_table")

        vars(world)["name_live_table"] = named
        kept = world.journal
        world.table = watched(world.sqlite, before=calls.before, after=calls.after)
        world.journal = watched(kept, before=calls.before, after=calls.after)
        try:
            done(world)
        except Crash:
            vars(world).update(table=world.sqlite, journal=kept, name_live_table=name)
            done(world)
        world.table = world.sqlite
        assert is_live(world)
        return items(world)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_cut_off_at_any_call_and_told_again_it_ends_the_same(after: bool) -> None:
    quiet = Calls()
    ending = cut_off(quiet)
    for crash_at in range(1, quiet.count + 1):
        assert cut_off(Calls(crash_at, after=after)) == ending, f"call {crash_at} of {quiet.count}"


def test_until_all_else_is_done_the_table_is_not_live() -> None:
    with TestWorld() as world:
        earlier(world)
        named: list[str] = []
        world.table = watched(world.sqlite, before=lambda _: named.append(world.secrets.live_table))
        done(world)
        assert set(named) == {"the-one-before"}
        assert is_live(world)


def test_an_event_that_comes_between_is_believed() -> None:
    with TestWorld() as world:
        one = follow_up()
        have(world, one)
        world.journal.append([journal.authorised(one, NOON)])
        world.table = watched(world.sqlite, before=once(lambda: comes_back(world, one.id), at="transact", turn=2))
        assert done(world).unsure == ()
        assert only(world).state == fu.SENT


def test_where_something_always_comes_between_it_says_so() -> None:
    with TestWorld() as world:
        earlier(world)

        def again(call: str) -> None:
            if call == "transact":
                world.sqlite.write(people.stopped(PERSON, world.clock.now()))

        world.table = watched(world.sqlite, before=again)
        with pytest.raises(Retryable, match="pause the storefront"):
            done(world)
        assert not is_live(world)


def test_a_table_that_is_busy_is_not_named_live() -> None:
    with TestWorld() as world:
        earlier(world)
        world.table = watched(world.sqlite, before=once(raising(Busy("throttled")), at="transact", turn=2))
        with pytest.raises(Busy):
            done(world)
        assert not is_live(world)
        done(world)
        assert is_live(world)


# --- the whole way ---


def test_put_back_to_an_earlier_day_nobody_gets_a_mail_twice(tmp_path: Path) -> None:
    with TestWorld() as world:
        thank_yous(world, 2)
        crowd(world, 1, "before")
        world.sqlite.copy_to(tmp_path / "table.db")

        world.work()
        on_march_7_at_ten(world)
        for number in (3, 4):
            take_order(world, learnt("orders/create", shopify_order(id=number, email=f"buyer{number}@example.com")))
        world.work()
        (thanked,) = [one for one in all_of_them(world) if one.rule == "thank-you" and one.person == person_of(world, 1)]
        stop(world, world.links.make(STOP, thanked.person, STOP_ALL, None))
        sent = len(world.mails())
        assert sent == 2 + 1 + 2 + 2

        world.sqlite.close()
        world.table = world.sqlite = SqliteTable(tmp_path / "table.db")
        world.work()
        assert len(world.mails()) == sent
        found = done(world)
        assert (len(found.unsure), found.stopped) == (5, 1)
        for number in (1, 2, 3, 4):  # the storefront sends again what was lost
            take_order(world, learnt("orders/create", shopify_order(id=number, email=f"buyer{number}@example.com")))
            take_order(world, learnt("fulfillments/update", shopify_parcel(id=number, order_id=number)))
        world.live(days=10)
        assert nobody_twice(world)
        assert len(world.mails()) == sent + 2  # the thank-yous of the two new orders
        assert knows(world, thanked.person).stopped_at
        assert states(world)[fu.UNSURE] == 5


def person_of(world: TestWorld, number: int) -> str:
    (found,) = {one.person for one in all_of_them(world) if one.anchor.endswith(f":{number}")}
    return found
