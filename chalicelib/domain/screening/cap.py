"""Between silence and bombardment (manner 7): a ceiling over courtesy and marketing. It defers, and never drops."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.calendar import instant, stamp
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, Hold, Objection
from chalicelib.domain.standing import CAP_DAYS, SERVICE, heard_since

LOOK_AGAIN = timedelta(days=CAP_DAYS)


def check(case: Case) -> Objection:
    """Held until enough of what they heard lies 30 days back. Service mail is never capped."""
    if case.follow_up.message_class == SERVICE:
        return None
    cap = case.shop.manners.cap
    heard = sorted(heard_since(case.standing, case.now, besides=case.follow_up.id).values())
    if len(heard) < cap:
        return None
    frees = instant(heard[len(heard) - cap]) + timedelta(days=CAP_DAYS) if cap else case.now + LOOK_AGAIN
    return Hold(Reason("cap", {"count": len(heard), "until": stamp(frees)}), frees, restarts=True)
