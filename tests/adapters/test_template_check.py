"""Whatever somebody makes of a template is told, and never thrown."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.shop_files import Located, read_playbook
from chalicelib.adapters.template_check import TemplateCheck
from chalicelib.config import ROOT
from chalicelib.domain.mending.offering import may_offer
from tests.support.properties import hostile_text, quick
from tests.support.world import demo_shop

PLAYBOOK = read_playbook(ROOT / "shop" / "playbook.toml")
MAILS = ROOT / "templates" / "email"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Templates of which the thank-you is the only mail."""
    made = tmp_path_factory.mktemp("templates") / "email"
    shutil.copytree(MAILS / "thank-you", made / "thank-you")
    for path in MAILS.glob("*.*"):
        shutil.copy(path, made)
    return made.parent


def looked_at(folder: Path) -> list[Located]:
    looked, rule = TemplateCheck(folder), PLAYBOOK.named("thank-you")
    assert rule is not None
    return [*looked.unparsed(), *looked.faults_of(rule, demo_shop(), may_offer(rule, PLAYBOOK))]


pieces = st.sampled_from(
    [
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "{% endif %}",
        "{% for x in items %}",
        "{{ items }}",
        "{{ items.x.y }}",
        "{{ 1 / 0 }}",
        "{{ shop() }}",
        '{% extends "email/thank-you/body.txt" %}',
        '{% include "nothing" %}',
        "{{ name|wrapped(number) }}",
        "{% set x = 3 %}",
        "\n",
        "<",
        "voucher",
        '{% from "email/macros.txt" import nothing %}{{ nothing }}',
        "{{ lines[9].title }}",
        "{{ total|format(1, 2) }}",
        "{% block x %}",
    ]
)


@quick
@given(st.data())
def test_any_change_to_a_template_is_told_or_does_no_harm(folder: Path, data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(["subject.txt", "body.txt", "body.html"]))
    shipped = (MAILS / "thank-you" / part).read_text(encoding="utf-8")
    at = data.draw(st.integers(0, len(shipped)))
    gone = data.draw(st.integers(0, 12))
    put = data.draw(pieces | hostile_text.map(lambda text: text.encode("utf-8", "replace").decode()))
    changed = shipped[:at] + put + shipped[at + gone :]
    file = folder / "email" / "thank-you" / part
    file.write_text(changed, encoding="utf-8", newline="")
    try:
        found = looked_at(folder)
    finally:
        file.write_text(shipped, encoding="utf-8")

    for fault in found:
        assert fault.sentence.endswith((".", "?"))
        assert fault.file.is_relative_to(folder)
        assert 0 <= fault.line <= len(fault.file.read_text(encoding="utf-8").split("\n")) + changed.count("\n") + 1


def test_the_shipped_mail_has_no_fault(folder: Path) -> None:
    assert looked_at(folder) == []
