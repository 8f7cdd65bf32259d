"""The competition: from the form to the draw, and what is left of it afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from chalicelib.domain.competition import COUNTER, SITE, Entered
from chalicelib.domain.draw import ERASED, NOT_REACHED, check, commitment, entry_hash, ordered
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.shop import entry_wordings
from chalicelib.errors import Conflict, NotFound
from chalicelib.stores import people
from chalicelib.usecases.close_round import close_round
from chalicelib.usecases.confirm_entry import confirm_entry
from chalicelib.usecases.enter_competition import enter_competition
from chalicelib.usecases.erase import erase
from chalicelib.usecases.look_at_draw import look_at_draw
from chalicelib.usecases.run_draw import draw_next, run_draw, winner_of
from chalicelib.usecases.stop import stop_address
from chalicelib.usecases.tell_all import tell_all
from chalicelib.usecases.tell_of_draw import tell_of_draw
from chalicelib.usecases.today import today
from tests.support.site import JSON, Answer, Site, items, link, person_items
from tests.support.watched import Calls, Crash, once, watched
from tests.support.world import TestWorld
from tests.usecases.test_crashes import restart

ISOBEL, TOM, RUTH = "isobel.trant@example.com", "tom.jago@example.com", "ruth.okafor@example.com"
ROUND, SEED = "2026-03", "3 9 14 22 41 50"
CLOSING = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)
"""18:00 in Falmouth, where summer time has begun."""


def enter(site: Site, email: str = ISOBEL, name: str = "Isobel Trant", **more: str) -> Answer:
    return site.post("/api/entries", name=name, email=email, county=more.pop("county", "Cornwall"), website="", **more)


def entry_link(world: TestWorld, email: str = ISOBEL) -> str:
    return link(next(kept.mail for kept in reversed(world.mails(email)) if "/api/enter?" in kept.mail.text), "/api/enter")


def entered(world: TestWorld, site: Site, email: str = ISOBEL, name: str = "Isobel Trant", **more: str) -> str:
    """Enters and confirms: the entry id."""
    assert enter(site, email, name, **more).status == 303
    world.work()
    page = site.press(entry_link(world, email)).text
    world.work()
    return page.split('<dd class="entry">')[1].split("<", maxsplit=1)[0]


def three(world: TestWorld, site: Site, **more: str) -> dict[str, str]:
    """Who → their entry id."""
    names = {ISOBEL: "Isobel Trant", TOM: "Tom Jago", RUTH: "Ruth Okafor"}
    return {email: entered(world, site, email, name, **more) for email, name in names.items()}


def at(world: TestWorld, when: datetime) -> None:
    world.clock.move(when - world.clock.at)


def closed(world: TestWorld) -> None:
    at(world, CLOSING + timedelta(minutes=3))
    world.work()


def person(world: TestWorld, email: str) -> str:
    return person_id(world.secrets.people, parse_address(email).key)


def version(world: TestWorld) -> str:
    return str(entry_wordings(world.shop)[0].version)


# --- entering ---


def test_an_entry_waits_for_its_click() -> None:
    with TestWorld() as world:
        site = Site(world)
        answer = enter(site, name="Buy cheap watches", county="Rutland")
        assert (answer.status, answer.header("location")) == (303, "/inbox/")
        world.work()
        (kept,) = world.mails()
        assert "Buy" not in kept.mail.text + kept.mail.html + kept.mail.subject
        assert "Rutland" not in kept.mail.text + kept.mail.html
        assert person_items(world, "CONTACT") == []
        assert [item for item in items(world) if str(item["pk"]).startswith("ROUND#")] == []


def test_at_the_counter_the_next_person_is_led_on() -> None:
    with TestWorld() as world:
        assert enter(Site(world), source="counter").header("location") == "/counter/entered/"
        (item,) = person_items(world, "ENTRY#")
        assert item["source"] == COUNTER


def test_the_click_puts_it_in_the_draw_and_mails_its_id() -> None:
    with TestWorld() as world:
        id_ = entered(world, Site(world))
        assert id_ in world.mails(ISOBEL)[-1].mail.text
        assert world.mails(ISOBEL)[-1].mail.text.startswith("Dear Isobel\n")
        (line,) = [item for item in items(world) if item["pk"] == f"ROUND#{ROUND}"]
        assert line["sk"] == f"ENTRY#{hashlib.sha256(id_.encode()).hexdigest()}"
        assert set(line) == {"pk", "sk", "person", "ttl"}


def test_entering_is_no_consent_and_makes_no_contact() -> None:
    with TestWorld() as world:
        entered(world, Site(world))
        assert person_items(world, "CONSENT#") == person_items(world, "CONTACT") == []


def test_each_box_is_a_consent_of_its_own_with_the_words_that_were_seen() -> None:
    with TestWorld() as world:
        entered(world, Site(world), competition=version(world), source="counter")
        (line,) = person_items(world, "CONSENT#")
        wanted = next(one for one in entry_wordings(world.shop) if one.purpose == "competition")
        assert (line["purpose"], line["wording"], line["source"]) == (
            "competition",
            wanted.text,
            "competition form at the counter",
        )
        assert len(person_items(world, "CONTACT")) == 1


def test_a_second_press_gives_the_same_entry() -> None:
    with TestWorld() as world:
        site = Site(world)
        id_ = entered(world, site)
        before = items(world)
        assert id_ in site.press(entry_link(world)).text
        assert items(world) == before


def test_somebody_who_has_entered_gets_the_same_id_again_once_a_day() -> None:
    with TestWorld() as world:
        site = Site(world)
        id_ = entered(world, site)
        enter(site)
        world.work()
        assert len(world.mails(ISOBEL)) == 2  # they had it just now
        world.pass_time(hours=25)
        enter(site, name="Somebody Else")
        enter(site)
        world.work()
        assert len(world.mails(ISOBEL)) == 3
        assert id_ in world.mails(ISOBEL)[-1].mail.text
        assert "already" in world.mails(ISOBEL)[-1].mail.subject
        assert len([item for item in items(world) if item["pk"] == f"ROUND#{ROUND}"]) == 1


def test_one_confirmation_an_address_in_24_hours() -> None:
    with TestWorld() as world:
        site = Site(world)
        for _ in range(3):
            enter(site, name="Isobel T.")
        world.work()
        assert len(world.mails()) == 1
        world.pass_time(hours=25)
        first = entry_link(world)
        enter(site)
        world.work()
        assert len(world.mails()) == 2
        assert site.get(first).status == 404  # the newest mail counts
        assert site.get(entry_link(world)).status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_a_link_writes_nothing(method: str) -> None:
    with TestWorld() as world:
        site = Site(world)
        enter(site)
        world.work()
        before = items(world), world.queue.waiting()
        for path in (entry_link(world), "/api/entries", "/api/draws", f"/api/draws/{ROUND}", f"/api/draws/{ROUND}/list"):
            assert site.ask(method, path).status in (200, 303, 404)
        assert (items(world), world.queue.waiting()) == before


def test_a_refused_form_keeps_what_was_typed() -> None:
    with TestWorld() as world:
        answer = enter(Site(world), name="", county="C" * 61, competition=version(world), objects="yes")
        assert answer.status == 422
        assert answer.text.count('class="err"') == 2
        assert 'id="competition" name="competition" value="1" checked' in answer.text
        assert 'name="objects" value="yes" checked' in answer.text
        assert 'name="source"' not in answer.text
        assert 'name="source" value="counter"' in enter(Site(world), name="", source="counter").text
        assert person_items(world, "ENTRY#") == []


def test_words_that_nobody_has_are_not_agreed_to() -> None:
    with TestWorld() as world:
        answer = enter(Site(world), competition="99")
        assert "Our words have changed" in answer.text
        assert " checked" not in answer.text


def test_json_is_taken_as_well() -> None:
    with TestWorld() as world:
        site = Site(world)
        body = b'{"name": "Isobel Trant", "email": "isobel.trant@example.com", "competition": true, "objects": true}'
        assert site.ask("POST", "/api/entries", body, kind=JSON).status == 202
        (item,) = person_items(world, "ENTRY#")
        ticked = item["ticked"]
        assert isinstance(ticked, dict)
        assert (item["objects"], list(ticked)) == (True, ["competition"])
        assert site.ask("POST", "/api/entries", b'{"name": 1, "email": "x"}', kind=JSON).status == 422


def test_without_a_competition_there_is_none() -> None:
    with TestWorld(competition=None) as world:
        assert {enter(Site(world)).status, Site(world).get("/api/draws").status} == {404}


def _asked(past: Callable[[TestWorld, Site], object]) -> tuple[Answer, list[str]]:
    with TestWorld() as world:
        site, calls = Site(world), list[str]()
        past(world, site)
        world.pass_time(hours=25)
        world.table = watched(world.sqlite, before=calls.append)
        world.queue = watched(world.queue, before=calls.append)
        return enter(Site(world)), calls.copy()


@pytest.mark.parametrize(
    "past",
    [
        lambda _, site: enter(site),
        entered,
        lambda world, _: stop_address(world, ISOBEL),
        lambda world, _: world.sqlite.write(people.unreachable(person(world, ISOBEL), "bounced", world.clock.now())),
    ],
    ids=["waiting", "entered", "stopped", "bounced"],
)
def test_answer_and_calls_are_as_for_a_stranger(past: Callable[[TestWorld, Site], object]) -> None:
    assert _asked(past) == _asked(lambda *_: None)


# --- closing ---


def test_after_the_closing_no_entry_is_added_and_the_next_round_is_open() -> None:
    with TestWorld() as world:
        site = Site(world)
        at(world, CLOSING - timedelta(minutes=10))
        enter(site)
        world.work()
        at(world, CLOSING)
        answer = site.get(entry_link(world))
        assert (answer.status, "closed on 31 March at 18:00" in answer.text) == (404, True)
        assert "open until 30 April at 18:00" in answer.text
        enter(site)
        assert sorted(str(item["sk"]) for item in person_items(world, "ENTRY#")) == ["ENTRY#2026-03", "ENTRY#2026-04"]


def test_the_clock_closes_a_round_and_fixes_its_list() -> None:
    with TestWorld() as world:
        site = Site(world)
        ids = three(world, site)
        closed(world)
        told = site.get(f"/api/draws/{ROUND}").json
        assert told["hashes"] == sorted(map(entry_hash, ids.values()))
        assert told["commitment"] == commitment(told["hashes"])
        assert (told["count"], told["value"], told["winner"]) == (3, "", "")
        text = site.get(f"/api/draws/{ROUND}/list").body
        assert hashlib.sha256(text).hexdigest() == told["commitment"]
        page = site.get(f"/api/draws?round={ROUND}").text
        assert told["commitment"] in page
        assert not any(word in page for word in ("Isobel", "Jago", "Okafor", "@example.com"))
        assert not [item for item in items(world) if item["sk"] == "ERRAND"]


def test_before_the_closing_there_is_nothing_to_see() -> None:
    with TestWorld() as world:
        site = Site(world)
        entered(world, site)
        assert site.get(f"/api/draws/{ROUND}").status == 404
        assert site.get("/api/draws/nonsense").status == 404


def test_the_link_in_the_mail_leads_to_when_the_list_comes() -> None:
    with TestWorld() as world:
        site = Site(world)
        entered(world, site)
        url = f"/api/draws?round={ROUND}"
        assert f"https://shop.example{url}" in world.mails(ISOBEL)[-1].mail.text
        answer = site.get(url)
        assert (answer.status, "The list is not fixed yet" in answer.text) == (200, True)
        assert "closes on 31 March at 18:00" in answer.text
        at(world, CLOSING + timedelta(minutes=1))  # nothing has run yet
        answer = site.get("/api/draws")
        assert (answer.status, "closed on 31 March at 18:00" in answer.text) == (200, True)
        closed(world)
        assert "The list is not fixed yet" not in site.get(url).text


@pytest.mark.parametrize("round_", ["2026-02", "2026-04", "nonsense", "2026-13", "<b>"])
def test_of_no_other_round_a_list_is_promised(round_: str) -> None:
    with TestWorld() as world:
        assert Site(world).get(f"/api/draws?round={round_}").status == 404


@pytest.mark.parametrize("turn", range(1, 4))
@pytest.mark.parametrize("call", ["get", "get_many", "transact"])
def test_a_confirmation_that_meets_the_closing_is_in_the_list_or_refused(call: str, turn: int) -> None:
    with TestWorld() as world:
        at(world, CLOSING - timedelta(hours=1))
        enter(Site(world))
        world.work()
        token = entry_link(world).partition("t=")[2]
        at(world, CLOSING - timedelta(seconds=1))

        def close() -> None:
            world.clock.move(timedelta(seconds=2))
            close_round(world, ROUND)

        world.table = watched(world.sqlite, before=once(close, at=call, turn=turn))
        with suppress(NotFound):
            confirm_entry(world, token)
        world.table = world.sqlite
        close_round_now(world)
        listed = look_at_draw(world, ROUND).hashes
        mine = [str(item["entry"]) for item in person_items(world, "ENTRY#") if "entry" in item]
        assert [entry_hash(one) for one in mine] == list(listed)


def close_round_now(world: TestWorld) -> None:
    at(world, max(world.clock.at, CLOSING))
    close_round(world, ROUND)


def test_two_confirmations_make_one_entry() -> None:
    with TestWorld() as world:
        site = Site(world)
        enter(site)
        world.work()
        token = entry_link(world).partition("t=")[2]
        seen: list[str] = []
        world.table = watched(world.sqlite, before=once(lambda: seen.append(confirm_entry(world, token).entry), at="transact"))
        assert confirm_entry(world, token).entry == seen[0]
        assert len([item for item in items(world) if item["pk"] == f"ROUND#{ROUND}"]) == 1


def test_a_round_that_closes_later_than_it_was_to_does_so_by_itself() -> None:
    with TestWorld() as world:
        entered(world, Site(world))
        assert world.shop.competition is not None
        later = structs.replace(world.shop.competition, closes_hour=20)
        world.shop = structs.replace(world.shop, competition=later)
        closed(world)
        with pytest.raises(NotFound):
            look_at_draw(world, ROUND)
        world.live(days=1)
        assert look_at_draw(world, ROUND).count == 1


def test_whoever_checks_is_told_when_the_list_was_really_fixed() -> None:
    with TestWorld() as world:
        entered(world, site := Site(world))
        at(world, CLOSING + timedelta(days=3))
        close_round(world, ROUND)
        told = look_at_draw(world, ROUND)
        assert (told.closed_at, told.fixed_at) == (CLOSING, CLOSING + timedelta(days=3))
        assert "on 3 April at 18:00, as" in site.get(f"/api/draws?round={ROUND}").text


# --- the draw ---


def test_the_draw_can_be_checked_by_anybody() -> None:
    with TestWorld() as world:
        site = Site(world)
        three(world, site)
        closed(world)
        drawn = run_draw(world, ROUND, f"  {SEED.replace(' ', '   ')} ")
        told = look_at_draw(world, ROUND)
        assert (told.value, told.winner) == (SEED, drawn.winner) == (SEED, ordered(told.hashes, SEED)[0])
        assert check(told).faults == ()
        assert f"{drawn.winner} <b>won</b>" in site.get(f"/api/draws?round={ROUND}").text


def test_only_the_winner_is_told_and_others_only_if_they_agreed() -> None:
    with TestWorld() as world:
        site = Site(world)
        ids = three(world, site, competition=version(world))
        closed(world)
        drawn = run_draw(world, ROUND, SEED)
        winner = next(email for email, id_ in ids.items() if entry_hash(id_) == drawn.winner)
        others = [email for email in ids if email != winner]
        stop_address(world, others[0])
        world.live(days=2)
        subjects = {email: [kept.mail.subject for kept in world.mails(email)] for email in ids}
        assert "You have won the March 2026 draw" in subjects[winner]
        assert [email for email, had in subjects.items() if any("has ended" in one for one in had)] == [others[1]]
        assert winner_of(world, ROUND).address == winner


def test_nobody_who_did_not_agree_hears_how_it_ended() -> None:
    with TestWorld() as world:
        three(world, Site(world))
        closed(world)
        run_draw(world, ROUND, SEED)
        world.live(days=2)
        assert [kept.mail.subject for kept in world.mails() if "has ended" in kept.mail.subject] == []
        assert not [item for item in person_items(world, "F#") if item["rule"] == "competition-ended"]


def test_a_draw_stands() -> None:
    with TestWorld() as world:
        entered(world, Site(world))
        with pytest.raises(Conflict, match="open until 31 March at 18:00"):
            run_draw(world, ROUND, SEED)
        closed(world)
        first = run_draw(world, ROUND, SEED)
        assert run_draw(world, ROUND, SEED) == first
        with pytest.raises(Conflict, match="It stands"):
            run_draw(world, ROUND, "1 2 3")
        world.work()
        assert len([one for one in world.mails() if "won" in one.mail.subject]) == 1


def test_of_a_round_without_entries_nothing_is_drawn() -> None:
    with TestWorld() as world:
        at(world, CLOSING)
        with pytest.raises(Conflict, match="Nobody entered"):
            run_draw(world, ROUND, SEED)


def test_who_asked_to_be_forgotten_does_not_win_and_the_list_stays_as_it_is() -> None:
    with TestWorld() as world:
        site = Site(world)
        ids = three(world, site)
        closed(world)
        order = ordered(map(entry_hash, ids.values()), SEED)
        first = next(email for email, id_ in ids.items() if entry_hash(id_) == order[0])
        erase(world, person(world, first))
        drawn = run_draw(world, ROUND, SEED)
        assert (drawn.winner, [one.hash for one in drawn.passed_over]) == (order[1], [order[0]])
        told = look_at_draw(world, ROUND)
        assert (told.count, told.passed_over[0].why, check(told).faults) == (3, ERASED, ())
        assert not any(first in str(item) or ids[first] in str(item) for item in items(world))


def test_before_the_closing_who_is_forgotten_is_not_in_the_list() -> None:
    with TestWorld() as world:
        ids = three(world, Site(world))
        erase(world, person(world, TOM))
        closed(world)
        assert look_at_draw(world, ROUND).hashes == tuple(sorted(entry_hash(ids[one]) for one in (ISOBEL, RUTH)))


def test_the_reserve_wins_where_the_winner_cannot_be_reached() -> None:
    with TestWorld() as world:
        three(world, Site(world))
        closed(world)
        first = run_draw(world, ROUND, SEED).winner
        after = draw_next(world, ROUND, NOT_REACHED)
        told = look_at_draw(world, ROUND)
        assert (after.winner, told.passed_over[0].hash, told.passed_over[0].why) == (
            ordered(told.hashes, SEED)[1],
            first,
            NOT_REACHED,
        )
        assert check(told).faults == ()
        world.work()
        assert len([one for one in world.mails() if "won" in one.mail.subject]) == 2
        draw_next(world, ROUND, NOT_REACHED)
        with pytest.raises(NotFound, match="Nobody is left"):
            draw_next(world, ROUND, NOT_REACHED)


def test_two_who_pass_the_winner_on_at_once_pass_over_one() -> None:
    with TestWorld() as world:
        three(world, Site(world))
        closed(world)
        run_draw(world, ROUND, SEED)
        won = list[str]()
        world.table = watched(
            world.sqlite, before=once(lambda: won.append(draw_next(world, ROUND, NOT_REACHED).winner), at="transact")
        )
        assert draw_next(world, ROUND, ERASED).winner == won[0]
        assert [one.why for one in look_at_draw(world, ROUND).passed_over] == [NOT_REACHED]


def test_a_stop_takes_nobody_out_of_the_draw() -> None:
    with TestWorld() as world:
        entered(world, Site(world))
        stop_address(world, ISOBEL)
        closed(world)
        run_draw(world, ROUND, SEED)
        world.work()
        assert "won" in world.mails(ISOBEL)[-1].mail.subject


# --- the owner's day ---


def test_a_closed_round_waits_in_the_owners_day_until_it_is_drawn() -> None:
    with TestWorld() as world:
        three(world, Site(world))
        assert today(world).by_hand == ()
        closed(world)
        (line,) = today(world).by_hand
        assert line.what == "The March 2026 draw has closed and waits for its value"
        assert line.how == "courtesy draw run --round 2026-03 --seed …"
        assert line.why.startswith("What decides: ")
        at(world, CLOSING + timedelta(days=40))  # the next has closed meanwhile, and nobody entered it
        world.work()
        assert today(world).by_hand == (line,)
        run_draw(world, ROUND, SEED)
        assert today(world).by_hand == ()


def test_whether_a_draw_waits_costs_one_read_and_none_where_there_is_no_competition() -> None:
    def reads(*, held: bool) -> int:
        with TestWorld() as world:
            if not held:
                world.shop = structs.replace(world.shop, competition=None)
            calls = list[str]()
            world.table = watched(world.sqlite, before=calls.append)
            today(world)
            return len(calls)

    assert reads(held=True) - reads(held=False) == 1


# --- what is left ---


def test_entries_are_deleted_30_days_after_the_draw_and_the_result_stays() -> None:
    with TestWorld() as world:
        three(world, Site(world))
        closed(world)
        run_draw(world, ROUND, SEED)
        world.work()
        world.pass_time(days=29)
        assert len(person_items(world, "ENTRY#")) == 6
        world.live(days=2)
        assert person_items(world, "ENTRY#") == []
        assert check(look_at_draw(world, ROUND)).faults == ()
        assert winner_of(world, ROUND).name == ""


@pytest.mark.parametrize("told_before", [True, False])
def test_who_wins_in_anothers_place_is_known_until_30_days_after_that(told_before: bool) -> None:
    with TestWorld() as world:
        three(world, Site(world))
        closed(world)
        run_draw(world, ROUND, SEED)
        if told_before:
            world.work()
        world.clock.move(timedelta(days=20))
        draw_next(world, ROUND)
        world.live(days=11)
        assert len(person_items(world, "ENTRY#")) == 2  # entry and line; the others' day is over
        world.pass_time(days=18)
        assert winner_of(world, ROUND).name
        world.live(days=2)
        assert person_items(world, "ENTRY#") == []


@pytest.mark.parametrize("turn", range(1, 4))
def test_who_wins_while_the_others_get_their_last_day_keeps_the_later_one(turn: int) -> None:
    with TestWorld() as world:
        three(world, Site(world))
        closed(world)
        run_draw(world, ROUND, SEED)
        world.clock.move(timedelta(days=20))
        passed_on = list[str]()
        world.table = watched(
            world.sqlite, before=once(lambda: passed_on.append(draw_next(world, ROUND).winner), at="transact", turn=turn)
        )
        tell_of_draw(world, ROUND)
        world.table = world.sqlite
        world.pass_time(days=29)
        found = winner_of(world, ROUND)
        assert ([found.hash], found.name != "") == (passed_on, True)


def test_entries_that_nobody_draws_are_deleted_120_days_after_the_closing() -> None:
    with TestWorld() as world:
        three(world, Site(world))
        closed(world)
        world.pass_time(days=119)
        assert len(person_items(world, "ENTRY#")) == 6
        world.live(days=2)
        assert person_items(world, "ENTRY#") == []
        with pytest.raises(NotFound, match="None of the entries"):
            run_draw(world, ROUND, SEED)


def test_an_entry_that_nobody_confirms_is_gone_after_seven_days() -> None:
    with TestWorld() as world:
        enter(Site(world))
        world.work()
        world.live(days=8)
        assert person_items(world, "ENTRY#") == []


def test_whoever_asks_what_is_kept_is_told_of_their_entry() -> None:
    with TestWorld() as world:
        id_ = entered(world, Site(world))
        assert id_.encode() in tell_all(world, person(world, ISOBEL))


# --- crashes ---


def put_in(world: TestWorld) -> None:
    for email, name in ((ISOBEL, "Isobel Trant"), (TOM, "Tom Jago")):
        ticked = {one.purpose: hashlib.sha256(one.text.encode()).hexdigest() for one in entry_wordings(world.shop)}
        enter_competition(world, Entered(name, parse_address(email), "Cornwall", False, ticked, SITE), "192.0.2.7")


def confirm(world: TestWorld) -> None:
    for email in (ISOBEL, TOM):
        confirm_entry(world, entry_link(world, email).partition("t=")[2])


def work(world: TestWorld) -> None:
    world.work()


def pass_closing(world: TestWorld) -> None:
    if world.clock.at < CLOSING:
        at(world, CLOSING + timedelta(minutes=3))
    world.work()


def draw(world: TestWorld) -> None:
    run_draw(world, ROUND, SEED)


Act = Callable[[TestWorld], None]
STORIES: dict[str, tuple[list[Act], list[Act]]] = {
    "entering": ([], [put_in, work]),
    "confirming": ([put_in, work], [confirm, work]),
    "closing": ([put_in, work, confirm, work], [pass_closing]),
    "drawing": ([put_in, work, confirm, work, pass_closing], [draw, work]),
}


def lived(story: str, calls: Calls) -> Any:
    before, disturbed = STORIES[story]
    with TestWorld() as world:
        for act in before:
            act(world)
        whole = world.table, world.queue, world.blob, world.mailer
        world.table = watched(world.sqlite, before=calls.before, after=calls.after)
        world.queue = watched(world.queue, before=calls.before, after=calls.after)
        world.blob = watched(world.blob, before=calls.before, after=calls.after)
        world.mailer = watched(world.outbox, before=calls.before, after=calls.after)
        for act in disturbed:
            try:
                act(world)
            except Crash:
                world.table, world.queue, world.blob, world.mailer = whole
                restart(world)
                act(world)
        world.table, world.queue, world.blob, world.mailer = whole
        world.clock.move(timedelta(hours=7))  # an errand that died is tried again
        world.work()
        world.work()
        mails = sorted((kept.mail.to, kept.mail.subject, kept.times) for kept in world.mails())
        states = sorted((str(one["person"]), str(one["rule"]), str(one["state"])) for one in person_items(world, "F#"))
        round_ = [
            (item["sk"], bool(item.get("commitment")), item.get("count"), bool(item.get("winner")))
            for item in items(world)
            if item["pk"] == f"ROUND#{ROUND}" and not str(item["sk"]).startswith("ENTRY#")
        ]
        days = {int(str(item["ttl"])) > CLOSING.timestamp() + 31 * 86400 for item in person_items(world, "ENTRY#")}
        lines = len([item for item in items(world) if str(item["sk"]).startswith("ENTRY#")])
        return mails, states, round_, days, lines, len(person_items(world, "CONSENT#")), world.queue.waiting()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("story", STORIES)
def test_a_crash_at_any_call_changes_no_ending(story: str, after: bool) -> None:
    quiet = Calls()
    ending = lived(story, quiet)
    assert all(times == 1 for _, _, times in ending[0])
    for crash_at in range(1, quiet.count + 1):
        assert lived(story, Calls(crash_at, after=after)) == ending, crash_at
