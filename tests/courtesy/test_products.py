"""courtesy products: what the lines are, and drafts for what is unmapped."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.local.table_sqlite import SqliteTable
from chalicelib.adapters.shop_files import read_products
from chalicelib.domain.order import Line, Order
from chalicelib.domain.products import Product, Products, Unmapped, drafts, sort_out
from chalicelib.stores import orders
from courtesy.main import main
from courtesy.products import drafted, quoted
from tests.factories import view
from tests.support.properties import hostile_text, thorough
from tests.support.world import NOON

STUDS = Line("Sea-glass stud earrings", 1, 4800, product="5")
BOX, BAG = Line('Gift "box"', 2, 500, product="7", sku="BOX"), Line("Silk bag", 1, 300)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop's folder; its settings are in `shop`, and know earrings."""
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "products.toml").write_text('[[product]]\nname = "Earrings"\ncategory = "earrings"\nwords = ["earrings"]\n')
    monkeypatch.setenv("COURTESY_SHOP", str(shop))
    return tmp_path


def keep(data: Path, *lines: Line) -> None:
    key = "shopify:1"
    with SqliteTable(data / "table.db") as table:
        table.write(orders.put(Order(key, version=1, view=view(lines=lines)), Order(key), NOON))


def told(capsys: pytest.CaptureFixture[str], data: Path, *options: str) -> str:
    assert main(["products", *options, "--data", str(data)]) == 0
    return capsys.readouterr().out


def test_categories_come_first_then_what_is_unmapped(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(data, BAG, STUDS, BOX, BOX)

    lines = told(capsys, data).splitlines()

    assert lines[0] == "earrings: 1 line"
    assert lines[2].startswith("Unmapped: 3 lines")
    assert lines[3:] == ['     2  Gift "box" (product 7, SKU BOX)', "     1  Silk bag"]


def test_the_list_can_be_had_as_json(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(data, STUDS, BAG)

    assert json.loads(told(capsys, data, "--json")) == {
        "categories": {"earrings": 1},
        "unmapped": [{"title": "Silk bag", "product": "", "sku": "", "times": 1}],
    }


def test_nothing_unmapped_is_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(data, STUDS)

    assert told(capsys, data) == "earrings: 1 line\nNo line is unmapped.\n"
    assert told(capsys, data, "--from-orders").startswith("# Every line of the orders that are kept is mapped")


def test_without_the_file_everything_is_unmapped(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(data, STUDS)
    (data / "shop" / "products.toml").unlink()

    assert "products.toml holds no product yet, so every line is unmapped.\n\nUnmapped: 1 line" in told(capsys, data)


def test_a_mistake_in_the_file_is_one_line(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(data, STUDS)
    (data / "shop" / "products.toml").write_text('[[product]]\nname = "Earrings"\ncategory = ""\nwords = ["earrings"]\n')

    assert main(["products", "--data", str(data)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith(f"courtesy: {data / 'shop' / 'products.toml'}:3: Product 1 (Earrings): give its `category`")


def test_drafts_with_their_categories_map_what_was_unmapped(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(data, STUDS, BOX, BAG)
    draft = told(capsys, data, "--from-orders")
    file = data / "shop" / "products.toml"

    file.write_text(file.read_text() + "\n" + draft.replace('category = ""', 'category = "wrapping"'))

    assert told(capsys, data) == "earrings: 1 line\nwrapping: 2 lines\nNo line is unmapped.\n"


def test_drafts_without_their_categories_are_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(data, BOX)
    (data / "shop" / "products.toml").write_text(told(capsys, data, "--from-orders"))

    assert main(["products", "--data", str(data)]) == 2
    assert "give its `category`" in capsys.readouterr().err


def test_what_nothing_could_map_is_said_in_a_comment() -> None:
    text = drafted((Unmapped("★\n★", "", "", 1),))

    assert '# "★\\u000a★" has no product id' in text
    assert tomllib.loads(text) == {}


nasty = st.one_of(hostile_text, st.text("\"\\\n\r\t\x00\x7f\x85\u2028#=[]{}'", max_size=12))


@thorough
@given(nasty)
def test_any_text_reads_back_as_it_was(text: str) -> None:
    written = quoted(text)

    assert written.isprintable()
    assert tomllib.loads(f"text = {written}")["text"] == "".join("\ufffd" if "\ud800" <= one <= "\udfff" else one for one in text)


@thorough
@given(
    st.lists(
        st.builds(
            lambda title, product, sku: Line(title, 1, 1, product=product, sku=sku),
            nasty,
            st.sampled_from(["", "8120043", 'a"b', "\\"]),
            st.sampled_from(["", "A", "a", "A\tB", '"']),
        ),
        max_size=6,
    )
)
def test_drafts_are_toml_whatever_the_titles_hold(lines: list[Line]) -> None:
    unmapped = sort_out(lines, Products()).unmapped

    entries = tomllib.loads(drafted(unmapped)).get("product", [])

    assert len(entries) == len(drafts(unmapped))
    read_back = Products(tuple(msgspec.convert({**one, "category": f"c{n}"}, Product) for n, one in enumerate(entries)))
    assert all(read_back.of(line) for line in lines if drafts(sort_out([line], Products()).unmapped))


def test_the_file_that_drafts_make_can_be_read(tmp_path: Path) -> None:
    text = drafted((Unmapped("Gift \U0001f381\u202e box", "7", "", 1),)).replace('category = ""', 'category = "wrapping"')
    (tmp_path / "products.toml").write_text(text, encoding="utf-8")

    assert read_products(tmp_path / "products.toml").products == (Product("Gift \U0001f381 box", "wrapping", ids=("7",)),)
