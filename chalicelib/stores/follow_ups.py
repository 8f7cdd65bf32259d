"""Follow-ups: under their person, and in the due index while something is still to be done about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import product

import msgspec
from msgspec.structs import replace

from chalicelib.domain import follow_up as fu
from chalicelib.domain.calendar import stamp
from chalicelib.domain.delivery import REJECTED, DeliveryEvent
from chalicelib.domain.follow_up import FollowUp, lane_of, lifetime
from chalicelib.domain.journal import Line
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import End, Hold
from chalicelib.logs import failed as failed_to
from chalicelib.ports import Table
from chalicelib.stores import pages
from chalicelib.stores.codec import from_item, to_item, value
from chalicelib.table import DUE, Condition, Equals, Exists, Item, Key, Lacks, Missing, OneOf, Put, Update, Value

SHARDS = ("0",)
"""One shard by default. A person belongs to one shard, so that two workers never meet on a standing."""

PAGE = 100
FAILED_LANE = "failed"
"""In the due index, but nobody looks at it again: so that the owner hears of it without a look at everything."""

_DUE_KEYS = ("due_pk", "due_sk")
PREFIX = "F#"


def shard_of(person: str) -> str:
    """The shard that sends to the person."""
    return SHARDS[sum(person.encode()) % len(SHARDS)]


def key(id_: str) -> Key:
    """Of the follow-up's item. Errors: ValueError for what is no follow-up's id."""
    return f"P#{fu.person_of(id_)}", f"{PREFIX}{id_}"


def due_partition(shard: str, lane: str) -> str:
    """Where a lane's open follow-ups stand in the due index."""
    return f"DUE#{shard}#{lane}"


def load(item: Item) -> FollowUp:
    """From its item."""
    return from_item(item, FollowUp)


def readable(items: Iterable[Item]) -> Iterator[FollowUp]:
    """Those that can be read; of one that cannot its id is logged, and it stops nobody else."""
    for item in items:
        try:
            yield load(item)
        except msgspec.ValidationError as error:
            failed_to("a follow-up cannot be read", error, follow_up=str(item["sk"]).removeprefix(PREFIX))


def is_follow_up(item: Item) -> bool:
    """Whether the item is one of ours."""
    return str(item["sk"]).startswith(PREFIX)


def put(follow_up: FollowUp) -> Put:
    """Plans it; loses when it was planned before."""
    return Put(to_item(key(follow_up.id), follow_up, **_due(follow_up, follow_up.look_at)), when=(Missing(),))


def put_again(follow_up: FollowUp) -> Put:
    """Plans anew what was called off before it went anywhere; loses unless it is cancelled."""
    return Put(to_item(key(follow_up.id), follow_up, **_due(follow_up, follow_up.look_at)), when=(Equals("state", fu.CANCELLED),))


def asked_again(id_: str) -> Update:
    """Counts that its person asked for it once more."""
    return Update(key(id_), add={"asked_again": 1}, when=(Exists(),))


def _due(follow_up: FollowUp, look_at: datetime) -> dict[str, str]:
    lane = lane_of(follow_up.message_class)
    return {"due_pk": due_partition(shard_of(follow_up.person), lane), "due_sk": f"{stamp(look_at)}#{follow_up.id}"}


def of_person(table: Table, person: str) -> list[FollowUp]:
    """All of a person's, in no particular order."""
    return list(readable(pages.below(table, f"P#{person}", prefix=PREFIX)))


def load_many(table: Table, ids: Sequence[str], *, strong: bool = True) -> dict[str, FollowUp]:
    """By id; those that are gone are left out."""
    items = table.get_many([key(id_) for id_ in ids], strong=strong)
    return {found.id: found for found in readable(items.values())}


def due_ids(table: Table, shard: str, lane: str, now: datetime, limit: int, after: str | None) -> tuple[list[str], str | None]:
    """The ids whose time to be looked at has come, oldest first, and where to go on."""
    page = table.query_index(DUE, due_partition(shard, lane), high=f"{stamp(now)}~", limit=limit, after=after)
    return [entry.key[1].removeprefix(PREFIX) for entry in page.entries], page.next


def looked_at_by(table: Table, until: datetime) -> Iterator[FollowUp]:
    """All that are to be looked at by then, in every shard and lane, a page at a time. What is moved meanwhile may come once more."""
    for shard, lane in product(SHARDS, fu.LANES):
        after = None
        while True:
            ids, after = due_ids(table, shard, lane, until, PAGE, after)
            yield from load_many(table, ids).values()
            if after is None:
                break


def failed_since(table: Table, since: datetime) -> list[FollowUp]:
    """What the mailer refused for good since then, oldest first. What the owner left at that is not among it."""
    entries = [
        entry
        for shard in SHARDS
        for entry in table.query_index(DUE, due_partition(shard, FAILED_LANE), low=stamp(since), limit=PAGE).entries
    ]
    found = load_many(table, [entry.key[1].removeprefix(PREFIX) for entry in entries])
    return [one for one in found.values() if one.state == fu.FAILED]


def next_due(table: Table, shard: str, lane: str, after: datetime) -> str | None:
    """The stamp of the first time after `after` at which a follow-up is to be looked at, or None."""
    page = table.query_index(DUE, due_partition(shard, lane), low=f"{stamp(after)}~", limit=1)
    return page.entries[0].sort.partition("#")[0] if page.entries else None


# --- before it goes: each loses when the follow-up has moved on ---


def move(follow_up: FollowUp) -> Update:
    """To another due time, for the reason and with the words that go with it; what held it is looked at anew."""
    return Update(
        key(follow_up.id),
        set={
            "state": fu.PLANNED,
            "reason": value(follow_up.reason),
            "why": value(follow_up.why),
            "extra": value(follow_up.extra),
            "due_at": stamp(follow_up.due_at),
            "expires_at": value(follow_up.expires_at),
            **_looked_at(follow_up, follow_up.look_at),
        },
        when=(OneOf("state", (fu.PLANNED, fu.HELD)),),
    )


def reword(follow_up: FollowUp) -> Update:
    """Due as before, but it is to say something else."""
    return Update(
        key(follow_up.id),
        set={"why": value(follow_up.why), "extra": value(follow_up.extra)},
        when=(OneOf("state", (fu.PLANNED, fu.HELD)),),
    )


def hold(follow_up: FollowUp, verdict: Hold, now: datetime) -> Update:
    """Held, to be looked at again at the earlier of its release and its expiry. Where the count to that stood still, and this hold does not
    stop it, it starts anew: what stopped it is over.
    """
    if verdict.restarts:
        counted: dict[str, Value] = {**_looked_at(follow_up, verdict.until)}
    else:
        expires = follow_up.expires_at or now + lifetime(follow_up.message_class, follow_up.expires_after)
        counted = {"expires_at": stamp(expires), **_looked_at(follow_up, min(verdict.until, expires))}
    return Update(
        key(follow_up.id),
        set={"state": fu.HELD, "reason": value(verdict.reason), **counted},
        remove=("expires_at",) if verdict.restarts else (),
        when=(OneOf("state", (fu.PLANNED, fu.HELD)),),
    )


def release(follow_up: FollowUp, now: datetime) -> Update:
    """Held no longer; a count to its expiry that stood still starts anew."""
    expires = follow_up.expires_at or now + lifetime(follow_up.message_class, follow_up.expires_after)
    return Update(
        key(follow_up.id),
        set={"state": fu.PLANNED, "reason": value(Reason("released")), "expires_at": stamp(expires)},
        when=(Equals("state", fu.HELD),),
    )


def owner_released(follow_up: FollowUp, now: datetime) -> Update:
    """The owner says yes to it: it is looked at at once, and every check is asked anew."""
    return Update(
        key(follow_up.id), set={"released_at": stamp(now), **_looked_at(follow_up, now)}, when=(Equals("state", fu.HELD),)
    )


def end(id_: str, verdict: End) -> Update:
    """Cancelled, expired or handed over."""
    return Update(
        key(id_),
        set={"state": verdict.state, "reason": value(verdict.reason)},
        remove=_DUE_KEYS,
        when=(OneOf("state", fu.before(verdict.state)),),
    )


def emptied(follow_up: FollowUp) -> Update:
    """Its person is forgotten: what only this message said, and the facts of its reasons, go; ids, times and its state stay."""
    reason = replace(follow_up.reason, facts={name: fact for name, fact in follow_up.reason.facts.items() if name in _TIMES})
    return Update(
        key(follow_up.id), set={"extra": {}, "reason": value(reason)}, remove=("why",), when=(Equals("state", follow_up.state),)
    )


_TIMES = ("at", "since", "until", "due", "expires")


# --- while it goes: all under the authorisation's own token ---


def authorise(id_: str, token: str, via: str, place: int, neighbours: tuple[str, str], now: datetime) -> Update:
    """From planned to sending. The due key stays, so that the clock comes back to whatever gets stuck here."""
    at = stamp(now)
    return Update(
        key(id_),
        set={
            "state": fu.SENDING,
            "token": token,
            "via": via,
            "place": place,
            "follows": neighbours[0],
            "followed_by": neighbours[1],
            "authorised_at": at,
            "reason": value(Reason("sending", {"at": at})),
        },
        when=(Equals("state", fu.PLANNED),),
    )


def _mine(token: str, *states: str) -> tuple[Condition, ...]:
    # what a restore put in doubt carries no token
    return OneOf("state", states or (fu.SENDING,)), Equals("token", token) if token else Lacks("token")


def sent(id_: str, token: str, message_id: str, now: datetime) -> Update:
    """The mailer took it. Also from unsure: the worker was slow, not wrong."""
    at = stamp(now)
    return Update(
        key(id_),
        set={"state": fu.SENT, "sent_at": at, "message_id": message_id, "reason": value(Reason("sent", {"at": at}))},
        remove=_DUE_KEYS,
        when=_mine(token, fu.SENDING, fu.UNSURE),
    )


def back_to_planned(follow_up: FollowUp, token: str, why: Reason, look_at: datetime) -> Update:
    """It was surely not taken: it waits its turn again. Also from unsure, as in `sent`."""
    return Update(
        key(follow_up.id),
        set={"state": fu.PLANNED, "reason": value(why), **_looked_at(follow_up, look_at)},
        when=_mine(token, fu.SENDING, fu.UNSURE),
    )


def failed(id_: str, token: str, why: Reason, now: datetime) -> Update:
    """The mailer will never take it; the owner hears of it. Also from unsure."""
    return Update(
        key(id_),
        set={"state": fu.FAILED, "reason": value(why), **_told_of(id_, now)},
        when=_mine(token, fu.SENDING, fu.UNSURE),
    )


def _told_of(id_: str, at: datetime) -> dict[str, str]:
    return {"due_pk": due_partition(shard_of(fu.person_of(id_)), FAILED_LANE), "due_sk": f"{stamp(at)}#{id_}"}


def unsure(follow_up: FollowUp, token: str, now: datetime, look_at: datetime) -> Update:
    """It may or may not have been taken: only an event or the owner can tell."""
    why = Reason("unsure", {"at": stamp(now)})
    return Update(
        key(follow_up.id),
        set={"state": fu.UNSURE, "reason": value(why), **_looked_at(follow_up, look_at)},
        when=_mine(token),
    )


def look_later(follow_up: FollowUp, look_at: datetime) -> Update:
    """Nothing to be done about it now."""
    return Update(key(follow_up.id), set=_looked_at(follow_up, look_at), when=(Equals("state", follow_up.state),))


def _looked_at(follow_up: FollowUp, look_at: datetime) -> dict[str, str]:
    return {"look_at": stamp(look_at), **_due(follow_up, look_at)}


# --- out of doubt: each loses when it is unsure no longer, or is again ---


def plan_once_more(follow_up: FollowUp, why: Reason, now: datetime) -> Update:
    """Nothing was heard of it: it waits its turn again, and never by itself after that."""
    return Update(
        key(follow_up.id),
        set={"state": fu.PLANNED, "reason": value(why), "tried_again": True, **_looked_at(follow_up, now)},
        when=_mine(follow_up.token, fu.UNSURE),
    )


def settled_again(follow_up: FollowUp, now: datetime) -> Update:
    """The owner wants it sent, with new time to go out."""
    why = Reason("owner-again", {"at": stamp(now)})
    expires = stamp(now + lifetime(follow_up.message_class, follow_up.expires_after))
    return Update(
        key(follow_up.id),
        set={"state": fu.PLANNED, "reason": value(why), "expires_at": expires, **_looked_at(follow_up, now)},
        when=_mine(follow_up.token, fu.UNSURE),
    )


def settled(follow_up: FollowUp, now: datetime, *, sent: bool) -> Update:
    """The owner says that it went out, or leaves it."""
    at = stamp(now)
    ending: dict[str, Value] = {"state": fu.SENT, "sent_at": at, "reason": value(Reason("owner-sent", {"at": at}))}
    if not sent:
        ending = {"state": fu.FAILED, "reason": value(Reason("owner-left", {"at": at}))}
    return Update(key(follow_up.id), set=ending, remove=_DUE_KEYS, when=_mine(follow_up.token, fu.UNSURE))


# --- after a restore ---


def forgotten(line: Line) -> Put:
    """What the journal knows of a follow-up that the table does not have: unsure. Loses when it is there after all."""
    one = FollowUp(
        id=line.follow_up,
        rule=line.rule,
        person=line.person,
        anchor=line.anchor,
        role=line.role,
        message_class=line.message_class,
        state=fu.UNSURE,
        reason=_restored(line),
        due_at=line.due_at or line.at,
        look_at=line.at,
        created_at=line.at,
        authorised_at=line.at,
        tried_again=True,
    )
    return put(one)


def doubted(one: FollowUp, line: Line) -> Update:
    """By the journal it may have gone out since, whatever this table says. Loses when it has moved on."""
    return Update(
        key(one.id),
        set={"state": fu.UNSURE, "reason": value(_restored(line)), "authorised_at": stamp(line.at), "tried_again": True}
        | _looked_at(one, line.at),
        remove=("token",),
        when=(Equals("state", one.state),),
    )


def _restored(line: Line) -> Reason:
    return Reason("unsure-restored", {"at": stamp(line.at)})


# --- after it went ---


def settle(event: DeliveryEvent) -> Update:
    """An event proves that it was taken, whatever we believed, or (rejected) that it went no further. Loses when it had settled already."""
    at = stamp(event.at)
    if event.kind == REJECTED:
        why = Reason("rejected", {"detail": event.detail})
        return Update(
            key(event.follow_up_id),
            set={"state": fu.FAILED, "reason": value(why), **_told_of(event.follow_up_id, event.at)},
            when=(OneOf("state", fu.before(fu.FAILED)),),
        )
    return Update(
        key(event.follow_up_id),
        set={"state": fu.SENT, "sent_at": at, "message_id": event.message_id, "reason": value(Reason("sent", {"at": at}))},
        remove=_DUE_KEYS,
        when=(OneOf("state", fu.before(fu.SENT)),),
    )


def answered(id_: str, answer: str, now: datetime) -> Update:
    """What its person answered; the newest counts. Loses when it is gone."""
    return Update(key(id_), set={"answered": answer, "answered_at": stamp(now)}, when=(Exists(),))


def note_outcome(event: DeliveryEvent) -> Update:
    """What became of it after it was taken."""
    return Update(key(event.follow_up_id), set={"bounced": event.kind}, when=(Exists(),))
