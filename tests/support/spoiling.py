"""Payloads of which several fields are not what they should be."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from chalicelib import strict_json
from tests.corpus.hostile import DUPLICATE, MISSING, VARIANTS

Path = tuple[str | int, ...]
_REFUSED_WHOLE = ("19 levels", "200 levels", "100,000 levels", "NaN", "Infinity", "400 digits", "10^400")
_VALUES = {name: value for name, value in VARIANTS.items() if value is not DUPLICATE and name not in _REFUSED_WHOLE}


def paths(value: Any, at: Path = ()) -> Iterator[Path]:
    """Of every field, however deep."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inside:
        yield (*at, name)
        yield from paths(one, (*at, name))


def spoilt(payload: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """A copy of it with another value there, or none. Errors: LookupError and TypeError where the way there is gone."""
    found: Any = copy.deepcopy(payload)
    inner = found
    for name in path[:-1]:
        inner = inner[name]
    if value is MISSING:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    assert isinstance(found, dict)
    return found


def spoilings(payload: Mapping[str, Any]) -> st.SearchStrategy[bytes]:
    """Its bytes with one to eight fields spoilt."""
    pairs = st.tuples(st.sampled_from(list(paths(payload))), st.sampled_from(list(_VALUES)))
    return st.lists(pairs, min_size=1, max_size=8).map(lambda drawn: _bytes(payload, drawn))


def _bytes(payload: Mapping[str, Any], drawn: list[tuple[Path, str]]) -> bytes:
    found = dict(payload)
    for path, name in drawn:
        try:
            found = spoilt(found, path, _VALUES[name])
        except (LookupError, TypeError):
            continue  # what it stood in is spoilt already
    return strict_json.dumps(found)
