"""How an order stands, in the words of its buyer's own page. Nothing here tells where it goes, who gets it or how it was paid."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from chalicelib.domain.calendar import long_date
from chalicelib.domain.money import exact
from chalicelib.domain.order import ESTIMATED, Arrivals, Order, Parcel, arrival, is_off, live_parcels, off_since

LINK_LASTS = timedelta(days=365)
"""The link to this page in receipts and dispatch mails: a guarantee is asked about long after the parcel came."""

Stage = Literal["received", "partly sent", "sent", "arrived", "unpaid", "off", "returned"]


class Journey(Struct, frozen=True):
    """One parcel. `said`: where it is, in a sentence. `url`: where its carrier tells more, "" where there is no address that is safe to follow."""

    said: str
    carrier: str = ""
    number: str = ""
    url: str = ""


class Progress(Struct, frozen=True):
    """`heading` and `said`: how it stands. `returned`: a sentence for each sum that went back."""

    stage: Stage
    heading: str
    said: str
    journeys: tuple[Journey, ...] = ()
    returned: tuple[str, ...] = ()


def progress(order: Order, allowed: Arrivals, zone: str, now: datetime) -> Progress:
    """Of an order that has a view; dates in the shop's zone."""
    stage, heading, said = _off(order, zone) or _under_way(order, allowed, zone, now)
    journeys = () if stage in ("off", "unpaid") else tuple(_journey(one, zone) for one in live_parcels(order))
    returned = tuple(
        f"{exact(one.amount)} went back to you on {long_date(one.at, zone)}." for one in order.refunds if one.amount.amount > 0
    )
    return Progress(stage, heading, said, journeys, returned)


_Told = tuple[Stage, str, str]


def _off(order: Order, zone: str) -> _Told | None:
    since = off_since(order)
    on = f" on {long_date(since, zone)}" if since is not None else ""
    match is_off(order):
        case "":
            return None
        case "refunded":
            return (
                "returned",
                "Your money was returned",
                f"All that you paid went back to you{on}. Your bank may take some days to show it.",
            )
        case "unpaid":
            return (
                "unpaid",
                "We wait for your payment",
                "It has not reached us yet, or did not go through. We send nothing before it has.",
            )
        case "test":
            return "off", "This was a trial", "The order was placed to try the shop out. Nothing is sent, and nothing is owed."
        case _:
            return (
                "off",
                "This order was called off",
                f"It was called off{on}, and nothing more is sent. If money of yours is not back yet, ask us.",
            )


def _under_way(order: Order, allowed: Arrivals, zone: str, now: datetime) -> _Told:
    there, parcels = arrival(order, allowed, zone), live_parcels(order)
    if there is not None and there.how != ESTIMATED:
        return "arrived", "It has arrived", f"It arrived on {long_date(there.at, zone)}."
    if not parcels:
        return "received", "We have your order", "Nothing is sent yet. As soon as something is, it shows here."
    if order.view is not None and order.view.part_dispatched:
        return "partly sent", "A part of it is on its way", "The rest follows, and shows here as soon as it is sent."
    many = len(parcels) > 1
    if there is None or there.at <= now:
        return "sent", "It is on its way", f"{'Its parcels have' if many else 'The parcel has'} left us."
    return (
        "sent",
        "It is on its way",
        f"It should be with you by {long_date(there.at, zone)}. We go by how long it usually takes.",
    )


def _journey(parcel: Parcel, zone: str) -> Journey:
    if parcel.delivered_at is not None:
        said = f"Delivered on {long_date(parcel.delivered_at, zone)}."
    elif parcel.dispatched_at is not None:
        said = f"Sent on {long_date(parcel.dispatched_at, zone)}."
    else:
        said = "On its way."
    return Journey(said, parcel.carrier, parcel.tracking, safe_link(parcel.tracking_url))


def safe_link(url: str) -> str:
    """An address that a page may lead to, or "": it came from a storefront, and an anchor may run whatever it names."""
    web = url.startswith(("https://", "http://")) and len(url) > len("https://")
    return url if web and url.isprintable() and not set(url) & set(' "<>\\`') else ""
