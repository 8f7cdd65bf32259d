"""Every shipped sheet, rendered: its size, what it must hold, what it must never hold, and what it does with hostile names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chalicelib.adapters.templates import Templates
from chalicelib.domain.shop import Brand
from chalicelib.errors import Misconfigured
from tests.support.world import demo_shop

FOLDER = Path(__file__).parents[2] / "templates"
HOSTILE = "<script>alert(1)</script>\"'&</style><img src=https://evil.example/x>"
VOUCHER = {"code": "7HQ2M-9KXTC", "value": "£15", "minimum": "£60", "expires": "3 June 2026"}
ITEM = {"item": HOSTILE, "words": HOSTILE, "category": "rings", "closing_out": False}
THING = {"title": HOSTILE, "quantity": 2}


def insert(variant: str, **changes: object) -> dict[str, object]:
    return {"variant": variant, "name": HOSTILE, "giver": HOSTILE, "message": "", "card": False, "line": {}, **changes}


SLIP = {"number": HOSTILE, "placed": "2 March 2026", "opens": HOSTILE, "name": HOSTILE, "gift": False, "again": False, "more": 3}
ROW = {
    **SLIP, "things": [THING], "perhaps": False, "slip": True, "insert": "first", "with_line": True, "card": True, "little_extra": True,
}  # fmt: skip
NOTE = {"name": HOSTILE, "giver": HOSTILE, "until": "11 April 2026"}
LETTER = {"lines": (HOSTILE, "4 Fore Street"), "name": HOSTILE, "since": "8 February 2025", "line": VOUCHER}
CALL = {
    "name": HOSTILE, "phone": HOSTILE, "why": HOSTILE, "agreed": True, "id": "x",
    "orders": [{"placed": "8 February 2025", "number": "#1", "things": [HOSTILE], "gift": True}],
}  # fmt: skip
POSTER = {
    "prize": HOSTILE, "worth": "£180", "closes": "18:00 on the last day of each month", "age": 18, "area": HOSTILE,
    "address": "https://pellow.example/counter/", "spelt": "pellow.example/counter", "kept_days": 30,
}  # fmt: skip
LABEL = {"left": 7.25, "top": 15.15, "lines": (HOSTILE,)}

SHEETS: dict[str, tuple[str, dict[str, object]]] = {
    "packing-list": ("A4;margin:16mm 15mm", {"day": "Monday 2 March", "parcels": [ROW, {**ROW, "perhaps": True}]}),
    "packing-line": ("105mm 148mm", {"parcels": [{**SLIP, "things": [THING]}, {**SLIP, "gift": True, "things": []}]}),
    "insert": (
        "148mm 105mm",
        {"parcels": [*map(insert, ("first", "repeat", "order", "gift")), insert("gift", message=HOSTILE, card=True), insert("repeat", line=ITEM)]},
    ),
    "card": ("105mm 148mm", {"parcels": [{}, {}]}),
    "note": ("148mm 210mm", {"notes": [NOTE, {**NOTE, "name": "", "giver": ""}]}),
    "letter": ("210mm 297mm", {"today": "2 March 2026", "window": "din", "letters": [LETTER, {**LETTER, "since": "", "line": {}}]}),
    "labels": ("210mm 297mm", {"pages": [{"labels": [LABEL]}]}),
    "calls": ("A4;margin:16mm 15mm", {"today": "2 March 2026", "calls": [CALL, {**CALL, "orders": []}]}),
    "poster": ("210mm 297mm", {"qr": "", "posters": [POSTER, {**POSTER, "age": 0, "area": ""}]}),
}  # fmt: skip


def rendered(name: str, brand: Brand | None = None, **changes: object) -> str:
    context = {"shop": demo_shop(brand=brand or Brand()), "lang": "en-GB", "logo": "", **SHEETS[name][1], **changes}
    return Templates(FOLDER, brand).sheet(name, context)


def read(html: str) -> str:
    """What people read of it."""
    without = re.sub(r"<style>.*?</style>|<head>.*?</head>|<[^>]*>", " ", html, flags=re.DOTALL)
    return " ".join(without.replace("&amp;", "&").split())


def test_every_sheet_is_here() -> None:
    assert {path.stem for path in (FOLDER / "print").glob("*.html")} == {*SHEETS}


@pytest.mark.parametrize("name", SHEETS)
def test_it_has_its_size_and_lets_nothing_in(name: str) -> None:
    html = rendered(name)
    assert f"@page{{margin:0;size:{SHEETS[name][0]}}}" in html
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"" in html
    assert not re.search(r"<(script|link|iframe|object)\b|@import|url\(", html)


@pytest.mark.parametrize("name", [name for name in SHEETS if name != "card"])
def test_what_people_wrote_stays_text(name: str) -> None:
    html = rendered(name)
    assert "<script>alert" not in html
    assert "<img src=https" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("name", SHEETS)
def test_it_wears_the_shops_brand(name: str) -> None:
    html = rendered(name, Brand(act="#123456", act_dark="#abcdef", ornament="#654321", voice="Caslon"))
    assert "--act:#123456;--ornament:#654321;--voice:Caslon" in html
    if name != "labels":
        assert "Pellow &amp; Wren" in html


def test_a_drawn_mark_stands_in_place_of_the_name() -> None:
    html = rendered("note", logo="data:image/svg+xml;base64,PHN2Zy8+")
    assert '<img src="data:image/svg+xml;base64,PHN2Zy8+" alt="Pellow &amp; Wren">' in html


def test_a_value_that_is_not_given_is_an_error() -> None:
    with pytest.raises(Misconfigured, match=r"print/note\.html"):
        rendered("note", notes=[{"name": "Ruth"}])


def test_there_is_no_other_sheet() -> None:
    with pytest.raises(Misconfigured, match="there is no template"):
        Templates(FOLDER).sheet("postcard", {})


@pytest.mark.parametrize("name", ["packing-list", "packing-line", "card", "note", "calls"])
def test_no_price_is_on_it(name: str) -> None:
    assert not re.search(r"[£€$]\s?\d|voucher|price", read(rendered(name)), re.IGNORECASE)


def test_a_gifts_insert_offers_nothing() -> None:
    told = read(rendered("insert", parcels=[insert("gift", message="With love", card=True), insert("gift", giver="")]))
    assert "With love" in told
    assert not re.search(r"[£€$]\s?\d|voucher|price|hear from us|New among", told)


def test_an_insert_offers_one_thing_with_the_way_to_end_it() -> None:
    told = read(rendered("insert", parcels=[insert("repeat", line=VOUCHER)]))
    assert "£15 off an order of £60 or more, until 3 June 2026" in told
    assert told.count("7HQ2M-9KXTC") == 1
    assert "You told us that you like to hear from us. A word, and it was the last: morwenna@pellow-wren.example" in told


def test_the_note_says_from_whom_what_for_and_until_when() -> None:
    told = read(rendered("note", notes=[{"name": "Ruth", "giver": "Daniel", "until": "11 April 2026"}]))
    assert "Dear Ruth" in told
    assert "I hope that the surprise was a happy one. Daniel chose it for you" in told
    assert "from Daniel, for this note alone, and delete it on 11 April 2026" in told
    assert "we will not write again" in told


def test_the_poster_leads_to_the_counter_by_a_code_and_in_letters() -> None:
    html = rendered(
        "poster", qr="data:image/svg+xml;base64,PHN2Zy8+", posters=[{**POSTER, "prize": "A ring", "area": "Cornwall"}]
    )
    assert '<img src="data:image/svg+xml;base64,PHN2Zy8+" alt="QR code that leads to https://pellow.example/counter/">' in html
    assert "or type pellow.example/counter" in read(html)
    assert "pellow.example/competition/rules/" in read(html)


def test_the_card_is_blank_but_for_our_name_on_its_back() -> None:
    html = rendered("card", parcels=[{}])
    front, back = re.findall(r'<section class="sheet (?:front|back)">(.*?)</section>', html, re.DOTALL)
    assert read(front) == "Thank you"
    assert read(back) == "Pellow & Wren Jewellers, Falmouth"


def test_the_letter_says_how_to_end_them() -> None:
    told = read(rendered("letter"))
    assert "you agreed that we may write to you by post. A word to us, and it was the last" in told
    assert "Pellow & Wren, 12 Arwenack Row" in told


def test_a_call_has_a_box_for_each_outcome() -> None:
    told = read(rendered("calls"))
    assert all(outcome in told for outcome in ("Happy", "Unhappy", "Why they stayed away", "No answer", "Asked us to stop"))
