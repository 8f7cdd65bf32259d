"""The owner's hand on orders: what is kept of them, which are gifts, when they arrived, and what the law asked for."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec

from courtesy.opened import opened
from courtesy.up import say, say_json

DONE = 0
Asked = argparse.Namespace


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """`add` takes a command's name and its help, and gives its parser."""
    listed = add("orders", help="every order with what it comes to: gift or not, arrived or not, and why")
    listed.add_argument("--contact", metavar="ADDRESS", default="", help="one person's")
    listed.add_argument("--ask", action="store_true", help="only those of which you are asked whether they are gifts")
    listed.add_argument("--json", action="store_true", dest="as_json", help="everything, as JSON")
    listed.set_defaults(do=_orders)

    gift = add("gift", help="say whether an order is a gift")
    gift.add_argument("order", help="its number, or its key as courtesy orders shows it")
    gift.add_argument("answer", choices=("yes", "no"))
    gift.set_defaults(do=_gift)

    arrival = add("arrival", help="say when an order arrived")
    arrival.add_argument("order", help="its number, or its key as courtesy orders shows it")
    arrival.add_argument("day", type=_day, help="such as 2026-03-04")
    arrival.set_defaults(do=_arrival)

    requests = add("requests", help="what people asked for by law, by way of the storefront")
    requests.add_argument("--save", type=Path, metavar="FOLDER", help="write what is to be told to them there, a file each")
    requests.add_argument("--json", action="store_true", dest="as_json", help="everything, as JSON")
    requests.set_defaults(do=_requests)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("give a day such as 2026-03-04") from None


def _orders(asked: Asked) -> int:
    from chalicelib.domain.identity import parse_address, person_id
    from chalicelib.usecases.list_facts import list_facts
    from chalicelib.usecases.list_orders import list_orders

    with opened(asked) as world:
        found = [one for one in list_orders(world, asked.contact) if not asked.ask or one.gift == "ask"]
        person = person_id(world.secrets.people, parse_address(asked.contact).key) if asked.contact else ""
        facts = list_facts(world, person) if person else ()
    if asked.as_json:
        say_json(msgspec.to_builtins(found))
        return DONE
    for one in found:
        state = f"off: {one.off}" if one.off else f"{one.how} {one.arrived_at[:10]}" if one.arrived_at else "under way"
        who = one.buyer or "no e-mail address"
        if one.off == "erased":
            say(f"{one.key}  (its buyer asked to be forgotten)")
            continue
        say(
            f"{one.placed_at[:10] or 'no date yet'}  {one.number or one.key}  {one.total or 'no total yet'}  {who}  ({state})  {one.key}"
        )
        if one.gift != "not":
            ask = f" Say: courtesy gift {(one.number or one.key).lstrip('#')} yes, or no" if one.gift == "ask" else ""
            say(f"    {'A gift?' if one.gift == 'ask' else 'A gift.'} {' '.join(one.reasons)}{ask}")
    for fact in facts:
        say(f"Their orders state: {fact.kind} {fact.value} ({fact.about}), on {fact.at:%Y-%m-%d}.")
    if not found:
        say("You are asked nothing." if asked.ask else "No order is kept.")
    return DONE


def _gift(asked: Asked) -> int:
    from chalicelib.usecases.say_of_order import say_gift

    with opened(asked) as world:
        order = say_gift(world, asked.order, gift=asked.answer == "yes")
    say(f"{order.key} is {'a gift' if order.is_gift else 'no gift'}, because you say so.")
    return DONE


def _arrival(asked: Asked) -> int:
    from chalicelib.usecases.say_of_order import say_arrived

    with opened(asked) as world:
        order = say_arrived(world, asked.order, asked.day)
    say(f"{order.key} arrived on {asked.day}, because you say so.")
    return DONE


_KINDS = {
    "export": "asked what is kept of them",
    "erase": "asked to be forgotten: done",
    "erase shop": "the shop's app was removed there: all its orders are forgotten",
}


def _requests(asked: Asked) -> int:
    from chalicelib.stores import requests

    with opened(asked) as world:
        found = requests.all_of(world.table)
        saved = [_save(asked.save, one.id, world.blob.get(one.answer)) for one in found if one.answer and asked.save]
    if asked.as_json:
        say_json(msgspec.to_builtins(found))
        return DONE
    for one in found:
        say(f"{one.asked_at:%Y-%m-%d}  {one.source}: {_KINDS[one.kind]} ({one.id})")
    for path in saved:
        say(f"Written to {path}. The law gives you 30 days to hand it on.")
    if not found:
        say("Nobody has asked.")
    return DONE


def _save(folder: Path, id_: str, told: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{id_}.json"
    path.touch(mode=0o600)
    path.write_bytes(told)
    return path
