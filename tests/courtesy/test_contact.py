"""One person, by the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.usecases.stop import stop_address
from courtesy.main import main
from tests.support.data_folder import with_world

ISOBEL = "isobel.trant@example.com"
CARD = ("--source", "card at the counter")


@pytest.fixture
def ask(data: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """The command about Isobel: its exit code, and what it says."""

    def asked(*words: str) -> tuple[int, str]:
        code = main(["contact", ISOBEL, *words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return asked


def test_nobody_is_known_at_first(ask: Any) -> None:
    assert ask() == (2, "courtesy: We know nobody by that address.\n")


def test_consents_are_recorded_or_asked_for(ask: Any) -> None:
    code, said = ask("--consent", "offers/post", "--consent", "care/e-mail", "--name", "Isobel Trant", *CARD)
    assert code == 0
    assert said.splitlines() == [
        "offers/post is in force from now on.",
        "care/e-mail waits for their click: a mail asks them, once.",
    ]
    code, said = ask("--consent", "offers/post", "--consent", "care/e-mail", *CARD)
    assert code == 1
    assert said.startswith(
        "offers/post was in force already.\ncare/e-mail was not asked: a mail asked them lately, and another may from "
    )


def test_with_the_proof_in_hand_no_mail_asks(ask: Any) -> None:
    assert ask("--consent", "care/e-mail", "--confirmed", *CARD) == (0, "care/e-mail is in force from now on.\n")


def test_facts_come_with_the_consent_that_makes_a_contact(ask: Any) -> None:
    fact = ("--fact", "phone", "call", "01326 555012", "--purpose", "offers")
    assert ask(*fact, *CARD)[0] == 2
    code, said = ask("--consent", "offers/call", *fact, *CARD)
    assert code == 0
    assert "Kept: telephone: +441326555012: told on " in said


def test_everything_that_is_known_is_shown(ask: Any) -> None:
    ask("--consent", "offers/post", "--consent", "care/e-mail", "--name", "Isobel Trant", *CARD)
    ask("--fact", "likes", "rings", "yes", "--fact", "date", "birthday", "11-22", "--purpose", "for you", *CARD)
    ask("--fact", "date", "birthday", "1984-11-22", "--purpose", "occasions", *CARD)
    code, said = ask()
    assert code == 0
    for part in (
        f"Isobel Trant <{ISOBEL}>\n",
        "Nothing stands against writing to them",
        "They are written to by e-mail.",
        "  offers/post since ",
        "(card at the counter): “You may send me an offer by post",
        "  care/e-mail waits for their click since ",
        "  likes rings: told on ",
        "  birthday: 1984-11-22: told on ",
        "for “occasions” alone.",
        "  rings: they told us (card at the counter).",
        "They are looked at next on ",
    ):
        assert part in said


def test_it_is_told_to_programs_too(ask: Any) -> None:
    recorded = json.loads(ask("--consent", "offers/post", "--json", *CARD)[1])
    assert recorded[0]["given"] == ["offers/post"]
    found = json.loads(ask("--json")[1])
    assert found["consents"][0]["consent"] == "offers/post"
    assert found["address"] == ISOBEL


def test_a_fact_is_taken_back(ask: Any) -> None:
    ask("--consent", "offers/post", "--fact", "likes", "rings", "yes", "--purpose", "for you", *CARD)
    assert ask("--forget", "likes", "rings") == (0, "Forgotten: likes rings.\n")
    assert "Told us" not in ask()[1]


def test_what_the_owner_types_undoes_no_stop(ask: Any, data: Path) -> None:
    with_world(data, lambda world: stop_address(world, ISOBEL))
    code, said = ask("--consent", "offers/post", *CARD)
    assert code == 2
    assert "only their own click undoes that" in said
    assert "They asked us to stop on " in ask()[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--consent", "offers/post"), "Say who said so and where"),
        (("--consent", "knitting/post", *CARD), 'add a [[wordings]] with purpose = "knitting"'),
        (("--fact", "likes", "rings", "yes", *CARD), "Say what it was given for"),
        (("--fact", "likes", "hats", "yes", "--purpose", "for you", *CARD), "“hats” is no category of products.toml"),
        (("--forget", "likes", "rings"), "They told us nothing"),
    ],
)
def test_what_is_wrong_is_told_how_to_mend(ask: Any, words: tuple[str, ...], sentence: str) -> None:
    code, said = ask(*words)
    assert code == 2
    assert sentence in said
