"""Ask us: every question reaches a person, whoever asks; the answer tells nobody whom we know; nothing that is typed breaks anything."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from chalicelib.domain.follow_up import HELD, follow_up_id
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.inquiry import MAX_OPEN
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Hold
from chalicelib.domain.standing import MARKETING
from chalicelib.stores import follow_ups
from chalicelib.usecases.close_inquiry import close_inquiry
from chalicelib.usecases.erase import erase
from chalicelib.usecases.list_inquiries import Listed, list_inquiries
from chalicelib.usecases.retention import retention
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.tell_all import tell_all
from chalicelib.usecases.today import today
from tests.factories import follow_up, learnt, shopify_order
from tests.support.site import FORM, HOME, JSON, Answer, Site, items, person_items
from tests.support.watched import watched
from tests.support.world import TestWorld

ISOBEL, NOBODY = "isobel.trant@example.com", "lowenna.rowe@example.com"
WORDS = "Can the signet be made smaller?\n\nIt was my aunt's."
GOOD = {"name": "Lowenna Rowe", "email": NOBODY, "order": "", "question": WORDS, "website": ""}


@pytest.fixture
def world() -> Iterator[TestWorld]:
    """Isobel has ordered; of Lowenna nothing was ever heard."""
    with TestWorld(claims_per_address=100, claims_per_network=200) as made:
        take_order(made, learnt("orders/create", shopify_order()))
        made.work()
        yield made


@pytest.fixture
def site(world: TestWorld) -> Site:
    return Site(world)


def ask(site: Site, *, ip: str = HOME, **changes: str) -> Answer:
    return site.ask("POST", "/api/questions", urlencode({**GOOD, **changes}).encode(), kind=FORM, ip=ip)


def ask_json(site: Site, **changes: Any) -> Answer:
    return site.ask("POST", "/api/questions", json.dumps({**GOOD, **changes}).encode(), kind=JSON)


def listed(world: TestWorld) -> list[Listed]:
    return list_inquiries(world)


def kept(world: TestWorld) -> Any:
    return [item for item in items(world) if not str(item["pk"]).startswith("RATE#")]


# --- a question is taken ---


def test_a_form_is_answered_with_the_page_that_says_when(site: Site, world: TestWorld) -> None:
    answer = ask(site)
    assert (answer.status, answer.header("location")) == (303, "/asked/")
    (one,) = listed(world)
    assert (one.name, one.address, one.words, one.source, one.about) == ("Lowenna Rowe", NOBODY, WORDS, "question", "")
    assert one.typed


def test_json_is_answered_in_words(site: Site, world: TestWorld) -> None:
    answer = ask_json(site)
    assert (answer.status, list(answer.json)) == (202, ["message"])
    assert "five working days" in answer.json["message"]
    assert [one.words for one in listed(world)] == [WORDS]


def test_no_mail_goes_to_an_address_that_nobody_confirmed(site: Site, world: TestWorld) -> None:
    before = len(world.mails())
    ask(site)
    ask(site, email=ISOBEL)
    world.live(days=1)
    assert len(world.mails()) == before


def test_the_owner_sees_whom_to_answer_and_that_nobody_confirmed_it(site: Site, world: TestWorld) -> None:
    ask(site)
    (line,) = today(world).waiting
    assert line.what.startswith("Lowenna Rowe: “Can the signet be made smaller? It was my aunt's.”")
    assert line.how.startswith(f"Answer {NOBODY} (as typed, confirmed by nobody), then: courtesy inquiry close ")


def test_the_morning_mail_brings_it_to_the_owner() -> None:
    with TestWorld(mornings=True) as world:
        ask(Site(world))
        world.live(days=1)
        (mail,) = [kept.mail for kept in world.mails(world.shop.reply_to)]
        assert NOBODY in mail.text
        assert "Lowenna Rowe" in mail.text
        assert "signet" not in mail.subject


def test_an_answer_goes_to_the_address_that_was_typed_also_where_another_is_known(site: Site, world: TestWorld) -> None:
    ask(site, email="Isobel.Trant+ring@gmail.com", name="Isobel T")
    (one,) = listed(world)
    assert (one.name, one.address) == ("Isobel T", "Isobel.Trant+ring@gmail.com")


# --- the order that they name ---


@pytest.mark.parametrize("number", ["#1041", "1041", "QW3X7R9TN", " qw3x7r9tn "])
def test_an_order_of_theirs_is_known_by_what_they_call_it(site: Site, world: TestWorld, number: str) -> None:
    ask(site, email=ISOBEL, order=number)
    (one,) = listed(world)
    assert one.about == "#1041"


@pytest.mark.parametrize("number", ["#1041", "1042", "shopify:x"])
def test_an_order_of_somebody_else_is_only_what_they_typed(site: Site, world: TestWorld, number: str) -> None:
    ask(site, order=number)
    (one,) = listed(world)
    assert one.about == f"“{number}”, as they typed it: none of theirs"


def test_an_order_that_was_theirs_and_is_somebody_elses_now_is_none_of_theirs(world: TestWorld, site: Site) -> None:
    changed = shopify_order(email="tom.carey@example.com", updated_at="2026-03-02T12:05:00+00:00")
    take_order(world, learnt("orders/updated", changed))
    ask(site, email=ISOBEL, order="1041")
    (one,) = listed(world)
    assert "none of theirs" in one.about


def test_an_order_that_comes_later_is_found_then(world: TestWorld, site: Site) -> None:
    ask(site, order="1099")
    take_order(world, learnt("orders/create", shopify_order(id=99, name="#1099", email=NOBODY, confirmation_number="Z")))
    assert [one.about for one in listed(world)] == ["#1099"]


# --- it tells nobody whom we know ---


def nothing(site: Site, world: TestWorld) -> None:
    """Nothing was ever heard of them."""


def bought(site: Site, world: TestWorld) -> None:
    take_order(world, learnt("orders/create", shopify_order(email=NOBODY)))
    world.work()


def asked_before(site: Site, world: TestWorld) -> None:
    ask(site)


def asked_much(site: Site, world: TestWorld) -> None:
    for number in range(MAX_OPEN + 3):
        ask(site, question=f"Question {number}?")


PAST: list[Callable[[Site, TestWorld], None]] = [nothing, bought, asked_before, asked_much]


def answered(past: Callable[[Site, TestWorld], None], kind: str) -> tuple[Answer, list[str]]:
    with TestWorld(claims_per_address=100) as world:
        past(Site(world), world)
        calls: list[str] = []
        world.table = watched(world.sqlite, before=lambda call: calls.append(f"table.{call}"))
        world.queue = watched(world.queue, before=lambda call: calls.append(f"queue.{call}"))
        site = Site(world)
        answer = ask_json(site, order="1041") if kind == JSON else ask(site, order="1041")
        return answer, calls.copy()


@pytest.mark.parametrize("kind", ["form", JSON])
@pytest.mark.parametrize("past", PAST)
def test_answer_and_calls_are_as_for_a_stranger(past: Callable[[Site, TestWorld], None], kind: str) -> None:
    assert answered(past, kind) == answered(nothing, kind)
    assert answered(past, kind)[1] == ["table.write", "table.write", "table.query", "table.write", "queue.put"]


def test_an_address_from_which_too_much_comes_is_answered_like_any_other() -> None:
    with TestWorld(claims_per_address=2) as world:
        site = Site(world)
        answers = [ask(site, question=f"Question {number}?") for number in range(4)]
        assert {(one.status, one.headers, one.body) for one in answers} == {(303, answers[0].headers, b"")}
        assert len(listed(world)) == 2


def test_a_question_is_kept_however_often_their_address_was_filled_into_other_forms() -> None:
    with TestWorld(claims_per_address=2) as world:
        site = Site(world)
        for _ in range(4):
            site.claim(email=NOBODY)
        ask(site, email=NOBODY, question="Where is my code?")
        assert [one.words for one in listed(world)] == ["Where is my code?"]


def test_a_network_from_which_too_much_comes_is_asked_to_wait() -> None:
    with TestWorld(claims_per_network=2) as world:
        site = Site(world)
        answers = [ask(site, email=f"one{number}@example.com") for number in range(3)]
        assert [one.status for one in answers] == [303, 303, 429]
        assert answers[-1].header("retry-after") == "3600"


def _claim(site: Site) -> Answer:
    return site.claim(email=NOBODY)


def _enter(site: Site) -> Answer:
    return site.post("/api/entries", name="No Body", email=NOBODY)


def _enter_at_the_counter(site: Site) -> Answer:
    return site.post("/api/entries", name="No Body", email=NOBODY, source="counter")


def _ask_for_link(site: Site) -> Answer:
    return site.post("/api/preferences/link", email=NOBODY)


def _ask(site: Site) -> Answer:
    return ask(site, email=NOBODY)


FORMS = [_claim, _enter, _enter_at_the_counter, _ask_for_link, _ask]


@pytest.mark.parametrize("often", FORMS)
def test_who_sends_one_form_often_takes_nothing_from_another(often: Callable[[Site], Answer]) -> None:
    with TestWorld(claims_per_network=2, counter_per_network=2) as small:
        site = Site(small)
        assert [often(site).status for _ in range(3)] == [303, 303, 429]
        assert [form(site).status for form in FORMS if form is not often] == [303] * 4


@pytest.mark.parametrize("often", FORMS)
def test_of_a_form_that_was_sent_often_in_their_name_no_other_is_lost(often: Callable[[Site], Answer]) -> None:
    with TestWorld(claims_per_address=2) as small:
        site = Site(small)
        for _ in range(4):
            often(site)
        others = [form for form in FORMS if form is not often]
        for form in others:
            form(site)
        counted = sorted(
            int(str(item["count"])) for item in items(small) if str(item["pk"]).partition("-")[2].startswith("address#")
        )
        assert counted == [1, 1, 1, 1, 2]


def test_at_the_counter_a_network_has_a_limit_of_its_own() -> None:
    with TestWorld(claims_per_network=2, counter_per_network=4) as small:
        site = Site(small)
        assert [_enter_at_the_counter(site).status for _ in range(5)] == [303] * 4 + [429]


# --- often ---


def test_the_same_question_twice_is_one(site: Site, world: TestWorld) -> None:
    ask(site)
    ask(site)
    assert [one.words for one in listed(world)] == [WORDS]


def test_beyond_five_open_ones_it_is_added_to_the_newest_and_nothing_is_lost(site: Site, world: TestWorld) -> None:
    for number in range(MAX_OPEN + 2):
        ask(site, question=f"Question {number}?")
        world.clock.move(timedelta(minutes=1))
    found = listed(world)
    assert [one.words for one in found[:-1]] == [f"Question {number}?" for number in range(MAX_OPEN - 1)]
    assert found[-1].words == "Question 4?\n\nQuestion 5?\n\nQuestion 6?"


# --- it hushes, and is forgotten ---


def test_what_is_held_is_looked_at_at_once_for_who_waits_is_not_sold_to(site: Site, world: TestWorld) -> None:
    person = person_id(world.secrets.people, parse_address(ISOBEL).key)
    one = follow_up(person=person, id=follow_up_id("x", person, "x"), rule="care", message_class=MARKETING, state=HELD)
    world.table.write(follow_ups.put(one))
    later = world.clock.at + timedelta(days=3)
    world.table.write(follow_ups.hold(one, Hold(Reason("helped-lately"), later), world.clock.at))
    ask(site, email=ISOBEL)
    world.work()
    now = follow_ups.load_many(world.table, [one.id])[one.id]
    assert now.reason.kind != "helped-lately"


def test_what_is_kept_is_told_and_erased(site: Site, world: TestWorld) -> None:
    ask(site, order="77")
    person = person_id(world.secrets.people, parse_address(NOBODY).key)
    told = json.loads(tell_all(world, person))
    (one,) = told["about"]
    assert (one["kind"], one["name"], one["address"], one["order_said"], one["words"]) == (
        "inquiry", "Lowenna Rowe", NOBODY, "77", WORDS,
    )  # fmt: skip
    erase(world, person)
    assert person_items(world, "INQUIRY#") == []
    assert "lowenna" not in repr(items(world)).lower()


@pytest.mark.parametrize(("email", "days", "left"), [(NOBODY, 89, 1), (NOBODY, 92, 0), (ISOBEL, 92, 1)])
def test_of_somebody_known_by_nothing_else_it_is_forgotten_soon_after_the_answer(
    site: Site, world: TestWorld, email: str, days: int, left: int
) -> None:
    ask(site, email=email)
    close_inquiry(world, listed(world)[0].id, "good")
    world.clock.move(timedelta(days=days))
    while retention(world):
        pass
    assert len(person_items(world, "INQUIRY#")) == left


def test_nobody_who_waits_is_forgotten(site: Site, world: TestWorld) -> None:
    ask(site)
    world.clock.move(timedelta(days=200))
    while retention(world):
        pass
    assert len(listed(world)) == 1


# --- the form ---


def test_every_error_is_told_at_once_and_what_was_typed_stays(site: Site, world: TestWorld) -> None:
    before = kept(world)
    answer = ask(site, name="", email="lowenna@", order="x" * 41, question=" \r\n ")
    assert (answer.status, kept(world)) == (422, before)
    for words in (
        "Enter your name.",
        "in the form name@example.com",
        "at most 40 characters",
        "Write what you would like to know.",
    ):
        assert words in answer.text
    assert 'value="lowenna@"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 4
    for field in ("name", "email", "order", "question"):
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}-error"' in answer.text


def test_json_tells_the_field_of_each_error(site: Site) -> None:
    answer = ask_json(site, name=7, email="x", question=["x"], order=None)
    assert answer.status == 422
    assert [one["field"] for one in answer.json["errors"]] == ["name", "email", "order", "question"]


@pytest.mark.parametrize("website", ["https://x.example", " ", 0, ["x"]])
def test_programs_fill_in_what_people_do_not_see(site: Site, world: TestWorld, website: Any) -> None:
    assert ask_json(site, website=website).status == 422
    assert listed(world) == []


def test_an_orders_number_is_filled_in_from_its_page(site: Site, world: TestWorld) -> None:
    before = items(world)
    answer = site.get("/api/questions?order=%231041")
    assert (answer.status, items(world)) == (200, before)
    assert '<input id="order" name="order" type="text" autocomplete="off" spellcheck="false" value="#1041">' in answer.text
    assert site.ask("HEAD", "/api/questions?order=1").status == 200
    assert site.get("/api/questions").status == 200


HOSTILE = [
    '"><script>alert(1)</script>', "{{ 7*7 }}{% raw %}", "=cmd|' /C calc'!A0", "\x1b[2J\x1b]0;owned\x07", "a\r\nBcc: x@example.com",
    "\u202eevil", "\u2028line", "x\x00y", "' OR 1=1 --", "😀" * 500, "javascript:alert(1)",
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_what_is_typed_runs_nowhere_and_breaks_no_line(world: TestWorld, site: Site, words: str) -> None:
    shown = [site.get(f"/api/questions?order={quote(words)}"), ask(site, name=words, order=words, question=words)]
    ask(site, question=words)
    ask(site, order=words[:40])
    ask(site, name=words)
    for answer in shown:
        assert answer.status in (200, 422, 303)
        assert not re.search(r"<script|\x1b|\x00|\u202e|>49<", answer.text)
    for one in listed(world):
        for text in (one.name, one.address, one.about, one.words.replace("\n", "")):
            assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", text)
        assert "\n" not in one.name + one.address + one.about
    for line in today(world).waiting:
        assert "\n" not in line.what + line.why + line.how


@pytest.mark.parametrize("words", HOSTILE)
def test_the_owners_mail_takes_it_as_words(words: str) -> None:
    with TestWorld(mornings=True) as world:
        ask(Site(world), question=words)
        ask(Site(world), name=words)
        world.live(days=1)
        for kept in world.mails():
            assert "<script" not in kept.mail.html
            assert "\n" not in kept.mail.subject + kept.mail.to + kept.mail.reply_to
            assert all("\n" not in value and "\r" not in value for _, value in kept.mail.headers)


@pytest.mark.parametrize("body", [b"name=%ff", b"name=1&name=2", b"x" * 70_000, b"{}", b""])
def test_a_body_that_is_no_form_is_refused(world: TestWorld, site: Site, body: bytes) -> None:
    before = kept(world)
    for kind in (FORM, JSON):
        assert site.ask("POST", "/api/questions", body, kind=kind).status in (413, 422)
    assert site.ask("POST", "/api/questions", b"name=x", kind="text/plain").status == 415
    assert kept(world) == before


def test_words_keep_their_lines(site: Site, world: TestWorld) -> None:
    ask(site, question="One\r\ntwo\r\n\r\nthree")
    assert [one.words for one in listed(world)] == ["One\ntwo\n\nthree"]
