"""Who may claim from another page: the origins that the owner lists, by the very name that a browser gives them, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.shop import Widget
from chalicelib.errors import Busy, Misconfigured
from tests.support.site import FORM, JSON, Answer, Site, items, link, person_items
from tests.support.watched import watched
from tests.support.world import TestWorld

LISTED, OWN = "https://pellow-wren.example", "https://shop.example"
GOOD = {"name": "Isobel Trant", "email": "isobel.trant@example.com", "newsletter": "1"}
FOREIGN = (
    "https://evil.example", "null", "http://pellow-wren.example", "https://pellow-wren.example.evil.example", "https://pellow-wren.example:8443",
    "https://www.pellow-wren.example", "https://pellow-wren.example/", "HTTPS://PELLOW-WREN.EXAMPLE", "https://evil.example, https://pellow-wren.example",
    "*", "https://pellow-wren.example\r\nx: y", "https://shop.example.evil.example",
)  # fmt: skip
CORS = ("access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers", "access-control-max-age")


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld(widget=Widget((LISTED, "http://localhost:8123")), claims_per_address=100, claims_per_network=100) as made:
        yield made


@pytest.fixture
def site(world: TestWorld) -> Site:
    return Site(world)


def claim(site: Site, origin: str = "", body: Any = GOOD, kind: str = JSON, **headers: str) -> Answer:
    sent = {**({"origin": origin} if origin else {}), **headers}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return site.ask("POST", "/api/claims", raw, kind=kind, headers=sent)


def ask_first(site: Site, origin: str) -> Answer:
    asked = {"origin": origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    return site.ask("OPTIONS", "/api/claims", headers=asked)


def cors_of(answer: Answer) -> dict[str, str]:
    return {name: answer.header(name) for name in CORS if answer.header(name)}


def waiting(world: TestWorld) -> list[Any]:
    return person_items(world, "CLAIM#")


@pytest.mark.parametrize("origin", [LISTED, "http://localhost:8123"])
def test_a_listed_page_is_let_in(world: TestWorld, site: Site, origin: str) -> None:
    before = ask_first(site, origin)
    assert (before.status, before.body) == (204, b"")
    assert cors_of(before) == {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "content-type",
        "access-control-max-age": "7200",
    }
    answer = claim(site, origin)
    assert (answer.status, cors_of(answer)) == (202, {"access-control-allow-origin": origin})
    assert len(waiting(world)) == 1


@pytest.mark.parametrize("origin", FOREIGN)
def test_any_other_page_is_refused_and_may_not_even_read_that(world: TestWorld, site: Site, origin: str) -> None:
    before = items(world)
    assert (ask_first(site, origin).status, cors_of(ask_first(site, origin))) == (204, {})
    answer = claim(site, origin)
    assert (answer.status, cors_of(answer)) == (403, {})
    assert answer.json["message"].startswith("This page may not send that form.")
    assert items(world) == before


@pytest.mark.parametrize("origin", ["", OWN])
def test_the_sites_own_page_and_a_program_need_no_leave(world: TestWorld, site: Site, origin: str) -> None:
    answer = claim(site, origin)
    assert (answer.status, cors_of(answer)) == (202, {})
    assert len(waiting(world)) == 1


def test_the_shop_on_this_machine_is_its_own_page_under_any_name(site: Site) -> None:
    assert claim(site, "http://localhost:8000", host="localhost:8000").status == 202
    assert claim(site, "http://localhost:9999", host="localhost:8000").status == 403


def test_our_own_form_goes_through_whatever_a_browser_says_of_where_it_stands(site: Site) -> None:
    for origin in ("null", "", OWN):
        answer = claim(site, origin, b"name=Isobel&email=isobel.trant%40example.com", FORM)
        assert (answer.status, cors_of(answer)) == (303, {})


@pytest.mark.parametrize(
    ("body", "status"), [({"name": ""}, 422), (b"{", 422), (b"[]", 422), (b"x" * 70_000, 413), ({**GOOD, "website": "x"}, 422)]
)
def test_a_listed_page_may_read_what_was_wrong(site: Site, body: Any, status: int) -> None:
    answer = claim(site, LISTED, body)
    assert (answer.status, cors_of(answer)) == (status, {"access-control-allow-origin": LISTED})


def test_a_listed_page_may_read_that_it_was_too_much() -> None:
    with TestWorld(widget=Widget((LISTED,)), claims_per_network=1) as world:
        site = Site(world)
        assert [(one.status, bool(cors_of(one))) for one in (claim(site, LISTED), claim(site, LISTED))] == [
            (202, True),
            (429, True),
        ]


def test_a_listed_page_may_read_that_something_went_wrong_here(world: TestWorld) -> None:
    def fail(call: str) -> None:
        raise Busy("the table is busy")

    world.table = watched(world.sqlite, before=fail)
    answer = claim(Site(world), LISTED)
    assert (answer.status, cors_of(answer)) == (503, {"access-control-allow-origin": LISTED})


def test_where_the_shop_cannot_be_read_nobody_is_let_in() -> None:
    from chalice import Chalice

    from chalicelib.adapters.local.http import api
    from chalicelib.entrypoints import site_api

    def no_world() -> Any:
        raise Misconfigured("shop.toml is broken")

    app = Chalice(app_name="courtesy")
    site_api.register(app, no_world)
    site = Site.__new__(Site)
    site._app = api(app)
    answer = claim(site, LISTED)
    assert (answer.status, cors_of(answer)) == (500, {})


def test_never_with_cookies_and_a_cache_keeps_the_origins_apart(site: Site) -> None:
    for origin in (LISTED, OWN, "https://evil.example", ""):
        for answer in (ask_first(site, origin), claim(site, origin), claim(site, origin, {"name": ""})):
            assert answer.header("access-control-allow-credentials") == ""
            assert answer.header("set-cookie") == ""
            assert answer.header("access-control-allow-origin") != "*"
            assert answer.header("vary") == "Origin"


@pytest.mark.parametrize(
    "path", ["/api/questions", "/api/order", "/api/stop", "/api/confirm", "/api/thanks", "/api/consent", "/api/vouchers/X"]
)
def test_nothing_else_is_shared(site: Site, path: str) -> None:
    headers = {"origin": LISTED, "access-control-request-method": "POST"}
    for method in ("OPTIONS", "GET", "POST"):
        assert cors_of(site.ask(method, path, b"{}", kind=JSON, headers=headers)) == {}


def test_a_preflight_changes_nothing(world: TestWorld, site: Site) -> None:
    before = items(world)
    ask_first(site, LISTED)
    assert items(world) == before


def test_what_was_claimed_there_says_so(world: TestWorld, site: Site) -> None:
    claim(site, LISTED)
    world.work()
    site.press(link(world.mails()[-1].mail, "/api/confirm"))
    (contact,) = person_items(world, "CONTACT")
    (consent,) = person_items(world, "CONSENT#")
    assert (contact["source"], consent["source"]) == ("storefront", "storefront")
