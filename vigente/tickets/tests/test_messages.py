"""What was said is changed with its history, and never behind anybody's back."""

from datetime import timedelta

import pytest

from vigente.accounts.models import Role
from vigente.events.models import Event
from vigente.factories import make_customer, make_user
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.files import File
from vigente.tickets.models import Attachment, Message
from vigente.tickets.queries import case_page
from vigente.tickets.queries.matching import matching
from vigente.tickets.services import messages
from vigente.tickets.services.conversation import add_note, reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_user("Ana Robleto", role=Role.AGENT)


@pytest.fixture
def sofia():
    return make_user("Sofía Mena", role=Role.SUPERVISOR)


@pytest.fixture
def customer(now):
    return make_customer("Ferretería El Clavo", now=now)


@pytest.fixture
def said(customer, ana, now):
    """An answer with a file, and who may read it."""
    ticket = customer.ticket(now)
    files = (File("clave.txt", b"secreta"), File("guia.txt", b"paso a paso"))
    return reply(
        ticket=ticket, author=ana, text="La clave es murciélago", channel="web", files=files, now=now
    )


def test_its_author_changes_it_and_what_it_said_is_kept(said, ana, now):
    later = now + timedelta(hours=1)
    changed = messages.edit_message(message=said, text="La clave va aparte", actor=ana, now=later)
    assert (changed.text, changed.edited_at) == ("La clave va aparte", later)
    (version,) = said.versions.all()
    assert (version.text, version.replaced_by, version.deleted) == ("La clave es murciélago", ana, False)
    assert Event.objects.filter(kind="ticket.message_edited", data__message=said.pk).count() == 1
    messages.edit_message(message=said, text="La clave va aparte", actor=ana, now=later)
    assert said.versions.count() == 1


def test_the_search_finds_what_it_says_now_only(said, ana, now):
    assert matching(ana, "murcielago").exists()
    messages.edit_message(message=said, text="Va aparte, xilófono", actor=ana, now=now)
    assert not matching(ana, "murcielago").exists()
    assert matching(ana, "xilofono").exists()


def test_a_deleted_message_leaves_its_place_and_nothing_else(said, ana, sofia, customer, now):
    messages.delete_message(message=said, actor=ana, now=now)
    seen = [
        one for one in case_page(said.ticket.number, customer.manager, now=now).messages if one.pk == said.pk
    ]
    assert [(one.text, one.html, one.deleted_at) for one in seen] == [("", "", now)]
    files = {user: Attachment.objects.visible_to(user).count() for user in (customer.manager, ana, sofia)}
    assert list(files.values()) == [0, 0, 2]
    assert said.versions.get().deleted
    with pytest.raises(Refused):
        messages.edit_message(message=said, text="otra vez", actor=ana, now=now)


def test_a_file_is_taken_out_alone(said, ana, customer, now):
    secret = said.attachments.get(filename="clave.txt")
    messages.edit_message(message=said, text=said.text, actor=ana, now=now, without=[secret.pk])
    assert [file.filename for file in Attachment.objects.visible_to(customer.manager)] == ["guia.txt"]
    assert not said.versions.exists()
    assert Event.objects.get(kind="ticket.file_deleted").data["file"] == "clave.txt"


def test_nobody_changes_what_somebody_else_wrote(said, ana, sofia, customer, now):
    beto = make_user("Beto", role=Role.AGENT)
    first = said.ticket.messages.earliest("pk")
    for message, actor in ((said, beto), (first, ana), (first, sofia)):
        with pytest.raises(Refused) as refused:
            messages.edit_message(message=message, text="x", actor=actor, now=now)
        assert refused.value.code is RefusalCode.SUPERVISOR_ONLY
    for message, actor in ((said, beto), (first, ana)):
        with pytest.raises(Refused):
            messages.delete_message(message=message, actor=actor, now=now)
    messages.delete_message(message=first, actor=sofia, now=now)
    messages.edit_message(message=said, text="Corregido", actor=sofia, now=now)
    assert set(Message.objects.values_list("text", flat=True)) == {"", "Corregido"}


def test_nothing_becomes_an_empty_message(said, ana, now):
    for without in ((), said.attachments.values_list("pk", flat=True)):
        if without:
            with pytest.raises(Refused):
                messages.edit_message(message=said, text=" ", actor=ana, now=now, without=list(without))
    assert messages.edit_message(message=said, text=" ", actor=ana, now=now).text == ""


def test_a_pinned_note_is_staffs_alone(said, ana, customer, now):
    note = add_note(ticket=said.ticket, author=ana, text="Ojo con el respaldo", now=now)
    messages.pin(message=note, pinned=True, actor=ana, now=now)
    messages.pin(message=note, pinned=True, actor=ana, now=now)
    assert Event.objects.filter(kind="ticket.message_pinned").count() == 1
    page = case_page(said.ticket.number, customer.manager, now=now)
    assert note.pk not in [one.pk for one in page.messages]
    assert "ticket.message_pinned" not in [event.kind for event in page.history]
    messages.pin(message=note, pinned=False, actor=ana, now=now)
    assert not Message.objects.exclude(pinned_at=None).exists()
