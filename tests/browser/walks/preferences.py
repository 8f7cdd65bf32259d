"""A person's own pages: the link asked for, the preferences, the profile step by step, and being forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from playwright.sync_api import Page

from chalicelib.domain.fact import AWAY, DATE, SIZE, Fact
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.links import PREFERENCES
from chalicelib.stores import facts
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.take_order import take_order
from courtesy.demo import Story, link_of
from tests.factories import learnt, shopify_order

TAMSIN = "tamsin.tregear@example.com"
NAMES = (
    "preferences, ask", "preferences, ask, refused", "inbox",
    "preferences", "preferences, refused", "preferences, paused", "preferences, saved", "preferences, stopped",
    "profile, reach", "profile, reach, refused", "profile, dates", "profile, dates, refused", "profile, tastes", "preferences, kept",
    "erase", "erased", "nothing kept",
)  # fmt: skip


def walk(page: Page, story: Story) -> Iterator[str]:
    """Tamsin bought something, asks for her link, sets and tells all that can be set and told, and has herself forgotten."""
    _known(story)
    yield from _asked(page, story)
    yield from _preferences(page, story)
    yield from _profile(page, story)
    yield from _erased(page, story)


def _known(story: Story) -> None:
    world = story._world
    now = world.clock.now()
    placed = now.isoformat()
    person = {"first_name": "Tamsin", "last_name": "Tregear"}
    ring = {
        "id": 1,
        "title": "Tide ring",
        "sku": "RING-TIDE-M",
        "quantity": 1,
        "price": "48.00",
        "variant_title": "M",
        "properties": [],
    }
    changes = {"created_at": placed, "updated_at": placed, "customer": person, "line_items": [ring]}
    take_order(world, learnt("orders/create", shopify_order(id=7041, name="#7041", email=TAMSIN, **changes)))
    record_consent(
        world,
        TAMSIN,
        ["newsletter/e-mail", "occasions/e-mail"],
        source="card at the counter",
        name="Tamsin Tregear",
        proof="owner",
    )
    told = (
        Fact(DATE, "birthday", "1984-11-22", "stated", now, "card at the counter", "occasions"),
        Fact(SIZE, "bracelets", "M", "stated", now, "card at the counter", "for you"),
        Fact(AWAY, "call", "She had moved, and thought that we did not send so far.", "stated", now, "a call", "service"),
    )
    for fact in told:
        world.table.write(facts.put(_id(story), fact))


def _id(story: Story) -> str:
    return person_id(story._world.secrets.people, parse_address(TAMSIN).key)


def _asked(page: Page, story: Story) -> Iterator[str]:
    page.goto("/preferences/")
    yield "preferences, ask"
    page.get_by_label("E-mail address").fill("tamsin.tregear")
    page.get_by_role("button", name="Send me the link").click()
    yield "preferences, ask, refused"
    page.get_by_label("E-mail address").fill(TAMSIN)
    page.get_by_role("button", name="Send me the link").click()
    yield "inbox"
    story.settle()
    page.goto(link_of(story.mail("preferences-link", TAMSIN), "/api/preferences"))


def _preferences(page: Page, story: Story) -> Iterator[str]:
    yield "preferences"
    page.get_by_label("Tell me by e-mail when something that I bought").evaluate("box => { box.value = 'other words' }")
    page.get_by_label("Tell me by e-mail when something that I bought").check()
    page.get_by_role("button", name="Save").click()
    yield "preferences, refused"
    page.get_by_label("Tell me by e-mail when something that I bought").evaluate("box => { box.checked = false }")
    page.get_by_label("At most one thing a month").check()
    page.get_by_label("Leave me in peace").check()
    page.get_by_role("button", name="Save").click()
    _open(page, story)
    yield "preferences, paused"
    page.get_by_label("Leave me in peace").uncheck()
    page.get_by_role("button", name="Save").click()
    yield "preferences, saved"
    _open(page, story)
    page.get_by_role("button", name="Stop everything").click()
    _open(page, story)
    yield "preferences, stopped"


def _profile(page: Page, story: Story) -> Iterator[str]:
    _open(page, story, "/profile", "&step=reach")
    yield "profile, reach"
    page.get_by_label("Telephone number").fill("12")
    page.get_by_label("You may send me an offer by post").check()
    page.get_by_role("button", name="Keep this").click()
    yield "profile, reach, refused"
    _open(page, story, "/profile", "&step=dates")
    yield "profile, dates"
    page.get_by_label("What day it is").fill("Wedding of Demelza Carne")
    page.get_by_label("Day", exact=True).last.fill("31")
    page.get_by_label("Month").last.fill("2")
    page.get_by_role("button", name="Keep this").click()
    yield "profile, dates, refused"
    _open(page, story, "/profile", "&step=tastes")
    yield "profile, tastes"
    page.get_by_label("I like them").first.check()
    page.get_by_label("Write to me by e-mail when something new").check()
    page.get_by_role("button", name="Keep this").click()
    yield "preferences, kept"


def _erased(page: Page, story: Story) -> Iterator[str]:
    page.get_by_role("link", name="Have us forget you").click()
    yield "erase"
    page.get_by_role("button", name="Forget me").click()
    yield "erased"
    story.settle()
    _open(page, story)
    yield "nothing kept"


def _open(page: Page, story: Story, path: str = "", more: str = "") -> None:
    """Tamsin's own page, by a link as her mails have it."""
    world = story._world
    token = world.links.make(PREFERENCES, _id(story), "", world.clock.now() + timedelta(days=90))
    page.goto(f"/api/preferences{path}?t={token}{more}")
