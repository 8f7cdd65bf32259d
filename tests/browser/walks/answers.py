"""What people answer by a link in a mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from msgspec.structs import replace
from playwright.sync_api import Page

from chalicelib.domain.follow_up import follow_up_id
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.links import EXPECTATION, NO, OCCASION, OWNER_LINKS, PAUSE, WELCOME, YES, answer_scope
from chalicelib.stores import follow_ups
from chalicelib.usecases.pause import resume
from chalicelib.usecases.record_consent import record_consent
from courtesy.demo import DANIEL, RUTH, Story, link_of
from tests import factories
from tests.browser.shop import THANKS

JENNA = "jenna.roskilly@example.com"
NAMES = (
    "stop", "stopped", "thank", "thank, refused", "thanked", "thanked already", "address, remove", "address, removed",
    "consent", "consented", "expectation, unhappy", "expectation, refused", "answered, unhappy", "expectation", "answered",
    "occasion", "occasion, off", "welcome", "welcomed", "welcome, run out", "pause", "paused",
)  # fmt: skip


def walk(page: Page, story: Story) -> Iterator[str]:
    """Daniel stops, Ruth thanks him and leaves; Jenna answers all that we ever ask; the owner pauses."""
    yield from _gift(page, story)
    yield from _consent(page, story)
    yield from _questions(page, story)


def _gift(page: Page, story: Story) -> Iterator[str]:
    page.goto(link_of(story.mail("thank-you", DANIEL), "/api/stop"))
    yield "stop"
    press(page)
    yield "stopped"
    card = link_of(story.mail("gift-note", RUTH), "/api/thanks")
    page.goto(card)
    yield "thank"
    press(page)
    yield "thank, refused"
    page.get_by_label("Your words").fill(THANKS)
    press(page)
    yield "thanked"
    page.goto(card)
    yield "thanked already"
    page.goto(link_of(story.mail("gift-note", RUTH), "/api/stop"))
    yield "address, remove"
    press(page)
    yield "address, removed"


def _consent(page: Page, story: Story) -> Iterator[str]:
    wanted = ["newsletter/e-mail", "occasions/e-mail", "offers/post"]
    record_consent(story._world, JENNA, wanted, source="card at the counter", name="Jenna Roskilly")
    story.settle()
    page.goto(link_of(story.mail("confirm-consent", JENNA), "/api/consent"))
    yield "consent"
    press(page)
    yield "consented"


def _questions(page: Page, story: Story) -> Iterator[str]:
    world = story._world
    now = world.clock.now()
    person = person_id(world.secrets.people, parse_address(JENNA).key)
    asked = replace(
        factories.follow_up(rule="expectation", state="sent"),
        id=follow_up_id("expectation", person, "shopify:x:2041"),
        person=person,
        anchor="shopify:x:2041",
        due_at=now,
        look_at=now,
        created_at=now,
        expires_at=now + timedelta(days=400),
    )
    world.table.write(follow_ups.put(asked))

    def link(purpose: str, scope: str = "", who: str = person) -> str:
        return f"/api/{purpose}?t={world.links.make(purpose, who, scope, world.clock.now() + timedelta(days=3))}"

    page.goto(link(EXPECTATION, answer_scope(asked.id, NO)))
    yield "expectation, unhappy"
    words = page.get_by_role("textbox")
    words.evaluate("field => field.removeAttribute('maxlength')")
    words.fill("The clasp came off, and off, and off. " * 60)
    press(page)
    yield "expectation, refused"
    page.get_by_role("textbox").fill("The clasp came off.")
    press(page)
    yield "answered, unhappy"
    page.goto(link(EXPECTATION, answer_scope(asked.id, YES)))
    yield "expectation"
    press(page)
    yield "answered"
    page.goto(link(OCCASION, "partner's birthday"))
    yield "occasion"
    press(page)
    yield "occasion, off"
    page.goto(link(WELCOME, asked.id))
    yield "welcome"
    press(page)
    yield "welcomed"
    page.goto(link(WELCOME, "a question of long ago"))
    yield "welcome, run out"
    page.goto(link(PAUSE, who=OWNER_LINKS))
    yield "pause"
    press(page)
    yield "paused"
    resume(world)


def press(page: Page) -> None:
    """The button that the page is there for."""
    page.locator("main").get_by_role("button").first.click()
