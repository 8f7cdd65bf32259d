"""All of the owner's files and all templates, looked at together: everything that is wrong, each with file, line and the way out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct

from chalicelib.adapters.pictures import read_mail_logo
from chalicelib.adapters.shop_files import (
    PLAYBOOK,
    PRODUCTS,
    SHOP,
    Located,
    look_at_playbook,
    look_at_products,
    look_at_shop,
    opened_file,
)
from chalicelib.adapters.site_file import SITE, look_at_site
from chalicelib.adapters.template_check import MAIL_PARTS, TemplateCheck
from chalicelib.domain.fault import Fault, Where
from chalicelib.domain.mending.colours import faint
from chalicelib.domain.mending.offering import may_offer, offering_words, refusal
from chalicelib.domain.mending.playbook import mends_with
from chalicelib.domain.mending.site import mends_with as site_mends_with
from chalicelib.domain.playbook import EMAIL, Playbook
from chalicelib.domain.shop import Brand

WORDS = "words.toml"


class Checked(Struct, frozen=True):
    """`faults`: by file and line. `found`: how many there are of what, for the sentence that all is well."""

    faults: tuple[Located, ...]
    found: dict[str, int]


def check(shop_folder: Path, templates: Path) -> Checked:
    """Of shop.toml, playbook.toml, products.toml, words.toml, site.toml with its pictures, and every template. Reads only."""
    shop = look_at_shop(shop_folder / SHOP)
    playbook = look_at_playbook(shop_folder / PLAYBOOK)
    products = look_at_products(shop_folder / PRODUCTS)
    site = look_at_site(shop_folder / SITE)
    looked = TemplateCheck(templates)
    faults = {*shop.faults, *playbook.faults, *products.faults, *site.faults, *looked.unparsed(), *_of_words(shop_folder / WORDS)}
    if shop.read is not None:
        faults |= {*shop.located(fault for fault in _of_brand(shop.read.brand, shop_folder) if shop.sound(fault.where))}
    if site.read is not None and products.read is not None and not products.faults:
        faults |= {*site.located(fault for fault in site_mends_with(site.read, products.read) if site.sound(fault.where))}
    if playbook.read is not None:
        fitting = mends_with(playbook.read, shop.read) if shop.read is not None else []
        if not shop.sound(("wordings",)):
            fitting = [fault for fault in fitting if fault.where[-1:] != ("purpose",)]
        more = [fault for fault in (*_missing(playbook.read, looked), *fitting) if playbook.sound(fault.where)]
        faults |= {*playbook.located(more), *_selling_words(playbook.read, shop_folder / WORDS)}
        for at, rule in enumerate(playbook.read.rules):
            if shop.read is not None and playbook.sound(("rule", at)):
                faults |= {*looked.faults_of(rule, shop.read, may_offer(rule, playbook.read))}
    rules = playbook.read.rules if playbook.read else ()
    return Checked(
        tuple(sorted(faults)),
        {
            "rule": len(rules),
            "wording": len(shop.read.wordings) if shop.read else 0,
            "product": len(products.read.products) if products.read else 0,
            "item": len(products.read.items) if products.read else 0,
            "page": len(site.read.pages) if site.read else 0,
            "template": looked.count,
        },
    )


def _of_brand(brand: Brand, folder: Path) -> Iterator[Fault]:
    """What only looking closely tells: colours that meet, and the picture in mails."""
    if brand.mail_logo:
        try:
            read_mail_logo(folder, brand.mail_logo)
        except ValueError as error:
            yield Fault(("brand", "mail_logo"), str(error))
    with suppress(ValueError):  # what is no colour is told already
        yield from faint(brand)


def _missing(playbook: Playbook, looked: TemplateCheck) -> Iterator[Fault]:
    for at, rule in enumerate(playbook.rules):
        kind = "email" if rule.channel == EMAIL else "print"
        known = looked.mails if kind == "email" else looked.sheets
        if rule.written_with in known:
            continue
        near = get_close_matches(rule.written_with, known, n=1)
        meant = f' Did you mean "{near[0]}"?' if near else ""
        how = f"a folder with {', '.join(MAIL_PARTS)}" if kind == "email" else "a sheet in HTML"
        where: Where = ("rule", at, "template" if rule.template else "name")
        yield Fault(
            where,
            f'Rule "{rule.name}": there is no template "{rule.written_with}" under templates/{kind}: give `template` the name of one, or put {how} there.{meant}',
        )


_LINE = re.compile(r"line (\d+): ")


def _of_words(path: Path) -> Iterator[Located]:
    from chalicelib.adapters.words_file import words_mends

    if not path.exists():
        return
    opened = opened_file(path)
    if isinstance(opened, Located):
        yield opened
        return
    for said in words_mends(path):
        at = _LINE.match(said)
        sentence = said[at.end() :] if at else said
        yield Located(path, int(at[1]) if at else 0, sentence[:1].upper() + sentence[1:])


def _selling_words(playbook: Playbook, path: Path) -> Iterator[Located]:
    """Offers in the owner's own words for messages that must make none."""
    from chalicelib.adapters.toml_lines import line_of, lines_of

    opened = opened_file(path)
    if isinstance(opened, Located):
        return
    text, raw = opened
    lines = lines_of(text)
    for rule in playbook.rules:
        may = may_offer(rule, playbook)
        if may == "everything" or rule.channel != EMAIL:
            continue
        for where, said in _texts(raw.get(rule.written_with), (rule.written_with,)):
            for _, word in offering_words(said, prices=may == "no price")[:1]:
                yield Located(path, line_of(lines, where), refusal(rule, f'"{word}"'))


def _texts(raw: object, where: Where) -> Iterable[tuple[Where, str]]:
    if isinstance(raw, str):
        yield where, raw
    elif isinstance(raw, dict):
        for key, value in raw.items():
            yield from _texts(value, (*where, key))
