"""What the night looks at and takes away, and how far it came. Each action loses when its item is another than was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from chalicelib.domain import follow_up as fu
from chalicelib.domain.calendar import stamp
from chalicelib.domain.fact import NEVER, Fact
from chalicelib.domain.retention import AFTER_ANSWER, AFTER_LAST_ORDER, AHEAD, FINISHED, NET, Ended, purposes_of
from chalicelib.stores import facts, follow_ups, inquiries, orders, people, tasks
from chalicelib.stores.codec import from_item, to_item
from chalicelib.table import TTL, Condition, Delete, Equals, Exists, Item, Key, Lacks, Missing, OneOf, Put, Update, Value, key_of

_KEY: Key = ("NIGHTLY", "RETENTION")
_PERSON = "P#"
_CONSENT, _WITHDRAWN = "CONSENT#", "#withdrawn"
_LASTING = ("CONTACT", "ORDER")
"""Their TTL is no more than a net: what ends with something else."""


class Night(Struct, frozen=True, omit_defaults=True):
    """`next_at`: when there is something to do. `after`: where to go on in the table, "" at its beginning. `count` of the goes so far."""

    next_at: datetime
    after: str = ""
    count: int = 0


def load(item: Item | None, now: datetime) -> Night:
    """The very first is due at once."""
    return from_item(item, Night) if item is not None else Night(now)


def key() -> Key:
    """There is one."""
    return _KEY


def came(before: Night, after: Night) -> Put:
    """Loses when another went on from the same place."""
    return Put(to_item(_KEY, after, count=after.count), when=(Equals("count", before.count) if before.count else Missing(),))


def no_night_before(at: datetime) -> Put:
    """Nothing is forgotten until then: for a copy that is thrown away first."""
    return Put(to_item(_KEY, Night(at, count=1)))


# --- what is worth a look, from the items alone: rather too much than too little ---


def people_in(items: Sequence[Item]) -> dict[str, list[Item]]:
    """The items that stand under a person, by person."""
    found: dict[str, list[Item]] = {}
    for item in items:
        if str(item["pk"]).startswith(_PERSON):
            found.setdefault(str(item["pk"]).removeprefix(_PERSON), []).append(item)
    return found


def worth_a_look(items: Sequence[Item], now: datetime) -> bool:
    """Whether any of one person's items may be past its day. Not all of them need be there: what is missing keeps nothing."""
    standing = next((item for item in items if item["sk"] == "STANDING"), None)
    consents = people.load_standing(standing, "").consents if standing is not None else {}
    finished = stamp(now - FINISHED)
    return any(_may_end(item, consents, finished, now) for item in items)


def _may_end(item: Item, consents: Mapping[str, str], finished: str, now: datetime) -> bool:
    sk = str(item["sk"])
    if sk == "CONTACT":
        return not consents if TTL not in item else is_near(item, now)
    if sk.startswith(follow_ups.PREFIX):
        times = (item.get(name) for name in ("due_at", "look_at", "sent_at", "authorised_at", "created_at"))
        return item.get("state") not in fu.OPEN and max(str(at or "") for at in times) <= finished
    if sk.startswith(facts.PREFIX):
        purpose = item.get("purpose", "")
        return bool(purpose) and purpose not in purposes_of(consents) and item.get("kind") != NEVER
    if sk.startswith((inquiries.PREFIX, tasks.PREFIX)):
        closed = item.get("closed_at") or item.get("done_at")
        return closed is not None and str(closed) <= (stamp(now - AFTER_ANSWER) if item.get("address") else finished)
    return False


def order_worth_a_look(item: Item, now: datetime) -> bool:
    """Whether an order may be past its day, or its net comes near."""
    view = item.get("view")
    placed = str(view.get("placed_at", "")) if isinstance(view, dict) else ""
    return bool(placed) and (is_near(item, now) or placed <= stamp(now - AFTER_LAST_ORDER))


def is_order(item: Item) -> bool:
    """Whether the item is an order's."""
    return item["sk"] == "ORDER"


def is_near(item: Item, now: datetime) -> bool:
    """Whether its TTL strikes soon, or has struck."""
    ttl = item.get(TTL)
    return isinstance(ttl, int) and ttl <= (now + AHEAD).timestamp()


def is_past(item: Item, now: datetime) -> bool:
    """Whether its TTL has struck, where that is its very day: the table has not noticed yet."""
    ttl = item.get(TTL)
    return item["sk"] not in _LASTING and isinstance(ttl, int) and ttl <= now.timestamp()


def ended_in(items: Sequence[Item]) -> Iterator[Ended]:
    """The consents that the ledger says have ended."""
    for item in items:
        sk = str(item["sk"])
        if sk.startswith(_CONSENT) and sk.endswith(_WITHDRAWN):
            yield from_item({"purpose": sk.split("#")[1], "at": item["withdrawn_at"]}, Ended)


# --- what goes ---


def past(item: Item) -> Delete:
    """What its TTL said goes."""
    return Delete(key_of(item), when=(_as_read(item),))


def contact(item: Item) -> Delete:
    """Name and address go."""
    return Delete(key_of(item), when=(_as_read(item),))


def contact_until(item: Item, until: datetime | None) -> Update | None:
    """Their day as it now is, None with a consent in force; nothing to do where it is that already."""
    ttl = int(until.timestamp()) if until is not None else None
    if item.get(TTL) == ttl:
        return None
    set_: dict[str, Value] = {TTL: ttl} if ttl is not None else {}
    return Update(key_of(item), set=set_, remove=() if set_ else (TTL,), when=(Exists(), _as_read(item)))


def order(key_: Key, version: int, person: str) -> list[Delete]:
    """An order goes, with its gift, and its mark under the person ("" for none)."""
    name = key_[0].removeprefix("O#")
    gone = [Delete(key_, when=(Equals("version", version),)), orders.forget_gift(name)]
    return [*gone, orders.unlist(person, name)] if person else gone


def order_longer(item: Item, now: datetime) -> Update:
    """A newer reason keeps it: its net is put off."""
    return Update(key_of(item), set={TTL: int((now + AFTER_LAST_ORDER + NET).timestamp())}, when=(Exists(), _as_read(item)))


def listed_longer(person: str, order_: str, now: datetime) -> Update:
    """Its mark stays as long; loses where it has none."""
    ttl = int((now + AFTER_LAST_ORDER + NET).timestamp())
    return Update((f"P#{person}", f"{orders.LISTED}{order_}"), set={TTL: ttl}, when=(Exists(),))


def follow_up(id_: str) -> Delete:
    """An ended one goes."""
    ended = tuple(state for state in fu.STATES if state not in fu.OPEN)
    return Delete(follow_ups.key(id_), when=(OneOf("state", ended),))


def inquiry(id_: str) -> Delete:
    """A closed one goes."""
    return Delete(inquiries.key(id_), when=(Lacks("due_pk"),))


def task(id_: str) -> Delete:
    """A done one goes."""
    return Delete(tasks.key(id_), when=(Lacks("due_pk"),))


def fact(person: str, one: Fact) -> Delete:
    """What they stated goes, unless they have stated something else since."""
    return Delete(facts.key(person, one.kind, one.about), when=(Equals("value", one.value),))


def _as_read(item: Item) -> Condition:
    ttl = item.get(TTL)
    return Equals(TTL, ttl) if isinstance(ttl, int) else Lacks(TTL)
