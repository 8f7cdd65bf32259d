"""Storefronts' events by hand: check a signature, see what would be learnt, play the storefront."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from chalicelib import strict_json
from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.adapters.shop_files import read_shop
from chalicelib.domain.calendar import instant
from chalicelib.errors import Invalid, Unverified
from courtesy.opened import chosen
from courtesy.up import running_url, say, say_json

DONE, NO = 0, 1
MOST_SECRETS = 2
Asked = argparse.Namespace
_SOURCES = "the storefront: shopify, woocommerce, stripe or standard"


def add_commands(add: Callable[..., argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """`add` takes a command's name and its help, and gives its parser; `common` holds what each of these commands takes."""
    actions = add("webhook", help="storefronts' events: verify, inspect, send").add_subparsers(required=True, metavar="ACTION")

    verify = actions.add_parser("verify", parents=[common], help="whether the signature of a delivery is right")
    verify.add_argument("file", type=Path, help="the body, byte for byte as it came")
    verify.add_argument("--source", required=True, help=_SOURCES)
    verify.add_argument("--secret", required=True, action="append", help="what it is signed with; twice for two live ones")
    verify.add_argument(
        "--header", type=_header, action="append", default=[], metavar="'NAME: VALUE'", help="one that it came with"
    )
    verify.add_argument("--now", type=_time, metavar="TIME", help="unix seconds or ISO time (default: this machine's clock)")
    verify.set_defaults(do=_verify)

    inspect = actions.add_parser("inspect", parents=[common], help="what would be learnt from an event, and nothing else happens")
    inspect.add_argument("file", type=Path, help="a bare body, a {headers, body} capture, a REST root object or list, as JSON")
    inspect.add_argument("--source", required=True, help=_SOURCES)
    inspect.add_argument("--topic", default="", help="such as orders/create; only where the file does not say it")
    inspect.add_argument("--json", action="store_true", dest="as_json", help="everything, as JSON")
    inspect.set_defaults(do=_inspect)

    send = actions.add_parser(
        "send", parents=[common], help="sign an event with the local secret and post it to the running shop"
    )
    send.add_argument("file", type=Path, help="a bare body, a {headers, body} capture or a REST root object, as JSON")
    send.add_argument("--source", required=True, help=_SOURCES)
    send.add_argument("--topic", default="", help="such as orders/create; only where the file does not say it")
    send.add_argument(
        "--placed", choices=("now",), help="shift its times so that the order is placed now and none lies in the future"
    )
    send.set_defaults(do=_send)


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not (colon and name.strip()):
        raise argparse.ArgumentTypeError(f'give a header as "Name: value", not "{text}"')
    return name.strip().lower(), value.strip()


def _time(text: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(text), UTC) if text.isascii() and text.isdigit() else instant(text)
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError("give unix seconds, or a time such as 2026-12-01T10:00:00Z") from None


def _verify(asked: Asked) -> int:
    from courtesy.webhook import known_storefront, read_raw

    storefront, raw = known_storefront(asked.source), read_raw(asked.file)
    if len(asked.secret) > MOST_SECRETS:
        raise Invalid("Give --secret once, or twice while it is being changed.")
    if _holds_headers_too(raw):
        raise Invalid(
            f"{asked.file} is a {{headers, body}} capture: the body's own bytes are gone, so its signature cannot be checked."
        )
    try:
        storefront.verify(dict(asked.header), raw, asked.secret, asked.now or datetime.now(UTC))
    except Unverified as error:
        sys.stderr.write(f"courtesy: {error}\n")
        return NO
    say("The signature is right.")
    return DONE


def _holds_headers_too(raw: bytes) -> bool:
    from courtesy.webhook import is_capture

    try:
        return is_capture(strict_json.loads(raw))
    except Invalid:
        return False


def _inspect(asked: Asked) -> int:
    from courtesy.webhook import known_storefront, read_captures, topic_of
    from courtesy.webhook_told import as_json, as_lines

    storefront, shop = known_storefront(asked.source), read_shop(chosen(asked).shop / "shop.toml")
    found = []
    for capture in read_captures(asked.file):
        topic = topic_of(asked.source, asked.topic, capture)
        found.append((capture, topic, storefront.learn(topic, strict_json.dumps(capture.body))))
    if asked.as_json:
        told = [
            {"taken_as": capture.taken_as, "source": asked.source, "topic": topic, "learnt": as_json(heard, shop)}
            for capture, topic, heard in found
        ]
        say_json(told if found[0][0].of_list else told[0])
        return DONE
    for number, (capture, topic, heard) in enumerate(found, 1):
        which = f", {number} of {len(found)}" if len(found) > 1 else ""
        say(f"{asked.file.name}, taken as {capture.taken_as}{which}, under {topic}:")
        say("\n".join(as_lines(heard, shop)))
    return DONE


def _send(asked: Asked) -> int:
    from courtesy import client
    from courtesy.webhook import Capture, known_storefront, placed_at, placed_now, read_capture, signed, topic_of

    url = running_url(chosen(asked).data)
    capture = read_capture(asked.file)
    secret = _secret(LocalWorld(chosen(asked)), asked.source)
    topic = topic_of(asked.source, asked.topic, capture)
    now = instant(client.get(url, "/dev/clock")["now"])
    if asked.placed:
        placed = placed_at(known_storefront(asked.source), topic, capture.body)
        capture = Capture(capture.taken_as, placed_now(capture.body, now, placed), capture.headers)
    raw, headers = signed(asked.source, topic, capture, secret, now)
    status, answer = client.post(url, f"/api/webhooks/{asked.source}", raw, headers)
    _, left = client.post_form(url, "/dev/settle")
    say(f"{asked.file.name}, taken as {capture.taken_as}, sent as {topic}: {status} {answer.get('message', '')}")
    if any(name.endswith(":webhooks") or name == "webhooks" for name in left.get("waiting", {})):
        raise Invalid("It was kept, but not all that was kept could be worked off: the running shop says why.")
    return DONE if status == 200 else NO


def _secret(world: LocalWorld, source: str) -> str:
    live = world.secrets.webhooks.get(source)
    if not live:
        raise Invalid(
            f'There is no storefront "{source}": these have a secret here: {", ".join(sorted(world.secrets.webhooks))}.'
        )
    return live[0]
