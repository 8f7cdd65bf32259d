"""The docs lead where they say, and everything that people read uses our words."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

from courtesy.main import _parser
from tests.docs.reading import ROOT, pages, prose, shell_lines

PAGES = [path.relative_to(ROOT).as_posix() for path in pages()]

NOT_OUR_WORDS = {
    r"unsubscrib\w*": "stop",
    r"opt[- ]?outs?": "stop",
    r"coupons?|promo codes?": "voucher",
    r"giftees?|gift receivers?": "recipient",
    r"blacklists?|suppression lists?": "suppression",
    r"emails?|e-mailings?": "e-mail",
    r"web ?shops?|e-shops?|online stores?": "storefront",
    r"mailshots?|e-?blasts?|drips?": "newsletter, follow-up",
    r"letters? (?:is|are|was|were) (?:e-mailed|sent by e-mail)|e-letters?": "mail (a letter is on paper)",
}
REGISTRIES = ("pypi", "pythonhosted", "npmjs", "npm.pkg", "crates", "rubygems", "proxy.golang", "jfrog", "artifactory", "nexus")
OUR_MACHINE = re.compile(r"(?<![\w.:/<~-])/(?:wo" + r"rk|ro" + r"ot|home/[a-z]\w*|Users/\w+)/[\w.]")


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:", link)]

    assert [link for link in links if not _is_there(ROOT / page, link)] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_command_can_be_typed(page: str) -> None:
    for line in shell_lines((ROOT / page).read_text(encoding="utf-8")):
        words = shlex.split(line, comments=True)
        if words[0] == ".venv/bin/courtesy":
            assert _parser().parse_args(words[1:]).do, line


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_command_needs_is_there(page: str) -> None:
    for line in shell_lines((ROOT / page).read_text(encoding="utf-8")):
        for word in shlex.split(line, comments=True):
            if word.startswith(("examples/", "shop/", "tests/")):
                assert (ROOT / word).exists(), line


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:chalicelib|courtesy|shop|site|templates|tests|examples)/[\w./-]+\.\w+)`", text))

    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_readme_can_be_read_in_one_go() -> None:
    assert 100 <= len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize("page", PAGES)
def test_a_page_uses_our_words(page: str) -> None:
    assert _wrong_words(prose((ROOT / page).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "template",
    [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "templates").rglob("*")) if path.suffix in (".txt", ".html")],
)
def test_a_template_uses_our_words(template: str) -> None:
    assert _wrong_words(_visible((ROOT / template).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("file", ["shop/shop.toml", "shop/playbook.toml", "shop/products.toml", "chalicelib/domain/sentences.py"])
def test_what_an_owner_reads_uses_our_words(file: str) -> None:
    assert _wrong_words(prose((ROOT / file).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Unsubscribe here.", ["unsubscribe: say stop"]),
        ("The customer who is the recipient", ["a recipient is no customer"]),
        ("A recipient is not a customer.", []),
        ("A country has two letters.", []),
        ("Our letters are e-mailed.", ["letters are e-mailed: say mail (a letter is on paper)"]),
        ("The newsletter comes by e-mail.", []),
    ],
)
def test_the_list_of_words_works(text: str, wrong: list[str]) -> None:
    assert _wrong_words(text) == wrong


def test_no_file_names_a_registry_or_a_place_on_our_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("this is no git checkout, so there is no list of what belongs to the project")
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_symlink() or not path.is_file() or path.suffix in (".png", ".jpg", ".ico"):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        hosts = [host for host in re.findall(r"https?://([\w.-]+)", text) if any(word in host for word in REGISTRIES)]
        found += [f"{name}: {one}" for one in (*hosts, *OUR_MACHINE.findall(text))]

    assert found == []


def _is_there(page: Path, link: str) -> bool:
    target, _, anchor = unquote(link).partition("#")
    path = (page.parent / target).resolve() if target else page
    if not path.exists():
        return False
    return not anchor or anchor in {
        _anchor(line) for line in re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _visible(template: str) -> str:
    without = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<style.*?</style>|<!--.*?-->|<[^>]*>", " ", template, flags=re.DOTALL)
    return re.sub(r"&\w+;", " ", without)


def _wrong_words(text: str) -> list[str]:
    left = re.sub(r"List-Unsubscribe(-Post)?|newsletters?", "", text)
    wrong = [
        f"{found.lower()}: say {ours}"
        for word, ours in NOT_OUR_WORDS.items()
        for found in re.findall(rf"(?<![\w/-])(?:{word})(?![\w/-])", left, re.IGNORECASE)
    ]
    return wrong + ["a recipient is no customer" for sentence in re.split(r"[.:;|\n]", left) if _mixes_people_up(sentence)]


def _mixes_people_up(sentence: str) -> bool:
    both = re.search(r"\bcustomer", sentence) and re.search(r"\brecipient", sentence)
    return bool(both) and not re.search(r"\b(not?|never)\b", sentence)
