"""Estado de cuenta: every case granted, used, returned, expired, when and why; on paper and as CSV."""

from datetime import timedelta

import pytest

from vigente.billing.queries import statement
from vigente.billing.services.ledger import expire_due
from vigente.billing.services.subscriptions import roll_over
from vigente.portal.tests.conftest import signed_in, words
from vigente.rules.reasons import Release
from vigente.tickets.services.classification import release

URL = "/es/plan/statement/"


@pytest.fixture
def story(shop, supervisor, now, clock):
    """Four cases granted; one used, one used and given back, two expired."""
    used, returned = shop.ticket(now), shop.ticket(now + timedelta(days=1), user=shop.colleague)
    release(
        ticket=returned,
        reason=Release.VENDOR_FAULT,
        actor=supervisor,
        note="Fue nuestro",
        now=now + timedelta(days=2),
    )
    clock.move_to(now + timedelta(days=31))
    expire_due(now=now + timedelta(days=31))
    return used, returned


def test_each_movement_says_what_when_and_why(shop, story):
    used, returned = story
    page = words(signed_in(shop.manager).get(URL))
    for said in (
        "Casos del plan +4",
        f"Usado por el caso {used.number} −1",
        f"Devuelto: la falla era nuestra · {returned.number}",
        "Fue nuestro",
        "Vencieron sin usarse −3",
        "Recibidos 4 Usados 2 Devueltos 1 Vencidos 3",
    ):
        assert said in page


def test_a_member_reads_the_numbers_but_opens_only_their_own_cases(shop, story):
    used, returned = story
    page = signed_in(shop.colleague).get(URL).content.decode()
    assert f"/es/tickets/{returned.number}/" in page
    assert f"/es/tickets/{used.number}/" not in page
    assert f"Usado por el caso {used.number}" in page


@pytest.mark.parametrize(
    "query",
    [
        "months=12",
        "months=all",
        "months=x",
        "since=2026-07-01&until=2026-07-31",
        "since=9999-99-99",
        "since=0001-01-01",
        "until=a",
    ],
)
def test_spans_and_nonsense(shop, story, query):
    assert "Usado por el caso" in words(signed_in(shop.manager).get(f"{URL}?{query}"))


def test_a_span_is_of_whole_days_in_the_billing_zone(shop, story):
    client = signed_in(shop.manager)
    assert "Nada en este periodo" in words(client.get(f"{URL}?since=2026-07-01&until=2026-07-09"))
    one_day = words(client.get(f"{URL}?since=2026-07-10&until=2026-07-10"))
    assert "Casos del plan +4" in one_day
    assert "Devuelto:" not in one_day


def test_the_csv_holds_every_line(shop, story):
    response = signed_in(shop.manager).get("/es/plan/statement.csv?months=all")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 6
    assert lines[0].startswith("Fecha,Qué pasó,Casos")
    assert "Fue nuestro" in lines[4]


def test_another_companys_books_stay_closed(charlie, shop, story):
    for address in (URL, "/es/plan/statement.csv"):
        response = charlie.get(f"{address}?organization={shop.organization.pk}&months=all")
        content = b"".join(response.streaming_content) if response.streaming else response.content
        assert str(story[0].number).encode() not in content


def test_somebody_of_no_organization_is_shown_the_way(db):
    from vigente.factories import make_user

    client = signed_in(make_user("Sola"))
    assert "no pertenece todavía a una organización" in words(client.get(URL))
    assert client.get("/es/plan/statement.csv").url == "/es/plan/"


def test_a_long_statement_costs_the_same(shop, now, clock, django_assert_max_num_queries):
    from vigente.billing.services.packs import add_pack

    for n in range(30):
        add_pack(
            organization=shop.organization, licence=shop.licence, subscription=shop.subscription, cases=1, key=str(n),
            now=now,
        )  # fmt: skip
    client = signed_in(shop.manager)
    client.get(URL)
    with django_assert_max_num_queries(16):
        client.get(URL)


def test_what_a_month_leaves_expires_before_the_next_one_begins(shop, now):
    """Of one instant: the last line says what is there now."""
    roll_over(subscription_id=shop.subscription.pk, now=shop.subscription.next_due_at)
    expire_due(now=shop.subscription.next_due_at)
    lines = statement(organization=shop.organization, now=shop.subscription.next_due_at)
    assert [(line.kind, line.left_after) for line in lines] == [("grant", 4), ("expiry", 0), ("grant", 4)]
