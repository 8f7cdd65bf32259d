"""The draw, so that anybody can check it. It needs the published list and the published value, and nothing else.

Each entrant has a random entry id. When the round has closed, the list of the ids' hashes is fixed, in order, and so is the hash of the list.
Only after that the public value becomes known which was named beforehand. It puts the list in a new order, and the first has won.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from chalicelib.domain.calendar import days_after
from chalicelib.domain.competition import ANSWER_WITHIN, is_round
from chalicelib.domain.voucher import ALPHABET, HEARD_AS
from chalicelib.errors import Invalid

GROUPS, GROUP = 6, 5
BITS = GROUPS * GROUP * 5
MAX_SEED = 200

ERASED, NOT_REACHED = "the entry was withdrawn", "the winner could not be reached"
"""Why the first of the order did not win, as it is published. Withdrawn is also who declines; out of reach also who has not answered in time."""


class PassedOver(Struct, frozen=True):
    """An entry that came first and did not win, and why."""

    hash: str
    why: str


class Published(Struct, frozen=True, omit_defaults=False):
    """What is told of a round in public, and all that a check needs. Nothing in it says who anybody is.

    `commitment`: of the list, fixed at `fixed_at`: a check is worth something only where that was before the value became known. `seed`: in
    words, the value that decides; `value`: that value, "" before the draw; `winner`: the winning entry's hash, "" before the draw and where
    nobody has won.
    """

    shop: str
    round: str
    closed_at: datetime
    count: int
    commitment: str
    seed: str
    hashes: tuple[str, ...]
    value: str = ""
    winner: str = ""
    passed_over: tuple[PassedOver, ...] = ()
    fixed_at: datetime | None = None
    drawn_at: datetime | None = None


class Checked(Struct, frozen=True):
    """What a check found. `faults`: a sentence for each thing that is wrong, none where all is right. `order`: as the value puts it; empty
    where there is no value yet.
    """

    faults: tuple[str, ...]
    order: tuple[str, ...] = ()


def new_entry(bits: Callable[[int], int]) -> str:
    """An entry id such as 7HQ2M-9KXTC-…: 150 random bits in six groups that can be read aloud. `bits(n)`: a uniform integer below 2**n."""
    number = bits(BITS)
    text = "".join(ALPHABET[number >> shift & 31] for shift in range(BITS - 5, -5, -5))
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def parse_entry(text: str) -> str:
    """An entry id as somebody types it: any case, with blanks, O for 0. Errors: Invalid."""
    symbols = text.strip().upper().translate(HEARD_AS)
    if len(symbols) != GROUPS * GROUP or any(symbol not in ALPHABET for symbol in symbols):
        raise Invalid(f"An entry id has {GROUPS} groups of {GROUP} letters and digits: copy it from the mail.", "entry")
    return "-".join(symbols[at : at + GROUP] for at in range(0, len(symbols), GROUP))


def entry_hash(entry: str) -> str:
    """What is published of an entry id: the SHA-256 of it as it stands in the mail, hex."""
    return hashlib.sha256(entry.encode()).hexdigest()


def list_of(hashes: Iterable[str]) -> str:
    """The list as it is published: sorted, a line each."""
    return "".join(f"{one}\n" for one in sorted(hashes))


def commitment(hashes: Iterable[str]) -> str:
    """The SHA-256 of the list, hex: what `sha256sum` says of it."""
    return hashlib.sha256(list_of(hashes).encode()).hexdigest()


def parse_seed(text: str) -> str:
    """The public value in the one spelling that counts: one line, single blanks. Errors: Invalid."""
    value = unicodedata.normalize("NFC", " ".join(text.split()))
    if not value or len(value) > MAX_SEED or not value.isprintable():
        raise Invalid(f"Give the public value as it was published, in one line of at most {MAX_SEED} characters.", "seed")
    return value


def ordered(hashes: Iterable[str], value: str) -> tuple[str, ...]:
    """The first has won, the next ones are the reserves: by the SHA-256 of the value, a line break and the entry's hash. `value`: of parse_seed."""
    return tuple(sorted(hashes, key=lambda one: hashlib.sha256(f"{value}\n{one}".encode()).digest()))


def first_of(order: Sequence[str], passed_over: Collection[str]) -> str:
    """Who has won when these did not; "" where nobody is left."""
    return next((one for one in order if one not in passed_over), "")


def passes_on_from(won_at: datetime, zone: str) -> datetime:
    """The instant from which somebody who won then and has not answered is passed over: when the day is over that their mail names."""
    return days_after(won_at + ANSWER_WITHIN, 1, 0, zone)


def why_passed_over(said: str, won_at: datetime, now: datetime, zone: str, *, there: bool) -> str:
    """Why the winner is passed over, as it is published; "" while they still may answer. `there`: their entry is kept. `said`: ERASED or
    NOT_REACHED as the owner knows it, or "".
    """
    if not there:
        return ERASED
    return said or (NOT_REACHED if now >= passes_on_from(won_at, zone) else "")


def check(told: Published, value: str = "") -> Checked:
    """Anew, from the list alone. `value`: of parse_seed, as the checker knows it from elsewhere; "" takes the published one.

    Whoever publishes may be whoever cheats: what has not the shape that each of it must have is told, and neither quoted nor reckoned with.
    """
    if misshapen := list(_misshapen(told)):
        return Checked(tuple(misshapen))
    faults = []
    if len(set(told.hashes)) != len(told.hashes) or len(told.hashes) != told.count:
        faults.append(f"The list holds {len(set(told.hashes))} entries, and {told.count} were counted.")
    if (found := commitment(told.hashes)) != told.commitment:
        faults.append(f"The list is not the one that was fixed at the closing: its SHA-256 is {found}.")
    if value and told.value and value != told.value:
        faults.append(f"The draw was made with “{told.value}”, not with “{value}”.")
    if not (value or told.value):
        return Checked(tuple(faults))
    order = ordered(told.hashes, value or told.value)
    wins = first_of(order, [one.hash for one in told.passed_over])
    if told.value and wins != told.winner:
        faults.append(f"By the value, {wins or 'nobody'} has won, not {told.winner or 'nobody'}.")
    if [one.hash for one in told.passed_over] != list(order[: len(told.passed_over)]):
        faults.append("Somebody was passed over whose turn it was not.")
    return Checked(tuple(faults), order)


_HASH = re.compile(r"[0-9a-f]{64}")


def _misshapen(told: Published) -> Iterator[str]:
    if not is_round(told.round):
        yield "It names no round, such as 2026-12."
    # lines taken together would make the same text, and so the same SHA-256, of fewer entries
    if not all(map(_HASH.fullmatch, told.hashes)):
        yield "The list holds something that is no entry's SHA-256."
    if told.value and not _is_seed(told.value):
        yield "The published value is not spelt as values are: in one line, with single blanks, and nothing that cannot be seen."
    if not {one.why for one in told.passed_over} <= {ERASED, NOT_REACHED}:
        yield "Somebody was passed over for a reason that there is not."
    if told.winner and told.winner not in told.hashes:
        yield "Whoever is said to have won is not in the list."
    if not told.value and (told.winner or told.passed_over):
        yield "Somebody is said to have won, or to have been passed over, by no value."


def _is_seed(text: str) -> bool:
    try:
        return parse_seed(text) == text
    except Invalid:
        return False
