from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.strict_json import MAX_DEPTH, Fraction, dumps, loads
from tests.support.properties import thorough

plain: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=12,
)


def nested(depth: int, opens: str = "[", closes: str = "]") -> bytes:
    return (opens * depth + ("1" if opens != "[" else "") + closes * depth).encode()


@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}"), ('[1,{"a":', "}]")])
def test_twenty_levels_are_read(opens: str, closes: str) -> None:
    levels = MAX_DEPTH // opens.replace("{", "[").count("[")
    assert loads(nested(levels, opens, closes)) is not None
    with pytest.raises(Invalid, match="deeper than 20"):
        loads(nested(levels + 1, opens, closes))


@pytest.mark.parametrize("raw", [nested(100_000), b"[" * 100_000, b'{"a":' * 100_000, nested(100_000, '{"a":', "}")], ids=repr)
def test_endless_nesting_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid):
        loads(raw)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(Invalid, match="not a JSON value"):
        loads(f'{{"total": {number}}}'.encode())


@pytest.mark.parametrize("raw", [b'{"a": 1, "a": 2}', b'{"x": {"a": 1, "\\u0061": 1}}', b'{"\\ud800": 1, "\\ud801": 2}'])
def test_a_name_stands_once(raw: bytes) -> None:
    with pytest.raises(Invalid, match="twice"):
        loads(raw)


@pytest.mark.parametrize(
    "raw",
    [b"", b" ", b"\xff", b'"\xc3"', b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"{} {}", b"{'a': 1}", b"[1,]", b'"\n"', b"\x00",
     b'"\xed\xa0\x80"', b"1" * 401, b"01", b"+1", b"1."],
)  # fmt: skip
def test_what_is_not_strictly_json_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid):
        loads(raw)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (rb'"\ud800"', "\ufffd"),
        (rb'"\uDE00 \uD83D"', "\ufffd \ufffd"),
        (rb'"\ud83d\ud83d\ude00"', "\ufffd\U0001f600"),
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (rb'"\\ud800"', r"\ud800"),
        (rb'"\\\ud800"', "\\\ufffd"),
        (rb'{"\udfff": []}', {"\ufffd": []}),
    ],
)
def test_half_an_emoji_reads_as_lost(raw: bytes, found: object) -> None:
    assert loads(raw) == found


def test_numbers_keep_every_digit() -> None:
    raw = b'{"id":820982911946154508123,"rate":0.10,"big":' + b"9" * 400 + b',"small":1E-9,"less":-5}'
    found = loads(raw)
    assert found["id"] == 820982911946154508123
    assert found["rate"] == "0.10"
    assert isinstance(found["rate"], Fraction)
    assert dumps(found) == raw


@thorough
@given(plain)
def test_json_reads_as_it_was_meant(value: Any) -> None:
    try:
        assert loads(json.dumps(value).encode()) == value
        assert loads(dumps(value)) == value
    except Invalid:
        assert nested_deeper_than(value, MAX_DEPTH)


def nested_deeper_than(value: Any, levels: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 1 or any(nested_deeper_than(one, levels - 1) for one in inside)


_ALPHABET = [
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b":",
    b",",
    b"\\",
    b"\\ud8",
    b"\\ude00",
    b"1",
    b"e",
    b".",
    b"-",
    b"null",
    b"a",
    b"\xff",
    b" ",
]


@thorough
@given(st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(_ALPHABET), max_size=30).map(b"".join)))
@example(b"[" * 5000)
@example(b'"\\ud800')
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        found = loads(raw)
    except Invalid:
        return
    assert loads(dumps(found)) == found
