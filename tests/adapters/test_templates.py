"""Every shipped mail, rendered: what it must hold, what it must never hold, and what it does with hostile names."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from chalicelib.adapters.templates import WIDTH, Templates, one_line, wrapped
from chalicelib.domain.footers import for_person
from chalicelib.domain.languages import ENGLISH, GERMAN, LANGUAGES
from chalicelib.domain.shop import Brand
from chalicelib.domain.standing import COURTESY, MARKETING, SERVICE
from chalicelib.domain.words import ALWAYS, PARAGRAPHS
from chalicelib.domain.words import MAILS as OPEN_TO_THE_OWNER
from chalicelib.errors import Misconfigured
from chalicelib.ports import Rendered
from tests.support.world import shipped_playbook

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
    locale="en-GB",
)
COMMON: dict[str, object] = {
    "shop": SHOP,
    "lang": "en-GB",
    "reason": "You get this because you asked for it.",
    "stop_url": "https://pellow.example/api/stop?t=stop-token",
    "stop_label": "Stop all mail of this kind",
    "preferences_url": "https://pellow.example/api/preferences?t=preferences-token",
    "preferences_label": "Your preferences, and what we know of you",
}
WORDING = "Also send me the monthly newsletter: new pieces, care advice, workshop days. One e-mail a month."
ROUND: dict[str, object] = {
    "draw": "December 2026",
    "prize": "A pair of Tide rings, made to your two sizes",
    "worth": "£180",
    "closes": "31 December 2026",
    "hour": "18:00",
    "rules_url": "https://pellow.example/competition/rules/",
}
CONTEXTS: dict[str, dict[str, object]] = {
    "confirm-address": {
        "link": "https://pellow.example/api/confirm?t=" + "a" * 120,
        "value": "£15",
        "minimum": "£60",
        "link_days": 7,
        "newsletter": True,
        "newsletter_wording": WORDING,
    },
    "confirm-consent": {
        "link": "https://pellow.example/api/consent?t=" + "a" * 120,
        "link_days": 7,
        "wordings": [WORDING, "Tell me by e-mail when something that I bought is due for care."],
    },
    "preferences-link": {
        "name": "Isobel Trant",
        "link": "https://pellow.example/api/preferences?t=" + "a" * 120,
        "link_days": 90,
        "preferences_url": "",
    },
    "confirm-entry": {
        **ROUND,
        "link": "https://pellow.example/api/enter?t=" + "a" * 120,
        "link_days": 7,
        "wordings": [WORDING, "Tell me by e-mail how the draw ended, and when the next one opens."],
    },
    "entered": {
        **ROUND,
        "name": "Isobel Trant",
        "entry": "7HQ2M-9KXTC-0V4RA-QW8ZN-3JD6E-YB5FP",
        "again": False,
        "seed": "the six main numbers of the first Saturday Lotto draw after the closing",
        "draw_url": "https://pellow.example/api/draws?round=2026-12",
        "objects": False,
    },
    "won": {
        "name": "Isobel Trant",
        "draw": "December 2026",
        "prize": "A pair of Tide rings, made to your two sizes",
        "worth": "£180",
        "entry": "7HQ2M-9KXTC-0V4RA-QW8ZN-3JD6E-YB5FP",
        "value": "3 9 14 22 41 50",
        "draw_url": "https://pellow.example/api/draws?round=2026-12",
        "answer_by": "16 January 2027",
        "objects": False,
        "told_days": 30,
    },
    "competition-ended": {
        "name": "Isobel Trant",
        "draw": "December 2026",
        "draw_url": "https://pellow.example/api/draws?round=2026-12",
        "next_draw": "January 2027",
        "next_prize": "A silver thimble with your initials",
        "closes": "31 January 2027",
        "form_url": "https://pellow.example/competition/",
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
        "order_url": "https://pellow.example/api/order?t=order-token",
        "special": {"name": "Estuary ring", "words": "Beaten like wet sand.", "link": "https://shop.pellow.example/estuary"},
        "terms": "Our terms are short.\n\nPrices include VAT.",
        "withdrawal": "You may send anything unworn back within 14 days.",
    },
    "on-its-way": {
        "name": "Isobel Trant",
        "number": "#1001",
        "carrier": "Royal Mail",
        "tracking_number": "AB123456789GB",
        "tracking_url": "https://track.example/AB123456789GB",
        "order_url": "https://pellow.example/api/order?t=order-token",
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
    "voucher-runs-out": {
        "name": "Isobel",
        "code": "7HQ2M-9KXTC",
        "value": "£15",
        "minimum": "£60",
        "expires": "20 February 2027",
        "shop_url": "https://shop.pellow.example",
    },
    "expectation": {
        "name": "Isobel",
        "number": "#1001",
        "items": ["The Carrick locket, silver"],
        "more_lines": 0,
        "yes_url": "https://pellow.example/api/expectation?t=yes-token",
        "no_url": "https://pellow.example/api/expectation?t=no-token",
    },
    "care": {
        "name": "Isobel",
        "item": "Lambswool socks",
        "bought": "4 March 2026",
        "months": 9,
        "care": "Wash them cold, and dry them flat.\n\nMoths dislike lavender.",
        "shop_url": "https://shop.pellow.example",
    },
    "occasion": {
        "name": "Isobel",
        "label": "partner's birthday",
        "own": False,
        "date": "3 April",
        "days": 14,
        "never_url": "https://pellow.example/api/occasion?t=never-token",
        "shop_url": "https://shop.pellow.example",
    },
    "last-years-gift": {
        "name": "Isobel",
        "items": ["The Carrick locket, silver"],
        "date": "3 April",
        "never_url": "https://pellow.example/api/occasion?t=never-token",
        "shop_url": "https://shop.pellow.example",
    },
    "something-for-you": {
        "name": "Isobel",
        "item": "Tin Road ring",
        "words": "A plain band of Cornish tin and silver, made on the old road.",
        "url": "https://shop.pellow.example/tin-road",
        "closing_out": False,
        "because": "We thought of you because you told us that you like rings.",
    },
    "invitation": {"name": "Isobel", "since": "4 March 2026", "shop_url": "https://shop.pellow.example"},
    "still-welcome": {
        "name": "Isobel",
        "since": "4 March 2026",
        "yes_url": "https://pellow.example/api/welcome?t=welcome-token",
    },
    "morning": {
        "day": "Monday 2 March",
        "waiting": [
            {"what": "Jory Penhale", "why": "“Can the signet be resized?” Asked on 26 February.", "how": "Answer by Thursday."}
        ],
        "today": [{"what": "The thank-you to Ewan Baird", "why": "The order arrived on 27 February 2026.", "how": ""}],
        "held": [{"what": "The care reminder to Tom Carey", "why": "They have heard from us twice in 30 days.", "how": ""}],
        "decide": [],
        "by_hand": [{"what": "A letter", "why": "", "how": "courtesy print letters"}],
        "unsure": [{"what": "The receipt to Priya Nair", "why": "It may have gone out.", "how": "courtesy settle"}],
        "floor": [{"what": "Lowenna Rowe", "why": "Nothing since July.", "how": ""}],
        "pause_url": "https://pellow.example/api/pause?t=pause-token",
    },
}
TYPED = ("name", "giver", "recipient", "number", "carrier", "tracking_number", "item", "label", "words", "because", "care")
MAY_BE_EMPTY = {
    "voucher": ("name", "consent_link"),
    "receipt": ("name", "order_url", "special"),
    "on-its-way": ("name", "carrier", "tracking_number", "tracking_url", "order_url"),
    "thank-you": ("name",),
    "gift-note": ("name", "giver"),
    "thanks-relay": ("name", "recipient"),
    "care": ("name", "care"),
    "something-for-you": ("name", "words"),
    **dict.fromkeys(
        ("voucher-runs-out", "expectation", "occasion", "last-years-gift", "invitation", "still-welcome", "morning"), ("name",)
    ),
}
CONTEXTS["morning"]["name"] = ""
TEMPLATES = Templates(FOLDER)
GERMANS = [mail for mail in CONTEXTS if GERMAN in TEMPLATES.languages(mail)]
WRITTEN = [(mail, language) for mail in CONTEXTS for language in TEMPLATES.languages(mail)]
MAILS = pytest.mark.parametrize(("mail", "language"), WRITTEN)
BY_CLASS = {
    message_class: sorted(
        {rule.written_with for rule in shipped_playbook().rules if rule.message_class == message_class} & {*CONTEXTS}
    )
    for message_class in (SERVICE, COURTESY, MARKETING)
}


def context(mail: str, **changes: object) -> dict[str, object]:
    return {**COMMON, **CONTEXTS[mail], **changes}


def made(mail: str, language: str = ENGLISH, **changes: object) -> Rendered:
    return TEMPLATES.mail(mail, context(mail, **changes), language)


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
def test_a_mail_has_a_subject_a_text_and_an_html_part(mail: str, language: str) -> None:
    found = made(mail, language)

    assert 0 < len(found.subject) <= 60
    assert found.html.startswith("<!doctype html>")
    assert str(context(mail)["reason"]) in found.text.replace("\n", " ")
    for said in (str(context(mail)["reason"]), SHOP.postal_address, SHOP.imprint.replace("&", "&amp;")):
        assert said in found.html
    assert SHOP.postal_address in found.text
    assert SHOP.imprint in found.text


@pytest.mark.parametrize(
    ("mail", "language", "name"), [(mail, language, name) for mail, language in WRITTEN for name in context(mail)]
)
def test_a_mail_is_refused_when_one_thing_is_missing(mail: str, language: str, name: str) -> None:
    if (mail, name) in {("confirm-address", "name"), ("morning", "name")}:
        pytest.skip("greets nobody by name")
    if name.endswith("_label") and not context(mail)[name.replace("_label", "_url")]:
        pytest.skip("leads nowhere, so it needs no word for it")
    without = {key: value for key, value in context(mail).items() if key != name}

    with pytest.raises(Misconfigured, match=rf"templates/email/{mail}/.*{name}"):
        TEMPLATES.mail(mail, without, language)


@pytest.mark.parametrize(
    ("mail", "language", "name"),
    [(mail, language, name) for mail, language in WRITTEN for name in MAY_BE_EMPTY.get(mail, ())],
)
def test_what_may_be_empty_leaves_no_hole(mail: str, language: str, name: str) -> None:
    found = made(mail, language, **{name: ""})

    assert 'href=""' not in found.html
    assert not re.search(r"Dear\s*(\n|<)", found.text + found.html)
    assert not re.search(r"Guten Tag +(\n|<)", found.text + found.html)
    assert not re.search(r"[^ .\n] {2}\S| [,.:]", found.text.split("\n---")[0] if mail != "receipt" else "")
    assert found.subject == " ".join(found.subject.split())


@MAILS
def test_hostile_names_stay_words(mail: str, language: str) -> None:
    typed: dict[str, object] = {name: HOSTILE for name in (*TYPED, "message") if name in CONTEXTS[mail]}
    if "items" in CONTEXTS[mail]:
        typed["items"] = [HOSTILE]
    if "lines" in CONTEXTS[mail]:
        typed["lines"] = [{"title": HOSTILE, "quantity": 1, "price": "£1.00"}]
    if mail == "morning":
        typed["waiting"] = [{"what": HOSTILE, "why": HOSTILE, "how": HOSTILE}]

    found = made(mail, language, **typed)

    assert "<script" not in found.html
    assert not Reader(found.html).wrong
    assert len(found.subject.splitlines()) == 1
    assert not any(line.startswith("Bcc:") for line in found.text.splitlines())


@MAILS
def test_templates_in_names_stay_words(mail: str, language: str) -> None:
    trick = "{{ 7*7 }}{% raw %}"
    found = made(mail, language, **{name: trick for name in TYPED if name in CONTEXTS[mail]})

    assert "49" not in found.subject + found.text
    for leak in ("{{ shop", "{%-", "{% if", "{#", "Undefined"):
        assert leak not in found.subject + found.text + found.html


@MAILS
def test_the_html_is_well_formed_and_says_its_language(mail: str, language: str) -> None:
    html = made(mail, language, lang="en-GB" if language == ENGLISH else language).html
    reader = Reader(html)

    assert (reader.wrong, reader.open) == ([], [])
    assert f'<html lang="{"en-GB" if language == ENGLISH else language}"' in html
    assert 'role="article" aria-roledescription="email"' in html
    assert html.count("<table") == html.count('<table role="presentation"') + (mail == "receipt")


@MAILS
def test_a_mail_is_small_and_fetches_nothing(mail: str, language: str) -> None:
    html = made(mail, language).html

    assert len(html.encode()) < 15_000
    assert not re.search(r"<(img|link|script|iframe|object|video|audio|base|form)\b|@import|url\(|\bsrc=|background=", html)


def test_the_longest_morning_stays_small() -> None:
    entries = [{"what": "w" * 200, "why": "y " * 150, "how": "h " * 150}] * 50
    found = made(
        "morning", ENGLISH, **dict.fromkeys(("waiting", "today", "held", "decide", "by_hand", "unsure", "floor"), entries)
    )

    assert len(found.html.encode()) < 60_000
    assert found.text.count("and more: courtesy today") == 7


@MAILS
def test_the_text_holds_every_link_on_a_line_of_its_own(mail: str, language: str) -> None:
    found = made(mail, language)

    assert set(links(found.html)) <= set(found.text.splitlines())


@MAILS
def test_no_line_of_the_text_is_too_long_but_a_link(mail: str, language: str) -> None:
    text = made(mail, language).text

    assert [line for line in text.splitlines() if len(line) > WIDTH and not line.startswith("https://")] == []
    assert "\n\n\n\n" not in text


@MAILS
def test_without_a_stop_link_nothing_speaks_of_one(mail: str, language: str) -> None:
    if mail == "still-welcome":
        pytest.skip("its no is the stop link")
    found = made(mail, language, stop_url="")

    assert "stop-token" not in found.text + found.html
    assert str(context(mail)["stop_label"]) not in found.text + found.html


@pytest.mark.parametrize("mail", [*BY_CLASS[COURTESY], "thanks-relay"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_courtesy_mail_offers_nothing(mail: str, language: str) -> None:
    if language not in TEMPLATES.languages(mail):
        pytest.skip("not written")
    found = made(mail, language)
    words = " ".join([found.subject, found.text, *Reader(found.html).words])

    assert not re.search(r"[£$€]|\b\d+[.,]\d\d\b", words)
    assert not re.search(
        r"\b(offers?|vouchers?|discounts?|% off|sales?|buy|codes?|newsletter|new pieces|angebot|gutschein|rabatt|nachlass|neuheiten)\b",
        words,
        re.IGNORECASE,
    )
    assert SHOP.storefront_url not in found.html + found.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_advertises_nothing(language: str) -> None:
    found = made("receipt", language, order_url="", special=None)

    assert not re.search(
        r"\b(offers?|vouchers?|discounts?|newsletter|angebot|gutschein|rabatt)\b", found.text + found.html, re.IGNORECASE
    )
    assert SHOP.storefront_url not in found.html + found.text


@MAILS
def test_no_mail_presumes_he_or_she(mail: str, language: str) -> None:
    found = made(mail, language, message="Thanks")
    presumed = (
        r"he|him|his|she|her|hers|himself|herself" if language == ENGLISH else r"ihm|Herr|Frau|Kunde|Kundin|Empfänger|Käufer"
    )

    assert not re.search(rf"\b({presumed})\b|:in\b|\*in", found.text)


@MAILS
def test_no_mail_raises_its_voice(mail: str, language: str) -> None:
    found = made(mail, language)
    assert "!" not in found.subject + found.text + "".join(Reader(found.html).words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_confirm_address_repeats_no_word_of_the_visitor(language: str) -> None:
    found = made("confirm-address", language, name="Typed", email="typed@example.com", answers="Typed")

    assert "typed" not in (found.subject + found.text + found.html).lower()


@pytest.mark.parametrize(("mail", "language"), [one for one in WRITTEN if "more_lines" in CONTEXTS[one[0]]])
def test_a_cut_list_says_how_many_are_left_out(mail: str, language: str) -> None:
    found, said = made(mail, language, more_lines=3), {ENGLISH: "and 3 more", GERMAN: "und 3 weitere"}[language]
    assert f"{said}\n" in found.text
    assert f"{said}<" in found.html


def test_the_gift_note_says_where_the_address_comes_from_and_until_when() -> None:
    text = made("gift-note").text.replace("\n", " ")

    assert "We have your address from Daniel" in text
    assert "delete it on 31 December 2026" in text
    assert "Remove my address now" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_relayed_words_keep_their_lines(language: str) -> None:
    found = made("thanks-relay", language)

    assert "  | Dear Daniel,\n  |\n  | it is lovely." in found.text
    assert "Dear Daniel,<br><br>it is lovely." in found.html


def test_the_second_voucher_mail_says_that_it_is_the_same_code() -> None:
    found = made("voucher", again=True, consent_link="")

    assert found.subject == "Your £15 voucher, once more"
    assert "same code" in found.text
    assert "newsletter" not in found.text


@pytest.mark.parametrize(("over", "said"), [("used", "been used"), ("ended", "run out")])
def test_a_voucher_that_is_over_sends_nobody_shopping_for_another(over: str, said: str) -> None:
    found = made("voucher", over=over, consent_link="")

    assert said in found.text
    assert "Type the code in" not in found.text + found.html


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (
            "partner's birthday",
            "remind you of your partner\N{RIGHT SINGLE QUOTATION MARK}s birthday: it is on 3 April, in 14 days.",
        ),
        ("anniversary", "remind you of your anniversary"),
        ("Aunt Demelza", "remind you of “Aunt Demelza”"),
    ],
)
def test_an_occasion_is_called_what_they_called_it(label: str, said: str) -> None:
    found = made("occasion", label=label)

    assert said in found.text.replace("\n", " ")
    assert said in " ".join(Reader(found.html).words)


@pytest.mark.parametrize(("days", "said"), [(0, "3 April, today."), (1, "3 April, tomorrow."), (2, "3 April, in 2 days.")])
def test_an_occasion_says_how_soon_it_is(days: int, said: str) -> None:
    assert said in made("occasion", days=days).text.replace("\n", " ")


def test_their_own_birthday_is_wished_well_and_sold_nothing() -> None:
    found = made("occasion", label="birthday", own=True)

    assert "Your birthday is on 3 April" in found.text
    assert SHOP.storefront_url not in found.text + found.html


def test_the_last_of_them_is_said_to_be_the_last() -> None:
    assert made("something-for-you", closing_out=True).subject == "The last of them: Tin Road ring"
    assert "there will be no more of it" in made("something-for-you", closing_out=True).text.replace("\n", " ")


def test_a_morning_without_work_says_so() -> None:
    nothing = dict.fromkeys(("waiting", "today", "held", "decide", "by_hand", "unsure", "floor"), ())
    found = made("morning", ENGLISH, **nothing)

    assert found.subject == "Monday 2 March: nothing waits for you"
    assert "Nothing waits for you." in found.text


def test_a_morning_begins_with_who_waits() -> None:
    found = made("morning")

    assert found.subject == "Monday 2 March: 1 waiting"
    assert "1 waiting for an answer, 1 in doubt, 1 to do by hand." in found.text
    assert found.text.index("Jory Penhale") < found.text.index("Priya Nair") < found.text.index("Ewan Baird")


def test_all_service_mails_are_written_in_german() -> None:
    to_people = {rule.written_with for rule in shipped_playbook().rules if rule.message_class == SERVICE and rule.to != "owner"}

    assert to_people <= {*GERMANS}


@pytest.mark.parametrize(
    ("language", "promise"),
    [(ENGLISH, "an address that nobody confirms is deleted"), (GERMAN, "eine Adresse, die niemand bestätigt")],
)
@pytest.mark.parametrize("mail", ["confirm-address", "confirm-entry"])
def test_whom_we_know_is_not_told_that_they_will_be_deleted(mail: str, language: str, promise: str) -> None:
    found = made(mail, language)

    assert promise in " ".join(found.text.split())
    assert promise in found.html
    assert not any(word in found.text + found.html for word in ("delete this address", "löschen wir diese"))


@pytest.mark.parametrize("mail", GERMANS)
def test_a_german_mail_has_no_english_left_in_it(mail: str) -> None:
    theirs: dict[str, object] = {
        "newsletter_wording": "",
        "terms": "",
        "withdrawal": "",
        "message": "",
        "items": [],
        "lines": [],
        "wordings": [],
        **({"prize": ""} if "prize" in CONTEXTS[mail] else {}),
        **({"seed": ""} if "seed" in CONTEXTS[mail] else {}),
    }
    told = {**context(mail, **theirs), "reason": "", "stop_label": "", "preferences_label": ""}
    found = TEMPLATES.mail(mail, told, GERMAN)
    words = " ".join([found.subject, re.sub(r"https?://\S+", "", found.text), *Reader(found.html).words])

    assert not re.search(r"\b(the|you|your|and|with|from|order|more|total|hello|dear|this|page)\b", words, re.IGNORECASE)


@pytest.mark.parametrize("mail", GERMANS)
def test_a_german_mail_brings_what_the_english_one_does(mail: str) -> None:
    english, german = made(mail), made(mail, GERMAN)

    assert links(german.html) == links(english.html)
    assert german.html.count("<table") == english.html.count("<table")
    assert german.text.count("https://") == english.text.count("https://")


@pytest.mark.parametrize("mail", OPEN_TO_THE_OWNER)
def test_the_owners_paragraphs_are_those_of_the_templates(mail: str) -> None:
    opened = OPEN_TO_THE_OWNER[mail]

    assert opened.languages == TEMPLATES.languages(mail)
    for language in opened.languages:
        folder = FOLDER / "email" / mail / ("" if language == ENGLISH else language)
        for part in ("body.txt", "body.html"):
            used = set(re.findall(r"\bsaid\.(\w+)", (folder / part).read_text(encoding="utf-8")))
            assert used == {*opened.paragraphs}, f"{language}/{part}"
    assert {*opened.placeholders} <= {*CONTEXTS[mail]}
    assert {*opened.paragraphs} <= {*PARAGRAPHS}
    assert not {*opened.placeholders} & {*ALWAYS}


def test_a_language_that_is_not_whole_is_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "email" / "half" / "de"
    folder.mkdir(parents=True)
    for part in ("subject.txt", "body.txt", "body.html"):
        (folder.parent / part).write_text("x")
    (folder / "subject.txt").write_text("x")

    assert Templates(tmp_path).languages("half") == (ENGLISH,)
    assert Templates(tmp_path).languages("absent") == ()


def test_the_shops_colours_and_faces_reach_every_mail() -> None:
    theirs = Templates(FOLDER, Brand(act="#5B2A86", act_dark="#c9a6f0", voice='"Old Standard", serif', plain="Verdana"))
    for mail, language in WRITTEN:
        html = theirs.mail(mail, context(mail), language).html
        assert "#0e5350" not in html
        assert "#7fd0c4" not in html
        assert "#5b2a86" in html
        assert "'Old Standard', serif" in html
        assert "Palatino" not in html
        assert not Reader(html).wrong


def test_a_face_cannot_break_out_of_its_attribute() -> None:
    html = Templates(FOLDER, Brand(voice='x"><script>alert(1)</script>')).mail("thank-you", context("thank-you")).html

    assert "<script" not in html
    assert not Reader(html).wrong


def test_a_colour_that_is_none_is_told() -> None:
    with pytest.raises(Misconfigured, match=r'\[brand\]: "red;" is no colour'):
        Templates(FOLDER, Brand(act="red;")).mail("thank-you", context("thank-you"))


@pytest.mark.parametrize("subject", ["", "two\nlines", "a\x00null", "turned \u202e round", "separated\u2028lines", "half \ud800"])
def test_a_subject_that_is_not_one_visible_line_is_refused(tmp_path: Path, subject: str) -> None:
    folder = tmp_path / "email" / "odd"
    folder.mkdir(parents=True)
    for part in ("body.txt", "body.html"):
        (folder / part).write_text("x")
    (folder / "subject.txt").write_text("{{ subject }}")

    with pytest.raises(Misconfigured, match=r"templates/email/odd/subject\.txt"):
        Templates(tmp_path).mail("odd", {"subject": subject, "shop": SHOP})


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


def test_a_logo_stands_in_the_names_place_and_is_nothing_without_it() -> None:
    for mail, language in WRITTEN:
        html = Templates(FOLDER, logo=(120, 40)).mail(mail, context(mail), language).html
        (image,) = re.findall(r"<img [^>]*>", html)
        for said in (
            'src="https://pellow.example/mail-logo.png"',
            'alt="Pellow &amp; Wren"',
            'width="120" height="40"',
            "font:400 20px",
        ):
            assert said in image
        assert "<img" not in made(mail, language).html
