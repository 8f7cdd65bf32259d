"""Reasons: why a follow-up is where it is. Kept as a kind and its facts; made into a sentence only where someone reads it."""

from __future__ import annotations

from msgspec import Struct, field


class Reason(Struct, frozen=True, omit_defaults=True):
    """`kind` is one of KINDS; `facts` hold what its sentence needs: texts and instants as stamps, never a name or an address."""

    kind: str
    facts: dict[str, str | int] = field(default_factory=dict)


KINDS = (
    # planned
    "claimed", "claimed-again", "confirmed", "order-placed", "dispatched", "arrived", "should-have-arrived", "thanks-written",
    "refused-for-now", "never-called", "released", "no-sign-of-it", "owner-again",
    # held
    "paused", "code-unknown", "cap", "quiet-hours", "daily-budget", "unrenderable",
    # ended without being sent
    "stopped", "erased", "unreachable", "never", "no-address", "no-consent", "order-off", "rule-gone", "precondition-gone", "expired", "already-noted",
    "rejected", "by-hand-shop", "by-hand-country", "by-hand-no-address", "by-hand-unreachable", "data-gone", "owner-left",
    # under way or ended
    "sending", "unsure", "unsure-restored", "sent", "owner-sent",
)  # fmt: skip
