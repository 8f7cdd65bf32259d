"""One person: what they agreed to and told us, and the owner's hand on it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from courtesy.opened import opened
from courtesy.up import say, say_json

if TYPE_CHECKING:
    from chalicelib.ports import World
    from chalicelib.usecases.describe_person import Described
    from chalicelib.usecases.record_consent import Recorded

DONE, NO = 0, 1
Asked = argparse.Namespace


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """`add` takes a command's name and its help, and gives its parser."""
    one = add("contact", help="what is known of one person; records what they agree to or tell of themselves")
    one.add_argument("address", help="their e-mail address, or a person's id")
    one.add_argument(
        "--consent", action="append", default=[], metavar="PURPOSE/CHANNEL", help="they agree to it; a mail asks them"
    )
    one.add_argument("--confirmed", action="store_true", help="you hold the proof of it, so no mail asks")
    one.add_argument("--fact", action="append", default=[], nargs=3, metavar=("KIND", "ABOUT", "VALUE"), help="they told it")
    one.add_argument("--purpose", default="", help="what the facts were given for")
    one.add_argument("--forget", action="append", default=[], nargs=2, metavar=("KIND", "ABOUT"), help="they take a fact back")
    one.add_argument("--name", default="", help="their name, where they are no contact yet")
    one.add_argument("--source", default="", help="who said so, where and when: the proof")
    one.add_argument("--json", action="store_true", dest="as_json", help="everything, as JSON")
    one.set_defaults(do=_contact)


def _contact(asked: Asked) -> int:
    from chalicelib.usecases.describe_person import describe_person

    with opened(asked) as world:
        recorded = _record(world, asked)
        found = None if asked.consent or asked.fact or asked.forget else describe_person(world, asked.address)
        zone = world.shop.zone
    if asked.as_json:
        say_json(msgspec.to_builtins(found if found is not None else recorded))
        return DONE
    if found is not None:
        _tell(found, zone)
    for one in recorded:
        for sentence in _sentences(one, zone):
            say(sentence)
    return NO if any(getattr(one, "later", ()) for one in recorded) else DONE


def _record(world: World, asked: Asked) -> list[msgspec.Struct]:
    """Consents before facts, because facts are kept of contacts alone, and a consent makes one."""
    from chalicelib.domain.fact import Fact
    from chalicelib.usecases.record_consent import Proof, record_consent
    from chalicelib.usecases.record_fact import forget_fact, record_fact

    done: list[msgspec.Struct] = []
    if asked.consent:
        proof: Proof = "owner" if asked.confirmed else ""
        done.append(record_consent(world, asked.address, asked.consent, source=asked.source, name=asked.name, proof=proof))
    for kind, about in asked.forget:
        done.append(Forgotten(forget_fact(world, asked.address, kind, about)))
    for kind, about, value in asked.fact:
        told = Fact(kind, about, value, "stated", world.clock.now(), asked.source, asked.purpose)
        done.append(record_fact(world, asked.address, told))
    return done


class Forgotten(msgspec.Struct, frozen=True):
    """A fact that they took back."""

    forgotten: msgspec.Struct


def _sentences(one: msgspec.Struct, zone: str) -> list[str]:
    from chalicelib.domain.about_people import of_fact
    from chalicelib.domain.fact import Fact
    from chalicelib.usecases.record_consent import Recorded

    match one:
        case Recorded():
            return _of_consents(one, zone)
        case Fact():
            return [f"Kept: {of_fact(one, zone)}"]
        case Forgotten(forgotten=Fact() as fact):
            return [f"Forgotten: {fact.kind} {fact.about}."]
        case _:
            return []


def _of_consents(one: Recorded, zone: str) -> list[str]:
    from chalicelib.domain.calendar import clock_time

    said = [f"{consent} is in force from now on." for consent in one.given]
    said += [f"{consent} was in force already." for consent in one.had]
    said += [f"{consent} waits for their click: a mail asks them, once." for consent in one.asked]
    if one.later and one.again_at is not None:
        when = clock_time(one.again_at, zone)
        said += [f"{consent} was not asked: a mail asked them lately, and another may from {when} on." for consent in one.later]
    return said


def _tell(found: Described, zone: str) -> None:
    from chalicelib.domain.calendar import instant, long_date

    who = f"{found.name} <{found.address}>" if found.name else found.address
    say(who or "No contact: their address is not kept, or was never confirmed.")
    say(f"  {found.standing}")
    if found.rung:
        say(f"  {found.rung}")
    say("Agreed to:" if found.consents else "They have agreed to nothing.")
    for one in found.consents:
        said = f" ({one.source}): “{one.wording}”" if one.wording else ""
        say(f"  {one.consent} since {long_date(instant(one.since), zone)}{said}")
    for consent in found.asked:
        say(f"  {consent} waits for their click since {long_date(instant(found.asked_at), zone)}.")
    if found.facts:
        say("Told us:")
    for fact in found.facts:
        say(f"  {fact.sentence}")
    if found.interests:
        say("Interest:")
    for interest in found.interests:
        say(f"  {interest.sentence}")
    say(f"They are looked at next on {long_date(instant(found.look_at), zone)}." if found.look_at else "Nothing is looked for.")
