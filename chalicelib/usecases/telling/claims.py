"""What mails about a claim and its voucher are told."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.claim import LINK_LASTS, link_scope
from chalicelib.domain.consent import Wording, consent_key
from chalicelib.domain.languages import money_in
from chalicelib.domain.screening import Case
from chalicelib.domain.shop import wording_of
from chalicelib.domain.voucher import Voucher
from chalicelib.errors import Misconfigured
from chalicelib.usecases.confirm_claim import PURPOSE as CONFIRM
from chalicelib.usecases.telling.telling import Context, Telling


def claim(told: Telling) -> Context:
    """Nothing that the visitor typed is among it: the mail may go to a stranger."""
    case = told.case
    if case.claim is None:
        raise Misconfigured("The claim is gone from the table.")
    offer = case.claim.offer
    return {
        "link": _confirm_link(told),
        "value": money_in(told.language, offer.value),
        "minimum": money_in(told.language, offer.minimum),
        "link_days": LINK_LASTS // timedelta(days=1),
        "newsletter": _ticked(case) is not None,
        "newsletter_wording": _words(case),
        "name": "",
    }


def voucher(told: Telling, *, again: bool = False) -> Context:
    """The code; with a link to say yes by, where the newsletter's box was ticked and nothing has come of it yet."""
    case, wording = told.case, _ticked(told.case)
    found = _voucher(case)
    open_question = wording is not None and consent_key(wording.purpose, wording.channel) not in case.standing.consents
    return {
        **_about(told, found),
        "over": "used" if found.redeemed_by else "ended" if case.now > found.ends_at else "",
        "again": again,
        "consent_link": _confirm_link(told) if open_question else "",
        "newsletter_wording": _words(case),
    }


def voucher_again(told: Telling) -> Context:
    """The same code as before."""
    return voucher(told, again=True)


def voucher_ends(told: Telling) -> Context:
    """A reminder of the code, and until when it is good."""
    return {**_about(told, _voucher(told.case)), "shop_url": told.case.shop.storefront_url}


def _about(told: Telling, found: Voucher) -> Context:
    return {
        "code": found.code,
        "value": money_in(told.language, found.value),
        "minimum": money_in(told.language, found.minimum),
        "expires": told.date(found.ends_at),
    }


def _voucher(case: Case) -> Voucher:
    if case.voucher is None:
        raise Misconfigured("The voucher is gone from the table.")
    return case.voucher


def _confirm_link(told: Telling) -> str:
    follow_up = told.case.follow_up
    return told.link("confirm", CONFIRM, link_scope(follow_up.anchor, told.detail("claim")), follow_up.created_at + LINK_LASTS)


def _ticked(case: Case) -> Wording | None:
    """The very words beside the box that they ticked."""
    version = case.follow_up.extra.get("newsletter")
    return wording_of(case.shop, int(version)) if version else None


def _words(case: Case) -> str:
    wording = _ticked(case)
    return wording.text if wording is not None else ""
