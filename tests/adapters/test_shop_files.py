"""The owner's products.toml, read and checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.adapters.shop_files import read_playbook, read_products, read_shop
from chalicelib.config import ROOT
from chalicelib.domain.products import Product, Products
from chalicelib.errors import Misconfigured


def read(folder: Path, text: str) -> Products:
    (folder / "products.toml").write_text(text, encoding="utf-8")
    return read_products(folder / "products.toml")


def refused(folder: Path, text: str) -> str:
    with pytest.raises(Misconfigured) as caught:
        read(folder, text)
    said = str(caught.value)
    assert said.startswith(f"{folder / 'products.toml'}: ")
    return said


def entry(more: str, name: str = "Tide ring") -> str:
    return f'[[product]]\nname = "{name}"\ncategory = "rings"\n{more}\n'


def test_without_the_file_there_are_no_products(tmp_path: Path) -> None:
    assert read_products(tmp_path / "products.toml") == Products()


def test_an_empty_file_holds_no_products(tmp_path: Path) -> None:
    assert read(tmp_path, "# nothing yet\n") == Products()


def test_numbers_may_be_typed_without_quotation_marks(tmp_path: Path) -> None:
    found = read(tmp_path, entry('ids = [8120043, "8120054"]\nskus = [77]\nsizes = [17, 17.5, "18"]'))

    assert found.products == (
        Product("Tide ring", "rings", ids=("8120043", "8120054"), skus=("77",), sizes=("17", "17.5", "18")),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[product]\n", "Expected ']]'"),
        ("product = 3\n", "product: Expected `array`"),
        ("product = [3]\n", "product[0]: Expected `object`"),
        ("[[product]]\nname = 'x'\n", "product[0]: Object missing required field `category`"),
        ("[[products]]\nname = 'x'\n", "unknown field `products`"),
        (entry("ids = ['1']") + entry("sku = 'A'"), "product[1]: Object contains unknown field `sku`"),
        (entry("ids = [true]"), "product[0].ids[0]: Expected `str`"),
        (entry("ids = 8120043"), "product[0].ids: Expected `array`"),
        (entry("words = [3]"), "product[0].words[0]: Expected `str`"),
        (entry("ids = ['1']") + entry(""), "Product 2 (Tide ring): give `ids`, `skus` or `words`"),
        (entry("ids = ['1']") + entry("ids = [1]", "Reef ring"), 'The id "1" stands twice: leave it to one product.'),
    ],
)
def test_what_is_wrong_is_told_with_its_entry(tmp_path: Path, text: str, told: str) -> None:
    assert told in refused(tmp_path, text)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "products.toml").write_bytes("# Größe".encode("latin-1"))

    with pytest.raises(Misconfigured, match=r"products\.toml: 'utf-8' codec"):
        read_products(tmp_path / "products.toml")


@pytest.mark.parametrize(
    ("written", "wrong", "said"),
    [
        ('known = "asked"', 'known = "pol"', 'vouchers.known: give "asked" or "pool" or "storefront".'),
        ('kind = "shopify"', 'kind = "magento"', 'storefront.kind: give "shopify" or "standard" or "stripe" or "woocommerce".'),
        ('other_name = "ask"', 'other_name = "maybe"', 'gifts.other_name: give "ask" or "gift" or "nothing".'),
    ],
)
def test_a_word_that_is_none_is_told_the_others(tmp_path: Path, written: str, wrong: str, said: str) -> None:
    file = tmp_path / "shop.toml"
    text = (ROOT / "shop" / "shop.toml").read_text()
    assert written in text
    file.write_text(text.replace(written, wrong))
    with pytest.raises(Misconfigured) as refused:
        read_shop(file)
    assert said in str(refused.value)


def test_a_rule_is_told_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "playbook.toml"
    file.write_text((ROOT / "shop" / "playbook.toml").read_text().replace('trigger = "order"', 'trigger = "ordre"'))
    with pytest.raises(Misconfigured, match=r'rule\[3\].trigger: give "arrival" or "claim"'):
        read_playbook(file)
