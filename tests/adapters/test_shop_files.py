"""The owner's products.toml, read and checked."""

from __future__ import annotations

import subprocess
import sys
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
    assert said.startswith(f"{folder / 'products.toml'}:")
    return said.removeprefix(f"{folder / 'products.toml'}:")


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
        ("[[product]\n", "1: Close the two square brackets that this line opens with two."),
        ("product = 3\n", "1: Write `product` as [[product]], once for each, not 3."),
        ("product = [3]\n", "1: Write `product` as a table of its own, [product], not 3."),
        ("[[product]]\nname = 'x'\nwords = ['x']", "1: Product 1 (x): give `category`. docs/settings.md tells every key."),
        ("[[products]]\nname = 'x'\ncategory = 'y'\nids = [1]", "1: There is no key `products` here: did you mean `product`?"),
        (entry("ids = ['1']") + entry("sku = 'A'"), "8: There is no key `sku` in [[product]]: did you mean `skus`?"),
        (entry("ids = [2, true]"), "4: Give each of `ids` as text in quotation marks, not true."),
        (entry("ids = 8120043"), '4: Write `ids` as a list in square brackets, such as ["one", "two"], not 8120043.'),
        (entry("words = ['x', 3]"), "4: Give each of `words` as text in quotation marks, not 3."),
        (
            entry("ids = ['1']") + entry(""),
            "5: Product 2 (Tide ring): give `ids`, `skus` or `words`, or no order line is known for it.",
        ),
        (entry("ids = ['1']") + entry("ids = [1]", "Reef ring"), '8: The id "1" stands twice: leave it to one product.'),
    ],
)
def test_what_is_wrong_is_told_with_its_entry(tmp_path: Path, text: str, told: str) -> None:
    assert refused(tmp_path, text) == told


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "products.toml").write_bytes("#\n# Größe".encode("latin-1"))

    with pytest.raises(Misconfigured, match=r"products\.toml:2: It is not UTF-8 here: save it in that encoding\."):
        read_products(tmp_path / "products.toml")


@pytest.mark.parametrize(
    ("written", "wrong", "said"),
    [
        (
            'known = "asked"',
            'known = "poll"',
            'Give `known` as "storefront", "pool" or "asked", not "poll". Did you mean "pool"?',
        ),
        (
            'kind = "shopify"',
            'kind = "magento"',
            'Give `kind` as "shopify", "woocommerce", "stripe" or "standard", not "magento".',
        ),
        ('other_name = "ask"', 'other_name = "maybe"', 'Give `other_name` as "gift", "ask" or "nothing", not "maybe".'),
    ],
)
def test_a_word_that_is_none_is_told_the_others(tmp_path: Path, written: str, wrong: str, said: str) -> None:
    file = tmp_path / "shop.toml"
    text = (ROOT / "shop" / "shop.toml").read_text()
    assert written in text
    file.write_text(text.replace(written, wrong))
    with pytest.raises(Misconfigured) as refused:
        read_shop(file)
    line = text[: text.index(written)].count("\n") + 1
    assert str(refused.value) == f"{file}:{line}: {said}"


def test_what_only_tells_of_faults_is_not_loaded_for_a_sound_shop() -> None:
    code = (
        "import sys; from pathlib import Path; from chalicelib.adapters import shop_files as f;"
        "f.read_shop(Path('shop/shop.toml')), f.read_playbook(Path('shop/playbook.toml')), f.read_products(Path('shop/products.toml'));"
        "print({'difflib', 'jinja2', 'chalicelib.adapters.shape', 'chalicelib.adapters.toml_lines'} & {*sys.modules})"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == "set()\n"


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"playbook\.toml: It is missing: put it back"):
        read_playbook(tmp_path / "playbook.toml")
