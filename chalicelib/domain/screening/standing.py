"""Stop means stop (manner 11): what scope the person's standing leaves open."""

from __future__ import annotations

from chalicelib.domain.follow_up import CANCELLED, HANDED_OVER
from chalicelib.domain.playbook import RECIPIENT
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, End, Objection
from chalicelib.domain.standing import closed_by


def check(case: Case) -> Objection:
    """Ends what the person's suppression forbids. A receipt that cannot go by e-mail becomes a by-hand task: it is owed."""
    standing = case.standing
    match closed_by(standing, case.follow_up.message_class):
        case "never":
            reason = Reason("never", {"since": standing.never_at})
        case "unreachable":
            if case.follow_up.role == RECIPIENT:
                return None  # the note can still be written by hand: by_hand.py says so
            if _asked_after_bounce(case):
                return None
            reason = Reason("unreachable", {"since": standing.unreachable_at, "why": standing.unreachable_why})
        case "stop":
            return End(CANCELLED, Reason("stopped", {"since": standing.stopped_at}))
        case _:
            return None
    owed = case.rule is not None and case.rule.trigger == "order"
    return End(HANDED_OVER if owed else CANCELLED, reason)


def _asked_after_bounce(case: Case) -> bool:
    # a full mailbox or a mended typing error bounces for ever otherwise; a complaint is never second-guessed
    asked = case.rule is not None and case.rule.trigger == "claim"
    return asked and case.standing.unreachable_why == "bounced" and case.standing.second_chance in ("", case.follow_up.id)
