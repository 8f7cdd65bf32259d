"""A code that the checkout does not know is worth nothing: its mail waits until it does."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, Hold, Objection

LOOK_AGAIN = timedelta(minutes=15)


def check(case: Case) -> Objection:
    """Held until the storefront has taken the voucher's code."""
    if case.voucher is None or not case.voucher.waits or case.now >= case.voucher.ends_at:
        return None
    return Hold(Reason("code-unknown"), case.now + LOOK_AGAIN, restarts=True)
