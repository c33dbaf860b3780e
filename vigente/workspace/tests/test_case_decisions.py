"""Classify, release, move, merge, split, dispute, quote: consequences said before, limits kept."""

import pytest

from vigente.billing.models import TaxCategory, TaxRate
from vigente.billing.queries import meter_of
from vigente.factories import make_customer, make_licence, make_version, publish
from vigente.tickets.models import DrawDispute, HeldRequest, Quotation, SplitProposal, Ticket
from vigente.tickets.services.conversation import reply
from vigente.tickets.services.disputes import dispute
from vigente.tickets.services.merging import merge
from vigente.tickets.services.quotations import object_to
from vigente.workspace.tests.conftest import Desk, said, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(shop, now):
    return shop.ticket(now)


def fresh(case):
    return Ticket.objects.get(pk=case.pk)


def left(shop, now):
    return meter_of(organization=shop.organization, licence=shop.licence, now=now).left


def test_each_kind_of_work_says_its_consequence_before(ana, case):
    seen = words(ana.get("work", case.number))
    assert "Quiero algo nuevo Se devuelve el caso que usó y pasa a Por cotizar." in seen
    assert "Sesión guiada Cambia de peso: se devuelve lo usado y usa 2 casos, completo o nada." in seen
    assert "El sistema no funciona Se atiende siempre. Se devuelve el caso que usó." in seen


def test_row_11_development_gives_the_draw_back_and_moves_it_to_the_quotation_queue(ana, shop, case, now):
    assert left(shop, now) == 3
    ana.post("work", case.number, work_type=shop.work["development"].pk)
    assert left(shop, now) == 4
    assert fresh(case).queue == "quotation"
    assert "Por cotizar: el plan no cubre desarrollo" in words(ana.get("case", case.number))


def test_row_36_what_is_not_covered_after_all_is_held_and_said(ana, now):
    shop = make_customer(now=now, plan=False)
    case = shop.ticket(now, work="development")
    response = ana.post("work", case.number, work_type=shop.work["error"].pk)
    assert "quedó sin cobertura" in said(response)
    assert HeldRequest.objects.get().follows == case


def test_row_48_a_heavier_kind_that_does_not_fit_is_refused_whole(ana, now):
    shop = make_customer(now=now, cases=1)
    case = shop.ticket(now)
    response = ana.post("work", case.number, work_type=shop.work["guided_session"].pk)
    assert response.status_code == 422
    assert "hacen falta 2" in words(response)
    assert fresh(case).work_type == shop.work["error"]
    assert left(shop, now) == 0


def test_row_39_a_release_says_how_many_favours_are_left_and_stops_at_the_limit(ana, shop, now):
    publish(favour_limits={"agent": 1, "supervisor": 20, "owner": None})
    first, second = shop.ticket(now), shop.ticket(now)
    assert "Le queda 1 favor este mes." in words(ana.get("release", first.number))
    ana.post("release", first.number, reason="vendor_fault", note="Error de la versión 4.2")
    assert left(shop, now) == 3
    assert "todos sus favores" in words(ana.get("release", second.number))
    response = ana.post("release", second.number, reason="vendor_fault", note="Otra vez")
    assert response.status_code == 422
    assert "supervisor" in words(response)
    assert left(shop, now) == 3


def test_a_favour_needs_its_reason_in_words_spam_does_not(ana, shop, case, now):
    refused = ana.post("release", case.number, reason="same_problem", note=" ")
    assert refused.status_code == 422
    assert "Escriba el motivo." in words(refused)
    ana.post("release", case.number, reason="spam")
    assert fresh(case).status == "closed"
    assert left(shop, now) == 4


def test_a_reason_that_is_not_a_persons_to_choose_is_refused(ana, case):
    assert ana.post("release", case.number, reason="development").status_code == 422


def test_row_47_the_right_licence_pays(ana, shop, case, now):
    bare = make_licence(shop.organization, now=now)
    refused = ana.post("licence", case.number, licence=bare.pk)
    assert refused.status_code == 422
    assert left(shop, now) == 3
    foreign = make_customer(now=now).licence
    assert ana.post("licence", case.number, licence=foreign.pk).status_code == 422
    assert fresh(case).licence == shop.licence


def test_row_12_a_duplicate_is_merged_and_parted_again(ana, shop, case, now):
    double = shop.ticket(now, user=shop.colleague)
    assert left(shop, now) == 2
    response = ana.post("merger", double.number, into=case.number)
    assert f"Unido al caso {case.number}." in said(response)
    assert left(shop, now) == 3
    assert f"Unido al caso {case.number}" in words(ana.get("case", double.number))
    seen = words(ana.get("case", case.number))
    assert "Unido aquí" in seen
    assert "También recibe las respuestas: Roberto" in seen
    ana.post("unmerging", double.number)
    assert left(shop, now) == 2
    assert fresh(double).merged_into is None


def test_cases_of_two_organizations_are_never_merged(ana, case, now):
    foreign = make_customer(now=now).ticket(now)
    response = ana.post("merger", case.number, into=foreign.number)
    assert response.status_code == 422
    assert "otra organización" in words(response)


@pytest.mark.parametrize("into", ["", "0", "x", "99999", "9" * 30])
def test_a_number_that_names_no_case_is_refused_in_words(ana, case, into):
    assert ana.post("merger", case.number, into=into).status_code == 422


def test_a_merge_into_no_case_says_so(ana, case):
    assert "No hay ningún caso con ese número" in words(ana.post("merger", case.number, into="99999"))


def test_row_14_a_new_problem_is_asked_first_and_part_of_the_same_is_parted_at_once(ana, shop, case, now):
    other = reply(ticket=case, author=shop.manager, text="Y además no imprime.", channel="web", now=now)
    ana.post("split", case.number, messages=[other.pk], subject="No imprime", new_problem="1")
    assert SplitProposal.objects.get().status == "asked"
    assert "propuso separar “No imprime”" in words(ana.get("case", case.number))
    assert left(shop, now) == 3
    ana.post("split", case.number, messages=[other.pk], subject="Lo mismo", new_problem="0")
    assert Ticket.objects.filter(follows=case, drawn=False).count() == 1


def test_only_messages_of_this_case_can_be_parted(ana, shop, case, now):
    foreign = shop.ticket(now).messages.get()
    assert (
        ana.post("split", case.number, messages=[foreign.pk], subject="x", new_problem="1").status_code == 422
    )


def test_row_15_a_second_person_decides_a_disputed_draw(ana, sofia, agent, shop, now):
    case = shop.ticket(now, opened_by=agent)
    dispute(ticket=case, user=shop.manager, text="Yo no pedí esto", now=now)
    assert "Lo decide otra persona" in words(ana.get("case", case.number))
    refused = ana.post("dispute", case.number, decision="yes")
    assert refused.status_code == 422
    assert left(shop, now) == 3
    assert "Yo no pedí esto" in words(sofia.get("dispute", case.number))
    sofia.post("dispute", case.number, decision="yes")
    assert left(shop, now) == 4
    assert DrawDispute.objects.get().status == "upheld"


def test_row_11_a_quotation_is_made_changed_and_its_objection_decided_by_another(
    ana, sofia, oscar, shop, case, now
):
    ana.post("work", case.number, work_type=shop.work["development"].pk)
    assert ana.get("quotation", case.number).status_code == 403
    sofia.post("quotation", case.number, amount="1,260.50", currency="NIO", scope="Reporte por bodega")
    quotation = Quotation.objects.get()
    assert (quotation.amount_minor, quotation.status) == (126_050, "quoted")
    assert "C$ 1,260.50" in words(ana.get("case", case.number))
    assert "1260.50" in sofia.get("quotation", case.number).content.decode()
    object_to(ticket=fresh(case), user=shop.manager, text="Antes sí lo hacía", now=now)
    refused = ana.post("objection", case.number, decision="yes")
    assert refused.status_code == 422
    oscar.post("objection", case.number, decision="yes")
    assert Quotation.objects.get().status == "covered"
    assert fresh(case).queue == "support"


def test_r9_what_a_quotation_comes_to_with_tax_is_said_before_it_is_accepted(sofia, shop, now):
    from vigente.mail.models import OutboundMessage
    from vigente.worker.drain import drain_all

    category = TaxCategory.objects.create(code="iva", name_es="IVA", name_en="VAT", is_default=True)
    TaxRate.objects.create(category=category, basis_points=1500)
    case = shop.ticket(now, work="development")
    assert "Antes de impuestos" in words(sofia.get("quotation", case.number))
    told = said(sofia.post("quotation", case.number, amount="1000", currency="NIO", scope="Reporte")).replace(
        "\xa0", " "
    )
    assert "Cotizado en C$ 1,000.00. Con impuesto: C$ 1,150.00." in told
    drain_all(now=now)
    letter = OutboundMessage.objects.get(kind="quotation.quoted").text.replace("\xa0", " ")
    assert "Con impuesto son C$ 1,150.00: es lo que se factura si la acepta." in letter


@pytest.mark.parametrize("amount", ["", "0", "-5", "mil", "1e5", "1.2.3,4,5", "9" * 23, "0.001"])
def test_an_amount_that_is_none_is_refused_and_the_scope_kept(sofia, shop, now, amount):
    case = shop.ticket(now, work="development")
    response = sofia.post("quotation", case.number, amount=amount, currency="NIO", scope="Un reporte")
    assert response.status_code == 422
    assert "Un reporte" in response.content.decode()
    assert Quotation.objects.get().amount_minor is None


def test_merged_the_wrong_way_round_is_refused_with_what_to_do(ana, agent, shop, case, now):
    free = shop.ticket(now, work="outage")
    response = ana.post("merger", case.number, into=free.number)
    assert "Únalos al revés" in words(response)
    merge(ticket=free, into=case, actor=agent, now=now)


def test_rank_and_plan_stand_beside_the_case(ana, now):
    shop = make_customer(now=now, version=make_version(name="Empresa", rank=1))
    assert "Empresa · prioridad 1" in words(Desk(make_staff()).get("case", shop.ticket(now).number))


def make_staff():
    from vigente.factories import make_user

    return make_user("Técnica", role="agent")
