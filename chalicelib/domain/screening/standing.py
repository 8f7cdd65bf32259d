"""Stop means stop (manner 11): what scope the person's standing leaves open."""

from __future__ import annotations

from chalicelib.domain.delivery import BOUNCED
from chalicelib.domain.follow_up import CANCELLED, HANDED_OVER
from chalicelib.domain.playbook import EMAIL, RECIPIENT
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, End, Objection
from chalicelib.domain.standing import closed_by


def check(case: Case) -> Objection:
    """Ends what the person's suppression forbids. A receipt or a prize that cannot be told of by e-mail becomes a by-hand task: it is owed."""
    standing = case.standing
    match closed_by(standing, case.follow_up.message_class, case.rule.channel if case.rule is not None else EMAIL):
        case "never":
            reason = Reason("never", {"since": standing.never_at})
        case "unreachable":
            if standing.unreachable_why == BOUNCED and (_is_note(case) or _is_asked_for(case)):
                return None
            reason = Reason("unreachable", {"since": standing.unreachable_at, "why": standing.unreachable_why})
        case "stop":
            return End(CANCELLED, Reason("stopped", {"since": standing.stopped_at}))
        case _:
            return None
    owed = case.rule is not None and case.rule.trigger in ("order", "won")
    return End(HANDED_OVER if owed else CANCELLED, reason)


def _is_note(case: Case) -> bool:
    # it can still be written by hand (by_hand.py); after a complaint, which is an objection, not even that
    return case.follow_up.role == RECIPIENT


def _is_asked_for(case: Case) -> bool:
    # a full mailbox or a mended typing error would otherwise close an address for ever
    asked = case.rule is not None and case.rule.trigger in ("claim", "consent", "entry", "preferences")
    return asked and case.standing.second_chance in ("", case.follow_up.id)
