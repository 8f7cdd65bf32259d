"""The shop as its owner describes it in shop/shop.toml."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from chalicelib.domain.competition import COMPETITION, Competition
from chalicelib.domain.consent import EMAIL, NEWSLETTER, Wording, wording_hash
from chalicelib.domain.gift import GiftTable
from chalicelib.domain.languages import language_of, tag_of
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

    `logo`: a drawing beside shop.toml (SVG), "" for the name as text. `mail_logo`: a picture (PNG) in its place in mails, for most mail
    programs show no SVG; the site serves it as /mail-logo.png. `voice`: the face for what a person says, `plain` for what the
    shop does, as CSS names faces.
    """

    act: str = "#0e5350"
    act_dark: str = "#7fd0c4"
    ornament: str = "#8a1c3f"
    logo: str = ""
    mail_logo: str = ""
    voice: str = "'Iowan Old Style','Palatino Linotype',Palatino,P052,Georgia,serif"
    plain: str = "'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"


class Widget(Struct, frozen=True, forbid_unknown_fields=True):
    """The claim form on other pages (courtesy.js). `origins`: whose pages may send claims by it, each as a browser names it, such as
    "https://pellow-wren.example"; none: nobody's but the site's own.
    """

    origins: tuple[str, ...] = ()


class Manners(Struct, frozen=True, forbid_unknown_fields=True):
    """How often and when the shop writes. Hours are 0 to 23: quiet hours in the person's zone, the send hour in the shop's.

    `quiet_window_days`: after an order, without marketing. `hush_days`: after somebody unhappy was helped. `undelivered_days`: how long a
    parcel under way hushes marketing at most. `patience_mails` unanswered within `patience_days`: then the next rung. `floor_days`: who
    agreed and heard nothing for so long is shown to the owner. `sunset_days`: how long "still welcome?" waits for its answer.
    `spacing_days`: between a marketing mail and whatever else they heard before it. `receipt_item`: a line in the receipt of who agreed to
    hear of things that fit them.
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
    spacing_days: int = 3
    receipt_item: bool = False


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """An hour: forms of one kind for one address and for one network, entries at the counter for its network, and codes that do not exist, tried by a
    checkout that asks us.
    """

    claims_per_address: int = 5
    claims_per_network: int = 30
    counter_per_network: int = 120
    wrong_codes: int = 30


class Shop(Struct, frozen=True, forbid_unknown_fields=True):
    """One shop. `things`: how the site calls what it sells. `url` is the site's base without a slash at the end; `sender`, `reply_to` and `owner` are plain addresses.

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
    things: str = "Things we make"
    terms: str = ""
    withdrawal: str = ""
    owner: str = ""
    brand: Brand = field(default_factory=Brand)
    manners: Manners = field(default_factory=Manners)
    limits: Limits = field(default_factory=Limits)
    vouchers: Vouchers = field(default_factory=Vouchers)
    gifts: GiftTable = field(default_factory=GiftTable)
    arrivals: Arrivals = field(default_factory=Arrivals)
    widget: Widget = field(default_factory=Widget)
    competition: Competition | None = None

    @property
    def storefront_url(self) -> str:
        """Where things are bought."""
        return self.storefront.url


def daily_share(shop: Shop, shards: int) -> int:
    """What of the daily budget one shard may use."""
    return shop.manners.daily_budget // shards


def courtesy_may_go(shop: Shop, country: str) -> bool:
    """Without a consent. The stricter of shop and person: both countries must stand in the shop's table."""
    return {country, shop.country} <= {*shop.manners.courtesy_countries}


def seen_wording(shop: Shop, purpose: str, channel: str, hash_: str) -> Wording | None:
    """The very words that somebody saw, by their hash, or None when the owner took them out of the file."""
    return next((wording for wording in _wordings(shop, purpose, channel) if wording_hash(wording.text) == hash_), None)


def newest_wording(shop: Shop, purpose: str, channel: str, locale: str) -> Wording | None:
    """What somebody is asked now, in their locale, else their language, else the shop's locale; None where nobody can be asked that."""

    def near(wording: Wording) -> tuple[int, int]:
        fits = (
            tag_of(wording.locale) == tag_of(locale),
            language_of(wording.locale) == language_of(locale),
            wording.locale == shop.locale,
        )
        return next((len(fits) - n for n, does in enumerate(fits) if does), 0), wording.version

    best = max(_wordings(shop, purpose, channel), key=near, default=None)
    return best if best is not None and near(best)[0] else None


def _wordings(shop: Shop, purpose: str, channel: str) -> list[Wording]:
    return [wording for wording in shop.wordings if (wording.purpose, wording.channel) == (purpose, channel)]


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


def wording_of_tick(shop: Shop, newest: Wording, said: object) -> Wording | None:
    """The words that a ticked box stands for, which says their version; a bare yes means the newest. None for words that we do not have."""
    if said is True or said == "yes":
        return newest
    alike = (one for one in _wordings(shop, newest.purpose, newest.channel) if one.locale == newest.locale)
    return next((one for one in alike if str(one.version) == said), None)


def entry_wordings(shop: Shop) -> tuple[Wording, ...]:
    """What the competition's form asks besides, each with a box of its own: the newest words, where there are any."""
    newest = (newest_wording(shop, purpose, EMAIL, shop.locale) for purpose in (NEWSLETTER, COMPETITION))
    return tuple(wording for wording in newest if wording is not None)
