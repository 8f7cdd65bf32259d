"""Rules with mode = "ask": the owner says yes to each before it goes."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import EXPIRED
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, End, Hold, Objection

LOOK_AGAIN = timedelta(days=1)
WAITS_FOR = timedelta(days=30)


def check(case: Case) -> Objection:
    """Held until the owner releases it, which is looked at at once; after a month without a word it is over."""
    if case.rule is None or case.rule.mode != "ask" or case.follow_up.released_at is not None:
        return None
    ends = case.follow_up.due_at + WAITS_FOR
    if case.now > ends:
        return End(EXPIRED, Reason("not-asked-for", {"due": stamp(case.follow_up.due_at)}))
    return Hold(Reason("ask", {"until": stamp(ends)}), min(case.now + LOOK_AGAIN, ends + timedelta(seconds=1)), restarts=True)
