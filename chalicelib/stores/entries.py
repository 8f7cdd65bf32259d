"""The competition: each entry under its person, and each round with its list of hashed entry ids, how it closed, and how it was drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from chalicelib.domain.calendar import stamp
from chalicelib.domain.claim import LINK_LASTS
from chalicelib.domain.competition import Entry
from chalicelib.domain.draw import PassedOver, entry_hash
from chalicelib.ports import Table
from chalicelib.stores import pages
from chalicelib.stores.codec import from_item, to_item, value
from chalicelib.table import TTL, Action, Check, Condition, Delete, Equals, Exists, Item, Key, Lacks, Missing, Put, Update, Value

PREFIX = "ENTRY#"
_ROUND = "ROUND#"


class Line(Struct, frozen=True):
    """One entry in a round's list: the hash of its entry id, and whose it is. `ttl`: its last day, in seconds since 1970."""

    hash: str
    person: str
    ttl: int


class Closed(Struct, frozen=True, omit_defaults=True):
    """From its first moment on nobody can enter the round. `seed`: in words, the public value that will decide, as it was named. `commitment`: of the list
    of `count` hashes, fixed at `fixed_at`; "" for the moment between, which is long where nothing ran at the closing.
    """

    round: str
    closed_at: datetime
    prize: str
    worth: str
    seed: str
    commitment: str = ""
    count: int = 0
    fixed_at: datetime | None = None


class Drawn(Struct, frozen=True, omit_defaults=True):
    """How the round was drawn. `winner`: the entry's hash. `passed_over`: who came before it, and why they have not won. `won_at`: when this winner took
    another's place, None for whoever won at the draw.
    """

    round: str
    value: str
    winner: str
    drawn_at: datetime
    passed_over: tuple[PassedOver, ...] = ()
    won_at: datetime | None = None


# --- an entry, under its person ---


def key(person: str, round_: str) -> Key:
    """A person has one entry in a round."""
    return f"P#{person}", f"{PREFIX}{round_}"


def load(item: Item | None, now: datetime) -> Entry | None:
    """None when there is none, or when its day is over: the table may take days to notice."""
    if item is None:
        return None
    until = item.get(TTL)
    return None if isinstance(until, int) and until <= now.timestamp() else from_item(item, Entry)


def put(entry: Entry, before: Item | None) -> Put:
    """It waits for its click, in place of the one read before; loses when another came between."""
    ttl = int((entry.asked_at + LINK_LASTS).timestamp())
    # a default is left out of the item, and asked_again() must not count from nothing
    item = to_item(key(entry.person, entry.round), entry, times=entry.times, **{TTL: ttl})
    return Put(item, when=(Missing() if before is None else Equals("id", str(before["id"])),))


def asked_again(entry: Entry) -> Update:
    """Counted, and nothing else of it changed."""
    return Update(key(entry.person, entry.round), add={"times": 1}, when=_same(entry))


def told_again(entry: Entry, follow_up: str, now: datetime) -> Update:
    """They are told once more that they have entered. Loses when a mail about it went meanwhile."""
    return Update(
        key(entry.person, entry.round),
        set={"mailed_at": stamp(now), "follow_up": follow_up},
        when=(*_same(entry), Equals("mailed_at", stamp(entry.mailed_at))),
    )


def confirmed(entry: Entry, id_: str, follow_up: str, now: datetime, until: datetime) -> tuple[Update, Put, Check]:
    """It is in the draw, under the entry id, and in the round's list. Loses when it was confirmed before, a newer one took its place, or the
    round has closed.
    """
    ttl = int(until.timestamp())
    said: dict[str, Value] = {"confirmed_at": stamp(now), "entry": id_, "mailed_at": stamp(now), "follow_up": follow_up, TTL: ttl}
    line: Item = {"pk": f"{_ROUND}{entry.round}", "sk": f"{PREFIX}{entry_hash(id_)}", "person": entry.person, TTL: ttl}
    return (
        Update(key(entry.person, entry.round), set=said, when=(*_same(entry), Lacks("confirmed_at"))),
        Put(line, when=(Missing(),)),
        Check(closed_key(entry.round), when=(Missing(),)),
    )


def _same(entry: Entry) -> tuple[Condition, ...]:
    return (Equals("id", entry.id),)


def of_person(table: Table, person: str, now: datetime) -> list[Entry]:
    """All of a person's whose day is not over, the oldest round first."""
    found = (load(item, now) for item in pages.below(table, f"P#{person}", prefix=PREFIX))
    return [entry for entry in found if entry is not None]


def objects(entry: Entry) -> Update:
    """Their surname and county are told to nobody. Loses when it is gone."""
    return Update(key(entry.person, entry.round), set={"objects": True}, when=_same(entry))


def forget(table: Table, person: str) -> list[Delete]:
    """What is to be deleted where they ask to be forgotten. A hash that has been published stays published, and says nothing."""
    gone = []
    for item in pages.below(table, f"P#{person}", prefix=PREFIX):
        found = from_item(item, Entry)
        if found.entry:  # the line first: what finds it must not be gone before it
            gone.append(Delete(line_key(found.round, entry_hash(found.entry))))
        gone.append(Delete(key(person, found.round)))
    return gone


# --- a round ---


def line_key(round_: str, hash_: str) -> Key:
    """One entry in the round's list."""
    return f"{_ROUND}{round_}", f"{PREFIX}{hash_}"


def lines(table: Table, round_: str) -> Iterator[Line]:
    """All entries of a round, in order of their hashes."""
    for item in pages.below(table, f"{_ROUND}{round_}", prefix=PREFIX, limit=1000):
        yield from_item({**item, "hash": str(item["sk"]).removeprefix(PREFIX)}, Line)


def load_line(item: Item | None) -> Line | None:
    """None where the entry is forgotten, or never was."""
    return from_item({**item, "hash": str(item["sk"]).removeprefix(PREFIX)}, Line) if item is not None else None


def still_there(round_: str, line: Line) -> Check:
    """Loses when its person has been forgotten."""
    return Check(line_key(round_, line.hash), when=(Equals("person", line.person),))


def last_day(round_: str, line: Line, until: datetime) -> tuple[Update, Update]:
    """Entry and line are kept until then. Loses when they are gone, or have another last day by now."""
    ttl = int(until.timestamp())
    return (
        Update(key(line.person, round_), set={TTL: ttl}, when=(Exists(),)),
        Update(line_key(round_, line.hash), set={TTL: ttl}, when=(Equals("person", line.person), Equals(TTL, line.ttl))),
    )


def closed_key(round_: str) -> Key:
    """Whether and how the round closed."""
    return f"{_ROUND}{round_}", "CLOSED"


def load_closed(item: Item | None) -> Closed | None:
    """None while the round is open."""
    return from_item(item, Closed) if item is not None else None


def close(closed: Closed) -> Put:
    """Nobody enters from now on. Loses when it closed before."""
    return Put(to_item(closed_key(closed.round), closed), when=(Missing(),))


def commit(closed: Closed, commitment: str, count: int, now: datetime) -> Update:
    """The list is fixed. Loses when it was before."""
    fixed: dict[str, Value] = {"commitment": commitment, "count": count, "fixed_at": stamp(now)}
    return Update(closed_key(closed.round), set=fixed, when=(Exists(), Lacks("commitment")))


def all_closed(table: Table) -> list[Closed]:
    """Every round that has closed, the newest first. Reads the whole table: for the owner's lists, never for a visitor."""
    found = (from_item(item, Closed) for item in pages.everything(table) if item["sk"] == "CLOSED")
    return sorted(found, key=lambda one: one.round, reverse=True)


def waiting_for_value(table: Table, rounds: Sequence[str]) -> list[Closed]:
    """Those of the rounds whose list of at least one entry is fixed and which are not drawn yet. One read; may be a moment old."""
    items = table.get_many([key(one) for one in rounds for key in (closed_key, drawn_key)], strong=False)
    found = [load_closed(items.get(closed_key(one))) for one in rounds if drawn_key(one) not in items]
    return [one for one in found if one is not None and one.commitment and one.count]


def drawn_key(round_: str) -> Key:
    """How the round was drawn."""
    return f"{_ROUND}{round_}", "DRAWN"


def load_drawn(item: Item | None) -> Drawn | None:
    """None before the draw."""
    return from_item(item, Drawn) if item is not None else None


def draw(drawn: Drawn) -> Put:
    """Loses when it was drawn before."""
    return Put(to_item(drawn_key(drawn.round), drawn), when=(Missing(),))


def draw_next(before: Drawn, after: Drawn, now: datetime) -> Action:
    """Another has won instead. Loses when that was changed meanwhile."""
    return Update(
        drawn_key(before.round),
        set={"winner": after.winner, "passed_over": value(after.passed_over), "won_at": stamp(now)},
        when=(Equals("winner", before.winner),),
    )


def blob_name(round_: str, commitment: str) -> str:
    """Where the round's list lies. By what it holds, so that two who close at once leave no wrong one behind."""
    return f"draws/{round_}/{commitment}"
