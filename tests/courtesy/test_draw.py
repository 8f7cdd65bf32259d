"""The draw by the command line: the owner's, and anybody's check of it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.domain.calendar import instant, long_date, stamp
from chalicelib.domain.competition import Entry, closes_at, following, open_round
from chalicelib.domain.draw import ERASED, NOT_REACHED, entry_hash, ordered
from chalicelib.domain.identity import person_id
from chalicelib.domain.retention import ENTRY_AFTER_DRAW
from chalicelib.stores import entries
from chalicelib.usecases.close_round import close_round
from chalicelib.usecases.look_at_draw import look_at_draw
from courtesy import draw
from courtesy.main import main
from tests.support.data_folder import with_world

SEED = "3 9 14 22 41 50"
IDS = {
    name: f"{letter * 5}-" * 5 + letter * 5 for name, letter in (("Isobel Trant", "A"), ("Tom Jago", "B"), ("Ruth Okafor", "C"))
}


@pytest.fixture
def data(data: Path) -> Path:
    """The data folder of a shop with three entries in a round that has closed."""
    with_world(data, fill)
    return data


def fill(world: LocalWorld) -> None:
    world.ready()
    now = world.clock.now()
    round_ = open_round(now, 18, world.shop.zone)
    closes = closes_at(round_, 18, world.shop.zone)
    for place, (name, id_) in enumerate(IDS.items()):
        entry = Entry(
            f"e{place}", person_id(world.secrets.people, f"p{place}@example.com"), round_, name, f"p{place}@example.com", f"p{place}@example.com", "en-GB", now, now, "f",
            county="Cornwall", objects=name == "Tom Jago",
        )  # fmt: skip
        world.table.write(entries.put(entry, None))
        world.table.transact(entries.confirmed(entry, id_, "f", now, closes + timedelta(days=120)), world.ids.token())
    world.clock.advance_to(closes + timedelta(minutes=3))
    close_round(world, round_)


@pytest.fixture
def ask(data: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """A command: its exit code, and what it says."""

    def asked(*arguments: str) -> tuple[int, str]:
        more = [] if "verify" in arguments else ["--data", str(data)]
        code = main([*arguments, *more])
        said = capsys.readouterr()
        return code, said.out + said.err

    return asked


def published(data: Path, to: Path) -> Any:
    """What the API would answer, as a file; and read."""

    def read(world: LocalWorld) -> bytes:
        (closed,) = entries.all_closed(world.table)
        return msgspec.json.encode(look_at_draw(world, closed.round))

    to.write_bytes(with_world(data, read))
    return json.loads(to.read_bytes())


def test_from_the_list_to_the_winner(ask: Any, data: Path, tmp_path: Path) -> None:
    told = published(data, tmp_path / "draw.json")
    assert ask("draw", "list")[1].startswith(f"{told['round']}  3 entries, not drawn yet")
    assert "It is not drawn yet" in ask("draw", "show")[1]
    order = ordered(map(entry_hash, IDS.values()), SEED)
    code, said = ask("draw", "run", "--seed", SEED)
    assert (code, f"is {order[0]}, by “{SEED}”" in said) == (0, True)
    assert ask("draw", "run", "--seed", SEED)[1] == said
    code, said = ask("draw", "run", "--seed", "1 2 3")
    assert (code, "It stands" in said) == (2, True)
    winner = next(name for name, id_ in IDS.items() if entry_hash(id_) == order[0])
    assert f"It is {winner} <p" in ask("draw", "show")[1]
    assert json.loads(ask("draw", "show", "--json")[1])["winner"] == order[0]
    assert json.loads(ask("draw", "list", "--json")[1])[0]["drawn"]["value"] == SEED


def test_the_winner_is_named_unless_they_object(ask: Any, data: Path, tmp_path: Path) -> None:
    told = published(data, tmp_path / "draw.json")
    assert ask("draw", "winner")[0] == 2
    ask("draw", "run", "--seed", SEED)
    seen = []
    for name in (next(name for name, id_ in IDS.items() if entry_hash(id_) == one) for one in ordered(told["hashes"], SEED)):
        code, said = ask("draw", "winner")
        seen.append(name)
        if name == "Tom Jago":
            assert (code, "does not want" in said) == (1, True)
        else:
            assert (code, said) == (0, f"{name.partition(' ')[2]}, Cornwall\n")
        code, said = ask("draw", "next", "--round", told["round"], "--unreachable")
        assert code == (0 if len(seen) < 3 else 2), said
    assert "Nobody is left who could win" in said
    assert len(seen) == 3


def test_who_objects_later_is_not_named_either(ask: Any) -> None:
    ask("draw", "run", "--seed", SEED)
    for place in range(3):
        assert ask("draw", "object", f"p{place}@example.com") == (0, "It is noted, and nobody is told.\n")
    assert ask("draw", "winner") == (
        1,
        "The winner does not want their name to be told. That there is one, the published list shows.\n",
    )
    assert ask("draw", "object", "nobody@example.com") == (1, "That address has no entry.\n")


def test_anybody_can_check_it_without_the_shop(ask: Any, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "draw.json"
    before = published(data, file)
    mine = IDS["Tom Jago"]
    assert "It is not drawn yet.\nThe entry is in the list." in ask("draw", "verify", str(file), "--entry", mine.lower())[1]
    assert f"{ordered(before['hashes'], SEED)[0]} wins" in ask("draw", "verify", str(file), "--seed", SEED)[1]
    ask("draw", "run", "--seed", SEED)
    told = published(data, file)
    code, said = ask("draw", "verify", str(file), "--seed", SEED, "--entry", mine)
    place = ordered(told["hashes"], SEED).index(entry_hash(mine)) + 1
    assert (code, said.splitlines()[-1]) == (0, f"The entry is in the list, at place {place} of 3.")
    assert ask("draw", "verify", str(file), "--entry", "D" * 30)[0] == 1
    assert ask("draw", "verify", str(file), "--entry", "nonsense")[0] == 2
    assert ask("draw", "verify", str(file), "--seed", "1 2 3")[0] == 1
    file.write_text(json.dumps({**told, "winner": told["hashes"][0], "hashes": told["hashes"][:2]}), encoding="utf-8")
    code, said = ask("draw", "verify", str(file))
    assert (code, "The list holds 2 entries, and 3 were counted." in said) == (1, True)
    file.write_text("[]", encoding="utf-8")
    assert ask("draw", "verify", str(file))[0] == 2
    assert ask("draw", "verify", str(tmp_path / "missing.json"))[0] == 2
    assert ask("draw", "verify", "http://127.0.0.1:9/none")[0] == 2


def test_whom_the_shop_says_it_passed_over_is_told_to_whoever_checks(ask: Any, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "draw.json"
    ask("draw", "run", "--seed", SEED)
    round_ = published(data, file)["round"]
    ask("draw", "next", "--round", round_, "--unreachable")
    told = published(data, file)

    code, said = ask("draw", "verify", str(file), "--seed", SEED)

    assert (code, told["winner"]) == (0, ordered(told["hashes"], SEED)[1])
    assert f"Before it came {ordered(told['hashes'], SEED)[0]}: the winner could not be reached, says the shop" in said
    told["passed_over"][0]["why"] = "\x1b[2Jof no reason"
    file.write_text(json.dumps(told), encoding="utf-8")
    code, said = ask("draw", "verify", str(file), "--seed", SEED)
    assert (code, "a reason that there is not" in said, "\x1b" in said) == (1, True, False)


def test_of_an_open_round_nothing_is_drawn(ask: Any, data: Path) -> None:
    now = with_world(data, lambda world: world.clock.now())
    round_ = open_round(instant(stamp(now)), 18, "Europe/London")
    code, said = ask("draw", "run", "--round", round_, "--seed", SEED)
    assert (code, "is open until" in said) == (2, True)
    assert ask("draw", "show", "--round", round_)[0] == 2
    assert ask("draw", "run", "--round", "2026", "--seed", SEED)[0] == 2
    assert isinstance(now, datetime)


def test_the_poster_leads_to_the_counter(ask: Any, tmp_path: Path) -> None:
    out = tmp_path / "poster.html"
    code, said = ask("print", "poster", "--out", str(out))
    assert (code, "It holds names" in said) == (0, False)
    html = out.read_text(encoding="utf-8")
    assert "hello.pellow-wren.example/counter" in html
    assert f"deleted {ENTRY_AFTER_DRAW.days} days after the draw" in html
    assert html.count("data:image/svg+xml;base64,") == 1


def test_the_winner_has_until_their_answer_day_is_over(ask: Any, data: Path, tmp_path: Path) -> None:
    ask("draw", "run", "--seed", SEED)
    before = published(data, tmp_path / "draw.json")
    round_, drawn_at = before["round"], instant(before["drawn_at"])
    code, said = ask("draw", "next", "--round", round_)
    works = long_date(drawn_at + timedelta(days=15), "Europe/London")
    assert (code, f"courtesy draw next works from {works} on" in said, said.count("\n")) == (1, True, 1)
    assert published(data, tmp_path / "draw.json") == before
    assert ask("draw", "next", "--round", round_, "--withdrew")[0] == 0
    assert ask("draw", "next", "--round", round_)[0] == 1  # who has won now has 14 days as well
    with_world(data, lambda world: world.clock.advance_to(world.clock.now() + timedelta(days=16)))
    assert ask("draw", "next", "--round", round_)[0] == 0
    told = published(data, tmp_path / "draw.json")["passed_over"]
    assert [one["why"] for one in told] == [ERASED, NOT_REACHED]


def test_a_closed_round_that_nobody_entered_says_so(ask: Any, data: Path) -> None:
    def close(world: LocalWorld) -> str:
        (last,) = entries.all_closed(world.table)
        world.clock.advance_to(closes_at(following(last.round), 18, world.shop.zone) + timedelta(minutes=3))
        return close_round(world, following(last.round)).round

    round_ = with_world(data, close)
    assert ask("draw", "list")[1].startswith(f"{round_}  nobody entered: ")


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("https://shop.example/api/draws?round=2026-12", "https://shop.example/api/draws/2026-12"),
        ("https://shop.example/api/draws/?round=2026-12#how", "https://shop.example/api/draws/2026-12"),
        ("https://shop.example/api/draws/2026-12", "https://shop.example/api/draws/2026-12"),
        ("https://shop.example/api/draws?round=..", "https://shop.example/api/draws?round=.."),
        ("https://shop.example/kept?round=2026-12", "https://shop.example/kept?round=2026-12"),
    ],
)
def test_the_pages_address_is_as_good_as_what_it_is_made_of(
    ask: Any, monkeypatch: pytest.MonkeyPatch, given: str, asked: str
) -> None:
    seen = list[str]()

    def fetched(url: str) -> bytes:
        seen.append(url)
        return b"[]"

    monkeypatch.setattr(draw, "_fetched", fetched)
    ask("draw", "verify", given)
    assert seen == [asked]
