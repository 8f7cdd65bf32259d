"""What is asked next, unasked: only when the last was honoured, and never of whom it would be a burden (manner 2)."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import stamp
from chalicelib.domain.fact import ADDRESS, AWAY, DATE, LIKES, NEVER, PHONE, SIZE, Fact
from chalicelib.domain.history import History
from chalicelib.domain.inquiry import Inquiry
from chalicelib.domain.own_words import day_of, parts_of
from chalicelib.domain.products import Products
from chalicelib.domain.profile import DATES, REACH, STEPS, TASTES, asks_for, date_of, needs, next_step, step_of, steps
from chalicelib.domain.standing import Standing
from chalicelib.domain.triggers.occasion import read
from chalicelib.errors import Invalid
from tests.factories import PERSON
from tests.support.histories import SHELF, history, voucher
from tests.support.world import NOON, demo_shop

SHOP = demo_shop()
HAS_VOUCHER = History(PERSON, Standing(PERSON), vouchers=(voucher(NOON + timedelta(days=30)),))
IN_FORCE = {key: stamp(NOON) for key in ("offers/post", "offers/call", "occasions/e-mail", "for you/e-mail")}

kinds = st.sampled_from((ADDRESS, PHONE, DATE, SIZE, LIKES, NEVER, AWAY))
told = st.builds(
    Fact,
    kinds,
    st.just("x"),
    st.just("y"),
    st.just("stated"),
    st.just(NOON),
    st.just("s"),
    st.sampled_from(("offers", "occasions", "for you")),
)
histories = st.builds(
    lambda facts, consents, waits, stopped, inquiries: msgspec.structs.replace(
        HAS_VOUCHER,
        standing=Standing(PERSON, consents=consents, stopped_at=stopped),
        vouchers=(msgspec.structs.replace(HAS_VOUCHER.vouchers[0], waits=waits),),
        facts=tuple(facts),
        inquiries=tuple(inquiries),
    ),
    st.lists(told, max_size=4),
    st.sampled_from(({}, IN_FORCE, {"offers/post": stamp(NOON)})),
    st.booleans(),
    st.sampled_from(("", stamp(NOON))),
    st.lists(st.sampled_from((Inquiry("p-1", PERSON, NOON, "owner"), Inquiry("p-2", PERSON, NOON, "owner", closed_at=NOON, outcome="good"))), max_size=2),
)  # fmt: skip


@given(histories, st.sampled_from(("", *STEPS)))
def test_whatever_is_asked_comes_after_and_the_last_was_honoured(known: History, after: str) -> None:
    step = next_step(known, STEPS, after)
    if not step:
        return
    assert not after or STEPS.index(step) > STEPS.index(after)
    assert not known.standing.stopped_at
    assert not any(one.is_open for one in known.inquiries)
    assert not any(one.waits for one in known.vouchers)
    assert step not in {step_of(fact) for fact in known.facts}
    agreed = {key.partition("/")[0] for key in known.standing.consents}
    assert all(fact.purpose in agreed for fact in known.facts if after and step_of(fact) == after)


@given(histories, st.sampled_from(("", *STEPS)), st.sets(st.sampled_from(STEPS)))
def test_only_steps_that_there_are_are_asked(known: History, after: str, there: set[str]) -> None:
    assert next_step(known, there, after) in {"", *there}


def test_nothing_is_asked_before_they_have_got_anything() -> None:
    assert next_step(History(PERSON, Standing(PERSON)), STEPS) == ""
    assert next_step(HAS_VOUCHER, STEPS) == REACH


def test_who_ordered_has_got_something() -> None:
    from chalicelib.domain.order import Order
    from tests.factories import view

    assert next_step(history(Order("shopify:x:1041", view=view())), STEPS) == REACH


def test_a_step_that_was_passed_by_is_followed_by_the_next() -> None:
    assert [next_step(HAS_VOUCHER, STEPS, after) for after in ("", *STEPS)] == [REACH, DATES, TASTES, ""]


def test_the_next_is_not_asked_while_the_last_rests_on_no_yes() -> None:
    address = Fact(ADDRESS, "post", "4 Fore Street\nTruro", "stated", NOON, "the counter", "offers")
    known = msgspec.structs.replace(HAS_VOUCHER, facts=(address,))
    assert next_step(known, STEPS, REACH) == ""
    agreed = msgspec.structs.replace(known, standing=Standing(PERSON, consents=IN_FORCE))
    assert next_step(agreed, STEPS, REACH) == DATES


def test_who_left_unhappy_is_asked_nothing() -> None:
    bad = Inquiry("p-1", PERSON, NOON, "owner", closed_at=NOON, outcome="bad")
    assert next_step(msgspec.structs.replace(HAS_VOUCHER, inquiries=(bad,)), STEPS) == ""


def test_a_step_is_there_only_where_it_could_be_used() -> None:
    assert steps(SHOP, SHELF, "en-GB") == STEPS
    assert steps(SHOP, Products(), "en-GB") == (REACH, DATES)
    no_words = msgspec.structs.replace(SHOP, wordings=tuple(one for one in SHOP.wordings if one.purpose != "occasions"))
    assert steps(no_words, SHELF, "en-GB") == (REACH, TASTES)
    no_calls = msgspec.structs.replace(SHOP, wordings=tuple(one for one in SHOP.wordings if one.channel != "call"))
    assert asks_for(REACH, no_calls, "en-GB") == ("offers/post",)


def test_what_a_step_asks_is_what_its_facts_need() -> None:
    for step, facts in ((REACH, (ADDRESS, PHONE)), (DATES, (DATE,)), (TASTES, (SIZE, LIKES))):
        assert {needs(kind) for kind in facts} == set(asks_for(step, SHOP, "en-GB"))


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.booleans())
def test_a_day_goes_there_and_back(day: date, with_year: bool) -> None:
    year = f"{day.year:04}" if with_year else ""
    kept = date_of(f" {day.day} ", f"{day.month:02}", year)
    assert read(kept) == (day.month, day.day)
    assert parts_of(kept) == (year, str(day.month), str(day.day))
    assert day_of(kept).startswith(f"{day.day} ")
    assert day_of(kept).endswith(year)


@given(st.text(max_size=5), st.text(max_size=5), st.text(max_size=5))
def test_whatever_is_typed_is_a_day_of_the_calendar_or_refused(day: str, month: str, year: str) -> None:
    found, wrong = "", ""
    try:
        found = date_of(day, month, year)
    except Invalid as error:
        wrong = error.field
    typed = bool(day.strip() or month.strip() or year.strip())
    assert wrong in (("day", "month", "year") if typed and not found else ("",))
    assert not found or read(found) is not None


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (("31", "4", ""), "day"),
        (("29", "2", "2023"), "day"),
        (("1", "13", ""), "month"),
        (("1", "", ""), "month"),
        (("1", "1", "98"), "year"),
        (("٣", "1", ""), "day"),
    ],
)
def test_what_is_no_day_says_which_field(typed: tuple[str, str, str], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        date_of(*typed)
    assert caught.value.field == field
