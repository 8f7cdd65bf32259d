from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.mending.products import mends
from chalicelib.domain.order import Line
from chalicelib.domain.products import Product, Products, SortedOut, Unmapped, drafts, sort_out, words_of
from tests.support.properties import hostile_text, thorough
from tests.support.world import TestWorld


def line(title: str = "Tide", *, product: str = "", variant: str = "", sku: str = "") -> Line:
    return Line(title, 1, 4800, id="1", product=product, variant=variant, sku=sku)


def sold(category: str, **known_by: Any) -> Product:
    return Product(category.title(), category, **known_by)


def category(of: Line, *products: Product) -> str:
    found = Products(products).of(of)
    return found.category if found else ""


RING, CARE = sold("rings", words=("ring",)), sold("care", words=("ring sizer",))


@pytest.mark.parametrize(
    ("bought", "means"),
    [
        (line(product="5"), "rings"),
        (line(variant="6"), "rings"),
        (line(product="51"), ""),
        (line(sku="rng-tide-m"), "rings"),
        (line(sku="A-RNG-1"), ""),
        (line("The TIDE-ring, engraved"), "rings"),
        (line("A tide of rings"), ""),
        (line("Earring with a tide"), ""),
        (line("Bague émaillée"), "rings"),
        (line("Bague EMAILLEE"), "rings"),
        (line(""), ""),
    ],
)
def test_a_line_is_known_by_id_sku_or_words(bought: Line, means: str) -> None:
    rings = sold("rings", ids=("5", "6"), skus=("RNG-",), words=("tide ring", "Emaillée bague"))

    assert category(bought, rings) == means


def test_an_id_counts_before_all_else() -> None:
    by_id, by_sku = sold("rings", ids=("5",)), sold("care", skus=("A",), words=("tide",))

    assert category(line(product="5", sku="A1"), by_sku, by_id) == "rings"


def test_a_variant_counts_before_its_product() -> None:
    assert category(line(product="5", variant="6"), sold("sets", ids=("5",)), sold("rings", ids=("6",))) == "rings"


def test_a_sku_counts_before_words() -> None:
    assert category(line(sku="A1"), sold("care", words=("tide",)), sold("rings", skus=("A",))) == "rings"


def test_the_longest_sku_wins() -> None:
    assert (
        category(line(sku="A-12"), sold("care", skus=("A-",)), sold("rings", skus=("A-1",)), sold("bags", skus=("A",))) == "rings"
    )


def test_the_most_words_win() -> None:
    assert category(line("Ring sizer"), RING, CARE) == "care"


def test_a_word_said_twice_counts_once() -> None:
    assert category(line("Ring sizer"), sold("rings", words=("ring ring ring",)), CARE) == "care"


def test_words_of_two_categories_alike_map_nothing() -> None:
    assert category(line("Ring and pendant"), RING, sold("necklaces", words=("pendant",))) == ""


def test_words_of_one_category_alike_map_to_it() -> None:
    assert category(line("Ring and band"), RING, sold("rings", words=("band",))) == "rings"


def test_without_products_everything_is_unmapped() -> None:
    assert Products().of(line("Ring", product="5", sku="A")) is None


def test_empty_entries_claim_nothing() -> None:
    assert category(line("—"), sold("rings", ids=("",), skus=("", " "), words=("", "—"))) == ""


def test_lines_are_sorted_out() -> None:
    lines = [line("Ring"), line("Ring", sku="A"), line("Box", product="7"), line("Bag", variant="8"), line("Box", product="7")]

    assert sort_out(lines, Products((CARE, RING))) == SortedOut(
        {"care": 0, "rings": 2}, (Unmapped("Box", "7", "", 2), Unmapped("Bag", "8", "", 1))
    )


def test_a_product_is_drafted_once() -> None:
    lines = [
        Unmapped("Ring, M", "5", "R-M", 3),
        Unmapped("Ring, L", "5", "R-L", 2),
        Unmapped("Gift box", "", "BOX", 1),
        Unmapped("Gift Box, old", "", "box", 1),
        Unmapped("Silk bag", "", "", 1),
        Unmapped("SILK bag!", "", "", 1),
        Unmapped("★", "", "", 1),
    ]

    assert drafts(lines) == (
        Product("Ring, M", "", ids=("5",)),
        Product("Gift box", "", skus=("BOX",)),
        Product("Silk bag", "", words=("Silk bag",)),
    )


short_text = st.sampled_from(["", "A", "AB", "a", "ab1"])
lines = st.builds(
    line,
    title=st.one_of(hostile_text, st.sampled_from(["Ring", "Gold ring", "ring, GOLD", "", "★"])),
    product=st.sampled_from(["", "", "p1", "p2"]),
    variant=st.sampled_from(["", "", "v1", "v2"]),
    sku=short_text,
)


@thorough
@given(st.lists(lines, max_size=8))
def test_drafts_map_their_own_lines(bought: list[Line]) -> None:
    made = drafts(sort_out(bought, Products()).unmapped)
    products = Products(tuple(msgspec.structs.replace(one, name="A name", category=f"c {n}") for n, one in enumerate(made)))

    assert mends(products) == []
    for one in bought:
        mappable = one.product or one.variant or one.sku or words_of(one.title)
        assert bool(products.of(one)) == bool(mappable)


@thorough
@given(st.lists(lines, max_size=8), st.permutations([RING, CARE, sold("bags", ids=("p1",), skus=("A", "AB"))]))
def test_the_owners_order_maps_nothing_otherwise(bought: list[Line], products: list[Product]) -> None:
    again = Products(tuple(products[::-1]))

    assert [Products(tuple(products)).of(one) for one in bought] == [again.of(one) for one in bought]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ((sold("rings"),), "Product 1 (Rings): give `ids`, `skus` or `words`"),
        ((RING, Product(" ", "rings", ids=("1",))), "Product 2 (without a name): give its `name`."),
        ((Product("Ring", "", ids=("1",)),), "Product 1 (Ring): give its `category`"),
        ((Product("Ring", "a/b", ids=("1",)),), 'such as "rings".'),
        ((Product("Ring", "two  spaces", ids=("1",)),), "single spaces"),
        ((Product("Ring", "r" * 41, ids=("1",)),), "at most 40 letters"),
        ((sold("rings", ids=("1", "")),), "take the empty entry out of `ids`."),
        ((sold("rings", ids=("", "")),), "take the empty entry out of `ids`."),
        ((Product("Two\nlines", "rings"),), "Product 1 (Two lines): give `ids`"),
        ((sold("rings", ids=("1",), sizes=(" ",), skus=("",)),), "out of `skus` and `sizes`."),
        ((sold("rings", words=("—",)),), "take the entry without a word out of `words`."),
        ((sold("rings", ids=("1",)), sold("care", ids=("1",))), 'The id "1" stands twice'),
        ((sold("rings", ids=("1", "1")),), 'The id "1" stands twice'),
        ((sold("rings", skus=("A-",)), sold("care", skus=("a-",))), 'The SKU "A-" stands twice'),
        ((sold("rings", words=("tide ring",)), sold("care", words=("Ring, tide",))), 'The words "tide ring" stand twice'),
        ((RING, sold("Rings", ids=("1",))), 'Another category is all but spelt "rings"'),
    ],
)
def test_a_wrong_product_is_told_in_a_sentence(wrong: tuple[Product, ...], told: str) -> None:
    (fault,) = mends(Products(wrong))
    assert told in fault.sentence
    assert fault.sentence.endswith(".")


def test_the_shipped_products_need_no_mending() -> None:
    with TestWorld() as world:
        assert mends(world.products) == []


@pytest.mark.parametrize(
    ("bought", "means"),
    [
        (line("Sea-glass stud earrings", sku="EAR-SEA-01"), "earrings"),
        (line("Polishing cloth", sku="CARE-CLOTH"), "care"),
        (line("Carrick locket"), "necklaces"),
        (line("Ring sizer"), "care"),
        (line("Tide ring, M"), "rings"),
        (line("Lambswool socks"), "socks"),
        (line("Gift wrapping"), ""),
    ],
)
def test_the_shipped_products_know_what_we_sell(bought: Line, means: str) -> None:
    with TestWorld() as world:
        found = world.products.of(bought)
    assert (found.category if found else "") == means
