"""The language of the one table: keys, conditions, actions, and what they mean.

DynamoDB's meaning, nothing of its syntax. `holds` and `apply` define that meaning in plain Python; the SQLite adapter runs
on them, the DynamoDB adapter must agree with them (tests/contract/test_table.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from msgspec import Struct

from chalicelib.errors import Refused

STORABLE = "an item holds strings, integers, booleans, null, lists and maps"

Value = str | int | bool | None | list["Value"] | dict[str, "Value"]
Item = dict[str, Value]
Key = tuple[str, str]
"""Partition key and sort key; neither is ever empty."""

DUE = "due"
INDEXES: Mapping[str, tuple[str, str]] = {DUE: ("due_pk", "due_sk")}
"""Sparse, KEYS_ONLY: an item stands in the index while it carries both attributes."""

TTL = "ttl"
"""Seconds since 1970 after which the item may vanish by itself; within days on DynamoDB, so readers must not rely on it."""

HIGHEST = "\U0010ffff"
MAX_ACTIONS = 100
MAX_ITEM_BYTES = 400 * 1024
MAX_PK_BYTES, MAX_SK_BYTES = 2048, 1024
MAX_CHOICES = 100
MAX_TOKEN = 36


class Exists(Struct, frozen=True):
    """The item is there."""


class Missing(Struct, frozen=True):
    """The item is not there."""


class Equals(Struct, frozen=True):
    """The attribute is there, of the same type, and equal."""

    name: str
    value: str | int | bool


class OneOf(Struct, frozen=True):
    """The attribute is one of these strings."""

    name: str
    values: tuple[str, ...]


class Below(Struct, frozen=True):
    """The attribute is an integer under the limit, or absent."""

    name: str
    limit: int


class Lacks(Struct, frozen=True):
    """The attribute is absent (an item that is not there lacks everything)."""

    name: str


Condition = Exists | Missing | Equals | OneOf | Below | Lacks
"""A closed set. A tuple of them must hold together: there is no OR and no NOT."""


class Put(Struct, frozen=True):
    """The whole item, in place of whatever was there."""

    item: Item
    when: tuple[Condition, ...] = ()

    @property
    def key(self) -> Key:
        """Of the item itself."""
        return key_of(self.item)


class Update(Struct, frozen=True):
    """Some attributes, each named once, never pk or sk. Creates the item when there is none, unless `when` says Exists."""

    key: Key
    set: Mapping[str, Value] = {}
    add: Mapping[str, int] = {}
    remove: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()


class Delete(Struct, frozen=True):
    """Gone; no error where there was nothing."""

    key: Key
    when: tuple[Condition, ...] = ()


class Check(Struct, frozen=True):
    """Writes nothing; its conditions must hold for the transaction to commit. Only valid inside one."""

    key: Key
    when: tuple[Condition, ...]


Action = Put | Update | Delete | Check


class Page(Struct, frozen=True):
    """Some items in sort order; `next` is opaque, hand it back to go on, None at the end.

    A page may hold fewer items than asked for, even none, and still have a `next`.
    """

    items: list[Item]
    next: str | None = None


class Entry(Struct, frozen=True):
    """One line of an index: which item, and the sort key under which it stands."""

    key: Key
    sort: str


class IndexPage(Struct, frozen=True):
    """Some index lines in sort order; `next` as in Page."""

    entries: list[Entry]
    next: str | None = None


def key_of(item: Item) -> Key:
    """The item's key. Errors: Refused when a part is missing, empty or not a string."""
    pk, sk = item.get("pk"), item.get("sk")
    if not (isinstance(pk, str) and isinstance(sk, str) and pk and sk):
        raise Refused("an item needs a pk and an sk, both non-empty strings")
    return pk, sk


def mark(*place: str) -> str:
    """A page's `next`: the place of its last line, made opaque."""
    return json.dumps(place, separators=(",", ":"))


def marked(next_: str, parts: int) -> list[str]:
    """The place behind a `next`. Errors: Refused when it is none of ours."""
    try:
        place = json.loads(next_)
    except ValueError:
        place = None
    if not (isinstance(place, list) and len(place) == parts and all(isinstance(part, str) and part for part in place)):
        raise Refused("this is no page of this list")
    return place


def holds(item: Item | None, when: Sequence[Condition]) -> bool:
    """Whether every condition holds for the item as it stands (None: it is not there)."""
    return all(_holds_one(item, condition) for condition in when)


def _holds_one(item: Item | None, condition: Condition) -> bool:
    match condition:
        case Exists():
            return item is not None
        case Missing():
            return item is None
        case Lacks(name):
            return item is None or name not in item
        case Equals(name, value):
            return item is not None and name in item and _same(item[name], value)
        case OneOf(name, values):
            return item is not None and item.get(name) in values
        case Below(name, limit):
            if item is None or name not in item:
                return True
            found = item[name]
            return type(found) is int and found < limit


def _same(found: Value, wanted: Value) -> bool:
    """Equal, and True is not 1. Types are not compared further, so that a StrEnum equals what was stored of it."""
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


def apply(item: Item | None, action: Action) -> Item | None:
    """The item after the action, or None when it is gone. Conditions are not looked at."""
    match action:
        case Put(new):
            return dict(new)
        case Delete():
            return None
        case Check():
            return item
        case Update(key, set_, add, remove):
            new = dict(item) if item is not None else {"pk": key[0], "sk": key[1]}
            new.update(set_)
            for name, by in add.items():
                old = new.get(name, 0)
                if type(old) is not int:
                    raise Refused(f"cannot add to {name}: it is not an integer")
                new[name] = old + by
            for name in remove:
                new.pop(name, None)
            return new


def size(value: Value) -> int:
    """Bytes that the value counts for, by DynamoDB's arithmetic.

    Errors: Refused for a float, bytes, an integer past 38 digits, an empty name in a map, text that is not valid Unicode.
    """
    match value:
        case str():
            return _bytes(value)
        case bool() | None:
            return 1
        case int() if abs(value) < 10**38:
            return (len(str(abs(value))) + 1) // 2 + 2
        case list():
            return 3 + sum(1 + size(v) for v in value)
        case dict():
            return 3 + sum(1 + _name_bytes(name) + size(v) for name, v in value.items())
    raise Refused(f"{type(value).__name__} cannot be stored: {STORABLE}")


def item_size(item: Mapping[str, Value]) -> int:
    """Bytes of the whole item, attribute names included. Errors: Refused, as size."""
    total = 0
    for name, value in item.items():  # most values are text: this short cut halves what counting costs, and each write counts
        total += _name_bytes(name) + (_bytes(value) if type(value) is str else size(value))
    return total


def _bytes(text: str) -> int:
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise Refused("half of a surrogate pair cannot be stored") from None


def _name_bytes(name: str) -> int:
    if not name:
        raise Refused("an attribute needs a name")
    return _bytes(name)


def checked_key(key: Key) -> Key:
    """The key, if there can be such an item. Errors: Refused."""
    for name, part, most in zip(("pk", "sk"), key, (MAX_PK_BYTES, MAX_SK_BYTES), strict=True):
        if not 0 < _bytes(part) <= most:
            raise Refused(f"{name} must have 1 to {most} bytes")
    return key


def checked(item: Item) -> Item:
    """The item, if DynamoDB would take it. Errors: Refused."""
    checked_key(key_of(item))
    _check_index_keys(item)
    if (found := item_size(item)) > MAX_ITEM_BYTES:
        raise Refused(f"an item of {found} bytes is over the limit of {MAX_ITEM_BYTES}")
    return item


def _check_index_keys(attributes: Mapping[str, Value]) -> None:
    for names in INDEXES.values():
        for name, most in zip(names, (MAX_PK_BYTES, MAX_SK_BYTES), strict=True):
            value = attributes.get(name, "-")
            if not (isinstance(value, str) and 0 < _bytes(value) <= most):
                raise Refused(f"{name} must be a string of 1 to {most} bytes")


def checked_action(action: Action) -> Action:
    """The action, if DynamoDB would take it whatever it finds there. Errors: Refused."""
    match action:
        case Put(item):
            checked(item)
        case Update(key, set_, add, remove):
            checked_key(key)
            _check_names([*set_, *add, *remove])
            _check_index_keys(set_)
            item_size({**set_, **add})
        case Check(key, when):
            checked_key(key)
            if not when:
                raise Refused("a check needs a condition")
        case Delete(key):
            checked_key(key)
    for condition in action.when:
        if isinstance(condition, OneOf) and not 0 < len(condition.values) <= MAX_CHOICES:
            raise Refused(f"OneOf takes 1 to {MAX_CHOICES} values, not {len(condition.values)}")
    return action


def _check_names(names: Sequence[str]) -> None:
    if not names:
        raise Refused("an update needs something to do")
    if len(set(names)) != len(names):
        raise Refused("an update cannot touch one attribute twice")
    if not {"pk", "sk"}.isdisjoint(names):
        raise Refused("an item's key cannot be changed")


def checked_write(action: Action) -> Action:
    """The action, if it can stand alone. Errors: Refused."""
    if isinstance(action, Check):
        raise Refused("a check alone decides nothing")
    return checked_action(action)


def checked_all(actions: Sequence[Action], token: str) -> Sequence[Action]:
    """The actions, if they can be one transaction under this token. Errors: Refused."""
    if not 0 < len(token) <= MAX_TOKEN:
        raise Refused(f"a token has 1 to {MAX_TOKEN} characters, not {len(token)}")
    if not 0 < len(actions) <= MAX_ACTIONS:
        raise Refused(f"a transaction takes 1 to {MAX_ACTIONS} actions, not {len(actions)}")
    if len({action.key for action in actions}) != len(actions):
        raise Refused("a transaction cannot touch one item twice")
    for action in actions:
        checked_action(action)
    return actions
