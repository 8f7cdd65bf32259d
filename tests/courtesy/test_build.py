"""The site as it is built, and the pages that the API renders with the same templates."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.site_file import read_site
from chalicelib.adapters.templates import Templates
from chalicelib.domain import claim, retention
from chalicelib.domain.competition import Competition
from chalicelib.domain.consent import Wording
from chalicelib.domain.draw import ERASED, PassedOver, Published
from chalicelib.domain.money import Money
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.products import Products
from chalicelib.domain.progress import Journey, Progress
from chalicelib.domain.shop import Brand, Shop, Storefront
from chalicelib.domain.site import ProductPage, Site
from chalicelib.domain.voucher import Offer
from chalicelib.entrypoints.competition import empty_form
from chalicelib.entrypoints.orders import field_of
from chalicelib.entrypoints.questions import EMPTY
from chalicelib.entrypoints.site_api import empty_claim
from chalicelib.errors import Misconfigured
from chalicelib.usecases.look_at_order import Asked, OrderPage
from courtesy import art
from courtesy.build import DEV_CSS, SITE_CSS, build
from courtesy.main import main
from courtesy.site_pages import OwnersFiles, pages_of
from courtesy.style_sheet import PARTS, source, style_sheet

ROOT = Path(__file__).parents[2]
TEMPLATES = Templates(ROOT / "templates")
WORDING = "Also send me the monthly newsletter: care advice and workshop days. One e-mail a month."
SHOP = Shop(
    name="Pellow & Wren",
    line="Jewellers, Falmouth",
    url="https://pellow.example",
    postal_address="12 Arwenack Row, Falmouth TR11 3JA",
    country="GB",
    zone="Europe/London",
    locale="en-GB",
    currency="GBP",
    sender="hello@pellow.example",
    reply_to="hello@pellow.example",
    signature="Morwenna Pellow",
    storefront=Storefront("standard", "https://shop.pellow.example"),
    offer=Offer("hello", Money(1500, "GBP"), Money(6000, "GBP")),
    wordings=(Wording("newsletter", "e-mail", 1, "en-GB", WORDING),),
    competition=Competition("A ring", Money(18000, "GBP"), "the first Lotto draw after the closing"),
)
OWNERS = OwnersFiles(SHOP, Playbook(()), Products(), read_site(ROOT / "shop" / "site.toml"), ROOT / "shop")
COMMON: dict[str, object] = {"shop": SHOP, "lang": "en-GB", "css": SITE_CSS}
CLAIM = empty_claim(SHOP)
MAIL: dict[str, object] = {
    "id": "a b",
    "kind": "voucher",
    "class": "service",
    "to": "isobel@example.com",
    "subject": "Your £15 voucher",
    "sent_at": "22 November, 10:14",
    "reason": "They confirmed their address.",
    "text": "Dear Isobel <script>",
    "headers": [("From", "Pellow & Wren <hello@pellow.example>")],
}
DEV: dict[str, object] = {"dev_css": DEV_CSS, "clock": {"now": "22 November 2026, 10:14", "next_due": "25 November, 10:00"}}
FOLLOW_UP = {
    "id": "f",
    "kind": "thank-you",
    "contact": "i@example.com",
    "state": "held",
    "due_at": "25 November",
    "reason": "Night.",
}
ORDER = OrderPage(
    person="p",
    number="#1041",
    placed="22 November 2026",
    lines=({"title": "Tide ring", "quantity": 2, "price": "£48.00"},),
    more_lines=1,
    total="£48.00",
    charged="€56.00",
    progress=Progress(
        "sent",
        "It is on its way",
        "It left us.",
        (Journey("Sent.", "Royal Mail", "1", "https://track.example/1"),),
        ("£5 back.",),
    ),
    status_url="https://pellow-wren.example/orders/1041",
    boxes=(Asked("care", WORDING, "0" * 64),),
)
BOX: dict[str, object] = {
    "id": "box0",
    "name": "yes:care/e-mail",
    "value": "0" * 64,
    "text": WORDING,
    "lang": "en-GB",
    "ticked": False,
}
FACT: dict[str, object] = {
    "what": "Birthday",
    "said": "22 November",
    "source": "the counter",
    "on": "2 March 2026",
    "kind": "date",
    "about": "birthday",
}
FACT |= {
    "used_for": "reminders of your dates",
    "idle": False,
    "never": False,
    "change": "/api/preferences/profile?t=tok&step=dates",
}
PREFERENCES: dict[str, object] = {
    "token": "tok",
    "stop_token": "stop",
    "seen": "0" * 16,
    "address": "isobel@example.com",
    "done": "",
    "stopped": "",
    "topics": [{**BOX, "since": "", "let_stand": False}],
    "ways": [],
    "unreachable": "",
    "pace": "",
    "pausing": False,
    "paces": [{"value": "", "text": "At most two in 30 days"}],
    "paused": "",
    "pause_until": "2 June 2026",
    "dates": [FACT],
    "nevers": [],
    "facts": [],
    "observed": [FACT],
    "interests": ["rings"],
    "orders": 1,
    "errors": [],
    "profile": "/api/preferences/profile?t=tok",
    "data": "/api/preferences/data?t=tok",
    "erase": "/api/preferences/erase?t=tok",
}
PROFILE: dict[str, object] = {
    "token": "tok",
    "step": "reach",
    "seen": "0" * 16,
    "number": 1,
    "texts": {"address": "", "phone": ""},
    "days": [],
    "categories": [],
    "steps": [{"name": "reach", "title": "Where to reach you", "url": "/api/preferences/profile?t=tok&step=reach"}],
    "errors": [],
    "boxes": [{**BOX, "agreed": False, "way": "post"}],
    "stopped": False,
    "skip": "/api/preferences?t=tok",
    "back": "/api/preferences?t=tok",
}
DRAW = Published(
    shop="Pellow & Wren",
    round="2026-12",
    closed_at=datetime(2026, 12, 31, 18, tzinfo=UTC),
    count=2,
    commitment="f" * 64,
    seed="the first Lotto draw",
    hashes=("0" * 64, "1" * 64),
    value="3 9 14",
    winner="0" * 64,
    passed_over=(PassedOver("1" * 64, ERASED),),
    drawn_at=datetime(2027, 1, 3, 10, tzinfo=UTC),
)
RENDERED: dict[str, dict[str, object]] = {
    "voucher": CLAIM,
    "confirm": {"token": "tok", "value": "£15", "newsletter": True, "newsletter_wording": WORDING, "issued": True},
    "confirmed": {
        "code": "7HQ2M-9KXTC",
        "value": "£15",
        "minimum": "£60",
        "expires": "20 February 2027",
        "newsletter": True,
        "again": True,
        "profile": "",
    },
    "preferences": PREFERENCES,
    "preferences-saved": {"comes": ["Receipts, whenever you order."], "back": "/api/preferences?t=tok"},
    "profile": PROFILE,
    "erase": {"token": "tok", "back": "/api/preferences?t=tok", "data": "/api/preferences/data?t=tok", "orders": 1},
    "erased": {},
    "nothing-kept": {"offer": SHOP.offer},
    "stop": {"token": "tok", "scope": "all"},
    "stopped": {"scope": "recipient"},
    "thank": {"giver": "Daniel", "token": "tok", "errors": [], "answers": {"message": ""}},
    "thanked": {"giver": ""},
    "consent": {"token": "tok", "wordings": [WORDING]},
    "consented": {"wordings": [WORDING]},
    "expectation": {"token": "tok", "unhappy": True, "errors": [], "answers": {"words": ""}},
    "answered": {"unhappy": True},
    "ask": {"errors": [], "answers": EMPTY},
    "order": {"token": "tok", "order": ORDER, "field": field_of, "errors": [], "ticked": ()},
    "opted-in": {"words": [WORDING]},
    "competition": empty_form(SHOP),
    "counter": empty_form(SHOP),
    "enter": {"token": "tok", "draw": "December 2026", "prize": "A ring", "wordings": [WORDING, WORDING]},
    "entered": {
        "draw": "December 2026",
        "round": "2026-12",
        "entry": "7HQ2M-9KXTC-0V4RA-QW8ZN-3JD6E-YB5FP",
        "closes": "31 December at 18:00",
        "seed": "Lotto",
        "wordings": [WORDING],
    },
    "draw": {
        "draw": "December 2026",
        "told": DRAW,
        "closed": "31 December at 18:00",
        "fixed": "31 December at 18:02",
        "drawn": "3 January at 10:00",
        "place": {"0" * 64: 1},
    },
    "draw-awaited": {"draw": "December 2026", "closes": "31 December at 18:00", "closed": False, "seed": "Lotto"},
    "occasion": {"token": "tok", "label": "partner's birthday"},
    "occasion-off": {"label": "partner's birthday"},
    "welcome": {"token": "tok"},
    "welcomed": {},
    "pause": {"token": "tok", "paused": False},
    "problem": {"title": "That link has run out", "message": "Ask for a new one.", "status": 410},
    "dev/outbox": {**DEV, "mails": [MAIL]},
    "dev/mail": {**DEV, "mail": MAIL, "links": ["https://pellow.example/api/confirm?t=tok"], "events": []},
    "dev/follow-ups": {**DEV, "follow_ups": [FOLLOW_UP]},
}
STATIC = tuple(page.file for page in pages_of(OWNERS))
ANSWERED_ELSEWHERE = ("/api/", "/dev/")


def page(name: str, **changes: object) -> str:
    return TEMPLATES.page(name, {**COMMON, **RENDERED[name], **changes})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "dist"
    build(OWNERS, TEMPLATES, out)
    return out


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, str]:
    built = {name: (site / name).read_text(encoding="utf-8") for name in STATIC}
    return built | {name: page(name) for name in RENDERED}


class Tags(HTMLParser):
    """Every start tag with its attributes, and what is wrong with the nesting."""

    VOID = ("input", "link", "meta", "br")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def attributes(self, *names: str) -> Iterator[str]:
        for _, attrs in self.found:
            for name in names:
                if name in attrs:
                    yield attrs[name]


def test_build_returns_what_it_wrote(tmp_path: Path) -> None:
    out = tmp_path / "dist"
    files = [path.relative_to(out).as_posix() for path in build(OWNERS, TEMPLATES, out)]

    assert [name for name in files if not name.startswith("css/")] == sorted(
        (*STATIC, "_headers", "courtesy.js", "icon.svg", "robots.txt", "sitemap.xml")
    )
    assert len([name for name in files if re.fullmatch(r"css/(site|dev|site\.[0-9a-f]{10})\.css", name)]) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


def test_build_replaces_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "dist"
    out.mkdir()
    (out / "old.html").write_text("old")

    build(OWNERS, TEMPLATES, out)

    assert not (out / "old.html").exists()


def test_the_shops_colours_reach_the_site(tmp_path: Path) -> None:
    theirs = msgspec.structs.replace(SHOP, brand=Brand(act="#5b2a86", voice='"Old Standard", serif'))
    build(OWNERS._replace(shop=theirs), TEMPLATES, tmp_path / "dist")
    css = (tmp_path / "dist" / "css" / "site.css").read_text()

    assert set(re.findall(r"--act:(#\w+)", css)) == {"#5b2a86", "#7fd0c4"}
    assert "--f-voice:'Old Standard', serif" in css
    assert "--f-plain:'Segoe UI'" not in css
    assert '<rect width="32" height="32" rx="6" fill="#5b2a86"/>' in (tmp_path / "dist" / "icon.svg").read_text()


def test_a_shop_in_our_colours_changes_no_style_sheet() -> None:
    plain = "".join(source(part) for part in ("tokens.css", *PARTS))

    assert style_sheet(Brand()) == style_sheet(Brand(logo="logo.svg")) == plain


def test_no_colour_of_ours_is_left_in_anothers_style_sheet() -> None:
    css = style_sheet(Brand(act="#5b2a86", act_dark="#c9a7e8", ornament="#b3541e"))

    assert [colour for colour in ("#0e5350", "#093b39", "#dcebe7", "#7fd0c4", "#8a1c3f", "#f0a0b8") if colour in css] == []
    assert css.count("--act:") == 3  # in light, in dark and on paper


@given(st.builds(Brand, voice=st.text(max_size=40), plain=st.text(max_size=40)))
def test_no_face_breaks_the_style_sheet(brand: Brand) -> None:
    css, ours = style_sheet(brand), style_sheet(Brand())

    assert [css.count(mark) for mark in "{};<"] == [ours.count(mark) for mark in "{};<"]


def test_a_logo_stands_in_place_of_the_name(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text("<svg/>")
    theirs = msgspec.structs.replace(SHOP, brand=Brand(logo="logo.svg"))
    build(OWNERS._replace(shop=theirs, site=Site(), folder=tmp_path), TEMPLATES, tmp_path / "dist")

    assert (tmp_path / "dist" / "logo.svg").read_text() == "<svg/>"
    shown = re.search(
        r'<img src="/(logo\.[0-9a-f]{10}\.svg)" alt="Pellow &amp; Wren">', (tmp_path / "dist" / "index.html").read_text()
    )
    assert shown is not None
    assert (tmp_path / "dist" / shown[1]).read_text() == "<svg/>"
    assert '<img src="/logo.svg" alt="Pellow &amp; Wren">' in TEMPLATES.page("welcomed", {**COMMON, "shop": theirs})


def test_a_failed_build_leaves_the_old_site(tmp_path: Path) -> None:
    out = tmp_path / "dist"
    out.mkdir()
    (out / "index.html").write_text("old")

    with pytest.raises(Misconfigured):
        build(OWNERS, Templates(tmp_path), out)

    assert (out / "index.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


def test_the_templates_on_disk_are_the_pages_tested_here() -> None:
    folder = ROOT / "templates" / "pages"
    whole = {p.relative_to(folder).with_suffix("").as_posix() for p in folder.rglob("*.html") if "{% extends" in p.read_text()}

    assert whole == set(RENDERED) | {page.template for page in pages_of(OWNERS)}


def test_no_page_holds_a_script_or_an_inline_style(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        tags = Tags(html)
        assert not {tag for tag, _ in tags.found} & {"script", "style", "base", "img"}, name
        assert not [attr for _, attrs in tags.found for attr in attrs if attr == "style" or attr.startswith("on")], name


def test_every_page_is_well_formed_and_says_its_language(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        tags = Tags(html)
        ids = list(tags.attributes("id"))
        assert (tags.wrong, tags.open) == ([], []), name
        assert '<html lang="en-GB">' in html, name
        assert len(ids) == len(set(ids)), name
        assert html.count("<h1") == 1, name
        assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', html)) <= {(i, "") for i in ids} | {("", i) for i in ids}, name


def test_what_a_label_or_description_points_to_is_there(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        tags = Tags(html)
        ids = set(tags.attributes("id"))
        for value in tags.attributes("for", "aria-labelledby", "aria-describedby"):
            assert set(value.split()) <= ids, (name, value)


def test_every_internal_link_leads_somewhere(site: Path, pages: dict[str, str]) -> None:
    for name, html in pages.items():
        for link in Tags(html).attributes("href", "src", "action"):
            if not link.startswith("/") or link.startswith(ANSWERED_ELSEWHERE):
                assert link.startswith(("https://", "mailto:", "#", *ANSWERED_ELSEWHERE)), (name, link)
                continue
            path, _, fragment = link.partition("#")
            target = site / path.lstrip("/") / "index.html" if path.endswith("/") else site / path.lstrip("/")
            assert target.is_file(), (name, link)
            assert not fragment or f'id="{fragment}"' in target.read_text(encoding="utf-8"), (name, link)


def test_search_engines_are_told_of_the_pages_that_they_may_list(site: Path) -> None:
    listed = re.findall(r"<loc>([^<]+)</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))
    may = {f"{SHOP.url}{page.path}": page for page in pages_of(OWNERS) if page.indexable}

    assert set(listed) == set(may)
    assert f"{SHOP.url}/products/carrick-locket/" in listed
    assert (site / "robots.txt").read_text(encoding="utf-8").endswith(f"\nSitemap: {SHOP.url}/sitemap.xml\n")
    for page in pages_of(OWNERS):
        tags = [attrs for tag, attrs in Tags((site / page.file).read_text(encoding="utf-8")).found if tag in ("meta", "link")]
        canonical = [attrs["href"] for attrs in tags if attrs.get("rel") == "canonical"]
        said = {attrs.get("name") or attrs.get("property", ""): attrs.get("content", "") for attrs in tags}
        assert canonical == ([f"{SHOP.url}{page.path}"] if page.indexable else []), page.path
        assert ("robots" in said) != page.indexable, page.path
        if page.indexable:
            assert 20 < len(said["description"]) <= 200, page.path
            assert said["og:description"] == said["description"], page.path
            assert said["og:title"].endswith(SHOP.name), page.path


def test_titles_and_descriptions_tell_pages_apart(site: Path) -> None:
    pages = [(site / page.file).read_text(encoding="utf-8") for page in pages_of(OWNERS) if page.indexable]

    for pattern in (r"<title>([^<]+)</title>", r'<meta name="description" content="([^"]+)"'):
        found = [re.findall(pattern, html)[0] for html in pages]
        assert len(set(found)) == len(found)


def test_no_template_and_no_style_sheet_knows_which_shop_it_serves() -> None:
    words = re.compile(r"pellow|\bwren\b|falmouth|arwenack|morwenna|carrick|locket|jewel", re.IGNORECASE)
    files = [*(ROOT / "templates").rglob("*.*"), *(ROOT / "site").glob("css/*.css"), *(ROOT / "site").glob("*.*")]

    assert {str(path): found for path in files if (found := words.findall(path.read_text(encoding="utf-8")))} == {}


def test_the_host_is_told_of_every_file(site: Path) -> None:
    told = (site / "_headers").read_text(encoding="utf-8")
    asked_for = {f"/{path.relative_to(site).as_posix()}".removesuffix("index.html") for path in site.rglob("*") if path.is_file()}

    assert {line for line in told.splitlines() if line.startswith("/")} == asked_for - {"/_headers"} | {"/*"}
    assert "Strict-Transport-Security" in told


def test_photographs_stand_in_files_whose_names_change_with_them(tmp_path: Path) -> None:
    photograph = ROOT / "examples" / "shops" / "fennimore-seeds" / "mail-logo.png"
    shutil.copy(photograph, tmp_path / "ring.png")
    page = ProductPage("ring", "A ring", "Round.", picture="ring.png", alt="A ring on slate")
    build(OWNERS._replace(site=Site(pages=(page,)), folder=tmp_path), TEMPLATES, tmp_path / "dist")
    shown = re.search(
        r'<img src="/(pictures/ring\.[0-9a-f]{10}\.png)" width="660" height="128" alt="A ring on slate">',
        (tmp_path / "dist/products/ring/index.html").read_text(encoding="utf-8"),
    )

    assert shown is not None
    assert (tmp_path / "dist" / shown[1]).read_bytes() == photograph.read_bytes()
    assert 'alt="" loading="lazy"' in (tmp_path / "dist/products/index.html").read_text(encoding="utf-8")


def test_a_picture_that_cannot_be_shown_stops_the_build(tmp_path: Path) -> None:
    page = ProductPage("ring", "A ring", "Round.", picture="ring.png", alt="A ring")

    with pytest.raises(Misconfigured, match=r'There is no file "ring.png"'):
        build(OWNERS._replace(site=Site(pages=(page,)), folder=tmp_path), TEMPLATES, tmp_path / "dist")


def test_without_site_toml_the_site_goes_by_the_shop(tmp_path: Path) -> None:
    build(OWNERS._replace(site=Site(), folder=tmp_path), TEMPLATES, tmp_path / "dist")
    home = (tmp_path / "dist" / "index.html").read_text(encoding="utf-8")

    assert f"<h1>{SHOP.line}</h1>" in home
    assert (tmp_path / "dist" / "products" / "index.html").is_file()


def test_a_page_with_all_that_it_loads_is_small(site: Path, pages: dict[str, str]) -> None:
    shared = sum(len(gzip.compress((site / name).read_bytes())) for name in ("css/site.css", "icon.svg"))
    for name, html in pages.items():
        assert shared + len(gzip.compress(html.encode())) < 12_000, name


def test_built_pages_link_the_style_sheet_by_its_hash(site: Path) -> None:
    link = re.search(r'href="/(css/site\.[0-9a-f]{10}\.css)"', (site / "index.html").read_text(encoding="utf-8"))

    assert link is not None
    assert (site / link[1]).read_bytes() == (site / "css/site.css").read_bytes()


def test_the_newsletter_is_never_ticked_beforehand(pages: dict[str, str]) -> None:
    assert "checked" not in pages["voucher/index.html"]
    assert WORDING in pages["voucher/index.html"]


def test_the_claim_form_posts_what_the_api_reads(pages: dict[str, str]) -> None:
    tags = Tags(pages["voucher/index.html"])
    fields = {attrs["name"]: attrs for tag, attrs in tags.found if tag == "input"}

    assert ("/api/claims", "post") in [(attrs["action"], attrs["method"]) for tag, attrs in tags.found if tag == "form"]
    assert set(fields) == {"name", "email", "newsletter", "website"}
    assert fields["newsletter"]["value"] == "1"
    assert (fields["website"]["tabindex"], fields["website"]["autocomplete"]) == ("-1", "off")


def test_a_refused_claim_comes_back_with_its_answers_and_says_what_to_mend() -> None:
    errors = [{"field": "email", "message": "Enter an e-mail address"}, {"field": "", "message": "Wait an hour"}]
    answers = {"name": '"><script>', "email": "isobel@", "newsletter": True, "website": ""}
    html = page("voucher", errors=errors, answers=answers)
    fields = {attrs.get("name", ""): attrs for tag, attrs in Tags(html).found if tag == "input"}

    assert "<title>Error: Claim" in html
    assert re.search(r'<div class="errors" role="alert" tabindex="-1" autofocus>', html)
    assert '<a href="#email">Enter an e-mail address</a>' in html
    assert "<li>Wait an hour</li>" in html
    assert (fields["name"]["value"], fields["email"]["value"]) == ('"><script>', "isobel@")
    assert "checked" in fields["newsletter"]
    assert fields["email"]["aria-invalid"] == "true"
    assert fields["email"]["aria-describedby"] == "email-hint email-error"
    assert "aria-invalid" not in fields["name"]
    assert "<script" not in html


def test_a_refused_card_keeps_the_words() -> None:
    html = page("thank", errors=[{"field": "message", "message": "Write a few words"}], answers={"message": "\n</textarea><b>"})

    assert "\n\n&lt;/textarea&gt;&lt;b&gt;</textarea>" in html
    assert 'maxlength="1000"' in html


@pytest.mark.parametrize(("name", "action"), [("confirm", "/api/confirm"), ("stop", "/api/stop"), ("thank", "/api/thanks")])
def test_a_page_behind_a_link_only_shows_a_button(name: str, action: str) -> None:
    html = page(name)

    assert f'<form action="{action}" method="post"' in html
    assert '<input type="hidden" name="t" value="tok">' in html
    assert '<meta name="robots" content="noindex">' in html


def test_no_page_raises_its_voice(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        assert "!" not in html.replace("<!doctype", ""), name


def test_the_ornaments_are_as_they_were_drawn() -> None:
    for folder, drawings in ((art.FOLDER, art.drawings()), (art.PIECES, art.pieces())):
        for name, drawn in drawings.items():
            assert (folder / name).read_text(encoding="utf-8") == drawn, f"run python -m courtesy.art for {name}"


def test_without_a_competition_the_site_says_nothing_of_one(tmp_path: Path) -> None:
    none = OWNERS._replace(shop=msgspec.structs.replace(SHOP, competition=None))
    names = {path.relative_to(tmp_path / "dist").as_posix() for path in build(none, TEMPLATES, tmp_path / "dist")}

    assert not [name for name in names if name.startswith(("competition/", "counter/"))]
    assert "/competition/" not in (tmp_path / "dist" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("where", "name", "paths"),
    [
        (retention, "ENTRY_AFTER_DRAW", ("competition", "competition/rules", "counter", "privacy")),
        (retention, "ENTRY_UNDRAWN", ("competition/rules", "privacy")),
        (retention, "AFTER_REASON", ("voucher", "privacy")),
        (claim, "LINK_LASTS", ("competition/rules",)),
    ],
)
def test_who_changes_a_day_changes_each_page_that_tells_it(
    where: ModuleType, name: str, paths: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(where, name, timedelta(days=333))
    build(OWNERS, TEMPLATES, tmp_path / "dist")
    told = {path for path in (tmp_path / "dist").rglob("index.html") if "333 days" in path.read_text(encoding="utf-8")}
    assert {path.parent.relative_to(tmp_path / "dist").as_posix() for path in told} == set(paths)


def test_at_the_counter_nothing_of_the_person_before_is_offered(site: Path) -> None:
    form = (site / "counter" / "index.html").read_text(encoding="utf-8")

    assert set(re.findall(r'autocomplete="([^"]+)"', form)) == {"off"}
    assert '<input type="hidden" name="source" value="counter">' in form


def test_no_box_of_the_competition_is_ticked_beforehand(site: Path) -> None:
    for path in ("competition", "counter"):
        assert " checked" not in (site / path / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("said", "address"),
    [
        (None, "https://hello.pellow-wren.example"),
        ("", "https://hello.pellow-wren.example"),
        ("https://other.example", "https://other.example"),
    ],
)
def test_what_is_published_does_not_lead_to_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str | None, address: str
) -> None:
    monkeypatch.setattr("courtesy.main.ROOT", tmp_path)
    monkeypatch.delenv("COURTESY_URL", raising=False)
    if said is not None:
        monkeypatch.setenv("COURTESY_URL", said)
    assert main(["build", "--data", str(tmp_path / "data")]) == 0
    out = tmp_path / "site" / "dist"
    assert f"<loc>{address}/</loc>" in (out / "sitemap.xml").read_text(encoding="utf-8")
    assert "127.0.0.1" not in (out / "courtesy.js").read_text(encoding="utf-8")
