"""What every teller has in hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.domain.calendar import instant
from chalicelib.domain.languages import date_in
from chalicelib.domain.playbook import Rule
from chalicelib.domain.screening import Case
from chalicelib.errors import Misconfigured
from chalicelib.ports import World

Context = dict[str, object]

LINK_WORKS = timedelta(days=90)
"""How long what a mail asks may be answered: longer than any of our questions stands."""


class Telling(Struct, frozen=True):
    """One mail in the making: what for, by which rule, in which of domain.languages.LANGUAGES."""

    world: World
    case: Case
    rule: Rule
    language: str

    def date(self, at: datetime) -> str:
        """As the language writes it, in the shop's zone."""
        return date_in(self.language, at, self.case.shop.zone)

    def link(self, path: str, purpose: str, scope: str, expires: datetime | None = None) -> str:
        """To a page with one button. It works for LINK_WORKS unless told otherwise."""
        token = self.world.links.make(purpose, self.case.follow_up.person, scope, expires or self.case.now + LINK_WORKS)
        return f"{self.case.shop.url}/api/{path}?t={token}"

    def detail(self, name: str) -> str:
        """What only this message says. Errors: Misconfigured."""
        try:
            return self.case.follow_up.extra[name]
        except KeyError:
            raise Misconfigured(f"It was planned without saying its {name}.") from None

    def since(self) -> datetime:
        """The instant that its reason speaks of. Errors: Misconfigured."""
        why = self.case.follow_up.why
        try:
            return instant(str(why.facts["since"]) if why is not None else "")
        except (KeyError, ValueError):
            raise Misconfigured("Its reason does not say since when.") from None
