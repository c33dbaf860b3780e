"""The owner's page Webhooks: making one, its secret once, its log, sending again."""

from datetime import timedelta

import pytest

from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.webhooks.fanout import tell_endpoints
from vigente.webhooks.models import Delivery, Endpoint
from vigente.webhooks.services import create_endpoint
from vigente.webhooks.words import ERRORS, FAMILIES, error_text
from vigente.workspace.tests.conftest import said, words

pytestmark = pytest.mark.django_db
URL = "https://hooks.ejemplo.test/vigente"


@pytest.fixture
def hook(owner, now):
    return create_endpoint(url=URL, description="Contabilidad", actor=owner, now=now)


def told(now, count=1):
    for _ in range(count):
        tell_endpoints(record(Kind.PLANS_IMPORTED, subject="plans", now=now), now=now)
    return list(Delivery.objects.order_by("-pk"))


def test_one_is_made_and_its_secret_is_shown_once(oscar, owner):
    assert "Ningún webhook" in words(oscar.get("webhooks"))
    oscar.post("webhook_new", url=URL, description="Contabilidad", kinds=["ticket.accepted"])
    made = Endpoint.objects.get()
    assert (made.url, made.kinds, made.created_by) == (URL, ["ticket.accepted"], owner)
    first, second = oscar.get("webhook", made.pk), oscar.get("webhook", made.pk)
    assert made.secret in words(first)
    assert made.secret not in words(second)
    assert made.secret not in oscar.get("webhook_edit", made.pk).content.decode()
    assert "Contabilidad" in words(oscar.get("webhooks"))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.ejemplo.test/", "empieza con https://"),
        ("https://192.168.1.5/", "red privada"),
        ("https://localhost/", "red privada"),
        ("https://2130706433/", "no se entiende"),
        ("https://ana:clave@ejemplo.test/", "usuario ni contraseña"),
        ("https://ejemplo.test:25/", "puerto"),
        ("no", "empieza con https://"),
        ("https://ejemplo.test/a b", "Use una como"),
    ],
)
def test_an_address_that_may_not_be_used_says_why_and_what_was_typed_stays(oscar, url, why):
    answer = oscar.post("webhook_new", url=url, description="Contabilidad")
    assert answer.status_code == 422
    assert why in words(answer)
    assert "Contabilidad" in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_it_is_changed_switched_off_and_on_again(oscar, hook):
    oscar.post("webhook_edit", hook.pk, url=URL, description="Otro", kinds=["held.received"])
    hook.refresh_from_db()
    assert (hook.description, hook.kinds, hook.is_active, hook.disabled_reason) == (
        "Otro", ["held.received"], False, "owner",
    )  # fmt: skip
    page = words(oscar.get("webhook", hook.pk))
    assert "La apagó una persona" in page
    assert "Probar" not in page
    assert "apagado" in said(oscar.post("webhook_test", hook.pk))
    oscar.post("webhook_edit", hook.pk, url=URL, description="Otro", is_active="on")
    hook.refresh_from_db()
    assert (hook.is_active, hook.kinds, hook.disabled_at) == (True, [], None)


def test_a_new_secret_says_until_when_the_old_one_is_good(oscar, hook, now):
    old = hook.secret
    oscar.post("webhook_secret", hook.pk)
    hook.refresh_from_db()
    page = words(oscar.get("webhook", hook.pk))
    assert hook.secret in page
    assert old not in page
    assert "El anterior firma también hasta" in page
    assert hook.old_secret_until == now + timedelta(hours=24)


def test_a_new_secret_of_one_is_not_shown_on_the_page_of_another(oscar, hook, owner, now):
    other = create_endpoint(url=URL, actor=owner, now=now)
    oscar.post("webhook_secret", hook.pk)
    hook.refresh_from_db()
    assert hook.secret not in words(oscar.get("webhook", other.pk))
    assert hook.secret in words(oscar.get("webhook", hook.pk))


def test_the_log_is_read_in_pages_by_what_became_of_it(oscar, hook, now):
    rows = told(now, 53)
    Delivery.objects.filter(pk=rows[0].pk).update(status="failed", last_code=503, last_error="status")
    page = oscar.get("webhook", hook.pk)
    assert len(page.context["rows"]) == 50
    rest = oscar.get("webhook", hook.pk, query=page.context["more"])
    assert len(rest.context["rows"]) == 3
    failed = oscar.get("webhook", hook.pk, query="?view=failed")
    assert "503 · El receptor no lo aceptó" in words(failed)
    assert len(failed.context["rows"]) == 1
    assert oscar.get("webhook", hook.pk, query="?view=x").status_code == 404
    assert oscar.get("webhook", hook.pk, query="?after=%00").status_code == 200


def test_the_log_asks_the_database_the_same_however_long_it_is(oscar, hook, now, queries):
    told(now, 40)
    oscar.get("webhook", hook.pk)
    with queries(8):
        oscar.get("webhook", hook.pk)
    with queries(8):
        oscar.get("webhooks")


def test_a_delivery_shows_what_was_sent_and_every_answer_and_is_sent_again(oscar, hook, now):
    (row,) = told(now)
    row.tries.create(at=now, code=500, error="status", response="<script>alert(1)</script>", milliseconds=31)
    row.tries.create(at=now, error="certificate")
    Delivery.objects.update(status="failed", attempts=10, last_error="certificate", finished_at=now)
    page = oscar.get("webhook_delivery", row.pk)
    text = words(page)
    assert row.message_id in text
    assert '"type": "plans.imported"' in text
    assert "500 · El receptor no lo aceptó" in text
    assert "El certificado no es válido" in text
    assert "<script>alert(1)" not in page.content.decode()
    assert "en camino" in said(oscar.post("webhook_delivery_replay", row.pk))
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("pending", 0)


def test_one_that_is_being_sent_is_not_taken_from_its_sender(oscar, hook, now):
    (row,) = told(now)
    Delivery.objects.update(claimed_until=now + timedelta(minutes=1))
    assert "en este momento" in said(oscar.post("webhook_delivery_replay", row.pk))
    row.refresh_from_db()
    assert row.claimed_until is not None


def test_all_that_failed_since_a_day_is_sent_again(oscar, hook, now):
    rows = told(now, 3)
    Delivery.objects.update(status="failed", finished_at=now)
    Delivery.objects.filter(pk=rows[0].pk).update(created_at=now - timedelta(days=5))
    assert oscar.post("webhook_replay", hook.pk, since="").status_code == 422
    assert "2 mensajes" in said(oscar.post("webhook_replay", hook.pk, since="2026-07-09"))
    assert Delivery.objects.filter(status="pending").count() == 2


def test_a_test_is_written_and_the_page_says_so(oscar, hook):
    assert "en camino" in said(oscar.post("webhook_test", hook.pk))
    assert Delivery.objects.get().kind == "webhook.test"
    assert "webhook.test" in words(oscar.get("webhook", hook.pk))


def test_it_is_deleted_with_its_log_after_asking(oscar, hook, now):
    told(now)
    assert "No se puede deshacer" in words(oscar.get("webhook_deletion", hook.pk))
    assert Endpoint.objects.exists()
    oscar.post("webhook_deletion", hook.pk)
    assert not Endpoint.objects.exists()
    assert not Delivery.objects.exists()


def test_nobody_but_the_owner_sees_them(ana, sofia, hook):
    for desk in (ana, sofia):
        assert desk.get("webhooks").status_code == 403
        assert desk.post("webhook_secret", hook.pk).status_code == 403


def test_every_error_and_every_family_has_its_words():
    assert {kind.value.partition(".")[0] for kind in Kind} <= set(FAMILIES)
    for code in ERRORS:
        assert error_text(code) != code
