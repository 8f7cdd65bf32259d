"""What mails about the competition are told."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.claim import LINK_LASTS
from chalicelib.domain.competition import ANSWER_WITHIN, Competition, Entry, closes_at, link_scope
from chalicelib.domain.languages import money_in, month_in
from chalicelib.domain.links import ENTRY
from chalicelib.domain.retention import ENTRY_AFTER_DRAW
from chalicelib.errors import Misconfigured
from chalicelib.usecases.confirm_entry import seen
from chalicelib.usecases.telling.telling import Context, Telling


def entry(told: Telling) -> Context:
    """Nothing that the visitor typed is among it: the mail may go to a stranger."""
    found = _entry(told)
    link = told.link("enter", ENTRY, link_scope(found.round, found.id), told.case.follow_up.created_at + LINK_LASTS)
    return {
        **_round(told),
        "link": link,
        "link_days": LINK_LASTS // timedelta(days=1),
        "wordings": [one.text for one in seen(told.case.shop, found)],
        "name": "",
    }


def entered(told: Telling) -> Context:
    """The entry id, and how the draw can be checked by it."""
    found = _entry(told)
    return {
        **_round(told),
        "entry": found.entry,
        "again": "again" in told.case.follow_up.extra,
        "seed": " ".join(_held(told).seed.split()),
        "draw_url": _draw_url(told),
        "objects": found.objects,
    }


def won(told: Telling) -> Context:
    """What they have won, and what they are to do."""
    found, created = _entry(told), told.case.follow_up.created_at
    return {
        "draw": _draw(told),
        "prize": told.detail("prize"),
        "worth": told.detail("worth"),
        "entry": found.entry,
        "value": told.detail("value"),
        "draw_url": _draw_url(told),
        "answer_by": told.date(created + ANSWER_WITHIN),
        "objects": found.objects,
        "told_days": ENTRY_AFTER_DRAW // timedelta(days=1),
    }


def drawn(told: Telling) -> Context:
    """That it was won, and that the next one is open."""
    next_ = told.detail("next")
    held = told.case.shop.competition
    closes = closes_at(next_, held.closes_hour, told.case.shop.zone) if held is not None else None
    still = closes is not None and told.case.now < closes
    return {
        "draw": _draw(told),
        "draw_url": _draw_url(told),
        "next_draw": month_in(told.language, next_) if still else "",
        "next_prize": held.prize if still and held is not None else "",
        "closes": told.date(closes) if still and closes is not None else "",
        "form_url": f"{told.case.shop.url}/competition/" if still else "",
    }


def _round(told: Telling) -> Context:
    held = _held(told)
    closes = closes_at(told.case.follow_up.anchor, held.closes_hour, told.case.shop.zone)
    return {
        "draw": _draw(told),
        "prize": held.prize,
        "worth": money_in(told.language, held.value),
        "closes": told.date(closes),
        "hour": f"{held.closes_hour:02}:00",
        "rules_url": f"{told.case.shop.url}/competition/rules/",
    }


def _draw(told: Telling) -> str:
    return month_in(told.language, told.case.follow_up.anchor)


def _draw_url(told: Telling) -> str:
    return f"{told.case.shop.url}/api/draws?round={told.case.follow_up.anchor}"


def _held(told: Telling) -> Competition:
    if told.case.shop.competition is None:
        raise Misconfigured("shop.toml holds no [competition] any more.")
    return told.case.shop.competition


def _entry(told: Telling) -> Entry:
    if told.case.entry is None:
        raise Misconfigured("The entry is gone from the table.")
    return told.case.entry
