"""The clock sends what is due. Effectively once: docs/sending.md tells why each step stands where it does.

for each shard with something due, under its lease; service first, also between chunks; oldest first, up to 45 at a time:
    gather → what a dead worker left, and what is in doubt → recover
    → screen → held and ended are written down, the rest is rendered
    → authorise in one transaction → for each in its place: its turn by the rate, fence, read again, call once, commit the outcome
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec.structs import replace

from chalicelib.domain import follow_up as fu
from chalicelib.domain import journal
from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import LANES, PATIENT_LANE, URGENT_LANE
from chalicelib.domain.playbook import RECIPIENT
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Case, End, Hold, screen
from chalicelib.domain.screening.once import happens_once
from chalicelib.domain.standing import SERVICE
from chalicelib.domain.task import handed_over
from chalicelib.errors import Invalid, Lost, Misconfigured
from chalicelib.ports import MailRefused, MailUncertain, World
from chalicelib.stores import follow_ups, people, tasks
from chalicelib.table import Action
from chalicelib.usecases.authorise import Authorised, Ready, authorise
from chalicelib.usecases.compose import compose
from chalicelib.usecases.gather import gather
from chalicelib.usecases.lease import leased
from chalicelib.usecases.live_table import is_live
from chalicelib.usecases.recover import recover

CHUNK, CHUNK_SECONDS = 45, 5
"""A chunk's calls, at the rate that the mailer takes, must be over well before its fence."""

RUN_SECONDS = 40.0
"""After that no chunk is begun: the next tick goes on, and no Lambda function is cut off in the middle of a call."""

FENCE_SECONDS = 10.0
REFUSED_WAIT = timedelta(minutes=1)
UNRENDERABLE_WAIT = timedelta(hours=1)
MAX_PASSES = 50


def send_due(world: World) -> int:
    """How many mails the mailer took. What raises here is found again by the next tick. Errors: Retryable."""
    return sum(_send_shard(world, shard) for shard in follow_ups.SHARDS) if is_live(world) else 0


def _send_shard(world: World, shard: str) -> int:
    now = world.clock.now()
    if not any(follow_ups.due_ids(world.table, shard, lane, now, 1, None)[0] for lane in LANES):
        return 0
    with leased(world, shard) as ours:
        return _work(world, shard) if ours else 0


def _work(world: World, shard: str) -> int:
    ends = world.clock.monotonic() + RUN_SECONDS
    count = sum(_chunks(world, shard, URGENT_LANE, ends))
    for sent in _chunks(world, shard, PATIENT_LANE, ends):
        count += sent + sum(_chunks(world, shard, URGENT_LANE, ends))  # what came meanwhile does not wait for all the rest
    return count


def _chunks(world: World, shard: str, lane: str, ends: float) -> Iterator[int]:
    """Works through what is due in the lane; gives for each chunk how many of it were sent."""
    size = max(1, min(CHUNK, int(world.mailer.rate() * CHUNK_SECONDS)))
    for _ in range(MAX_PASSES):  # a pass leaves behind a person's second mail, for the next
        left_over, after = False, None
        while True:
            if world.clock.monotonic() > ends:
                return
            ids, after = follow_ups.due_ids(world.table, shard, lane, world.clock.now(), size, after)
            if ids:
                sent, left = _send_chunk(world, shard, ids)
                left_over = left_over or left
                yield sent
            if after is None:
                break
        if not left_over:
            break


def _send_chunk(world: World, shard: str, ids: Sequence[str]) -> tuple[int, bool]:
    """How many were sent, and whether some wait for the next pass."""
    cases = gather(world, shard, ids)
    recover(world, [case.follow_up for case in cases])
    ready: dict[str, Ready] = {}
    left = False
    for case in cases:
        if case.follow_up.state not in (fu.PLANNED, fu.HELD):
            continue
        if case.follow_up.person in ready:
            left = True  # its checks must see what the first one changed
        elif (one := _prepare(world, shard, case, ahead=len(ready))) is not None:
            ready[case.follow_up.person] = one
    if not ready:
        return 0, left
    return _deliver(world, authorise(world, shard, list(ready.values()))), left


def _prepare(world: World, shard: str, case: Case, ahead: int) -> Ready | None:
    """The mail, if every check passes and it can be written; else what was found is written down."""
    verdict = _judge(world, case, ahead)
    if not isinstance(verdict, Ready):
        # what was gathered may be a moment old: it may permit, since the authorisation proves it, but not forbid
        (case,) = gather(world, shard, [case.follow_up.id], strong=True) or (case,)
        if case.follow_up.state not in (fu.PLANNED, fu.HELD):
            return None
        verdict = _judge(world, case, ahead)
    follow_up = case.follow_up
    if isinstance(verdict, Hold):
        _write(world, follow_ups.hold(follow_up, verdict, case.now))
        return None
    if isinstance(verdict, End):
        if follow_up.state in fu.before(verdict.state) or _write(world, follow_ups.release(follow_up, case.now)):
            _end(world, case, verdict)
        return None
    if follow_up.state == fu.HELD and not _write(world, follow_ups.release(follow_up, case.now)):
        return None
    return verdict


def _judge(world: World, case: Case, ahead: int) -> Ready | Hold | End:
    """`ahead`: how many of the chunk take a mail of today's budget before it."""
    verdict = screen(replace(case, used_today=case.used_today + ahead))
    if isinstance(verdict, (Hold, End)):
        return verdict
    try:
        return Ready(case, compose(world, case))
    except (Misconfigured, Invalid) as error:
        return Hold(Reason("unrenderable", {"detail": str(error)}), case.now + UNRENDERABLE_WAIT)


def _end(world: World, case: Case, verdict: End) -> None:
    actions: list[Action] = [follow_ups.end(case.follow_up.id, verdict)]
    if verdict.state == fu.HANDED_OVER:
        actions.append(tasks.put(handed_over(case.follow_up, case.rule, case.now)))
        if case.follow_up.role == RECIPIENT:
            world.journal.append([journal.noted(case.follow_up, case.now)])
        if case.follow_up.message_class != SERVICE:
            actions.append(people.handed_over(case.standing, case.follow_up, case.now, once=happens_once(case.rule)))
    try:
        world.table.transact(actions, world.ids.token())
    except Lost:
        return  # it moved on; the next tick looks again


def _deliver(world: World, authorised: Authorised) -> int:
    count = 0
    for one in authorised.ready:
        world.mailer.await_turn()
        if world.clock.monotonic() - authorised.began > FENCE_SECONDS:
            # never called, and this worker knows it
            _write(world, follow_ups.back_to_planned(one.case.follow_up, authorised.token, Reason("never-called"), one.case.now))
            continue
        current = follow_ups.load_many(world.table, [one.id]).get(one.id)
        if current is None or current.state != fu.SENDING or current.token != authorised.token:
            # somebody took this worker for dead; it alone knows that this one was never called
            _write(world, follow_ups.back_to_planned(one.case.follow_up, authorised.token, Reason("never-called"), one.case.now))
            continue
        count += _call(world, one, authorised.token)
    return count


def _call(world: World, one: Ready, token: str) -> int:
    """One attempt; its outcome is committed before anything else is called."""
    follow_up = one.case.follow_up
    try:
        message_id = world.mailer.send(one.id, one.mail)
    except MailRefused as refused:
        now = world.clock.now()
        if refused.permanent:
            _write(world, follow_ups.failed(one.id, token, Reason("rejected", {"detail": str(refused)}), now))
        else:
            why = Reason("refused-for-now", {"at": stamp(now), "detail": str(refused)})
            _write(world, follow_ups.back_to_planned(follow_up, token, why, now + REFUSED_WAIT))
        return 0
    except MailUncertain:
        now = world.clock.now()
        _write(world, follow_ups.unsure(follow_up, token, now, now))
        return 0
    _write(world, follow_ups.sent(one.id, token, message_id, world.clock.now()))
    return 1


def _write(world: World, action: Action) -> bool:
    """False when the follow-up had moved on: whoever moved it knew more."""
    try:
        world.table.write(action)
    except Lost:
        return False
    return True
