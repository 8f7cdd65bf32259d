"""What the shop sells, as its owner sorts it in shop/products.toml: no storefront's order line carries a category."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cached_property

from msgspec import Struct, field

from chalicelib.domain.identity import tidy
from chalicelib.domain.order import Line

SIZES = ("size", "ring size", "shoe size", "größe", "ringgröße", "taille", "talla", "taglia", "maat")
"""What storefronts usually call the option that states one."""

MAX_CATEGORY, MAX_NAME = 40, 120


class Product(Struct, frozen=True, forbid_unknown_fields=True):
    """One [[product]]: its category, and the three ways in which an order line is known for it. One that fits is enough.

    `ids`: of the product or of its variants · `skus`: what its SKUs begin with · `words`: entries of which every word stands in the title.
    `size_options`: the options that state a size. `sizes`: the sizes that there are; then nothing else is taken for one, and an option
    without a name may be one. `months`: how long it is good, where it wears (0: it lasts); `care`: one or two sentences that keep it well.
    """

    name: str
    category: str
    ids: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    size_options: tuple[str, ...] = SIZES
    sizes: tuple[str, ...] = ()
    months: int = 0
    care: str = ""


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """One [[item]] that somebody may want to hear of, as long as there is some: new since `since`, or closing out. `id`: never used twice.

    `sizes` and `stock`: those that are left; () has no sizes, None is not counted. `until`: the last day on which it is told. `words`: one sentence about it.
    """

    id: str
    name: str
    category: str
    url: str
    since: date
    until: date | None = None
    closing_out: bool = False
    sizes: tuple[str, ...] = ()
    stock: int | None = None
    words: str = ""


class Products(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """All products, in the owner's order, and what is new or closing out; in the file `product` and `item`, because TOML repeats [[product]]."""

    products: tuple[Product, ...] = field(name="product", default=())
    items: tuple[Item, ...] = field(name="item", default=())

    @property
    def categories(self) -> tuple[str, ...]:
        """Each once, in the owner's order."""
        return tuple(dict.fromkeys(product.category for product in self.products))

    def of(self, line: Line) -> Product | None:
        """What the line is, or None where it is unmapped. The variant's id counts before the product's, then the longest SKU, then the
        most words; words that fit two categories alike map nothing.
        """
        for id_ in (line.variant, line.product):
            if id_ and id_ in self._by_id:
                return self._by_id[id_]
        sku = line.sku.casefold()
        for prefix, product in self._by_sku:
            if sku.startswith(prefix):
                return product
        return self._by_title({*words_of(line.title)})

    def _by_title(self, title: set[str]) -> Product | None:
        fitting = [(len(words), product) for words, product in self._by_words if words <= title]
        most = max((many for many, _ in fitting), default=0)
        best = [product for many, product in fitting if many == most]
        return best[0] if len({product.category for product in best}) == 1 else None

    # made once: the owner's lists ask for every line of every order

    @cached_property
    def _by_id(self) -> dict[str, Product]:
        return {id_: product for product in self.products for id_ in product.ids}

    @cached_property
    def _by_sku(self) -> list[tuple[str, Product]]:
        prefixes = [(sku.casefold(), product) for product in self.products for sku in product.skus if sku.strip()]
        return sorted(prefixes, key=lambda one: -len(one[0]))

    @cached_property
    def _by_words(self) -> list[tuple[frozenset[str], Product]]:
        entries = [(frozenset(words_of(words)), product) for product in self.products for words in product.words]
        return [(words, product) for words, product in entries if words]


class Unmapped(Struct, frozen=True):
    """Order lines that no product claims, alike in all that could map them. `product`: its id, or the variant's where it has none.
    `times`: on how many lines.
    """

    title: str
    product: str
    sku: str
    times: int


class SortedOut(Struct, frozen=True):
    """Many lines. `categories`: each with how many lines map to it, in the owner's order. `unmapped`: the others, most frequent first."""

    categories: dict[str, int]
    unmapped: tuple[Unmapped, ...]


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text without case and accents, so that "Größe" and "GROSSE" are one."""
    plain = (char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    return tuple("".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in plain).casefold().split())


def sort_out(lines: Iterable[Line], products: Products) -> SortedOut:
    """What maps to what, and what to nothing."""
    categories = dict.fromkeys(products.categories, 0)
    left = Counter[tuple[str, str, str]]()
    # few products make many lines, so each is looked for once
    for (title, id_, variant, sku), times in Counter((one.title, one.product, one.variant, one.sku) for one in lines).items():
        product = products.of(Line(title, 1, 0, product=id_, variant=variant, sku=sku))
        if product is not None:
            categories[product.category] += times
        else:
            left[title, id_ or variant, sku] += times
    ranked = sorted(left.items(), key=lambda one: (-one[1], one[0]))
    return SortedOut(categories, tuple(Unmapped(*alike, times) for alike, times in ranked))


def drafts(lines: Iterable[Unmapped]) -> tuple[Product, ...]:
    """A product without a category for each that is among the lines. By its id, else its SKU, else its whole title; a line that has
    none of them has no draft, for nothing could map it.
    """
    found: dict[tuple[str, object], Product] = {}
    for line in lines:
        name = tidy(line.title, MAX_NAME) or line.product or line.sku
        if line.product:
            found.setdefault(("id", line.product), Product(name, "", ids=(line.product,)))
        elif line.sku.strip():
            found.setdefault(("sku", line.sku.casefold()), Product(name, "", skus=(line.sku,)))
        elif words := words_of(line.title):
            found.setdefault(("words", frozenset(words)), Product(name, "", words=(line.title,)))
    return tuple(found.values())
