"""What people do by hand: letters and calls, and the recipient's note where not everything allows e-mail (manner 3)."""

from __future__ import annotations

from chalicelib.domain.follow_up import HANDED_OVER
from chalicelib.domain.playbook import EMAIL, RECIPIENT
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import cap
from chalicelib.domain.screening.basis import courtesy_allowed
from chalicelib.domain.screening.verdict import Case, End, Objection


def check(case: Case) -> Objection:
    """Hands over what is no mail, under the cap all the same, and the note unless the shop switched e-mail on, the giver gave an address, and the countries allow it."""
    if case.rule is not None and case.rule.channel != EMAIL:
        return cap.check(case) or End(HANDED_OVER, Reason("by-hand-channel", {"channel": case.rule.channel}))
    if case.follow_up.role != RECIPIENT:
        return None
    if case.shop.manners.recipient_note != "e-mail":
        return End(HANDED_OVER, Reason("by-hand-shop"))
    if not case.address:
        return End(HANDED_OVER, Reason("by-hand-no-address"))
    if case.standing.unreachable_at:
        return End(HANDED_OVER, Reason("by-hand-unreachable"))
    if not courtesy_allowed(case):
        return End(HANDED_OVER, Reason("by-hand-country", {"country": case.country}))
    return None
