"""`courtesy demo`: the main job from end to end, told step by step.

open a shop of its own → claim, confirm, code → gift order, delivery → ten days → the note, the thanks → stop → what came of it all

Nothing is played: each step goes through the running shop over HTTP, and what it tells is read back from the outbox.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.config import ROOT, settings
from chalicelib.domain.calendar import instant, long_date
from chalicelib.errors import CourtesyError, NotFound
from chalicelib.usecases.list_follow_ups import list_follow_ups
from courtesy import client
from courtesy.outbox import listed
from courtesy.up import Server, alone, asked_to_end, say
from courtesy.webhook import Capture, placed_now, read_capture, signed

DONE, FAILED = 0, 1
WIDEST = 100
EXAMPLES = ROOT / "examples" / "shopify"
ISOBEL, DANIEL, RUTH = "isobel.trant@example.com", "daniel.okafor@example.com", "ruth.okafor@example.com"
THANKS = "Dear Daniel,\nthe locket fits as if I had always worn it. You remembered the story!\nRuth"
SECOND_ORDER = {"id": 5551023349999, "name": "#1077", "order_number": 1077, "confirmation_number": "KX4T9W2MP"}
SECOND_PARCEL = {"id": 4890012279999, "order_id": SECOND_ORDER["id"], "name": "#1077.1"}
_CODE = re.compile(r'class="code">([^<]+)<')


def demo(port: int, *, keep_open: bool) -> int:
    """The exit code: 0 when every step did what it should, else 1. Its data lies in a folder of its own, gone when it ends."""
    with tempfile.TemporaryDirectory(prefix="courtesy-demo-") as folder, alone(Path(folder)):
        server = Server(lambda url: _world(folder, url), "127.0.0.1", port)
        server.start()
        try:
            _tell(Story(server))
            if keep_open:
                say(f"\nThe shop stays up at {server.url}/, its outbox at {server.url}/dev/; Ctrl-C closes it.")
                asked_to_end().wait()
        except CourtesyError as error:
            sys.stderr.write(f"courtesy: the demo stopped: {error}\n")
            return FAILED
        finally:
            server.stop()
    return DONE


def _world(folder: str, url: str) -> LocalWorld:
    return LocalWorld(settings({"COURTESY_DATA": folder, "COURTESY_URL": url}))


class Story:
    """What its people do, over HTTP; and what came of it. Errors: NotFound for what should have happened and did not."""

    def __init__(self, server: Server) -> None:
        self.url, self._world = server.url, server.world
        self.shop = server.world.shop
        self._step = 0

    def step(self, what: str, why: str) -> None:
        """A line on what happened, a line on why it matters."""
        self._step += 1
        say(f"\n{_filled(what, 4, f'{self._step:>2}. ')}\n{_filled(why, 4)}")

    def post(self, path: str, *, awaited: int, **fields: str) -> str:
        """Sends a form as a browser does, and lets the shop finish its work. The page that came back."""
        status, answer = client.post_form(self.url, path, **fields)
        if status != awaited:
            raise NotFound(f"{path} answered {status} instead of {awaited}: {answer.get('message', '')[:200]}")
        self.settle()
        return str(answer.get("message", ""))

    def settle(self) -> None:
        """Lets the shop finish what waits."""
        client.post_form(self.url, "/dev/settle")

    def open(self, link: str) -> str:
        """Follows a link of a mail, as a browser or a mail scanner does. The page."""
        where = urlsplit(link)
        return str(client.get(self.url, f"{where.path}?{where.query}").get("message", ""))

    def webhook(self, topic: str, example: str, **changes: object) -> None:
        """Sends an example as the storefront does: placed now, signed with the shop's secret."""
        found = read_capture(EXAMPLES / example)
        now = instant(client.get(self.url, "/dev/clock")["now"])
        body = placed_now({**found.body, **changes}, now)
        secret = self._world.secrets.webhooks["shopify"][0]
        raw, headers = signed("shopify", topic, Capture(found.taken_as, body, found.headers), secret)
        status, answer = client.post(self.url, "/api/webhooks/shopify", raw, headers)
        if status != 200:
            raise NotFound(f"The shop answered {status} to {topic}: {answer.get('message', '')}")
        self.settle()

    def pass_time(self, step: str) -> str:
        """Advances the clock, which visits all that falls due on the way. The new date."""
        status, answer = client.post_form(self.url, "/dev/clock", by=step)
        if status != 200:
            raise NotFound(f"The clock would not move: {answer.get('message', '')}")
        return long_date(instant(answer["now"]), self.shop.zone)

    def mails(self) -> list[dict[str, Any]]:
        """Everything that went out, oldest first."""
        return listed(self._world, self._world.outbox.all())

    def mail(self, kind: str, to: str) -> dict[str, Any]:
        """The latest mail of that kind to that person."""
        found = [one for one in self.mails() if (one["kind"], one["to"]) == (kind, to)]
        if not found:
            raise NotFound(f"No {kind} went to {to}. {self._why(kind, to)}")
        return found[-1]

    def _why(self, kind: str, to: str) -> str:
        found = [one for one in list_follow_ups(self._world, to) if one.kind == kind]
        return f"It is {found[-1].state}: {found[-1].reason}" if found else "It was never planned."

    def follow_ups(self) -> list[tuple[str, str, str, str]]:
        """(state, kind, address, reason) of each, by due time."""
        return [
            (one.state, one.kind, one.contact or "an address no longer kept", one.reason) for one in list_follow_ups(self._world)
        ]


def _tell(story: Story) -> None:
    _opened(story)
    _claimed(story)
    _given(story)
    _thanked(story)
    _stopped(story)
    _summed_up(story)


def _opened(story: Story) -> None:
    story.step(
        f"{story.shop.name} opens at {story.url}/.",
        "Site, API, queue, mail and clock run on this machine: no account, and your .courtesy stays as it is.",
    )


def _claimed(story: Story) -> None:
    story.post("/api/claims", awaited=303, name="Isobel Trant", email=ISOBEL)
    story.step(
        f"Isobel Trant claims the voucher of {story.shop.offer.value}. The newsletter she leaves unticked.",
        "A fair exchange: her name and address for the voucher. Known or unknown to us, she gets the same answer.",
    )
    asking = story.mail("confirm-address", ISOBEL)
    story.step(
        f"In the outbox lies “{asking['subject']}”.",
        "It repeats nothing that was typed into the form: nobody can say something to a stranger through us.",
    )
    link = link_of(asking, "/api/confirm")
    if "<button" not in story.open(link):
        raise NotFound("The link in the mail shows no button.")
    story.step(
        "She opens its link and sees a button. Nothing has changed so far.",
        "Mail scanners follow links, too; only somebody who presses the button confirms the address.",
    )
    code = _found(_CODE, story.post("/api/confirm", awaited=200, t=token_of(link)), "a code on the page")
    if code not in story.mail("voucher", ISOBEL)["text"]:
        raise NotFound("The mail with the voucher shows another code than the page.")
    story.step(
        f"She presses it, and her code appears: {code}.",
        "It is in her inbox, too. She has the voucher and is subscribed to nothing.",
    )


def _given(story: Story) -> None:
    story.webhook("orders/create", "gift-order.json")
    story.step(
        f"The storefront reports Daniel Okafor's gift for Ruth, and he gets “{story.mail('receipt', DANIEL)['subject']}”.",
        "The event is signed, and the signature is checked before a word of it is read.",
    )
    day = story.pass_time("1d")
    story.webhook("fulfillments/create", "gift-fulfilment.json", shipment_status=None, updated_at=None)
    story.step(
        f"On {day} the parcel leaves, and he gets “{story.mail('on-its-way', DANIEL)['subject']}”.",
        "He ordered, so he is told. Ruth is told nothing: it is to be a surprise.",
    )
    day = story.pass_time("2d")
    story.webhook("fulfillments/update", "gift-fulfilment.json")
    story.step(
        f"On {day} it is delivered to Ruth.",
        "She is no customer: that she was given something lets us write to her once, and sell her nothing.",
    )
    day = story.pass_time("11d")
    note = story.mail("gift-note", RUTH)
    story.step(
        f"The clock goes on to {day}, through all that falls due: Daniel's thank-you, and Ruth's note.",
        f"Ten days after the gift arrived, and not at night, she reads “{note['subject']}”:",
    )
    _quote(note["text"])


def _thanked(story: Story) -> None:
    link = link_of(story.mail("gift-note", RUTH), "/api/thanks")
    if "<textarea" not in story.open(link):
        raise NotFound("The link in the note shows no card to write on.")
    story.post("/api/thanks", awaited=200, t=token_of(link), message=THANKS)
    relayed = story.mail("thanks-relay", DANIEL)
    if THANKS.splitlines()[1] not in relayed["html"] or RUTH in relayed["text"] + relayed["html"]:
        raise NotFound("Ruth's words did not reach Daniel as she wrote them.")
    story.step(
        f"She writes a card, and he gets “{relayed['subject']}”, in her own words:",
        "Neither has seen the other's address.",
    )
    _quote(THANKS)


def _stopped(story: Story) -> None:
    story.post("/api/stop", awaited=200, t=token_of(link_of(story.mail("thank-you", DANIEL), "/api/stop")))
    story.step(
        "Daniel has read enough from us, and presses the stop link under his thank-you.",
        "One press, no login, at once. What he asks for himself still comes.",
    )
    story.webhook("orders/create", "gift-order.json", **SECOND_ORDER)
    story.pass_time("3d")
    story.webhook("fulfillments/update", "gift-fulfilment.json", **SECOND_PARCEL)
    story.pass_time("11d")
    if str(SECOND_ORDER["confirmation_number"]) not in story.mail("receipt", DANIEL)["text"]:
        raise NotFound("No receipt went out for the second order.")
    ended = [kind for state, kind, *_ in story.follow_ups() if state == "cancelled"]
    if sorted(ended) != ["gift-note", "thank-you"]:
        raise NotFound(f"A thank-you and a note should have been called off, not {', '.join(ended) or 'nothing'}.")
    story.step(
        "He sends Ruth a second gift. His receipt comes; a thank-you and a second note do not.",
        "He said stop, and a gift's recipient gets one note, ever.",
    )


def _summed_up(story: Story) -> None:
    story.step(
        "These are all the follow-ups to its people, each with its state and its reason.",
        "Nothing goes out, waits or stays away without a sentence that says why. To the owner went a mail each working day: courtesy today.",
    )
    say()
    for state, kind, address, reason in story.follow_ups():
        if address == story.shop.reply_to:
            continue
        say(f"    {state:<10} {kind:<16} {address}\n{_filled(reason, 15)}")


def _quote(text: str) -> None:
    say()
    say("\n".join(f"    | {line}".rstrip() for line in text.strip().splitlines()))


def link_of(mail: Mapping[str, Any], path: str) -> str:
    """The mail's link that begins with the path. Errors: NotFound."""
    return _found(re.compile(rf"(https?://\S+{re.escape(path)}\?t=\S+)"), f"{mail['text']}", f"a link to {path} in the mail")


def token_of(link: str) -> str:
    """What the link carries."""
    return parse_qs(urlsplit(link).query)["t"][0]


def _found(pattern: re.Pattern[str], text: str, what: str) -> str:
    found = pattern.search(text)
    if found is None:
        raise NotFound(f"There should have been {what}.")
    return found[1]


def _filled(text: str, by: int, first: str = "") -> str:
    width = min(shutil.get_terminal_size().columns, WIDEST)
    return textwrap.fill(text, width, initial_indent=first or " " * by, subsequent_indent=" " * by)
