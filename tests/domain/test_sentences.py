"""Every reason that is given anywhere has its sentence, and the sentence finds its facts."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from msgspec import Struct

from chalicelib.config import ROOT
from chalicelib.domain.reason import KINDS, Reason
from chalicelib.domain.sentences import called, for_owner
from tests.support.world import TestWorld

ZONE = "Europe/London"
SAMPLES: Mapping[str, str | int] = {
    "round": "2026-12",
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
    "item": "Lambswool socks",
    "months": 9,
    "label": "anniversary",
    "date": "2026-04-03",
    "category": "rings",
    "orders": 1,
    "to": "care",
    "channel": "post",
    "rung": "post",
    "day": "2026-03-02",
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


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (
            Reason("gives-way", {"to": "care", "until": "2026-06-05T09:00:00Z"}),
            "It gives way to the care reminder, which matters more; it may go from 5 June at 10:00.",
        ),
        (
            Reason("gives-way", {"to": "locket-care", "until": "2026-06-05T09:00:00Z"}),
            "It gives way to “locket-care”, which matters more; it may go from 5 June at 10:00.",
        ),
        (
            Reason("occasion", {"label": "partner's birthday", "date": "2026-04-03"}),
            "They asked to be reminded of “partner's birthday”, which is on 3 April 2026.",
        ),
        (
            Reason("overdue", {"since": "2026-04-03T09:00:00Z"}),
            "They last ordered on 3 April 2026, and by their own habit the next order would have come by now.",
        ),
        (
            Reason("no-response", {"count": 1, "until": "2026-06-05T09:00:00Z"}),
            (
                "They have left one mail unanswered, so they are not mailed more; "
                "it may go when they respond in any way, or from 5 June at 10:00."
            ),
        ),
    ],
)
def test_the_owner_reads_why_in_plain_words(reason: Reason, sentence: str) -> None:
    assert for_owner(reason, ZONE) == sentence


def test_every_shipped_rule_has_a_name_among_people() -> None:
    with TestWorld() as world:
        names = {rule.name: called(rule.name) for rule in world.playbook.rules}
    assert [name for name, words in names.items() if "“" in words] == []
