"""Every shipped mail, rendered: what it must hold, what it must never hold, and what it does with hostile names."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from chalicelib.adapters.templates import WIDTH, Templates, one_line, wrapped
from chalicelib.domain.footers import for_person
from chalicelib.errors import Misconfigured

FOLDER = Path(__file__).parents[2] / "templates"
HOSTILE = "<script>alert(1)</script>\"'&\r\nBcc: all@example.com\r\n"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

SHOP = SimpleNamespace(
    name="Pellow & Wren",
    line="Jewellers, Falmouth",
    postal_address="12 Arwenack Row, Falmouth TR11 3JA",
    signature="Morwenna Pellow",
    imprint="Pellow & Wren Ltd, company number 00000000",
    url="https://pellow.example",
    storefront_url="https://shop.pellow.example",
)
COMMON: dict[str, object] = {
    "shop": SHOP,
    "lang": "en-GB",
    "reason": "You get this because you asked for it.",
    "stop_url": "https://pellow.example/api/stop?t=stop-token",
    "stop_label": "Stop all mail of this kind",
}
WORDING = "Also send me the monthly newsletter: new pieces, care advice, workshop days. One e-mail a month."
CONTEXTS: dict[str, dict[str, object]] = {
    "confirm-address": {
        "link": "https://pellow.example/api/confirm?t=" + "a" * 120,
        "value": "£15",
        "minimum": "£60",
        "link_days": 7,
        "newsletter": True,
        "newsletter_wording": WORDING,
    },
    "voucher": {
        "name": "Isobel Trant",
        "code": "7HQ2M-9KXTC",
        "value": "£15",
        "minimum": "£60",
        "expires": "20 February 2027",
        "over": "",
        "again": False,
        "consent_link": "https://pellow.example/api/confirm?t=consent-token",
        "newsletter_wording": WORDING,
    },
    "receipt": {
        "name": "Isobel Trant",
        "number": "#1001",
        "placed": "22 November 2026",
        "lines": [
            {"title": "The Carrick locket, silver", "quantity": 2, "price": "£96.00"},
            {
                "title": "A chain with a title that goes on for rather longer than anyone would wish",
                "quantity": 1,
                "price": "£12.00",
            },
        ],
        "more_lines": 0,
        "total": "£108.00",
        "charged": "126.40 EUR",
        "status_url": "https://shop.pellow.example/orders/1001?key=a&b=c",
        "terms": "Our terms are short.\n\nPrices include VAT.",
        "withdrawal": "You may send anything unworn back within 14 days.",
    },
    "on-its-way": {
        "name": "Isobel Trant",
        "number": "#1001",
        "carrier": "Royal Mail",
        "tracking_number": "AB123456789GB",
        "tracking_url": "https://track.example/AB123456789GB",
        "items": ["The Carrick locket, silver", "Trace chain, 45 cm"],
        "more_lines": 0,
    },
    "thank-you": {
        "name": "Isobel",
        "number": "#1001",
        "is_gift": False,
        "items": ["The Carrick locket, silver"],
        "more_lines": 0,
    },
    "gift-note": {
        "name": "Ruth",
        "giver": "Daniel",
        "thanks_url": "https://pellow.example/api/thanks?t=thanks-token",
        "stop_label": "Remove my address now",
        "reason": for_person("gift-note", giver="Daniel", until="31 December 2026"),
    },
    "thanks-relay": {
        "name": "Daniel",
        "recipient": "Ruth",
        "message": "Dear Daniel,\n\nit is lovely. I wore it on Sunday.\n\nRuth",
    },
}
TYPED = ("name", "giver", "recipient", "number", "carrier", "tracking_number")
MAY_BE_EMPTY = {
    "voucher": ("name", "consent_link"),
    "receipt": ("name", "status_url"),
    "on-its-way": ("name", "carrier", "tracking_number", "tracking_url"),
    "thank-you": ("name",),
    "gift-note": ("name", "giver"),
    "thanks-relay": ("name", "recipient"),
}
MAILS = pytest.mark.parametrize("mail", CONTEXTS)
TEMPLATES = Templates(FOLDER)


def context(mail: str, **changes: object) -> dict[str, object]:
    return {**COMMON, **CONTEXTS[mail], **changes}


def links(html: str) -> list[str]:
    return [href.replace("&amp;", "&") for href in re.findall(r'href="([^"]*)"', html)]


class Reader(HTMLParser):
    """Collects the visible words, and complains about a tag that is not closed in its order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.wrong.append(f"<{tag}> has an attribute twice")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Closed as it opens (in SVG)."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)


def test_the_mails_on_disk_are_the_mails_tested_here() -> None:
    assert {path.name for path in (FOLDER / "email").iterdir() if path.is_dir()} == set(CONTEXTS)


@MAILS
def test_a_mail_has_a_subject_a_text_and_an_html_part(mail: str) -> None:
    made = TEMPLATES.mail(mail, context(mail))

    assert 0 < len(made.subject) <= 60
    assert made.html.startswith("<!doctype html>")
    assert str(context(mail)["reason"]) in made.text.replace("\n", " ")
    assert str(context(mail)["reason"]) in made.html
    assert SHOP.postal_address in made.text
    assert SHOP.postal_address in made.html


@pytest.mark.parametrize(("mail", "name"), [(mail, name) for mail in CONTEXTS for name in context(mail)])
def test_a_mail_is_refused_when_one_thing_is_missing(mail: str, name: str) -> None:
    without = {key: value for key, value in context(mail).items() if key != name}

    with pytest.raises(Misconfigured, match=rf"templates/email/{mail}/.*{name}"):
        TEMPLATES.mail(mail, without)


@pytest.mark.parametrize(("mail", "name"), [(mail, name) for mail, names in MAY_BE_EMPTY.items() for name in names])
def test_what_may_be_empty_leaves_no_hole(mail: str, name: str) -> None:
    made = TEMPLATES.mail(mail, context(mail, **{name: ""}))

    assert 'href=""' not in made.html
    assert not re.search(r"Dear\s*(\n|<)", made.text + made.html)
    assert not re.search(r"[^ .\n] {2}\S| [,.:]", made.text.split("\n---")[0] if mail != "receipt" else "")


@MAILS
def test_hostile_names_stay_words(mail: str) -> None:
    typed = {name: HOSTILE for name in TYPED if name in CONTEXTS[mail]}
    if "message" in CONTEXTS[mail]:
        typed["message"] = HOSTILE
    if "items" in CONTEXTS[mail]:
        typed["items"] = [HOSTILE]  # type: ignore[assignment]
    if "lines" in CONTEXTS[mail]:
        typed["lines"] = [{"title": HOSTILE, "quantity": 1, "price": "£1.00"}]  # type: ignore[assignment]

    made = TEMPLATES.mail(mail, context(mail, **typed))

    assert "<script" not in made.html
    assert not Reader(made.html).wrong
    assert len(made.subject.splitlines()) == 1
    assert not any(line.startswith("Bcc:") for line in made.text.splitlines())


@MAILS
def test_the_html_is_well_formed_and_says_its_language(mail: str) -> None:
    html = TEMPLATES.mail(mail, context(mail)).html
    reader = Reader(html)

    assert (reader.wrong, reader.open) == ([], [])
    assert '<html lang="en-GB"' in html
    assert 'role="article" aria-roledescription="email"' in html
    assert html.count("<table") == html.count('<table role="presentation"') + (mail == "receipt")


@MAILS
def test_a_mail_is_small_and_fetches_nothing(mail: str) -> None:
    html = TEMPLATES.mail(mail, context(mail)).html

    assert len(html.encode()) < 15_000
    assert not re.search(r"<(img|link|script|iframe|object|video|audio|base|form)\b|@import|url\(|\bsrc=|background=", html)


@MAILS
def test_the_text_holds_every_link_on_a_line_of_its_own(mail: str) -> None:
    made = TEMPLATES.mail(mail, context(mail))

    assert set(links(made.html)) <= set(made.text.splitlines())


@MAILS
def test_no_line_of_the_text_is_too_long_but_a_link(mail: str) -> None:
    text = TEMPLATES.mail(mail, context(mail)).text

    assert [line for line in text.splitlines() if len(line) > WIDTH and not line.startswith("https://")] == []
    assert "\n\n\n\n" not in text


@MAILS
def test_without_a_stop_link_nothing_speaks_of_one(mail: str) -> None:
    made = TEMPLATES.mail(mail, context(mail, stop_url=""))

    assert "stop-token" not in made.text + made.html
    assert str(context(mail)["stop_label"]) not in made.text + made.html


@pytest.mark.parametrize("mail", ["thank-you", "gift-note", "thanks-relay"])
def test_a_courtesy_mail_offers_nothing(mail: str) -> None:
    made = TEMPLATES.mail(mail, context(mail))
    words = " ".join([made.subject, made.text, *Reader(made.html).words])

    assert not re.search(r"[£$€]|\b\d+[.,]\d\d\b", words)
    assert not re.search(
        r"\b(offers?|vouchers?|discounts?|% off|sales?|buy|codes?|newsletter|new pieces)\b", words, re.IGNORECASE
    )
    assert SHOP.storefront_url not in made.html + made.text


def test_a_receipt_advertises_nothing() -> None:
    made = TEMPLATES.mail("receipt", context("receipt", status_url=""))

    assert not re.search(r"\b(offers?|vouchers?|discounts?|newsletter)\b", made.text + made.html, re.IGNORECASE)
    assert SHOP.storefront_url not in made.html + made.text


def test_no_mail_presumes_he_or_she() -> None:
    for mail in CONTEXTS:
        made = TEMPLATES.mail(mail, context(mail, message="Thanks"))
        assert not re.search(r"\b(he|him|his|she|her|hers|himself|herself)\b", made.text, re.IGNORECASE)


def test_no_mail_raises_its_voice() -> None:
    for mail in CONTEXTS:
        made = TEMPLATES.mail(mail, context(mail))
        assert "!" not in made.subject + made.text + "".join(Reader(made.html).words)


def test_confirm_address_repeats_no_word_of_the_visitor() -> None:
    made = TEMPLATES.mail("confirm-address", context("confirm-address", name="Typed", email="typed@example.com", answers="Typed"))

    assert "typed" not in (made.subject + made.text + made.html).lower()


def test_a_cut_list_says_how_many_are_left_out() -> None:
    for mail in ("receipt", "on-its-way", "thank-you"):
        made = TEMPLATES.mail(mail, context(mail, more_lines=3))
        assert "and 3 more\n" in made.text
        assert "and 3 more<" in made.html


def test_the_gift_note_says_where_the_address_comes_from_and_until_when() -> None:
    text = TEMPLATES.mail("gift-note", context("gift-note")).text.replace("\n", " ")

    assert "We have your address from Daniel" in text
    assert "delete it on 31 December 2026" in text
    assert "Remove my address now" in text


def test_the_relayed_words_keep_their_lines() -> None:
    made = TEMPLATES.mail("thanks-relay", context("thanks-relay"))

    assert "  | Dear Daniel,\n  |\n  | it is lovely." in made.text
    assert "Dear Daniel,<br><br>it is lovely." in made.html


def test_the_second_voucher_mail_says_that_it_is_the_same_code() -> None:
    made = TEMPLATES.mail("voucher", context("voucher", again=True, consent_link=""))

    assert made.subject == "Your £15 voucher, once more"
    assert "same code" in made.text
    assert "newsletter" not in made.text


@pytest.mark.parametrize("subject", ["", "two\nlines", "a\x00null", "turned \u202e round", "separated\u2028lines", "half \ud800"])
def test_a_subject_that_is_not_one_visible_line_is_refused(tmp_path: Path, subject: str) -> None:
    folder = tmp_path / "email" / "odd"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("{{ subject }}")

    with pytest.raises(Misconfigured, match=r"templates/email/odd/subject\.txt"):
        Templates(tmp_path).mail("odd", {"subject": subject})


def test_a_template_that_is_not_there_is_named() -> None:
    with pytest.raises(Misconfigured, match=r"templates/pages/absent\.html"):
        TEMPLATES.page("absent", {})


def test_a_template_with_a_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "wrong.html").write_text("fine\n{% if %}")

    with pytest.raises(Misconfigured, match=r"templates/pages/wrong\.html, line 2"):
        Templates(tmp_path).page("wrong", {})


def test_a_page_cannot_be_fetched_from_outside_the_folder() -> None:
    with pytest.raises(Misconfigured):
        TEMPLATES.page("../../pyproject", {})


def test_a_name_stays_on_one_line() -> None:
    assert one_line("  Ruth\r\n\tOkafor\x00 ") == "Ruth Okafor"


def test_wrapping_keeps_links_whole_and_indents() -> None:
    link = "https://pellow.example/" + "a" * 100

    assert wrapped(link) == link
    assert all(line.startswith("    word") and len(line) <= WIDTH for line in wrapped("    " + "word " * 40).splitlines())
    assert wrapped("one\n\ntwo", "> ") == "> one\n>\n> two"
