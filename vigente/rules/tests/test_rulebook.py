"""The rulebook: the founding vendor's rules by default, checked, and the same after a round trip."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.periods import Months
from vigente.rules.precedence import Order
from vigente.rules.pricing import DiscountRule, price
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
        )
    ).map(tuple),
)


@given(rulebooks)
def test_a_rulebook_survives_being_written_and_read(book: Rulebook) -> None:
    assert Rulebook.from_json(json.loads(json.dumps(book.to_json()))) == book


def test_an_empty_file_is_the_founding_vendor() -> None:
    book = Rulebook.from_json({})
    assert book == Rulebook()
    assert (book.order, book.intake_email, book.pack_validity) == ("strict", "portal_only", "current_period")
    assert (book.hold_days, book.reopen_days, book.notice_days, book.rollover_max) == (14, 7, 0, 0)
    got = price(list_minor=100, edition="WEB", hosting="vendor_cloud", discounts=book.discounts)
    assert got.total_minor == 60


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"hold_day": 3}, "unknown settings: hold_day; known are: auto_close_days"),
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
        ({"favour_limits": {"agent": -1}}, "favour_limits.agent"),
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
