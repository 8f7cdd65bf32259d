"""The owner's files, read and checked. Each fault is told with file and line, in a sentence that says how to mend it.

What is fit is read at once. Only where something is wrong is it looked for what it is, everywhere at once, and on which line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct

from chalicelib.domain.fault import Fault, Where
from chalicelib.domain.identity import parse_address
from chalicelib.domain.mending import playbook as playbook_mending
from chalicelib.domain.mending import products as products_mending
from chalicelib.domain.mending import shop as shop_mending
from chalicelib.domain.money import parse
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.products import Products
from chalicelib.domain.shop import Shop
from chalicelib.errors import Invalid, Misconfigured

SHOP, PLAYBOOK, PRODUCTS = "shop.toml", "playbook.toml", "products.toml"
_ENCODING = "utf-8-sig"  # some editors put a mark at the beginning
LARGEST_LOGO = 20_000
"""Bytes: the logo stands in every page."""

T = TypeVar("T", bound=Struct)


class Located(Struct, frozen=True, order=True):
    """A fault in its file. `line` from 1; 0 is the file as a whole."""

    file: Path
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}" if self.line else f"{self.file}: {self.sentence}"


class Looked(Struct, Generic[T], frozen=True):
    """A file that was looked at whole. `read`: what it holds, or could hold once it is mended, None where too little is fit to tell.
    `located`: from faults found in `read`, also by others, to their lines in the file. `sound`: whether nothing is wrong yet with the entry
    that stands there in `read`.
    """

    faults: tuple[Located, ...]
    read: T | None
    located: Callable[[Iterable[Fault]], tuple[Located, ...]]
    sound: Callable[[Where], bool]


def read_shop(path: Path) -> Shop:
    """shop.toml. Errors: Misconfigured."""
    return read_file(path, Shop, _of_shop, lambda shop: _mends_of_shop(shop, path.parent))


def read_playbook(path: Path) -> Playbook:
    """playbook.toml. Errors: Misconfigured."""
    return read_file(path, Playbook, nothing_to_prepare, playbook_mending.mends)


def read_products(path: Path) -> Products:
    """products.toml; without the file there are none, and every order line is unmapped. Errors: Misconfigured."""
    return read_file(path, Products, _of_products, products_mending.mends) if path.exists() else Products()


def look_at_shop(path: Path) -> Looked[Shop]:
    """shop.toml, with all that is wrong with it."""
    return look_at_file(path, Shop, _of_shop, lambda shop: _mends_of_shop(shop, path.parent))


def look_at_playbook(path: Path) -> Looked[Playbook]:
    """playbook.toml, with all that is wrong with it."""
    return look_at_file(path, Playbook, nothing_to_prepare, playbook_mending.mends)


def look_at_products(path: Path) -> Looked[Products]:
    """products.toml, with all that is wrong with it; nothing is where it is missing."""
    if not path.exists():
        return Looked((), Products(), located=lambda _: (), sound=lambda _: True)
    return look_at_file(path, Products, _of_products, products_mending.mends)


Prepared = Callable[[dict[str, Any]], list[Fault]]
"""Makes a file's own spellings into what is converted, in place, and tells what is wrong with them."""


def read_file(path: Path, kind: type[T], prepare: Prepared, mends: Callable[[T], Sequence[Fault]]) -> T:
    """One of the owner's files. Errors: Misconfigured, with everything that is wrong."""
    try:
        raw = tomllib.loads(path.read_text(encoding=_ENCODING))
        if not prepare(raw):
            found = msgspec.convert(raw, kind)
            if not mends(found):
                return found
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, RecursionError):
        pass  # told below, with all else
    raise Misconfigured("\n".join(map(str, look_at_file(path, kind, prepare, mends).faults)))


def look_at_file(path: Path, kind: type[T], prepare: Prepared, mends: Callable[[T], Sequence[Fault]]) -> Looked[T]:
    """One of the owner's files, with all that is wrong with it."""
    # only the files with a fault, and `courtesy check`, pay for these
    from chalicelib.adapters.shape import Shaped
    from chalicelib.adapters.toml_lines import line_of, lines_of

    opened = opened_file(path)
    if isinstance(opened, Located):
        return Looked((opened,), None, located=lambda _: (), sound=lambda _: False)
    text, raw = opened
    faults = prepare(raw)
    shaped = Shaped(raw, kind)
    faults += shaped.faults
    lines = lines_of(text)

    # where something was left out or guessed at, or is wrong already, only what has nothing to do with it is told
    wrong = {where[:2] for where in (*(fault.where for fault in faults), *shaped.guessed) if where}

    def located(found: Iterable[Fault]) -> tuple[Located, ...]:
        return tuple(Located(path, line_of(lines, shaped.place(fault.where)), fault.sentence) for fault in found)

    def sound(where: Where) -> bool:
        place = shaped.place(where)[:2]
        return not any(_meet(place, one) for one in wrong) if where else shaped.whole

    told = [Located(path, line_of(lines, fault.where), fault.sentence) for fault in faults]
    if shaped.value is None:
        return Looked(tuple(sorted({*told})), None, located, sound)
    read = msgspec.convert(shaped.value, kind)
    found = [fault for fault in mends(read) if sound(fault.where)]
    wrong |= {shaped.place(fault.where)[:2] for fault in found if fault.where}
    return Looked(tuple(sorted({*told, *located(found)})), read, located, sound)


def _meet(one: Where, other: Where) -> bool:
    """Whether one of them holds the other."""
    size = min(len(one), len(other))
    return one[:size] == other[:size]


def opened_file(path: Path) -> tuple[str, dict[str, Any]] | Located:
    """The file's text and what TOML makes of it, or why nothing can be read."""
    try:
        text = path.read_text(encoding=_ENCODING)
        return text, tomllib.loads(text)
    except FileNotFoundError:
        return Located(path, 0, "It is missing: put it back, or set COURTESY_SHOP to the folder that holds it.")
    except IsADirectoryError:
        return Located(path, 0, "It is a folder: put the file itself there.")
    except UnicodeDecodeError as error:
        return Located(path, error.object[: error.start].count(b"\n") + 1, "It is not UTF-8 here: save it in that encoding.")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return _unparsed(path, error, text)


_AT = re.compile(r" \(at line (\d+), column (\d+)\)$")
_MEANT = (
    ("Cannot overwrite a value", "This stands twice: keep one of them."),
    ("Duplicate inline table key", "This stands twice: keep one of them."),
    ("Cannot declare", "This table stands twice: keep one, or write each of several with two square brackets."),
    ("Expected '=' after a key", "Write this as a key, an equals sign and a value, such as days = 90."),
    ("Expected ']'", "Close the square bracket that this line opens."),
    ("Expected ']]'", "Close the two square brackets that this line opens with two."),
    ("Unclosed array", "Close the list with a square bracket, and part its entries with commas."),
    ("Unterminated string", "Close the text with the quotation marks that open it."),
    ("Illegal character '\\n'", "Close the text with a quotation mark on its own line."),
    ("Unescaped '\\' in a string", "Write a backslash in a text as two."),
    ("Invalid value", "Write texts in quotation marks, numbers without, and yes and no as true and false."),
    ("Expected newline or end of document", "Put each key on a line of its own, and texts in one pair of quotation marks."),
    ("Invalid initial character for a key", "Begin the line with a key, or with # for a comment."),
    ("Invalid statement", "Begin the line with a key, with [ for a table, or with # for a comment."),
)  # fmt: skip


def _unparsed(path: Path, error: Exception, text: str) -> Located:
    said = str(error)
    at = _AT.search(said)
    line = int(at[1]) if at else text.count("\n", 0, len(text.rstrip())) + 1
    if said.startswith("Illegal character '\\n'") and at and at[2] == "1":
        line -= 1  # it is the line break that is meant
    mend = next((mend for begins, mend in _MEANT if said.startswith(begins)), "")
    return Located(path, line, mend or f"This is no TOML: {_AT.sub('', said)}.")


def nothing_to_prepare(_: dict[str, Any]) -> list[Fault]:
    """For a file that is converted as it stands."""
    return []


_AMOUNTS = (("offer", "value"), ("offer", "minimum"), ("competition", "value"))


def _of_shop(raw: dict[str, Any]) -> list[Fault]:
    """Amounts of the offer, and of the competition, as text become money."""
    found = []
    currency = raw.get("currency")
    fit = isinstance(currency, str) and len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()
    if isinstance(currency, str) and not fit:
        found.append(Fault(("currency",), f'Give `currency` as three capital letters, such as "GBP", not "{currency}".'))
    for table, name in _AMOUNTS:
        around = raw.get(table)
        if not isinstance(around, dict) or name not in around:
            continue
        try:
            money = parse(str(around[name]), str(currency) if fit else "GBP")
        except ValueError as error:
            found.append(
                Fault((table, name), f'Give `{table}.{name}` as an amount in quotation marks, such as "15.00": {error}.')
            )
            money = parse("1", "GBP")
        around[name] = {"amount": money.amount, "currency": money.currency}
    return found


def _mends_of_shop(shop: Shop, folder: Path) -> list[Fault]:
    found = shop_mending.mends(shop)
    try:
        ZoneInfo(shop.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        found.append(Fault(("zone",), 'Give `zone` as an IANA name such as "Europe/London".'))
    for name, address in (("sender", shop.sender), ("reply_to", shop.reply_to), ("owner", shop.owner or shop.reply_to)):
        try:
            parse_address(address)
        except Invalid:
            if name != "owner" or shop.owner:
                found.append(Fault((name,), f"Give `{name}` as a plain e-mail address."))
    if shop.brand.logo:
        found += [Fault(("brand", "logo"), sentence) for sentence in _mends_of_logo(folder, shop.brand.logo)]
    return found


ACTS = re.compile(r"<\s*(?:[\w-]+:)?(?:script|foreignObject|iframe)\b|\son\w+\s*=|javascript:|<!ENTITY", re.IGNORECASE)
AFAR = re.compile(r"(?:href|src)\s*=\s*[\"']\s*(?:https?:)?//|url\(\s*[\"']?\s*(?:https?:)?//|@import", re.IGNORECASE)


def _mends_of_logo(folder: Path, name: str) -> list[str]:
    """At most one: the first that is in the way."""
    path = folder / name
    if Path(name).is_absolute() or ".." in Path(name).parts or not name.endswith(".svg"):
        return [f'Give `brand.logo` as the name of an SVG file beside shop.toml, such as "logo.svg", not "{name}".']
    if not path.is_file():
        return [f'There is no file "{name}" beside shop.toml: put the logo there, or give logo = "" for the name as text.']
    drawing = path.read_bytes()
    text = drawing.decode("utf-8", errors="replace")
    if "<svg" not in text:
        return [f'"{name}" is no SVG drawing: save the logo as one.']
    if len(drawing) > LARGEST_LOGO:
        return [f'"{name}" has {len(drawing):,} bytes: give one of at most {LARGEST_LOGO:,}, for it stands in every page.']
    if ACTS.search(text):
        return [f'"{name}" holds a script, or something that acts by itself: save the logo without it.']
    if AFAR.search(text):
        return [f'"{name}" fetches something from elsewhere: save the logo with everything inside it.']
    return []


def _of_products(raw: dict[str, Any]) -> list[Fault]:
    """Ids, SKUs and sizes may be typed as numbers."""
    for what, names in (("product", ("ids", "skus", "sizes")), ("item", ("sizes",))):
        entries = raw.get(what)
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict):
                for name in names:
                    if name in entry:
                        entry[name] = _as_texts(entry[name])
    return []


def _as_texts(entries: Any) -> Any:
    """Numbers as people see them: ids and sizes are typed with quotation marks and without."""
    if not isinstance(entries, list):
        return entries
    return [str(one) if isinstance(one, int | float) and not isinstance(one, bool) else one for one in entries]
