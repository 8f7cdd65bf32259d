"""Each key of a TOML file is found on the line on which it stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.toml_lines import line_of, lines_of
from chalicelib.config import ROOT
from chalicelib.domain.fault import Where
from courtesy.products import quoted
from tests.support.properties import thorough


def places(found: Any, where: Where = ()) -> Iterator[Where]:
    """Every place of what tomllib reads."""
    if where:
        yield where
    if isinstance(found, dict):
        for key, value in found.items():
            yield from places(value, (*where, key))
    elif isinstance(found, list):
        for at, value in enumerate(found):
            yield from places(value, (*where, at))


@pytest.mark.parametrize("file", ["shop/shop.toml", "shop/playbook.toml", "shop/products.toml", "pyproject.toml"])
def test_every_key_of_a_file_has_its_line(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    lines = lines_of(text)

    assert set(lines) == set(places(tomllib.loads(text)))
    for where, line in lines.items():
        if isinstance(where[-1], str):
            assert where[-1] in text.split("\n")[line - 1], where


def test_lines_of_whatever_can_be_written() -> None:
    text = """# a
a.b = 1
"c d" . 'e.f' = "]\\"#"
[t]
  x = [ # one
    1, "a,b",
    [ 2
    , ], { y = 3, z.w = [4] },
  ] # end
long = \"\"\"
[not.a.table]
k = 1 \\\"\"\" \"\"\"\"\"
raw = '''
q = "'''

[[l]]
k = 1979-05-27 07:32:00
[l.inner]
k = 2
[[l.deep]]
k = 3
[[l]]
[[l.deep]]
k = 4
[ t . u ]
k=5"""
    assert set(lines_of(text)) == set(places(tomllib.loads(text)))
    assert lines_of(text) == {
        ("a",): 2,
        ("a", "b"): 2,
        ("c d",): 3,
        ("c d", "e.f"): 3,
        ("t",): 4,
        ("t", "x"): 5,
        ("t", "x", 0): 6,
        ("t", "x", 1): 6,
        ("t", "x", 2): 7,
        ("t", "x", 2, 0): 7,
        ("t", "x", 3): 8,
        ("t", "x", 3, "y"): 8,
        ("t", "x", 3, "z"): 8,
        ("t", "x", 3, "z", "w"): 8,
        ("t", "x", 3, "z", "w", 0): 8,
        ("t", "long"): 10,
        ("t", "raw"): 13,
        ("l",): 16,
        ("l", 0): 16,
        ("l", 0, "k"): 17,
        ("l", 0, "inner"): 18,
        ("l", 0, "inner", "k"): 19,
        ("l", 0, "deep"): 20,
        ("l", 0, "deep", 0): 20,
        ("l", 0, "deep", 0, "k"): 21,
        ("l", 1): 22,
        ("l", 1, "deep"): 23,
        ("l", 1, "deep", 0): 23,
        ("l", 1, "deep", 0, "k"): 24,
        ("t", "u"): 25,
        ("t", "u", "k"): 26,
    }


def test_what_is_missing_is_told_where_it_should_be() -> None:
    lines = lines_of("\n[[rule]]\nname = 'x'\n")

    assert line_of(lines, ("rule", 0, "to")) == 2
    assert line_of(lines, ("rule", 7, "to")) == 2
    assert line_of(lines, ("shop", "name")) == 1
    assert line_of(lines, ()) == 1


keys = st.text(max_size=4) | st.sampled_from(["a", "b-c", "1", "", 'q"q', "d.e", "[x]", "#"])
scalars = st.one_of(
    st.integers(-(2**40), 2**40),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.text(max_size=8),
    st.sampled_from(["]", "}", "#", "\n[x]\n", '"""', "'''", "\\"]),
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=6)
space = st.sampled_from(["", " ", "\t"])
breaks = st.sampled_from(["", " ", "\n", " # ]\n", "\n\n  "])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Tables and lists of tables with whatever keys, written in whatever way."""
    parts = [_pairs(draw, draw(st.dictionaries(keys, values, max_size=3)))]
    for name, kind in draw(st.dictionaries(keys, st.sampled_from(["[]", "[[]]", "[[]][]"]), max_size=3)).items():
        if _begins(parts[0], name):
            continue
        for _ in range(1 if kind == "[]" else draw(st.integers(1, 3))):
            opens, closes = ("[", "]") if kind == "[]" else ("[[", "]]")
            parts.append(f"{opens}{draw(space)}{_key(draw, name)}{draw(space)}{closes} # x\n")
            parts.append(_pairs(draw, draw(st.dictionaries(keys.filter(lambda key: key != "inner"), values, max_size=2))))
            if kind == "[[]][]":
                parts.append(f"[{_key(draw, name)}.inner]\n{_pairs(draw, draw(st.dictionaries(keys, values, max_size=2)))}")
    return "".join(parts)


def _begins(text: str, name: str) -> bool:
    return name in tomllib.loads(text)


def _pairs(draw: st.DrawFn, table: dict[str, Any]) -> str:
    return "".join(
        f"{draw(space)}{_key(draw, key)}{draw(space)}={draw(space)}{_value(draw, value)}{draw(space)}\n{draw(breaks)}\n"
        for key, value in table.items()
    )


def _key(draw: st.DrawFn, key: str) -> str:
    bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if bare and draw(st.booleans()) else quoted(key)


def _value(draw: st.DrawFn, value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            long = "'''" not in value and not value.endswith("'") and all(char.isprintable() or char == "\n" for char in value)
            return f"'''\n{value}'''" if long and draw(st.booleans()) else quoted(value)
        case list():
            inside = "".join(f"{draw(breaks)}{_value(draw, one)}{draw(breaks)}," for one in value)
            return f"[{inside}{draw(breaks)}]"
        case dict():
            return "{" + ", ".join(f"{_key(draw, key)} = {_inline(draw, one)}" for key, one in value.items()) + "}"
        case _:
            return str(value)


def _inline(draw: st.DrawFn, value: Any) -> str:
    return quoted(value) if isinstance(value, str) else _value(draw, value)


@thorough
@given(documents())
def test_whatever_can_be_read_has_its_lines(text: str) -> None:
    lines = lines_of(text)

    assert set(lines) == set(places(tomllib.loads(text)))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
