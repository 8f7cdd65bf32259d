"""What mails are told that come because time has: reminders, something for them, and whether we are still welcome."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.calendar import instant, local_day
from chalicelib.domain.interest import judge
from chalicelib.domain.languages import day_in
from chalicelib.domain.links import LAST_YEARS_GIFT, OCCASION, WELCOME
from chalicelib.domain.order import View
from chalicelib.domain.products import Item
from chalicelib.errors import Misconfigured
from chalicelib.usecases.telling.telling import Context, Telling

BIRTHDAY = "birthday"
MAX_TITLES = 5


def product_life(told: Telling) -> Context:
    """A thing that they bought wants looking after: with the owner's advice, where there is any."""
    case, bought = told.case, _bought(told)
    product = next((one for one in case.products.products if one.name == told.detail("product")), None)
    return {
        "item": told.detail("item"),
        "bought": told.date(bought.placed_at),
        "months": int(told.detail("months")),
        "care": product.care if product is not None else "",
        "shop_url": case.shop.storefront_url,
    }


def occasion(told: Telling) -> Context:
    """A day that they gave us."""
    label, day = told.detail("label"), date.fromisoformat(told.detail("date"))
    return {
        "label": label,
        "own": label.strip().casefold() == BIRTHDAY,
        "date": day_in(told.language, day),
        "days": max(0, (day - local_day(told.case.now, told.case.shop.zone)).days),
        "never_url": told.link("occasion", OCCASION, label),
        "shop_url": told.case.shop.storefront_url,
    }


def last_years_gift(told: Telling) -> Context:
    """What they gave a year ago; to whom is not said."""
    given = _bought(told)
    return {
        "items": [line.title for line in given.lines][:MAX_TITLES],
        "date": day_in(told.language, date.fromisoformat(told.detail("date"))),
        "never_url": told.link("occasion", OCCASION, LAST_YEARS_GIFT),
        "shop_url": told.case.shop.storefront_url,
    }


def item(told: Telling) -> Context:
    """Something new or closing out, and why we think of them."""
    found = next((one for one in told.case.products.items if one.id == told.detail("item")), None)
    if found is None:
        raise Misconfigured("The item is no longer in products.toml.")
    return {
        "item": found.name,
        "words": found.words,
        "url": found.url,
        "closing_out": found.closing_out,
        "because": _because(told, found),
    }


def _because(told: Telling, found: Item) -> str:
    """For the person, so nothing is said that they do not know of us: what they told us, or bought for themselves."""
    case = told.case
    interest = judge(case.history, found.category, case.products, told.rule.purpose) if case.history is not None else None
    if size := case.follow_up.extra.get("size"):
        return f"We thought of you because it is to be had in your size, {size}."
    if interest is not None and interest.level == "stated":
        return f"We thought of you because you told us that you like {found.category}."
    return f"We thought of you because you have chosen {found.category} with us before."


def invitation(told: Telling) -> Context:
    """How long ago their last order was."""
    return {"since": told.date(told.since()), "shop_url": told.case.shop.storefront_url}


def still_welcome(told: Telling) -> Context:
    """How long it is since we heard of them, and a link to say yes by; the no is the stop link."""
    return {
        "since": told.date(instant(told.detail("since"))),
        "yes_url": told.link("welcome", WELCOME, told.case.follow_up.id),
    }


def _bought(told: Telling) -> View:
    """The order that it is about. Errors: Misconfigured."""
    case = told.case
    known = (case.order, *(case.history.orders if case.history is not None else ()))
    found = next((one for one in known if one is not None and one.key == case.follow_up.anchor), None)
    if found is None or found.view is None:
        raise Misconfigured("The order is gone from the table.")
    return found.view
