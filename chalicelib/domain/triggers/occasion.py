"""A birthday, an anniversary, a partner's date: reminded are those who gave it, never the partner (PRODUCT.md, manner 12)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from chalicelib.domain.calendar import local_day
from chalicelib.domain.fact import DATE, NEVER, may_serve
from chalicelib.domain.playbook import Rule
from chalicelib.domain.reason import Reason
from chalicelib.domain.triggers.moment import Moment, Outlook, at_send_hour

ANCHOR = "occasion"
"""The label itself is theirs: it stands with what is forgotten with them, and neither in an anchor nor in the journal."""

_DATE = re.compile(r"(\d{4}|-)-(\d\d)-(\d\d)")


def moments(rule: Rule, outlook: Outlook) -> Iterator[Moment]:
    """Some days before the next showing of each date that they gave; none for an occasion of which they want to hear nothing."""
    facts = outlook.history.facts
    never = {fact.about for fact in facts if fact.kind == NEVER}
    today = local_day(outlook.now, outlook.shop.zone)
    for fact in facts:
        if (
            fact.kind != DATE
            or fact.about in never
            or not may_serve(fact, rule.purpose)
            or (month_and_day := read(fact.value)) is None
        ):
            continue
        day = next_showing(month_and_day, today)
        yield Moment(
            anchor=ANCHOR,
            at=at_send_hour(day - timedelta(days=rule.before_days), rule, outlook.shop),
            why=Reason("occasion", {"label": fact.about, "date": day.isoformat()}),
            occurrence=f"{day.year} {fact.about}",
            extra={"label": fact.about, "date": day.isoformat()},
        )


def read(text: str) -> tuple[int, int] | None:
    """Month and day of --MM-DD or YYYY-MM-DD; None for what is no date."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (found[1], int(found[2]), int(found[3]))
    try:
        date(2000 if year == "-" else int(year), month, day)  # 2000 has a 29 February
    except ValueError:
        return None
    return month, day


def next_showing(month_and_day: tuple[int, int], today: date) -> date:
    """Today or later. 29 February is kept on the 28th in other years."""
    shown = _in_year(month_and_day, today.year)
    return shown if shown >= today else _in_year(month_and_day, today.year + 1)


def _in_year(month_and_day: tuple[int, int], year: int) -> date:
    month, day = month_and_day
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 2, 28)
