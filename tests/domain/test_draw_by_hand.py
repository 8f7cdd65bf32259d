"""What the docs and the page tell people to type gives what the program says."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from chalicelib.config import ROOT
from chalicelib.domain.draw import commitment, entry_hash, list_of, ordered

IDS = [f"7HQ2M-9KXTC-0V4RA-QW8ZN-3JD6E-YB5F{letter}" for letter in "ABCDEFGH"]
SEED = "3 9 14 22 41 50"
TOOLS = ("bash", "sha256sum", "sort", "grep", "cut")


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="these tools are not on this machine")
@pytest.mark.parametrize("source", ["docs/competition.md", "templates/pages/draw.html"])
def test_what_people_are_told_to_type_works(source: str, tmp_path: Path) -> None:
    text = (ROOT / source).read_text(encoding="utf-8").replace("&lt;", "<").replace('{{ told.value or "THE VALUE" }}', SEED)
    hashes = [entry_hash(one) for one in IDS]
    (tmp_path / "list").write_text(list_of(hashes), encoding="utf-8")
    (check,) = set(re.findall(r"^(?:.*<code>)?(sha256sum list)", text, re.MULTILINE))
    (mine,) = set(re.findall(r"(printf %s YOUR-ENTRY-ID .* list)", text))
    (wins,) = set(re.findall(r"(while read -r one; do\n.*\ndone < list \| sort \| head -n 1)", text))
    assert said(check, tmp_path).startswith(commitment(hashes))
    assert said(mine.replace("YOUR-ENTRY-ID", IDS[3]), tmp_path) == f"{hashes[3]}\n"
    assert said(wins, tmp_path).split()[1] == ordered(hashes, SEED)[0]


def said(command: str, folder: Path) -> str:
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout
