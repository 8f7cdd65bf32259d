"""What the mail is told that asks whether somebody agrees, and the one that leads to somebody's own page."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.calendar import stamp
from chalicelib.domain.claim import LINK_LASTS
from chalicelib.domain.consent import EMAIL
from chalicelib.domain.links import CONSENT, PREFERENCES
from chalicelib.domain.shop import seen_wording
from chalicelib.errors import Misconfigured
from chalicelib.usecases.telling.telling import LINK_WORKS, Context, Telling


def asked(told: Telling) -> Context:
    """Nothing that anybody typed is among it: the mail may go to a stranger."""
    asking, shop = told.case.asking, told.case.shop
    if asking is None:
        raise Misconfigured("What they are to be asked is gone from the table.")
    seen = [seen_wording(shop, purpose, EMAIL, hash_) for purpose, hash_ in asking.ticked.items()]
    wordings = [wording.text for wording in seen if wording is not None]
    if not wordings:
        raise Misconfigured("The words that they are to say yes to stand no longer in shop.toml.")
    return {
        "link": told.link("consent", CONSENT, asking.id, asking.asked_at + LINK_LASTS),
        "link_days": LINK_LASTS // timedelta(days=1),
        "wordings": wordings,
        "name": "",
    }


def own_page(told: Telling) -> Context:
    """Its link says when it was asked for: whoever follows it shows that mail reaches them. It is the mail's matter, so the footer has no other."""
    asked_at = stamp(told.case.follow_up.created_at)
    return {
        "link": told.link("preferences", PREFERENCES, asked_at),
        "link_days": LINK_WORKS // timedelta(days=1),
        "preferences_url": "",
    }
