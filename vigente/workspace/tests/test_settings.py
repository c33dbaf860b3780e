"""The owner's settings: each list, adding, changing, and what must never be."""

import pytest

from vigente.accounts.models import ApiToken, User
from vigente.billing.models import WorkType
from vigente.events.models import Event
from vigente.factories import make_policy, make_user, make_work_types
from vigente.installation.models import Installation
from vigente.mail.models import Mailbox, OutboundMessage
from vigente.sla.models import BusinessHours, SlaPolicy
from vigente.tickets.models import Department
from vigente.workspace.sections import SECTIONS
from vigente.workspace.tests.conftest import words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slug", sorted(SECTIONS))
def test_every_list_opens_empty_and_with_rows(oscar, slug):
    assert oscar.get("section", slug).status_code == 200
    make_work_types()
    make_policy()
    Department.objects.create(name="Soporte")
    Mailbox.objects.create(address="soporte@sisnorte.test")
    assert oscar.get("section", slug).status_code == 200
    assert oscar.get("section_new", slug).status_code == 200


def test_a_setting_that_does_not_exist_is_not_found(oscar):
    assert oscar.get("section", "nothing").status_code == 404
    assert oscar.get("section_row", "work", 99).status_code == 404


def test_a_colleague_is_added_and_gets_a_mail_to_choose_a_password(oscar, mailoutbox):
    department = Department.objects.create(name="Soporte")
    oscar.post(
        "section_new",
        "staff",
        name="Nueva",
        email="Nueva@Sisnorte.test",
        role="agent",
        language="es",
        departments=[department.pk],
    )
    made = User.objects.get(email="nueva@sisnorte.test")
    assert (made.role, made.has_usable_password()) == ("agent", False)
    assert list(made.departments.all()) == [department]
    assert mailoutbox or OutboundMessage.objects.filter(to=made.email).exists()
    again = oscar.post(
        "section_new", "staff", name="Otra", email="nueva@sisnorte.test", role="agent", language="es"
    )
    assert again.status_code == 422


def test_nobody_becomes_a_customer_here_and_one_owner_always_stays(oscar, owner, agent):
    data = {"name": owner.name, "language": "es", "is_active": "on"}
    assert oscar.post("section_row", "staff", owner.pk, role="agent", **data).status_code == 422
    assert (
        oscar.post("section_row", "staff", owner.pk, role="owner", name="x", language="es").status_code == 422
    )
    assert oscar.post("section_row", "staff", agent.pk, role="customer", **data).status_code == 422
    make_user("Otra dueña", role="owner")
    assert oscar.post("section_row", "staff", owner.pk, role="supervisor", **data).status_code == 302


def test_an_address_is_never_changed_behind_its_owners_back(oscar, agent):
    before = agent.email
    oscar.post(
        "section_row",
        "staff",
        agent.pk,
        name="Ana",
        email="evil@x.test",
        role="agent",
        language="es",
        is_active="on",
    )
    agent.refresh_from_db()
    assert (agent.email, agent.name) == (before, "Ana")


def test_a_customer_is_not_a_row_of_the_team(oscar, shop):
    assert oscar.get("section_row", "staff", shop.manager.pk).status_code == 404


def work(**more):
    return {
        "code": "training",
        "name_es": "Capacitación",
        "name_en": "Training",
        "units": "2",
        "position": "9",
        "is_offered": "on",
    } | more


def test_a_kind_of_work(oscar):
    oscar.post("section_new", "work", **work())
    assert WorkType.objects.get().units == 2
    assert oscar.post("section_new", "work", **work(code="b", units="0")).status_code == 422
    assert (
        oscar.post("section_new", "work", **work(code="c", always="on", development="on")).status_code == 422
    )
    assert oscar.post("section_new", "work", **work(code="con espacio")).status_code == 422


def hours(**more):
    days = {f"day_{n}": "08:00-12:00, 13:00-17:30" for n in range(5)}
    return (
        {"name": "Oficina", "time_zone": "America/Managua", "is_default": "on", "holidays": ""} | days | more
    )


def test_working_hours_with_shifts_and_holidays(oscar):
    oscar.post(
        "section_new", "hours", **hours(holidays="2026-09-15 Día de la Independencia\n\n2026-12-25 Navidad")
    )
    made = BusinessHours.objects.get()
    assert made.week[0] == [[480, 720], [780, 1050]]
    assert made.week[6] == []
    assert made.holidays.count() == 2
    assert Event.objects.get().data["promises_changed"] is True
    form = oscar.get("section_row", "hours", made.pk).content.decode()
    assert "08:00-12:00, 13:00-17:30" in form
    assert "2026-12-25 Navidad" in form
    oscar.post("section_row", "hours", made.pk, **hours(day_5="08:00-12:00"))
    made.refresh_from_db()
    assert made.week[5] == [[480, 720]]
    assert made.holidays.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [{"day_0": "8-5"}, {"day_0": "12:00-08:00"}, {"day_0": "08:00-12:00, 11:00-15:00"}, {"day_0": "08:00-25:00"},
     {"time_zone": "Luna"}, {"holidays": "Navidad"}, {"name": ""}, {f"day_{n}": "" for n in range(7)}],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused(oscar, wrong):
    assert oscar.post("section_new", "hours", **hours(**wrong)).status_code == 422
    assert not BusinessHours.objects.exists()


def test_promises_tell_the_open_cases(oscar):
    policy = make_policy()
    oscar.post(
        "section_row",
        "promises",
        policy.pk,
        name="Estándar",
        hours=policy.hours_id,
        first_reply_minutes="120",
    )
    policy.refresh_from_db()
    assert (policy.first_reply_minutes, policy.resolution_minutes) == (120, None)
    assert Event.objects.filter(kind="plans.imported").exists()
    assert (
        oscar.post(
            "section_new", "promises", name="x", hours=policy.hours_id, first_reply_minutes="-1"
        ).status_code
        == 422
    )
    assert SlaPolicy.objects.count() == 1


def box(**more):
    return {
        "address": "soporte@sisnorte.test",
        "host": "imap.test",
        "port": "993",
        "folder": "INBOX",
        "verify_tls": "on",
    } | more


def test_a_mailbox_keeps_its_password_and_never_shows_it(oscar):
    oscar.post("section_new", "mailboxes", **box(password="secreta", is_active="on"))
    made = Mailbox.objects.get()
    assert made.password == "secreta"
    assert "secreta" not in oscar.get("section_row", "mailboxes", made.pk).content.decode()
    oscar.post("section_row", "mailboxes", made.pk, **box(host="otro.test"))
    made.refresh_from_db()
    assert (made.password, made.host, made.is_active) == ("secreta", "otro.test", False)


def test_a_token_shows_its_secret_once_and_stops_when_revoked(oscar, now):
    assert "tomar el siguiente caso (queue)" in words(oscar.get("token_new"))
    oscar.post("token_new", name="Producto", scopes=["coverage", "coverage:any"])
    token = ApiToken.objects.get()
    first, second = oscar.get("tokens").content.decode(), oscar.get("tokens").content.decode()
    assert "vig_" in first.split("no se vuelve a mostrar")[1]
    assert "no se vuelve a mostrar" not in second
    oscar.post("token_revocation", token.pk)
    token.refresh_from_db()
    assert not token.is_usable(now)
    assert oscar.post("token_new", name="x", scopes=["everything"]).status_code == 422
    assert oscar.post("token_new", name="x").status_code == 422


def test_whose_portal_it_is(oscar):
    oscar.post("vendor", vendor_name="Sisnorte", support_email="soporte@sisnorte.test")
    assert Installation.current().vendor_name == "Sisnorte"
    assert oscar.post("vendor", vendor_name="", support_email="x").status_code == 422


def test_the_lists_speak_english_too(oscar):
    make_work_types()
    seen = words(oscar.client.get("/en/desk/settings/work/"))
    assert "Guided session" in seen
    assert "Work types" in seen
