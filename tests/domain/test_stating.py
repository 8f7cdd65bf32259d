"""What people may state of themselves, and what is said where it cannot be kept."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.fact import KINDS, Fact
from chalicelib.domain.products import Product, Products
from chalicelib.domain.stating import fit_to_keep, label_of, newest
from chalicelib.errors import Invalid
from tests.support.world import NOON

PRODUCTS = Products(
    products=(
        Product("Rings", "rings", sizes=("L", "M", "M½")),
        Product("Socks", "socks"),
    )
)
PURPOSES = ("newsletter", "occasions", "for you")
PLAIN = Fact("likes", "rings", "yes", "stated", NOON, "at the counter", "for you")


def kept(kind: str, about: str, value: str, **changes: Any) -> Fact:
    told = msgspec.structs.replace(PLAIN, kind=kind, about=about, value=value, **changes)
    return fit_to_keep(told, PRODUCTS, PURPOSES, "GB")


@pytest.mark.parametrize(
    ("kind", "about", "value", "as_kept"),
    [
        ("size", "Rings", " m½ ", ("rings", "M½")),
        ("size", "socks", "39 to  42", ("socks", "39 to 42")),
        ("likes", "RINGS", "Yes", ("rings", "yes")),
        ("likes", "socks", "no", ("socks", "no")),
        ("date", "Birthday", "1984-02-29", ("birthday", "1984-02-29")),
        ("date", "Partner\u2019s Birthday", "--11-22", ("partner's birthday", "--11-22")),
        ("date", "the day we opened the shop", "--02-29", ("the day we opened the shop", "--02-29")),
        ("date", "Hochzeitstag", "06-21", ("Hochzeitstag", "--06-21")),
        ("never", "anniversary", "", ("anniversary", "yes")),
        ("address", "post", "4 Fore Street / Truro  TR1 2AB", ("post", "4 Fore Street\nTruro TR1 2AB")),
        ("address", "Post", "Flat 2, The Wharf\r\n4 Fore Street\r\nTruro", ("post", "Flat 2, The Wharf\n4 Fore Street\nTruro")),
        ("phone", "call", "01326 555 012", ("call", "+441326555012")),
        ("phone", "call", "+49 (0)89 1234567", ("call", "+49891234567")),
        ("away", "", "The chain broke.", ("away", "The chain broke.")),
    ],
)
def test_it_is_kept_tidied(kind: str, about: str, value: str, as_kept: tuple[str, str]) -> None:
    found = kept(kind, about, value)
    assert (found.about, found.value) == as_kept


@pytest.mark.parametrize(
    ("kind", "about", "value", "sentence"),
    [
        ("shoe", "rings", "M", "“shoe” is no kind of fact: say size, likes, date, never, address, phone or away"),
        ("size", "hats", "M", "“hats” is no category of products.toml: say rings or socks"),
        ("size", "rings", "XXL", "no size “XXL” among the rings of products.toml: say L, M or M½"),
        ("size", "socks", " ", "Say which size"),
        ("likes", "rings", "perhaps", "Say yes or no"),
        ("date", "birthday", "2026-02-29", "Give a day of the calendar as MM-DD"),
        ("date", "birthday", "22.11.", "Give a day of the calendar as MM-DD"),
        ("date", "birthday", "--13-01", "Give a day of the calendar"),
        ("date", "", "--11-22", "Say what day it is"),
        ("date", "Ruth Okafor", "--11-22", "of other people we keep none. If it is the day's own, write it small: “ruth okafor”"),
        ("date", "x" * 41, "--11-22", "at most 40 characters; these are 41"),
        ("date", "a\u202eb", "--11-22", "without invisible"),
        ("never", "birthday", "no", "Say yes"),
        ("address", "post", "4 Fore Street, Truro", "in 2 to 6 lines"),
        ("address", "post", "\n".join("1234567"), "in 2 to 6 lines"),
        ("address", "post", f"4 Fore Street\n{'x' * 61}", "at most 60 characters"),
        ("address", "home", "4 Fore Street\nTruro", "An address is about “post”: say address post"),
        ("phone", "mobile", "01326 555012", "A phone is about “call”: say phone call"),
        ("phone", "call", "12", "not look like a whole telephone number: a digit may be missing"),
        ("phone", "call", "ring me", "with + and the country's code"),
        ("away", "call", " ", "Say in a few words"),
    ],
)
def test_what_cannot_be_kept_is_told_how_to_mend(kind: str, about: str, value: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        kept(kind, about, value)
    assert sentence in str(refused.value)
    assert refused.value.field in ("kind", "about", "value")


@pytest.mark.parametrize("purpose", ["", "selling", "Newsletter"])
def test_it_must_be_given_for_something(purpose: str) -> None:
    with pytest.raises(Invalid, match="newsletter, occasions, for you or service"):
        kept("likes", "rings", "yes", purpose=purpose)


def test_it_may_serve_their_orders_alone() -> None:
    assert kept("likes", "rings", "yes", purpose="service").purpose == "service"


def test_without_a_source_it_is_hearsay() -> None:
    with pytest.raises(Invalid, match="hearsay"):
        kept("likes", "rings", "yes", source="\n ")


@given(st.sampled_from(KINDS), st.text(max_size=60), st.text(max_size=120), st.text(max_size=20), st.text(max_size=20))
def test_whatever_is_typed_is_kept_or_refused_with_a_sentence(
    kind: str, about: str, value: str, source: str, purpose: str
) -> None:
    told = Fact(kind, about, value, "stated", NOON, source, purpose or "for you")
    found, refused = _kept_or_refused(told)
    assert refused.endswith(".") if found is None else _kept_or_refused(found) == (found, "")


def _kept_or_refused(told: Fact) -> tuple[Fact | None, str]:
    try:
        return fit_to_keep(told, PRODUCTS, PURPOSES, "GB"), ""
    except Invalid as refused:
        return None, str(refused)


@given(st.text(max_size=60))
def test_a_label_is_kept_as_it_is_kept(text: str) -> None:
    try:
        label = label_of(text)
    except Invalid:
        return
    assert label_of(label) == label


def test_the_newest_counts_in_whatever_order_they_come() -> None:
    told = [
        msgspec.structs.replace(PLAIN, value=value, at=NOON + timedelta(days=days), source=source)
        for value, days, source in (("yes", 0, "a"), ("no", 1, "b"), ("yes", 1, "c"), ("no", 1, "c"))
    ]
    found = {_newest_of(order) for order in permutations(told)}
    assert found == {told[2]}


def _newest_of(told: tuple[Fact, ...]) -> Fact:
    first, *others = told
    for other in others:
        first = newest(first, other)
    return first
