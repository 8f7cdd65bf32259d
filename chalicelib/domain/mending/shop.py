"""What is wrong with shop.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalicelib.domain.brand import READABLE, contrast
from chalicelib.domain.calendar import is_quiet
from chalicelib.domain.consent import EMAIL, NEWSLETTER
from chalicelib.domain.fault import Fault, listed
from chalicelib.domain.playbook import CALL, POST
from chalicelib.domain.shop import Shop, newsletter_wordings

_CHANNELS = (EMAIL, POST, CALL)
_LIGHT, _DARK = "#ffffff", "#162327"
"""The sheets that mails and pages are written on; of the dark grounds the lighter one, where contrast is least."""

_OFTEN_MEANT = {"UK": "GB", "EN": "GB", "EL": "GR"}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ORIGIN = re.compile(
    r"https://(?!\d+(\.\d+){3}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:(?!443$)[1-9]\d{0,4})?"
    r"|http://(localhost|127\.0\.0\.1)(:(?!80$)[1-9]\d{0,4})?"
)
"""As browsers write it: no slash, no path, no default port. Plain http would let anybody on the way change the page that asks."""

_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_AT_LEAST_ONE = ("patience_days", "floor_days", "sunset_days")
_HOURS = ("quiet_from", "quiet_to", "send_hour")
MAX_TRANSIT, MAX_OFFER_NAME, MAX_DAYS, MOST = 60, 40, 3650, 1_000_000
OLDEST = 100


def mends(shop: Shop) -> list[Fault]:
    """In the file's order, nearly; empty when nothing is wrong."""
    return [
        *_who(shop),
        *_texts(shop),
        *_storefront(shop),
        *_offer(shop),
        *_competition(shop),
        *_hours(shop),
        *_numbers(shop),
        *_countries(shop),
        *_brand(shop),
        *_wordings(shop),
        *_widget(shop),
    ]


def _who(shop: Shop) -> Iterator[Fault]:
    if not shop.name.strip():
        yield Fault(("name",), "Give the shop's `name`.")
    if any(char in '"\\' or ord(char) < 32 for char in shop.name):
        yield Fault(
            ("name",), "Give `name` without quotation marks, backslashes and line breaks: it stands in every mail's From line."
        )
    if not shop.postal_address.strip():
        yield Fault(("postal_address",), "Give `postal_address`: every mail carries it.")
    if not shop.url.startswith(("https://", "http://")):
        yield Fault(("url",), 'Give `url` with its scheme, such as "https://hello.example.com".')
    if shop.url.endswith("/"):
        yield Fault(("url",), "Give `url` without the slash at its end.")
    if not _is_country(shop.country):
        yield Fault(("country",), f"Give `country` as two capital letters, {_meant(shop.country)}.")
    if not _LOCALE.fullmatch(shop.locale):
        yield Fault(("locale",), 'Give `locale` as language and country, such as "en-GB".')


def _texts(shop: Shop) -> Iterator[Fault]:
    if not shop.storefront.sends_receipt and not (shop.terms.strip() and shop.withdrawal.strip()):
        missing = "terms" if not shop.terms.strip() else "withdrawal"
        yield Fault(
            (missing,), "Give `terms` and `withdrawal`, or set storefront.sends_receipt = true: a receipt needs both texts."
        )


def _storefront(shop: Shop) -> Iterator[Fault]:
    kind = shop.storefront.kind
    if not shop.storefront.url.startswith(("https://", "http://")):
        yield Fault(("storefront", "url"), 'Give `storefront.url` with its scheme, such as "https://example.com".')
    if kind == "shopify" and not _is_hostname(shop.storefront.shop):
        yield Fault(("storefront", "shop"), 'Give `storefront.shop` as Shopify names it, such as "pellow-wren.myshopify.com".')
    if shop.vouchers.known == "storefront" and kind == "standard":
        yield Fault(
            ("vouchers", "known"),
            'Give `vouchers.known` as "pool" or "asked": only Shopify, WooCommerce and Stripe can be told of a code.',
        )


def _offer(shop: Shop) -> Iterator[Fault]:
    offer = shop.offer
    linkable = all(char.isascii() and (char.isalnum() or char in "-_") for char in offer.name)
    if not (linkable and 0 < len(offer.name) <= MAX_OFFER_NAME):
        yield Fault(
            ("offer", "name"), f"Give `offer.name` as at most {MAX_OFFER_NAME} letters, digits and dashes: links carry it."
        )
    if offer.value.amount <= 0:
        yield Fault(("offer", "value"), "Give `offer.value` as more than nothing.")
    if offer.minimum.amount < 0:
        yield Fault(("offer", "minimum"), "Give `offer.minimum` as nothing or more.")
    if not 1 <= offer.days <= MAX_DAYS:
        yield Fault(("offer", "days"), f"Give `offer.days` from 1 to {MAX_DAYS}.")


def _competition(shop: Shop) -> Iterator[Fault]:
    held = shop.competition
    if held is None:
        return
    for name, what in (
        ("prize", "what there is to be won"),
        ("seed", "the public value that decides, and where it is published"),
    ):
        if not getattr(held, name).strip():
            yield Fault(("competition", name), f"Give `competition.{name}`: {what}, in words.")
    if held.value.amount <= 0:
        yield Fault(
            ("competition", "value"), "Give `competition.value` as more than nothing: the rules say what the prize is worth."
        )
    if not 0 <= held.closes_hour <= 23:
        yield Fault(("competition", "closes_hour"), "Give `closes_hour` as an hour from 0 to 23.")
    if not 0 <= held.age <= OLDEST:
        yield Fault(("competition", "age"), f"Give `age` from 0 (anybody) to {OLDEST} years.")


def _hours(shop: Shop) -> Iterator[Fault]:
    manners = shop.manners
    unfit = [name for name in _HOURS if not 0 <= getattr(manners, name) <= 23]
    for name in unfit:
        yield Fault(("manners", name), f"Give `{name}` as an hour from 0 to 23.")
    if not unfit and is_quiet(manners.send_hour, manners.quiet_from, manners.quiet_to):
        yield Fault(
            ("manners", "send_hour"), "Give a `send_hour` outside the quiet hours: else all mail would wait until they end."
        )


def _numbers(shop: Shop) -> Iterator[Fault]:
    for name in shop.manners.__struct_fields__:
        number = getattr(shop.manners, name)
        if not isinstance(number, int) or name in _HOURS:
            continue
        if name in _AT_LEAST_ONE and not 1 <= number <= MAX_DAYS:
            yield Fault(("manners", name), f"Give `{name}` from 1 to {MAX_DAYS} days.")
        elif not 0 <= number <= MOST:
            yield Fault(("manners", name), f"Give `{name}` from 0 to {MOST}.")
    for name in shop.limits.__struct_fields__:
        if getattr(shop.limits, name) < 1:
            yield Fault(("limits", name), f"Give `{name}` as one or more.")
    if not 0 <= shop.arrivals.transit_days <= MAX_TRANSIT:
        yield Fault(("arrivals", "transit_days"), f"Give `arrivals.transit_days` from 0 to {MAX_TRANSIT}.")


def _countries(shop: Shop) -> Iterator[Fault]:
    for name in ("courtesy_countries", "soft_opt_in_countries"):
        for at, code in enumerate(getattr(shop.manners, name)):
            if not _is_country(code):
                yield Fault(("manners", name, at), f'Give each of `{name}` as two capital letters, not "{code}", {_meant(code)}.')
    if shop.manners.soft_opt_in_countries and not shop.storefront.opt_out.strip():
        yield Fault(
            ("manners", "soft_opt_in_countries"),
            "Give `storefront.opt_out`, the words beside the checkout's box for saying no, or leave `soft_opt_in_countries` empty: who could not say no did not let it stand.",
        )


def _brand(shop: Shop) -> Iterator[Fault]:
    colours = {name: getattr(shop.brand, name) for name in ("act", "act_dark", "ornament")}
    for name, colour in colours.items():
        if not _COLOUR.fullmatch(colour):
            yield Fault(("brand", name), f'Give `brand.{name}` as #rrggbb, such as "#0e5350", not "{colour}".')
    for name, ground, called, way in (("act", _LIGHT, "white", "darker"), ("act_dark", _DARK, "dark", "lighter")):
        if _COLOUR.fullmatch(colours[name]) and (found := contrast(colours[name], ground)) < READABLE:
            yield Fault(
                ("brand", name),
                f"Give `brand.{name}` as a {way} colour: its contrast on {called} is {_tenths(found)}, and text needs {READABLE} to be read.",
            )
    for name in ("voice", "plain"):
        if not (face := getattr(shop.brand, name)).strip() or any(char in '<>{};"\\' or ord(char) < 32 for char in face):
            yield Fault(
                ("brand", name),
                f'Give `brand.{name}` as CSS names faces, without double quotation marks, such as "Georgia,serif".',
            )


def _widget(shop: Shop) -> Iterator[Fault]:
    for at, origin in enumerate(shop.widget.origins):
        if not _ORIGIN.fullmatch(origin):
            yield Fault(
                ("widget", "origins", at),
                f'Give each of `origins` as a browser names it, in small letters and without a path, such as "https://pellow-wren.example" (http only for localhost), not "{origin}".',
            )
        elif origin in shop.widget.origins[:at]:
            yield Fault(("widget", "origins", at), f'"{origin}" stands twice: take one out.')


def _wordings(shop: Shop) -> Iterator[Fault]:
    seen = set()
    for at, one in enumerate(shop.wordings):
        key = (one.purpose, one.channel, one.version, one.locale)
        if one.channel not in _CHANNELS:
            yield Fault(("wordings", at, "channel"), f'Give `channel` as {listed(_CHANNELS)}, not "{one.channel}".')
        elif key in seen:
            yield Fault(
                ("wordings", at, "version"),
                f'The words for "{one.purpose}" by {one.channel}, version {one.version}, {one.locale}, stand twice: give the newer ones the next version.',
            )
        seen.add(key)
        if not one.purpose.strip() or "/" in one.purpose:
            yield Fault(("wordings", at, "purpose"), 'Give `purpose` as a word or two, without a slash, such as "newsletter".')
        if one.version < 1:
            yield Fault(("wordings", at, "version"), "Give `version` as 1 or more.")
        if not one.text.strip():
            yield Fault(("wordings", at, "text"), "Give `text`, the very words beside the box.")
    if not newsletter_wordings(shop):
        yield Fault(
            ("wordings",), f'Add a [[wordings]] for purpose "{NEWSLETTER}", channel "{EMAIL}" and locale "{shop.locale}".'
        )


def _tenths(number: float) -> str:
    return f"{int(number * 10) / 10}"  # not rounded up: 4.46 is not 4.5


def _meant(code: str) -> str:
    return (
        f'which for the United Kingdom is "{_OFTEN_MEANT[code]}"'
        if code in ("UK", "EN")
        else 'such as "GB" for the United Kingdom'
    )


def _is_hostname(name: str) -> bool:
    parts = name.split(".")
    return len(parts) > 1 and all(part and part.isascii() and part.replace("-", "").isalnum() for part in parts)


def _is_country(code: str) -> bool:
    # British owners type UK, and would then find all courtesy mail off
    return len(code) == 2 and code.isascii() and code.isalpha() and code.isupper() and code not in _OFTEN_MEANT
