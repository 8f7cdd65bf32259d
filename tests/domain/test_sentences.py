"""Every reason that is given anywhere has its sentence, and the sentence finds its facts."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from msgspec import Struct

from chalicelib.config import ROOT
from chalicelib.domain.reason import KINDS, Reason
from chalicelib.domain.sentences import for_owner, for_person
from tests.support.world import TestWorld

ZONE = "Europe/London"
SAMPLES: Mapping[str, str | int] = {
    "at": "2026-03-04T12:00:00Z",
    "since": "2026-03-04T12:00:00Z",
    "until": "2026-03-05T10:00:00Z",
    "due": "2026-03-04T12:00:00Z",
    "expires": "2026-03-09T12:00:00Z",
    "count": 2,
    "days": 3,
    "budget": 200,
    "role": "buyer",
    "why": "bounced",
    "country": "GB",
    "detail": "The address is unknown.",
}
"""One value for each name that a fact has."""


class Given(Struct, frozen=True):
    """A Reason(…) in the source. `facts` are the names, as written there."""

    where: str
    kind: str
    facts: tuple[str, ...]


def reasons() -> Iterator[Given]:
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason":
                yield _given(path, node)


def _given(path: Path, call: ast.Call) -> Given:
    where = f"{path.relative_to(ROOT)}:{call.lineno}"
    kind, *rest = call.args
    assert isinstance(kind, ast.Constant), f"{where}: write the kind out, so that this test finds it"
    assert isinstance(kind.value, str)
    names: list[str] = []
    for facts in rest:
        assert isinstance(facts, ast.Dict), f"{where}: write the facts out, so that this test finds them"
        names += [key.value for key in facts.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    return Given(where, kind.value, tuple(names))


GIVEN = tuple(reasons())


@pytest.mark.parametrize("given", GIVEN, ids=lambda given: f"{given.where} {given.kind}")
def test_a_reason_becomes_a_full_sentence(given: Given) -> None:
    sentence = for_owner(Reason(given.kind, {name: SAMPLES[name] for name in given.facts}), ZONE)
    assert sentence != f"{given.kind.capitalize()}.", "it has no sentence of its own"
    assert "?" not in sentence
    assert "unknown time" not in sentence
    assert sentence[0].isupper()
    assert sentence[-1] == "."
    assert len(sentence.split()) >= 4


def test_the_kinds_are_those_in_use() -> None:
    assert set(KINDS) == {given.kind for given in GIVEN}
    assert len(set(KINDS)) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_lost_facts_never_break_the_page(kind: str) -> None:
    assert for_owner(Reason(kind), ZONE).endswith((".", ": ?"))


def test_an_unknown_kind_is_shown_as_it_is() -> None:
    assert for_owner(Reason("from-a-newer-version"), ZONE) == "From-a-newer-version."


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (
            Reason("cap", {"count": 2, "until": "2026-06-05T09:00:00Z"}),
            "They have heard from us twice in 30 days, which is the limit you set; it may go from 5 June at 10:00.",
        ),
        (
            Reason("arrived", {"at": "2026-03-04T12:00:00Z", "days": 10, "role": "recipient"}),
            "The gift arrived on 4 March 2026; this follows 10 days later.",
        ),
        (Reason("order-off", {"why": "refunded"}), "The order was refunded."),
    ],
)
def test_owners_read_local_times_and_counts(reason: Reason, sentence: str) -> None:
    assert for_owner(reason, ZONE) == sentence


def test_every_rule_tells_its_person_why() -> None:
    with TestWorld() as world:
        rules = [rule.name for rule in world.playbook.rules]
    sentences = {name: for_person(name, giver="Isobel", until="3 April 2026", shop="Pellow & Wren") for name in rules}
    general = for_person("unheard of", shop="Pellow & Wren")
    assert general not in sentences.values()
    assert all(one.startswith("You ") and one.endswith(".") and "?" not in one for one in (*sentences.values(), general))


def test_the_note_names_its_source_and_its_end() -> None:
    named = for_person("gift-note", giver="Isobel", until="3 April 2026")
    assert "Isobel sent you a gift" in named
    assert "from Isobel, for this note alone" in named
    assert "delete it on 3 April 2026" in named
    assert "somebody sent you a gift" in for_person("gift-note", until="3 April 2026")
