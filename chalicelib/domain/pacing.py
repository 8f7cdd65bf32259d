"""A token bucket: how many calls a second the mail service takes from us."""

from __future__ import annotations

from msgspec import Struct


class Bucket(Struct, frozen=True):
    """Holds at most one second's worth of tokens, one at least. `at`: monotonic seconds at which `tokens` was counted."""

    tokens: float
    at: float


def full(rate: float, now: float) -> Bucket:
    """As at the start. `rate`: tokens a second, over nothing."""
    return Bucket(_most(rate), now)


def take(bucket: Bucket, rate: float, now: float) -> tuple[Bucket, float]:
    """One token, and how many seconds to wait for it: 0 while there is one. The wait is part of what the bucket then remembers."""
    begins = max(now, bucket.at)  # whoever asks while another still waits is behind them
    tokens = min(_most(rate), bucket.tokens + (begins - bucket.at) * rate)
    taken = begins + max(0.0, (1 - tokens) / rate)
    return Bucket(max(0.0, tokens - 1), taken), taken - now


def _most(rate: float) -> float:
    return max(1.0, rate)
