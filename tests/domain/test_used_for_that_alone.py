"""A fact is used for what it was given for, and for nothing else (PRODUCT.md, manner 2)."""

from __future__ import annotations

import msgspec
import pytest

from chalicelib.domain.fact import DATE, LIKES, SIZE, Fact
from chalicelib.domain.interest import judge
from chalicelib.domain.triggers.item import size_of
from tests.support.histories import SHELF, history, moments, told


def given_for(purpose: str, kind: str, about: str, value: str) -> Fact:
    return msgspec.structs.replace(told(kind, about, value), purpose=purpose)


@pytest.mark.parametrize(("purpose", "reminded"), [("occasions", True), ("", True), ("newsletter", False), ("service", False)])
def test_a_date_reminds_only_where_it_was_given_for_that(purpose: str, *, reminded: bool) -> None:
    known = history(facts=[given_for(purpose, DATE, "birthday", "--03-20")])
    assert bool(moments("occasion", known)) == reminded


@pytest.mark.parametrize(("purpose", "counts"), [("for you", True), ("service", False)])
def test_a_taste_speaks_only_for_what_it_was_given_for(purpose: str, *, counts: bool) -> None:
    known = history(facts=[given_for(purpose, LIKES, "rings", "yes"), given_for(purpose, SIZE, "rings", "J")])
    assert (judge(known, "rings", SHELF, "for you") is not None) == counts
    assert size_of(known, "rings", SHELF, "for you") == ("J" if counts else "")
    assert judge(known, "rings", SHELF) is not None  # shown to the owner, whatever it was given for


def test_a_no_is_a_no_whatever_it_was_asked_for() -> None:
    known = history(facts=[given_for("for you", LIKES, "rings", "yes"), given_for("service", LIKES, "rings", "no")])
    newer = msgspec.structs.replace(known.facts[1], at=known.facts[0].at.replace(year=known.facts[0].at.year + 1))
    assert judge(history(facts=[known.facts[0], newer]), "rings", SHELF, "for you") is None
