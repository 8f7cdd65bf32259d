"""Words: what the owner says in a mail in place of what we would say. Text with placeholders from a closed list, never a template."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct, field

from chalicelib.domain.identity import is_unsafe
from chalicelib.domain.languages import ENGLISH, GERMAN

SUBJECT, PREHEADER = "subject", "preheader"
ALWAYS = ("name", "shop", "signature")
"""Placeholders of every mail: the person's first name, the shop's name, who signs."""

MAX_LINE, MAX_PARAGRAPH = 120, 2000
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_LINK = re.compile(r"://|\bwww\.", re.IGNORECASE)


class Open(Struct, frozen=True):
    """What of a mail the owner may say: `paragraphs` by their names, with these `placeholders` beside ALWAYS, in `languages`."""

    paragraphs: tuple[str, ...]
    placeholders: tuple[str, ...] = ()
    languages: tuple[str, ...] = (ENGLISH,)


_BOTH = (ENGLISH, GERMAN)

MAILS: Mapping[str, Open] = {
    "confirm-address": Open(("opening",), ("value", "minimum", "link_days"), _BOTH),
    "confirm-consent": Open(("opening",), ("link_days",), _BOTH),
    "preferences-link": Open(("opening",), ("link_days",), _BOTH),
    "voucher": Open(("opening", "closing"), ("code", "value", "minimum", "expires"), _BOTH),
    "receipt": Open(("opening", "closing"), ("number", "placed", "total"), _BOTH),
    "on-its-way": Open(("opening", "closing"), ("number", "carrier"), _BOTH),
    "thanks-relay": Open(("opening", "closing"), ("recipient",), _BOTH),
    "thank-you": Open(("opening", "gift_opening", "middle", "gift_middle", "closing"), ("number", "items"), _BOTH),
    "expectation": Open(("opening", "middle", "closing"), ("number", "items"), _BOTH),
    "gift-note": Open(("opening", "middle", "closing"), ("giver",), _BOTH),
    "voucher-runs-out": Open(("opening", "closing"), ("code", "value", "minimum", "expires")),
    "care": Open(("opening", "closing"), ("item", "bought", "months", "care")),
    "occasion": Open(("opening", "own_opening", "closing"), ("label", "date", "days")),
    "last-years-gift": Open(("opening", "closing"), ("items", "date")),
    "something-for-you": Open(("opening", "last_opening", "closing"), ("item", "words")),
    "invitation": Open(("opening", "middle", "closing"), ("since",)),
    "still-welcome": Open(("opening", "closing"), ("since",)),
    "confirm-entry": Open(("opening",), ("prize", "draw", "closes", "link_days"), _BOTH),
    "entered": Open(("opening", "closing"), ("prize", "draw", "closes"), _BOTH),
    "won": Open(("opening", "closing"), ("prize", "draw"), _BOTH),
    "competition-ended": Open(("opening", "closing"), ("draw", "next_draw", "closes")),
}
"""Every mail to a person whose words may be the owner's. What a mail must say (whose words it passes on, why it comes, how to stop it,
terms, codes, links) is in none of the paragraphs.
"""

PARAGRAPHS = tuple(dict.fromkeys(name for one in MAILS.values() for name in one.paragraphs))


class Words(Struct, frozen=True):
    """`said`: (mail, language) → subject, preheader or a paragraph's name → the owner's text."""

    said: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def of(self, mail: str, language: str) -> Mapping[str, str]:
        """What the owner says there; empty where all is left to us."""
        return self.said.get((mail, language), {})


def filled(text: str, value: Callable[[str], str]) -> str | None:
    """The text with its placeholders' values, None where one of them has none: then our own words stand in its place, for they know how to
    do without. What a value holds is never looked at for placeholders.
    """
    values = {name: value(name) for name in _PLACEHOLDER.findall(text)}
    return None if not all(values.values()) else _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def wrong_with(mail: str, language: str, key: str, text: str) -> str:
    """What is wrong with one text, as the end of a sentence with the way out; "" when nothing is."""
    known = MAILS.get(mail)
    if known is None:
        return f"there is no such mail; name one of {', '.join(MAILS)}."
    if language not in known.languages:
        return f"this mail is written in {' and '.join(known.languages)} only."
    if key not in (SUBJECT, PREHEADER, *known.paragraphs):
        return f"there is no such paragraph; this mail has {', '.join((SUBJECT, PREHEADER, *known.paragraphs))}."
    unknown = [name for name in _PLACEHOLDER.findall(text) if name not in (*ALWAYS, *known.placeholders)]
    if unknown:
        may = ", ".join(f"{{{{{name}}}}}" for name in (*ALWAYS, *known.placeholders))
        return f"there is no {{{{{unknown[0]}}}}}; here you may write {may}."
    return _wrong_with_text(key, text)


def _wrong_with_text(key: str, text: str) -> str:
    longest = MAX_LINE if key in (SUBJECT, PREHEADER) else MAX_PARAGRAPH
    left = _PLACEHOLDER.sub("", text)
    found = (
        (not text.strip(), "give some words, or take the line out."),
        (len(text) > longest, f"give at most {longest} characters."),
        (
            any(mark in left for mark in ("{{", "}}", "{%", "%}")),
            "write a placeholder as {{name}}; take other double braces out.",
        ),
        (_LINK.search(text) is not None, "take the link out: the mail brings its own."),
        (any(ord(char) < 32 and char not in "\n\r\t" for char in text), "take the control characters out."),
        (
            any(is_unsafe(char) for char in text if char not in "\n\t\u200d"),
            "take the invisible or control character out: it would reorder or break the line.",
        ),
    )
    return next((sentence for wrong, sentence in found if wrong), "")
