"""Hostile hands: they meet every form that the site and its mails lead to, and type something bad into each field in turn.

What comes of it (the answer, the page looked at again, what its person's own page then says, each mail up to the owner's next mornings) is held
against what comes of a harmless text: nothing but words may differ.
"""

from __future__ import annotations

import email
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from urllib.parse import urlencode, urlsplit

from msgspec import Struct

from chalicelib.adapters.local.mime import assemble
from chalicelib.ports import Mail
from tests.support.journey import links_of
from tests.support.payloads import MARK, PAYLOADS, shape, twins
from tests.support.site import FORM, Answer, Site
from tests.support.skeleton import Document, Form
from tests.support.world import MemoryBlob, MemoryJournal, TestWorld

FORMS: Mapping[str, Mapping[str, str]] = {
    "/api/claims": {},
    "/api/questions": {},
    "/api/entries": {},
    "/api/entries#counter": {"source": "counter"},
    "/api/preferences/link": {},
}
"""The static pages' forms: where each is sent, and what makes it the one that is meant. Sent empty, it comes back to be filled in. All other forms
are met on the pages that mails lead to.
"""

HARMLESS: Mapping[str, str] = {
    "name": "Jenna Hosking",
    "email": "jenna@example.com",
    "county": "Cornwall",
    "order": "#1041",
    "question": "Can it be resized?",
    "message": "Thank you.",
    "words": "The clasp is loose.",
    "address": "Jenna Hosking\n4 Fore Street\nTruro TR1 2AB",
    "phone": "+44 1326 555 010",
    "label": "wedding day",
    "day": "18",
    "month": "3",
}
"""What stands in the other fields meanwhile, by the name without its number; every consent that a form asks for is ticked."""

CONFIRMING = ("confirm", "consent", "enter")
TYPED = ("text", "email", "tel", "textarea", "search", "url")
FEW = ("script", "attribute, double quotes", "template", "header", "half a pair", "null and bell")
"""For what nobody types but a program may send: hidden fields and boxes."""

Bones = tuple[tuple[str, ...], ...]


class Seen(Struct, frozen=True):
    """What came of something typed: by what it is, its bones."""

    pages: dict[str, set[Bones]]
    wrong: list[str]


class Hands:
    """`troubles`: each a sentence with the field and the payload. `met`: names of the fields that were typed into. `came`: what came of it all."""

    def __init__(self) -> None:
        self.troubles: list[str] = []
        self.met: set[str] = set()
        self.came: set[str] = set()
        self.typed = 0
        self._forms: set[tuple[str, ...]] = set()
        self._mails: set[str] = set()
        self._began = False

    def __call__(self, world: TestWorld, site: Site) -> None:
        if not self._began:
            self._began = True
            for path, more in FORMS.items():
                answer = send_form(site, path, more)
                assert answer.status == 422, f"{path}: {answer.text}"
                self._meet(world, site, path, answer)
        for kept in world.outbox.all():
            if kept.id not in self._mails:
                self._mails.add(kept.id)
                for link in sorted(links_of(kept.mail)):
                    self._open(world, site, link, deep=True)

    def _open(self, world: TestWorld, site: Site, link: str, *, deep: bool) -> None:
        path = urlsplit(link).path
        if not path.startswith("/api/") or path.endswith("/data"):
            return
        answer = site.get(link)
        if answer.status == 200:
            self._meet(world, site, link, answer)
            if deep and "/preferences" in path:
                for further in sorted({*Document(answer.text).addresses}):
                    self._open(world, site, further, deep=False)

    def _meet(self, world: TestWorld, site: Site, link: str, answer: Answer) -> None:
        for form in Document(answer.text).forms:
            step = form.values().get("step", "")
            key = (form.action, step, *sorted({one.name for one in form.controls}))
            if form.method == "post" and key not in self._forms:
                self._forms.add(key)
                for name in dict.fromkeys(one.name for one in form.controls):
                    self._type_into(world, site, link, form, name)

    def _type_into(self, world: TestWorld, site: Site, link: str, form: Form, name: str) -> None:
        kinds = {one.kind for one in form.controls if one.name == name}
        by_hand = bool(kinds & {*TYPED}) and name != "website"
        self.met.add(name)
        harmless: dict[str, set[Bones]] = {}
        for text in twins("a") if by_hand else ("a", "", "\udfff"):
            _add(harmless, self._deed(world, site, link, form, name, text, after=by_hand).pages)
        tried: set[str] = {"a"}
        for called, payload in PAYLOADS.items():
            if not by_hand and called not in FEW:
                continue
            if by_hand and shape(payload) not in tried:
                tried.add(shape(payload))
                _add(harmless, self._deed(world, site, link, form, name, shape(payload), after=True).pages)
            seen = self._deed(world, site, link, form, name, payload, after=by_hand)
            self.typed += 1
            where = f"{form.action} {name}, {called}"
            self.troubles += [f"{where}: {one}" for one in seen.wrong]
            self.came |= {*seen.pages}
            for label, found in seen.pages.items():
                if not found <= harmless.get(label, set()):
                    self.troubles.append(f"{where}: {label} is built otherwise than with a harmless text")

    def _deed(self, world: TestWorld, site: Site, link: str, form: Form, name: str, text: str, *, after: bool) -> Seen:
        values = {key: value or HARMLESS.get(key.rstrip("0123456789"), "") for key, value in form.values().items()}
        values |= {one.name: one.value for one in form.controls if one.name.startswith("yes:")}
        values[name] = text
        seen = Seen({}, [])
        with back_again(world):
            before = {kept.id for kept in world.outbox.all()}
            answer = send_form(site, form.action, values)
            _look(seen, f"the answer {answer.status}", answer.text)
            if answer.status >= 500:
                seen.wrong.append(f"{answer.status}")
            if answer.status >= 400:
                return seen
            to = answer.header("location")
            for again in (link, to if to.startswith("/api/") else ""):
                if again and "?" in again:
                    found = site.get(again)
                    _look(seen, f"{urlsplit(again).path} again: {found.status}", found.text)
            if after:
                _let_it_come(world, site, seen, before)
        return seen


def _let_it_come(world: TestWorld, site: Site, seen: Seen, before: set[str]) -> None:
    """Every mail up to the morning after the next, each address confirmed at once."""
    world.looks = None  # type: ignore[attr-defined]
    for hours in (0, 0, 20, 28):
        world.pass_time(hours=hours)
        rules = {item["id"]: str(item["rule"]) for item in world.sqlite.scan(limit=10_000).items if "rule" in item}
        for kept in world.outbox.all():
            if kept.id in before:
                continue
            before.add(kept.id)
            rule = rules.get(kept.id, "")
            look_at_mail(seen, f"the mail {rule}", kept.id, kept.mail)
            for link in sorted(links_of(kept.mail)):
                if urlsplit(link).path.removeprefix("/api/") in CONFIRMING:
                    page = site.get(link)
                    _look(seen, f"the page behind {rule}", page.text)
                    pressed = send_form(site, urlsplit(link).path, {"t": link.partition("t=")[2]})
                    _look(seen, f"the page after {rule}", pressed.text)


def look_at_mail(seen: Seen, label: str, id_: str, mail: Mail) -> None:
    """Its HTML as a page, its headers as a mail program reads them, its text's one footer."""
    _look(seen, f"{label}, HTML", mail.html)
    message = email.message_from_bytes(assemble(mail, id_, f"<{id_}@shop.example>", 0), policy=default)
    assert isinstance(message, EmailMessage)
    parts = [part.get_content_type() for part in message.walk()]
    heads = (*(name.lower() for name in message), *parts, str(message["from"]), str(message["reply-to"]), *dict(mail.headers))
    seen.pages.setdefault(f"{label}, headers", set()).add((tuple(sorted(heads)),))
    if message.defects or any(part.defects for part in message.walk()):
        seen.wrong.append(f"{label}: the message has defects")
    if len(message["to"].addresses) != 1 or str(message["to"]) != mail.to or str(message["subject"]) != mail.subject:
        seen.wrong.append(f"{label}: a header is not what it was")
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    if [line.rstrip() for line in text.splitlines()].count("--") != 1:
        seen.wrong.append(f"{label}: the text has more than one footer")
    if unprintable(text) or unprintable(mail.subject):
        seen.wrong.append(f"{label}: the text holds control characters")


def unprintable(text: str) -> str:
    """What could act on a terminal, or turn a line round."""
    return "".join(
        sorted(
            {
                char
                for char in text
                if (ord(char) < 32 and char not in "\n\t\r")
                or 127 <= ord(char) < 160
                or char in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
            }
        )
    )


def _look(seen: Seen, label: str, html: str) -> None:
    document = Document(html)
    bones = tuple(bone for bone in document.bones if bone[0] != "comment")
    seen.pages.setdefault(label, set()).add(bones)
    comments = [bone for bone in document.bones if bone[0] == "comment" and MARK in bone[1]]
    seen.wrong.extend(f"{label}: {one}" for one in (*document.wrong, *map(str, comments)))
    if any(f"<{tag}" in html for tag in ("script", "iframe", "base ", "object", "embed")):
        seen.wrong.append(f"{label}: a tag that acts")
    if "4949" in "".join(document.words) or f"{MARK}{MARK}" in "".join(document.words):
        seen.wrong.append(f"{label}: a template was run")


def _add(known: dict[str, set[Bones]], more: Mapping[str, set[Bones]]) -> None:
    for label, bones in more.items():
        known.setdefault(label, set()).update(bones)


def send_form(site: Site, path: str, values: Mapping[str, str]) -> Answer:
    """As a browser would, and also what no browser would: half a surrogate pair."""
    return site.ask("POST", path.partition("#")[0], urlencode(values, errors="surrogatepass").encode(), kind=FORM)


@contextmanager
def back_again(world: TestWorld) -> Iterator[None]:
    """Whatever is done meanwhile is undone: table, queue, outbox, raw bodies, journal and clock."""
    assert isinstance(world.blob, MemoryBlob)
    assert isinstance(world.journal, MemoryJournal)
    files = (world.sqlite._db, world.queue._file._db, world.outbox._file._db)
    copies = [sqlite3.connect(":memory:") for _ in files]
    for one, copy in zip(files, copies, strict=True):
        one.backup(copy)
    rest = (dict(world.blob.kept), list(world.journal.lines), world.clock.at, world.clock.seconds, world.outbox.swept)
    looks = getattr(world, "looks", None)
    try:
        yield
    finally:
        for one, copy in zip(files, copies, strict=True):
            copy.backup(one)
            copy.close()
        world.blob.kept, world.journal.lines, world.clock.at, world.clock.seconds, world.outbox.swept = rest
        if hasattr(world, "looks"):
            world.looks = looks
