"""Inicio: for a visitor, for a customer, and the date on which the rules take effect (row 30)."""

from datetime import timedelta

import pytest

from vigente.billing.models import RulebookVersion
from vigente.factories import make_customer, make_user, publish
from vigente.portal.tests.conftest import signed_in, words
from vigente.rules.rulebook import Rulebook

pytestmark = pytest.mark.django_db


def test_a_visitor_reads_what_this_is_and_may_ask(as_user):
    page = words(as_user(None).get("/es/"))
    assert "Aquí pide ayuda" in page
    assert "Cree su cuenta" in page
    assert as_user(None).get("/es/ask/").url == "/es/account/login/?next=/es/ask/"


def test_the_bare_address_leads_to_a_language(as_user):
    assert as_user(None).get("/").url == "/es/"
    assert as_user(None).get("/", headers={"Accept-Language": "en"}).url == "/en/"


def test_a_customer_sees_coverage_cases_and_what_waits(alice, shop, now):
    shop.ticket(now, subject="No imprime")
    page = words(alice.get("/es/"))
    assert "Hola, Alicia" in page
    assert "Le quedan 3 casos hasta el 9 de agosto" in page
    assert "No imprime" in page


def test_held_requests_say_what_is_missing(now):
    poor = make_customer("Pulpería", now=now, plan=False)
    poor.held(now, subject="Espera")
    page = words(signed_in(poor.manager).get("/es/"))
    assert "Espera" in page
    assert "todavía no tiene un plan" in page
    assert "Se guarda hasta el 24 de julio" in page


def test_staff_go_to_their_desk(agent):
    assert signed_in(agent).get("/es/").url == "/es/desk/"


def test_somebody_of_no_organization_reads_how_to_get_in():
    page = words(signed_in(make_user("Sola")).get("/es/"))
    assert "no pertenece todavía a una organización" in page


def test_row_30_the_banner_names_the_date_and_who_would_be_uncovered(now, as_user):
    publish(plans_required_from=now + timedelta(days=20))
    poor = make_customer("Pulpería", now=now, plan=False)
    page = words(signed_in(poor.manager).get("/es/"))
    assert "Desde el 30 de julio , pedir soporte requiere un plan vigente. 1 de sus instalaciones" in page
    assert "Desde el 30 de julio" in words(as_user(None).get("/es/"))
    covered = make_customer("Cubierta", now=now)
    assert "de sus instalaciones" not in words(signed_in(covered.manager).get("/es/"))


def test_row_30_a_date_published_for_later_is_announced(now, as_user):
    later = Rulebook(plans_required_from=now + timedelta(days=40)).to_json()
    RulebookVersion.objects.create(effective_from=now + timedelta(days=40), data=later, created_at=now)
    assert "Desde el 19 de agosto" in words(as_user(None).get("/es/"))


def test_row_30_once_the_date_has_come_the_banner_is_gone(now, as_user):
    publish(plans_required_from=now)
    assert "pedir soporte requiere un plan vigente" not in words(as_user(None).get("/es/"))


def test_every_page_forbids_what_it_does_not_need(alice):
    policy = alice.get("/es/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
