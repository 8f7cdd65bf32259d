"""The owner's files, read and checked. Every error names the file and says how to mend it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import inspect

from chalicelib.domain.identity import parse_address
from chalicelib.domain.money import parse
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.playbook import mends as playbook_mends
from chalicelib.domain.products import Products
from chalicelib.domain.products import mends as products_mends
from chalicelib.domain.shop import Shop, mends
from chalicelib.errors import Invalid, Misconfigured

T = TypeVar("T")


def read_shop(path: Path) -> Shop:
    """shop.toml. Errors: Misconfigured."""
    raw = _parsed(path)
    offer = raw.get("offer")
    if isinstance(offer, dict):
        for name in ("value", "minimum"):
            try:
                money = parse(str(offer.get(name, "")), str(raw.get("currency", "")))
            except ValueError as error:
                raise Misconfigured(f'{path}: offer.{name}: {error}; write it as "15.00".') from None
            offer[name] = {"amount": money.amount, "currency": money.currency}
    shop = _converted(path, raw, Shop)
    found = mends(shop)
    try:
        ZoneInfo(shop.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        found.append('Give `zone` as an IANA name such as "Europe/London".')
    for name, address in (("sender", shop.sender), ("reply_to", shop.reply_to)):
        try:
            parse_address(address)
        except Invalid:
            found.append(f"Give `{name}` as a plain e-mail address.")
    if found:
        raise Misconfigured(f"{path}: {' '.join(found)}")
    return shop


def read_playbook(path: Path) -> Playbook:
    """playbook.toml. Errors: Misconfigured."""
    playbook = _converted(path, _parsed(path), Playbook)
    if found := playbook_mends(playbook):
        raise Misconfigured(f"{path}: {' '.join(found)}")
    return playbook


def read_products(path: Path) -> Products:
    """products.toml; without the file there are none, and every order line is unmapped. Errors: Misconfigured."""
    if not path.exists():
        return Products()
    raw = _parsed(path)
    entries = raw.get("product")
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict):
            for name in ("ids", "skus", "sizes"):
                entry[name] = _as_texts(entry.get(name, []))
    products = _converted(path, raw, Products)
    if found := products_mends(products):
        raise Misconfigured(f"{path}: {' '.join(found)}")
    return products


def _as_texts(entries: Any) -> Any:
    """Numbers as people see them: ids and sizes are typed with quotation marks and without."""
    if not isinstance(entries, list):
        return entries
    return [str(one) if isinstance(one, int | float) and not isinstance(one, bool) else one for one in entries]


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Misconfigured(f"{path} is missing: put it back, or set COURTESY_SHOP to the folder that holds it.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path}: {error}.") from None


def _converted(path: Path, raw: dict[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        said, _, at = str(error).partition(" - at `$")
        where = re.sub(r"^\.", "", at.rstrip("`"))
        choice = " or ".join(f'"{one}"' for one in _choices(kind, where)) if said.startswith("Invalid enum") else ""
        mend = f"give {choice}" if choice else said
        raise Misconfigured(f"{path}: {where + ': ' if where else ''}{mend}. docs/settings.md tells every key.") from None


def _choices(kind: type[Any], where: str) -> tuple[str, ...]:
    """What may stand there, where that is one of several words. `where`: such as rule[5].trigger."""
    found: Any = inspect.type_info(kind)
    for name in re.findall(r"[^.\[\]]+", where):
        if isinstance(found, inspect.StructType):
            found = next((field.type for field in found.fields if field.encode_name == name), None)
        else:
            found = getattr(found, "item_type", None)
    return tuple(map(str, found.values)) if isinstance(found, inspect.LiteralType) else ()
