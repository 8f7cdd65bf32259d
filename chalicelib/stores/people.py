"""People: claim, contact, standing and consents, all under the person's id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chalicelib.domain.calendar import stamp
from chalicelib.domain.claim import LINK_LASTS, Claim, Contact
from chalicelib.domain.consent import EMAIL, NEWSLETTER, SOFT, Asking, Consent, consent_key
from chalicelib.domain.delivery import BOUNCED, COMPLAINED
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.playbook import RECIPIENT
from chalicelib.domain.retention import LEDGER
from chalicelib.domain.standing import SERVICE, Standing, with_had, with_heard
from chalicelib.ports import Table
from chalicelib.stores import pages
from chalicelib.stores.codec import from_item, to_item
from chalicelib.table import TTL, Below, Check, Condition, Delete, Equals, Exists, Item, Key, Lacks, Missing, Put, Update, Value


def standing_key(person: str) -> Key:
    """What the person may be sent."""
    return f"P#{person}", "STANDING"


def contact_key(person: str) -> Key:
    """Name and address of a person by their own act."""
    return f"P#{person}", "CONTACT"


def claim_key(person: str, offer: str) -> Key:
    """The claim for an offer that waits for its click."""
    return f"P#{person}", f"CLAIM#{offer}"


def asking_key(person: str) -> Key:
    """The consents that wait for the click in the mail that asks for them."""
    return f"P#{person}", "ASKED"


def load_standing(item: Item | None, person: str) -> Standing:
    """A person of whom nothing is known may be written to about their own doings."""
    return from_item(item, Standing) if item is not None else Standing(person)


def load_contact(item: Item | None, now: datetime) -> Contact | None:
    """None when there is none, or when its day is over: the table may take days to notice."""
    if item is None:
        return None
    until = item.get(TTL)
    return None if isinstance(until, int) and until <= now.timestamp() else from_item(item, Contact)


def load_claim(item: Item | None, now: datetime) -> Claim | None:
    """None when there is none, or when its seven days are over: the table may take days to notice."""
    claim = from_item(item, Claim) if item is not None else None
    return claim if claim is not None and now < claim.mailed_at + LINK_LASTS else None


def put_claim(claim: Claim, before: Item | None) -> Put:
    """In place of the claim read before; loses when another came between."""
    ttl = int((claim.mailed_at + LINK_LASTS).timestamp())
    # a default is left out of the item, and claimed_again() must not count from nothing
    return Put(
        to_item(claim_key(claim.person, claim.offer.name), claim, times=claim.times, **{TTL: ttl}), when=(_unchanged(before),)
    )


def _unchanged(before: Item | None) -> Condition:
    return Missing() if before is None else Equals("id", str(before["id"]))


def claimed_again(claim: Claim) -> Update:
    """Counted, and nothing else of it changed."""
    return Update(claim_key(claim.person, claim.offer.name), add={"times": 1}, when=(Equals("id", claim.id),))


def claim_confirmed(claim: Claim, now: datetime) -> Update:
    """Loses when it was confirmed before, or a newer claim took its place."""
    return Update(
        claim_key(claim.person, claim.offer.name),
        set={"confirmed_at": stamp(now)},
        when=(Equals("id", claim.id), Lacks("confirmed_at")),
    )


def load_asking(item: Item | None, now: datetime) -> Asking | None:
    """None when there is none, or when its seven days are over: the table may take days to notice."""
    asking = from_item(item, Asking) if item is not None else None
    return asking if asking is not None and now < asking.asked_at + LINK_LASTS else None


def put_asking(asking: Asking, before: Item | None) -> Put:
    """In place of the one read before; loses when another came between."""
    ttl = int((asking.asked_at + LINK_LASTS).timestamp())
    return Put(to_item(asking_key(asking.person), asking, **{TTL: ttl}), when=(_unchanged(before),))


def asking_confirmed(asking: Asking, now: datetime) -> Update:
    """Loses when it was confirmed before, or a newer one took its place."""
    return Update(
        asking_key(asking.person), set={"confirmed_at": stamp(now)}, when=(Equals("id", asking.id), Lacks("confirmed_at"))
    )


def put_contact(contact: Contact, before: Item | None, until: datetime | None) -> Put:
    """Kept until then, or with a consent (None) for as long as that is in force. `before`: one whose day is over. Loses to any other."""
    ttl = {TTL: int(until.timestamp())} if until else {}
    return Put(to_item(contact_key(contact.person), contact, **ttl), when=(Exists() if before else Missing(),))


def keep_contact(person: str, until: datetime | None) -> Update:
    """As put_contact, for one that is there."""
    if until is None:
        return Update(contact_key(person), remove=(TTL,), when=(Exists(),))
    return Update(contact_key(person), set={TTL: int(until.timestamp())}, when=(Exists(),))


def let_contact_go(person: str, until: datetime) -> Update:
    """Kept no longer than that, where nothing has given it a last day yet."""
    return Update(contact_key(person), set={TTL: int(until.timestamp())}, when=(Exists(), Lacks(TTL)))


def put_consent(consent: Consent) -> Put:
    """One more line of the ledger."""
    key = (f"P#{consent.person}", f"CONSENT#{consent.purpose}#{consent.channel}#{stamp(consent.confirmed_at)}")
    return Put(to_item(key, consent, **{TTL: int((consent.confirmed_at + LEDGER).timestamp())}), when=(Missing(),))


def _as_checked(standing: Standing) -> tuple[Condition, ...]:
    return (Equals("version", standing.version),) if standing.version else (Below("version", 1),)


def unchanged(standing: Standing) -> Check:
    """Holds only if the standing is as it was read."""
    return Check(standing_key(standing.person), when=_as_checked(standing))


def confirmed(standing: Standing, *consents: Consent) -> Update:
    """After a click in a mail that reached them: reachable again unless they complained, and with a new consent no longer stopped."""
    reached = () if standing.unreachable_why == COMPLAINED else ("unreachable_at", "unreachable_why", "second_chance")
    undone = ("stopped_at", "stopped_by", "never_at") if consents else ()
    return _agreed(standing, consents, remove=(*reached, *undone))


def told_of(standing: Standing, consents: Sequence[Consent]) -> Update:
    """Consents that the owner holds the proof of: nothing that the person asked for is undone by them."""
    return _agreed(standing, consents)


def _agreed(standing: Standing, consents: Sequence[Consent], remove: tuple[str, ...] = ()) -> Update:
    set_: dict[str, Value] = {"person": standing.person, "version": standing.version + 1}
    if consents:
        new = {consent_key(consent.purpose, consent.channel): stamp(consent.confirmed_at) for consent in consents}
        set_["consents"] = {**standing.consents, **new}
    soft = [stamp(consent.confirmed_at) for consent in consents if consent.basis == SOFT]
    if soft:
        set_["soft_at"] = soft[-1]
    return Update(standing_key(standing.person), set=set_, remove=remove, when=_as_checked(standing))


def stopped(person: str, now: datetime) -> Update:
    """No courtesy and no marketing, from this commit on. Never loses: a stop asks no questions."""
    return Update(
        standing_key(person),
        set={"person": person, "stopped_at": stamp(now), "consents": {}},
        add={"version": 1},
        remove=("stopped_by",),
    )


def never(person: str, now: datetime) -> Update:
    """As a stop, and by no other channel either. Never loses."""
    return Update(
        standing_key(person),
        set={"person": person, "stopped_at": stamp(now), "never_at": stamp(now), "consents": {}},
        add={"version": 1},
        remove=("stopped_by",),
    )


def objected(standing: Standing, at: datetime, source: str) -> Update:
    """As a stop, told of by a storefront. Loses when the standing changed since it was read."""
    return Update(
        standing_key(standing.person),
        set={
            "person": standing.person,
            "version": standing.version + 1,
            "stopped_at": stamp(at),
            "stopped_by": source,
            "consents": {},
        },
        when=_as_checked(standing),
    )


def consents_ended(standing: Standing, now: datetime) -> Update:
    """Nothing that rests on a consent goes any more; no stop was asked for. Loses when the standing changed since it was read."""
    return Update(
        standing_key(standing.person),
        set={"consents": {}, "declined_at": stamp(now), "version": standing.version + 1},
        when=_as_checked(standing),
    )


def declined(standing: Standing, at: datetime) -> Update:
    """They said no where silence would have been a yes; no consent was in force that this could end. Loses as consents_ended."""
    return Update(
        standing_key(standing.person),
        set={"person": standing.person, "declined_at": max(standing.declined_at, stamp(at)), "version": standing.version + 1},
        when=_as_checked(standing),
    )


def one_ended(standing: Standing, name: str, at: datetime) -> Update:
    """One consent, as purpose/channel, is in force no more; all else stays. Loses when the standing changed since it was read."""
    left: dict[str, Value] = {key: at for key, at in standing.consents.items() if key != name}
    return Update(
        standing_key(standing.person),
        set={"consents": left, "declined_at": max(standing.declined_at, stamp(at)), "version": standing.version + 1},
        when=_as_checked(standing),
    )


def chose(
    standing: Standing,
    now: datetime,
    *,
    given: Sequence[Consent] = (),
    ended: Sequence[str] = (),
    pace: str,
    paused_until: str,
    reached: bool = False,
) -> Update:
    """They saved their preferences. A new consent of theirs undoes a stop; `ended`, as purpose/channel, are in force no more. `reached`: the link that they
    followed shows that mail reaches them. Loses when the standing changed since it was read.
    """
    left = {name: at for name, at in standing.consents.items() if name not in ended}
    new = {consent_key(consent.purpose, consent.channel): stamp(consent.confirmed_at) for consent in given}
    said: dict[str, str] = {"pace": pace, "paused_until": paused_until}
    set_: dict[str, Value] = {"person": standing.person, "version": standing.version + 1, "saved_at": stamp(now)}
    set_ |= {"consents": {**left, **new}, **{name: value for name, value in said.items() if value}}
    if consent_key(NEWSLETTER, EMAIL) in ended:  # so that no yes from before, told late by a storefront, brings it back
        set_["declined_at"] = max(standing.declined_at, stamp(now))
    undone = ("stopped_at", "stopped_by", "never_at") if given else ()
    opened = ("unreachable_at", "unreachable_why", "second_chance") if reached else ()
    remove = (*undone, *opened, *(name for name, value in said.items() if not value))
    return Update(standing_key(standing.person), set=set_, remove=remove, when=_as_checked(standing))


def withdrawn(standing: Standing, now: datetime, source: str = "stop link") -> list[Put]:
    """A line of the ledger for each consent that a stop ends. Never loses."""
    return [
        Put(
            {
                "pk": f"P#{standing.person}",
                "sk": f"CONSENT#{name.replace('/', '#')}#{stamp(now)}#withdrawn",
                "person": standing.person,
                "basis": "withdrawn",
                "withdrawn_at": stamp(now),
                "source": source,
                TTL: int((now + LEDGER).timestamp()),
            }
        )
        for name in sorted(standing.consents)
    ]


def unreachable(person: str, why: str, now: datetime) -> Update:
    """Nothing by e-mail, from this commit on. Of a bounce, loses when the address is closed already: it must not cover up a complaint."""
    return Update(
        standing_key(person),
        set={"person": person, "unreachable_at": stamp(now), "unreachable_why": why},
        add={"version": 1},
        when=(Lacks("unreachable_at"),) if why == BOUNCED else (),
    )


def authorised(standing: Standing, follow_up: FollowUp, now: datetime, *, once: bool = False) -> Update | Check:
    """Holds only if the standing is as the checks saw it. Courtesy and marketing are entered in the cap list, the note for ever, and what
    somebody gets once.
    """
    set_: dict[str, Value] = {}
    if follow_up.message_class != SERVICE:
        set_["heard"] = dict(with_heard(standing, follow_up.id, now))
    if follow_up.role == RECIPIENT:
        set_["noted"] = follow_up.id
    if once:
        set_["had"] = dict(with_had(standing, follow_up.rule, follow_up.id, now))
    if standing.unreachable_at:
        set_["second_chance"] = follow_up.id
    if not set_:
        return Check(standing_key(standing.person), when=_as_checked(standing))
    set_ |= {"person": standing.person, "version": standing.version + 1}
    return Update(standing_key(standing.person), set=set_, when=_as_checked(standing))


def handed_over(standing: Standing, follow_up: FollowUp, now: datetime, *, once: bool = False) -> Update:
    """Courtesy and marketing by hand is heard like any; and the recipient's note is the one note, too."""
    set_: dict[str, Value] = {"person": standing.person, "version": standing.version + 1}
    set_["heard"] = dict(with_heard(standing, follow_up.id, now))
    if follow_up.role == RECIPIENT:
        set_["noted"] = follow_up.id
    if once:
        set_["had"] = dict(with_had(standing, follow_up.rule, follow_up.id, now))
    return Update(standing_key(standing.person), set=set_, when=_as_checked(standing))


def forget(table: Table, person: str) -> list[Delete]:
    """What is to be deleted where they ask to be forgotten: name and address, in contact, claims and what waits for a click, and whatever
    they told of themselves, to us or to whoever rang them up. Standing and ledger hold none of it.
    """
    told = [
        item for prefix in ("CLAIM#", "FACT#", "INQUIRY#", "TASK#") for item in pages.below(table, f"P#{person}", prefix=prefix)
    ]
    return [
        Delete(contact_key(person)),
        Delete(asking_key(person)),
        *(Delete((str(item["pk"]), str(item["sk"]))) for item in told),
    ]


def ledger(table: Table, person: str) -> list[Consent]:
    """Every consent that they ever gave, oldest first of each purpose and channel; what was withdrawn is told by the standing."""
    lines = pages.below(table, f"P#{person}", prefix="CONSENT#")
    return [from_item(item, Consent) for item in lines if not str(item["sk"]).endswith("#withdrawn")]


def stands_again(before: Standing, after: Standing) -> Update:
    """What a restored table had forgotten of the person. Loses when the standing changed since it was read."""
    facts = {
        name: getattr(after, name)
        for name in ("stopped_at", "stopped_by", "never_at", "unreachable_at", "unreachable_why", "noted", "saved_at", *_UNDONE)
    }
    return Update(
        standing_key(after.person),
        set={
            "person": after.person,
            "version": after.version,
            "consents": dict(after.consents),
            "heard": dict(after.heard),
            "had": dict(after.had),
            **{name: found for name, found in facts.items() if found},
        },
        remove=tuple(name for name in _UNDONE if not facts[name]),
        when=_as_checked(before),
    )


_UNDONE = ("stopped_by", "pace", "paused_until")
"""What may be there before a restore and must not be after it."""
