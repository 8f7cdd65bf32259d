"""The shop as its owner describes it in shop/shop.toml."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from chalicelib.domain.calendar import is_quiet
from chalicelib.domain.consent import EMAIL, NEWSLETTER, Wording
from chalicelib.domain.gift import GiftTable
from chalicelib.domain.order import Arrivals
from chalicelib.domain.voucher import Offer


class Storefront(Struct, frozen=True, forbid_unknown_fields=True):
    """The shop system, what it does by itself, so that Courtesy does not do it twice, and how far its word counts.

    `url`: where things are bought. `shop`: the name by which its API knows the shop (Shopify: pellow-wren.myshopify.com). `consent`: the
    words beside its newsletter box; without them its yes is not taken, for nobody could say to what. `accept_consent`: only a yes that
    was confirmed from the customer's own mailbox, or any. `opt_out`: the words beside its box for saying no, where the checkout has one:
    then buyers in soft_opt_in_countries who leave it alone may be written to.
    """

    kind: Literal["shopify", "woocommerce", "stripe", "standard"]
    url: str
    shop: str = ""
    sends_receipt: bool = True
    sends_dispatch: bool = True
    consent: str = ""
    accept_consent: Literal["confirmed", "any"] = "confirmed"
    opt_out: str = ""


class Vouchers(Struct, frozen=True, forbid_unknown_fields=True):
    """How the checkout comes to know a code.

    storefront: it is created there by its API, and the mail waits for it · pool: the owner has made the codes there and imported them ·
    asked: the checkout asks us (GET and POST /api/vouchers).
    """

    known: Literal["storefront", "pool", "asked"] = "asked"


class Brand(Struct, frozen=True, forbid_unknown_fields=True):
    """How it looks, everywhere (manner 13). Colours as #rrggbb: `act` acts, `act_dark` does on dark, `ornament` only adorns.

    `logo`: a drawing beside shop.toml (SVG), "" for the name in letters. `voice`: the face for what a person says, `plain` for what the
    shop does, as CSS names faces.
    """

    act: str = "#0e5350"
    act_dark: str = "#7fd0c4"
    ornament: str = "#8a1c3f"
    logo: str = ""
    voice: str = "'Iowan Old Style','Palatino Linotype',Palatino,P052,Georgia,serif"
    plain: str = "'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"


class Manners(Struct, frozen=True, forbid_unknown_fields=True):
    """How often and when the shop writes. Hours are 0 to 23: quiet hours in the person's zone, the send hour in the shop's.

    `quiet_window_days`: after an order, without marketing. `hush_days`: after somebody unhappy was helped. `undelivered_days`: how long a
    parcel under way hushes marketing at most. `patience_mails` unanswered within `patience_days`: then the next rung. `floor_days`: who
    agreed and heard nothing for so long is shown to the owner. `sunset_days`: how long "still welcome?" waits for its answer.
    """

    cap: int = 2
    quiet_from: int = 20
    quiet_to: int = 9
    send_hour: int = 10
    daily_budget: int = 200
    courtesy_countries: tuple[str, ...] = ("GB", "IE", "US")
    recipient_note: Literal["by hand", "e-mail"] = "by hand"
    soft_opt_in_countries: tuple[str, ...] = ()
    quiet_window_days: int = 21
    hush_days: int = 7
    undelivered_days: int = 45
    patience_mails: int = 2
    patience_days: int = 120
    floor_days: int = 182
    sunset_days: int = 30


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """An hour: sign-ups for one address and for one network, and codes that do not exist, tried by a checkout that asks us."""

    claims_per_address: int = 5
    claims_per_network: int = 30
    wrong_codes: int = 30


class Shop(Struct, frozen=True, forbid_unknown_fields=True):
    """One shop. `url` is the site's base without a slash at the end; `sender`, `reply_to` and `owner` are plain addresses.

    `owner`: where the morning mail goes, "" for `reply_to`.
    """

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
    owner: str = ""
    brand: Brand = field(default_factory=Brand)
    manners: Manners = field(default_factory=Manners)
    limits: Limits = field(default_factory=Limits)
    vouchers: Vouchers = field(default_factory=Vouchers)
    gifts: GiftTable = field(default_factory=GiftTable)
    arrivals: Arrivals = field(default_factory=Arrivals)

    @property
    def storefront_url(self) -> str:
        """Where things are bought."""
        return self.storefront.url


def daily_share(shop: Shop, shards: int) -> int:
    """What of the daily budget one shard may use."""
    return shop.manners.daily_budget // shards


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
    return [sentence for wrong, sentence in (*_about_the_shop(shop), *_about_its_manners(shop)) if wrong]


def _about_the_shop(shop: Shop) -> tuple[tuple[bool, str], ...]:
    offer = shop.offer
    unfit_name = any(char in '"\\' or ord(char) < 32 for char in shop.name)
    linkable = all(char.isascii() and (char.isalnum() or char in "-_") for char in offer.name)
    unfit_receipt = not shop.storefront.sends_receipt and not (shop.terms.strip() and shop.withdrawal.strip())
    unfit_offer = offer.value.amount <= 0 or offer.minimum.amount < 0 or offer.days < 1
    return (
        (not shop.name.strip(), "Give the shop's `name`."),
        (unfit_name, "Give `name` without quotation marks, backslashes and line breaks: it stands in every mail's From line."),
        (not shop.postal_address.strip(), "Give `postal_address`: every mail carries it."),
        (not shop.url.startswith(("https://", "http://")), 'Give `url` with its scheme, such as "https://hello.example.com".'),
        (shop.url.endswith("/"), "Give `url` without the slash at its end."),
        (not _is_country(shop.country), 'Give `country` as two capital letters, such as "GB" for the United Kingdom.'),
        (
            not newsletter_wordings(shop),
            f'Add a [[wordings]] for purpose "newsletter", channel "e-mail" and locale "{shop.locale}".',
        ),
        (unfit_receipt, "Give `terms` and `withdrawal`, or set storefront.sends_receipt = true: a receipt needs both texts."),
        (
            shop.storefront.kind == "shopify" and not _is_hostname(shop.storefront.shop),
            'Give `storefront.shop` as Shopify names it, such as "pellow-wren.myshopify.com".',
        ),
        (
            shop.vouchers.known == "storefront" and shop.storefront.kind == "standard",
            'Give `vouchers.known` as "pool" or "asked": only Shopify, WooCommerce and Stripe can be told of a code.',
        ),
        (not 0 <= shop.arrivals.transit_days <= 60, "Give `arrivals.transit_days` from 0 to 60."),
        (
            not (linkable and 0 < len(offer.name) <= 40),
            "Give `offer.name` as at most 40 letters, digits and dashes: links carry it.",
        ),
        (unfit_offer, "Give an offer with a value over nothing, a minimum of nothing or more, and one day or more."),
    )


def _about_its_manners(shop: Shop) -> tuple[tuple[bool, str], ...]:
    manners, limits = shop.manners, shop.limits
    hours = (manners.quiet_from, manners.quiet_to, manners.send_hour)
    unfit = [code for code in manners.courtesy_countries if not _is_country(code)]
    never = is_quiet(manners.send_hour, manners.quiet_from, manners.quiet_to)
    return (
        (not all(0 <= hour <= 23 for hour in hours), "Give `quiet_from`, `quiet_to` and `send_hour` as hours from 0 to 23."),
        (never, "Give a `send_hour` outside the quiet hours: else all mail would wait until they end."),
        (manners.cap < 0 or manners.daily_budget < 0, "Give `cap` and `daily_budget` as nothing or more."),
        (
            bool(unfit),
            f'Give `courtesy_countries` as two capital letters each ("GB" for the United Kingdom), not {", ".join(unfit)}.',
        ),
        (
            min(limits.claims_per_address, limits.claims_per_network, limits.wrong_codes) < 1,
            "Give `claims_per_address`, `claims_per_network` and `wrong_codes` as one or more.",
        ),
    )


def _is_hostname(name: str) -> bool:
    parts = name.split(".")
    return len(parts) > 1 and all(part and part.isascii() and part.replace("-", "").isalnum() for part in parts)


def _is_country(code: str) -> bool:
    # British owners type UK, and would then find all courtesy mail off
    return len(code) == 2 and code.isascii() and code.isalpha() and code.isupper() and code != "UK"
