"""The outbox as a list that people and programs read."""

from __future__ import annotations

from typing import Any

from chalicelib.adapters.local.mailer_outbox import Kept
from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.sentences import of_follow_up
from chalicelib.stores import follow_ups


def headers(kept: Kept) -> list[tuple[str, str]]:
    """All of a mail's headers, in the order in which one reads them."""
    mail = kept.mail
    return [("From", mail.sender), ("To", mail.to), ("Reply-To", mail.reply_to), ("Subject", mail.subject), *mail.headers]


def listed(world: LocalWorld, kept: list[Kept]) -> list[dict[str, Any]]:
    """{id, kind, class, to, subject, reason, text, html, headers, sent_at} for each; `kind` is the rule's name."""
    planned = follow_ups.load_many(world.table, [one.id for one in kept])
    return [_entry(world, one, planned.get(one.id)) for one in kept]


def _entry(world: LocalWorld, kept: Kept, follow_up: FollowUp | None) -> dict[str, Any]:
    return {
        "id": kept.id,
        "kind": follow_up.rule if follow_up else "",
        "class": kept.mail.stream,
        "to": kept.mail.to,
        "subject": kept.mail.subject,
        "reason": of_follow_up(follow_up, world.shop.zone) if follow_up else "",
        "text": kept.mail.text,
        "html": kept.mail.html,
        "headers": dict(headers(kept)),
        "sent_at": stamp(kept.accepted_at),
    }
