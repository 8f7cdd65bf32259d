"""What hostile hands typed, seen in a real browser without any policy to help: nothing runs, nothing is asked for, nothing runs over the edge.

tests/stories/test_hostile_hands.py looks at every field; here is what browsers make of the pages and mails that hold the most of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page

from courtesy.demo import Story
from tests.browser.chromium import opened
from tests.stories.test_hostile_hands import fill, orders_of
from tests.support.hands import FORMS, HARMLESS, back_again, send_form
from tests.support.journey import links_of, lived, mails_by_rule, newest, own_link
from tests.support.payloads import MARK, PAYLOADS
from tests.support.site import Site
from tests.support.world import TestWorld

pytestmark = pytest.mark.browser
NARROW = 320
SIDEWAYS = "[document.documentElement.scrollWidth, document.title, Object.keys(window).filter(one => one.includes('X55'))]"
RULES = ("receipt", "on-its-way", "thank-you", "gift-note", "morning", "thanks-relay", "voucher")


@pytest.fixture(scope="module")
def documents() -> dict[str, str]:
    """By what it is: HTML of forms that came back, of pages, and of mails."""
    with TestWorld(mornings=True, cap=99, claims_per_address=9999, claims_per_network=9999) as world:
        site = Site(world)
        found = {**dict(_forms(site)), **dict(_their_own(world, site))}
        orders_of(world, site, [*PAYLOADS.values()])
        for rule, mails in mails_by_rule(world).items():
            found |= {f"the mail {rule}, {at}": mail.html for at, mail in enumerate(mails) if rule in RULES}
        for at, note in enumerate(mails_by_rule(world)["gift-note"]):
            found[f"the card, {at}"] = site.get(next(one for one in links_of(note) if "/api/thanks" in one)).text
    return found


def _forms(site: Site) -> Iterator[tuple[str, str]]:
    """Each static form with the same in all of its fields, and refused for its address at least."""
    for path, more in FORMS.items():
        for called, payload in PAYLOADS.items():
            answer = send_form(site, path, {**dict.fromkeys(HARMLESS, payload), "email": f"{payload}@", **more})
            assert answer.status == 422
            yield f"{path}, {called}", answer.text


def _their_own(world: TestWorld, site: Site) -> Iterator[tuple[str, str]]:
    """A person's own page with every name, every day and every address that was taken."""
    send_form(site, "/api/claims", {"name": "Jenna Hosking", "email": "jenna@example.com"})
    world.work()
    confirm = own_link(newest(world, "confirm-address"), "confirm")
    send_form(site, "/api/confirm", {"t": confirm.partition("t=")[2]})
    world.work()
    link = own_link(newest(world, "voucher"), "preferences")
    token = link.partition("t=")[2]
    for called, payload in PAYLOADS.items():
        with back_again(world):
            told = {"label": payload, "day3": "18", "month3": "3", "address": payload, "phone": payload}
            for step in ("dates", "reach"):
                came_back = send_form(site, "/api/preferences/profile", {"t": token, "step": step, **told})
                yield f"profile, {step}, {called}", came_back.text
            yield f"preferences, {called}", site.get(link).text
            send_form(site, "/api/questions", {**HARMLESS, "question": payload})
            lived(world, days=1)
            yield f"the morning after, {called}", mails_by_rule(world)["morning"][-1].html


def test_nothing_runs_and_nothing_breaks_the_page(browser: Browser, shop: Story, documents: dict[str, str]) -> None:
    found: list[str] = []
    held = 0
    with opened(browser, shop.url, width=NARROW) as (page, trouble):

        def spoke(dialog: Dialog) -> None:
            found.append(f"a dialog: {dialog.message}")
            dialog.dismiss()

        page.on("dialog", spoke)
        page.goto("/robots.txt")  # so that style sheets are of the shop, and nothing else stands in the way
        for what, html in documents.items():
            if not html:
                continue
            page.set_content(html)
            held += MARK in html
            width, title, marks = page.evaluate(SIDEWAYS)
            found += [f"{what}: {width} wide"] if width > NARROW else []
            found += [f"{what}: a script left {marks} in {title}"] if marks else []
            found += [f"{what}: {one}" for one in trouble.found]
            trouble.found.clear()
    assert held > len(documents) // 3
    assert found == []


def test_the_owners_pages_show_it_as_words(browser: Browser, shop: Story) -> None:
    fill(shop._world, Site(shop._world))
    shop.settle()
    with opened(browser, shop.url, width=NARROW) as (page, trouble):
        for path in ("/dev/", "/dev/follow-ups", *_some_mails(shop)):
            page.goto(path)
            assert _width(page) <= NARROW, path
        assert trouble.found == []


def _some_mails(story: Story) -> list[str]:
    return [f"/dev/outbox/{mail['id']}" for mail in story.mails()][:8]


def _width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))
