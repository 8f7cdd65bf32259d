"""Pictures of everything on paper, as it comes out of the printer, for docs/paper.md. `make pictures` takes them with the others."""

from __future__ import annotations

import base64
import sys
from pathlib import Path

from msgspec.structs import replace
from playwright.sync_api import Browser

from chalicelib.adapters.local.qr import drawing
from chalicelib.config import ROOT
from chalicelib.domain.fact import ADDRESS, PHONE
from chalicelib.domain.playbook import Playbook
from chalicelib.usecases.printing import paper
from tests.support.packed import JENIFER, LOWENNA, bounced, by_hand, contact, fact, gift, note, order, voucher
from tests.support.small_png import small
from tests.support.world import TestWorld

OUT = ROOT / "docs" / "pictures" / "paper"
LARGEST = 100_000
PICTURES: dict[str, tuple[str, tuple[int, ...]]] = {
    "packing-list": ("packing", (1,)),
    "packing-slips": ("slips", (1, 2)),
    "insert-first": ("inserts", (1,)),
    "insert-gift": ("inserts", (2,)),
    "insert-repeat": ("inserts", (3,)),
    "card": ("cards", (1, 2)),
    "note": ("notes", (1,)),
    "letter": ("letters", (1,)),
    "labels": ("labels", (1,)),
    "calls": ("calls", (1,)),
    "poster": ("poster", (1,)),
}
"""Name → what is printed, and which of its pages are shown."""

QR = f"data:image/svg+xml;base64,{base64.b64encode(drawing('https://hello.pellow-wren.example/counter/')).decode()}"
_LAID_OUT = """
body{display:flex;gap:7mm;align-items:flex-start;padding:8mm;width:max-content}
.sheet{display:none;margin:0}
main{width:210mm;box-shadow:0 1mm 6mm #17252a2e}
.sheet:has(.label){height:100mm}
"""


def morning(world: TestWorld) -> None:
    """Parcels of every kind, a note, letters and calls to make."""
    note(world)
    world.playbook = Playbook(tuple(replace(rule, mode="on") for rule in world.playbook.rules))
    lines = [("Estuary ring, M½", 1), ("Lambswool socks, M", 2)]
    told = [
        {"id": n, "title": title, "quantity": many, "price": "48.00", "properties": []} for n, (title, many) in enumerate(lines)
    ]
    order(world, 1041, line_items=told)
    gift(world, 1042)
    jenifer = contact(world, "Jenifer Kitto", JENIFER, "newsletter/e-mail")
    voucher(world, jenifer)
    for number, days in ((901, 300), (955, 140)):
        order(world, number, name="Jenifer Kitto", email=JENIFER, days_ago=days, sent=True)
    order(world, 1043, name="Jenifer Kitto", email=JENIFER)
    lowenna = away(world, 501, "Lowenna Rosewarne", LOWENNA, "offers/post")
    voucher(world, lowenna, "4TQ8W-2MKXA")
    fact(world, lowenna, ADDRESS, "Lowenna Rosewarne\n17 Chapel Terrace\nPorthleven\nHELSTON\nTR13 9HB")
    joerg = away(world, 502, "Jörg Weiß-Müller", "joerg.mueller@example.com", "offers/post")
    fact(world, joerg, ADDRESS, "Königstraße 4½\n24103 KIEL\nGERMANY")
    for days, person in enumerate((lowenna, joerg)):
        by_hand(world, "letter", person, in_days=days)
    for number, name, phone in ((503, "Piran Tregenza", "+44 1326 555014"), (504, "Kerensa Bolitho", "+44 1872 555017")):
        person = away(world, number, name, f"{number}@example.com", "offers/call")
        fact(world, person, PHONE, phone)
        by_hand(world, "call", person)


def away(world: TestWorld, number: int, name: str, email: str, consent: str) -> str:
    """Somebody who ordered long ago, and whom mail does not reach; their id."""
    person = contact(world, name, email, consent)
    order(world, number, name=name, email=email, days_ago=400, sent=True)
    bounced(world, person)
    return person


def take(browser: Browser, out: Path = OUT) -> int:
    """Writes them all; 1 when one of them is too large."""
    out.mkdir(parents=True, exist_ok=True)
    sizes = []
    with TestWorld(recipient_note="by hand") as world:
        morning(world)
        for name, (kind, pages) in PICTURES.items():
            made = paper(world, kind, None)
            context = browser.new_context(viewport={"width": 1280, "height": 900}, device_scale_factor=1.25)
            page = context.new_page()
            page.set_content(world.renderer.sheet(made.sheet, {**made.context, "logo": "", "qr": QR}))
            shown = "".join(f".sheet:nth-of-type({number}){{display:block}}" for number in pages)
            page.add_style_tag(content=_LAID_OUT + shown)
            taken = small(page.locator("body").screenshot())
            (out / f"{name}.png").write_bytes(taken)
            sizes.append(len(taken))
            context.close()
    sys.stdout.write(f"{len(sizes)} pictures of paper: {sum(sizes) // 1000} kB\n")
    return int(max(sizes) > LARGEST)
