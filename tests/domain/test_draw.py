"""The draw: nobody can steer it, and anybody can check it."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import local_day
from chalicelib.domain.draw import (
    ERASED,
    NOT_REACHED,
    PassedOver,
    Published,
    check,
    commitment,
    entry_hash,
    first_of,
    list_of,
    new_entry,
    ordered,
    parse_entry,
    parse_seed,
    passes_on_from,
    why_passed_over,
)
from chalicelib.errors import Invalid
from tests.support.properties import quick

hashes = st.sets(st.integers(0, 10_000), min_size=1, max_size=30).map(
    lambda some: tuple(sorted(entry_hash(str(n)) for n in some))
)
values = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=30).map(parse_seed)
BITS = random.Random(7).getrandbits


def published(found: tuple[str, ...], value: str = "") -> Published:
    winner = ordered(found, value)[0] if value else ""
    told = Published(
        "Pellow & Wren", "2026-12", datetime(2026, 12, 31, tzinfo=UTC), len(found), commitment(found), "Lotto", found
    )
    return msgspec.structs.replace(told, value=value, winner=winner)


@quick
@given(hashes, values, st.randoms())
def test_the_order_rests_on_the_list_and_the_value_alone(found: tuple[str, ...], value: str, chance: random.Random) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert ordered(shuffled, value) == ordered(found, value)
    assert sorted(ordered(found, value)) == list(found)


@quick
@given(hashes, values)
def test_what_was_drawn_by_the_rule_passes_the_check(found: tuple[str, ...], value: str) -> None:
    assert check(published(found, value)).faults == ()
    assert check(published(found), value).order == ordered(found, value)


@quick
@given(hashes, values)
def test_an_entry_added_after_the_closing_is_found_out(found: tuple[str, ...], value: str) -> None:
    told = published(found, value)
    more = tuple(sorted((*found, entry_hash("slipped in"))))
    assert check(msgspec.structs.replace(told, hashes=more, count=len(more))).faults
    assert check(msgspec.structs.replace(told, hashes=found[:-1], count=len(found) - 1)).faults


@quick
@given(hashes, values)
def test_a_winner_of_ones_own_is_found_out(found: tuple[str, ...], value: str) -> None:
    for other in ordered(found, value)[1:]:
        assert check(msgspec.structs.replace(published(found, value), winner=other)).faults


@quick
@given(hashes, values)
def test_another_value_than_was_published_is_found_out(found: tuple[str, ...], value: str) -> None:
    assert check(published(found, value), f"{value}!").faults


@quick
@given(hashes, values, st.integers(1, 5))
def test_only_those_who_came_first_may_be_passed_over(found: tuple[str, ...], value: str, many: int) -> None:
    order = ordered(found, value)
    gone = tuple(PassedOver(one, ERASED) for one in order[:many])
    wins = first_of(order, [one.hash for one in gone])
    assert check(msgspec.structs.replace(published(found, value), passed_over=gone, winner=wins)).faults == ()
    if len(order) > many + 1:
        skipped = (*gone, PassedOver(order[-1], ERASED))
        assert check(msgspec.structs.replace(published(found, value), passed_over=skipped, winner=wins)).faults


@quick
@given(hashes, values, st.integers(1, 29))
def test_lines_taken_together_are_no_list(found: tuple[str, ...], value: str, at: int) -> None:
    joined = ("\n".join(found[:at]), *found[at:])
    told = Published("", "2026-12", datetime(2026, 12, 31, tzinfo=UTC), len(joined), commitment(found), "Lotto", joined)
    wins = ordered(joined, value)[0]

    assert commitment(joined) == told.commitment  # so its hash alone does not tell
    assert bool(check(msgspec.structs.replace(told, value=value, winner=wins), value).faults) is (joined != found)


@pytest.mark.parametrize("value", ["3  9", " 3 9", "3 9\n", "3\u200b9", "\x1b[8m3 9", "a\u0301", "3\u00a09"])
def test_a_value_in_a_spelling_of_its_own_is_found_out_and_not_quoted(value: str) -> None:
    (fault,) = check(published((entry_hash("1"), entry_hash("2")), value)).faults

    assert "is not spelt as values are" in fault
    assert value not in fault


def test_what_is_no_round_is_found_out_and_not_quoted() -> None:
    (fault,) = check(msgspec.structs.replace(published((entry_hash("1"),)), round="\x1b]0;2026-12\x07")).faults

    assert "\x1b" not in fault


@pytest.mark.parametrize("more", [{"winner": entry_hash("2")}, {"passed_over": (PassedOver(entry_hash("1"), ERASED),)}])
def test_nobody_has_won_before_the_value_is_known(more: dict[str, Any]) -> None:
    told = published((entry_hash("1"), entry_hash("2")))

    assert check(msgspec.structs.replace(told, **more)).faults
    assert check(msgspec.structs.replace(told, **more), "3 9").faults


def test_nobody_is_passed_over_who_is_not_in_the_list() -> None:
    found = (entry_hash("1"), entry_hash("2"))
    gone = tuple(PassedOver(one, ERASED) for one in (*ordered(found, "3 9"), "somebody"))

    assert check(msgspec.structs.replace(published(found, "3 9"), winner="", passed_over=gone)).faults


def test_every_entry_wins_about_as_often() -> None:
    found = [entry_hash(str(number)) for number in range(8)]
    won = Counter(ordered(found, f"{value}")[0] for value in range(4000))
    assert all(400 < won[one] < 600 for one in found)


def test_the_hashes_are_those_of_sha256sum() -> None:
    assert entry_hash("ABC") == hashlib.sha256(b"ABC").hexdigest()
    assert commitment(["b", "a"]) == hashlib.sha256(b"a\nb\n").hexdigest()
    assert list_of([]) == ""


def test_entry_ids_are_long_and_can_be_read_aloud() -> None:
    some = {new_entry(BITS) for _ in range(1000)}
    assert len(some) == 1000
    assert all(len(one) == 35 and parse_entry(one) == one for one in some)
    one = min(some)
    assert parse_entry(f" {one.lower().replace('-', ' ').replace('0', 'o')} ") == one


@pytest.mark.parametrize("text", ["", "7HQ2M-9KXTC", "U" * 30, "é" * 30])
def test_what_is_no_entry_id(text: str) -> None:
    with pytest.raises(Invalid, match="6 groups of 5"):
        parse_entry(text)


def test_a_value_has_one_spelling() -> None:
    assert parse_seed(" 3  9\t14\n22 ") == "3 9 14 22"
    for text in ("", " \n ", "x" * 201, "a\u200bb", "a\x00b"):
        with pytest.raises(Invalid, match="public value"):
            parse_seed(text)


moments = st.timedeltas(timedelta(0), timedelta(days=1500)).map(lambda later: datetime(2026, 1, 1, tzinfo=UTC) + later)


@quick
@given(
    moments,
    st.timedeltas(timedelta(0), timedelta(days=40)),
    st.sampled_from(["Europe/London", "Pacific/Auckland", "America/New_York"]),
)
def test_nobody_is_passed_over_in_silence_on_a_day_on_which_they_may_answer(
    won_at: datetime, later: timedelta, zone: str
) -> None:
    day = local_day(won_at + timedelta(days=14), zone)  # as their mail names it
    over = local_day(won_at + later, zone) > day
    assert why_passed_over("", won_at, won_at + later, zone, there=True) == (NOT_REACHED if over else "")
    assert local_day(passes_on_from(won_at, zone), zone) == day + timedelta(days=1)


@pytest.mark.parametrize(
    ("there", "said", "why"),
    [
        (True, NOT_REACHED, NOT_REACHED),
        (True, ERASED, ERASED),
        (True, "", ""),
        (False, "", ERASED),
        (False, NOT_REACHED, ERASED),  # they asked to be forgotten, and that is why
    ],
)
def test_before_that_day_is_over_a_reason_is_needed_and_the_true_one_is_told(there: bool, said: str, why: str) -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    assert why_passed_over(said, now, now, "Europe/London", there=there) == why
