"""R2, R3, R7, R11: an annual plan, the discount of our cloud, and terms of before that are kept until they expire."""

from datetime import timedelta

import pytest

from stories.conftest import local
from vigente.billing.models import Grant
from vigente.billing.queries import meter_of, price_of
from vigente.billing.services.licences import set_hosting
from vigente.billing.services.subscriptions import subscribe
from vigente.factories import make_customer, make_version

pytestmark = pytest.mark.django_db


def test_a_customer_in_our_cloud_pays_forty_percent_less_until_it_moves_to_its_own_server(supervisor):
    now = local("2026-07-01T09:00")
    shop = make_customer(
        "Farmacia La Cruz", now=now, hosting="vendor_cloud", version=make_version(price_minor=120_000)
    )

    def total(at):
        return price_of(
            version=shop.version, licence=shop.licence, organization=shop.organization, now=at
        ).total_minor

    assert total(now) == 72_000
    set_hosting(licence=shop.licence, hosting="customer", now=now + timedelta(days=40), actor=supervisor)
    assert total(now + timedelta(days=40)) == 120_000


def test_an_annual_plan_grants_every_month_and_renews_by_itself_after_twelve(pass_time, books_balance):
    now = local("2028-02-29T09:00")
    shop = make_customer(now=now, version=make_version(cases=3, interval="year"))
    shop.ticket(now)
    at = now
    while at < local("2029-04-15T00:00"):
        at += timedelta(days=9)
        pass_time(at)
    books_balance(at)
    starts = [
        grant.start.astimezone(local("2028-02-29T00:00").tzinfo) for grant in Grant.objects.order_by("start")
    ]
    assert [f"{start:%m-%d}" for start in starts] == [
        "02-29", "03-29", "04-29", "05-29", "06-29", "07-29", "08-29",
        "09-29", "10-29", "11-29", "12-29", "01-29", "02-28", "03-29",
    ]  # fmt: skip
    assert meter_of(organization=shop.organization, licence=shop.licence, now=at).left == 3


def test_whoever_had_a_plan_before_keeps_it_until_it_expires_and_is_then_asked_to_choose(
    pass_time, books_balance
):
    now = local("2026-07-01T09:00")
    shop = make_customer("Agro Estelí", now=now, plan=False)
    old_terms = make_version(
        cases=None, rank=1, is_public=False, sold_until=now - timedelta(days=90), name="Soporte 2025"
    )
    subscribe(
        organization=shop.organization,
        licence=shop.licence,
        version=old_terms,
        source="legacy",
        anchor=local("2026-01-15T00:00"),
        ends_at=local("2027-01-15T00:00"),
        now=now,
    )
    for month in range(7, 13):
        at = local(f"2026-{month:02}-20T10:00")
        pass_time(at)
        for _ in range(5):
            assert shop.ticket(at).rank == 1
    last = local("2027-01-14T23:59:59")
    assert shop.ticket(last).decision_value().left is None
    over = local("2027-01-15T00:00")
    pass_time(over)
    shop.held(over)
    books_balance(over)
