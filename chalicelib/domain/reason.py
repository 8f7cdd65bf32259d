"""Reasons: why a follow-up is where it is. Kept as a kind and its facts; made into a sentence only where someone reads it."""

from __future__ import annotations

from msgspec import Struct, field


class Reason(Struct, frozen=True, omit_defaults=True):
    """`kind` is one of KINDS; `facts` hold what its sentence needs: texts and instants as stamps, never a name or an address."""

    kind: str
    facts: dict[str, str | int] = field(default_factory=dict)


KINDS = (
    # planned: something happened
    "claimed", "claimed-again", "confirmed", "consent-asked", "link-asked", "order-placed", "dispatched", "arrived", "should-have-arrived", "thanks-written",
    "refused-for-now", "never-called", "released", "no-sign-of-it", "owner-again",
    "entry-asked", "entry-confirmed", "entry-asked-again", "entry-won", "round-drawn",
    # planned: something was found by looking at all that is known of a person
    "voucher-ends", "life-over", "repeat-gap", "occasion", "last-years-gift", "new-item", "closing-out", "overdue", "silent",
    "no-response-yet", "unreachable-by-mail", "working-day",
    # held
    "paused", "code-unknown", "cap", "quiet-hours", "daily-budget", "unrenderable", "ask", "inquiry-open", "helped-lately", "return-open",
    "undelivered", "quiet-window", "presumption", "gives-way", "heard-lately", "no-response", "unhappy", "resting", "pace",
    # ended without being sent
    "stopped", "erased", "unreachable", "never", "no-address", "no-consent", "order-off", "rule-gone", "precondition-gone", "expired", "already-noted",
    "rejected", "by-hand-shop", "by-hand-country", "by-hand-no-address", "by-hand-unreachable", "by-hand-channel", "data-gone", "owner-left",
    "rule-off", "had-this-year", "had-once", "redeemed", "ordered-since", "returned", "no-longer-true", "day-passed", "never-this-occasion", "sold-out",
    "not-asked-for", "rung-passed", "orders-only",
    # under way or ended
    "sending", "unsure", "unsure-restored", "sent", "owner-sent",
)  # fmt: skip

CHOSEN = ("resting", "pace")
"""Held because they want less, or nothing for a while."""

BY_TIME = (
    "cap", "quiet-hours", "quiet-window", "daily-budget", "helped-lately", "no-response", "gives-way", "heard-lately", "return-open",
    *CHOSEN,
)  # fmt: skip
"""Held until a time that nobody shortens: these manners bind the owner, too."""

HUSHED = ("inquiry-open", "unhappy", "helped-lately")
"""Held while somebody is helped, and for some days after."""
