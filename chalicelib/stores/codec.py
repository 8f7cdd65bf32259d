"""Structs as items and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar, cast

import msgspec

from chalicelib.domain.calendar import stamp
from chalicelib.table import Item, Key, Value

T = TypeVar("T")


def to_item(key: Key, struct: msgspec.Struct, **more: Value) -> Item:
    """The struct's fields beside pk and sk. Instants become text, defaults are left out where the struct says so."""
    # by way of JSON, because to_builtins leaves tuples as they are
    return {"pk": key[0], "sk": key[1], **msgspec.json.decode(msgspec.json.encode(struct), type=dict[str, Any]), **more}


def from_item(item: Item, kind: type[T]) -> T:
    """The struct in the item; attributes that it doesn't know are left alone. Errors: msgspec.ValidationError."""
    return msgspec.convert(item, kind)


def value(field: Any) -> Value:
    """One field as it stands in an item."""
    return stamp(field) if isinstance(field, datetime) else cast("Value", msgspec.json.decode(msgspec.json.encode(field)))
