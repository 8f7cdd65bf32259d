"""The owner's words: read, checked with line numbers, and said in the mails without ever being a template."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.templates import WIDTH, Templates, one_line
from chalicelib.adapters.words_file import read_words, words_mends
from chalicelib.config import ROOT
from chalicelib.domain.languages import GERMAN
from chalicelib.domain.words import MAILS, PREHEADER, SUBJECT, Words
from chalicelib.errors import Misconfigured
from tests.adapters.test_templates import CONTEXTS, FOLDER, TEMPLATES, Reader, context

GOOD = '''
[thank-you.en]
subject = "Thank you, {{name}}"
opening = """
Thank you for
your order {{ number }}.

It was a pleasure."""

[voucher.de]
opening = "Schön, dass Sie da sind, {{name}}."
'''


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "words.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_words_are_ours(tmp_path: Path) -> None:
    assert read_words(tmp_path / "words.toml") == Words()
    assert words_mends(tmp_path / "words.toml") == []


def test_what_the_owner_says_is_said(tmp_path: Path) -> None:
    words = read_words(written(tmp_path, GOOD))
    made = Templates(FOLDER, words=words).mail("thank-you", context("thank-you"))

    assert made.subject == "Thank you, Isobel"
    assert "Thank you for your order #1001.\n\nIt was a pleasure." in made.text
    assert "<title>Thank you, Isobel</title>" in made.html
    assert made.html.count("Thank you for your order #1001.") == 1
    assert "It comes straight to me." in made.text, "the rest stays ours"


def test_each_language_has_its_own_words(tmp_path: Path) -> None:
    renderer = Templates(FOLDER, words=read_words(written(tmp_path, GOOD)))

    assert "Schön, dass Sie da sind, Isobel Trant." in renderer.mail("voucher", context("voucher"), GERMAN).text
    assert "Thank you for the introduction." in renderer.mail("voucher", context("voucher")).text


def test_where_a_placeholder_has_no_value_our_words_stand(tmp_path: Path) -> None:
    renderer = Templates(FOLDER, words=read_words(written(tmp_path, GOOD)))

    assert renderer.mail("thank-you", context("thank-you", name="")).subject == "Thank you for your order #1001"


def test_a_preheader_may_be_the_owners(tmp_path: Path) -> None:
    words = read_words(written(tmp_path, '[gift-note.en]\npreheader = "From {{shop}} & friends"\n'))
    html = Templates(FOLDER, words=words).mail("gift-note", context("gift-note")).html

    assert "From Pellow &amp; Wren &amp; friends&#847;" in html
    assert "a card is set aside" not in html.split("</div>")[0]


def test_a_name_that_reads_like_a_placeholder_stays_a_name() -> None:
    renderer = Templates(FOLDER, words=Words({("gift-note", "en"): {"opening": "From {{giver}}, with love."}}))

    assert "From {{signature}}, with love." in renderer.mail("gift-note", context("gift-note", giver="{{signature}}")).text


def test_a_list_is_said_in_one_line() -> None:
    renderer = Templates(FOLDER, words=Words({("thank-you", "en"): {"closing": "You chose {{items}}."}}))

    assert "You chose A ring, A chain." in renderer.mail("thank-you", context("thank-you", items=["A ring", "A\nchain"])).text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[gift-note.en]\n\nopening = "Dear {{recipient}}"\n', "line 3: [gift-note.en] opening: there is no {{recipient}};"),
        (
            '[gift-note.en]\nopening = "x"\n[thankyou.en]\nclosing = "x"\n',
            "line 4: [thankyou.en] closing: there is no such mail;",
        ),
        ("[gift-note.en]\nopening = 3\n", "line 2: [gift-note.en] opening: give a text in quotation marks."),
        ('[gift-note]\nopening = "x"\n', "line 2: [gift-note] opening: put it under its language, such as [gift-note.en]."),
        ('opening = "x"\n', 'line 1: "opening": put it under its mail and language, such as [thank-you.en].'),
        ('gift-note.en.opening = "{{x}}"\n', "[gift-note.en] opening: there is no {{x}};"),
        ("[gift-note.en\n", "line 1"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    found = words_mends(path)

    assert len(found) == 1
    assert said in found[0]
    with pytest.raises(Misconfigured) as refused:
        read_words(path)
    assert str(path) in str(refused.value)


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    assert len(words_mends(written(tmp_path, '[gift-note.en]\nopening = "{{a}}"\nclosing = "{{b}}"\n'))) == 2


def test_the_shipped_file_changes_nothing() -> None:
    assert read_words(ROOT / "shop" / "words.toml") == Words()


def test_every_example_in_the_shipped_file_may_be_used(tmp_path: Path) -> None:
    shipped = (ROOT / "shop" / "words.toml").read_text(encoding="utf-8")
    uncommented = "\n".join(
        line[2:] if line.startswith(("# [", '# "', "#   ")) or " = " in line else "" for line in shipped.splitlines()
    )
    path = written(tmp_path, uncommented)

    assert words_mends(path) == []
    assert len(read_words(path).said) >= 2


texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "</p></td></tr></table>",
        '"><a href="javascript:x">',
        "{{ 1913*1913 }}",
        "{% raw %}",
        "{{name}}",
        "&lt;b&gt;",
        "\n\n\n",
    ]
)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([(mail, language) for mail in MAILS if mail in CONTEXTS for language in MAILS[mail].languages]), texts)
def test_whatever_the_owner_writes_stays_text(where: tuple[str, str], text: str) -> None:
    mail, language = where
    keys = (PREHEADER, *MAILS[mail].paragraphs)
    told = context(mail, is_gift=True) if "is_gift" in CONTEXTS[mail] else context(mail)

    made = Templates(FOLDER, words=Words({where: dict.fromkeys(keys, text)})).mail(mail, told, language)
    ours = TEMPLATES.mail(mail, told, language)

    assert not Reader(made.html).wrong
    assert {*_tags(made.html)} <= {*_tags(ours.html)}
    assert "3659569" not in made.text  # nothing is reckoned
    assert [line for line in made.text.splitlines() if len(line) > WIDTH and " " in line.strip()] == []
    if "{{name}}" not in text and (said := one_line(text)) and "opening" in keys and len(said.split()) == 1:
        assert said in "".join(Reader(made.html).words)


@settings(deadline=None, max_examples=30)
@given(texts)
def test_a_subject_of_the_owners_stays_one_line_or_is_refused(text: str) -> None:
    renderer = Templates(FOLDER, words=Words({("thank-you", "en"): {SUBJECT: text}}))
    try:
        made = renderer.mail("thank-you", context("thank-you"))
    except Misconfigured:
        return
    assert len(made.subject.splitlines()) == 1


def _tags(html: str) -> list[str]:
    found: list[str] = []

    class Tags(Reader):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append(f"{tag} {[name for name, _ in attrs]}")
            super().handle_starttag(tag, attrs)

    Tags(html)
    return found
