"""A fault in one of the owner's files: where it is, and a sentence that says how to mend it."""

from __future__ import annotations

from msgspec import Struct

Where = tuple[str | int, ...]


class Fault(Struct, frozen=True):
    """`where`: keys as the file spells them, and places in lists from 0, such as ("rule", 3, "after_days"); () is the file as a whole.

    A place that the file does not have (a key that is missing) means the nearest that it has: the table around it.
    """

    where: Where
    sentence: str


def listed(words: object, joint: str = "or") -> str:
    """For people: "a", "b" or "c"."""
    quoted = [f'"{word}"' for word in words] if isinstance(words, list | tuple) else [f'"{words}"']
    return f" {joint} ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))
