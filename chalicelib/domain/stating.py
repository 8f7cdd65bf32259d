"""What people may state about themselves: a fact as it was given, made fit to be kept, or a sentence that says how to give it."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

import msgspec

from chalicelib.domain.fact import ADDRESS, AWAY, DATE, KINDS, LIKES, NEVER, PHONE, SIZE, Fact
from chalicelib.domain.identity import is_unsafe, parse_words
from chalicelib.domain.playbook import CALL, POST
from chalicelib.domain.products import Products
from chalicelib.domain.standing import SERVICE
from chalicelib.domain.triggers.occasion import read
from chalicelib.errors import Invalid

COMMON_LABELS = ("birthday", "anniversary", "partner's birthday")
MAX_LABEL, MAX_SIZE, MAX_SOURCE, MAX_AWAY = 40, 20, 200, 500
LINES, MAX_LINE = range(2, 7), 60
LINE_BREAK = " / "
"""Where somebody cannot type one."""


def fit_to_keep(fact: Fact, products: Products, purposes: Collection[str], country: str) -> Fact:
    """The fact with its words tidied. `purposes`: those that people can agree to; besides these there is "service". `country`: two
    letters, whose telephone numbers need no code. Errors: Invalid, with a sentence that says how to mend it.
    """
    if fact.kind not in KINDS:
        raise Invalid(f"“{fact.kind}” is no kind of fact: say {_either(KINDS)}.", "kind")
    about, value = _read(fact, products, country)
    source = one_line(fact.source, MAX_SOURCE, "source")
    if not source:
        raise Invalid(
            "Say who told it and where, such as “at the counter, 3 March”: a fact without a source is hearsay.", "source"
        )
    known = [*purposes, SERVICE]
    if fact.purpose not in known:
        raise Invalid(f"Say what it was given for, and it is used for that alone: {_either(known)}.", "purpose")
    return msgspec.structs.replace(fact, about=about, value=value, source=source)


def newest(one: Fact, other: Fact) -> Fact:
    """The one that counts of two of a kind about one thing: in whatever order they come, the same."""
    return max(one, other, key=lambda fact: (fact.at, fact.source, fact.value, fact.purpose))


def label_of(text: str) -> str:
    """An occasion's label as it is kept: a common one in lower case, any other as it was typed. Errors: Invalid."""
    label = one_line(text, MAX_LABEL, "about").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if not label:
        raise Invalid("Say what day it is, such as “birthday”, “anniversary” or “partner's birthday”.", "about")
    if label.lower() in COMMON_LABELS:
        return label.lower()
    if sum(word[:1].isupper() for word in label.split()) > 1:
        raise Invalid(
            f"That reads like a name, and of other people we keep none. If it is the day's own, write it small: “{label.lower()}”.",
            "about",
        )
    return label


def one_line(text: str, limit: int, field: str) -> str:
    """Words in one line, blanks tidied. Errors: Invalid, with the field's name."""
    found = " ".join(text.split())
    if len(found) > limit:
        raise Invalid(f"Give at most {limit} characters; these are {len(found)}.", field)
    if any(map(is_unsafe, found)):
        raise Invalid("Write without invisible or control characters.", field)
    return found


def _read(fact: Fact, products: Products, country: str) -> tuple[str, str]:
    """Its `about` and `value`."""
    match fact.kind:
        case kind if kind == SIZE:
            category = _category(fact.about, products)
            return category, _size(fact.value, category, products)
        case kind if kind == LIKES:
            return _category(fact.about, products), _one_of(fact.value, ("yes", "no"))
        case kind if kind == DATE:
            return label_of(fact.about), _date(fact.value)
        case kind if kind == NEVER:
            return label_of(fact.about), _one_of(fact.value or "yes", ("yes",))
        case kind if kind == ADDRESS:
            return _fixed(fact, POST), _address(fact.value)
        case kind if kind == PHONE:
            return _fixed(fact, CALL), _phone(fact.value, country)
        case _:
            return _away(fact)


def _category(text: str, products: Products) -> str:
    named = {category.casefold(): category for category in products.categories}
    found = named.get(one_line(text, MAX_LABEL, "about").casefold())
    if found is None:
        there = f": say {_either(list(named.values()))}" if named else ", for it has none yet"
        raise Invalid(f"“{_short(text)}” is no category of products.toml{there}.", "about")
    return found


def _size(text: str, category: str, products: Products) -> str:
    size = one_line(text, MAX_SIZE, "value")
    if not size:
        raise Invalid("Say which size.", "value")
    there_are = [one for product in products.products if product.category == category for one in product.sizes]
    found = {one.casefold(): one for one in there_are}.get(size.casefold())
    if there_are and found is None:
        raise Invalid(f"There is no size “{size}” among the {category} of products.toml: say {_either(there_are)}.", "value")
    return found or size


def _one_of(text: str, words: tuple[str, ...]) -> str:
    found = text.strip().lower()
    if found not in words:
        raise Invalid(f"Say {_either(words)}.", "value")
    return found


def _date(text: str) -> str:
    typed = text.strip()
    # a command line takes what begins with two dashes for an option
    found = next((one for one in (typed, f"--{typed}") if read(one) is not None), None)
    if found is None:
        raise Invalid("Give a day of the calendar as MM-DD, or with its year as YYYY-MM-DD: 11-22, 1984-11-22.", "value")
    return found


def _fixed(fact: Fact, about: str) -> str:
    if fact.about.strip().lower() != about:
        article = "An" if fact.kind[0] in "aeiou" else "A"
        raise Invalid(f"{article} {fact.kind} is about “{about}”: say {fact.kind} {about}, then the {fact.kind} itself.", "about")
    return about


def _address(text: str) -> str:
    lines = [" ".join(line.split()) for line in parse_words(text, 500, "value").replace(LINE_BREAK, "\n").split("\n")]
    lines = [line for line in lines if line]
    if len(lines) not in LINES:
        raise Invalid(
            f"Give the address as it stands on an envelope, in {LINES[0]} to {LINES[-1]} lines (“{LINE_BREAK}” between them will do).",
            "value",
        )
    if max(map(len, lines)) > MAX_LINE:
        raise Invalid(f"Give lines of at most {MAX_LINE} characters: more does not fit a label.", "value")
    return "\n".join(lines)


def _phone(text: str, country: str) -> str:
    # imported when the first number is typed: hardly any request brings one
    import phonenumbers

    try:
        number = phonenumbers.parse(one_line(text, MAX_LABEL, "value"), country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise Invalid(
            "That does not look like a whole telephone number: a digit may be missing. From abroad give it with + and the country's code, "
            "such as +49 89 1234567.",
            "value",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _away(fact: Fact) -> tuple[str, str]:
    words = parse_words(fact.value, MAX_AWAY, "value")
    if not words:
        raise Invalid("Say in a few words why they stayed away.", "value")
    return one_line(fact.about, MAX_LABEL, "about") or AWAY, words


def _short(text: str) -> str:
    return "".join(islice((char for char in text if not is_unsafe(char)), MAX_LABEL))


def _either(words: Collection[str]) -> str:
    *others, last = dict.fromkeys(words)
    return f"{', '.join(others)} or {last}" if others else last
