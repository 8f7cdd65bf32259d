"""The documents, read as their tests need them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_NOT_OURS = (".venv", "node_modules", "dist")


def pages() -> list[Path]:
    """Every Markdown file of the project."""
    return sorted(path for path in ROOT.rglob("*.md") if not {*path.relative_to(ROOT).parts[:-1]} & {*_NOT_OURS})


def text_of(name: str) -> str:
    """A page under docs/."""
    return (DOCS / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands below the heading, up to the next of its rank or above. Errors: LookupError."""
    found = re.search(rf"^(#+) {re.escape(heading)}(?!\w)[^\n]*\n(.*)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise LookupError(f"there is no section {heading}")
    return re.split(rf"^#{{1,{len(found[1])}}} ", found[2], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of every table line, headings and rulers left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    rulers = {n for n, row in enumerate(cells) if all(re.fullmatch(r":?-+:?", cell) for cell in row)}
    return [row for n, row in enumerate(cells) if not {n, n + 1} & rulers]


def named(text: str) -> set[str]:
    """What the first cells of its tables name, each in backticks."""
    return {name for row in rows(text) for name in re.findall(r"`([^`]+)`", row[0])}


def marked(text: str) -> set[str]:
    """Everything in backticks."""
    return set(re.findall(r"`([^`\n]+)`", text))


def shell_lines(text: str) -> list[str]:
    """The lines of its fenced shell commands, comments and blank ones left out."""
    fences = re.findall(r"^```(?:sh|bash|console)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line.strip() for fence in fences for line in fence.splitlines() if line.strip() and not line.startswith("#")]


def prose(text: str) -> str:
    """Without code: neither fences nor what stands in backticks, nor the targets of links."""
    without = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"\]\([^)]*\)", "]", re.sub(r"`[^`\n]*`", "", without))
