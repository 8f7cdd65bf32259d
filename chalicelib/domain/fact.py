"""Facts about a person, each with who told it, when and by what (PRODUCT.md, manner 2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from chalicelib.domain.identity import keyed_hash
from chalicelib.domain.order import Line, Order
from chalicelib.domain.products import Product, Products, words_of
from chalicelib.domain.purchases import of_order

SIZE, LIKES, DATE, NEVER, ADDRESS, PHONE, AWAY = "size", "likes", "date", "never", "address", "phone", "away"
KINDS = (SIZE, LIKES, DATE, NEVER, ADDRESS, PHONE, AWAY)
"""size and likes (yes | no): about a category. date: about an occasion (--MM-DD, or with the year in front). never: this occasion is not
to be written about, ever. address: the lines of a label, about "post". phone: about "call". away: why they stayed away, in their words.
"""


class Fact(Struct, frozen=True):
    """`kind`: one of KINDS. `about`: a category, such as "rings", or an occasion, such as "birthday". `value`: as it was written.

    `how`: observed in an order of their own | stated by themselves. `at`: when; of an order, when it was placed. `source`: the order's key, or
    who told it and where. `purpose`: what it was given for; it is used for that alone.
    """

    kind: str
    about: str
    value: str
    how: Literal["observed", "stated"]
    at: datetime
    source: str
    purpose: str = ""


def mark(pepper: str, person: str, kind: str, about: str) -> str:
    """What the journal knows a fact by: says nothing of what it is about, and nobody without the pepper can try labels out on it."""
    return keyed_hash(pepper, "fact", "\n".join((person, kind, about)))


def may_serve(fact: Fact, purpose: str | None) -> bool:
    """Whether it was given for this purpose, and so may be used for it (manner 2). None: to be shown, not used."""
    return purpose is None or fact.purpose in ("", purpose)


def given_for(facts: Iterable[Fact], kind: str, purpose: str) -> str:
    """The newest of that kind that may serve the purpose; "" for none."""
    fitting = [fact for fact in facts if fact.kind == kind and may_serve(fact, purpose)]
    newest = max(fitting, key=lambda fact: fact.at, default=None)
    return newest.value if newest is not None else ""


def observed(orders: Sequence[Order], products: Products) -> tuple[Fact, ...]:
    """What one buyer's orders state, in whatever order they come: the newest of each kind and category.

    Only what they bought for themselves and still have counts: no gift, nothing that may be one, no order that is off, nothing returned.
    """
    newest: dict[tuple[str, str], Fact] = {}
    for fact in (fact for order in orders for fact in _stated_by(order, products)):
        about = (fact.kind, fact.about)
        newest[about] = max(newest.get(about, fact), fact, key=_rank)
    return tuple(newest[about] for about in sorted(newest))


def _rank(fact: Fact) -> tuple[datetime, str, str]:
    return fact.at, fact.source, fact.value


def _stated_by(order: Order, products: Products) -> Iterator[Fact]:
    if order.view is None or order.view.more_lines:  # one that was not kept may state another size
        return
    stated: dict[str, dict[str, str]] = {}
    for bought in of_order(order, products):
        if bought.product is not None:
            sizes = stated.setdefault(bought.product.category, {})
            for size in _sizes(bought.line, bought.product):
                sizes.setdefault(_plain(size), size)
    for category, sizes in stated.items():
        if len(sizes) == 1:  # two may be for two people
            (size,) = sizes.values()
            yield Fact(SIZE, category, size, "observed", order.view.placed_at, order.key)


def _sizes(line: Line, product: Product) -> Iterator[str]:
    named = {words_of(option) for option in product.size_options}
    there_are = {_plain(size): size for size in product.sizes}
    for name, chosen in line.options:
        states_one = words_of(name) in named if name else bool(there_are)
        size = there_are.get(_plain(chosen), "") if there_are else " ".join(chosen.split())
        if states_one and size:
            yield size


def _plain(size: str) -> str:
    return " ".join(size.split()).casefold()
