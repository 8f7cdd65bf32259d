"""The owner's words, read and checked: shop/words.toml, a table for each mail and language, such as [thank-you.en]."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chalicelib.domain.words import Words, wrong_with
from chalicelib.errors import Misconfigured


def read_words(path: Path) -> Words:
    """words.toml; without the file all words are ours. Errors: Misconfigured, with everything that is wrong."""
    raw, found = _looked_at(path)
    if found:
        raise Misconfigured(f"{path}: {' '.join(found)}")
    return Words({(mail, language): dict(said) for mail, tables in raw.items() for language, said in tables.items()})


def words_mends(path: Path) -> list[str]:
    """What is wrong with the file, a sentence each, with its line and the way out; empty when nothing is, or when there is no file."""
    return _looked_at(path)[1]


def _looked_at(path: Path) -> tuple[dict[str, Any], list[str]]:
    if not path.exists():
        return {}, []
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [f"{error}."]
    return raw, list(_wrong(raw, text.splitlines()))


def _wrong(raw: dict[str, Any], lines: list[str]) -> Iterator[str]:
    for mail, tables in raw.items():
        if not isinstance(tables, dict):
            yield f'{_at(lines, "", mail)}"{mail}": put it under its mail and language, such as [thank-you.en].'
            continue
        for language, said in tables.items():
            if not isinstance(said, dict):
                yield f"{_at(lines, mail, language)}[{mail}] {language}: put it under its language, such as [{mail}.en]."
                continue
            for key, text in said.items():
                wrong = wrong_with(mail, language, key, text) if isinstance(text, str) else "give a text in quotation marks."
                if wrong:
                    yield f"{_at(lines, f'{mail}.{language}', key)}[{mail}.{language}] {key}: {wrong}"


def _at(lines: list[str], table: str, key: str) -> str:
    """Such as "line 12: ", or nothing where the line cannot be told, for TOML may be written in many ways."""
    inside = ""
    for number, line in enumerate(lines, 1):
        if heading := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line):
            inside = re.sub(r"[\s\"']", "", heading[1])
        elif inside == table and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return f"line {number}: "
    return ""
