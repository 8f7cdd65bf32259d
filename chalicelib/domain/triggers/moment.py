"""What a trigger looks at, and what it finds."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec import Struct, field

from chalicelib.domain.calendar import at_local
from chalicelib.domain.history import History
from chalicelib.domain.playbook import Rule
from chalicelib.domain.products import Products
from chalicelib.domain.reason import Reason
from chalicelib.domain.shop import Shop


class Outlook(Struct, frozen=True):
    """One person, the shop, and the time."""

    history: History
    shop: Shop
    products: Products
    now: datetime


class Moment(Struct, frozen=True):
    """An instant at which a rule would have the person written to. `anchor` and `occurrence`: what it is about; the same for the same thing,
    whenever one looks. `extra`: what only this message says.
    """

    anchor: str
    at: datetime
    why: Reason
    occurrence: str = ""
    extra: dict[str, str] = field(default_factory=dict)


def at_send_hour(day: date, rule: Rule, shop: Shop) -> datetime:
    """That day, at the rule's send hour or else the shop's."""
    return at_local(day, shop.manners.send_hour if rule.send_hour is None else rule.send_hour, shop.zone)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(first_of_next - timedelta(days=1), date(year, month + 1, 1) + timedelta(days=day.day - 1))
