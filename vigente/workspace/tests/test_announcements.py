"""New rules are announced: words in both languages from the difference, and to each customer what changes for it."""

from datetime import timedelta

import pytest

from vigente.accounts.models import Membership
from vigente.billing.models import Announcement, AnnouncementCopy, RulebookVersion
from vigente.billing.services.organizations import block
from vigente.factories import make_customer, make_organization, make_version, publish
from vigente.mail.models import OutboundMessage
from vigente.worker.drain import drain_all
from vigente.workspace.tests.conftest import said, words
from vigente.workspace.tests.test_rules import posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def announcement(oscar, now, shop):
    """Of a date from which plans are needed, with a notice of five days and a smaller discount."""
    day = now + timedelta(days=30)
    publish(now=now + timedelta(days=10), notice_days=5, plans_required_from=day, discounts=())
    oscar.post("announcement_of_version", RulebookVersion.objects.get().pk)
    return Announcement.objects.get()


def letters(now, kind="rules.announced"):
    drain_all(now=now)
    return {mail.to: mail for mail in OutboundMessage.objects.filter(kind=kind)}


def test_the_words_come_from_the_difference_in_both_languages(announcement):
    assert announcement.title_es == "Desde el 9 de agosto de 2026, el soporte es con un plan"
    assert "Desde el 9 de agosto de 2026 hace falta un plan vigente" in announcement.text_es
    assert (
        "- Para cambiar o cancelar hay que avisar al menos 5 días antes de la renovación."
        in announcement.text_es
    )
    assert "August 9, 2026" in announcement.title_en


def test_the_words_can_be_changed_until_it_is_sent(oscar, now, announcement):
    changed = {"title_es": "Novedad", "text_es": "Hola.", "title_en": "News", "text_en": "Hello."}
    oscar.post("announcement", announcement.pk, **changed)
    announcement.refresh_from_db()
    assert (announcement.title_es, announcement.text_en) == ("Novedad", "Hello.")
    assert oscar.post("announcement", announcement.pk, title_es="").status_code == 422
    oscar.post("announcement_sending", announcement.pk)
    again = oscar.post("announcement", announcement.pk, **changed | {"title_es": "Otra"})
    assert again.status_code == 422
    oscar.post("announcement_discard", announcement.pk)
    announcement.refresh_from_db()
    assert announcement.title_es == "Novedad"


def test_each_customer_is_written_what_changes_for_it(oscar, now, shop, announcement):
    make_version(name="Suficiente", cases=2, price_minor=90_000)
    bare = make_customer("Pulpería Sol", now=now, plan=False)
    for n in range(20):
        bare.held(now + timedelta(seconds=n))
    oscar.post("announcement_sending", announcement.pk)
    mails = letters(now)
    covered, uncovered = mails[shop.manager.email], mails[bare.manager.email]
    assert covered.subject == announcement.title_es
    assert "Qué cambia para Ferretería El Clavo" in covered.text
    assert f"{shop.licence} (WEB): ya tiene" in covered.text
    assert "hay que avisar al menos 5 días antes" in covered.text
    assert f"{bare.licence} (WEB): desde el 9 de agosto de 2026 queda sin plan." in uncovered.text
    assert "le alcanza Suficiente: 2 casos por C$ 900 al mes" in uncovered.text.replace("\xa0", " ")
    assert "Pulpería Sol" not in covered.text


def test_a_smaller_discount_is_told_as_a_price(oscar, now, announcement):
    cloud = make_customer("En la nube", now=now, hosting="vendor_cloud")
    oscar.post("announcement_sending", announcement.pk)
    text = letters(now)[cloud.manager.email].text.replace("\xa0", " ")
    assert "cuesta C$ 2,100 en lugar de C$ 1,260." in text


def test_it_is_sent_once_whoever_presses_and_however_often_the_worker_runs(oscar, now, shop, announcement):
    nobody = make_organization("Sin nadie")
    blocked = make_customer("Bloqueada", now=now)
    block(organization=blocked.organization, reason="fraude", actor=announcement.author, now=now)
    assert "Sale a 2 organizaciones." in said(oscar.post("announcement_sending", announcement.pk))
    assert "Ya se había enviado." in said(oscar.post("announcement_sending", announcement.pk))
    assert len(letters(now)) == 1
    assert len(letters(now)) == 1
    copies = {copy.organization: copy.readers for copy in AnnouncementCopy.objects.all()}
    assert copies == {shop.organization: 1, nobody: 0}
    seen = words(oscar.get("announcement", announcement.pk))
    assert "1 organización no tiene a nadie que lo lea: Sin nadie" in seen
    rows = b"".join(oscar.get("announcement_copies", announcement.pk).streaming_content).decode()
    assert "Sin nadie" in rows


def test_a_date_that_is_past_is_neither_announced_nor_sent(oscar, now, announcement, clock):
    clock.move_to(now + timedelta(days=31))
    oscar.client.force_login(announcement.author)
    seen = words(oscar.get("announcement", announcement.pk))
    assert "La fecha ya pasó" in seen
    assert "Enviar el anuncio" not in seen
    assert "La fecha ya pasó (9 de agosto de 2026)" in said(
        oscar.post("announcement_sending", announcement.pk)
    )
    announcement.refresh_from_db()
    assert announcement.sent_at is None
    assert not AnnouncementCopy.objects.exists()
    again = oscar.post("announcement_of_version", announcement.version_id)
    assert "La fecha ya pasó" in said(again)
    assert Announcement.objects.count() == 1
    clock.move_to(now + timedelta(days=30, hours=5))
    oscar.client.force_login(announcement.author)
    # that very day it is news still
    assert "Sale a" in said(oscar.post("announcement_sending", announcement.pk))


def test_who_was_invited_and_has_not_come_yet_is_told_too(oscar, now, shop, announcement):
    from vigente.accounts.services import invite

    new, nobody = make_customer("Nueva", now=now, plan=False).organization, make_organization("Sin nadie")
    Membership.objects.filter(organization=new).delete()
    for role, address in (("manager", "rosa@nueva.test"), ("member", "otro@nueva.test")):
        invite(organization=new, email=address, name="", role=role, may_draw=True, language="en",
               invited_by=announcement.author, now=now)  # fmt: skip
    seen = words(oscar.get("announcement", announcement.pk))
    assert "1 organización no tiene a nadie que lo lea: Sin nadie" in seen
    oscar.post("announcement_sending", announcement.pk)
    mails = letters(now)
    assert set(mails) == {shop.manager.email, "rosa@nueva.test"}
    assert mails["rosa@nueva.test"].subject == announcement.title_en
    assert {copy.organization: copy.readers for copy in AnnouncementCopy.objects.all()}[nobody] == 0
    oscar.post("switch_reminders")
    assert "rosa@nueva.test" in letters(now, kind="rules.reminded")


def test_any_customers_letter_can_be_seen_before_in_either_language(oscar, shop, announcement):
    seen = words(oscar.get("announcement_preview", announcement.pk, query="?q=clavo"))
    assert "Qué cambia para Ferretería El Clavo" in seen
    english = words(oscar.get("announcement_preview", announcement.pk, query="?q=clavo&language=en"))
    assert announcement.title_en in english
    assert "Ninguna organización se llama así" in words(
        oscar.get("announcement_preview", announcement.pk, query="?q=zzz")
    )
    assert not OutboundMessage.objects.exists()


def test_a_draft_can_be_announced_too(oscar, now):
    oscar.post(
        "rules_new", **posted(now, notice_days="5", effective_on="2026-09-01"), save="", draft_name="Sep"
    )
    from vigente.billing.models import RulebookDraft

    oscar.post("announcement_of_draft", RulebookDraft.objects.get().pk)
    assert Announcement.objects.get().title_es == "Nuevas reglas de soporte desde el 1 de septiembre de 2026"


def test_customers_read_it_in_the_portal_once_it_is_sent(oscar, now, shop, announcement):
    from django.test import Client

    client = Client()
    client.force_login(shop.manager)
    address = f"/es/announcements/rules/{announcement.pk}/"
    assert client.get(address).status_code == 404
    oscar.post("announcement_sending", announcement.pk)
    seen = words(client.get(address))
    assert "Qué cambia para Ferretería El Clavo" in seen
    assert "Leer el anuncio" in words(client.get("/es/"))
    Membership.objects.filter(user=shop.manager).update(role="member")
    assert "Qué cambia para" not in words(client.get(address))


def test_reminders_go_to_who_still_lacks_a_plan(oscar, now, shop, announcement):
    bare = make_customer("Pulpería Sol", now=now, plan=False)
    oscar.post("announcement_sending", announcement.pk)
    letters(now)
    response = oscar.post("switch_reminders")
    assert "Sale un recordatorio." in said(response)
    again = letters(now, "rules.reminded")
    assert set(again) == {bare.manager.email}
    assert again[bare.manager.email].subject.startswith("Recordatorio: Desde el 9 de agosto")
    assert "Salen 0 recordatorios." in said(oscar.post("switch_reminders"))
