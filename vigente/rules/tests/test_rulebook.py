"""The rulebook: the founding vendor's rules by default, checked, and the same after a round trip."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.periods import Months
from vigente.rules.precedence import Order
from vigente.rules.pricing import DiscountRule
from vigente.rules.reasons import Code, Reason
from vigente.rules.rulebook import DrawBy, EmailIntake, PackValidity, Rulebook

counts = st.integers(0, 400)
rulebooks = st.builds(
    Rulebook,
    billing_zone=st.sampled_from(["America/Managua", "America/Guatemala", "UTC"]),
    plans_required_from=st.none() | st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC)),
    months=st.sampled_from(Months),
    order=st.sampled_from(Order),
    overdue_first=st.booleans(),
    intake_email=st.sampled_from(EmailIntake),
    pack_validity=st.sampled_from(PackValidity),
    draw_by=st.sampled_from(DrawBy),
    hold_days=counts,
    notice_days=counts,
    favour_limits=st.dictionaries(st.sampled_from(["agent", "supervisor", "owner"]), st.none() | counts),
    discounts=st.lists(
        st.builds(
            DiscountRule,
            code=st.text(min_size=1, max_size=9),
            edition=st.sampled_from([None, "WEB"]),
            hosting=st.sampled_from([None, "vendor_cloud"]),
            basis_points=st.integers(0, 10_000),
            applies_to_packs=st.booleans(),
            plan=st.sampled_from([None, "basic"]),
            organization=st.sampled_from([None, 7]),
            starts=st.none() | st.dates(max_value=date(2029, 12, 31)),
            ends=st.none() | st.dates(min_value=date(2030, 1, 1)),
            coupon=st.sampled_from([None, "JULIO"]),
            terms=st.none() | st.integers(1, 12),
        ),
        unique_by=lambda rule: rule.code,
    ).map(tuple),
)


@given(rulebooks)
def test_a_rulebook_survives_being_written_and_read(book: Rulebook) -> None:
    assert Rulebook.from_json(json.loads(json.dumps(book.to_json()))) == book


FOUNDING_VENDOR = {
    "billing_zone": "America/Managua",
    "plans_required_from": None,
    "exempt_days": 90,
    "months": "anniversary",
    "rollover_max": 0,
    "hold_days": 14,
    "held_retention_days": 90,
    "reopen_days": 7,
    "auto_close_days": 7,
    "split_answer_days": 5,
    "dispute_days": 5,
    "goodwill_on_late_release": True,
    "goodwill_days": 10,
    "intake_email": "portal_only",
    "notice_days": 0,
    "renewal_mail_days": 7,
    "notice_mail_days": 7,
    "notice_mail_days_annual": 30,
    "expiring_mail_days": 5,
    "pack_validity": "current_period",
    "pack_days": 30,
    "pack_return_hours": 24,
    "sell_packs_without_plan": False,
    "activate": "on_payment",
    "order_days": 14,
    "payment_days": 15,
    "grace_days": 5,
    "grace_cases": 1,
    "void_days": 30,
    "dunning_days": [-7, 0, 3, 5],
    "upgrade": "at_renewal",
    "announce_days": 30,
    "draw_by": "anyone",
    "order": "strict",
    "overdue_first": False,
    "favour_limits": {"agent": 5, "supervisor": 20, "owner": None},
    "discounts": [
        {
            "code": "cloud_web",
            "edition": "WEB",
            "hosting": "vendor_cloud",
            "basis_points": 4000,
            "applies_to_packs": False,
        }
    ],
}


def test_an_empty_file_is_the_founding_vendor() -> None:
    assert Rulebook.from_json({}).to_json() == FOUNDING_VENDOR


def test_an_instant_is_read_as_text_or_as_itself() -> None:
    first_of_july = datetime(2026, 7, 1, 6, tzinfo=UTC)
    for written in (first_of_july, "2026-07-01T06:00:00+00:00", "2026-07-01T00:00:00-06:00"):
        assert Rulebook.from_json({"plans_required_from": written}).plans_required_from == first_of_july
    assert Rulebook.from_json({"plans_required_from": ""}).plans_required_from is None


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"hold_day": 3}, "unknown settings: hold_day; known are: activate, announce_days"),
        ({"hold_days": -1}, "hold_days must be a whole number"),
        ({"hold_days": True}, "hold_days must be a whole number"),
        ({"hold_days": "14"}, "hold_days must be a whole number"),
        ({"pack_days": 0}, "pack_days must be at least 1"),
        ({"overdue_first": "no"}, "overdue_first must be true or false"),
        ({"order": "loudest"}, "order is one of strict, fair, not 'loudest'"),
        ({"intake_email": 1}, "intake_email is one of portal_only, accept, refuse"),
        ({"billing_zone": "Managua"}, "billing_zone is not a time zone"),
        ({"billing_zone": "America"}, "billing_zone is not a time zone"),
        ({"plans_required_from": "2026-07-01"}, "must be an instant with a time zone"),
        ({"plans_required_from": 20260701}, "must be an instant with a time zone"),
        ({"favour_limits": {"agent": -1}}, "favour_limits.agent"),
        ({"favour_limits": {"agent": "5"}}, "favour_limits.agent"),
        ({"discounts": [{"code": "x"}]}, "a discount has applies_to_packs"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Rulebook.from_json(wrong)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ValueError, match="hold_days.*; .*billing_zone"):
        Rulebook(hold_days=-1, billing_zone="Managua")


@given(
    st.sampled_from(Code),
    st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5)),
)
def test_a_reason_survives_being_written_and_read(code: Code, params: dict[str, str | int | None]) -> None:
    reason = Reason(code, params)
    assert Reason.from_json(json.loads(json.dumps(reason.to_json()))) == reason
