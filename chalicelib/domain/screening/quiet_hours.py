"""Nobody is written to at night, courtesy and marketing that is: it must be day in every zone by whose clocks they may live."""

from __future__ import annotations

from chalicelib.domain.calendar import quiet_everywhere_until, stamp
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, Hold, Objection
from chalicelib.domain.standing import SERVICE


def check(case: Case) -> Objection:
    """Held until the quiet hours end."""
    if case.follow_up.message_class == SERVICE:
        return None
    manners, shops = case.shop.manners, case.shop.zone
    ends = quiet_everywhere_until(case.now, manners.quiet_from, manners.quiet_to, case.zones or (shops,), shops)
    return Hold(Reason("quiet-hours", {"until": stamp(ends)}), ends) if ends else None
