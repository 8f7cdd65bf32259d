"""What `courtesy check` says to a shop in which one thing is wrong: one sentence, with the file and the line."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.shop_check import check
from chalicelib.adapters.shop_files import read_playbook, read_products, read_shop
from chalicelib.adapters.site_file import read_site
from chalicelib.adapters.template_check import MAIL_PARTS
from chalicelib.config import ROOT
from chalicelib.errors import Misconfigured
from tests.support.properties import hostile_text, thorough

SHOP, PLAYBOOK, PRODUCTS = "shop/shop.toml", "shop/playbook.toml", "shop/products.toml"
MAILS, WORDS, SITE = "templates/email", "shop/words.toml", "shop/site.toml"
LETTERS = "small letters, digits and dashes"
SHEETS = ("letter", "calls", "packing-line", "insert", "card")


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Templates by the shipped names, with next to nothing in them: most faults are none of theirs."""
    folder = tmp_path_factory.mktemp("blank")
    for mail in (path.name for path in (ROOT / "templates" / "email").iterdir() if path.is_dir()):
        (folder / "email" / mail).mkdir(parents=True)
        for part in MAIL_PARTS:
            (folder / "email" / mail / part).write_text("Hello")
    (folder / "print").mkdir()
    for sheet in SHEETS:
        (folder / "print" / f"{sheet}.html").write_text("<!doctype html>")
    return folder


@pytest.fixture
def at(tmp_path: Path, blank: Path) -> Path:
    """A copy of the shipped shop, with blank templates."""
    shutil.copytree(ROOT / "shop", tmp_path / "shop")
    (tmp_path / "templates").symlink_to(blank)
    return tmp_path


@pytest.fixture
def whole(at: Path) -> Path:
    """A copy of the shipped shop and its templates."""
    (at / "templates").unlink()
    shutil.copytree(ROOT / "templates", at / "templates")
    (at / "templates" / "print").mkdir(exist_ok=True)
    for sheet in SHEETS:
        path = at / "templates" / "print" / f"{sheet}.html"
        if not path.exists():
            path.write_text("<!doctype html>")
    return at


def told(at: Path) -> list[str]:
    """Every fault, its file as seen from the copy."""
    return [str(fault).replace(f"{at}/", "") for fault in check(at / "shop", at / "templates").faults]


def write(at: Path, file: str, old: str, new: str) -> None:
    path = at / file
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(at: Path, file: str, words: str) -> int:
    text = (at / file).read_text(encoding="utf-8")
    assert words in text, words
    return text.count("\n", 0, text.index(words)) + 1


def rule(**keys: object) -> str:
    """One more rule, at the end of the playbook."""
    lines = [f"{key.rstrip('_')} = {value}" for key, value in keys.items()]
    return "\n".join(["", "[[rule]]", 'name = "mine"', *lines, ""])


MARKETING = {"class_": '"marketing"', "purpose": '"newsletter"', "template": '"invitation"'}
ARRIVAL = {"trigger": '"arrival"', "to": '"buyer"', "class_": '"courtesy"', "template": '"thank-you"'}
SILENCE = {"trigger": '"silence"', "to": '"contact"', **MARKETING, "template": '"still-welcome"'}
OVERDUE = {"trigger": '"next order overdue"', "to": '"contact"', **MARKETING}
NOTE = {"trigger": '"arrival"', "to": '"recipient"', "class_": '"courtesy"', "template": '"gift-note"'}


def test_the_shipped_shop_has_no_fault() -> None:
    assert [str(fault) for fault in check(ROOT / "shop", ROOT / "templates").faults] == []


# what is wrong in a rule that is added: the words on whose line it is told, and the sentence
RULES = [
    (
        {**ARRIVAL, "after_day": 3},
        "after_day = 3",
        "There is no key `after_day` in [[rule]]: did you mean `after_days`?",
    ),
    (
        {**ARRIVAL, "colour": '"red"'},
        "colour =",
        "There is no key `colour` in [[rule]]: take it out. docs/settings.md tells every key.",
    ),
    (
        {"trigger": '"arrival"', "class_": '"courtesy"', "template": '"thank-you"'},
        '[[rule]]\nname = "mine"',
        'Rule "mine": give `to`. docs/settings.md tells every key.',
    ),
    (
        {**ARRIVAL, "after_days": '"3"'},
        "after_days",
        'Give `after_days` as a whole number, such as 3, not "3".',
    ),
    (
        {**ARRIVAL, "trigger": '"arival"'},
        'trigger = "arival"',
        (
            'Give `trigger` as "claim", "claim again", "confirmed", "consent", "preferences", "order", "dispatch", "arrival", "thanks", "voucher ends", "product life", '
            '"occasion", "last year\'s gift", "item", "next order overdue", "silence", "no response", "packed", "working day", "entry", "entered", "won" or '
            '"drawn", not "arival". '
            'Did you mean "arrival"?'
        ),
    ),
    (
        {**ARRIVAL, "mode": '"maybe"'},
        'mode = "maybe"',
        'Give `mode` as "on", "ask" or "off", not "maybe".',
    ),
    (
        {**ARRIVAL, "template": '"thankyou"'},
        'template = "thankyou"',
        (
            'Rule "mine": there is no template "thankyou" under templates/email: give `template` the name of one, or put a folder with '
            'subject.txt, body.txt, body.html there. Did you mean "thank-you"?'
        ),
    ),
    (
        {**ARRIVAL, "purpose": '"newsletter"'},
        'purpose = "newsletter"',
        'Rule "mine": take `purpose` out, or give class = "marketing": a courtesy message rests on no consent, so none may excuse it.',
    ),
    (
        {"trigger": '"dispatch"', "to": '"buyer"', "class_": '"service"', "template": '"on-its-way"', "purpose": '"care"'},
        'purpose = "care"',
        'Rule "mine": take `purpose` out, or give class = "marketing": a service message rests on no consent, so none may excuse it.',
    ),
    (
        {**OVERDUE, "purpose": '""'},
        'purpose = ""',
        'Rule "mine": give its `purpose`, the consent that it rests on, such as "newsletter": marketing goes to nobody without one.',
    ),
    (
        {**OVERDUE, "purpose": '"workshops"'},
        'purpose = "workshops"',
        (
            'Rule "mine": add a [[wordings]] to shop.toml for purpose "workshops" and channel "e-mail": without the words that people said yes '
            "to, nobody can agree."
        ),
    ),
    (
        {"trigger": '"product life"', "to": '"buyer"', "class_": '"service"', "template": '"care"'},
        'class = "service"\ntemplate = "care"',
        'Rule "mine": give it class = "marketing" and a purpose: "product life" is no answer to anything that they did.',
    ),
    (
        {"trigger": '"voucher ends"', "to": '"contact"', "class_": '"service"', "template": '"voucher-runs-out"'},
        'class = "service"\ntemplate = "voucher-runs-out"',
        'Rule "mine": give it class = "marketing" and a purpose: "voucher ends" is no answer to anything that they did.',
    ),
    (
        {**NOTE, "class_": '"marketing"', "purpose": '"newsletter"'},
        'class = "marketing"\ntemplate = "gift-note"',
        'Rule "mine": give it class = "courtesy": to a gift\'s recipient nothing else may go.',
    ),
    (
        {**NOTE, "purpose": '"newsletter"'},
        'purpose = "newsletter"',
        'Rule "mine": take `purpose` out: a gift\'s recipient has agreed to nothing, so nothing may rest on it.',
    ),
    (
        {**NOTE, "once": '"year"'},
        'once = "year"',
        'Rule "mine": give once = "person", or none: a gift\'s recipient gets one note, ever, not one for each year.',
    ),
    (
        {**NOTE, "channel": '"call"'},
        'channel = "call"',
        'Rule "mine": give channel = "e-mail": where the note is a by-hand task, recipient_note in shop.toml says so.',
    ),
    (
        {**NOTE, "audience": '"own"'},
        'audience = "own"',
        'Rule "mine": give audience = "gift", or none: "own" has no recipient.',
    ),
    (
        {**ARRIVAL, "to": '"giver"'},
        'to = "giver"',
        'Rule "mine": "arrival" can only write to buyer or recipient, not to giver.',
    ),
    (
        {**ARRIVAL, "send_hour": 22},
        "send_hour = 22",
        'Rule "mine": give a send_hour outside the quiet hours of shop.toml (20 to 9): its mail would wait until they end.',
    ),
    (
        {**ARRIVAL, "send_hour": 24},
        "send_hour = 24",
        'Rule "mine": give send_hour from 0 to 23.',
    ),
    (
        {**ARRIVAL, "after_days": -1},
        "after_days = -1",
        'Rule "mine": give after_days from 0 to 3650.',
    ),
    (
        {**ARRIVAL, "before_days": 3},
        "before_days = 3",
        'Rule "mine": take `before_days` out: "arrival" has none. It is for "voucher ends", "product life", "occasion" or "last year\'s gift".',
    ),
    (
        {
            "trigger": '"occasion"',
            "to": '"contact"',
            "class_": '"marketing"',
            "purpose": '"occasions"',
            "template": '"occasion"',
            "before_days": 120,
        },
        "before_days = 120",
        'Rule "mine": give before_days from 0 to 90.',
    ),
    (
        {
            "trigger": '"item"',
            "to": '"contact"',
            "class_": '"marketing"',
            "purpose": '"for you"',
            "template": '"something-for-you"',
            "after_days": 2,
        },
        "after_days = 2",
        (
            'Rule "mine": take `after_days` out: "item" has none. It is for "order", "dispatch", "arrival", "next order overdue", "silence" or '
            '"no response".'
        ),
    ),
    (
        {**SILENCE, "once": '"order"'},
        'once = "order"',
        'Rule "mine": give another `once` than "order": "silence" is about none.',
    ),
    (
        {**SILENCE, "audience": '"gift"'},
        'audience = "gift"',
        'Rule "mine": take `audience` out: "silence" is about no order. It is for "order", "dispatch", "arrival" or "packed".',
    ),
    (
        {**OVERDUE, "needs": '["unredeemed"]'},
        'needs = ["unredeemed"]\n',
        'Rule "mine": take "unredeemed" out of `needs`: it can only be asked for "voucher ends".',
    ),
    (
        {**OVERDUE, "needs": '["no order since", "intrest"]'},
        "intrest",
        'Give each of `needs` as "unredeemed", "no order since" or "interest", not "intrest". Did you mean "interest"?',
    ),
    (
        {**ARRIVAL, "channel": '"parcel"'},
        'channel = "parcel"',
        'Rule "mine": give another channel than "parcel", or trigger = "packed": only then is a parcel open.',
    ),
    (
        {"trigger": '"packed"', "to": '"buyer"', "class_": '"courtesy"', "template": '"thank-you"'},
        'trigger = "packed"',
        'Rule "mine": give channel = "parcel": what is packed is paper in the parcel.',
    ),
    (
        {"trigger": '"no response"', "to": '"contact"', **MARKETING},
        'trigger = "no response"',
        'Rule "mine": give channel = "post" or "call": who does not answer mail is not mailed more.',
    ),
    (
        {**ARRIVAL, "expires_after": 61},
        "expires_after = 61",
        'Rule "mine": give expires_after from 0 (as its class has it) to 60 days.',
    ),
    (
        {**ARRIVAL, "unless": '"storefront sends receipt"'},
        'unless = "storefront sends receipt"',
        'Rule "mine": take `unless` out: "storefront sends receipt" is for trigger = "order".',
    ),
    (
        {"trigger": '"working day"', "to": '"owner"', "class_": '"service"', "template": '"morning"', "mode": '"ask"'},
        'mode = "ask"',
        'Rule "mine": give mode = "on" or "off": nobody could wait for your yes.',
    ),
    (
        {"trigger": '"dispatch"', "to": '"buyer"', "class_": '"service"', "template": '"on-its-way"', "mode": '"ask"'},
        'mode = "ask"',
        'Rule "mine": give mode = "on" or "off": nobody could wait for your yes.',
    ),
    (
        {"trigger": '"dispatch"', "to": '"buyer"', "class_": '"service"', "template": '"on-its-way"', "once": '"year"'},
        'once = "year"',
        'Rule "mine": take `once` out: service is owed each time.',
    ),
    (
        {**ARRIVAL, "audience": '"first order"'},
        'audience = "first order"',
        'Rule "mine": give audience = "own" or "gift", or none: "first order" is for what is packed.',
    ),
    (
        {"trigger": '"confirmed"', "to": '"contact"', "class_": '"service"', "template": '"voucher"'},
        'trigger = "confirmed"',
        'Keep exactly one rule with trigger = "confirmed": what they did is answered with it.',
    ),
]


@pytest.mark.parametrize(("keys", "words", "sentence"), RULES, ids=[sentence[:60] for *_, sentence in RULES])
def test_a_broken_rule_is_told_in_one_sentence(at: Path, keys: dict[str, object], words: str, sentence: str) -> None:
    text = (at / PLAYBOOK).read_text(encoding="utf-8")
    added = rule(**keys)
    (at / PLAYBOOK).write_text(text + added, encoding="utf-8")

    line = (text + added).count("\n", 0, len(text) + added.index(words)) + 1
    assert told(at) == [f"{PLAYBOOK}:{line}: {sentence}"]


# what is written in place of what in a shipped file; how many lines below that it is told; and the sentence
CHANGES = [
    (
        SHOP,
        'postal_address = "12',
        'postal_adress = "12',
        0,
        "There is no key `postal_adress` here: did you mean `postal_address`?",
    ),
    (SHOP, 'signature = "Morwenna Pellow" ', "", -9, "Give `signature`. docs/settings.md tells every key."),
    (SHOP, "cap = 2 ", "cap = -1 ", 0, "Give `cap` from 0 to 1000000."),
    (SHOP, "cap = 2 ", "cap = 2.5 ", 0, "Give `cap` as a whole number, such as 3, not 2.5."),
    (
        SHOP,
        "send_hour = 10",
        "send_hour = 21",
        0,
        "Give a `send_hour` outside the quiet hours: else all mail would wait until they end.",
    ),
    (SHOP, "quiet_from = 20", "quiet_from = 25", 0, "Give `quiet_from` as an hour from 0 to 23."),
    (
        SHOP,
        '  "IE", ',
        '  "UK", ',
        0,
        'Give each of `courtesy_countries` as two capital letters, not "UK", which for the United Kingdom is "GB".',
    ),
    (SHOP, 'country = "GB"', 'country = "gb"', 0, 'Give `country` as two capital letters, such as "GB" for the United Kingdom.'),
    (SHOP, 'currency = "GBP"', 'currency = "£"', 0, 'Give `currency` as three capital letters, such as "GBP", not "£".'),
    (SHOP, 'zone = "Europe/London"', 'zone = "London"', 0, 'Give `zone` as an IANA name such as "Europe/London".'),
    (SHOP, 'owner = ""', 'owner = "Morwenna"', 0, "Give `owner` as a plain e-mail address."),
    (
        SHOP,
        'value = "15.00"',
        'value = "£15"',
        0,
        'Give `offer.value` as an amount in quotation marks, such as "15.00": not an amount of money.',
    ),
    (SHOP, "days = 90", "days = 0", 0, "Give `offer.days` from 1 to 3650."),
    (
        SHOP,
        "soft_opt_in_countries = []",
        'soft_opt_in_countries = ["GB"]',
        0,
        "Give `storefront.opt_out`, the words beside the checkout's box for saying no, or leave `soft_opt_in_countries` empty: who could not say no did not let it stand.",
    ),
    (SHOP, 'act = "#0e5350"', 'act = "teal"', 0, 'Give `brand.act` as #rrggbb, such as "#0e5350", not "teal".'),
    (
        SHOP,
        'act = "#0e5350"',
        'act = "#4aa79a"',
        0,
        "Give `brand.act` as a darker colour: its contrast on white is 2.8, and text needs 4.5 to be read.",
    ),
    (
        SHOP,
        'act_dark = "#7fd0c4"',
        'act_dark = "#0e5350"',
        0,
        "Give `brand.act_dark` as a lighter colour: its contrast on dark is 1.8, and text needs 4.5 to be read.",
    ),
    (
        SHOP,
        'logo = ""',
        'logo = "logo.svg"',
        0,
        'There is no file "logo.svg" beside shop.toml: put the logo there, or give logo = "" for the name as text.',
    ),
    (
        SHOP,
        'logo = ""',
        'logo = "logo.png"',
        0,
        'Give `brand.logo` as the name of an SVG file beside shop.toml, such as "logo.svg", not "logo.png".',
    ),
    (
        SHOP,
        "sends_receipt = false",
        'sends_receipt = "no"',
        0,
        'Give `sends_receipt` as true or false, without quotation marks, not "no".',
    ),
    (SHOP, "[brand]", "[branding]", 0, "There is no key `branding` here: did you mean `brand`?"),
    (
        SHOP,
        'purpose = "offers"\nchannel = "call"',
        'purpose = "offers"\nchannel = "post"',
        2,
        'The words for "offers" by post, version 1, en-GB, stand twice: give the newer ones the next version.',
    ),
    (SHOP, 'channel = "call"', 'channel = "phone"', 0, 'Give `channel` as "e-mail", "post" or "call", not "phone".'),
    (
        SHOP,
        'known = "asked"',
        'known = "storefront"\n[vouchers.x]',
        1,
        "There is no key `x` in [vouchers]: take it out. docs/settings.md tells every key.",
    ),
    (SHOP, "[offer]", "[offer", 0, "Close the square bracket that this line opens."),
    (
        SHOP,
        'mail_logo = ""',
        'mail_logo = "mail-logo.png"',
        0,
        'There is no file "mail-logo.png" in the shop\'s folder: put the picture there, or give "" for none.',
    ),
    (
        SHOP,
        'act_dark = "#7fd0c4"',
        'act_dark = "#f84447"',
        0,
        "Give `brand.act_dark` as a lighter colour: its contrast with its own tint is 4.4, and text needs 4.5.",
    ),
    (
        SHOP,
        'ornament = "#8a1c3f"',
        'ornament = "#f0c0d0"',
        0,
        "Give `brand.ornament` as a darker colour: its contrast with the page is 1.4, and what adorns needs 3.",
    ),
    (
        SHOP,
        "closes_hour = 18",
        "closes_our = 18",
        0,
        "There is no key `closes_our` in [competition]: did you mean `closes_hour`?",
    ),
    (SHOP, 'value = "180.00"', "", -2, "[competition]: give `value`. docs/settings.md tells every key."),
    (
        SITE,
        'id = "estuary-ring"',
        'id = "Estuary ring"',
        0,
        f"Page 2: give its `id` as at most 40 {LETTERS}: its address ends in it.",
    ),
    (
        SITE,
        'id = "estuary-ring"',
        'id = "carrick-locket"',
        0,
        'Page "carrick-locket" stands twice: give each page an id of its own.',
    ),
    (
        SITE,
        'picture = "carrick-locket" ',
        'picture = "carrik-locket" ',
        0,
        'There is no [[page]] with the id "carrik-locket": give `home.picture` as that of one. Did you mean "carrick-locket"?',
    ),
    (
        SITE,
        'product = "Rings"',
        'product = "Ring"',
        0,
        'Page "estuary-ring": there is no [[product]] named "Ring" in products.toml. Did you mean "Rings"?',
    ),
    (
        SITE,
        'picture = "pictures/estuary-ring.svg"',
        'picture = "pictures/ring.svg"',
        0,
        'Page "estuary-ring": There is no file "pictures/ring.svg" in the shop\'s folder: put the picture there, or give "" for none.',
    ),
    (
        SITE,
        'link = "/ask/"',
        'link = "ask"',
        0,
        'Give `link` as a path of this site, such as "/products/", or with its scheme, not "ask".',
    ),
    (
        SITE,
        'link = "/ask/"\n',
        "",
        0,
        "Give `link` too: `link` and `label` are where a line leads, and what it says.",
    ),
    (SITE, 'title = "Moths"', 'title = ""', 0, "Give `title` some words."),
    (SITE, 'Width = "4 mm"', "Width = 4", 0, "Give `Width` as text in quotation marks, not 4."),
    (
        SITE,
        'url = "https://pellow-wren.example/products/estuary-ring"',
        'url = "pellow-wren.example"',
        0,
        'Page "estuary-ring": give `url` with its scheme, such as "https://example.com/ring".',
    ),
    (SITE, 'title = "Moths"', 'titel = "Moths"', 0, "There is no key `titel` in [[page.care]]: did you mean `title`?"),
    (PRODUCTS, "months = 9", "months = 601", 0, "Product 9 (Lambswool socks): give `months` from 0 (it lasts) to 600."),
    (PRODUCTS, 'skus = ["SOCK-"]', 'skus = ["ring-"]', 0, 'The SKU "RING-" stands twice: leave it to one product.'),
    (
        PRODUCTS,
        'id = "lugger-studs"',
        'id = "estuary-ring"',
        0,
        'The item "estuary-ring" stands twice: give a new thing a new `id`, or nobody who was told of the old one hears of it.',
    ),
    (
        PRODUCTS,
        'url = "https://pellow-wren.example/products/lugger-studs"',
        'url = "pellow-wren.example/products/lugger-studs"',
        0,
        'Item 2 (Lugger stud earrings): give its `url` with its scheme, such as "https://example.com/tide-ring".',
    ),
    (
        PRODUCTS,
        "since = 2026-03-16",
        "since = 2026-03-16\nuntil = 2026-03-01",
        1,
        "Item 1 (Estuary ring): give `until` as a day from 2026-03-16 on: it is told from `since` until then.",
    ),
    (
        PRODUCTS,
        "since = 2026-03-16",
        'since = "in spring"',
        0,
        'Give `since` as a day without quotation marks, such as 2026-03-31, not "in spring".',
    ),
    (
        PRODUCTS,
        'category = "earrings"\nurl',
        'category = "earings"\nurl',
        0,
        'Item 2 (Lugger stud earrings): no product is of category "earings": give that of a [[product]]. Did you mean "earrings"?',
    ),
    (
        PRODUCTS,
        'sizes = ["J", "K",',
        'sizes = ["J", "17",',
        0,
        'Item 1 (Estuary ring): no product of category "rings" has size "17": spell it as its `sizes` do.',
    ),
    (PLAYBOOK, 'name = "thank-you"', 'name = "receipt"', 0, 'Two rules are named "receipt": a name stands once.'),
    (
        PLAYBOOK,
        'name = "gift-note" ',
        "name = gift-note ",
        0,
        "Write texts in quotation marks, numbers without, and yes and no as true and false.",
    ),
    (PLAYBOOK, 'name = "gift-note" ', 'name = "gift-note ', 0, "Close the text with a quotation mark on its own line."),
    (
        PLAYBOOK,
        'name = "gift-note" ',
        'name "gift-note" ',
        0,
        "Write this as a key, an equals sign and a value, such as days = 90.",
    ),
    (PLAYBOOK, 'trigger = "thanks"', 'trigger = "thanks"\ntrigger = "thanks"', 1, "This stands twice: keep one of them."),
    (
        PLAYBOOK,
        '[[rule]]\nname = "thanks-relay"',
        '[rule]\nname = "thanks-relay"',
        0,
        "This table stands twice: keep one, or write each of several with two square brackets.",
    ),
    (
        PLAYBOOK,
        '[[rule]]\nname = "thanks-relay"',
        '[[rules]]\nname = "thanks-relay"',
        0,
        "There is no key `rules` here: did you mean `rule`?",
    ),
    (
        PLAYBOOK,
        'trigger = "confirmed"\nto = "contact"\nclass = "service"',
        'trigger = "confirmed"\nto = "contact"\nclass = "service"\nmode = "off"',
        3,
        'Keep exactly one rule with trigger = "confirmed": what they did is answered with it. Give this one mode = "on".',
    ),
    (SHOP, "patience_days = 120", "patience_days = 0", 0, "Give `patience_days` from 1 to 3650 days."),
    (SHOP, "claims_per_address = 5", "claims_per_address = 0", 0, "Give `claims_per_address` as one or more."),
    (SHOP, "counter_per_network = 120", "counter_per_network = 0", 0, "Give `counter_per_network` as one or more."),
    (
        SHOP,
        'version = 1\nlocale = "en-GB"\ntext = "Remind me by e-mail, once',
        'version = 0\nlocale = "en-GB"\ntext = "Remind me by e-mail, once',
        0,
        "Give `version` as 1 or more.",
    ),
]
IN_TEMPLATES = [
    (
        f"{MAILS}/thank-you/body.txt",
        '{{ signed("With thanks", shop.signature) }}',
        '{{ signed("With thanks", shop.sgnature) }}',
        0,
        'There is no "{{ shop.sgnature }}": docs/settings.md tells every key of the shop. Did you mean "{{ shop.signature }}"?',
    ),
    (
        f"{MAILS}/thank-you/body.txt",
        '{{ signed("With thanks", shop.signature) }}',
        '{{ signed("With thanks", shop.signature) }\nxx',
        0,
        "This cannot be read (unexpected '}'): close what {{ and {% open, and name only filters and tags that there are.",
    ),
    (
        f"{MAILS}/thank-you/subject.txt",
        "{{ number|one_line }}",
        "{{ numer|one_line }}",
        0,
        'There is no "{{ numer }}" for trigger = "arrival": it gives carrier, charged, is_gift, items, lines, more_lines, name, no_url, number, order_url, placed, shop, special, status_url, terms, total, tracking_number, tracking_url, withdrawal, yes_url. Did you mean "{{ number }}"?',
    ),
    (
        f"{MAILS}/thank-you/subject.txt",
        "{{ number|one_line }}",
        "{{ number|oneline }}",
        0,
        "This cannot be read (No filter named 'oneline'): close what {{ and {% open, and name only filters and tags that there are.",
    ),
    (
        f"{MAILS}/thank-you/body.txt",
        '{{ signed("With thanks", shop.signature) }}',
        '{{ signed("With thanks", shop.signature) }}\nA voucher for you',
        1,
        'Take "voucher" out: rule "thank-you" writes this, and a courtesy message offers nothing, for nobody agreed to be sold anything.',
    ),
    (
        f"{MAILS}/thank-you/body.html",
        '{{ signed("With thanks", shop.signature) }}',
        '<a\nhref="{{ shop.storefront_url }}">{{ shop.signature }}</a>',
        1,
        'Take {{ shop.storefront_url }} out: rule "thank-you" writes this, and a courtesy message offers nothing, for nobody agreed to be sold anything.',
    ),
    (
        f"{MAILS}/thank-you/body.html",
        '{{ signed("With thanks", shop.signature) }}',
        '{{ signed("With thanks", shop.signature) }}\n<p>And 10% off your next order</p>',
        1,
        'Take "10% off" out: rule "thank-you" writes this, and a courtesy message offers nothing, for nobody agreed to be sold anything.',
    ),
    (
        f"{MAILS}/gift-note/body.txt",
        '{{ signed("With good wishes", shop.signature) }}',
        '{{ signed("With good wishes", shop.signature) }}\nIts price was {{ price }}',
        1,
        'Take {{ price }} out: rule "gift-note" writes this, and a gift\'s recipient is no customer, and is sold nothing.',
    ),
    (
        f"{MAILS}/gift-note/body.html",
        '{{ signed("With good wishes", shop.signature) }}',
        '{{ signed("With good wishes", shop.signature) }}\n{{ code }}',
        1,
        'Take {{ code }} out: rule "gift-note" writes this, and a gift\'s recipient is no customer, and is sold nothing.',
    ),
    (
        f"{MAILS}/receipt/body.txt",
        "{{ withdrawal }}",
        "{{ withdrawal }}\nToday only: a special offer",
        1,
        'Take "special offer" out: rule "receipt" writes this, and what answers an order advertises nothing.',
    ),
    (
        f"{MAILS}/receipt/body.html",
        "order_lines(lines,",
        "order_lines(line,",
        0,
        'There is no "{{ line }}" for trigger = "order": it gives carrier, charged, is_gift, items, lines, more_lines, name, number, order_url, placed, shop, special, status_url, terms, total, tracking_number, tracking_url, withdrawal. Did you mean "{{ lines }}"?',
    ),
    (
        f"{MAILS}/receipt/body.html",
        "button, greeting",
        "button, greetng as greeting",
        4,
        'There is no "greetng" here: mend its name, or take it out.',
    ),
    (
        f"{MAILS}/voucher-runs-out/body.txt",
        "{{ shop_url }}",
        "{{ store_url }}",
        0,
        'There is no "{{ store_url }}" for trigger = "voucher ends": it gives code, expires, minimum, name, shop, shop_url, value. Did you mean "{{ shop_url }}"?',
    ),
    (
        f"{MAILS}/receipt/de/body.txt",
        "{{ withdrawal }}",
        "{{ withdrawl }}",
        0,
        'There is no "{{ withdrawl }}" for trigger = "order": it gives carrier, charged, is_gift, items, lines, more_lines, name, number, order_url, placed, shop, special, status_url, terms, total, tracking_number, tracking_url, withdrawal. Did you mean "{{ withdrawal }}"?',
    ),
    (
        f"{MAILS}/base.txt",
        "{{ shop.name }}",
        "{{ shop_name }}",
        0,
        'There is no "shop_name" here: mend its name, or take it out.',
    ),
    (
        f"{MAILS}/macros.txt",
        "format(title, line.price",
        "format(title, line.prize",
        0,
        'There is no "prize" here: mend its name, or take it out.',
    ),
    (
        f"{MAILS}/care/body.html",
        '{% extends "email/base.html" %}',
        '{% extends "email/bass.html" %}',
        0,
        'There is no template "email/bass.html" to take from: mend its name.',
    ),
    (
        f"{MAILS}/thank-you/subject.txt",
        "Thank you for your order {{ number|one_line }}",
        "{% if false %}x{% endif %}",
        0,
        "Give the subject as one line of visible characters.",
    ),
    (
        f"{MAILS}/on-its-way/body.txt",
        "{% if tracking_url %}",
        "{% if tracking_url %}{{ 1 // more_lines }}",
        0,
        "This cannot be written (integer division or modulo by zero): mend it, or take it out.",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "below", "sentence"), CHANGES, ids=[change[-1][:60] for change in CHANGES])
def test_a_broken_file_is_told_in_one_sentence(at: Path, file: str, old: str, new: str, below: int, sentence: str) -> None:
    line = line_of(at, file, old) + below
    write(at, file, old, new)

    assert told(at) == [f"{file}:{line}: {sentence}"]


@pytest.mark.parametrize(
    ("file", "old", "new", "below", "sentence"), IN_TEMPLATES, ids=[change[-1][:60] for change in IN_TEMPLATES]
)
def test_a_broken_template_is_told_in_one_sentence(whole: Path, file: str, old: str, new: str, below: int, sentence: str) -> None:
    line = line_of(whole, file, old) + below
    write(whole, file, old, new)

    assert told(whole) == [f"{file}:{line}: {sentence}"]


def test_everything_that_is_wrong_is_told_at_once(whole: Path) -> None:
    write(whole, SHOP, "cap = 2 ", 'cap = "two" ')
    write(whole, SHOP, 'act = "#0e5350"', 'act = "teal"')
    write(whole, SHOP, "send_hour = 10", "send_our = 10")
    write(whole, PLAYBOOK, 'trigger = "arrival"\nto = "buyer"', 'trigger = "arival"\nto = "buyr"')
    write(whole, PLAYBOOK, "before_days = 21", "before_days = 210")
    write(whole, PRODUCTS, "months = 9", "months = -9")
    write(whole, f"{MAILS}/care/body.txt", "{{ bought }}", "{{ brought }}")

    files = [fault.split(":")[0] for fault in told(whole)]
    assert files == [PLAYBOOK] * 3 + [PRODUCTS] + [SHOP] * 3 + [f"{MAILS}/care/body.txt"]


def test_files_are_told_apart_from_each_other(at: Path) -> None:
    (at / SHOP).unlink()
    write(at, PLAYBOOK, '[[rule]]\nname = "voucher"', '[[rule]\nname = "voucher"')

    line = line_of(at, PLAYBOOK, '[[rule]\nname = "voucher"')
    assert told(at) == [
        f"{PLAYBOOK}:{line}: Close the two square brackets that this line opens with two.",
        f"{SHOP}: It is missing: put it back, or set COURTESY_SHOP to the folder that holds it.",
    ]


def test_a_consent_that_nobody_is_asked_for_is_told_at_the_rule(at: Path) -> None:
    write(at, SHOP, 'purpose = "care"', 'purpose = "caring"')

    assert told(at) == [
        (
            f'{PLAYBOOK}:{line_of(at, PLAYBOOK, "purpose = " + quoted("care"))}: Rule "care": add a [[wordings]] to shop.toml for purpose '
            '"care" and channel "e-mail": without the words that people said yes to, nobody can agree.'
        )
    ]


@pytest.mark.parametrize("text", ["terms", "withdrawal"])
def test_a_receipt_needs_its_texts(at: Path, text: str) -> None:
    line = line_of(at, SHOP, f'{text} = """')
    path = at / SHOP
    path.write_text(re.sub(rf'^{text} = """.*?"""', f'{text} = " "', path.read_text(), flags=re.DOTALL | re.MULTILINE))

    sentence = "Give `terms` and `withdrawal`, or set storefront.sends_receipt = true: a receipt needs both texts."
    assert told(at) == [f"{SHOP}:{line}: {sentence}"]

    write(at, SHOP, "sends_receipt = false", "sends_receipt = true")
    assert told(at) == []

    write(at, PLAYBOOK, 'unless = "storefront sends receipt"\n', "")
    line = line_of(at, PLAYBOOK, 'name = "receipt"') - 1
    assert told(at) == [
        (
            f'{PLAYBOOK}:{line}: Rule "receipt": give `terms` and `withdrawal` in shop.toml, or unless = "storefront sends receipt": a receipt '
            "needs both texts."
        )
    ]


def test_a_rule_that_is_off_needs_no_wording_yet(at: Path) -> None:
    write(at, SHOP, 'purpose = "care"', 'purpose = "caring"')
    write(at, PLAYBOOK, 'purpose = "care"', 'purpose = "care"\nmode = "off"')

    assert told(at) == []


@pytest.mark.parametrize(
    ("drawing", "sentence"),
    [
        ("<svg><path d='M0 0'/></svg>", None),
        ("a picture", '"logo.svg" is no SVG drawing: save the logo as one.'),
        (f"<svg>{' ' * 20_000}</svg>", '"logo.svg" has 20,011 bytes: give one of at most 20,000, for it stands in every page.'),
        (
            "<svg><script>1</script></svg>",
            '"logo.svg" holds a script, or something that acts by itself: save the logo without it.',
        ),
        ("<svg onload='x()'/>", '"logo.svg" holds a script, or something that acts by itself: save the logo without it.'),
        (
            "<svg><image href='https://example.com/a.png'/></svg>",
            '"logo.svg" fetches something from elsewhere: save the logo with everything inside it.',
        ),
    ],
)
def test_the_logo_is_a_small_drawing_that_does_nothing(at: Path, drawing: str, sentence: str | None) -> None:
    (at / "shop" / "logo.svg").write_text(drawing)
    write(at, SHOP, 'logo = ""', 'logo = "logo.svg"')

    assert told(at) == ([f"{SHOP}:{line_of(at, SHOP, 'logo =')}: {sentence}"] if sentence else [])


def test_an_offer_in_the_owners_own_words_is_told(whole: Path) -> None:
    (whole / WORDS).write_text('[thank-you.en]\nmiddle = """\nHere is\n10% off."""\n[voucher.en]\nopening = "Your voucher."\n')

    assert told(whole) == [
        (
            f'{WORDS}:2: Take "10% off" out: rule "thank-you" writes this, and a courtesy message offers nothing, for nobody agreed to be sold '
            "anything."
        )
    ]


def test_to_offer_nothing_is_no_offer(at: Path) -> None:
    (at / WORDS).write_text('[thank-you.en]\nclosing = "There is no voucher in this, and never a discount."\n')

    assert told(at) == []


def test_what_is_wrong_with_the_owners_words_is_told(whole: Path) -> None:
    (whole / WORDS).write_text('[thank-you.en]\nclosing = "Yours, {{ signature }}"\nopener = "Dear all"\n')

    (fault,) = told(whole)
    assert fault.startswith(f"{WORDS}:3: ")
    assert "there is no such paragraph" in fault


def test_words_that_are_no_toml_are_told_as_any_file_is(at: Path) -> None:
    (at / WORDS).write_text('[thank-you.en]\nclosing = "Yours\n')

    assert told(at) == [f"{WORDS}:2: Close the text with a quotation mark on its own line."]


def test_a_mark_at_a_files_beginning_is_no_fault(at: Path) -> None:
    for file in (SHOP, PLAYBOOK, PRODUCTS):
        (at / file).write_text("\ufeff" + (at / file).read_text(encoding="utf-8"), encoding="utf-8")

    assert told(at) == []
    assert read_shop(at / SHOP).name == "Pellow & Wren"


@pytest.mark.parametrize("file", [SHOP, PLAYBOOK, PRODUCTS])
def test_a_folder_in_the_place_of_a_file_is_told(at: Path, file: str) -> None:
    (at / file).unlink()
    (at / file).mkdir()

    assert told(at)[0] == f"{file}: It is a folder: put the file itself there."


def test_a_mail_has_three_parts(whole: Path) -> None:
    (whole / MAILS / "receipt" / "de" / "body.txt").unlink()

    assert told(whole) == [
        f"{MAILS}/receipt/de/body.txt: It is missing: a mail has subject.txt, body.txt, body.html, so put it there."
    ]


def test_pages_and_sheets_are_read_too(whole: Path) -> None:
    (whole / "templates" / "pages" / "stop.html").write_text("<p>\n{% if x %}")

    assert told(whole)[0].startswith("templates/pages/stop.html:2: This cannot be read (")


def test_a_sheet_for_a_recipient_sells_nothing(whole: Path) -> None:
    (whole / "templates" / "print" / "card.html").write_text("<p>Thank you</p>\n<p>A voucher of {{ value }}</p>")

    assert told(whole) == [
        (
            'templates/print/card.html:2: Take {{ value }} out: rule "card" writes this, and a gift\'s recipient is no customer, and is sold '
            "nothing."
        )
    ]


# any change to what is shipped


def shipped() -> dict[str, str]:
    return {file: (ROOT / file).read_text(encoding="utf-8") for file in (SHOP, PLAYBOOK, PRODUCTS, SITE)}


odd_values = st.sampled_from(
    [
        '""',
        '"x"',
        "0",
        "-1",
        "99999999999999999999",
        "1.5",
        "nan",
        "true",
        "[]",
        '["x"]',
        "[1, true]",
        "{}",
        "{ a = 1 }",
        "1979-05-27",
        "1979-05-27T07:32:00Z",
        "07:32:00",
        '"""\n"""',
        "[[]]",
        "x",
        "",
        '"\\u0000"',
        '"e-mail"',
        '"order"',
    ]
)


@st.composite
def mutations(draw: st.DrawFn) -> dict[str, str]:
    """The shipped files, with one to three lines gone, renamed, changed, doubled or moved."""
    files = shipped()
    for _ in range(draw(st.integers(1, 3))):
        file = draw(st.sampled_from(sorted(files)))
        lines = files[file].split("\n")
        at = draw(st.sampled_from([n for n, line in enumerate(lines) if line.strip() and not line.startswith("#")]))
        match draw(st.sampled_from(["drop", "rename", "change", "double", "move", "spoil"])):
            case "drop":
                del lines[at]
            case "rename":
                lines[at] = re.sub(r"^(\s*\[*)(\w)", draw(st.sampled_from([r"\1x", r"\1\2\2", r"\1z\2"])), lines[at])
            case "change":
                lines[at] = lines[at].partition("=")[0] + f"= {draw(odd_values)}"
            case "double":
                lines.insert(at, lines[at])
            case "move":
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case _:
                lines[at] = draw(hostile_text.map(lambda text: text.encode("utf-8", "replace").decode()))
        files[file] = "\n".join(lines)
    return files


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with no templates, for they would be looked at again and again."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "shop").mkdir()
    (folder / "templates").mkdir()
    return folder


@thorough
@given(mutations())
def test_whatever_is_wrong_is_told_in_sentences(bare: Path, files: dict[str, str]) -> None:
    for file, text in files.items():
        (bare / file).write_text(text, encoding="utf-8", newline="")

    faults = check(bare / "shop", bare / "templates").faults

    for fault in faults:
        assert fault.sentence.endswith((".", "?")), fault
        assert 0 <= fault.line <= files[str(fault.file.relative_to(bare))].count("\n") + 1
    told_of = {str(fault) for fault in faults}
    for file, read in ((SHOP, read_shop), (PLAYBOOK, read_playbook), (PRODUCTS, read_products), (SITE, read_site)):
        assert refused(read, bare / file) <= told_of


def refused(read: Callable[[Path], object], path: Path) -> set[str]:
    """What a start says to the file; nothing when it can be read."""
    try:
        read(path)
    except Misconfigured as error:
        return set(str(error).split("\n"))
    return set()


def quoted(word: str) -> str:
    return f'"{word}"'
