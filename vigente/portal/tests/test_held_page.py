"""A request that waits: what is missing, completing, claiming, approving, choosing it (rows 17, 41, 45, 46)."""

from datetime import timedelta

import pytest

from vigente.billing.services.packs import add_pack
from vigente.billing.services.subscriptions import subscribe
from vigente.factories import join, make_customer, make_user, make_version, publish
from vigente.portal.tests.conftest import signed_in, words
from vigente.rules.reasons import Code
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services import held as service
from vigente.tickets.services.submission import submit_request

pytestmark = pytest.mark.django_db
TEXT = "El cierre no cuadra desde el sábado."


def url(held, noun=""):
    return f"/es/held/{held.token}/" + (f"{noun}/" if noun else "")


@pytest.fixture
def poor(db, now):
    """A company without a plan, with one request that waits."""
    customer = make_customer("Pulpería", now=now, plan=False)
    return customer, customer.held(now, text=TEXT)


@pytest.fixture
def mailed(shop, now):
    """Row 17: written to the support address by somebody of the shop."""
    return submit_request(
        requester=None, email=shop.colleague.email, organization=None, licence=None, work_type=shop.work["error"],
        subject="No abre", text=TEXT, channel="email", key="mail:1", now=now, hold_as=Code.PORTAL_ONLY,
    )  # fmt: skip


def test_it_says_what_is_missing_what_helps_and_until_when_it_is_kept(poor):
    customer, held = poor
    make_version(name="Básico", price_minor=120_000)
    page = words(signed_in(customer.manager).get(url(held)))
    assert "todavía no tiene un plan" in page
    assert "24 de julio, 09:00" in page
    assert "C$ 1,200.00" in page
    assert "Contratar" in page
    assert TEXT in page


def test_a_member_sees_the_offers_but_no_button_to_buy(now):
    customer = make_customer("Pulpería", now=now, plan=False)
    held = customer.held(now, user=customer.colleague)
    make_version(name="Básico")
    page = words(signed_in(customer.colleague).get(url(held)))
    assert "Básico" in page
    assert "Contratar" not in page
    assert f"persona responsable de su organización: {customer.manager}" in page


def test_the_managers_buttons_stay_when_the_kind_of_work_changes(now):
    customer = make_customer("Pulpería", now=now, plan=False)
    make_version(name="Básico")
    part = "/es/ask/coverage/?held=1&work_type=question"
    assert "Contratar" in words(signed_in(customer.manager).get(part))
    assert "Contratar" not in words(signed_in(customer.colleague).get(part))


def test_once_covered_it_can_be_sent_with_one_click(poor, now):
    customer, held = poor
    subscribe(organization=customer.organization, licence=customer.licence, version=make_version(), now=now)
    client = signed_in(customer.manager)
    page = client.get(url(held))
    assert "Este caso usará 1 de los 4" in words(page)
    response = client.post(url(held), {"work_type": "error", "seen": "1"})
    assert response.url == f"/es/tickets/{Ticket.objects.get().number}/"
    assert client.get(url(held)).url == response.url


def test_what_it_is_can_be_changed_while_it_waits(poor):
    customer, held = poor
    client = signed_in(customer.manager)
    client.post(url(held), {"work_type": "development", "seen": "0"})
    assert Ticket.objects.get().queue == "quotation"


def test_it_never_draws_more_than_the_page_said(poor, now):
    customer, held = poor
    subscribe(organization=customer.organization, licence=customer.licence, version=make_version(), now=now)
    response = signed_in(customer.manager).post(url(held), {"work_type": "guided_session", "seen": "1"})
    assert response.status_code == 409
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"work_type": "nada"}, {"where": "licence-9999"}, {"work_type": "a\x00"}, {}]
)
def test_bad_input_is_an_error_and_nothing_changes(poor, fields):
    customer, held = poor
    response = signed_in(customer.manager).post(url(held), {"seen": "0", "work_type": "error", **fields})
    assert response.status_code in (302, 422)
    assert HeldRequest.objects.get().status == "waiting"


def test_another_organizations_licence_cannot_be_named(poor, other):
    customer, held = poor
    data = {"work_type": "error", "seen": "9", "where": f"licence-{other.licence.pk}"}
    signed_in(customer.manager).post(url(held), data)
    held.refresh_from_db()
    assert (held.status, held.licence) == ("waiting", customer.licence)


def test_row_17_the_mailed_link_says_nothing_to_a_stranger(mailed):
    page = signed_in(None).get(url(mailed))
    assert page.status_code == 200
    assert TEXT not in page.content.decode()
    assert mailed.email not in page.content.decode()
    assert f"next=/es/held/{mailed.token}/" in page.content.decode()


def test_row_17_its_author_finds_the_form_filled_and_sends_it(mailed, shop, bob):
    page = bob.get(url(mailed))
    assert TEXT in words(page)
    assert "solo falta enviarla" in words(page)
    assert "Este caso usará 1 de los 4" in words(page)
    bob.post(url(mailed), {"work_type": "error", "seen": "1", "where": f"licence-{shop.licence.pk}"})
    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.organization, ticket.licence) == (
        shop.colleague,
        shop.organization,
        shop.licence,
    )


def test_row_18_nobody_claims_what_another_address_wrote(mailed, alice, charlie):
    for client in (alice, charlie):
        assert client.get(url(mailed)).status_code == 404
        assert client.post(url(mailed), {"work_type": "error", "seen": "9"}).status_code == 404
    assert HeldRequest.objects.get().requester is None


def test_a_token_that_names_nothing(alice, as_user, db):
    assert as_user(None).get("/es/held/nada/").status_code == 404
    assert alice.get("/es/held/nada/").status_code == 404


def test_withdrawing(poor):
    customer, held = poor
    client = signed_in(customer.manager)
    client.post(url(held, "withdrawal"))
    assert HeldRequest.objects.get().status == "withdrawn"
    assert "Esta solicitud se retiró" in words(client.get(url(held)))
    assert client.post(url(held), {"work_type": "error", "seen": "9"}).status_code == 200
    assert not Ticket.objects.exists()


def test_row_41_expired_it_can_still_be_sent_while_its_text_is_kept(poor, clock, now):
    customer, held = poor
    later = now + timedelta(days=15)
    service.expire_due(now=later)
    clock.move_to(later)
    client = signed_in(customer.manager)
    assert "Pasó el tiempo de espera" in words(client.get(url(held)))
    client.post(url(held), {"work_type": "outage", "seen": "0"})
    assert Ticket.objects.count() == 1


def test_row_41_erased_it_says_so(poor, clock, now):
    customer, held = poor
    service.expire_due(now=now + timedelta(days=15))
    service.erase_due(now=now + timedelta(days=120))
    clock.move_to(now + timedelta(days=120))
    page = words(signed_in(customer.manager).get(url(held)))
    assert "El texto ya se borró" in page
    assert TEXT not in page


@pytest.fixture
def asking(db, now):
    publish(draw_by="approve")
    customer = make_customer("Con permiso", now=now)
    return customer, customer.held(now, user=customer.colleague)


def test_row_46_the_manager_approves_with_one_click(asking):
    customer, held = asking
    client = signed_in(customer.manager)
    assert "1 solicitud espera su aprobación" in words(client.get("/es/"))
    assert "Usted decide si usa un caso" in words(client.get(url(held)))
    response = client.post(url(held, "approval"), {"answer": "yes"})
    assert response.url == f"/es/tickets/{Ticket.objects.get().number}/"


def test_row_46_or_does_not(asking):
    customer, held = asking
    signed_in(customer.manager).post(url(held, "approval"), {"answer": "no"})
    assert (HeldRequest.objects.get().status, Ticket.objects.count()) == ("withdrawn", 0)


def test_row_46_who_asked_waits_and_reads_why(asking):
    customer, held = asking
    page = words(signed_in(customer.colleague).get(url(held)))
    assert "una persona responsable aprueba cada caso" in page
    assert "Usted decide" not in page


def test_row_45_after_a_renewal_the_customer_says_which_still_matter(db, now, clock):
    customer = make_customer("Gastada", now=now, cases=1)
    customer.ticket(now)
    old, new = customer.held(now), customer.held(now + timedelta(hours=1))
    service.ask_to_choose(organization=customer.organization, licence=customer.licence, now=now)
    add_pack(
        organization=customer.organization, licence=customer.licence, subscription=customer.subscription, cases=1,
        key="1", now=now,
    )  # fmt: skip
    old.refresh_from_db()
    assert old.hold_until == now + timedelta(days=14)
    client = signed_in(customer.manager)
    assert "2 solicitudes esperaban" in words(client.get("/es/"))
    assert old.subject in words(client.get("/es/held/choice/"))
    assert "No eligió ninguna" in words(client.post("/es/held/choice/", {}, follow=True))
    client.post("/es/held/choice/", {"held": [new.token, old.token, "x"]})
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.status, new.status) == ("released", "choose")  # the oldest first, and one case only


def test_row_45_nobody_chooses_for_another_company(db, now, charlie):
    customer = make_customer("Gastada", now=now, cases=1)
    customer.ticket(now)
    held = customer.held(now)
    service.ask_to_choose(organization=customer.organization, licence=customer.licence, now=now)
    charlie.post("/es/held/choice/", {"held": [held.token]})
    held.refresh_from_db()
    assert held.status == "choose"


def test_row_50_what_the_staff_answered_is_shown(poor, agent, now):
    customer, held = poor
    service.answer(held=held, actor=agent, text="Vea https://ayuda.example/cierre", now=now)
    page = signed_in(customer.manager).get(url(held)).content.decode()
    assert 'href="https://ayuda.example/cierre"' in page


def test_somebody_who_joins_later_finds_what_they_wrote(db, now, shop):
    newcomer = make_user("Nueva")
    held = submit_request(
        requester=newcomer, organization=None, licence=None, work_type=shop.work["error"], subject="Hola", text=TEXT,
        channel="web", key="k", now=now,
    )  # fmt: skip
    join(newcomer, shop.organization)
    client = signed_in(newcomer)
    assert "Este caso usará 1 de los 4" in words(client.get(url(held)))
    client.post(url(held), {"work_type": "error", "seen": "1"})
    assert Ticket.objects.get().organization == shop.organization


def test_row_45_whoever_is_asked_on_the_last_night_has_the_whole_time_to_choose(db, now):
    customer = make_customer("Gastada", now=now, cases=1)
    customer.ticket(now)
    held = customer.held(now)
    renewed = held.hold_until - timedelta(hours=1)
    service.ask_to_choose(organization=customer.organization, licence=customer.licence, now=renewed)
    service.expire_due(now=held.hold_until)
    held.refresh_from_db()
    assert (held.status, held.hold_until) == ("choose", renewed + timedelta(days=14))
