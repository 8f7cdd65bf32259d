"""What the pages /what-we-send/ and /privacy/ are told: the domain's own words, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.domain.consent import EMAIL, Wording, consent_of
from chalicelib.domain.keeping import storefront_called, what_we_keep, wordings
from chalicelib.domain.playbook import CALL, POST, Playbook
from chalicelib.domain.products import Products
from chalicelib.domain.shop import Shop
from chalicelib.domain.soft_opt_in import is_declared
from chalicelib.domain.what_we_send import Promise, manners, what_we_send

_BY = {POST: ", by post", CALL: ", by telephone", EMAIL: ""}
_TITLES = (("given", "What you give us"), ("orders", "What comes with an order"), ("ours", "What we write down ourselves"))


def sent(shop: Shop, playbook: Playbook, products: Products) -> dict[str, object]:
    """For site/what-we-send."""
    found = what_we_send(shop, playbook, products)
    return {
        "doings": [one for one in found if one.group == "doings"],
        "courtesy": [one for one in found if one.group == "courtesy"],
        "asked": _by_wording([one for one in found if one.group == "asked"]),
        "manners": manners(shop, playbook),
        "soft": shop.storefront.opt_out.strip() if is_declared(shop) else "",
    }


def _by_wording(promises: Sequence[Promise]) -> list[tuple[str, str, list[Promise]]]:
    """Title, words, and what comes by them: one yes may bring several things."""
    keys = dict.fromkeys(one.purpose for one in promises)
    by_key = ((key, [one for one in promises if one.purpose == key]) for key in keys)
    return [(_title(key), alike[0].wording, alike) for key, alike in by_key]


def _title(key: str) -> str:
    purpose, channel = consent_of(key)
    return f"{purpose[:1].upper()}{purpose[1:]}{_BY.get(channel, '')}"


def kept(shop: Shop, playbook: Playbook, products: Products) -> dict[str, object]:
    """For site/privacy."""
    found = what_we_keep(shop, playbook, products)
    words: tuple[Wording, ...] = wordings(shop)
    groups = [(group, title, [one for one in found if one.group == group]) for group, title in _TITLES]
    return {"groups": groups, "wordings": words, "storefront": storefront_called(shop)}
