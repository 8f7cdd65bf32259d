"""A person's own pages as a browser sends them back: their forms, and the boxes that may be ticked in them."""

from __future__ import annotations

import html
import re

from chalicelib.domain.consent import consent_of, wording_hash
from chalicelib.domain.shop import Shop, newest_wording


def words_of(shop: Shop, key: str) -> str:
    """The hash of the newest words for purpose/channel, as a tick carries it."""
    wording = newest_wording(shop, *consent_of(key), shop.locale)
    assert wording is not None
    return wording_hash(wording.text)


def ticks(shop: Shop, *keys: str) -> dict[str, str]:
    """The boxes of these consents, ticked."""
    return {f"yes:{key}": words_of(shop, key) for key in keys}


def form_in(page: str, action: str) -> dict[str, str]:
    """The form that posts there, as a browser would send it untouched."""
    form = re.search(rf'<form[^>]* action="{action}".*?</form>', page, re.DOTALL)
    assert form is not None, page
    found = {}
    for field in re.findall(r"<input [^>]*>", form[0]):
        parts = dict(re.findall(r'(\w+)="([^"]*)"', field))
        if parts["type"] not in ("checkbox", "radio") or " checked" in field:
            found[html.unescape(parts["name"])] = html.unescape(parts["value"])
    for name, value in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', form[0], re.DOTALL):
        found[name] = html.unescape(value)
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form[0], re.DOTALL):
        chosen = re.search(r"<option selected>([^<]+)", options)
        found[html.unescape(name)] = html.unescape(chosen[1]) if chosen else ""
    return found
