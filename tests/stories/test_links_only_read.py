"""Mail scanners, previews and curious people follow links, again and again: every link of every mail is fetched, and nothing has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.support.journey import Watched, a_year, links_of, mails_by_rule
from tests.support.site import Site
from tests.support.world import MemoryBlob, MemoryJournal, TestWorld

ADDRESS = re.compile(r'(?:href|src|action)="([^"]*)"')
FETCHED = ("GET", "HEAD", "GET", "HEAD")


class Follower:
    """Follows each new mail's links and remembers what was answered. `seen`: by path, the answers; `by_rule`: which mails it met."""

    def __init__(self) -> None:
        self.followed: set[str] = set()
        self.seen: dict[str, set[int]] = {}
        self.changed: list[str] = []

    def __call__(self, world: Watched, site: Site) -> None:
        fresh = [kept for kept in world.outbox.all() if kept.id not in self.followed]
        if not fresh:
            return
        before = everything(world)
        for kept in fresh:
            self.followed.add(kept.id)
            for link in sorted(links_of(kept.mail)):
                self.follow(site, link)
        if everything(world) != before:
            self.changed += [kept.mail.subject for kept in fresh]

    def follow(self, site: Site, link: str) -> None:
        path = urlsplit(link).path
        if not path.startswith("/api/"):
            return
        for method in FETCHED:
            answer = site.ask(method, link)
            self.seen.setdefault(path, set()).add(answer.status)
            if method == "GET" and answer.status == 200:
                # one step further, by each address that stands in the page: a form's is fetched, too, though nobody sends it
                for further in {one.replace("&amp;", "&") for one in ADDRESS.findall(answer.text)}:
                    if further.startswith("/api/"):
                        self.seen.setdefault(urlsplit(further).path, set()).update(
                            site.ask(how, further).status for how in FETCHED[:2]
                        )


@pytest.fixture(scope="module")
def year() -> Iterator[tuple[TestWorld, Follower]]:
    follower = Follower()
    with a_year(follower) as (world, _):
        yield world, follower


def everything(world: TestWorld) -> object:
    """All that is kept, to the byte: table, queue, outbox, raw bodies, journal."""
    assert isinstance(world.blob, MemoryBlob)
    assert isinstance(world.journal, MemoryJournal)
    files = (world.sqlite._db, world.queue._file._db, world.outbox._file._db)
    return [tuple(one.iterdump()) for one in files], dict(world.blob.kept), list(world.journal.lines)


def test_the_year_brings_every_mail_of_the_playbook(year: tuple[TestWorld, Follower]) -> None:
    world, _ = year
    assert {rule.name for rule in world.playbook.rules if rule.channel == "e-mail"} - {*mails_by_rule(world)} == set()


def test_following_every_link_of_every_mail_changes_nothing(year: tuple[TestWorld, Follower]) -> None:
    world, follower = year
    assert follower.changed == []
    assert follower.followed == {kept.id for kept in world.mails()}


def test_every_link_of_a_fresh_mail_leads_somewhere(year: tuple[TestWorld, Follower]) -> None:
    _, follower = year
    paths = {path.removeprefix("/api/") for path, seen in follower.seen.items() if 200 in seen}
    assert paths >= {
        "confirm", "consent", "enter", "stop", "thanks", "expectation", "occasion", "welcome", "pause", "preferences", "order",
        "preferences/data", "preferences/erase",
    }  # fmt: skip
    assert {path: seen for path, seen in follower.seen.items() if max(seen) >= 500} == {}
