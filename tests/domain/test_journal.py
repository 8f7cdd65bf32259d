from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import journal
from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.journal import ONE_OF_SEVERAL, Line, Memory, remember, stands_again
from chalicelib.domain.playbook import BUYER, RECIPIENT
from chalicelib.domain.standing import COURTESY, MARKETING, SERVICE, Standing
from tests.factories import PERSON, follow_up
from tests.support.properties import thorough
from tests.support.world import NOON

HOUR, MONTH = timedelta(hours=1), timedelta(days=30)
OTHER = "ruthruthruthruthruth"
EARLIER = NOON - 60 * timedelta(days=1)

moments = st.integers(0, 60 * 24).map(lambda hours: EARLIER + hours * HOUR)
stamps = st.one_of(st.just(""), moments.map(stamp))


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """As a table may have it: whom it calls stopped it knows no consent of."""
    stopped_at, unreachable_at = draw(stamps), draw(stamps)
    consents = st.dictionaries(st.sampled_from(["newsletter/e-mail", "voucher/e-mail"]), moments.map(stamp))
    return Standing(
        PERSON,
        version=draw(st.integers(0, 9)),
        stopped_at=stopped_at,
        unreachable_at=unreachable_at,
        unreachable_why=draw(st.sampled_from(["bounced", "complained"])) if unreachable_at else "",
        never_at=draw(stamps),
        consents={} if stopped_at else draw(consents),
        heard=draw(st.dictionaries(st.sampled_from(["of-the-table", "mail-1"]), moments.map(stamp))),
        noted=draw(st.sampled_from(["", "note-of-the-table"])),
    )


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    """What the journal says of one person, in the order in which it happened."""
    id_ = st.sampled_from(["mail-1", "mail-2", "mail-3"])
    classes = st.sampled_from([SERVICE, COURTESY, MARKETING])
    roles = st.sampled_from([BUYER, BUYER, RECIPIENT])
    one = st.one_of(
        st.builds(
            lambda at, id_, of_class, role: journal.authorised(follow_up(id=id_, message_class=of_class, role=role), at),
            moments, id_, classes, roles,
        ),
        st.builds(lambda at: journal.noted(follow_up(id="note-1", role=RECIPIENT), at), moments),
        st.builds(lambda at: journal.stopped(PERSON, at), moments),
        st.builds(lambda at, why: journal.unreachable(PERSON, why, at), moments, st.sampled_from(["bounced", "complained"])),
        st.builds(lambda at, agreed: journal.confirmed(PERSON, at, agreed=agreed), moments, st.booleans()),
    )  # fmt: skip
    return sorted(draw(st.lists(one, max_size=8)), key=lambda line: line.at)


def memory_of(found: list[Line]) -> Memory:
    return remember(found).get(PERSON, Memory())


def last(found: list[Line], kind: str, why: str | None = None) -> datetime | None:
    """When the journal last said this of the person."""
    return max((line.at for line in found if line.kind == kind and why in (None, line.why)), default=None)


# --- what is remembered ---


def test_each_persons_lines_are_their_own() -> None:
    found = remember([journal.stopped(PERSON, NOON), journal.unreachable(OTHER, "bounced", NOON + HOUR)])
    assert found == {PERSON: Memory(stopped_at=NOON), OTHER: Memory(bounced_at=NOON + HOUR)}


def test_of_a_follow_up_its_last_authorisation_is_remembered() -> None:
    first, again = (journal.authorised(follow_up(), NOON + hours * HOUR) for hours in (0, 1))
    assert memory_of([first, again]).authorised == {again.follow_up: again}


def test_a_click_is_remembered_as_agreement_only_where_it_agreed() -> None:
    agreed, reached = journal.confirmed(PERSON, NOON, agreed=True), journal.confirmed(PERSON, NOON + HOUR, agreed=False)
    assert memory_of([agreed, reached]) == Memory(agreed_at=NOON, reached_at=NOON + HOUR)


@pytest.mark.parametrize("line", [journal.authorised, journal.noted])
def test_the_one_note_is_remembered_however_it_went(line: Callable[[FollowUp, datetime], Line]) -> None:
    assert memory_of([line(follow_up(id="p-note", role=RECIPIENT), NOON)]).noted == "p-note"


def test_of_two_notes_nobody_can_tell_which_one_went() -> None:
    first, second = (journal.authorised(follow_up(id=f"p-{n}", role=RECIPIENT), NOON) for n in "12")
    assert memory_of([first, first]).noted == "p-1"
    assert memory_of([first, second, first]).noted == ONE_OF_SEVERAL


def test_a_buyers_mail_is_no_note() -> None:
    assert memory_of([journal.authorised(follow_up(role=BUYER), NOON)]).noted == ""


def test_a_line_tells_what_a_table_without_the_follow_up_needs() -> None:
    one = follow_up(message_class=SERVICE)
    line = journal.authorised(one, NOON)
    assert (line.follow_up, line.rule, line.anchor, line.role) == (one.id, one.rule, one.anchor, one.role)
    assert (line.message_class, line.due_at, line.at) == (SERVICE, one.due_at, NOON)


# --- how somebody stands again ---


JUNE = stamp(NOON + 3 * MONTH)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["as it happened", "by two clocks"])
def test_the_pace_that_they_chose_last_holds_again(order: tuple[int, int]) -> None:
    said = [journal.chose(PERSON, "monthly", "", NOON), journal.chose(PERSON, "orders", JUNE, NOON + HOUR)]
    after = stands_again(Standing(PERSON, pace="quarterly"), memory_of([said[n] for n in order]), NOON)
    assert (after.pace, after.paused_until, after.saved_at) == ("orders", JUNE, stamp(NOON + HOUR))
    assert after.version == 1


def test_what_they_chose_after_the_journals_line_stays() -> None:
    later = Standing(PERSON, pace="quarterly", saved_at=stamp(NOON + HOUR))
    assert stands_again(later, memory_of([journal.chose(PERSON, "monthly", JUNE, NOON)]), NOON) == later


def test_a_pace_that_was_given_up_is_not_brought_back() -> None:
    before = Standing(PERSON, pace="orders", paused_until=JUNE, saved_at=stamp(NOON))
    after = stands_again(before, memory_of([journal.chose(PERSON, "", "", NOON + HOUR)]), NOON)
    assert (after.pace, after.paused_until) == ("", "")


@thorough
@given(standings(), lines())
def test_a_stop_stands_unless_they_agreed_since(standing: Standing, found: list[Line]) -> None:
    after = stands_again(standing, memory_of(found), NOON)
    stopped, agreed = last(found, "stopped"), last(found, "confirmed", "agreed")
    in_force = stopped is not None and (agreed is None or agreed <= stopped)
    assert bool(after.stopped_at) == (in_force or bool(standing.stopped_at))
    if in_force:
        assert after.consents == {}


def test_a_stop_and_an_agreement_within_a_second_leave_them_stopped() -> None:
    found = [journal.stopped(PERSON, NOON), journal.confirmed(PERSON, NOON, agreed=True)]
    assert stands_again(Standing(PERSON), memory_of(found), NOON).stopped_at == stamp(NOON)


def test_who_stops_again_after_agreeing_is_stopped() -> None:
    found = [journal.stopped(PERSON, NOON), journal.confirmed(PERSON, NOON + HOUR, agreed=True)]
    assert stands_again(Standing(PERSON), memory_of(found), NOON).stopped_at == ""
    again = memory_of([*found, journal.stopped(PERSON, NOON + 2 * HOUR)])
    assert stands_again(Standing(PERSON), again, NOON).stopped_at == stamp(NOON + 2 * HOUR)


def test_never_is_never_again_until_they_agree_themselves() -> None:
    found = [journal.never(PERSON, NOON)]
    after = stands_again(Standing(PERSON, consents={"newsletter/e-mail": stamp(NOON)}), memory_of(found), NOON)
    assert (after.never_at, after.stopped_at, after.consents) == (stamp(NOON), stamp(NOON), {})
    agreed = memory_of([*found, journal.confirmed(PERSON, NOON + HOUR, agreed=True)])
    assert (stands_again(Standing(PERSON), agreed, NOON).never_at, stands_again(Standing(PERSON), agreed, NOON).stopped_at) == (
        "",
        "",
    )
    again = memory_of([*found, journal.confirmed(PERSON, NOON + HOUR, agreed=False), journal.stopped(PERSON, NOON + HOUR)])
    assert stands_again(Standing(PERSON), again, NOON).never_at == stamp(NOON)


def test_a_click_that_agreed_to_nothing_undoes_no_stop() -> None:
    found = [journal.stopped(PERSON, NOON), journal.confirmed(PERSON, NOON + HOUR, agreed=False)]
    assert stands_again(Standing(PERSON), memory_of(found), NOON).stopped_at == stamp(NOON)


@thorough
@given(standings(), lines())
def test_nothing_that_the_table_says_is_lifted(standing: Standing, found: list[Line]) -> None:
    after = stands_again(standing, memory_of(found), NOON)
    for name in ("person", "stopped_at", "unreachable_at", "never_at", "noted", "second_chance"):
        assert getattr(after, name) == getattr(standing, name) or not getattr(standing, name)
    assert after.consents.items() <= standing.consents.items()
    assert all(after.heard[id_] >= at for id_, at in standing.heard.items())
    assert (after.unreachable_why == "complained") >= (standing.unreachable_why == "complained")


@thorough
@given(standings(), lines())
def test_told_twice_they_stand_as_told_once(standing: Standing, found: list[Line]) -> None:
    memory = memory_of(found)
    once = stands_again(standing, memory, NOON)
    assert stands_again(once, memory, NOON) == once
    assert once.version - standing.version == (0 if once == standing else 1)


@thorough
@given(standings(), lines())
def test_a_complaint_is_never_lifted(standing: Standing, found: list[Line]) -> None:
    after = stands_again(standing, memory_of(found), NOON)
    if last(found, "unreachable", "complained"):
        assert (bool(after.unreachable_at), after.unreachable_why) == (True, "complained")


@thorough
@given(lines())
def test_a_bounce_stands_unless_mail_reached_them_since(found: list[Line]) -> None:
    after = stands_again(Standing(PERSON), memory_of(found), NOON)
    bounced, reached = last(found, "unreachable", "bounced"), last(found, "confirmed")
    in_force = bounced is not None and (reached is None or reached <= bounced)
    complained = last(found, "unreachable", "complained") is not None
    assert bool(after.unreachable_at) == (in_force or complained)


@thorough
@given(standings(), lines())
def test_the_cap_list_gets_courtesy_and_marketing_of_thirty_days(standing: Standing, found: list[Line]) -> None:
    after = stands_again(standing, memory_of(found), NOON)
    newest = {line.follow_up: line for line in found if line.kind == "authorised"}
    wanted = {id_: line for id_, line in newest.items() if line.message_class != SERVICE and line.at > NOON - MONTH}
    assert set(after.heard) == {*standing.heard, *wanted}
    assert all(after.heard[id_] == stamp(line.at) for id_, line in wanted.items() if id_ not in standing.heard)


@pytest.mark.parametrize(("message_class", "counts"), [(SERVICE, False), (COURTESY, True), (MARKETING, True)])
def test_service_mail_is_not_heard(message_class: str, counts: bool) -> None:
    found = [journal.authorised(follow_up(message_class=message_class), NOON)]
    assert bool(stands_again(Standing(PERSON), memory_of(found), NOON).heard) is counts


def test_the_thirty_days_are_counted_to_the_second() -> None:
    second = timedelta(seconds=1)
    found = [journal.authorised(follow_up(id=f"p-{n}"), NOON - MONTH + n * second) for n in (0, 1)]
    assert set(stands_again(Standing(PERSON), memory_of(found), NOON).heard) == {"p-1"}


@thorough
@given(standings())
def test_of_whom_nothing_is_remembered_nothing_changes(standing: Standing) -> None:
    assert stands_again(standing, Memory(), NOON) == standing


def test_of_two_times_at_which_it_was_heard_the_later_counts() -> None:
    id_ = "somebody-thankyou"
    line = journal.authorised(follow_up(id=id_), NOON)
    table = Standing("somebody", version=1, heard={id_: stamp(NOON - timedelta(days=20))})
    assert stands_again(table, remember([line]).popitem()[1], NOON).heard == {id_: stamp(NOON)}
