"""Enter at the counter → confirm → the round closes → the draw → anybody's check, in a browser and by the commands that people would type."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chalicelib.domain.competition import closes_at, open_round
from courtesy.demo import Story, link_of
from courtesy.main import main
from tests.browser.conftest import Open

pytestmark = pytest.mark.browser
SEED = "3 9 14 22 41 50"
PEOPLE = {"Piran Nance": "piran.nance@example.com", "Loveday Bray": "loveday.bray@example.com", "Jago Hosken": "jago@example.com"}
ENTRY = re.compile(r"^([0-9A-Z]{5}-){5}[0-9A-Z]{5}$")


def entered(page: Page, shop: Story, name: str, email: str) -> str:
    """Types at the counter, and confirms at home: the entry id."""
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Put me in the draw").click()
    expect(page).to_have_url(f"{shop.url}/counter/entered/")
    page.get_by_role("link", name="Next person").click()
    expect(page.get_by_label("Your name")).to_have_value("")
    expect(page.get_by_label("E-mail address")).to_have_value("")
    shop.settle()
    page.goto(link_of(shop.mail("confirm-entry", email), "/api/enter"))
    page.get_by_role("button", name="Yes, put me in the draw").click()
    shop.settle()
    id_ = page.locator("dd.entry").inner_text()
    assert ENTRY.match(id_)
    assert id_ in shop.mail("entered", email)["text"]
    page.goto("/counter/")
    return id_


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_the_counter_to_a_draw_that_anybody_checks(
    visit: Open, shop: Story, scripts: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(*words: str) -> tuple[int, str]:
        more = [] if "verify" in words else ["--data", str(data)]
        return main([*words, *more]), capsys.readouterr().out

    page, data = visit(scripts=scripts, width=820), Path(shop._world.settings.data)
    page.goto("/counter/")
    ids = {email: entered(page, shop, name, email) for name, email in PEOPLE.items()}
    now = shop._world.clock.now()
    round_ = open_round(now, 18, shop.shop.zone)
    shop.pass_time(f"{int((closes_at(round_, 18, shop.shop.zone) - now).total_seconds() // 60) + 5}m")

    page.goto(f"/api/draws?round={round_}")
    expect(page.get_by_text("with 3 entries. It has not been drawn yet.")).to_be_visible()
    assert ask("draw", "run", "--seed", SEED)[0] == 0
    shop.settle()
    page.reload()
    wins = page.locator(".facts .hash").first.inner_text()
    page.get_by_text("All 3 entries").click()
    expect(page.get_by_text(f"{wins} won")).to_be_visible()
    assert not any(word in page.content() for word in ("Nance", "Bray", "Hosken"))

    url = f"{shop.url}/api/draws/{round_}"
    places = {email: ask("draw", "verify", url, "--seed", SEED, "--entry", id_) for email, id_ in ids.items()}
    assert {code for code, _ in places.values()} == {0}
    winner = next(email for email, (_, said) in places.items() if "at place 1 of 3" in said)
    assert "You have won" in shop.mail("won", winner)["subject"]
    assert [one["to"] for one in shop.mails() if one["kind"] in ("won", "competition-ended")] == [winner]
