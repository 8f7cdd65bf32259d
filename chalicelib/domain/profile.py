"""The profile: what somebody may tell of themselves, step by step, each in exchange for something (PRODUCT.md, manner 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chalicelib.domain.consent import EMAIL, FOR_YOU, OFFERS, consent_key, consent_of
from chalicelib.domain.fact import ADDRESS, DATE, LIKES, PHONE, SIZE, Fact
from chalicelib.domain.history import History
from chalicelib.domain.playbook import CALL, POST
from chalicelib.domain.products import Products
from chalicelib.domain.purchases import standing_orders
from chalicelib.domain.retention import purposes_of
from chalicelib.domain.shop import Shop, newest_wording
from chalicelib.domain.triggers.occasion import read
from chalicelib.errors import Invalid

REACH, DATES, TASTES = "reach", "dates", "tastes"
STEPS = (REACH, DATES, TASTES)
"""Telephone and postal address · days to be reminded of, a partner's too · sizes and likes."""

OCCASIONS = "occasions"
"""By e-mail, before the days that they gave us."""

_FOR: Mapping[str, tuple[str, ...]] = {
    REACH: (consent_key(OFFERS, POST), consent_key(OFFERS, CALL)),
    DATES: (consent_key(OCCASIONS, EMAIL),),
    TASTES: (consent_key(FOR_YOU, EMAIL),),
}
KINDS: Mapping[str, tuple[str, ...]] = {REACH: (ADDRESS, PHONE), DATES: (DATE,), TASTES: (SIZE, LIKES)}


def asks_for(step: str, shop: Shop, locale: str) -> tuple[str, ...]:
    """The consents, as purpose/channel, that what is told in this step is used for; those that the shop has words for."""
    return tuple(key for key in _FOR[step] if newest_wording(shop, *consent_of(key), locale) is not None)


def steps(shop: Shop, products: Products, locale: str) -> tuple[str, ...]:
    """Those that there are in this shop: what could be used for nothing is not asked."""
    return tuple(step for step in STEPS if asks_for(step, shop, locale) and (step != TASTES or products.categories))


def step_of(fact: Fact) -> str:
    """Where it is corrected; "" where it can only be removed."""
    return next((step for step, kinds in KINDS.items() if fact.kind in kinds), "")


def next_step(history: History, there_are: Iterable[str], after: str = "") -> str:
    """What to ask next, unasked: one step, or "" for none. `there_are`: `steps`. `after`: which they have just answered, or passed by; "" right
    after their voucher.

    The next is asked only when the last was honoured (manner 2): the voucher has been shown and the checkout knows it, or an order stands; what
    they told in the step before stands under a consent in force; and nobody waits for an answer of ours, or left without one. Who said
    stop is asked nothing, and nobody is asked what they have told.
    """
    standing = history.standing
    if standing.stopped_at or standing.never_at or any(one.is_open or one.outcome == "bad" for one in history.inquiries):
        return ""
    if any(voucher.waits for voucher in history.vouchers) or not (history.vouchers or standing_orders(history.orders)):
        return ""
    if after and not _honoured(history, after):
        return ""
    left = STEPS[STEPS.index(after) + 1 :] if after else STEPS
    told = {step_of(fact) for fact in history.facts}
    return next((step for step in left if step in there_are and step not in told), "")


def needs(kind: str) -> str:
    """The consent, as purpose/channel, without which a fact of this kind would be of no use, and so is not kept."""
    match kind:
        case kind if kind == ADDRESS:
            return consent_key(OFFERS, POST)
        case kind if kind == PHONE:
            return consent_key(OFFERS, CALL)
        case kind if kind == DATE:
            return consent_key(OCCASIONS, EMAIL)
        case _:
            return consent_key(FOR_YOU, EMAIL)


def date_of(day: str, month: str, year: str) -> str:
    """Three fields as one date is kept: --MM-DD or YYYY-MM-DD; "" where all are empty. Errors: Invalid, with the field day, month or year."""
    typed = {"day": day.strip(), "month": month.strip(), "year": year.strip()}
    if not any(typed.values()):
        return ""
    for name, most in (("day", 31), ("month", 12)):
        if not (typed[name].isascii() and typed[name].isdecimal() and 1 <= int(typed[name][:4]) <= most):
            raise Invalid(f"Give the {name} as a number from 1 to {most}.", name)
    if typed["year"] and not (typed["year"].isascii() and typed["year"].isdecimal() and len(typed["year"]) == 4):
        raise Invalid("Give the year in four digits, or leave it empty.", "year")
    found = f"{typed['year'] or '-'}-{int(typed['month']):02}-{int(typed['day']):02}"
    if read(found) is None:
        raise Invalid("There is no such day: please look at day and month.", "day")
    return found


def _honoured(history: History, step: str) -> bool:
    in_force = purposes_of(history.standing.consents)
    return all(fact.purpose in in_force for fact in history.facts if step_of(fact) == step)
