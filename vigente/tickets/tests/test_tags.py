"""Tags: the owner's words, in several languages, on cases by the staff."""

import pytest

from vigente.accounts.models import Role
from vigente.events.models import Event
from vigente.factories import make_customer, make_user
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Tag, TicketTag
from vigente.tickets.queries import case_page
from vigente.tickets.services import structure

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(now):
    return make_customer("Ferretería El Clavo", now=now)


@pytest.fixture
def agent():
    return make_user("Ana", role=Role.AGENT)


@pytest.fixture
def visit():
    return structure.add_tag(names={"es": " Visita  técnica ", "en": "Visit"}, colour="info")


def test_a_name_is_trimmed_and_nobody_elses(visit):
    assert visit.names == {"es": "Visita técnica", "en": "Visit"}
    for names in ({"es": "VISITA TECNICA"}, {"es": "Otra", "en": "visit"}):
        with pytest.raises(Refused) as refused:
            structure.add_tag(names=names)
        assert refused.value.code is RefusalCode.NAME_TAKEN
    structure.change_tag(tag=visit, names={"es": "visita técnica"}, colour="danger")
    assert Tag.objects.get().names == {"es": "visita técnica"}


@pytest.mark.parametrize(
    ("names", "colour", "code"),
    [
        ({}, "ok", RefusalCode.EMPTY),
        ({"es": "  ", "fr": "Visite"}, "ok", RefusalCode.EMPTY),
        ({"es": "x" * 41}, "ok", RefusalCode.TOO_LONG),
        ({"es": "a\u202eb"}, "ok", RefusalCode.BAD_CHARACTERS),
        ({"es": "a\0b"}, "ok", RefusalCode.BAD_CHARACTERS),
        ({"es": "Visita"}, "#ff0000", RefusalCode.INVALID_VALUE),
    ],
)
def test_what_is_no_tag(names, colour, code):
    with pytest.raises(Refused) as refused:
        structure.add_tag(names=names, colour=colour)
    assert refused.value.code is code
    assert not Tag.objects.exists()


def test_their_order(visit):
    month, urgent = (structure.add_tag(names={"es": word}) for word in ("Cierre", "Hoy"))
    assert list(Tag.objects.all()) == [visit, month, urgent]
    structure.order_tags([urgent.pk, visit.pk, 999, urgent.pk])
    assert list(Tag.objects.all()) == [urgent, visit, month]
    assert structure.add_tag(names={"es": "Nueva"}) == Tag.objects.last()


def test_on_a_case_once_and_told(shop, agent, visit, now):
    case = shop.ticket(now)
    other = structure.add_tag(names={"es": "Cierre"})
    assert structure.tag_case(ticket=case, tags=[visit], actor=agent, now=now) == [visit]
    assert structure.tag_case(ticket=case, tags=[visit, other, other], actor=None, now=now) == [other]
    assert list(TicketTag.objects.order_by("pk").values_list("tag", "added_by")) == [
        (visit.pk, agent.pk),
        (other.pk, None),
    ]
    assert structure.untag_case(ticket=case, tags=[visit], actor=agent, now=now) == [visit]
    assert structure.untag_case(ticket=case, tags=[visit], actor=agent, now=now) == []
    told = Event.objects.filter(kind__in=("ticket.tagged", "ticket.untagged")).order_by("pk")
    assert [(event.kind, event.data["tags"]) for event in told] == [
        ("ticket.tagged", [visit.pk]),
        ("ticket.tagged", [other.pk]),
        ("ticket.untagged", [visit.pk]),
    ]


def test_a_retired_one_stays_and_goes_on_no_new_case(shop, agent, visit, now):
    case, later = shop.ticket(now), shop.ticket(now)
    structure.tag_case(ticket=case, tags=[visit], actor=agent, now=now)
    structure.retire_tag(tag=visit, now=now)
    visit.refresh_from_db()
    assert structure.tag_named("visita tecnica") is None
    with pytest.raises(Refused):
        structure.tag_case(ticket=later, tags=[visit], actor=agent, now=now)
    assert list(case.tags.all()) == [visit]
    structure.restore_tag(tag=visit)
    assert structure.tag_named(" VISIT ") == visit


def test_only_what_no_case_has_is_deleted(shop, agent, visit, now):
    case = shop.ticket(now)
    structure.tag_case(ticket=case, tags=[visit], actor=agent, now=now)
    with pytest.raises(Refused) as refused:
        structure.delete_tag(tag=visit)
    assert refused.value.code is RefusalCode.STILL_USED
    structure.untag_case(ticket=case, tags=[visit], actor=agent, now=now)
    structure.delete_tag(tag=visit)
    assert not Tag.objects.exists()


def test_customers_do_not_see_them(shop, agent, visit, now):
    case = shop.ticket(now)
    structure.tag_case(ticket=case, tags=[visit], actor=agent, now=now)
    assert list(case_page(case.number, agent, now=now).tags) == [visit]
    seen = case_page(case.number, shop.manager, now=now)
    assert not seen.tags
    assert "ticket.tagged" not in {event.kind for event in seen.history}
    assert not Tag.objects.visible_to(shop.manager)
