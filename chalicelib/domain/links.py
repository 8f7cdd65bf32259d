"""What the links in mails are for: each purpose is one thing that whoever holds the link may do. `ports.STOP` is the one that never runs out."""

from __future__ import annotations

EXPECTATION = "expectation"
"""Did it meet your expectations? Scope: the follow-up's id, ":yes" or ":no"."""

OCCASION = "occasion"
"""Not this occasion, ever. Scope: the occasion's label."""

WELCOME = "welcome"
"""Yes, still welcome. Scope: the follow-up's id."""

CONSENT = "consent"
"""Yes to what the mail asks. Scope: which asking, so that a link says yes to exactly the words that it came with."""

PAUSE = "pause"
"""The owner pauses all sending. Person: OWNER_LINKS; no scope."""

PREFERENCES = "preferences"
"""The person's own page: what they hear of, what we know of them, all of it to take away, or to be forgotten. No scope."""

ORDER = "order"
"""How an order stands, and the buyer's own opt-in. Scope: the order's key."""

ENTRY = "entry"
"""Yes, this entry in the competition is mine. Scope: which entry of which round."""

OWNER_LINKS = "owner"
"""The person in whose name the owner's own links are made."""

YES, NO = "yes", "no"


def answer_scope(follow_up_id: str, answer: str) -> str:
    """What an EXPECTATION link says: one answer to one question."""
    return f"{follow_up_id}:{answer}"


def answer_of(scope: str) -> tuple[str, str]:
    """`answer_scope`'s follow-up and answer. Errors: ValueError for what is neither yes nor no."""
    follow_up_id, _, answer = scope.rpartition(":")
    if not follow_up_id or answer not in (YES, NO):
        raise ValueError("not the scope of an answer")
    return follow_up_id, answer


LAST_YEARS_GIFT = "last year's gift"
"""The label under which somebody may end all reminders of gifts that they gave."""
