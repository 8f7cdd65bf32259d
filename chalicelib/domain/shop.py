"""The shop as its owner describes it in shop/shop.toml."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from chalicelib.domain.consent import EMAIL, NEWSLETTER, Wording
from chalicelib.domain.voucher import Offer


class Storefront(Struct, frozen=True, forbid_unknown_fields=True):
    """What the storefront does by itself, so that Courtesy does not do it twice."""

    kind: str
    url: str
    sends_receipt: bool = True
    sends_dispatch: bool = True


class Manners(Struct, frozen=True, forbid_unknown_fields=True):
    """How often and when the shop writes. Hours are 0 to 23 in the shop's zone."""

    cap: int = 2
    quiet_from: int = 20
    quiet_to: int = 9
    send_hour: int = 10
    daily_budget: int = 200
    courtesy_countries: tuple[str, ...] = ("GB", "IE", "US")
    recipient_note: Literal["by hand", "e-mail"] = "by hand"


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """Sign-ups an hour, for one address and for one network."""

    claims_per_address: int = 5
    claims_per_network: int = 30


class Shop(Struct, frozen=True, forbid_unknown_fields=True):
    """One shop. `url` is the site's base without a slash at the end; `sender` and `reply_to` are plain addresses."""

    name: str
    line: str
    url: str
    postal_address: str
    country: str
    zone: str
    locale: str
    currency: str
    sender: str
    reply_to: str
    signature: str
    storefront: Storefront
    offer: Offer
    wordings: tuple[Wording, ...]
    imprint: str = ""
    terms: str = ""
    withdrawal: str = ""
    manners: Manners = field(default_factory=Manners)
    limits: Limits = field(default_factory=Limits)

    @property
    def storefront_url(self) -> str:
        """Where things are bought."""
        return self.storefront.url


def newsletter_wordings(shop: Shop) -> list[Wording]:
    """Every version of the sentence beside the newsletter's tick box, by e-mail and in the shop's locale."""
    wanted = (NEWSLETTER, EMAIL, shop.locale)
    return [wording for wording in shop.wordings if (wording.purpose, wording.channel, wording.locale) == wanted]


def wording_of(shop: Shop, version: int) -> Wording | None:
    """The words that somebody saw, or None when the owner took them out of the file."""
    return next((wording for wording in newsletter_wordings(shop) if wording.version == version), None)


def newsletter_wording(shop: Shop) -> Wording:
    """The newest of them, which the form shows."""
    return max(newsletter_wordings(shop), key=lambda wording: wording.version)


def mends(shop: Shop) -> list[str]:
    """What is wrong with the shop's settings, a sentence each with the way out; empty when nothing is."""
    found = []
    if not newsletter_wordings(shop):
        found.append(f'Add a [[wordings]] for purpose "newsletter", channel "e-mail" and locale "{shop.locale}".')
    if not shop.storefront.sends_receipt and not (shop.terms.strip() and shop.withdrawal.strip()):
        found.append("Give `terms` and `withdrawal`, or set storefront.sends_receipt = true: a receipt needs both texts.")
    if not shop.postal_address.strip():
        found.append("Give `postal_address`: every mail carries it.")
    if any(char in '"\\' or ord(char) < 32 for char in shop.name):
        found.append("Give `name` without quotation marks, backslashes and line breaks: it stands in every mail's From line.")
    if not (
        0 < len(shop.offer.name) <= 40 and all(char.isascii() and (char.isalnum() or char in "-_") for char in shop.offer.name)
    ):
        found.append("Give `offer.name` as at most 40 letters, digits and dashes: links carry it.")
    if shop.url.endswith("/"):
        found.append("Give `url` without the slash at its end.")
    hours = (shop.manners.quiet_from, shop.manners.quiet_to, shop.manners.send_hour)
    if not all(0 <= hour <= 23 for hour in hours):
        found.append("Give hours between 0 and 23 in [manners].")
    if shop.manners.cap < 0 or shop.manners.daily_budget < 0:
        found.append("Give no negative numbers in [manners].")
    if not (len(shop.country) == 2 and shop.country.isupper()):
        found.append('Give `country` as two capital letters, such as "GB".')
    return found
