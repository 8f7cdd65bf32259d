from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.pacing import Bucket, full, take

rates = st.floats(0.1, 1000)
times = st.lists(st.floats(0, 30), min_size=1, max_size=60).map(lambda steps: list(accumulate(steps)))
TOLERANCE = 1e-6


def most(rate: float) -> float:
    """What may go at once: a second's worth, one at least."""
    return max(1.0, rate)


def let_through(rate: float, asked: list[float]) -> list[float]:
    """When each call goes, one after another: nobody asks before the one before went."""
    bucket, went = full(rate, 0.0), [0.0]
    for time in asked:
        now = max(time, went[-1])
        bucket, wait = take(bucket, rate, now)
        went.append(now + wait)
    return went[1:]


@given(rates, times)
def test_in_any_stretch_of_time_no_more_go_than_the_rate_and_one_seconds_worth(rate: float, asked: list[float]) -> None:
    went = let_through(rate, asked)

    for first in range(len(went)):
        for last in range(first, len(went)):
            assert last - first + 1 <= rate * (went[last] - went[first]) + most(rate) + TOLERANCE * rate


@given(rates, times)
def test_nobody_waits_longer_than_one_call_takes(rate: float, asked: list[float]) -> None:
    bucket, now = full(rate, 0.0), 0.0
    for time in asked:
        bucket, wait = take(bucket, rate, now := max(time, now))
        assert 0 <= wait <= 1 / rate + TOLERANCE
        now += wait


@given(rates, st.floats(0, 1e6), st.floats(0, 1e6))
def test_nobody_waits_when_the_bucket_is_full(rate: float, since: float, later: float) -> None:
    bucket = full(rate, since)
    for _ in range(int(most(rate))):
        bucket, wait = take(bucket, rate, since + later)
        assert wait <= TOLERANCE / rate


@given(rates, times)
def test_a_bucket_never_holds_less_than_nothing_or_more_than_a_seconds_worth(rate: float, asked: list[float]) -> None:
    bucket = full(rate, 0.0)
    for time in asked:
        bucket, _ = take(bucket, rate, time)
        assert 0 <= bucket.tokens <= most(rate)


@given(rates, st.floats(0, 1000))
def test_a_clock_that_is_set_back_gives_nothing_away(rate: float, back: float) -> None:
    _, wait = take(Bucket(0.0, 1000.0), rate, 1000.0 - back)

    assert wait == pytest.approx(back + 1 / rate)
