"""Never presume (manner 5): what rests on a presumption is held."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.follow_up import CANCELLED
from chalicelib.domain.interest import PRESUMPTION, judge
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, End, Hold, Objection
from chalicelib.domain.standing import MARKETING

LOOK_AGAIN = timedelta(days=1)


def check(case: Case) -> Objection:
    """Held until they tell us that they like it, or buy of it once more; its time runs on. Ended where nothing speaks for it any more."""
    if (
        case.rule is None
        or "interest" not in case.rule.needs
        or case.history is None
        or case.follow_up.message_class != MARKETING
    ):
        return None
    category = case.follow_up.extra.get("category", "")
    found = judge(case.history, category, case.products, case.rule.purpose)
    if found is None:
        return End(CANCELLED, Reason("no-longer-true"))
    if found.level != PRESUMPTION:
        return None
    return Hold(Reason("presumption", {"category": category, "orders": len(found.evidence)}), case.now + LOOK_AGAIN)
