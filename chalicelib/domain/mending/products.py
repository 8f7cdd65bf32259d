"""What is wrong with products.toml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from chalicelib.domain.fault import Fault, Where
from chalicelib.domain.identity import is_unsafe
from chalicelib.domain.products import MAX_CATEGORY, MAX_NAME, Item, Product, Products, words_of

MAX_MONTHS, MAX_ID = 600, 40
MAX_WORDS, MAX_CARE, MAX_URL = 300, 600, 400


def mends(products: Products) -> list[Fault]:
    """Products first; empty when nothing is wrong."""
    found = [
        Fault(("product", at, key), f"{_called('Product', at, one.name)}: {sentence}")
        for at, one in enumerate(products.products)
        for key, sentence in _about(one)
    ]
    found += [
        Fault(("item", at, key), f"{_called('Item', at, item.name)}: {sentence}")
        for at, item in enumerate(products.items)
        for key, sentence in _about_item(item, products)
    ]
    return [*found, *_doubles(products)]


def _called(what: str, at: int, name: str) -> str:
    return f"{what} {at + 1} ({' '.join(name.split()) or 'without a name'})"


def _about(product: Product) -> Iterator[tuple[str, str]]:
    lists = {"ids": product.ids, "skus": product.skus, "size_options": product.size_options, "sizes": product.sizes}
    blank = [name for name, entries in lists.items() if not all(entry.strip() for entry in entries)]
    if not product.name.strip():
        yield "name", "give its `name`."
    if not _is_category(product.category):
        yield (
            "category",
            f'give its `category` as at most {MAX_CATEGORY} letters, digits, dashes and single spaces, such as "rings".',
        )
    if not (product.ids or product.skus or product.words):
        yield "", "give `ids`, `skus` or `words`, or no order line is known for it."
    if blank:
        yield blank[0], f"take the empty entry out of {' and '.join(f'`{name}`' for name in blank)}."
    if not all(map(words_of, product.words)):
        yield "words", "take the entry without a word out of `words`."
    if not 0 <= product.months <= MAX_MONTHS:
        yield "months", f"give `months` from 0 (it lasts) to {MAX_MONTHS}."
    yield from _unfit_texts(
        {"name": (" ".join(product.name.split()), MAX_NAME), "care": (" ".join(product.care.split()), MAX_CARE)}
    )


def _unfit_texts(texts: Mapping[str, tuple[str, int]]) -> Iterator[tuple[str, str]]:
    for key, (text, most) in texts.items():
        if len(text) > most:
            yield key, f"give `{key}` in at most {most} characters: mails carry it."
        elif any(map(is_unsafe, text)):
            yield key, f"give `{key}` in one line, without invisible and control characters: mails carry it."


def _about_item(item: Item, products: Products) -> Iterator[tuple[str, str]]:
    known = dict.fromkeys(
        size.casefold() for product in products.products if product.category == item.category for size in product.sizes
    )
    unfit = [size for size in item.sizes if not size.strip() or (known and size.casefold() not in known)]
    if not item.name.strip():
        yield "name", "give its `name`."
    yield from _unfit_texts({"name": (item.name, MAX_NAME), "words": (item.words, MAX_WORDS), "url": (item.url, MAX_URL)})
    if not (item.id and len(item.id) <= MAX_ID and all(char.isascii() and (char.isalnum() or char in "-_") for char in item.id)):
        yield "id", f"give its `id` as at most {MAX_ID} letters, digits and dashes."
    if item.category not in products.categories:
        from difflib import get_close_matches

        near = get_close_matches(item.category, products.categories, n=1)
        meant = f' Did you mean "{near[0]}"?' if near else ""
        yield "category", f'no product is of category "{item.category}": give that of a [[product]].{meant}'
    elif unfit:
        yield "sizes", f'no product of category "{item.category}" has size "{unfit[0]}": spell it as its `sizes` do.'
    if not item.url.startswith(("https://", "http://")):
        yield "url", 'give its `url` with its scheme, such as "https://example.com/tide-ring".'
    if item.until is not None and item.until < item.since:
        yield "until", f"give `until` as a day from {item.since} on: it is told from `since` until then."
    if item.stock is not None and item.stock < 0:
        yield "stock", "give `stock` as nothing or more, or take it out where it is not counted."


def _is_category(text: str) -> bool:
    fit = all(char.isalnum() or char in " -" for char in text)
    return fit and 0 < len(text) <= MAX_CATEGORY and text == " ".join(text.split())


def _doubles(products: Products) -> Iterator[Fault]:
    every = list(enumerate(products.products))
    for what, entries in (
        ("id", [(("product", at, "ids", n), id_, id_) for at, one in every for n, id_ in enumerate(one.ids)]),
        ("SKU", [(("product", at, "skus", n), sku.casefold(), sku) for at, one in every for n, sku in enumerate(one.skus)]),
    ):
        yield from (
            Fault(where, f'The {what} "{said}" stands twice: leave it to one product.') for where, said in _twice(entries)
        )
    words = [
        (("product", at, "words", n), " ".join(sorted({*words_of(entry)})), entry)
        for at, one in every
        for n, entry in enumerate(one.words)
    ]
    yield from (Fault(where, f'The words "{said}" stand twice: leave them to one product.') for where, said in _twice(words))
    spelt: dict[str, tuple[Where, str, str]] = {}
    for at, one in every:
        spelt.setdefault(one.category, (("product", at, "category"), " ".join(words_of(one.category)), one.category))
    yield from (
        Fault(where, f'Another category is all but spelt "{said}": spell them alike.') for where, said in _twice(spelt.values())
    )
    ids = [(("item", at, "id"), item.id, item.id) for at, item in enumerate(products.items)]
    yield from (
        Fault(
            where,
            f'The item "{said}" stands twice: give a new thing a new `id`, or nobody who was told of the old one hears of it.',
        )
        for where, said in _twice(ids)
    )


def _twice(entries: Iterable[tuple[Where, str, str]]) -> list[tuple[Where, str]]:
    """Of (where, what is compared, as it is written) those that came before, each once: where it stands again, and how it was written
    first. What is empty is told elsewhere.
    """
    first: dict[str, str] = {}
    again: dict[str, tuple[Where, str]] = {}
    for where, compared, written in entries:
        if compared.strip() and compared in first:
            again.setdefault(compared, (where, first[compared]))
        first.setdefault(compared, written)
    return list(again.values())
