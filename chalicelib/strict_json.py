"""JSON from strangers: one reading or none."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from chalicelib.errors import Invalid

MAX_DEPTH = 20
_MAX_DIGITS = 400


def loads(raw: bytes) -> Any:
    """What the bytes say. Integers stay integers of any size up to 400 digits; fractions come as their own text, so nothing is rounded.

    Errors: Invalid for anything but UTF-8 JSON, NaN and Infinity, a name given twice, more than 20 levels.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid("The body is not UTF-8 text.") from None
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=str, parse_int=_integer)
    except RecursionError:
        raise Invalid(f"The JSON is nested deeper than {MAX_DEPTH} levels.") from None
    except ValueError as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Invalid(f"The body is not valid JSON{where}.") from None
    _check_depth(found)
    return found


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
    for _ in range(MAX_DEPTH + 1):
        level = [child for one in level for child in _children(one)]
        if not level:
            return
    raise Invalid(f"The JSON is nested deeper than {MAX_DEPTH} levels.")


def _children(value: Any) -> list[Any]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [child for child in inside if isinstance(child, (dict, list))]
