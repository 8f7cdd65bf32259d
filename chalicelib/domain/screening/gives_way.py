"""One thing at a time: marketing leaves some days between itself and what they heard before, and gives way to what stands higher."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain import follow_up as fu
from chalicelib.domain.calendar import instant, stamp
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, Hold, Objection
from chalicelib.domain.standing import MARKETING, SERVICE, heard_since

LOOK_AGAIN = timedelta(hours=1)


def check(case: Case) -> Objection:
    """Held some days after another of ours, and while the places that the cap leaves are needed for others of theirs that are due and
    matter more.
    """
    one = case.follow_up
    if one.message_class != MARKETING or case.history is None:
        return None
    heard = heard_since(case.standing, case.now, besides=one.id)
    if heard and case.now < (free := instant(max(heard.values())) + timedelta(days=case.shop.manners.spacing_days)):
        return Hold(Reason("heard-lately", {"until": stamp(free)}), free, restarts=True)
    first = [other for other in case.history.follow_ups if _goes_first(other, case)]
    alone = case.shop.manners.spacing_days or case.standing.pace  # then what is below must not take the one place
    places = 1 if alone else case.shop.manners.cap - len(heard)
    if not first or len(first) < places:
        return None
    until = case.now + LOOK_AGAIN
    return Hold(Reason("gives-way", {"to": first[0].rule, "until": stamp(until)}), until, restarts=True)


def _goes_first(other: fu.FollowUp, case: Case) -> bool:
    one = case.follow_up
    if other.id == one.id or other.message_class == SERVICE or other.state not in (fu.PLANNED, fu.HELD):
        return False
    if other.look_at > case.now:
        return False  # it is not its time yet, or it is held
    return _rank(other, case) < _rank(one, case)


def _rank(one: fu.FollowUp, case: Case) -> tuple[bool, int, str]:
    return one.message_class == MARKETING, case.playbook.place(one.rule), one.id
