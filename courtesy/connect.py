"""Connecting the storefront, and catching up with it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from getpass import getpass

from msgspec import Struct

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.errors import Invalid, Misconfigured
from chalicelib.ports import Office
from chalicelib.usecases.run_errand import NO_KEY
from courtesy.opened import chosen_here, opened_here
from courtesy.up import is_running, say

DONE, NO = 0, 1
Asked = argparse.Namespace


class Key(Struct, frozen=True):
    """One secret that the owner copies from the storefront: under which names it is kept, and how to call it. `older`: under which name it
    is kept where it begins as `begins`.
    """

    names: tuple[str, ...]
    called: str
    begins: str = ""
    older: str = ""


class Needs(Struct, frozen=True):
    """What a storefront has to be asked for, in the order of its pages. `keys` are read one a line."""

    told: tuple[str, ...]
    keys: tuple[Key, ...]


NEEDS = {
    "shopify": Needs(
        (
            "In Shopify's Dev Dashboard: Create app, release a version with the scopes below, install it in the shop, then Settings: client ID, secret.",
            "Scopes: read_orders, read_customers, write_customers, read_products, read_fulfillments, write_discounts; read_all_orders, which",
            "Shopify grants on request, for orders older than 60 days.",
            "Protected customer data, where its pages ask: name, e-mail and address. An app made in the shop's admin before 2026 gets",
            "these on the Grow plan or higher alone. Click by click: docs/connecting-shopify.md.",
        ),
        (
            Key(
                ("api/shopify/client",),
                "Client ID (of an app made before 2026: Admin API access token)",
                "shpat_",
                "api/shopify/token",
            ),
            Key(("api/shopify/secret", "webhooks/shopify/current"), "Client secret (before 2026: API secret key)"),
        ),
    ),
    "woocommerce": Needs(
        (
            "In WordPress: WooCommerce, Settings, Advanced, REST API, Add key, for an administrator, with permission Read/Write.",
            "The shop must answer over https, with permalinks other than plain. Click by click: docs/connecting-woocommerce.md.",
        ),
        (Key(("api/woocommerce/key",), "Consumer key"), Key(("api/woocommerce/secret",), "Consumer secret")),
    ),
    "stripe": Needs(
        (
            "In Stripe: Developers, API keys, Create restricted key.",
            "Allow: Checkout Sessions read, Products read, Events read, Charges and Refunds read, Coupons write, Promotion Codes write,",
            "Webhook Endpoints write. Click by click: docs/connecting-stripe.md.",
        ),
        (Key(("api/stripe/key",), "Restricted key"),),
    ),
}


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """`add` takes a command's name and its help, and gives its parser."""
    connect = add("connect", help="connect the storefront: keys, proof, events, past orders")
    connect.add_argument("storefront", choices=tuple(NEEDS))
    connect.add_argument("--check", action="store_true", help="only prove that names and e-mail addresses arrive")
    connect.add_argument("--keep-keys", action="store_true", help="use the keys that were given before")
    connect.add_argument("--no-history", action="store_true", help="leave past orders where they are")
    connect.set_defaults(do=_connect)

    catch_up = add("catch-up", help="ask the storefront for what its webhooks did not bring, now")
    catch_up.add_argument("--since", type=_day, metavar="DAY", help="such as 2026-03-04, in place of the last time")
    catch_up.set_defaults(do=_catch_up)


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise argparse.ArgumentTypeError("give a day such as 2026-03-04") from None


def _connect(asked: Asked) -> int:
    from chalicelib.usecases.connect import subscribe

    needs = NEEDS[asked.storefront]
    with opened_here(asked) as world:
        _check_kind(world, asked.storefront)
        given: dict[str, str] = {}
        if not (asked.keep_keys or asked.check):
            say("\n".join(needs.told))
            given = {name: value for key in needs.keys for name, value in _named(key, _read(key.called)).items()}
        good = _prove(office_of(world, given))
        if asked.check or not good:
            return DONE if good else NO
        for name, value in given.items():  # only now that they have opened it
            world.keep_secret(name, value)
        subscribed = subscribe(world)
        if subscribed.secret:
            world.keep_secret(f"webhooks/{asked.storefront}/current", subscribed.secret)
        say(f"Its events come to us: {', '.join(subscribed.topics)}.")
        if not asked.no_history:
            _history(world)
    if is_running(chosen_here(asked).data):
        say("Close the running shop and start it again, so that it knows the keys.")
    say("Connected. Each night it is asked for what was missed: courtesy catch-up does it now.")
    return DONE


def _check_kind(world: LocalWorld, kind: str) -> None:
    if world.shop.storefront.kind != kind:
        raise Misconfigured(f'shop.toml says storefront.kind = "{world.shop.storefront.kind}": write "{kind}" there first.')


def _named(key: Key, value: str) -> dict[str, str]:
    """The value under each name that it is kept by."""
    return dict.fromkeys((key.older,) if key.older and value.startswith(key.begins) else key.names, value)


def office_of(world: LocalWorld, given: Mapping[str, str]) -> Office:
    """Errors: Misconfigured where no key to it is known."""
    office = world.try_keys(given)
    if office is None:
        raise Misconfigured(NO_KEY)
    return office


def _read(called: str) -> str:
    found = getpass(f"{called}: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not found.strip():
        raise Invalid(f"Nothing was given as {called}.")
    return found.strip()


def _prove(office: Office) -> bool:
    proof = office.prove()
    say(
        f"{proof.shop}, API {proof.version}: of the newest {proof.orders} orders, {proof.named} tell a name and {proof.addressed} an e-mail address."
    )
    if proof.pinned and proof.version != proof.pinned:
        say(
            f"It should answer as {proof.pinned}, which it no longer knows: bring Courtesy up to date, for what it tells may have changed."
        )
    if proof.missing:
        say(f"Still missing: {', '.join(proof.missing)}. Allow them there, then run this again.")
    if proof.orders and not proof.addressed:
        say(
            "No e-mail address arrives, so nothing could be sent to any buyer: the plan or the app's data access does not allow it."
        )
    return not proof.missing and (proof.addressed > 0 or not proof.orders)


def _history(world: LocalWorld) -> None:
    from chalicelib.usecases.connect import take_history

    count = 0
    for count in take_history(world):
        if count % 500 == 0 and count:
            say(f"{count} past orders …")
    say(f"{count} past orders are known, as history: nothing is sent because of them.")


def _catch_up(asked: Asked) -> int:
    from chalicelib.stores import errands
    from chalicelib.usecases.catch_up import catch_up, next_catch_up
    from chalicelib.usecases.connect import connected, look_back

    with opened_here(asked) as world:
        if world.shop.storefront.kind not in NEEDS:
            raise Misconfigured("This shop posts its own events, so there is nothing to ask for: have it post them again.")
        connected(world)
        office = office_of(world, {})
        if asked.since is not None:
            look_back(world, asked.since)
        count = 0
        while True:
            count += catch_up(world, office)
            later = next_catch_up(world)
            world.table.write(errands.put(later))
            if later.not_before > world.clock.now():
                break
    say(f"{count} order{'' if count == 1 else 's'} looked at.")
    return DONE
