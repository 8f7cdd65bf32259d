"""A shop that writes 200 mails a day never surprises anyone with 20,000."""

from __future__ import annotations

from chalicelib.domain.calendar import days_after, stamp
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, Hold, Objection
from chalicelib.domain.shop import daily_share
from chalicelib.domain.standing import SERVICE


def check(case: Case) -> Objection:
    """Held until tomorrow's send hour. Service mail counts but is not held."""
    manners = case.shop.manners
    if case.follow_up.message_class == SERVICE or case.used_today < daily_share(case.shop, case.shards):
        return None
    tomorrow = days_after(case.now, 1, manners.send_hour, case.shop.zone)
    return Hold(Reason("daily-budget", {"budget": manners.daily_budget, "until": stamp(tomorrow)}), tomorrow)
