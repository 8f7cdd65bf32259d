"""Entering, the counter, the rules, and what is published of a draw."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.domain.competition import before, open_round
from chalicelib.domain.draw import entry_hash
from chalicelib.table import Put
from chalicelib.usecases.close_round import close_round
from chalicelib.usecases.run_draw import run_draw
from courtesy.demo import Story, link_of

PIRAN = "piran.nance@example.com"
SHOWN_MOST = 40
NAMES = (
    "competition", "competition, refused", "competition, rules", "enter", "entered", "entered, link of a newer mail", "counter", "counter, refused",
    "counter, entered", "draw, not closed yet", "draw, none yet", "draw, to be drawn", "draw, drawn",
)  # fmt: skip


def walk(page: Page, story: Story) -> Iterator[str]:
    """Piran enters at home, and somebody at the counter; an older round is closed, and drawn."""
    page.goto("/competition/")
    yield "competition"
    _fill(page, "", "piran@")
    yield "competition, refused"
    page.goto("/competition/rules/")
    yield "competition, rules"
    page.goto("/competition/")
    _fill(page, "Piran Nance", PIRAN, tick=True)
    story.settle()
    link = link_of(story.mail("confirm-entry", PIRAN), "/api/enter")
    page.goto(link)
    yield "enter"
    page.get_by_role("button").click()
    story.settle()
    yield "entered"
    page.goto("/api/enter?t=nonsense")
    yield "entered, link of a newer mail"
    page.goto("/counter/")
    yield "counter"
    _fill(page, "", "loveday@")
    yield "counter, refused"
    page.goto("/counter/")
    _fill(page, "Loveday Bray", "loveday.bray@example.com")
    yield "counter, entered"
    yield from _draws(page, story)


def _fill(page: Page, name: str, email: str, *, tick: bool = False) -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("County, if you like").fill("Cornwall")
    if tick:
        page.get_by_label("Tell me by e-mail how the draw ended").check()
    page.get_by_role("button", name="Put me in the draw").click()


def _draws(page: Page, story: Story) -> Iterator[str]:
    world = story._world
    this = open_round(world.clock.now(), 18, story.shop.zone)
    page.goto(f"/api/draws?round={this}")
    yield "draw, not closed yet"
    last = before(this)
    page.goto(f"/api/draws?round={last}")
    yield "draw, none yet"
    _fill_round(world, last)
    close_round(world, last)
    page.goto(f"/api/draws?round={last}")
    yield "draw, to be drawn"
    run_draw(world, last, "3 9 14 22 41 50")
    page.goto(f"/api/draws?round={last}")
    yield "draw, drawn"


def _fill_round(world: LocalWorld, round_: str) -> None:
    """A list as Piran would have joined it a month ago, in the company of others."""
    (mine,) = [item for item in world.table.scan(limit=100_000).items if item.get("address") == PIRAN and item.get("entry")]
    ids = [str(mine["entry"]), *(f"entry {number}" for number in range(SHOWN_MOST))]
    for id_ in ids:
        key = {"pk": f"ROUND#{round_}", "sk": f"ENTRY#{entry_hash(id_)}"}
        world.table.write(Put({**key, "person": mine["person"], "ttl": mine["ttl"]}))
    world.table.write(Put({**mine, "sk": f"ENTRY#{round_}", "round": round_}))
