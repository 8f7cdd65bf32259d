"""Three classes, three bases (manner 1): contract, country, consent."""

from __future__ import annotations

from chalicelib.domain.consent import EMAIL, NEWSLETTER, consent_key
from chalicelib.domain.follow_up import CANCELLED
from chalicelib.domain.playbook import RECIPIENT
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, End, Objection
from chalicelib.domain.shop import courtesy_may_go
from chalicelib.domain.standing import COURTESY, SERVICE


def check(case: Case) -> Objection:
    """Ends courtesy mail unless both the shop's and the person's country allow it without consent, and marketing without consent.

    The recipient's note passes: where e-mail is not allowed it can be written by hand (by_hand.py). Marketing to a recipient never does.
    """
    message_class = case.follow_up.message_class
    if message_class == SERVICE or (message_class == COURTESY and case.follow_up.role == RECIPIENT):
        return None
    if case.follow_up.role != RECIPIENT and _consented(case):
        return None
    if message_class == COURTESY and courtesy_allowed(case):
        return None
    return End(CANCELLED, Reason("no-consent", {"country": case.country}))


def _consented(case: Case) -> bool:
    """To this very purpose and channel; who wants the newsletter may be thanked, too."""
    if case.follow_up.message_class == COURTESY:
        return consent_key(NEWSLETTER, EMAIL) in case.standing.consents
    return case.rule is not None and consent_key(case.rule.purpose, case.rule.channel) in case.standing.consents


def courtesy_allowed(case: Case) -> bool:
    """Whether shop and person both live where it needs no consent."""
    return courtesy_may_go(case.shop, case.country)
