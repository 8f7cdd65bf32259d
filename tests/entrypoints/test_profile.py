"""The profile: each step says what it buys, keeps nothing that could be used for nothing, and asks for the next only when the last was honoured."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.domain.fact import DATE, SIZE, Fact
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.links import PREFERENCES
from chalicelib.stores import facts, people
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.stop import stop_person
from tests.support.own_page import form_in, ticks
from tests.support.site import Answer, Site, items, link, person_items
from tests.support.world import SECRETS, TestWorld

ISOBEL = "isobel.trant@example.com"
PERSON = person_id(SECRETS.people, parse_address(ISOBEL).key)
LETTER, CALL, OCCASIONS, FOR_YOU = "offers/post", "offers/call", "occasions/e-mail", "for you/e-mail"
ADDRESS = "Isobel Trant\r\n4 Fore Street\r\nTruro"


@pytest.fixture
def world() -> Iterator[TestWorld]:
    """Isobel has claimed and confirmed, and has her voucher."""
    with TestWorld() as made:
        Site(made).claim()
        made.work()
        Site(made).press(link(made.mails()[0].mail, "/api/confirm"))
        made.work()
        yield made


@pytest.fixture
def site(world: TestWorld) -> Site:
    return Site(world)


def url(world: TestWorld, step: str) -> str:
    token = world.links.make(PREFERENCES, PERSON, "", world.clock.at + timedelta(days=90))
    return f"/api/preferences/profile?t={token}&step={step}"


def shown(answer: Answer) -> dict[str, str]:
    return form_in(answer.text, "/api/preferences/profile")


def keep(world: TestWorld, site: Site, step: str, *keys: str, **typed: str) -> Answer:
    """The step is opened, filled in and kept."""
    form = shown(site.get(url(world, step)))
    changes = {name.replace("__", ":"): value for name, value in typed.items()}
    return site.post("/api/preferences/profile", **{**form, **changes, **ticks(world.shop, *keys)})


def told(world: TestWorld) -> dict[tuple[str, str], Fact]:
    return {(fact.kind, fact.about): fact for fact in facts.of_person(world.table, PERSON)}


def consents(world: TestWorld) -> set[str]:
    return set(people.load_standing(world.table.get(people.standing_key(PERSON)), PERSON).consents)


# --- asked politely, one after the other ---


def test_the_page_with_the_code_offers_the_first_step_and_no_more(world: TestWorld, site: Site) -> None:
    page = site.press(link(world.mails()[0].mail, "/api/confirm")).text
    (found,) = re.findall(r'href="(/api/preferences/profile[^"]+)"', page)
    assert site.get(html.unescape(found)).status == 200
    assert "step=reach" in found


def test_who_stopped_is_offered_nothing(world: TestWorld, site: Site) -> None:
    stop_person(world, PERSON)
    assert "/api/preferences/profile" not in site.press(link(world.mails()[0].mail, "/api/confirm")).text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("step", ["reach", "dates", "tastes", "", "nonsense"])
def test_opening_a_step_changes_nothing(world: TestWorld, site: Site, step: str, method: str) -> None:
    before = items(world)
    assert (site.ask(method, url(world, step)).status, items(world)) == (200, before)


def test_each_step_says_where_they_are_and_what_it_buys(world: TestWorld, site: Site) -> None:
    for step in ("reach", "dates", "tastes"):
        page = site.get(url(world, step)).text
        assert page.count('aria-current="step"') == 1
        assert "For you: " in page
        assert "You need not tell us any of it" in page
        assert not re.search(r'type="checkbox"[^>]* checked', page)


def test_a_step_that_is_kept_leads_to_the_next_and_the_last_to_all_that_we_know(world: TestWorld, site: Site) -> None:
    first = keep(world, site, "reach", LETTER, address=ADDRESS)
    assert (first.status, "step=dates" in first.header("location")) == (303, True)
    second = keep(world, site, "dates", OCCASIONS, day0="14", month0="6")
    assert "step=tastes" in second.header("location")
    last = keep(world, site, "tastes", FOR_YOU, likes__rings="yes", size__rings="M")
    assert "Kept. Below is all that we know of you." in site.get(last.header("location")).text
    assert {(kind, about): fact.value for (kind, about), fact in told(world).items()} == {
        ("address", "post"): "Isobel Trant\n4 Fore Street\nTruro",
        ("date", "birthday"): "--06-14",
        ("likes", "rings"): "yes",
        ("size", "rings"): "M",
    }
    assert {fact.source for fact in told(world).values()} == {"profile page"}
    assert consents(world) == {LETTER, OCCASIONS, FOR_YOU}


def test_each_step_may_be_passed_by(world: TestWorld, site: Site) -> None:
    before = items(world)
    page = site.get(url(world, "reach")).text
    skip = re.search(r'href="([^"]+)">Not now', page)
    assert skip is not None
    assert "step=dates" in skip[1]
    assert keep(world, site, "reach").status == 303
    assert items(world) == before


# --- nothing is kept that could be used for nothing ---


@pytest.mark.parametrize(
    ("step", "typed", "field"),
    [
        ("reach", {"address": ADDRESS}, "address"),
        ("reach", {"phone": "01326 555010"}, "phone"),
        ("dates", {"day0": "14", "month0": "6"}, "day0"),
        ("tastes", {"likes__rings": "yes"}, "likes0"),
    ],
)
def test_without_a_yes_it_is_not_kept_and_comes_back_with_the_question(
    world: TestWorld, site: Site, step: str, typed: dict[str, str], field: str
) -> None:
    before = items(world)
    answer = keep(world, site, step, **typed)
    assert (answer.status, items(world)) == (422, before)
    assert "Please tick the box below, or leave this empty" in answer.text
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    kept = shown(answer)
    for name, value in typed.items():
        assert kept[name.replace("__", ":")] == value


def test_a_yes_with_nothing_to_use_it_for_is_asked_back(world: TestWorld, site: Site) -> None:
    before = items(world)
    answer = keep(world, site, "reach", CALL)
    assert (answer.status, items(world)) == (422, before)
    assert re.search(r'type="checkbox"[^>]* checked', answer.text)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"day0": "31", "month0": "2"}, "day0"),
        ({"day0": "3"}, "month0"),
        ({"day0": "x", "month0": "1"}, "day0"),
        ({"day0": "3", "month0": "1", "year0": "99"}, "year0"),
        ({"label": "wedding day"}, "day3"),
        ({"label": "Birthday of Ruth Okafor", "day3": "3", "month3": "1"}, "label"),
        ({"day3": "3", "month3": "1"}, "label"),
    ],
)
def test_a_day_that_is_none_comes_back_with_everything_else(
    world: TestWorld, site: Site, typed: dict[str, str], field: str
) -> None:
    before = items(world)
    answer = keep(world, site, "dates", OCCASIONS, day2="5", month2="12", **typed)
    assert (answer.status, items(world)) == (422, before)
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    kept = shown(answer)
    assert (kept["day2"], kept["month2"], f"yes:{OCCASIONS}" in kept) == ("5", "12", True)
    assert {name: kept[name] for name in typed} == typed


def test_a_number_that_cannot_be_rung_comes_back(world: TestWorld, site: Site) -> None:
    answer = keep(world, site, "reach", CALL, phone="12")
    assert answer.status == 422
    assert "not look like a whole telephone number" in answer.text


# --- later it is their own, to see, correct and remove ---


def test_it_is_corrected_and_taken_back_where_it_was_told(world: TestWorld, site: Site) -> None:
    keep(world, site, "dates", OCCASIONS, day0="14", month0="6", year0="1984", label="wedding day", day3="1", month3="9")
    page = shown(site.get(url(world, "dates")))
    assert (page["day0"], page["month0"], page["year0"]) == ("14", "6", "1984")
    keep(world, site, "dates", day0="15", day3="", month3="")
    assert {about: fact.value for (_, about), fact in told(world).items()} == {"birthday": "1984-06-15"}


def test_keeping_twice_is_keeping_once(world: TestWorld, site: Site) -> None:
    form = {**shown(site.get(url(world, "reach"))), "address": ADDRESS, **ticks(world.shop, LETTER)}
    site.post("/api/preferences/profile", **form)
    before = items(world)
    assert site.post("/api/preferences/profile", **form).status == 303
    assert items(world) == before


def test_a_page_from_before_a_stop_undoes_nothing(world: TestWorld, site: Site) -> None:
    form = {**shown(site.get(url(world, "reach"))), "address": ADDRESS, **ticks(world.shop, LETTER)}
    stop_person(world, PERSON)
    before = items(world)
    answer = site.post("/api/preferences/profile", **form)
    assert (answer.status, items(world)) == (422, before)
    assert "Something changed since you opened this page" in answer.text


def test_a_size_that_the_shop_no_longer_names_is_not_lost_by_looking(world: TestWorld, site: Site) -> None:
    record_consent(world, ISOBEL, [FOR_YOU], source="the counter", proof="owner")
    world.table.write(facts.put(PERSON, Fact(SIZE, "rings", "Z+9", "stated", world.clock.at, "the counter", "for you")))
    assert keep(world, site, "tastes").status == 303
    assert told(world)[(SIZE, "rings")].value == "Z+9"


def test_two_ways_of_writing_one_label_are_one_day(world: TestWorld, site: Site) -> None:
    keep(world, site, "dates", OCCASIONS, day0="14", month0="6")
    assert keep(world, site, "dates", day0="", month0="", label="Birthday", day3="15", month3="6").status == 303
    assert told(world)[(DATE, "birthday")].value == "--06-15"


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ shop }}", "a\u202eb"])
@pytest.mark.parametrize("step", ["reach", "dates"])
def test_what_is_typed_is_text_and_nothing_else(world: TestWorld, site: Site, step: str, hostile: str) -> None:
    typed = {"reach": {"address": hostile, "phone": hostile}, "dates": {"label": hostile, "day3": hostile, "month0": hostile}}[
        step
    ]
    answer = keep(world, site, step, **typed)
    assert answer.status == 422
    assert "<script>" not in answer.text
    assert "<img src=x" not in answer.text


def test_of_whom_nothing_is_left_the_step_says_so(world: TestWorld) -> None:
    with TestWorld() as fresh:
        site = Site(fresh)
        assert "We know nothing of you any more" in site.get(url(fresh, "reach")).text
        token = fresh.links.make(PREFERENCES, PERSON, "", fresh.clock.at + timedelta(days=1))
        assert "We know nothing of you any more" in site.post("/api/preferences/profile", t=token, step="reach").text
        assert person_items(fresh, "") == []


def test_a_day_that_comes_between_moves_no_other(world: TestWorld, site: Site) -> None:
    record_consent(world, ISOBEL, [OCCASIONS], source="the counter", proof="owner")
    given = {"birthday": "--06-14", "wedding day": "--06-20"}
    for about, value in given.items():
        world.table.write(facts.put(PERSON, Fact(DATE, about, value, "stated", world.clock.at, "the counter", "occasions")))
    older = shown(site.get(url(world, "dates")))
    assert keep(world, site, "dates", label="graduation", day4="3", month4="7").status == 303
    again = site.post("/api/preferences/profile", **older | {"day0": "15"})
    assert (again.status, "Something changed since" in again.text) == (422, True)
    assert dates(world) == {**given, "graduation": "--07-03"}
    assert site.post("/api/preferences/profile", **shown(again)).status == 303
    assert dates(world) == {**given, "birthday": "--06-15", "graduation": "--07-03"}


def test_a_day_that_was_removed_since_does_not_come_back(world: TestWorld, site: Site) -> None:
    assert keep(world, site, "dates", OCCASIONS, label="wedding day", day3="20", month3="6", day0="14", month0="6").status == 303
    older = shown(site.get(url(world, "dates")))
    assert keep(world, site, "dates", day3="", month3="").status == 303
    again = site.post("/api/preferences/profile", **older | {"day0": "15"})
    assert (again.status, "Something changed since" in again.text) == (422, True)
    assert dates(world) == {"birthday": "--06-14"}
    assert site.post("/api/preferences/profile", **shown(again)).status == 303
    assert dates(world) == {"birthday": "--06-14"}


def dates(world: TestWorld) -> dict[str, str]:
    return {about: fact.value for (kind, about), fact in told(world).items() if kind == DATE}
