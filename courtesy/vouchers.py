"""The owner's hand on vouchers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from courtesy.opened import opened
from courtesy.up import say, say_json

DONE, NO = 0, 1
Asked = argparse.Namespace


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """`add` takes a command's name and its help, and gives its parser."""
    listed = add("vouchers", help="every voucher, and whether the checkout knows it")
    listed.add_argument("--waiting", action="store_true", help="only those that the checkout does not know yet")
    listed.add_argument("--import", type=Path, metavar="FILE", dest="codes", help="put codes that you made there into the pool")
    listed.add_argument("--end", metavar="CODE", help="end one now, here and at the storefront")
    listed.add_argument("--json", action="store_true", dest="as_json", help="everything, as JSON")
    listed.set_defaults(do=_vouchers)


def _vouchers(asked: Asked) -> int:
    if asked.codes is not None:
        return _import(asked)
    return _end(asked) if asked.end else _list(asked)


def _list(asked: Asked) -> int:
    from chalicelib.usecases.keep_vouchers import list_vouchers, pool_left

    with opened(asked) as world:
        found = [one for one in list_vouchers(world) if not asked.waiting or one.state == "waiting"]
        left = pool_left(world)
    if asked.as_json:
        say_json(msgspec.to_builtins(found))
        return DONE
    for one in found:
        state = {"waiting": "the checkout does not know it yet", "used": f"used by {one.order}"}.get(one.state, one.state)
        say(f"{one.code}  {one.value}  {one.offer}, until {one.ends_at[:10]}: {state}")
        if one.problem:
            say(f"    {one.problem}")
    if not found:
        say("The checkout knows them all." if asked.waiting else "No voucher was issued yet.")
    if left is not None:
        say(
            f"The pool holds {left} more."
            if left
            else "The pool is empty: who claims now is told to come back later. Import codes."
        )
    return DONE


def _import(asked: Asked) -> int:
    from chalicelib.usecases.keep_vouchers import import_codes

    lines = asked.codes.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    with opened(asked) as world:
        found = import_codes(world, lines)
        pooled = world.shop.vouchers.known == "pool"
    say(f"{found.added} added, {found.there} known before. The pool holds {found.left}.")
    if not pooled:
        say('They are given out once shop.toml says vouchers.known = "pool".')
    for line in found.refused:
        sys.stderr.write(f"courtesy: {line[:40]!r} is no code: 4 to 64 letters, digits, dashes and underscores.\n")
    return NO if found.refused else DONE


def _end(asked: Asked) -> int:
    from chalicelib.usecases.keep_vouchers import end_voucher

    with opened(asked) as world:
        end_voucher(world, asked.end)
    say("It has ended.")
    return DONE
