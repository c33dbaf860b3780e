"""R1, R2, R4, R5, R6, R10: a shop that pays month by month, runs out, buys more, leaves and comes back."""

import pytest

from stories.conftest import local
from vigente.billing.queries import meter_of, statement
from vigente.billing.services.packs import add_pack
from vigente.billing.services.subscriptions import give_notice, subscribe
from vigente.factories import make_customer, make_version
from vigente.rules.reasons import Code
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services import conversation, work

pytestmark = pytest.mark.django_db


def test_a_year_of_a_monthly_customer(agent, pass_time, books_balance):
    # R1: on 1 July support needs a plan; the shop has none yet, and nothing it writes is lost.
    july = local("2026-07-01T09:00")
    shop = make_customer("Ferretería El Clavo", now=july, plan=False)
    first = shop.held(july)
    assert first.decision_value().reasons[0].code is Code.NO_PLAN

    # It contracts two cases a month; the request that waited is let in and answered.
    version = make_version(cases=2, rank=2, name="Tienda")
    later = local("2026-07-02T10:00")
    contract = subscribe(organization=shop.organization, licence=shop.licence, version=version, now=later)
    pass_time(later)
    first.refresh_from_db()
    assert first.status == "released"
    ticket = work.take_next(agent=agent, now=later)
    assert ticket == first.ticket
    conversation.reply(ticket=ticket, author=agent, text="Recalcule existencias.", channel="web", now=later)
    work.solve(ticket=ticket, actor=agent, now=local("2026-07-02T15:00"))
    books_balance(local("2026-07-02T16:00"))

    # R2: what is not used by the end of the month is gone; a new month brings two more (R5, by itself).
    august = local("2026-08-02T00:00")
    pass_time(august)
    assert meter_of(organization=shop.organization, licence=shop.licence, now=august).left == 2
    assert [
        line.cases for line in statement(organization=shop.organization, now=august) if line.kind == "expiry"
    ] == [-1]

    # R6: out of cases on the 20th, it buys one for the current month; it does not last into the next.
    busy = local("2026-08-20T11:00")
    shop.ticket(busy)
    shop.ticket(busy)
    assert isinstance(shop.ask(busy), HeldRequest)
    add_pack(
        organization=shop.organization,
        licence=shop.licence,
        subscription=contract,
        cases=2,
        key="agosto",
        now=busy,
    )
    pass_time(busy)
    assert HeldRequest.objects.filter(status="waiting").count() == 0
    september = local("2026-09-02T00:00")
    pass_time(september)
    assert meter_of(organization=shop.organization, licence=shop.licence, now=september).left == 2

    # R5: notice before the month ends; what is left stays usable to the last instant, and then R1 again.
    pass_time(local("2026-09-30T22:00"))
    notice = give_notice(subscription=contract, now=local("2026-10-01T23:59"))
    assert notice.effective == local("2026-10-02T00:00")
    assert isinstance(shop.ask(local("2026-10-01T23:59:30")), Ticket)
    october = local("2026-10-02T00:00")
    pass_time(october)
    assert isinstance(shop.ask(october), HeldRequest)
    books_balance(october)

    # R4: months later it activates the plan that suits it then, on a day of its own, without grants for the gap.
    pass_time(local("2027-01-31T08:00"))
    again = local("2027-01-31T09:00")
    subscribe(
        organization=shop.organization,
        licence=shop.licence,
        version=make_version(cases=10, rank=1),
        now=again,
    )
    pass_time(again)
    assert meter_of(organization=shop.organization, licence=shop.licence, now=again).left == 10
    for month in ("2027-02-28T00:00", "2027-03-31T00:00", "2027-04-30T00:00", "2027-07-01T00:00"):
        pass_time(local(month))
        books_balance(local(month))
    grants = [
        line
        for line in statement(organization=shop.organization, now=local("2027-07-01T00:00"))
        if line.kind == "grant"
    ]
    days = [line.at.astimezone(local(month).tzinfo).strftime("%m-%d") for line in grants if line.cases == 10]
    assert days == ["01-31", "02-28", "03-31", "04-30", "05-31", "06-30"]
