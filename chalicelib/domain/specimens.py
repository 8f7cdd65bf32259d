"""Specimens: what each trigger tells its templates, of people and things that nobody knows. For checks and previews, never for sending.

What usecases/telling gives a template stands here by the same names; tests/usecases/test_specimens.py keeps the two together.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.footers import for_person, leads_to_preferences
from chalicelib.domain.headers import can_be_stopped
from chalicelib.domain.languages import ENGLISH, PHRASES, tag
from chalicelib.domain.playbook import CLAIMANT, RECIPIENT, Rule, Trigger
from chalicelib.domain.shop import Shop

Specimen = Mapping[str, object]

SITE = "https://hello.pellow-wren.example"
_STATUS = "https://pellow-wren.example/orders/specimen"
_SHOP = "https://pellow-wren.example"

_VOUCHER: Specimen = {
    "code": "7HQ2M-9KXTC",
    "value": "£15",
    "minimum": "£60",
    "expires": "22 December 2026",
}
_CLAIM: Specimen = {
    "link": f"{SITE}/api/confirm?t=specimen",
    "value": "£15",
    "minimum": "£60",
    "link_days": 7,
    "newsletter": True,
    "newsletter_wording": "Also send me the newsletter. One e-mail a month.",
}
_CLAIMED: Specimen = {
    **_VOUCHER,
    "over": "",
    "again": False,
    "consent_link": f"{SITE}/api/confirm?t=specimen",
    "newsletter_wording": "Also send me the newsletter. One e-mail a month.",
}
_ORDER: Specimen = {
    "number": "#1041",
    "is_gift": False,
    "placed": "22 November 2026",
    "lines": [
        {"title": "Tide ring, M", "quantity": 1, "price": "£48.00"},
        {"title": "Lambswool socks, M", "quantity": 2, "price": "£28.00"},
        {"title": "Postage", "quantity": 1, "price": "£3.50"},
    ],
    "more_lines": 0,
    "items": ["Tide ring, M", "Lambswool socks, M"],
    "total": "£79.50",
    "charged": "€92.40",
    "status_url": _STATUS,
    "order_url": f"{SITE}/api/order?t=specimen",
    "special": None,
    "terms": "Prices include VAT.\n\nOur guarantee is two years.",
    "withdrawal": "You may change your mind within 14 days.",
    "carrier": "Royal Mail",
    "tracking_number": "RM123456785GB",
    "tracking_url": "https://parcels.example/RM123456785GB",
}
_ARRIVED: Specimen = {
    **_ORDER,
    "yes_url": f"{SITE}/api/expectation?t=specimen-yes",
    "no_url": f"{SITE}/api/expectation?t=specimen-no",
}
_NOTE: Specimen = {
    "giver": "Isobel",
    "thanks_url": f"{SITE}/api/thanks?t=specimen",
    "delete_on": "13 January 2027",
}
_ROUND: Specimen = {
    "draw": "December 2026",
    "prize": "A pair of Tide rings",
    "worth": "£180",
    "closes": "31 December 2026",
    "hour": "18:00",
    "rules_url": f"{SITE}/competition/rules/",
}
_DRAW_URL = f"{SITE}/api/draws?round=2026-12"
_ENTRY = "7HQ2M-9KXTC-0V4RA-QW8ZN-3JD6E-YB5FP"
_TOLD: Mapping[Trigger, Specimen] = {
    "claim": _CLAIM,
    "claim again": _CLAIMED,
    "confirmed": _CLAIMED,
    "consent": {
        "link": f"{SITE}/api/consent?t=specimen",
        "link_days": 7,
        "wordings": ["Also send me the newsletter. One e-mail a month.", "Tell me when something is due for care."],
    },
    "preferences": {"link": f"{SITE}/api/preferences?t=specimen", "link_days": 90, "preferences_url": ""},
    "order": _ORDER,
    "dispatch": _ORDER,
    "arrival": _ARRIVED,
    "thanks": {"recipient": "Ruth", "message": "It fits as if it had been made for me.\nThank you!"},
    "voucher ends": {**_VOUCHER, "shop_url": _SHOP},
    "product life": {
        "item": "Lambswool socks, M",
        "bought": "22 February 2026",
        "months": 9,
        "care": "Wash them inside out, and dry them flat.",
        "shop_url": _SHOP,
    },
    "occasion": {
        "label": "partner's birthday",
        "own": False,
        "date": "6 December",
        "days": 14,
        "never_url": f"{SITE}/api/occasion?t=specimen",
        "shop_url": _SHOP,
    },
    "last year's gift": {
        "items": ["Carrick locket"],
        "date": "13 December",
        "never_url": f"{SITE}/api/occasion?t=specimen",
        "shop_url": _SHOP,
    },
    "item": {
        "item": "Estuary ring",
        "words": "A narrow band, hammered by hand.",
        "url": f"{_SHOP}/products/estuary-ring",
        "closing_out": False,
        "because": "You told us that you like rings.",
    },
    "next order overdue": {"since": "22 November 2025", "shop_url": _SHOP},
    "silence": {"since": "22 November 2025", "yes_url": f"{SITE}/api/welcome?t=specimen"},
    "working day": {
        "day": "Monday 23 November",
        "paused": False,
        "waiting": [{"what": "Isobel asks about order #1041", "why": "Since Wednesday.", "how": "courtesy inquiry list"}],
        "today": [{"what": "thank-you to isobel.trant@example.com", "why": "It arrived on Friday.", "how": ""}],
        "held": [{"what": "care to isobel.trant@example.com", "why": "She ordered lately.", "how": "Goes on 13 December."}],
        "decide": [],
        "by_hand": [{"what": "A note to Ruth", "why": "No address was given.", "how": "courtesy print notes"}],
        "unsure": [
            {"what": "receipt to ruth.okafor@example.com", "why": "", "how": "courtesy settle specimen sent | again | leave"}
        ],
        "floor": [{"what": "isobel.trant@example.com", "why": "Said yes, and heard nothing since May.", "how": ""}],
        "pause_url": f"{SITE}/api/pause?t=specimen",
    },
    "entry": {
        **_ROUND,
        "link": f"{SITE}/api/enter?t=specimen",
        "link_days": 7,
        "wordings": ["Also send me the newsletter. One e-mail a month.", "Tell me how the draw ended."],
    },
    "entered": {
        **_ROUND,
        "entry": _ENTRY,
        "again": False,
        "seed": "the six main numbers of the first Lotto draw after the closing",
        "draw_url": _DRAW_URL,
        "objects": False,
    },
    "won": {
        "draw": "December 2026",
        "prize": "A pair of Tide rings",
        "worth": "£180",
        "entry": _ENTRY,
        "value": "3 9 14 22 41 50",
        "draw_url": _DRAW_URL,
        "answer_by": "16 January 2027",
        "objects": False,
        "told_days": 30,
    },
    "drawn": {
        "draw": "December 2026",
        "draw_url": _DRAW_URL,
        "next_draw": "January 2027",
        "next_prize": "A silver thimble",
        "closes": "31 January 2027",
        "form_url": f"{SITE}/competition/",
    },
}
_SPARSE: Mapping[Trigger, Specimen] = {
    "claim": {"newsletter": False, "newsletter_wording": ""},
    "claim again": {"again": True, "over": "used", "consent_link": "", "newsletter_wording": ""},
    "confirmed": {"over": "ended", "consent_link": "", "newsletter_wording": ""},
    "consent": {"wordings": ["Also send me the newsletter. One e-mail a month."]},
    "order": {"is_gift": True, "more_lines": 2, "charged": "", "status_url": "", "order_url": ""},
    "dispatch": {"is_gift": True, "more_lines": 2, "carrier": "", "tracking_number": "", "tracking_url": "", "order_url": ""},
    "arrival": {"is_gift": True, "more_lines": 2, "carrier": "", "tracking_number": "", "tracking_url": ""},
    "thanks": {"recipient": ""},
    "product life": {"care": "", "months": 1},
    "occasion": {"label": "birthday", "own": True, "days": 1},
    "item": {"words": "", "closing_out": True},
    "entry": {"wordings": []},
    "entered": {"again": True, "objects": True},
    "won": {"objects": True},
    "drawn": {"next_draw": "", "next_prize": "", "closes": "", "form_url": ""},
    "working day": {"waiting": [], "today": [], "held": [], "decide": [], "by_hand": [], "unsure": [], "floor": []},
}
"""Where less is known, or it is the other way round."""


def specimens(rule: Rule, shop: Shop, language: str = ENGLISH) -> tuple[Specimen, Specimen]:
    """What the rule's mail would be told: of somebody of whom all is known, and of somebody of whom little is. Its footer is the true one, in
    that language; what stands above it is English.
    """
    told, less = (_NOTE, {"giver": ""}) if rule.to == RECIPIENT else (_TOLD.get(rule.trigger, {}), _SPARSE.get(rule.trigger, {}))
    stops, said = can_be_stopped(rule.message_class, advertises=False), PHRASES[language]
    common = {
        "shop": shop,
        "lang": tag(language, shop.locale),
        "name": "" if rule.to == CLAIMANT else "Ruth" if rule.to == RECIPIENT else "Isobel",
        "reason": for_person(rule.name, language=language, giver="Isobel", until="13 January 2027", shop=shop.name),
        "stop_url": f"{SITE}/api/stop?t=specimen" if stops else "",
        "stop_label": said.remove if rule.to == RECIPIENT else said.stop,
        "preferences_url": f"{SITE}/api/preferences?t=specimen" if leads_to_preferences(rule.to) else "",
        "preferences_label": said.preferences,
    }
    full, sparse = {**common, **told}, {**common, **told, "name": "", **less}
    return _at(full, shop), _at(sparse, shop)


def _at(told: Specimen, shop: Shop) -> Specimen:
    """With addresses of this shop: a preview of its mail leads to its own site and storefront."""

    def moved(value: object) -> object:
        if isinstance(value, str):
            return value.replace(SITE, shop.url).replace(_SHOP, shop.storefront.url)
        if isinstance(value, dict):
            return {name: moved(one) for name, one in value.items()}
        return [moved(one) for one in value] if isinstance(value, list) else value

    return {name: moved(value) for name, value in told.items()}
