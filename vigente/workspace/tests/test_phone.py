"""Row 15: an agent opens a case for somebody who calls: same decision, same draw, seen before."""

import pytest

from vigente.billing.queries import meter_of
from vigente.factories import make_customer, make_licence, make_user
from vigente.tickets.models import DrawDispute, HeldRequest, Ticket
from vigente.tickets.services.fields import Wanted, save_field
from vigente.workspace.tests.conftest import said, words

pytestmark = pytest.mark.django_db


def form_of(shop, **more):
    return {
        "requester": shop.manager.pk,
        "licence": shop.licence.pk,
        "work_type": shop.work["error"].pk,
        "subject": "No cuadra la caja",
        "text": "Llama porque no cuadra la caja.",
        "submission_key": "k1",
    } | more


def test_the_organization_is_found_by_name_person_or_licence(ana, shop):
    for text in ("clavo", "ferreteria", shop.manager.name, shop.manager.email, shop.licence.key):
        assert "Ferretería El Clavo" in words(ana.client.get("/es/desk/open/", {"q": text})), text
    assert "Ninguna organización" in words(ana.get("open", query="?q=zzz"))
    assert ana.get("open", query="?q='%22%25").status_code == 200


def test_what_it_will_use_is_said_before(ana, shop):
    seen = words(ana.get("open_for", shop.organization.pk))
    assert "usa 1 · quedan 3" in seen
    heavy = ana.get(
        "phone_preview",
        shop.organization.pk,
        query=f"?licence={shop.licence.pk}&work_type={shop.work['guided_session'].pk}",
    )
    assert "usa 2 · quedan 2" in words(heavy)


def test_the_case_is_opened_drawn_and_can_be_disputed(ana, agent, shop, now):
    response = ana.post("open_for", shop.organization.pk, **form_of(shop))
    ticket = Ticket.objects.get()
    assert response.url == f"/es/desk/cases/{ticket.number}/"
    assert (ticket.channel, ticket.opened_by, ticket.requester) == ("phone", agent, shop.manager)
    assert meter_of(organization=shop.organization, licence=shop.licence, now=now).left == 3
    assert DrawDispute.objects.get().ticket == ticket
    assert "El cliente puede objetar" in words(ana.get("case", ticket.number))


def test_a_double_click_opens_one_case(ana, shop):
    for _ in range(2):
        ana.post("open_for", shop.organization.pk, **form_of(shop))
    assert Ticket.objects.count() == 1


def test_without_coverage_it_is_held_and_said(ana, now):
    bare = make_customer(now=now, plan=False)
    assert "queda sin cobertura" in words(ana.get("open_for", bare.organization.pk))
    response = ana.post("open_for", bare.organization.pk, **form_of(bare))
    assert "Sin cobertura: la solicitud quedó guardada" in said(response)
    assert HeldRequest.objects.get().subject == "No cuadra la caja"


def test_a_supervisor_overrides_with_a_reason_an_agent_cannot(ana, sofia, now):
    bare = make_customer(now=now, plan=False)
    data = form_of(bare, override_reason="Se cayó la tienda")
    ana.post("open_for", bare.organization.pk, **data)
    assert not Ticket.objects.exists()
    sofia.post("open_for", bare.organization.pk, **data | {"submission_key": "k2"})
    assert Ticket.objects.get().decision["reasons"][0]["code"] == "staff_override"
    assert "override_reason" not in ana.get("open_for", bare.organization.pk).content.decode()


def test_people_and_licences_of_others_are_not_accepted(ana, shop, now):
    other = make_customer(now=now)
    for data in (
        {"requester": other.manager.pk},
        {"licence": other.licence.pk},
        {"requester": make_user().pk},
        {"work_type": "x"},
    ):
        assert ana.post("open_for", shop.organization.pk, **form_of(shop, **data)).status_code == 422
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("field", ["subject", "text"])
@pytest.mark.parametrize("value", ["", "a\0b", "x" * 100_001])
def test_bad_input_is_refused_and_the_rest_kept(ana, shop, field, value):
    response = ana.post("open_for", shop.organization.pk, **form_of(shop, **{field: value}))
    assert response.status_code == 422
    other = {"subject": "Llama porque", "text": "No cuadra la caja"}[field]
    assert other in response.content.decode()
    assert not Ticket.objects.exists()


def test_the_licence_is_asked_when_there_is_more_than_one(ana, shop, now):
    second = make_licence(shop.organization, edition="LOCAL", now=now)
    body = ana.get("open_for", shop.organization.pk).content.decode()
    assert str(second.key[-4:]) in body
    assert "Ninguna en particular" in body


def test_an_organization_without_people_says_to_invite_one(ana, now):
    from vigente.factories import make_organization

    bare = make_organization("Recién llegada")
    assert "Nadie de esta organización tiene acceso todavía" in words(ana.get("open_for", bare.pk))


def test_public_fields_are_asked_of_who_calls_and_kept_on_errors(ana, shop):
    box = save_field(field=None, wanted=Wanted({"es": "Caja"}, "text", required=True, public=True))
    assert "Caja" in words(ana.get("open_for", shop.organization.pk))
    missing = ana.post("open_for", shop.organization.pk, **form_of(shop))
    assert missing.context["form"].errors.keys() == {f"field_{box.pk}"}
    kept = ana.post("open_for", shop.organization.pk, **form_of(shop, subject=""), **{f"field_{box.pk}": "4"})
    assert (kept.status_code, 'value="4"' in kept.content.decode()) == (422, True)
    ana.post("open_for", shop.organization.pk, **form_of(shop), **{f"field_{box.pk}": "4"})
    assert Ticket.objects.get().field_values.get().value == "4"
