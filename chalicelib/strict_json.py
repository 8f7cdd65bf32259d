"""JSON from strangers: one reading or none."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from chalicelib.errors import Invalid

MAX_DEPTH = 20
_MAX_DIGITS = 400
_ESCAPES = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


class Fraction(str):
    """A number that is not written as an integer, in its own digits."""

    __slots__ = ()


def loads(raw: bytes) -> Any:
    """What the bytes say. Integers stay integers of any size up to 400 digits; fractions come as their own text, so nothing is rounded.

    Half of a surrogate pair (an emoji cut in two) reads as U+FFFD: no such text can be stored or sent.

    Errors: Invalid for anything but UTF-8 JSON, NaN and Infinity, a name given twice, more than 20 levels.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid("The body is not UTF-8 text.") from None
    try:
        found = json.loads(
            _whole(text), object_pairs_hook=_once, parse_constant=_no_constant, parse_float=Fraction, parse_int=_integer
        )
    except RecursionError:
        raise Invalid(f"The JSON is nested deeper than {MAX_DEPTH} levels.") from None
    except ValueError as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Invalid(f"The body is not valid JSON{where}.") from None
    _check_depth(found)
    return found


def dumps(value: Any) -> bytes:
    """What `loads` gave, as UTF-8 JSON again, every number digit for digit."""
    return _written(value).encode()


def _written(value: Any) -> str:
    match value:
        case dict():
            return "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{_written(one)}" for name, one in value.items()) + "}"
        case list():
            return "[" + ",".join(map(_written, value)) + "]"
        case Fraction():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def _whole(text: str) -> str:
    # escape by escape, so that the backslash of one is never taken for the start of the next
    return _ESCAPES.sub(lambda found: "\\ufffd" if found[1] else found[0], text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("A name stands twice in one JSON object.")
    return found


def _no_constant(name: str) -> NoReturn:
    raise Invalid(f"{name} is not a JSON value.")


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise Invalid("A number in the JSON is too long.")
    return int(digits)


def _check_depth(found: Any) -> None:
    level = [found]
    for _ in range(MAX_DEPTH):
        level = [child for one in level for child in _children(one)]
        if not level:
            return
    raise Invalid(f"The JSON is nested deeper than {MAX_DEPTH} levels.")


def _children(value: Any) -> list[Any]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [child for child in inside if isinstance(child, (dict, list))]
