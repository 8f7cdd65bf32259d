"""How an offer is known in a message that must make none: by the placeholders that it uses, and by a few words."""

from __future__ import annotations

import re
from typing import Literal

from chalicelib.domain.playbook import PARCEL, RECIPIENT, Playbook, Rule
from chalicelib.domain.standing import COURTESY, MARKETING, SERVICE

May = Literal["everything", "no offer", "no price"]
"""What a message may say: everything (marketing, and what answers a claim), no offer (about an order), not even a price (courtesy)."""

PLACEHOLDERS = (
    "code", "value", "minimum", "expires", "shop_url", "url", "closing_out", "because", "consent_link", "newsletter_wording",
    "storefront_url", "storefront", "offer",
)  # fmt: skip
"""What sells, or leads to where things are sold; the last three of `shop`."""

PRICES = ("price", "total", "charged")
"""What a thank-you has no need of, and a gift's recipient must never see."""

_WORDS = re.compile(
    r"""\b(?:vouchers?|coupons?|discount(?:s|ed)?|promo(?:tion|tional)?s?|special\ offers?|on\ offer|on\ sale|bargains?
        |half\ price|shop\ now|buy\ now|order\ now|free\ (?:delivery|postage|shipping)|newsletter
        |gutschein\w*|rabatte?\w*|sonderangebote?|angebote?|jetzt\ kaufen)\b
    |\d+\ ?(?:%|per\ cent|percent|prozent)(?:\ (?:off|rabatt))?
    |%\ ?off\b""",
    re.IGNORECASE | re.VERBOSE,
)
_PRICES = re.compile(r"\b(?:prices?|priced|preise?)\b|[£€$]\ ?\d|\d\ ?€", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:no|nor|not|without|never|kein\w*|ohne|nie)\s+(?:a\s+|an\s+|any\s+)?$", re.IGNORECASE)


def offering_words(text: str, *, prices: bool) -> list[tuple[int, str]]:
    """Each as (where it begins, what it says). `prices`: whether a price counts, too. "No voucher" offers nothing."""
    found = [*_WORDS.finditer(text), *(_PRICES.finditer(text) if prices else ())]
    return sorted((one.start(), one[0]) for one in found if not _NEGATED.search(text, max(0, one.start() - 20), one.start()))


def may_offer(rule: Rule, playbook: Playbook) -> May:
    """By its class, whom it goes to, and what it answers."""
    if rule.channel == PARCEL and rule.to != RECIPIENT:
        # one sheet serves those with a consent and those without, and shows what sells to the former alone
        shared = {one.written_with for one in playbook.rules if one.message_class == MARKETING and one.channel == PARCEL}
        if rule.written_with in shared:
            return "everything"
    if rule.message_class == COURTESY or rule.to == RECIPIENT:
        return "no price"
    about_an_order = rule.message_class == SERVICE and rule.trigger in ("order", "dispatch", "thanks")
    return "no offer" if about_an_order else "everything"


def refusal(rule: Rule, what: str) -> str:
    """The sentence about what a message must not say."""
    if rule.to == RECIPIENT:
        why = "a gift's recipient is no customer, and is sold nothing"
    elif rule.message_class == COURTESY:
        why = "a courtesy message offers nothing, for nobody agreed to be sold anything"
    else:
        why = "what answers an order advertises nothing"
    return f'Take {what} out: rule "{rule.name}" writes this, and {why}.'
