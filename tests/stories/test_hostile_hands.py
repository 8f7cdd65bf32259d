"""Names are hostile, and so is all else that somebody outside can type or a storefront can send: it stays words, on every page and in every mail."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.config import ROOT, Settings
from chalicelib.domain.calendar import stamp
from chalicelib.ports import World
from courtesy.main import main
from courtesy.worker import Worker
from tests.factories import gift_order, shopify_order, shopify_parcel, signed
from tests.support.hands import FORMS, HARMLESS, Hands, Seen, look_at_mail, send_form, unprintable
from tests.support.journey import a_year, links_of, lived, mails_by_rule
from tests.support.payloads import MARK, PAYLOADS, twins
from tests.support.site import JSON, Site
from tests.support.skeleton import Document
from tests.support.world import TestWorld

PAGES = ROOT / "templates" / "pages"
NAMED = re.compile(r'<(?:input|textarea|select|button)\b[^>]*?\bname="([^"]+)"')
ASKED = (
    "/api/questions?order=",
    "/api/draws?round=",
    "/api/draws/",
    "/api/confirm?t=",
    "/api/preferences?t=",
    "/api/order?t=",
    "/api/vouchers/",
)
"""Where an address itself may be typed."""


def order_of(text: str, number: int, *, gift: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """An order and its parcel with the text in every field that a buyer or a storefront's owner fills in."""
    said = {"Gift": "Yes", "Recipient name": text, "Recipient email": f"ruth{number}@example.com", "Gift message": text}
    label = {"name": text, "address1": text, "city": text, "zip": text, "province_code": text, "country_code": "GB"}
    line = {
        "id": 1,
        "title": text,
        "variant_title": text,
        "sku": text,
        "quantity": 1,
        "price": "48.00",
        "properties": [{"name": text, "value": text}],
    }
    order = (gift_order if gift else shopify_order)(
        id=number,
        name=text,
        confirmation_number=text,
        email=f"p{number}@example.com",
        customer={"first_name": text, "last_name": text, "tags": text},
        billing_address={"name": text, "country_code": "GB"},
        shipping_address=label,
        line_items=[line],
        order_status_url=text,
        note=text,
        note_attributes=[{"name": name, "value": value} for name, value in said.items()]
        if gift
        else [{"name": text, "value": text}],
    )
    parcel = shopify_parcel(id=number, order_id=number, tracking_company=text, tracking_number=text, tracking_url=text)
    return order, parcel


@pytest.fixture(scope="module")
def hands() -> Iterator[Hands]:
    found = Hands()
    with a_year(found):
        yield found


def test_whatever_is_typed_into_any_field_stays_words(hands: Hands) -> None:
    assert hands.troubles == []
    assert hands.typed > 2000


def test_what_was_typed_did_come_through(hands: Hands) -> None:
    """Or nothing would be shown by its being harmless."""
    rules = {one.removeprefix("the mail ").removesuffix(", HTML") for one in hands.came if one.endswith(", HTML")}
    assert rules >= {"voucher", "thanks-relay", "occasion", "entered", "morning", "confirm-address", "confirm-entry"}
    assert hands.came >= {"/api/preferences again: 200", "/api/preferences/profile again: 200"}


def test_every_field_of_every_page_was_typed_into(hands: Hands) -> None:
    """A new field, or a form that is only on a static page and not in FORMS, is found here."""
    templates = {path.name: path.read_text(encoding="utf-8") for path in PAGES.rglob("*.html") if "dev" not in path.parts}
    fields = {(name, page) for page, text in templates.items() for name in NAMED.findall(text) if "{{" not in name}
    assert sorted((name, page) for name, page in fields if name not in hands.met) == []


def test_what_a_storefront_sends_stays_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        wrong, sent = orders_with([*PAYLOADS.values()])
        _, harmless = orders_with([*twins("a")[:-1], "https://a.example/b"])
    assert wrong == []
    assert {*sent} >= {
        "the mail receipt, HTML",
        "the mail on-its-way, HTML",
        "the mail thank-you, HTML",
        "the mail gift-note, HTML",
        "the mail morning, HTML",
    }
    assert {label for label, bones in sent.items() if not bones <= harmless[label]} == set()
    assert MARK not in caplog.text


def orders_with(texts: list[str]) -> tuple[list[str], Mapping[str, set[Any]]]:
    """What was wrong, and what the mails were made of."""
    seen = Seen({}, [])
    with TestWorld(mornings=True, cap=99) as world:
        site = Site(world)
        orders_of(world, site, texts)
        for rule, mails in mails_by_rule(world).items():
            for mail in mails:
                look_at_mail(seen, f"the mail {rule}", "f-1", mail)
                if rule == "gift-note":
                    for link in links_of(mail):
                        seen.wrong.extend(Document(site.get(link).text).wrong)
    return seen.wrong, seen.pages


def orders_of(world: TestWorld, site: Site, texts: list[str]) -> None:
    """An order and a gift with each text, from the webhook to what follows seventeen days later."""
    both = [order_of(text, 2 * at + gift + 1, gift=bool(gift)) for at, text in enumerate(texts) for gift in (0, 1)]
    for order, parcel in both:
        under_way = {**parcel, "shipment_status": "in_transit", "updated_at": "2026-03-03T12:00:00+00:00"}
        _send(site, ("orders/create", order), ("fulfillments/create", under_way))
    lived(world, days=2)
    _send(site, *(("fulfillments/update", parcel) for _, parcel in both))
    lived(world, days=15)


def _send(site: Site, *events: tuple[str, dict[str, Any]]) -> None:
    for topic, told in events:
        headers, raw = signed(topic, told)
        answer = site.ask("POST", "/api/webhooks/shopify", raw, kind=JSON, headers=headers)
        assert answer.status in (200, 202), answer.text


def test_what_stands_in_an_address_stays_words() -> None:
    with TestWorld() as world:
        site = Site(world)
        for path in ASKED:
            built = {_bones(site, path, text) for text in twins("a")}
            for payload in PAYLOADS.values():
                assert _bones(site, path, payload) in built, (path, payload)


def _bones(site: Site, path: str, text: str) -> object:
    answer = site.get(path + quote(text.encode("utf-8", "surrogatepass"), safe=""))
    assert answer.status < 500
    document = Document(answer.text if "html" in answer.header("content-type") else "")
    assert document.wrong == []
    return answer.status, tuple(document.bones)


@pytest.mark.parametrize("path", sorted({one.partition("#")[0] for one in FORMS if "preferences" not in one}))
def test_what_comes_as_json_is_taken_or_refused_in_one_sentence(path: str) -> None:
    with TestWorld(claims_per_address=9999, claims_per_network=9999) as world:
        site = Site(world)
        for payload in PAYLOADS.values():
            for name in ("name", "email", "county", "order", "question", "newsletter", "competition", "source", payload):
                body = json.dumps({**HARMLESS, name: payload}).encode()
                answer = site.ask("POST", path, body, kind=JSON)
                assert answer.status in (202, 422), (name, payload, answer.text)
                assert MARK not in answer.text


def test_the_log_holds_none_of_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), TestWorld(claims_per_network=9999) as world:
        site = Site(world)
        for at, payload in enumerate(PAYLOADS.values()):
            send_form(site, "/api/claims", {"name": payload, "email": f"p{at}@example.com"})
            site.ask("POST", "/api/claims", payload.encode("utf-8", "surrogatepass"), kind=JSON)
            site.ask("POST", "/api/webhooks/shopify", payload.encode("utf-8", "surrogatepass"), kind=JSON)
            headers, raw = signed("orders/create", {"id": payload, "email": payload, "line_items": payload})
            site.ask("POST", "/api/webhooks/shopify", raw, kind=JSON, headers=headers)
            send_form(site, "/api/questions", {"name": "J", "email": f"q{at}@example.com", "question": payload})
        try:
            world.work()
        except Exception:  # noqa: BLE001 - a body that cannot be read is given up; what it said must not be told
            logging.getLogger("chalicelib").debug("given up")
    assert MARK not in caplog.text


# --- what the owner reads in a terminal ---

COMMANDS = ("today", "follow-ups", "orders", "inquiry list", "tasks", "vouchers", "requests", "products", "outbox")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a shop to which all of it was typed and sent."""
    folder = tmp_path_factory.mktemp("hostile") / "data"
    folder.mkdir(mode=0o700)
    world = LocalWorld(Settings("local", ROOT / "shop", folder))
    try:
        world.ready()
        fill(world, Site(world))
        Worker(world).settle()
    finally:
        world.close()
    return folder


def fill(world: World, site: Site) -> None:
    """Every payload in every order's fields, and in a question where it is taken."""
    now = world.clock.now()
    for at, payload in enumerate(PAYLOADS.values()):
        order, parcel = order_of(payload, at + 1, gift=at % 2 == 1)
        order |= {"created_at": stamp(now), "updated_at": stamp(now)}
        parcel |= {"created_at": stamp(now), "updated_at": stamp(now + timedelta(minutes=1))}
        for topic, told in (("orders/create", order), ("fulfillments/update", parcel)):
            headers, raw = signed(topic, told, secret=world.secrets.webhooks["shopify"][0])
            assert site.ask("POST", "/api/webhooks/shopify", raw, kind=JSON, headers=headers).status in (200, 202)
        site.ask(
            "POST",
            "/api/questions",
            json.dumps({**HARMLESS, "email": f"q{at}@example.com", "question": payload}).encode(),
            kind=JSON,
            ip=f"192.0.{at}.7",
        )
        site.ask(
            "POST",
            "/api/questions",
            json.dumps({**HARMLESS, "email": f"n{at}@example.com", "name": payload}).encode(),
            kind=JSON,
            ip=f"198.51.{at}.7",
        )


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_that_is_listed_acts_on_a_terminal(command: str, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main([*command.split(), "--data", str(data)])
    said = capsys.readouterr()
    assert code == 0, said.err
    assert unprintable(said.out + said.err) == ""
