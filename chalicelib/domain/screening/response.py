"""Not only online (manner 10): who does not respond by e-mail is not mailed more."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import CANCELLED
from chalicelib.domain.ladder import has_passed, patience_ends, rung, unanswered
from chalicelib.domain.playbook import EMAIL
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, End, Hold, Objection
from chalicelib.domain.standing import MARKETING

LOOK_AGAIN = timedelta(days=1)


def check(case: Case) -> Objection:
    """Held while the last few wait for a response; ended once e-mail is behind them, or the rung that a letter or call stands for is passed.

    "Are we still welcome?" goes all the same.
    """
    rule, history, manners = case.rule, case.history, case.shop.manners
    if rule is None or history is None or case.follow_up.message_class != MARKETING:
        return None
    stands = rung(history, manners, case.now)
    if has_passed(rule, stands):
        return End(CANCELLED, Reason("rung-passed", {"count": stands.unanswered, "rung": stands.name}))
    until = patience_ends(history, manners) if rule.channel == EMAIL and rule.trigger != "silence" else None
    if until is None:
        return None
    return Hold(
        Reason("no-response", {"count": len(unanswered(history)), "until": stamp(until)}),
        min(until, case.now + LOOK_AGAIN),
        restarts=True,
    )
