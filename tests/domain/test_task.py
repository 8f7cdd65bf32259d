from __future__ import annotations

import pytest

from chalicelib.domain.playbook import BUYER, CONTACT, RECIPIENT
from chalicelib.domain.task import ANSWERED, OUTCOMES, handed_over
from tests.factories import follow_up
from tests.support.histories import DAY, by_hand, rule
from tests.support.world import NOON


@pytest.mark.parametrize(
    ("role", "name", "kind"),
    [(RECIPIENT, "gift-note", "note"), (CONTACT, "letter", "letter"), (CONTACT, "call", "call"), (BUYER, "receipt", "mail")],
)
def test_each_follow_up_becomes_its_kind(role: str, name: str, kind: str) -> None:
    one = follow_up(role=role, rule=name)
    found = handed_over(one, rule(name), NOON + DAY)
    assert (found.kind, found.id, found.made_at, found.due_at, found.is_open) == (kind, one.id, NOON + DAY, NOON, True)


def test_one_whose_rule_is_gone_is_a_mail() -> None:
    assert handed_over(follow_up(), None, NOON).kind == "mail"


def test_it_keeps_no_name_and_no_address() -> None:
    found = str(handed_over(follow_up(extra={"to": "Isobel Trant, 4 Fore Street"}), None, NOON))
    assert "Isobel" not in found
    assert "Fore Street" not in found


def test_only_a_call_is_answered() -> None:
    assert {one for kind, outcomes in OUTCOMES.items() for one in outcomes if one in ANSWERED} == {*ANSWERED}
    assert all(not {*OUTCOMES[kind]} & {*ANSWERED} for kind in OUTCOMES if kind != "call")
    assert "no answer" not in ANSWERED


def test_what_is_done_waits_no_longer() -> None:
    assert not by_hand("call", NOON, NOON + DAY, "happy").is_open
