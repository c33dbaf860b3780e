"""Organizations: the list and its filters, the page, and what staff do about people, licences, plans and books."""

import pytest
from django.core import mail
from django.db import connection

from vigente.accounts.models import Invitation, Organization
from vigente.billing.models import Licence, Subscription
from vigente.billing.queries import meter_of, statement
from vigente.factories import make_customer, make_organization, make_version, publish
from vigente.workspace.tests.conftest import said, words

pytestmark = pytest.mark.django_db


def names(response):
    return [row.organization.name for row in response.context["page"].rows]


def left(shop, now):
    return meter_of(organization=shop.organization, licence=shop.licence, now=now).left


def test_the_list_is_by_name_with_plans_and_open_cases(ana, shop, now):
    make_organization("Ágora")
    shop.ticket(now)
    response = ana.get("organizations")
    assert set(names(response)) == {"Ágora", "Ferretería El Clavo"}
    seen = words(response)
    assert shop.version.plan.name in seen
    assert "1 abierto" in seen
    assert "sin plan" in seen


def test_it_is_found_without_accents_and_narrowed_by_state(ana, shop, now):
    make_customer("Sin nada", now=now, plan=False)
    waiting = make_customer("Esperando", now=now, activate=False)
    assert names(ana.get("organizations", query="?q=ferreteria")) == ["Ferretería El Clavo"]
    assert "Sin nada" in names(ana.get("organizations", query="?state=uncovered"))
    assert names(ana.get("organizations", query="?state=awaiting")) == [waiting.organization.name]
    assert names(ana.get("organizations", query="?state=ending")) == []
    assert ana.get("organizations", query="?state=x").status_code == 404


def test_pages_follow_one_another(ana):
    for n in range(60):
        make_organization(f"Tienda {n:02}")
    first = ana.get("organizations")
    second = ana.get("organizations", query=first.context["more"])
    assert names(first) + names(second) == [f"Tienda {n:02}" for n in range(60)]


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_queries_for_one_and_for_thirty(ana, now, count, django_assert_num_queries):
    for _ in range(count):
        make_customer(now=now).ticket(now)
    with django_assert_num_queries(7):
        ana.get("organizations")


@pytest.mark.parametrize("count", [1, 10])
def test_the_page_costs_the_same_queries_however_much_there_is(
    ana, shop, now, count, django_assert_num_queries
):
    publish()
    for _ in range(min(count, 4)):
        shop.ticket(now)
    for _ in range(count):
        shop.held(now, work="guided_session") if left(shop, now) < 2 else None
    with django_assert_num_queries({"sqlite": 22, "postgresql": 20}[connection.vendor]):
        ana.get("organization", shop.organization.pk)


def test_the_page_shows_people_licences_books_and_cases(ana, shop, now):
    case = shop.ticket(now)
    seen = words(ana.get("organization", shop.organization.pk))
    assert shop.manager.email in seen
    assert shop.licence.key in seen
    assert "quedan 3 de 4" in seen
    assert f"Usado por el caso {case.number}" in seen
    assert f"abrió el caso {case.number}" in seen


def test_r3_a_contract_stands_with_its_discount(ana, now):
    customer = make_customer(now=now, version=make_version(price_minor=210_000), hosting="vendor_cloud")
    seen = words(ana.get("organization", customer.organization.pk))
    assert "C$ 2,100 C$ 1,260 (−40 %)" in seen


def test_an_export_is_safe(ana):
    make_organization("=1+1")
    assert "'=1+1" in b"".join(ana.get("organizations", query="?format=csv").streaming_content).decode()


def test_one_is_registered_and_changed(ana, sofia):
    response = ana.post("organization_new", name="Nueva S.A.", language="es", external_ref="N-1")
    made = Organization.objects.get()
    assert response.url.endswith(f"/organizations/{made.pk}/")
    sofia.post(
        "organization_edit", made.pk, name="Nueva S.A.", language="en", draw_by="approve", approve_beyond="2"
    )
    made.refresh_from_db()
    assert (made.language, made.draw_by, made.approve_beyond) == ("en", "approve", 2)


@pytest.mark.parametrize(
    "data", [{"name": ""}, {"name": "x" * 161}, {"name": "a\0b"}, {"name": "x", "language": "xx"}]
)
def test_bad_input_is_refused(ana, data):
    assert ana.post("organization_new", **{"language": "es"} | data).status_code == 422
    assert not Organization.objects.exists()


def test_row_40_a_supervisor_blocks_with_a_reason_and_undoes_it(sofia, shop, now):
    assert sofia.post("organization_block", shop.organization.pk, reason=" ").status_code == 422
    sofia.post("organization_block", shop.organization.pk, reason="Cheque sin fondos")
    shop.organization.refresh_from_db()
    assert shop.organization.is_blocked
    assert "Cheque sin fondos" in words(sofia.get("organization", shop.organization.pk))
    sofia.post("organization_unblock", shop.organization.pk)
    shop.organization.refresh_from_db()
    assert not shop.organization.is_blocked


def test_somebody_is_invited_and_only_once(ana, shop):
    response = ana.post(
        "person_invite", shop.organization.pk, email="nueva@clavo.test", role="member", may_draw="on"
    )
    assert "nueva@clavo.test" in said(response)
    assert Invitation.objects.get().organization == shop.organization
    again = ana.post("person_invite", shop.organization.pk, email=shop.manager.email, role="member")
    assert again.status_code == 422
    assert "ya es parte" in words(again)
    assert ana.post("person_invite", shop.organization.pk, email="x", role="member").status_code == 422


def test_a_licence_is_registered_once_and_its_hosting_changed_by_staff(ana, shop):
    data = {"key": "INV-NEW-1", "edition": shop.licence.edition_id, "hosting": "customer"}
    ana.post("licence_new", shop.organization.pk, **data)
    made = Licence.objects.get(key="INV-NEW-1")
    twice = ana.post("licence_new", shop.organization.pk, **data)
    assert twice.status_code == 422
    assert "ya está registrada" in words(twice)
    ana.post("licence_hosting", made.pk, hosting="vendor_cloud")
    made.refresh_from_db()
    assert made.hosting == "vendor_cloud"
    assert ana.post("licence_hosting", made.pk, hosting="moon").status_code == 422


def test_row_31_a_licence_that_includes_a_plan_brings_its_subscription(ana, sofia, shop):
    data = {"edition": shop.licence.edition_id, "hosting": "customer", "included_plan": shop.version.plan_id}
    sofia.post("licence_new", shop.organization.pk, key="INV-NEW-2", **data)
    assert Subscription.objects.get(source="included").licence.key == "INV-NEW-2"
    ana.post("licence_new", shop.organization.pk, key="INV-NEW-3", **data)
    assert Subscription.objects.filter(source="included").count() == 1


def contract(version, **more):
    return {"version": version.pk, "source": "bought", "auto_renew": "on", "confirmed": "on"} | more


def test_a_plan_is_contracted_by_hand_confirmed_or_waiting(sofia, now):
    bare = make_customer(now=now, plan=False)
    version = make_version(cases=4)
    sofia.post(
        "subscription_new", bare.organization.pk, **contract(version, licence=bare.licence.pk, confirmed="")
    )
    made = Subscription.objects.get()
    assert made.status == "awaiting_payment"
    assert left(bare, now) == 0
    response = sofia.post("subscription_activation", made.pk)
    assert "quedó vigente" in said(response)
    assert left(bare, now) == 4
    assert "ya no se puede" in said(sofia.post("subscription_activation", made.pk))


def test_r11_an_earlier_plan_keeps_its_own_end(sofia, now):
    bare = make_customer(now=now, plan=False)
    old = make_version(cases=3, sold_until=now)
    refused = sofia.post(
        "subscription_new", bare.organization.pk, **contract(old, source="legacy", licence=bare.licence.pk)
    )
    assert "hasta cuándo dura" in words(refused)
    sofia.post(
        "subscription_new", bare.organization.pk,
        **contract(old, source="legacy", licence=bare.licence.pk, starts_on="2026-07-01", ends_on="2026-12-31"),
    )  # fmt: skip
    made = Subscription.objects.get()
    assert (made.source, made.auto_renew) == ("legacy", False)
    assert made.ends_at.isoformat() == "2027-01-01T06:00:00+00:00"


def test_what_is_no_longer_sold_or_of_another_edition_is_refused_in_words(sofia, shop, now):
    bare = make_customer(now=now, plan=False)
    old = make_version(cases=3, sold_until=now)
    refused = sofia.post("subscription_new", bare.organization.pk, **contract(old, licence=bare.licence.pk))
    assert "ya no se vende" in words(refused)
    twice = sofia.post(
        "subscription_new", shop.organization.pk, **contract(shop.version, licence=shop.licence.pk)
    )
    assert "Ya hay un plan contratado" in words(twice)


def test_row_21_notice_says_its_exact_end_before_and_can_be_withdrawn(sofia, shop):
    pk = shop.subscription.pk
    assert "termina el 9 de agosto" in words(sofia.get("subscription_notice", pk))
    assert "Termina el 9 de agosto" in said(sofia.post("subscription_notice", pk))
    shop.subscription.refresh_from_db()
    assert shop.subscription.notice_given_at is not None
    sofia.post("subscription_notice_withdrawal", pk)
    shop.subscription.refresh_from_db()
    assert shop.subscription.ends_at is None


def test_row_23_another_plan_begins_at_the_end_of_the_term(sofia, shop):
    bigger = make_version(name="Empresa", cases=10)
    sofia.post("subscription_change", shop.subscription.pk, version=bigger.pk)
    shop.subscription.refresh_from_db()
    assert shop.subscription.change_to == bigger
    assert sofia.post("subscription_change", shop.subscription.pk, version="999").status_code == 422


def test_r6_extra_cases_say_until_when_and_a_double_click_adds_them_once(sofia, shop, now):
    assert "hasta el 9 de agosto" in words(
        sofia.get("pack_new", shop.subscription.pk)
    ) or "hasta el 10 de agosto" in words(sofia.get("pack_new", shop.subscription.pk))
    for _ in range(2):
        sofia.post("pack_new", shop.subscription.pk, cases="2", submission_key="p1")
    assert left(shop, now) == 6
    for cases in ("0", "-1", "x", "", "1001"):
        assert (
            sofia.post("pack_new", shop.subscription.pk, cases=cases, submission_key="p2").status_code == 422
        )


def test_row_39_goodwill_counts_as_a_favour_and_stops_at_the_limit(ana, shop, now):
    publish(favour_limits={"agent": 1, "supervisor": 20, "owner": None})
    data = {
        "licence": shop.licence.pk,
        "cases": "1",
        "reason": "vendor_fault",
        "note": "Perdió la mañana por una falla nuestra",
    }
    ana.post("goodwill_new", shop.organization.pk, **data, submission_key="g1")
    assert left(shop, now) == 5
    assert statement(organization=shop.organization, now=now)[-1].reason == "vendor_fault"
    refused = ana.post("goodwill_new", shop.organization.pk, **data, submission_key="g2")
    assert refused.status_code == 422
    assert left(shop, now) == 5


def test_the_statement_is_whole_signed_and_exported(ana, shop, now):
    case = shop.ticket(now)
    seen = words(ana.get("organization_statement", shop.organization.pk))
    assert "Casos del mes" in seen
    assert "−1" in seen
    text = b"".join(
        ana.get("organization_statement", shop.organization.pk, query="?format=csv").streaming_content
    ).decode()
    assert str(case.number) in text


def test_invitations_go_out_by_mail(ana, shop):
    ana.post("person_invite", shop.organization.pk, email="nueva@clavo.test", role="member", may_draw="on")
    from vigente.mail.models import OutboundMessage

    assert OutboundMessage.objects.filter(to="nueva@clavo.test").exists() or mail.outbox


def test_what_a_person_may_do_is_changed_and_the_last_manager_stays(ana, sofia, shop):
    manager, member = shop.organization.memberships.order_by("id")
    ana.post("membership", member.pk, role="manager")
    member.refresh_from_db()
    assert (member.role, member.may_draw) == ("manager", False)
    sofia.post("membership_end", member.pk)
    assert shop.organization.memberships.count() == 1
    refused = sofia.post("membership_end", manager.pk)
    assert refused.status_code == 422
    assert "al menos un responsable" in words(refused)


def test_an_invitation_nobody_took_is_withdrawn(ana, shop):
    ana.post("person_invite", shop.organization.pk, email="nueva@clavo.test", role="member")
    ana.post("invitation_revocation", Invitation.objects.get().pk)
    assert Invitation.objects.get().revoked_at is not None
