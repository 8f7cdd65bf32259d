"""What somebody gets once in a year, or once ever."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.calendar import instant, local_day, stamp
from chalicelib.domain.follow_up import CANCELLED, HANDED_OVER, SENDING, SENT, UNSURE
from chalicelib.domain.playbook import Rule
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, End, Objection
from chalicelib.domain.standing import had

YEAR = timedelta(days=365)
"""In whole days, by the shop's clocks: what comes round at the same hour a year later must not miss it by a minute."""


def happens_once(rule: Rule | None) -> bool:
    """Whether it is to be kept that they had it."""
    return rule is not None and rule.once in ("person", "year")


def check(case: Case) -> Objection:
    """Ends what they have had, ever or within 365 days. Its own retry counts once."""
    if case.rule is not None and case.rule.once == "order":
        return _for_this_order(case)
    if case.rule is None or not happens_once(case.rule):
        return None
    at = had(case.standing, case.rule.name, besides=case.follow_up.id)
    if not at:
        return None
    if case.rule.once == "person":
        return End(CANCELLED, Reason("had-once", {"at": at}))
    again = local_day(instant(at), case.shop.zone) + YEAR
    return End(CANCELLED, Reason("had-this-year", {"at": at})) if local_day(case.now, case.shop.zone) < again else None


def _for_this_order(case: Case) -> Objection:
    # what an order sets off has one follow-up for it anyway; of what is found by looking, one order may give several
    one, known = case.follow_up, case.history.follow_ups if case.history is not None else ()
    others = [other for other in known if (other.rule, other.anchor) == (one.rule, one.anchor) and other.id != one.id]
    had = [other.authorised_at or other.due_at for other in others if other.state in (SENDING, UNSURE, SENT, HANDED_OVER)]
    return End(CANCELLED, Reason("had-once", {"at": stamp(max(had))})) if had else None
