"""One more event of an order, taken in. Events may come in any order and any number and give one state: what is newer by the storefront's own
time wins, and where two have one time, something in themselves decides, never their arrival.
"""

from __future__ import annotations

import msgspec

from chalicelib.domain.calendar import stamp
from chalicelib.domain.gift import ASK, GIFT, NOT, Gift, GiftTable, Judgement, Verdict, judge
from chalicelib.domain.order import MAX_PARCELS, MAX_REFUNDS, Learnt, Order, Parcel, Refund, View, Word


def judged(learnt: Learnt, table: GiftTable) -> Judgement:
    """What the event's signs make of the order."""
    if learnt.view is None or learnt.signs is None:
        return Judgement()
    return judge(learnt.signs, learnt.view.buyer.name, [line.title for line in learnt.view.lines], table)


def merge(order: Order, learnt: Learnt, found: Judgement) -> Order:
    """The order with one more event taken in. Commutes, and taking an event twice changes nothing. `found`: the event's signs, judged."""
    view, gift, signs = order.view, order.gift, order.signs
    if learnt.view is not None and (view is None or _rank(learnt.view) >= _rank(view)):
        # of two events alike but for the gift, the one that says more of it wins
        told = (found.verdict, found.signs)
        gift, signs = max((gift, signs), told, key=_verdict_rank) if learnt.view == view else told
        view = learnt.view
    cancellations = [at for at in (order.cancelled_at, learnt.view and learnt.view.cancelled_at) if at]
    parcels = {parcel.id: parcel for parcel in order.parcels}
    for parcel in learnt.parcels:
        parcels[parcel.id] = _merge_parcel(parcels.get(parcel.id), parcel)
    refunds = {refund.id: refund for refund in order.refunds}
    for refund in learnt.refunds:
        refunds[refund.id] = _merge_refund(refunds.get(refund.id, refund), refund)
    return msgspec.structs.replace(
        order,
        view=view,
        gift=gift,
        signs=signs,
        cancelled_at=min(cancellations, default=None),
        parcels=tuple(parcels[id_] for id_ in sorted(parcels)[:MAX_PARCELS]),
        refunds=tuple(refunds[id_] for id_ in sorted(refunds)[:MAX_REFUNDS]),
        deleted=order.deleted or learnt.gone == "deleted",
        restored=order.restored or learnt.gone == "restored",
        gift_word=_newer(order.gift_word, learnt.word if learnt.word and learnt.word.gift is not None else None),
        arrival_word=_newer(order.arrival_word, learnt.word if learnt.word and learnt.word.arrived_at else None),
        history=order.history or (learnt.history and order.view is None),
    )


def merge_gift(order: Order, kept: Gift | None, learnt: Learnt, found: Judgement) -> Gift | None:
    """The recipient's side with one more event taken in, whatever the verdict. `order` as it was before the event, `kept` its recipient's side."""
    if learnt.view is None:
        return kept
    if order.view is None or _rank(learnt.view) > _rank(order.view):
        gift = found.gift
    elif learnt.view == order.view:
        gift = _gift_of_two(order, kept, found)
    else:
        return kept
    return msgspec.structs.replace(gift, thanks=kept.thanks) if gift is not None and kept is not None else gift


def _gift_of_two(order: Order, kept: Gift | None, found: Judgement) -> Gift | None:
    """Of two events with one view: the gift goes with the verdict, which goes by its signs."""
    before, now = _verdict_rank((order.gift, order.signs)), _verdict_rank((found.verdict, found.signs))
    if before == now:
        return max(kept, found.gift, key=_gift_rank)
    return found.gift if now > before else kept


def _rank(seen: View) -> tuple[str, int, bool, bytes]:
    # two events may carry one time; the one that calls more off wins (but what is paid does not become unpaid), and then their own
    # bytes, so that the order of arrival never decides; one whose lines could not be asked for yields to the same with them
    off = int(seen.refunded or seen.test or seen.called_off) - int(seen.unpaid)
    return stamp(seen.seen_at), off, bool(seen.lines), msgspec.json.encode(seen)


def _parcel_rank(parcel: Parcel) -> tuple[bool, str, bytes]:
    # what only its journey was heard of says nothing about the rest, however new
    return parcel.dispatched_at is not None, stamp(parcel.seen_at), msgspec.json.encode(parcel)


def _merge_refund(old: Refund, new: Refund) -> Refund:
    """Money that went back stays back: the larger sum counts, from the first time that any of it was seen."""
    at = min(old.at, new.at)
    dated = (msgspec.structs.replace(one, at=at) for one in (old, new))
    return max(dated, key=lambda one: (one.amount.amount, msgspec.json.encode(one)))


def _verdict_rank(told: tuple[Verdict, tuple[str, ...]]) -> tuple[int, tuple[str, ...]]:
    return (NOT, ASK, GIFT).index(told[0]), told[1]


def _gift_rank(gift: Gift | None) -> tuple[bool, bytes]:
    # what says something before what says nothing; without the recipient's thanks, which no event carries
    told = msgspec.structs.replace(gift or Gift(), thanks="")
    return told != Gift(), msgspec.json.encode(told)


def _newer(old: Word | None, new: Word | None) -> Word | None:
    words = [word for word in (old, new) if word is not None]
    return max(words, key=lambda word: (stamp(word.at), msgspec.json.encode(word)), default=None)


def _merge_parcel(old: Parcel | None, new: Parcel) -> Parcel:
    if old is None:
        return new
    deliveries = [at for at in (old.delivered_at, new.delivered_at) if at]
    delivered = min(deliveries, default=None)
    # ranked without the merged time, else a merged parcel would outrank its own parts
    newest = max((msgspec.structs.replace(parcel, delivered_at=None) for parcel in (old, new)), key=_parcel_rank)
    return msgspec.structs.replace(newest, delivered_at=delivered)
