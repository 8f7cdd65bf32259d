"""What the owner prints: paper for the parcels, and what is written, posted and rung up by hand."""

from __future__ import annotations

import argparse
import base64
import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from chalicelib.adapters.local import browser_pdf, qr
from chalicelib.domain.calendar import at_local, local_day
from chalicelib.domain.label import PER_SHEET
from chalicelib.errors import Invalid
from chalicelib.ports import World
from chalicelib.usecases.printing import KINDS, Paper, paper
from courtesy.opened import chosen, opened
from courtesy.site_pictures import logo_of
from courtesy.spreadsheet import keep
from courtesy.up import say

DONE, NO = 0, 1
Asked = argparse.Namespace

_CALLED = {
    "packing": ("parcel to pack", "parcels to pack"),
    "slips": ("packing slip", "packing slips"),
    "inserts": ("insert", "inserts"),
    "cards": ("blank card", "blank cards"),
    "notes": ("note", "notes"),
    "letters": ("letter", "letters"),
    "labels": ("label", "labels"),
    "calls": ("call", "calls"),
    "poster": ("poster", "posters"),
}
_ON = {
    "packing": "A4",
    "slips": "A6, 105 × 148 mm",  # noqa: RUF001 - as sizes are written
    "inserts": "A6 landscape, 148 × 105 mm",  # noqa: RUF001
    "cards": "A6 card, both sides",
    "notes": "A5",
    "letters": "A4",
    "labels": "A4 sheets of 21 labels",
    "calls": "A4",
    "poster": "A4",
}
_OF_NOBODY = ("cards", "poster")
"""What holds no name."""


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """`add` takes a command's name and its help, and gives its parser."""
    printed = add("print", help="paper: for the parcels to be packed, and for what is written, posted and rung up by hand")
    printed.add_argument("what", choices=KINDS, help="what to print")
    printed.add_argument(
        "--due", type=_due, default="today", metavar="DAY", help="today, a day such as 2026-03-04, or all (default: today)"
    )
    printed.add_argument("--out", type=Path, required=True, metavar="FILE", help="a name that ends in .pdf or .html")
    printed.add_argument(
        "--start", type=_start, default=1, metavar="N", help=f"of labels: the first free one of {PER_SHEET} (default: 1)"
    )
    printed.set_defaults(do=_print)


def _due(text: str) -> str:
    if text in ("today", "all"):
        return text
    try:
        day = date.fromisoformat(text)
        if not 2000 <= day.year <= 2200:
            raise ValueError("no day of ours")
        return day.isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError("give today, all, or a day such as 2026-03-04") from None


def _start(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= PER_SHEET):
        raise argparse.ArgumentTypeError(f"give a number from 1 to {PER_SHEET}: labels count from the top left, row by row")
    return int(text)


def _print(asked: Asked) -> int:
    if asked.out.suffix not in (".pdf", ".html"):
        raise Invalid("Give --out a name that ends in .pdf or .html.")
    with opened(asked) as world:
        made = paper(world, asked.what, _before(asked.due, world.clock.now(), world.shop.zone), start=asked.start)
        html = _html(world, made, logo_of(world.shop, chosen(asked).shop)) if made.count else ""
    for one in made.left:
        say(f"Left out: {one.what}. {one.why}")
    if not html:
        say("There is nothing to print.")
        return NO
    _keep(asked, made, html)
    return DONE


def _before(due: str, now: datetime, zone: str) -> datetime | None:
    """The end of that day, None for all."""
    if due == "all":
        return None
    day = local_day(now, zone) if due == "today" else date.fromisoformat(due)
    return at_local(day + timedelta(days=1), 0, zone)


def _html(world: World, made: Paper, logo: bytes) -> str:
    told = {**made.context, "logo": _drawn(logo)}
    if made.sheet == "poster":
        told["qr"] = _drawn(qr.drawing(f"{world.shop.url}/counter/"))
    return world.renderer.sheet(made.sheet, told)


def _drawn(drawing: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}" if drawing else ""


def _keep(asked: Asked, made: Paper, html: str) -> None:
    out, browser = asked.out, browser_pdf.find(os.environ)
    one, many = _CALLED[asked.what]
    what = f"1 {one}" if made.count == 1 else f"{made.count} {many}"
    if out.suffix == ".pdf" and browser:
        keep(out, browser_pdf.pdf(browser, html))
        say(f"{what} in {out}. Print on {_ON[asked.what]}, at 100 %: no scaling.")
    else:
        if out.suffix == ".pdf":
            out = out.with_suffix(".html")
            say(
                "No browser was found that makes a PDF (chromium or google-chrome, or the one that CHROMIUM names), so it is HTML."
            )
        keep(out, html.encode())
        say(f"{what} in {out}. Open it in a browser, print on {_ON[asked.what]}, at 100 %, without margins and without headers.")
    if asked.what not in _OF_NOBODY:
        say("It holds names: delete it when it is printed.")
