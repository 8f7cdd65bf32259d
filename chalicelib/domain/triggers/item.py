"""Something for them: what is new or closing out, and fits what they like, or the size that they gave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from chalicelib.domain.calendar import at_local, instant, local_day
from chalicelib.domain.consent import consent_key
from chalicelib.domain.fact import SIZE, Fact, may_serve, observed
from chalicelib.domain.history import History
from chalicelib.domain.interest import judge
from chalicelib.domain.playbook import Rule
from chalicelib.domain.products import Item, Products
from chalicelib.domain.reason import Reason
from chalicelib.domain.shop import Shop
from chalicelib.domain.triggers.moment import Moment, Outlook, at_send_hour


def moments(rule: Rule, outlook: Outlook) -> Iterator[Moment]:
    """One for each item that is still to be had and that something speaks for; whether that is enough is asked when it is to go."""
    history, shop = outlook.history, outlook.shop
    agreed = history.standing.consents.get(consent_key(rule.purpose, rule.channel))
    for item in outlook.products.items:
        found = judge(history, item.category, outlook.products, rule.purpose)
        if found is None or is_over(item, outlook.now, shop):
            continue
        size = size_of(history, item.category, outlook.products, rule.purpose)
        if not fits(item, size):
            continue
        since = max([at_local(item.since, 0, shop.zone), found.since, *([instant(agreed)] if agreed else [])])
        yield Moment(
            anchor=item.id,
            at=at_send_hour(_day_for(since, rule, shop), rule, shop),
            why=Reason("closing-out", {"item": item.name, "category": item.category})
            if item.closing_out
            else Reason("new-item", {"item": item.name, "category": item.category}),
            extra={"item": item.id, "category": item.category, **({"size": size} if size else {})},
        )


def is_over(item: Item, now: datetime, shop: Shop) -> bool:
    """Sold out, or its last day is past."""
    return item.stock == 0 or (item.until is not None and local_day(now, shop.zone) > item.until)


def size_of(history: History, category: str, products: Products, purpose: str | None = None) -> str:
    """Theirs in the category, or "": what they told before what their orders state, the newest of it."""
    stated = [fact for fact in history.facts if (fact.kind, fact.about) == (SIZE, category) and may_serve(fact, purpose)]
    found: list[Fact] = stated or [fact for fact in observed(history.orders, products) if fact.about == category]
    newest = max(found, key=lambda fact: fact.at, default=None)
    return newest.value if newest is not None else ""


def fits(item: Item, size: str) -> bool:
    """Whether there is any in their size; where theirs is not known, there may be."""
    return not (item.sizes and size) or size.casefold() in {one.casefold() for one in item.sizes}


def _day_for(since: datetime, rule: Rule, shop: Shop) -> date:
    day = local_day(since, shop.zone)
    return day if at_send_hour(day, rule, shop) >= since else day + timedelta(days=1)
