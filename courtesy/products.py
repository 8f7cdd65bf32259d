"""The owner's list of what the order lines are: which category, or none yet; and drafts for products.toml."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import msgspec

from chalicelib.domain.products import Product, SortedOut, Unmapped, drafts
from courtesy.opened import chosen, opened
from courtesy.up import say, say_json

DONE = 0
Asked = argparse.Namespace


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """`add` takes a command's name and its help, and gives its parser."""
    products = add("products", help="what the order lines are: which category, or unmapped")
    how = products.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", dest="as_json", help="everything, as JSON")
    how.add_argument("--from-orders", action="store_true", help="draft products.toml's entries for what is unmapped")
    products.set_defaults(do=_products)


def _products(asked: Asked) -> int:
    from chalicelib.usecases.list_lines import list_lines

    with opened(asked) as world:
        found = list_lines(world)
    if asked.as_json:
        say_json(msgspec.to_builtins(found))
    elif asked.from_orders:
        say(drafted(found.unmapped))
    else:
        _tell(found, chosen(asked).shop / "products.toml")
    return DONE


def _tell(found: SortedOut, file: Path) -> None:
    for category, times in found.categories.items():
        say(f"{category}: {_lines(times)}")
    if not found.categories:
        say(f"{file} holds no product yet, so every line is unmapped.")
    if not found.unmapped:
        say("No line is unmapped.")
        return
    say(
        f"\nUnmapped: {_lines(sum(line.times for line in found.unmapped))}, which count for nothing. Draft their entries: courtesy products --from-orders"
    )
    for line in found.unmapped:
        known = ", ".join(f"{what} {which}" for what, which in (("product", line.product), ("SKU", line.sku)) if which)
        say(f"{line.times:>6}  {line.title}{f' ({known})' if known else ''}")


def _lines(number: int) -> str:
    return f"{number} {'line' if number == 1 else 'lines'}"


def drafted(unmapped: tuple[Unmapped, ...]) -> str:
    """TOML with an entry for each product among the lines. Whatever stands beside an entry is a comment, so all of it may go to the file."""
    if not unmapped:
        return "# Every line of the orders that are kept is mapped: nothing to draft."
    head = "# Give each its category, take out what is no product, and put the rest into products.toml."
    lost = [
        f"# {quoted(line.title)} has no product id, no SKU and no word in its title, so nothing can map it."
        for line in unmapped
        if not drafts([line])
    ]
    return "\n".join([head, *lost, *(f"\n{_entry(product)}" for product in drafts(unmapped))])


def _entry(product: Product) -> str:
    known_by = (("ids", product.ids), ("skus", product.skus), ("words", product.words))
    return "\n".join(
        (
            "[[product]]",
            f"name = {quoted(product.name)}",
            'category = ""  # fill in, such as "rings"',
            *(f"{key} = [{', '.join(map(quoted, entries))}]" for key, entries in known_by if entries),
        )
    )


def quoted(text: str) -> str:
    """A TOML string, whatever it holds: one line, nothing in it invisible."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"  # half a character, which TOML cannot hold
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"
