"""courtesy.js as it is built: small, whole, and with nothing in it that a strict page would refuse."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from chalicelib.domain.consent import Wording
from chalicelib.domain.shop import Brand
from chalicelib.entrypoints.guard import of_file
from courtesy.widget import MOST, NAME, widget
from tests.support.world import demo_shop

HOSTILE = "</script><script>alert(1)</script>\"'`${alert(1)}\\ \u2028 // \N{GRINNING FACE} £"


def told(script: str) -> dict[str, object]:
    found = re.search(r"const told=(\{.*\});\n", script)
    assert found is not None
    made: dict[str, object] = json.loads(found[1])
    return made


def test_it_is_less_than_three_kilobytes_on_its_way() -> None:
    assert len(gzip.compress(widget(demo_shop()).encode(), 9)) < MOST


def test_it_says_what_the_shop_says() -> None:
    shop = demo_shop(brand=Brand(act="#123456", act_dark="#abcdef"))
    found = told(widget(shop))
    assert found["site"] == "https://shop.example"
    assert (found["value"], found["minimum"], found["days"]) == ("£15", "£60", 90)
    newest = max((one for one in shop.wordings if one.purpose == "newsletter"), key=lambda one: one.version)
    assert (found["wording"], found["version"]) == (newest.text, str(newest.version))
    assert found["act"] == ["#123456", "#abcdef"]


def test_it_needs_nothing_that_a_strict_policy_forbids() -> None:
    script = widget(demo_shop())
    for forbidden in (
        r"\beval\b", r"\bFunction\b", "innerHTML", "outerHTML", "insertAdjacentHTML", r"document\.write", r"\.style\b", r"setAttribute\(\"style", "<style",
        r"\bimport\b", r"\brequire\b", "localStorage", "sessionStorage", "document.cookie", r"new Image", "sendBeacon",
    ):  # fmt: skip
        assert not re.search(forbidden, script), forbidden
    assert set(re.findall(r"https?://[^\"`$]*", script)) == {"https://shop.example"}
    assert 'credentials:"omit"' in script


def test_it_reads_the_same_in_any_encoding_and_comments_stay_at_home() -> None:
    script = widget(demo_shop())
    assert script.isascii()
    assert not re.search(r"^\s*//", script, re.MULTILINE)
    assert "\n\n" not in script


def wordy(text: str) -> str:
    shop = demo_shop()
    mine = Wording("newsletter", "e-mail", 99, shop.locale, text)
    return widget(msgspec.structs.replace(shop, wordings=(*shop.wordings, mine)))


def test_the_owners_words_end_no_text_and_run_nowhere() -> None:
    assert told(wordy(HOSTILE))["wording"] == HOSTILE


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_it_is_a_script(tmp_path: Path) -> None:
    for number, script in enumerate((widget(demo_shop()), wordy(HOSTILE), wordy("a + b, c => { d } ; /* e */ `f`"))):
        path = tmp_path / f"{number}.js"
        path.write_text(script)
        assert subprocess.run(["node", "--check", str(path)], capture_output=True, check=False).returncode == 0


def test_the_site_tells_browsers_that_every_page_may_load_it_and_to_look_for_a_newer_one_soon() -> None:
    said = of_file(f"/{NAME}")
    assert said["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert said["Cache-Control"] == "public, max-age=300"
