"""Pedir ayuda: what is said before the button, and what comes of sending."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from vigente.billing.models import LedgerEntry
from vigente.factories import make_customer, make_licence, make_policy, make_user, make_version, publish
from vigente.portal.tests.conftest import signed_in, words
from vigente.tickets.models import Attachment, HeldRequest, Ticket

pytestmark = pytest.mark.django_db
URL = "/es/ask/"
KEY = "0123456789abcdef"


def sent(**fields):
    return {
        "work_type": "error",
        "subject": "La existencia no coincide",
        "body": "Ayer trasladamos 40 cajas.",
        "key": KEY,
        "seen": "1",
        **fields,
    }


def draws():
    return LedgerEntry.objects.filter(kind="draw").count()


def test_row_1_the_page_says_what_it_will_use_before_anything_is_written(bob, shop):
    page = words(bob.get(URL))
    assert "Este caso usará 1 de los 4 que le quedan." in page
    assert "vencen el 9 de agosto" in page
    assert shop.version.plan.name in page
    assert draws() == 0


def test_row_42_the_promise_and_the_place_are_said_before(alice, now):
    promised = make_customer("Otra", now=now, version=make_version(sla_policy=make_policy(240)))
    promised.ticket(now)
    page = words(signed_in(promised.manager).get(URL))
    assert "primera respuesta prometida hoy antes de las 13:00" in page
    assert "sería 2.º en la fila" in page


def test_row_42_the_promise_shown_is_the_one_measured(now):
    promised = make_customer("Otra", now=now, version=make_version(sla_policy=make_policy(240)))
    client = signed_in(promised.manager)
    shown = client.get(URL).context["line"].promise
    client.post(URL, sent())
    assert Ticket.objects.get().first_reply_due_at == shown


def test_sending_opens_a_case_and_draws_once(bob, shop):
    response = bob.post(URL, sent())
    case = Ticket.objects.get()
    assert response.url == f"/es/tickets/{case.number}/"
    assert (case.requester, case.licence, draws()) == (shop.colleague, shop.licence, 1)
    assert f"caso {case.number}" in words(bob.get(response.url))


def test_row_6_sent_twice_it_is_one_case(bob):
    first, second = bob.post(URL, sent()), bob.post(URL, sent())
    assert first.url == second.url
    assert (Ticket.objects.count(), draws()) == (1, 1)


def test_row_6_the_same_page_with_another_text_says_it_was_sent_and_gives_a_fresh_key(bob):
    bob.post(URL, sent())
    again = bob.post(URL, sent(body="Otra cosa distinta"))
    assert again.status_code == 409
    assert "Esta página ya se envió" in words(again)
    assert "Otra cosa distinta" in again.content.decode()
    key = again.context["form"].data["key"]
    assert bob.post(URL, sent(body="Otra cosa distinta", key=key)).status_code == 302
    assert Ticket.objects.count() == 2


def test_row_6_one_persons_key_says_nothing_about_anothers(bob, charlie):
    bob.post(URL, sent())
    charlie.post(URL, sent(subject="Mía"))
    assert Ticket.objects.count() == 2


def test_row_2_without_a_plan_it_is_held_whole_with_what_would_help(now):
    poor = make_customer("Pulpería", now=now, plan=False)
    make_version(name="Básico", cases=2, price_minor=120_000)
    client = signed_in(poor.manager)
    page = words(client.get(URL))
    assert "todavía no tiene un plan" in page
    assert "Básico" in page
    assert "C$ 1,200.00" in page
    assert "Guardar en espera" in page
    response = client.post(URL, sent(seen="0"))
    held = HeldRequest.objects.get()
    assert response.url == f"/es/held/{held.token}/"
    assert (held.text, Ticket.objects.count()) == ("Ayer trasladamos 40 cajas.", 0)


def test_row_2_whoever_may_not_order_reads_whom_to_ask(now):
    customer = make_customer("Pulpería", now=now, plan=False)
    make_version(name="Básico")
    page = words(signed_in(customer.colleague).get("/es/ask/"))
    assert f"Lo pide la persona responsable de su organización: {customer.manager}" in page
    assert "en la página que sigue puede pedirlo" in words(signed_in(customer.manager).get("/es/ask/"))


def test_r3_the_discount_is_a_line_of_its_own(now):
    cloud = make_customer("Nube", now=now, plan=False, hosting="vendor_cloud")
    make_version(name="Tienda", price_minor=210_000)
    page = words(signed_in(cloud.manager).get(URL))
    assert "C$ 2,100.00 C$ 1,260.00 Descuento WEB en nuestra nube −40 %: − C$ 840.00" in page


def test_row_3_exhausted_it_offers_an_extra_case_and_says_when_more_come(now):
    spent = make_customer("Gastada", now=now, cases=1)
    spent.ticket(now)
    page = words(signed_in(spent.manager).get(URL))
    assert "Ya usó todos los casos de este periodo. Los próximos llegan el 10 de agosto." in page
    assert "1 caso extra" in page
    assert "C$ 380.00" in page


def test_row_36_something_new_is_welcome_without_a_plan(now):
    poor = make_customer("Pulpería", now=now, plan=False)
    client = signed_in(poor.manager)
    assert "Pedir cotización" in words(client.get(f"{URL}coverage/?work_type=development"))
    client.post(URL, sent(work_type="development", seen="0"))
    assert Ticket.objects.get().queue == "quotation"
    assert draws() == 0


def test_row_44_an_outage_is_always_accepted(now):
    poor = make_customer("Pulpería", now=now, plan=False)
    client = signed_in(poor.manager)
    assert "Esto lo atendemos siempre" in words(client.get(f"{URL}coverage/?work_type=outage"))
    client.post(URL, sent(work_type="outage", seen="0"))
    assert Ticket.objects.get().queue == "support"
    assert draws() == 0


def test_row_48_work_that_weighs_more_says_so_on_its_card_and_in_the_line(bob):
    page = words(bob.get(URL))
    assert "Lo cubre su plan. Usa 2 casos." in page
    assert "Este caso usará 2 de los 4 que le quedan." in words(
        bob.get(f"{URL}coverage/?work_type=guided_session")
    )


def test_never_more_than_the_page_said_is_drawn(bob):
    """Without a script the line does not follow the cards: sending asks again instead of drawing two."""
    response = bob.post(URL, sent(work_type="guided_session", seen="1"))
    assert response.status_code == 409
    assert "Cambió lo que este caso va a usar." in words(response)
    assert "Ayer trasladamos" in response.content.decode()
    assert draws() == 0
    assert bob.post(URL, sent(work_type="guided_session", seen="2")).status_code == 302


def test_without_a_script_the_line_can_be_asked_for(bob):
    response = bob.post(URL, sent(work_type="guided_session", recalculate="1"))
    assert "Este caso usará 2 de los 4" in words(response)
    assert "Ayer trasladamos" in response.content.decode()
    assert not Ticket.objects.exists()


def test_row_28_the_installation_is_asked_for_only_when_there_is_a_choice(bob, shop, now):
    assert 'select name="where"' not in bob.get(URL).content.decode()
    make_licence(shop.organization, edition="LOCAL", now=now)
    page = bob.get(URL).content.decode()
    assert 'select name="where"' in page
    assert f'value="licence-{shop.licence.pk}" selected' in page  # the covered one first


def test_row_28_each_installation_has_its_own_line(bob, shop, now):
    local = make_licence(shop.organization, edition="LOCAL", now=now)
    page = words(bob.get(f"{URL}coverage/?work_type=error&where=licence-{local.pk}"))
    assert "Otra de sus licencias sí tiene cobertura" in page


def test_row_46_who_may_not_spend_asks_the_manager(now):
    publish(draw_by="approve")
    shop = make_customer("Con permiso", now=now)
    client = signed_in(shop.colleague)
    assert "Enviar a aprobación" in words(client.get(URL))
    client.post(URL, sent(seen="0"))
    assert HeldRequest.objects.get().status == "approval"
    assert "Este caso usará 1 de los 4" in words(signed_in(shop.manager).get(URL))


def test_row_40_a_blocked_organization_reads_a_neutral_sentence(bob, shop, now):
    shop.organization.blocked_at, shop.organization.blocked_reason = now, "fraude"
    shop.organization.save()
    page = words(bob.get(URL))
    assert "no podemos recibir solicitudes nuevas" in page
    assert "fraude" not in page


def test_row_18_somebody_of_no_organization_may_write_and_it_waits(db, now):
    make_customer("x", now=now)
    client = signed_in(make_user("Sola"))
    assert client.get(URL).status_code == 200
    client.post(URL, sent(seen="0"))
    assert HeldRequest.objects.get().organization is None


def test_files_come_along(bob):
    bob.post(URL, sent(files=[SimpleUploadedFile("foto.png", b"\x89PNG\r\n\x1a\n" + b"0" * 40)]))
    assert Attachment.objects.get().message.ticket == Ticket.objects.get()


def test_with_a_file_lost_on_an_error_the_page_says_so(bob):
    response = bob.post(URL, sent(subject="", files=[SimpleUploadedFile("a.txt", b"hola")]))
    assert response.status_code == 422
    assert "Vuelva a adjuntar sus archivos" in words(response)
    response = bob.post(URL, sent(recalculate="1", files=[SimpleUploadedFile("a.txt", b"hola")]))
    assert "Vuelva a adjuntar sus archivos" in words(response)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"subject": ""}, "obligatorio"),
        ({"subject": "x" * 201}, "200"),
        ({"subject": "con\x00nulo"}, "caracteres nulos"),
        ({"body": ""}, "obligatorio"),
        ({"body": "y" * 100_001}, "100000"),
        ({"body": "a\x00b"}, "caracteres nulos"),
        ({"body": "roto \ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace")}, None),
        ({"work_type": "no-existe"}, "opción válida"),
        ({"work_type": "err\x00or"}, None),
        ({"where": "licence-999999"}, "opción válida"),
        ({"where": "licence-1; DROP"}, "opción válida"),
        ({"key": "../../etc"}, None),
        ({"seen": "-1"}, None),
        ({"seen": "muchos"}, None),
    ],
)
def test_bad_input_is_an_error_beside_the_field_and_what_was_typed_stays(bob, fields, said):
    response = bob.post(URL, sent(**fields))
    assert response.status_code in (302, 422)
    if said:
        assert response.status_code == 422
        assert said in words(response)
        assert not Ticket.objects.exists()
    if response.status_code == 422 and "body" not in fields:
        assert "Ayer trasladamos 40 cajas." in response.content.decode()


def test_ten_megabytes_of_text_are_refused_without_a_crash(bob):
    assert bob.post(URL, sent(subject="x" * 10_000_000)).status_code == 400
    assert not Ticket.objects.exists()


def test_another_organizations_licence_is_no_choice(bob, other):
    response = bob.post(URL, sent(where=f"licence-{other.licence.pk}"))
    assert response.status_code == 422
    assert not Ticket.objects.exists()
    assert not HeldRequest.objects.exists()


def test_a_program_is_refused_with_its_name(bob):
    response = bob.post(URL, sent(files=[SimpleUploadedFile("virus.exe", b"MZ" + b"\0" * 100)]))
    assert response.status_code == 422
    assert "virus.exe" in words(response)
    assert not Ticket.objects.exists()


def test_too_large_and_too_many_files_are_refused(bob, settings):
    settings.ATTACHMENT_MAX_BYTES = 10
    large = bob.post(URL, sent(files=[SimpleUploadedFile("a.txt", b"x" * 11)]))
    assert "demasiado grande" in words(large)
    settings.ATTACHMENT_MAX_PER_MESSAGE = 1
    many = bob.post(URL, sent(files=[SimpleUploadedFile(f"{n}.txt", b"x") for n in range(2)]))
    assert "demasiados archivos" in words(many)
    assert not Ticket.objects.exists()


def test_an_address_may_fill_the_form_in(bob, shop):
    page = bob.get(f"{URL}?licence={shop.licence.key}&work_type=question&subject=Hola")
    assert page.context["form"]["subject"].value() == "Hola"
    assert page.context["chosen_kind"] == "question"


def test_the_fragment_is_for_those_signed_in(as_user, shop):
    assert as_user(None).get(f"{URL}coverage/", headers={"HX-Request": "true"}).status_code == 401
