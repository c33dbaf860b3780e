"""The way from free support to plans: each step says what there is, the owner acts, supervisors read along (row 30)."""

from datetime import UTC, datetime, timedelta

import pytest

from vigente.accounts.models import Invitation, Organization
from vigente.billing.models import CustomerImport, Licence, RulebookVersion, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.factories import (
    make_customer,
    make_edition,
    make_licence,
    make_organization,
    make_version,
    publish,
)
from vigente.workspace.tests.conftest import said, words

pytestmark = pytest.mark.django_db
TABLE = (
    "organizacion,referencia,responsable,correo,licencia,edicion,hospedaje,plan_anterior,plan_anterior_hasta\n"
    "Ferretería Uno,A1,Rosa,rosa@uno.test,L-1,WEB,nube,,\n"
    "Ferretería Dos,A2,,,L-2,WEB,,de-antes,31/12/2026\n"
    "Mala,,,,L-3,LUNA,,,\n"
)


@pytest.fixture
def old(db):
    make_edition("WEB")
    version = make_version(name="De antes")
    version.plan.code = "de-antes"
    version.plan.save()
    return version


def bring(oscar, text):
    """Send a table; gives the import it became."""
    oscar.post("switch_customers", text=text)
    return CustomerImport.objects.latest("pk")


def test_customers_are_looked_at_row_by_row_and_then_brought_in(oscar, old, now):
    response = oscar.post("switch_customers", text=TABLE)
    run = CustomerImport.objects.get()
    assert response.url.endswith(f"/switch/customers/{run.pk}/")
    seen = words(oscar.get("switch_import", run.pk))
    assert "2 organizaciones nuevas, 2 licencias nuevas, 1 plan anterior." in seen
    assert "1 fila no se puede usar." in seen
    assert "4 edicion “LUNA” no se conoce. Puede ser: WEB." in seen
    assert "2 Ferretería Uno L-1 1 organización nueva, 1 licencia nueva" in seen
    assert not Organization.objects.exists()
    oscar.post("switch_import", run.pk)
    assert set(Licence.objects.values_list("key", flat=True)) == {"L-1", "L-2"}
    assert Subscription.objects.get().ends_at == datetime(2027, 1, 1, 6, tzinfo=UTC)
    seen = words(oscar.get("switch_import", run.pk))
    assert "2 organizaciones nuevas, 2 licencias nuevas, 1 plan anterior." in seen
    assert "1 persona que todavía no fue invitada" in seen
    assert "“LUNA” no se conoce" in seen
    assert "De antes" in words(oscar.get("switch_legacy"))


def test_the_same_table_again_says_that_nothing_is_left_to_do(oscar, old):
    good = TABLE.rsplit("Mala", 1)[0]
    oscar.post("switch_import", bring(oscar, good).pk)
    again = bring(oscar, good)
    assert "Todo está ya como dice el archivo." in words(oscar.get("switch_import", again.pk))


def test_a_table_only_looked_at_is_forgotten_for_the_next(oscar, old):
    bring(oscar, TABLE)
    bring(oscar, TABLE + "Otra,,,,,,,,\n")
    assert CustomerImport.objects.count() == 1


def test_a_long_import_goes_on_where_it_was_left(oscar, old, owner, now):
    from vigente.billing.services.csv_import_runs import begin, proceed

    table = "organizacion,licencia,edicion\n" + "".join(f"Org {n},K-{n},WEB\n" for n in range(7))
    run = begin(text=table, name="x", actor=owner, now=now)
    assert proceed(run=run, actor=owner, now=now, most=3) is False
    assert (run.done, Licence.objects.count()) == (3, 3)
    stale = CustomerImport.objects.get(pk=run.pk)
    assert proceed(run=run, actor=owner, now=now, most=3) is False
    assert proceed(run=stale, actor=owner, now=now, most=3) is True
    assert proceed(run=stale, actor=owner, now=now, most=3) is True
    assert Licence.objects.count() == Organization.objects.count() == 7
    assert CustomerImport.objects.get().made == {"organization": 7, "licence": 7}


def test_the_managers_in_the_table_are_invited_once(oscar, old):
    run = bring(oscar, TABLE)
    oscar.post("switch_import", run.pk)
    assert "Sale 1 invitación." in said(oscar.post("switch_invitations", run.pk))
    assert "Salen 0 invitaciones." in said(oscar.post("switch_invitations", run.pk))
    offer = Invitation.objects.get()
    assert (offer.email, offer.role, offer.organization.name) == (
        "rosa@uno.test",
        "manager",
        "Ferretería Uno",
    )


def test_the_template_is_read_back_by_the_import(oscar, old):
    text = b"".join(oscar.get("switch_template").streaming_content).decode()
    seen = words(oscar.get("switch_import", bring(oscar, text).pk))
    assert "1 organización nueva, 1 licencia nueva." in seen


def test_a_table_that_cannot_be_read_says_why(oscar, old):
    response = oscar.post("switch_customers", text="nombre;cosa\na;b")
    assert response.status_code == 422
    assert "Falta la columna “organizacion”" in words(response)


def test_the_date_is_a_version_of_the_rules_and_can_be_moved(oscar, now):
    oscar.post("switch_date", on="2026-09-01")
    assert rulebook_at(now).plans_required_from == datetime(2026, 9, 1, 6, tzinfo=UTC)
    assert "Hoy está puesta para el 1 de septiembre de 2026" in words(oscar.get("switch_date"))
    for bad in ("2026-07-10", "2026-07-01", "", "x"):
        assert oscar.post("switch_date", on=bad).status_code == 422
    assert RulebookVersion.objects.count() == 1


def test_a_date_that_is_past_is_not_offered_to_be_announced(oscar, now):
    publish(now=now - timedelta(days=90), plans_required_from=now - timedelta(days=60))
    seen = words(oscar.get("switch_announcement"))
    assert "La fecha ya pasó" in seen
    assert "anunciarlo ahora llegaría tarde" in seen
    assert "Preparar el anuncio" not in seen
    oscar.post("switch_date", on="2026-09-01")
    assert "Preparar el anuncio" in words(oscar.get("switch_announcement"))


def test_rules_that_come_later_and_undo_the_date_are_said_on_every_step(oscar, now):
    publish(now=now + timedelta(days=20), notice_days=3)
    seen = words(oscar.get("switch_date"))
    assert "Hay reglas programadas que vienen después" in seen
    assert "Conservan la fecha con la que se escribieron" in seen
    assert "Hay reglas programadas" not in words(oscar.get("switch_announcement"))
    oscar.post("switch_date", on="2026-09-01")
    for step in ("switch", "switch_date", "switch_uncovered", "switch_announcement", "switch_adoption"):
        seen = words(oscar.get(step))
        assert (
            "En ellas no hace falta un plan. Desde ese momento la fecha de este camino deja de valer" in seen
        )
    oscar.post("rules_withdrawal", RulebookVersion.objects.order_by("effective_from").last().pk)
    assert "Hay reglas programadas" not in words(oscar.get("switch"))


def test_who_would_be_without_a_plan_is_listed_with_what_they_asked_for(oscar, now):
    make_customer("Con plan", now=now - timedelta(days=3))
    bare = make_customer("Sin plan", now=now - timedelta(days=3), plan=False)
    ends = make_customer("Se le acaba", now=now - timedelta(days=3), auto_renew=False)
    half = make_customer("A medias", now=now - timedelta(days=3))
    make_licence(half.organization, now=now)
    make_organization("Nada")
    assert "Primero ponga la fecha" in words(oscar.get("switch_uncovered"))
    ends.ticket(now)
    oscar.post("switch_date", on="2026-09-01")
    seen = words(oscar.get("switch_uncovered"))
    assert "quedarían sin plan 4 organizaciones. Casos que pidieron en el último año: 1." in seen
    assert "Se le acaba 1 / 1 1 A medias 1 / 2 0" in seen
    assert "Con plan" not in seen
    rows = b"".join(oscar.get("switch_uncovered", query="?format=csv").streaming_content).decode()
    assert "Se le acaba,1,1,0,1" in rows
    assert bare.organization.name in rows


def test_adoption_is_drawn_day_by_day(oscar, now):
    make_customer("Antes", now=now - timedelta(days=20))
    make_customer("Ayer", now=now - timedelta(days=1))
    make_customer("Todavía no", now=now, plan=False)
    oscar.post("switch_date", on="2026-09-01")
    page = oscar.get("switch_adoption")
    assert "uplot" in page.content.decode()
    seen = words(page)
    assert "2 de 3 organizaciones tienen plan para el 1 de septiembre de 2026." in seen
    assert "Faltan 52 días." in seen
    rows = b"".join(oscar.get("switch_adoption", query="?format=csv").streaming_content).decode()
    counts = [line.rsplit(",", 2)[1:] for line in rows.splitlines()[1:]]
    assert counts[0] == ["0", "3"]
    assert counts[-1] == ["2", "1"]


def test_the_whole_path_is_walked_and_says_how_far_it_is(oscar, old, now):
    oscar.post("switch_import", bring(oscar, TABLE).pk)
    oscar.post("switch_date", on="2026-09-01")
    oscar.post("announcement_of_version", RulebookVersion.objects.get().pk)
    seen = words(oscar.get("switch"))
    assert "2 organizaciones, 2 licencias hecho" in seen
    assert "por enviar" in seen
    from vigente.billing.models import Announcement

    oscar.post("announcement_sending", Announcement.objects.get().pk)
    assert "Enviado" in words(oscar.get("switch_announcement"))
    assert "1 de 2 con plan" in words(oscar.get("switch"))


def test_supervisors_read_along_and_change_nothing(sofia, ana, old):
    for name in ("switch", "switch_customers", "switch_date", "switch_uncovered", "switch_adoption"):
        assert sofia.get(name).status_code == 200
        assert ana.get(name).status_code == 403
    assert sofia.post("switch_date", on="2026-09-01").status_code == 403
    assert sofia.post("switch_customers", text=TABLE).status_code == 403
    assert not RulebookVersion.objects.exists()
