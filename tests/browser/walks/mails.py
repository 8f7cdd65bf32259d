"""Every mail in every language, as make pictures shows it: a mail program's own page around it is left out."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from courtesy.demo import Story
from tests.adapters.test_templates import WRITTEN
from tests.browser.specimens import mail_html

NAMES = tuple(f"mail {mail} {language}" for mail, language in WRITTEN)


def walk(page: Page, story: Story) -> Iterator[str]:
    """One after the other."""
    page.goto("about:blank")  # the outbox's own address lets no checker's script in
    for mail, language in WRITTEN:
        page.set_content(mail_html(mail, language))
        yield f"mail {mail} {language}"
