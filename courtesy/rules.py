"""The owner's hand on one rule: since when it is on, and whether it may take what was due before."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from chalicelib.domain.calendar import long_date
from chalicelib.errors import Conflict, Invalid
from courtesy.opened import opened
from courtesy.up import say

DONE = 0
Asked = argparse.Namespace


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """`add` takes a command's name and its help, and gives its parser."""
    rule = add("rule", help="since when a rule is on, and whether it may take what was due before")
    rule.add_argument("name", help="as playbook.toml names it")
    rule.add_argument(
        "--include-past", type=int, metavar="COUNT", help="yes, also the past: so many messages, as the command says without it"
    )
    rule.set_defaults(do=_rule)


def _rule(asked: Asked) -> int:
    from chalicelib.stores import rules
    from chalicelib.usecases.include_past import include_past
    from courtesy.forecast import affected

    with opened(asked) as world:
        rule, zone = world.playbook.named(asked.name), world.shop.zone
        if rule is None:
            raise Invalid(f'There is no rule "{asked.name}": courtesy check counts them, playbook.toml names them.')
        if rule.mode == "off" and asked.include_past is not None:
            raise Conflict(
                f'"{asked.name}" is off: switch it on in playbook.toml first, and the running shop notices within a minute.'
            )
        if rule.mode == "off":
            say(f'"{asked.name}" is off. courtesy forecast --if {asked.name}=on shows what it would do.')
            return DONE
        known = rules.load(world.table.get(rules.KEY))
        since = known.since.get(asked.name) if known is not None else None
        if since is None:
            if asked.include_past is not None and known is not None:
                include_past(world, asked.name)  # whatever an earlier try came to
            say(f'"{asked.name}" is on, and nothing is left out as past.')
            return DONE
        many = affected(world, asked.name)
        if asked.include_past is None:
            say(f'"{asked.name}" is on since {long_date(since, zone)}, and leaves alone what was due before.')
            if many:
                say(f"That would be {_messages(many)} more: courtesy rule {asked.name} --include-past {many} lets them go.")
            return DONE
        if asked.include_past != many:
            raise Conflict(f"It is {_messages(many)} now, not {asked.include_past}: say --include-past {many} if you mean these.")
        include_past(world, asked.name)
    say(f'"{asked.name}" may take the past, too: {_messages(many)} more.')
    return DONE


def _messages(many: int) -> str:
    return f"{many} {'message' if many == 1 else 'messages'}"
