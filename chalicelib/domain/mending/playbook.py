"""What is wrong with the playbook: rules that cannot work, and rules that break the manners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.domain.calendar import is_quiet
from chalicelib.domain.fault import Fault, listed
from chalicelib.domain.planning import applies
from chalicelib.domain.playbook import (
    BUYER,
    CALL,
    CLAIMANT,
    CONTACT,
    EMAIL,
    ENTRANT,
    GIVER,
    OWNER,
    PARCEL,
    POST,
    RECIPIENT,
    Need,
    Playbook,
    Rule,
    Trigger,
)
from chalicelib.domain.shop import Shop
from chalicelib.domain.standing import COURTESY, MARKETING, SERVICE

MAX_AFTER, MAX_BEFORE, MAX_EXPIRES = 3650, 90, 60

_MEETS: Mapping[Trigger, tuple[str, ...]] = {
    "claim": (CLAIMANT,),
    "claim again": (CONTACT,),
    "confirmed": (CONTACT,),
    "consent": (CLAIMANT,),
    "preferences": (CONTACT,),
    "order": (BUYER,),
    "dispatch": (BUYER,),
    "arrival": (BUYER, RECIPIENT),
    "thanks": (GIVER,),
    "voucher ends": (CONTACT,),
    "product life": (BUYER,),
    "occasion": (CONTACT,),
    "last year's gift": (BUYER,),
    "item": (CONTACT,),
    "next order overdue": (CONTACT,),
    "silence": (CONTACT,),
    "no response": (CONTACT,),
    "packed": (BUYER, RECIPIENT),
    "working day": (OWNER,),
    "entry": (CLAIMANT,),
    "entered": (ENTRANT,),
    "won": (ENTRANT,),
    "drawn": (CONTACT,),
}
"""Whom a trigger brings along."""

_ANSWERS: tuple[Trigger, ...] = ("claim", "claim again", "confirmed", "consent", "preferences", "thanks")
"""The site answers with these, so it needs one rule for each."""

_OF_A_COMPETITION: tuple[Trigger, ...] = ("entry", "entered", "won")
"""The same, where shop.toml has a [competition]."""

_SELLS: tuple[Trigger, ...] = (
    "voucher ends", "product life", "occasion", "last year's gift", "item", "next order overdue", "silence", "no response",
)  # fmt: skip
"""Marketing by nature: whoever is found so did nothing to be answered."""

_OF_AN_ORDER: tuple[Trigger, ...] = ("order", "dispatch", "arrival", "packed")
_AFTER: tuple[Trigger, ...] = ("order", "dispatch", "arrival", "next order overdue", "silence", "no response")
_BEFORE: tuple[Trigger, ...] = ("voucher ends", "product life", "occasion", "last year's gift")
_ABOUT_AN_ORDER: tuple[Trigger, ...] = (*_OF_AN_ORDER, "product life", "last year's gift", "next order overdue")
_NEEDS: Mapping[Need, tuple[Trigger, ...]] = {
    "unredeemed": ("voucher ends",),
    "no order since": tuple(trigger for trigger in _SELLS if trigger != "item"),
    "interest": ("item",),
}


def mends(playbook: Playbook) -> list[Fault]:
    """In the file's order; empty when nothing is wrong."""
    found: list[Fault] = []
    names: set[str] = set()
    for at, rule in enumerate(playbook.rules):
        if not rule.name.strip():
            found.append(Fault(("rule", at, "name"), f"Rule {at + 1} has no name: give it one."))
        elif rule.name in names:
            found.append(Fault(("rule", at, "name"), f'Two rules are named "{rule.name}": a name stands once.'))
        names.add(rule.name)
        found += (Fault(("rule", at, key), f'Rule "{rule.name}": {sentence}') for key, sentence in _about(rule))
    return [*found, *_answers(playbook, _ANSWERS)]


def mends_with(playbook: Playbook, shop: Shop) -> list[Fault]:
    """What is wrong with rules in this shop: an hour that it keeps quiet, a consent that it does not ask for, a receipt without its terms."""
    found = [
        Fault(("rule", at, key), f'Rule "{rule.name}": {sentence}')
        for at, rule in enumerate(playbook.rules)
        for key, sentence in _in_shop(rule, shop)
    ]
    return [*found, *(_answers(playbook, _OF_A_COMPETITION) if shop.competition is not None else ())]


def _answers(playbook: Playbook, triggers: tuple[Trigger, ...]) -> Iterator[Fault]:
    for trigger in triggers:
        places = [at for at, rule in enumerate(playbook.rules) if rule.trigger == trigger and rule.mode != "off"]
        off = [at for at, rule in enumerate(playbook.rules) if rule.trigger == trigger and rule.mode == "off"]
        if len(places) == 1:
            continue
        sentence = f'Keep exactly one rule with trigger = "{trigger}": what they did is answered with it.'
        if places:
            yield Fault(("rule", places[1], "trigger"), sentence)
        elif off:
            yield Fault(("rule", off[0], "mode"), f'{sentence} Give this one mode = "on".')
        else:
            yield Fault((), sentence)


def _about(rule: Rule) -> Iterator[tuple[str, str]]:
    """Pairs of a key and a sentence."""
    if rule.to not in _MEETS[rule.trigger]:
        yield "to", f'"{rule.trigger}" can only write to {" or ".join(_MEETS[rule.trigger])}, not to {rule.to}.'
    else:
        yield from _class(rule)
    yield from _channel(rule)
    yield from _days(rule)
    yield from _reach(rule)
    yield from _once(rule)
    yield from _mode(rule)


def _class(rule: Rule) -> Iterator[tuple[str, str]]:
    answers, sells = rule.trigger in (*_ANSWERS, *_OF_A_COMPETITION), rule.trigger in (*_SELLS, "drawn")
    if rule.to == RECIPIENT and rule.message_class != COURTESY:
        yield "class", f'give it class = "{COURTESY}": to a gift\'s recipient nothing else may go.'
    elif answers and rule.message_class != SERVICE:
        yield "class", f'give it class = "{SERVICE}", for it answers what they did.'
    elif rule.to == OWNER and rule.message_class != SERVICE:
        yield "class", f'give it class = "{SERVICE}": it goes to you.'
    elif sells and rule.message_class != MARKETING:
        yield "class", f'give it class = "{MARKETING}" and a purpose: "{rule.trigger}" is no answer to anything that they did.'
    elif rule.to == RECIPIENT and rule.purpose:
        yield "purpose", "take `purpose` out: a gift's recipient has agreed to nothing, so nothing may rest on it."
    elif rule.message_class == MARKETING and not rule.purpose.strip():
        yield (
            "purpose",
            'give its `purpose`, the consent that it rests on, such as "newsletter": marketing goes to nobody without one.',
        )
    elif rule.message_class != MARKETING and rule.purpose:
        yield (
            "purpose",
            f'take `purpose` out, or give class = "{MARKETING}": a {rule.message_class} message rests on no consent, so none may excuse it.',
        )


def _channel(rule: Rule) -> Iterator[tuple[str, str]]:
    key = "trigger" if rule.channel == EMAIL else "channel"  # e-mail is what it is where nothing is said
    if rule.trigger == "packed" and rule.channel != PARCEL:
        yield key, f'give channel = "{PARCEL}": what is packed is paper in the parcel.'
    elif rule.trigger != "packed" and rule.channel == PARCEL:
        yield "channel", f'give another channel than "{PARCEL}", or trigger = "packed": only then is a parcel open.'
    elif rule.trigger == "no response" and rule.channel not in (POST, CALL):
        yield key, f'give channel = "{POST}" or "{CALL}": who does not answer mail is not mailed more.'
    elif rule.channel in (POST, CALL) and rule.to == RECIPIENT:
        yield (
            "channel",
            f'give channel = "{EMAIL}": where the note is a by-hand task, recipient_note in shop.toml says so.',
        )
    elif rule.channel in (POST, CALL) and (rule.trigger in (*_ANSWERS, *_OF_A_COMPETITION, "drawn") or rule.to == OWNER):
        yield "channel", f'give channel = "{EMAIL}": it is answered at once.'


def _days(rule: Rule) -> Iterator[tuple[str, str]]:
    for key, days, most, triggers in (
        ("after_days", rule.after_days, MAX_AFTER, _AFTER),
        ("before_days", rule.before_days, MAX_BEFORE, _BEFORE),
    ):
        if days and rule.trigger not in triggers:
            yield key, f'take `{key}` out: "{rule.trigger}" has none. It is for {listed(triggers)}.'
        elif not 0 <= days <= most:
            yield key, f"give {key} from 0 to {most}."
    if rule.send_hour is not None and not 0 <= rule.send_hour <= 23:
        yield "send_hour", "give send_hour from 0 to 23."
    if not 0 <= rule.expires_after <= MAX_EXPIRES:
        yield "expires_after", f"give expires_after from 0 (as its class has it) to {MAX_EXPIRES} days."


def _reach(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.audience != "everyone" and rule.trigger not in _OF_AN_ORDER:
        yield "audience", f'take `audience` out: "{rule.trigger}" is about no order. It is for {listed(_OF_AN_ORDER)}.'
    elif rule.audience in ("first order", "repeat") and rule.trigger != "packed":
        yield "audience", f'give audience = "own" or "gift", or none: "{rule.audience}" is for what is packed.'
    elif rule.to == RECIPIENT and rule.audience not in ("everyone", "gift"):
        yield "audience", f'give audience = "gift", or none: "{rule.audience}" has no recipient.'
    for need in rule.needs:
        if rule.trigger not in _NEEDS[need]:
            yield "needs", f'take "{need}" out of `needs`: it can only be asked for {listed(_NEEDS[need])}.'
    meant: Mapping[str, Trigger] = {"storefront sends receipt": "order", "storefront sends dispatch": "dispatch"}
    if rule.unless and meant[rule.unless] != rule.trigger:
        yield "unless", f'take `unless` out: "{rule.unless}" is for trigger = "{meant[rule.unless]}".'


def _once(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.once and (rule.trigger in (*_ANSWERS, *_OF_A_COMPETITION) or rule.to == OWNER):
        yield "once", "take `once` out: it answers each time."
    elif rule.once and rule.message_class == SERVICE:
        yield "once", "take `once` out: service is owed each time."
    elif rule.once == "order" and rule.trigger not in _ABOUT_AN_ORDER:
        yield "once", f'give another `once` than "order": "{rule.trigger}" is about none.'
    elif rule.to == RECIPIENT and rule.once in ("order", "year"):
        yield "once", f'give once = "person", or none: a gift\'s recipient gets one note, ever, not one for each {rule.once}.'


def _mode(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.mode == "ask" and (rule.message_class == SERVICE or rule.channel == PARCEL):
        why = "paper is printed when you ask for it" if rule.channel == PARCEL else "nobody could wait for your yes"
        yield "mode", f'give mode = "on" or "off": {why}.'


def _in_shop(rule: Rule, shop: Shop) -> Iterator[tuple[str, str]]:
    if rule.mode == "off":
        return
    manners = shop.manners
    quiet = rule.send_hour is not None and is_quiet(rule.send_hour, manners.quiet_from, manners.quiet_to)
    if quiet and rule.message_class != SERVICE and rule.channel == EMAIL:
        yield (
            "send_hour",
            f"give a send_hour outside the quiet hours of shop.toml ({manners.quiet_from} to {manners.quiet_to}): its mail would wait until they end.",
        )
    if rule.message_class == MARKETING and rule.purpose.strip() and not _is_asked_for(rule, shop):
        by = "" if rule.channel == PARCEL else f' and channel "{rule.channel}"'
        yield (
            "purpose",
            f'add a [[wordings]] to shop.toml for purpose "{rule.purpose}"{by}: without the words that people said yes to, nobody can agree.',
        )
    if rule.trigger == "order" and rule.channel == EMAIL and rule.message_class == SERVICE and applies(rule, shop):
        unfit = not (shop.terms.strip() and shop.withdrawal.strip())
        # where the storefront sends none, the shop's own check says so
        if unfit and shop.storefront.sends_receipt:
            yield (
                "unless",
                'give `terms` and `withdrawal` in shop.toml, or unless = "storefront sends receipt": a receipt needs both texts.',
            )


def _is_asked_for(rule: Rule, shop: Shop) -> bool:
    # paper in a parcel goes to who agreed by whichever channel
    return any(
        wording.purpose == rule.purpose and rule.channel in (wording.channel, PARCEL) and wording.locale == shop.locale
        for wording in shop.wordings
    )
