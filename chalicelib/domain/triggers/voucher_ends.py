"""A voucher runs out, and its holder asked to be told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.domain.calendar import local_day, stamp
from chalicelib.domain.playbook import Rule
from chalicelib.domain.reason import Reason
from chalicelib.domain.triggers.moment import Moment, Outlook, at_send_hour


def moments(rule: Rule, outlook: Outlook) -> Iterator[Moment]:
    """Some days before each voucher of theirs ends that nobody has spent."""
    for voucher in outlook.history.vouchers:
        if voucher.redeemed_by or voucher.ends_at <= outlook.now:
            continue
        day = local_day(voucher.ends_at, outlook.shop.zone) - timedelta(days=rule.before_days)
        yield Moment(
            anchor=voucher.offer,
            at=at_send_hour(day, rule, outlook.shop),
            why=Reason("voucher-ends", {"at": stamp(voucher.ends_at)}),
            extra={"code": voucher.code},
        )
