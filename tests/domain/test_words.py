"""What the owner may say in a mail, and what is refused with the way out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.languages import LANGUAGES
from chalicelib.domain.words import MAILS, MAX_LINE, MAX_PARAGRAPH, PREHEADER, SUBJECT, filled, wrong_with


@pytest.mark.parametrize(
    ("mail", "language", "key", "text", "said"),
    [
        ("thankyou", "en", "opening", "x", "there is no such mail; name one of confirm-address,"),
        ("care", "de", "opening", "x", "this mail is written in en only."),
        ("voucher", "fr", "opening", "x", "this mail is written in en and de only."),
        ("thank-you", "en", "openning", "x", "this mail has subject, preheader, opening, gift_opening,"),
        ("gift-note", "en", "opening", "Dear {{recipient}}", "there is no {{recipient}}; here you may write {{name}}, {{shop}},"),
        ("gift-note", "en", "opening", "{{ shop.secrets }}", "write a placeholder as {{name}}"),
        ("gift-note", "en", "opening", "{% if x %}", "take other double braces out"),
        ("gift-note", "en", "opening", "See www.example.com", "take the link out"),
        ("gift-note", "en", "opening", "See HTTPS://example.com", "take the link out"),
        ("gift-note", "en", "opening", " \n ", "give some words"),
        ("gift-note", "en", "opening", "a\x00b", "take the control characters out"),
        ("gift-note", "en", "subject", "x" * (MAX_LINE + 1), "at most 120 characters"),
        ("gift-note", "en", "middle", "x" * (MAX_PARAGRAPH + 1), "at most 2000 characters"),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(mail: str, language: str, key: str, text: str, said: str) -> None:
    assert said in wrong_with(mail, language, key, text)


@pytest.mark.parametrize("mail", MAILS)
def test_every_paragraph_and_placeholder_that_is_open_may_be_used(mail: str) -> None:
    opened = MAILS[mail]
    text = "Said by {{shop}}: " + " ".join(f"{{{{ {name} }}}}" for name in opened.placeholders)
    wrong = [
        wrong_with(mail, language, key, text) for language in opened.languages for key in (SUBJECT, PREHEADER, *opened.paragraphs)
    ]
    assert {*wrong} == {""}
    assert {*opened.languages} <= {*LANGUAGES}


def test_a_placeholder_becomes_its_value() -> None:
    assert filled("Dear {{name}}, from {{ shop }}", {"name": "Ruth", "shop": "P & W"}.__getitem__) == "Dear Ruth, from P & W"


def test_words_that_would_have_a_hole_are_not_said() -> None:
    assert filled("Dear {{name}}", lambda _: "") is None


def test_a_value_is_not_looked_at_for_placeholders() -> None:
    assert filled("{{name}}", lambda _: "{{shop}}") == "{{shop}}"


@given(st.text(max_size=60), st.text(min_size=1, max_size=20))
def test_any_text_comes_back_as_it_is(text: str, value: str) -> None:
    plain = text.replace("{{", "")
    assert filled(plain, lambda _: value) == plain
    assert filled(plain + "{{name}}" + plain, lambda _: value) == plain + value + plain


@given(st.text(max_size=200))
def test_looking_at_a_text_never_fails(text: str) -> None:
    assert isinstance(wrong_with("gift-note", "en", "opening", text), str)
