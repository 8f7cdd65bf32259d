"""Sends a canary: a mail to the service's own test mailbox. If its event comes back, events flow."""

from __future__ import annotations

from contextlib import suppress

from chalicelib.domain.delivery import checked_header
from chalicelib.errors import Lost
from chalicelib.ports import Mail, MailRefused, MailUncertain, World
from chalicelib.stores import canary


def ask_for_events(world: World) -> None:
    """At most once an hour; nothing where the mailer tells of nothing. Errors: Retryable."""
    now, shop = world.clock.now(), world.shop
    if not world.mailer.probe:
        return
    try:
        world.table.write(canary.asked(now))
    except Lost:
        return
    mail = Mail(
        to=world.mailer.probe,
        sender=checked_header(f'"{shop.name}" <{shop.sender}>'),
        reply_to=shop.reply_to,
        subject="Do delivery events come back?",
        text="Nobody reads this.\n",
        html="<p>Nobody reads this.</p>",
        stream="service",
        kept_days=1,
    )
    world.mailer.await_turn()
    with suppress(MailRefused, MailUncertain):  # the next one asks again
        world.mailer.send(canary.id_of(now), mail)
