"""Every colour that a mail wears in light has one for the dark, and can be read in both: the rendered HTML is looked at, element by element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from chalicelib.domain.brand import READABLE, contrast
from tests.adapters.test_templates import MAILS, VOID, made

DARK = re.compile(r"@media \(prefers-color-scheme:dark\)\{(.*?\})\}", re.DOTALL)
OUTLOOK = re.compile(r"\[data-ogs([bc])\] ?(\.\w+(?: a)?)")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
COLOUR = re.compile(r"(background-color|border(?:-\w+)?|color):[^;]*?(#[0-9a-f]{6})")
EDGE = "border-color"

Styles = dict[str, str]


def rules(css: str) -> dict[str, Styles]:
    """By selector, what it colours; a border's sides count as one."""
    found: dict[str, Styles] = {}
    for selectors, body in RULE.findall(css):
        for selector in selectors.split(","):
            found.setdefault(selector.strip(), {}).update(coloured(body))
    return found


def coloured(style: str) -> Styles:
    return {EDGE if name.startswith("border") else name: colour for name, colour in COLOUR.findall(style)}


class Worn(HTMLParser):
    """Every element's own colours in light and in dark, and those that it stands on and inherits."""

    def __init__(self, html: str) -> None:
        super().__init__()
        (dark,) = DARK.findall(html)
        self.dark_rules = rules(dark)
        self.bare: list[str] = []
        self.pale: list[str] = []
        self.stack: list[tuple[str, list[str], Styles, Styles]] = [("", [], {}, {})]
        self.feed(html)

    def dark(self, tag: str, classes: list[str]) -> Styles:
        found: Styles = {}
        parents = [name for _, names, _, _ in self.stack for name in names]
        for selector, styles in self.dark_rules.items():
            name, _, within = selector[1:].partition(" ")
            if (not within and name in classes) or (within == tag and name in parents):
                found |= styles
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        classes = told.get("class", "").split()
        light, dark = coloured(told.get("style", "")), self.dark(tag, classes)
        self.bare += [
            f"<{tag} class={told.get('class')!r}> {name}: {colour}" for name, colour in light.items() if name not in dark
        ]
        if tag in VOID:
            return
        _, _, above, above_dark = self.stack[-1]
        self.stack.append((tag, classes, {**above, **light}, {**above_dark, **dark}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        _, _, light, dark = self.stack[-1]
        if data.strip() and self.stack[-1][0] not in ("style", "title") and "color" in light and not self.bare:
            for how, worn in (("light", light), ("dark", dark)):
                if contrast(worn["color"], worn["background-color"]) < READABLE:
                    self.pale.append(f"{how}: {data.strip()[:40]!r} {worn}")


@MAILS
def test_every_colour_has_one_for_the_dark(mail: str, language: str) -> None:
    assert Worn(made(mail, language).html).bare == []


@MAILS
def test_every_word_can_be_read_in_light_and_in_dark(mail: str, language: str) -> None:
    assert Worn(made(mail, language).html).pale == []


def test_outlooks_own_dark_mode_is_told_the_same() -> None:
    html = made("thank-you").html
    wanted = {*in_outlooks_words(rules(DARK.findall(html)[0]))}
    assert wanted == {*OUTLOOK.findall(html)}


def in_outlooks_words(dark: dict[str, Styles]) -> Iterator[tuple[str, str]]:
    """It names what it turned: b for grounds, c for text."""
    for selector, styles in dark.items():
        yield from ((kind, selector) for kind, name in (("b", "background-color"), ("c", "color")) if name in styles)


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<p style="color:#123456">x</p>', 1),
        ('<p class="ink" style="color:#123456">x</p>', 0),
        ('<td class="ink" style="color:#123456;border-top:1px solid #123456">x</td>', 1),
    ],
)
def test_a_colour_without_a_dark_one_would_be_found(html: str, found: int) -> None:
    style = "<style>@media (prefers-color-scheme:dark){\n.ink{color:#e8eeec!important}.bg{background-color:#0f191c!important}}</style>"
    assert len(Worn(style + f'<body class="bg" style="background-color:#ffffff">{html}').bare) == found
