"""What is wrong with site.toml, but for its pictures (adapters/site_file.py)."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from msgspec import Struct

from chalicelib.domain.fault import Fault, Where
from chalicelib.domain.identity import is_unsafe
from chalicelib.domain.products import Products
from chalicelib.domain.site import ProductPage, Site

MAX_ID, MAX_LINE, MAX_LEDE, MAX_WORDS, MAX_DESCRIPTION = 40, 80, 300, 2000, 200
_LONGEST = {"lede": MAX_LEDE, "words": MAX_WORDS, "description": MAX_DESCRIPTION, "alt": MAX_LEDE}
_SCHEMES = ("https://", "http://")


def mends(site: Site) -> list[Fault]:
    """In the file's order; empty when nothing is wrong."""
    found = [*_texts(site.home, ("home",)), *_home(site), *_texts(site.products, ("products",))]
    seen: set[str] = set()
    for at, page in enumerate(site.pages):
        found += [*_texts(page, ("page", at)), *_page(page, at, seen)]
        seen.add(page.id)
    return found


def mends_with(site: Site, products: Products) -> list[Fault]:
    """What does not fit products.toml."""
    known = [product.name for product in products.products]
    return [
        Fault(
            ("page", at, "product"),
            f'Page "{page.id}": there is no [[product]] named "{page.product}" in products.toml.{_meant(page.product, known)}',
        )
        for at, page in enumerate(site.pages)
        if page.product and page.product not in known
    ]


def _home(site: Site) -> Iterator[Fault]:
    ids = [page.id for page in site.pages]
    if site.home.picture and site.home.picture not in ids:
        yield Fault(
            ("home", "picture"),
            f'There is no [[page]] with the id "{site.home.picture}": give `home.picture` as that of one.{_meant(site.home.picture, ids)}',
        )
    for at, section in enumerate(site.home.sections):
        where: Where = ("home", "section", at)
        yield from _texts(section, where)
        if section.link and not section.link.startswith(("/", *_SCHEMES)):
            yield Fault(
                (*where, "link"),
                f'Give `link` as a path of this site, such as "/products/", or with its scheme, not "{section.link}".',
            )
        if bool(section.link) != bool(section.label):
            missing = "label" if section.link else "link"
            yield Fault((*where, "label"), f"Give `{missing}` too: `link` and `label` are where a line leads, and what it says.")


def _page(page: ProductPage, at: int, seen: set[str]) -> Iterator[Fault]:
    where: Where = ("page", at)
    called = f'Page "{page.id}"'
    if not (page.id and len(page.id) <= MAX_ID and all(char in "abcdefghijklmnopqrstuvwxyz0123456789-" for char in page.id)):
        yield Fault(
            (*where, "id"),
            f"Page {at + 1}: give its `id` as at most {MAX_ID} small letters, digits and dashes: its address ends in it.",
        )
    elif page.id in seen:
        yield Fault((*where, "id"), f"{called} stands twice: give each page an id of its own.")
    if page.picture and not page.alt.strip():
        yield Fault((*where, "picture"), f"{called}: give `alt`, which says what the picture shows to who cannot see it.")
    if page.url and not page.url.startswith(_SCHEMES):
        yield Fault((*where, "url"), f'{called}: give `url` with its scheme, such as "https://example.com/ring".')
    for key, value in page.facts.items():
        if not key.strip() or not value.strip() or max(len(key), len(value)) > MAX_LEDE or any(map(is_unsafe, key + value)):
            yield Fault(
                (*where, "facts", key),
                f'{called}: give each fact as a word or two and what is said of it, in one line, such as Metal = "Silver".',
            )
    for number, care in enumerate(page.care):
        yield from _texts(care, (*where, "care", number))


def _texts(told: Struct, where: Where) -> Iterator[Fault]:
    """Too long, empty where it must not be, or with what no reader sees."""
    for one in told.__struct_fields__:
        text = getattr(told, one)
        if not isinstance(text, str):
            continue
        most = _LONGEST.get(one, MAX_LINE)
        if (
            one in ("name", "lede", "title", "words")
            and not text.strip()
            and where[0] == "page"
            and (one != "words" or "care" in where)
        ):
            yield Fault((*where, one), f"Give `{one}` some words.")
        elif len(text) > most and one not in ("id", "url", "link"):
            yield Fault((*where, one), f"Give `{one}` in at most {most} characters; it has {len(text)}.")
        elif any(is_unsafe(char) for char in text if not (char == "\n" and one == "words")):
            allowed = "" if one == "words" else " in one line,"
            yield Fault((*where, one), f"Give `{one}`{allowed} without invisible and control characters.")


def _meant(given: str, known: list[str]) -> str:
    near = get_close_matches(given, known, n=1)
    return f' Did you mean "{near[0]}"?' if near else ""
