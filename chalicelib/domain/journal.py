"""The journal: what must be remembered even where the table is put back to an earlier day. It holds keyed hashes and ids, nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct, field, structs

from chalicelib.domain.calendar import stamp
from chalicelib.domain.delivery import BOUNCED, COMPLAINED
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.playbook import RECIPIENT
from chalicelib.domain.standing import CAP_DAYS, SERVICE, Standing, had_by

ONE_OF_SEVERAL = "one of several"
"""As the id of a recipient's one note, where nobody can tell which of them it was: then none may go any more."""


class Line(Struct, frozen=True, omit_defaults=True):
    """One thing that was about to be committed at `at`.

    authorised    the follow-up may go out from now on; its other fields are what a table without it needs to know of it again
    noted         the recipient's one note was handed over to be written by hand
    stopped       the person asked us to stop; `why` is the storefront that told of it, where one did
    never         the person asked us to stop, by every channel
    unreachable   mail does not reach the person, or they complained: `why` is bounced | complained
    withdrawn     the person ended one consent and nothing else: `anchor` is its purpose/channel
    chose         the person chose a pace, `why`, and a pause until `anchor`, a stamp; each "" for none
    unwanted      the person wants nothing more about one occasion, ever: `anchor` is the mark of that fact (fact.mark), never its label
    untold        what the person had told is as if it had never been told: `anchor` is its mark
    objected      the person does not want to be named as the winner of a round, `anchor`
    erased        the person asked to be forgotten, or (`anchor`) their order was to be; `person` is "" where only orders were named
    confirmed     the person clicked in a mail that reached them, so what bounced is reached; `why` is "agreed" where that also undoes a stop
    """

    kind: Literal[
        "authorised", "noted", "stopped", "never", "unreachable", "confirmed", "withdrawn", "chose",
        "unwanted", "untold", "objected", "erased",
    ]  # fmt: skip
    at: datetime
    person: str
    follow_up: str = ""
    rule: str = ""
    anchor: str = ""
    role: str = ""
    message_class: str = ""
    due_at: datetime | None = None
    why: str = ""


def authorised(follow_up: FollowUp, at: datetime) -> Line:
    """Written before the transaction that authorises it: it may be that this never comes."""
    return _about(follow_up, "authorised", at)


def noted(follow_up: FollowUp, at: datetime) -> Line:
    """Written before the recipient's note becomes a by-hand task."""
    return _about(follow_up, "noted", at)


def stopped(person: str, at: datetime, *, by: str = "") -> Line:
    """Written before the stop is committed. `by`: the storefront that told of it, "" where they told us."""
    return Line("stopped", at, person, why=by)


def never(person: str, at: datetime) -> Line:
    """Written before the never is committed."""
    return Line("never", at, person)


def unreachable(person: str, why: str, at: datetime) -> Line:
    """Written before the address is closed."""
    return Line("unreachable", at, person, why=why)


def withdrawn(person: str, consent: str, at: datetime) -> Line:
    """Written before one consent is ended, as purpose/channel: a table that is put back must not bring it back."""
    return Line("withdrawn", at, person, anchor=consent)


def chose(person: str, pace: str, paused_until: str, at: datetime) -> Line:
    """Written before it is committed: a table that is put back must not write to them more often than they want."""
    return Line("chose", at, person, anchor=paused_until, why=pace)


def unwanted(person: str, mark: str, at: datetime) -> Line:
    """Written before "never about this" is kept: a table that is put back must not remind them of it again."""
    return Line("unwanted", at, person, anchor=mark)


def untold(person: str, mark: str, at: datetime) -> Line:
    """Written before a fact is taken back: a table that is put back must not know it any more."""
    return Line("untold", at, person, anchor=mark)


def objected(person: str, round_: str, at: datetime) -> Line:
    """Written before it is noted: a table that is put back must not have them named."""
    return Line("objected", at, person, anchor=round_)


def erased(person: str, at: datetime, order: str = "") -> Line:
    """Written before anything of theirs is deleted: a table that is put back must delete it again."""
    return Line("erased", at, person, anchor=order)


def confirmed(person: str, at: datetime, *, agreed: bool) -> Line:
    """Written before a click is committed that undoes a stop or a bounce."""
    return Line("confirmed", at, person, why="agreed" if agreed else "")


def _about(one: FollowUp, kind: Literal["authorised", "noted"], at: datetime) -> Line:
    return Line(kind, at, one.person, one.id, one.rule, one.anchor, one.role, one.message_class, one.due_at)


class Memory(Struct):
    """All that the journal says of one person. `withdrawn`: which consents they ended alone, and when. `chose`: the last line of that kind. `unwanted`, `untold`: mark of a fact → when it was said last. `objected`: in which rounds. `erased`: they asked to be forgotten, and `erased_orders` of which orders. `authorised`: follow-up id → its last line; `noted`: the one note's id, or ONE_OF_SEVERAL."""

    authorised: dict[str, Line] = field(default_factory=dict)
    noted: str = ""
    stopped_at: datetime | None = None
    stopped_by: str = ""
    never_at: datetime | None = None
    agreed_at: datetime | None = None
    bounced_at: datetime | None = None
    complained_at: datetime | None = None
    reached_at: datetime | None = None
    withdrawn: dict[str, datetime] = field(default_factory=dict)
    chose: Line | None = None
    unwanted: dict[str, datetime] = field(default_factory=dict)
    untold: dict[str, datetime] = field(default_factory=dict)
    objected: set[str] = field(default_factory=set)
    erased: bool = False
    erased_orders: set[str] = field(default_factory=set)


def remember(lines: Iterable[Line]) -> dict[str, Memory]:
    """By person."""
    people: dict[str, Memory] = {}
    for line in lines:
        memory = people.setdefault(line.person, Memory())
        match line.kind:
            case "authorised":
                memory.authorised[line.follow_up] = line
            case "stopped":
                _stop(memory, line)
            case "never":
                _stop(memory, line)
                memory.never_at = _latest(memory.never_at, line.at)
            case "unreachable":
                _close(memory, line)
            case "confirmed":
                memory.reached_at = _latest(memory.reached_at, line.at)
                memory.agreed_at = _latest(memory.agreed_at, line.at) if line.why else memory.agreed_at
            case "withdrawn" | "chose" | "unwanted" | "untold" | "objected":
                _choose(memory, line)
            case "erased":
                memory.erased = True
                memory.erased_orders.update(filter(None, [line.anchor]))
        if line.role == RECIPIENT:
            memory.noted = line.follow_up if memory.noted in ("", line.follow_up) else ONE_OF_SEVERAL
    return people


def _stop(memory: Memory, line: Line) -> None:
    if memory.stopped_at is None or line.at >= memory.stopped_at:
        memory.stopped_at, memory.stopped_by = line.at, line.why


def _choose(memory: Memory, line: Line) -> None:
    last = {"withdrawn": memory.withdrawn, "unwanted": memory.unwanted, "untold": memory.untold}.get(line.kind)
    if last is not None:
        last[line.anchor] = _latest(last.get(line.anchor), line.at)
    elif line.kind == "objected":
        memory.objected.add(line.anchor)
    elif memory.chose is None or line.at >= memory.chose.at:
        memory.chose = line


def _close(memory: Memory, line: Line) -> None:
    if line.why == COMPLAINED:
        memory.complained_at = _latest(memory.complained_at, line.at)
    else:
        memory.bounced_at = _latest(memory.bounced_at, line.at)


def _latest(before: datetime | None, at: datetime) -> datetime:
    return max(before, at) if before else at  # several clocks write the journal


def stands_again(standing: Standing, memory: Memory, now: datetime, once: Collection[str] = ()) -> Standing:
    """The standing with what the table forgot; itself when that is nothing. What the person undid since stays undone, and nothing else is.

    `once`: the rules of which somebody gets one ever, or one a year.
    """
    stopped_at, stopped_by, bounced_at, complained_at = standing.stopped_at, standing.stopped_by, "", ""
    stops = memory.stopped_at is not None and not _since(memory.agreed_at, memory.stopped_at)
    if memory.stopped_at and stops and (not stopped_at or (stopped_by and stamp(memory.stopped_at) > stopped_at)):
        stopped_at, stopped_by = stamp(memory.stopped_at), memory.stopped_by
    never_at = standing.never_at
    if memory.never_at and not never_at and not _since(memory.agreed_at, memory.never_at):
        never_at = stamp(memory.never_at)
    if memory.bounced_at and not _since(memory.reached_at, memory.bounced_at):
        bounced_at = stamp(memory.bounced_at)
    if memory.complained_at:
        complained_at = stamp(memory.complained_at)
    found = structs.replace(
        _as_they_chose(standing, memory.chose),
        stopped_at=stopped_at,
        stopped_by=stopped_by,
        never_at=never_at,
        consents={} if stopped_at else _left(standing.consents, memory.withdrawn),
        unreachable_at=standing.unreachable_at or complained_at or bounced_at,
        unreachable_why=COMPLAINED if complained_at else standing.unreachable_why or (BOUNCED if bounced_at else ""),
        noted=standing.noted or memory.noted,
        heard=_later(standing.heard, _heard_of(memory, now)),
        had=_later(standing.had, _had_of(memory, once)),
    )
    return found if found == standing else structs.replace(found, version=standing.version + 1)


def _as_they_chose(standing: Standing, chose: Line | None) -> Standing:
    if chose is None or stamp(chose.at) <= standing.saved_at:
        return standing
    return structs.replace(standing, pace=chose.why, paused_until=chose.anchor, saved_at=stamp(chose.at))


def _left(consents: Mapping[str, str], withdrawn: Mapping[str, datetime]) -> dict[str, str]:
    return {key: at for key, at in consents.items() if key not in withdrawn or at > stamp(withdrawn[key])}


def _later(one: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    return {id_: max(one.get(id_, ""), other.get(id_, "")) for id_ in {**one, **other}}


def _since(undone: datetime | None, done: datetime) -> bool:
    # within one second nobody can tell which came first: then it stays done
    return undone is not None and undone > done


def _had_of(memory: Memory, once: Collection[str]) -> dict[str, str]:
    lines = sorted(memory.authorised.values(), key=lambda line: line.at)
    return {line.rule: had_by(line.follow_up, line.at) for line in lines if line.rule in once}


def _heard_of(memory: Memory, now: datetime) -> dict[str, str]:
    oldest = now - timedelta(days=CAP_DAYS)
    return {id_: stamp(line.at) for id_, line in memory.authorised.items() if line.message_class != SERVICE and line.at > oldest}
