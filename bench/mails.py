"""What a mail costs to write, and to hand to SES or to an SMTP server."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from email.message import EmailMessage

from bench.figures import Figure, cpu
from chalicelib.adapters.local.mailer_smtp import SmtpMailer
from chalicelib.adapters.local.mime import assemble
from chalicelib.adapters.mailer_ses import STREAMS, SesMailer, ses_client
from chalicelib.domain.screening import Case
from chalicelib.ports import Mail, World
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.compose import compose
from chalicelib.usecases.gather import gather
from chalicelib.usecases.take_order import take_order
from tests.adapters.loopback import answers, serving
from tests.factories import asked, gift_order, learnt, shopify_parcel
from tests.support.smtp_sink import sinking
from tests.support.world import TestWorld

TIMES = 500


def figures() -> Iterator[Figure]:
    """Writing each kind of a demo gift order's mails, then handing one over."""
    with TestWorld() as world:
        cases = _cases(world)
        mails = [compose(world, case) for case in cases]
        for case in cases:
            yield Figure(f"writing: {case.follow_up.rule}", cpu(_writing(world, case)) * 1000 / TIMES, "ms")
        size = max(len(mail.text.encode()) + len(mail.html.encode()) for mail in mails)
        yield Figure("the largest of them, text and HTML", size / 1000, "kB", 60)
    yield from _handing_over(mails[0])
    yield from _over_smtp(mails[0])


def _writing(world: World, case: Case) -> Callable[[], object]:
    return lambda: [compose(world, case) for _ in range(TIMES)]


def _cases(world: TestWorld) -> list[Case]:
    claim_voucher(world, asked(), "192.0.2.7")
    take_order(world, learnt("orders/create", gift_order()))
    take_order(world, learnt("fulfillments/update", shopify_parcel()))
    world.clock.move(timedelta(days=3))
    ids = [one.id for one in world.follow_ups().values()]
    return gather(world, "0", ids)


def _handing_over(mail: Mail) -> Iterator[Figure]:
    """To a server on the loopback, in a thread of its own: only the caller's CPU counts."""
    os.environ |= {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    with serving(answers(200, b'{"MessageId": "m"}')) as server:
        os.environ["AWS_ENDPOINT_URL"] = server.url
        mailer = SesMailer(ses_client(), dict.fromkeys(STREAMS, "set"))
        mailer.send("warm", mail)
        began = time.thread_time()
        for n in range(TIMES):
            mailer.send(f"f{n}", mail)
        yield Figure("handing it to SES", (time.thread_time() - began) * 1000 / TIMES, "ms", 1.35)


def _over_smtp(mail: Mail) -> Iterator[Figure]:
    """Its bytes, by our own writer and by the standard library's; then the whole of it, to a server in a thread of its own."""
    ours = cpu(lambda: [assemble(mail, "f", "<f@shop.example>", 0) for _ in range(TIMES)])
    yield Figure("assembling it for SMTP", ours * 1000 / TIMES, "ms")
    yield Figure(
        "the same by EmailMessage", cpu(lambda: [_as_email_message(mail) for _ in range(TIMES)], rounds=3) * 1000 / TIMES, "ms"
    )
    with sinking() as sink, closing(SmtpMailer(f"smtp://127.0.0.1:{sink.port}")) as mailer:
        mailer.send("warm", mail)
        began = time.thread_time()
        for n in range(TIMES):
            mailer.send(f"f{n}", mail)
        yield Figure("handing it to an SMTP server", (time.thread_time() - began) * 1000 / TIMES, "ms")


def _as_email_message(mail: Mail) -> bytes:
    message = EmailMessage()
    for name, value in (
        ("From", mail.sender),
        ("To", mail.to),
        ("Reply-To", mail.reply_to),
        ("Subject", mail.subject),
        *mail.headers,
    ):
        message[name] = value
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message.as_bytes()
