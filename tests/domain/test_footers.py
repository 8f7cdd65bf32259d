"""Every rule tells its person why, in every language."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.footers import for_person
from chalicelib.domain.languages import ENGLISH, GERMAN, LANGUAGES
from tests.support.world import TestWorld

SAID: dict[str, Any] = {"giver": "Isobel", "until": "3 April 2026", "shop": "Pellow & Wren"}
BEGINS = {ENGLISH: "You ", GERMAN: "Sie "}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_tells_its_person_why(language: str) -> None:
    with TestWorld() as world:
        by_mail = [rule.name for rule in world.playbook.rules if rule.channel == "e-mail"]
    sentences = {name: for_person(name, language=language, **SAID) for name in by_mail}
    general = for_person("unheard of", language=language, **SAID)
    assert general not in sentences.values()
    for one in (*sentences.values(), general):
        assert one.startswith(BEGINS[language])
        assert one.endswith(".")
        assert "{" not in one


def test_the_note_names_its_source_and_its_end() -> None:
    named = for_person("gift-note", giver="Isobel", until="3 April 2026")
    assert "Isobel sent you a gift" in named
    assert "from Isobel, for this note alone" in named
    assert "delete it on 3 April 2026" in named
    assert "somebody sent you a gift" in for_person("gift-note", until="3 April 2026")


def test_the_note_says_so_in_german_too() -> None:
    named = for_person("gift-note", language=GERMAN, giver="Isobel", until="3. April 2026")
    assert "weil Isobel Ihnen etwas aus unserem Laden geschenkt hat" in named
    assert "löschen sie am 3. April 2026" in named
    assert "weil jemand Ihnen etwas" in for_person("gift-note", language=GERMAN, until="3. April 2026")


def test_a_language_that_we_do_not_write_is_english() -> None:
    assert for_person("receipt", language="nl") == for_person("receipt")


def test_a_shop_may_be_called_anything() -> None:
    assert "{name} & {0}" in for_person("confirm-address", shop="{name} & {0}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_let_it_stand_is_told_just_that(language: str) -> None:
    told = for_person("invitation", language=language, soft=True, **SAID)
    assert told.startswith(BEGINS[language])
    assert told != for_person("invitation", language=language, **SAID)
    assert "Pellow & Wren" in told
