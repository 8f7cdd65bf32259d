"""Payloads in which one field is not what it should be: seeded, so that each run of a seed is the same."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from msgspec import Struct

from chalicelib import strict_json
from chalicelib.ports import Storefront
from chalicelib.strict_json import Fraction
from tests.corpus.files import Event
from tests.corpus.road import LEARNT, arrive, check_table, deliver, opened, states, told

MISSING = object()
DUPLICATE = object()
Path = tuple[str | int, ...]


def _raw(text: str) -> Fraction:
    """What `strict_json.dumps` writes as it stands."""
    return Fraction(text)


VARIANTS: Mapping[str, Any] = {
    "missing": MISSING, "null": None, "a number": 7, "a number below nothing": -1, "a fraction": _raw("1.5"), "text": "text", "no text": "",
    "a list": [1], "no list": [], "an object": {"a": 1}, "no object": {}, "a list of lists": [[[]]], "true": True, "false": False,
    "400 digits": _raw("9" * 400), "10^400": _raw("1" + "0" * 400), "1e400": _raw("1e400"), "digits as text": "9" * 400,
    "100 kB of text": "x" * 100_000, "2^53 and one": 2**53 + 1,
    "combining marks": "e" + "\u0301" * 200, "right to left": "\u202egnp.exe\u2066", "half a pair": _raw(r'"\ud800 and \udc00"'),
    "a whole pair": _raw(r'"\ud83d\ude00"'), "NUL": "a\0b", "invisible": "\u200b\u2060\ufeff", "other digits": "\u0663\u0664",
    "script": "<script>alert(1)</script>", "an attribute": '"><img src=x onerror=alert(1)>', "a template": "{{ 7 * 7 }}{% raw %}",
    "header injection": "Ruth\r\nBcc: all@example.com\r\n\r\nHello", "injection in an address": "a@example.com\r\nBcc: b@example.com",
    "an address": "somebody.else@example.com", "a dangerous link": "javascript:alert(1)",
    "19 levels": _raw("[" * 19 + "]" * 19), "200 levels": _raw("[" * 200 + "]" * 200), "100,000 levels": _raw("[" * 100_000),
    "named twice": DUPLICATE, "NaN": _raw("NaN"), "Infinity": _raw("-Infinity"),
    "the year 9999": "9999-12-31T23:59:59-12:00", "the year 1": "0001-01-01T00:00:00+12:00", "no such day": "2026-02-30T12:00:00Z",
    "a time far ahead": "2190-01-01T00:00:00Z", "seconds far ahead": 10**12, "an amount": "-0.01", "a huge amount": "9" * 19 + ".99",
    "a key's own signs": "O#x~/../%00", "a list of many": [{"id": n, "quantity": n, "title": "x"} for n in range(300)],
}  # fmt: skip


class Hostile(Struct, frozen=True):
    """An event with one field changed."""

    event: Event
    path: Path
    variant: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.event.file} ({self.event.topic}), {'.'.join(map(str, self.path))}: {self.variant}"

    def raw(self) -> bytes:
        """Its bytes."""
        value = VARIANTS[self.variant]
        if value is DUPLICATE:
            value = _raw(f"1,{strict_json.dumps(self.path[-1]).decode()}:2") if isinstance(self.path[-1], str) else [1, 1]
        return strict_json.dumps(_changed(self.event.body, self.path, value))


def drawn(events: Sequence[Event], count: int, seed: int) -> list[Hostile]:
    """So many, over all fields of all events; every field comes once, with whatever variant, before any comes again."""
    chance = random.Random(seed)
    places: dict[tuple[str, Path], tuple[Event, Path]] = {}
    for event in chance.sample(list(events), len(events)):
        for path in _paths(event.body):
            named = tuple("" if isinstance(part, int) else part for part in path)
            places.setdefault((event.topic, named), (event, path))
    rounds = [(place, chance.sample(list(VARIANTS), len(VARIANTS))) for place in places.values()]
    pairs = (((event, path), order[turn]) for turn in range(len(VARIANTS)) for (event, path), order in rounds)
    return [Hostile(event, path, variant, number) for number, ((event, path), variant) in enumerate(islice(pairs, count))]


def _paths(value: Any, so_far: Path = ()) -> Iterator[Path]:
    if so_far:
        yield so_far
    inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for name, one in inner:
        yield from _paths(one, (*so_far, name))


def _changed(value: Any, path: Path, to: Any) -> Any:
    """A copy along the path; all else is shared."""
    if not path:
        return to
    name, rest = path[0], path[1:]
    copied: Any = dict(value) if isinstance(value, dict) else list(value)
    if to is MISSING and not rest:
        del copied[name]
    else:
        copied[name] = _changed(value[name], rest, to)
    return copied


def attack(storefronts: Mapping[str, Storefront], one: Hostile) -> tuple[str, Counter[str], list[str]]:
    """What became of it, the states of what followed from it in a shop of its own, and what went wrong."""
    with opened(storefronts) as world:
        try:
            end = deliver(world, one.event, one.raw(), f"nonce-{one.number}")
            if end.what == LEARNT:
                arrive(world)
                for days in (0, 4, 8):
                    world.pass_time(days=days)
                check_table(world)
        except Exception as error:  # noqa: BLE001  whatever is raised is told with the variant's name
            return "wrong", states(world), [f"{one.name}: {told(error)}"]
        return end.what, states(world), []
