from __future__ import annotations

import pytest
from hypothesis import given

from chalicelib.domain.follow_up import CANCELLED
from chalicelib.domain.playbook import Rule
from chalicelib.domain.screening import Case, End, Send, screen
from chalicelib.domain.screening.basis import check
from chalicelib.domain.standing import COURTESY, MARKETING, SERVICE
from tests.factories import case, follow_up
from tests.support.histories import selling
from tests.support.properties import cases, thorough

YES = {"consents": {"newsletter/e-mail": "2026-01-01T00:00:00Z"}}


@pytest.mark.parametrize(
    ("message_class", "person", "shop", "standing", "goes"),
    [
        (SERVICE, "DE", "DE", {}, True),
        (COURTESY, "GB", "GB", {}, True),
        (COURTESY, "US", "IE", {}, True),
        (COURTESY, "DE", "GB", {}, False),
        (COURTESY, "GB", "DE", {}, False),
        (COURTESY, "FR", "GB", {}, False),
        (COURTESY, "", "GB", {}, False),
        (COURTESY, "gb", "GB", {}, False),
        (COURTESY, "DE", "GB", YES, True),
        (MARKETING, "GB", "GB", {}, False),
        (MARKETING, "GB", "GB", {"consents": {"newsletter/post": "2026-01-01T00:00:00Z"}}, False),
        (MARKETING, "DE", "DE", YES, True),
    ],
)
def test_class_country_and_consent_decide(
    message_class: str, person: str, shop: str, standing: dict[str, object], *, goes: bool
) -> None:
    found = check(
        case(follow_up=follow_up(message_class=message_class), country=person, shop={"country": shop}, standing=standing)
    )
    assert (found is None) == goes
    assert found is None or (isinstance(found, End) and (found.state, found.reason.kind) == (CANCELLED, "no-consent"))


def test_the_owner_may_add_a_country() -> None:
    assert check(case(country="AT", manners={"courtesy_countries": ("GB", "AT")})) is None


def test_a_note_passes_to_be_written_by_hand() -> None:
    assert check(case(follow_up=follow_up(role="recipient"), country="DE")) is None


@pytest.mark.parametrize("standing", [{}, YES])
def test_no_marketing_ever_follows_a_gift(standing: dict[str, object]) -> None:
    assert check(case(follow_up=follow_up(role="recipient", message_class=MARKETING), standing=standing)) is not None


@pytest.mark.parametrize(
    ("agreed", "purpose", "channel", "goes"),
    [
        ("care/e-mail", "care", "e-mail", True),
        ("newsletter/e-mail", "care", "e-mail", False),
        ("care/post", "care", "e-mail", False),
        ("offers/post", "offers", "post", True),
        ("offers/post", "offers", "call", False),
        ("offers/call", "offers", "call", True),
        ("newsletter/e-mail", "", "e-mail", False),
    ],
)
def test_a_yes_holds_for_its_purpose_and_channel_alone(agreed: str, purpose: str, channel: str, *, goes: bool) -> None:
    rests_on = Rule(name="r", trigger="item", to="contact", message_class="marketing", purpose=purpose, channel=channel)  # type: ignore[arg-type]
    found = case(
        follow_up=follow_up(message_class=MARKETING), rule=rests_on, standing={"consents": {agreed: "2026-01-01T00:00:00Z"}}
    )
    assert (check(found) is None) == goes


def test_marketing_of_a_rule_that_is_gone_rests_on_nothing() -> None:
    assert check(case(follow_up=follow_up(message_class=MARKETING), rule=None, standing=YES)) is not None


@thorough
@given(selling())
def test_no_other_yes_than_its_own_lets_marketing_go(found: Case) -> None:
    assert found.rule is not None
    assert (check(found) is None) == (f"{found.rule.purpose}/{found.rule.channel}" in found.standing.consents)


@thorough
@given(cases(message_class=MARKETING))
def test_marketing_goes_by_consent_alone(found: Case) -> None:
    assert screen(found) != Send() or (found.standing.consents and found.follow_up.role != "recipient")
