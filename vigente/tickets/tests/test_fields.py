"""The vendor's own fields: described by the owner, filled by the staff, told with what was there before."""

import pytest

from vigente.accounts.models import Role
from vigente.events.models import Event
from vigente.factories import make_customer, make_user
from vigente.rules.fields import Problem
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import CustomField, Department, FieldValue
from vigente.tickets.queries import case_page
from vigente.tickets.services import fields
from vigente.tickets.services.fields import Wanted, WrongAnswers, save_field, set_values

pytestmark = pytest.mark.django_db
PAID = (("cash", {"es": "Contado", "en": "Cash"}), ("later", {"es": "Crédito", "en": "Credit"}))


@pytest.fixture
def shop(now):
    return make_customer("Ferretería El Clavo", now=now)


@pytest.fixture
def agent():
    return make_user("Ana", role=Role.AGENT)


@pytest.fixture
def paid():
    return save_field(field=None, wanted=Wanted(names={"es": "Pago"}, kind="radio", options=PAID))


def text(name="Caja", **given):
    return save_field(field=None, wanted=Wanted(names={"es": name}, kind="text", **given))


def test_filled_changed_and_told(shop, agent, paid, now):
    case, box = shop.ticket(now), text()
    set_values(ticket=case, sent={paid.pk: "cash", box.pk: " 4 "}, actor=agent, now=now)
    set_values(ticket=case, sent={paid.pk: "later"}, actor=agent, now=now)
    assert set_values(ticket=case, sent={paid.pk: "later"}, actor=None, now=now).changed == {}
    assert list(FieldValue.objects.values_list("field", "value", "set_by")) == [(paid.pk, "later", agent.pk)]
    told = Event.objects.filter(kind="ticket.fields_changed").order_by("pk")
    assert [event.data["changes"] for event in told] == [
        [
            {"field": paid.pk, "before": None, "after": "cash"},
            {"field": box.pk, "before": None, "after": "4"},
        ],
        [
            {"field": paid.pk, "before": "cash", "after": "later"},
            {"field": box.pk, "before": "4", "after": None},
        ],
    ]


def test_one_wrong_answer_and_nothing_is_written(shop, agent, paid, now):
    case = shop.ticket(now)
    box = text(required=True, pattern=r"C\d+", depends=(paid.pk, "cash"))
    for sent, wrong in (
        ({paid.pk: "cash"}, {box.pk: Problem.REQUIRED}),
        ({paid.pk: "cash", box.pk: "4"}, {box.pk: Problem.PATTERN}),
        ({paid.pk: "x"}, {paid.pk: Problem.NOT_AN_OPTION}),
    ):
        with pytest.raises(WrongAnswers) as error:
            set_values(ticket=case, sent=sent, actor=agent, now=now)
        assert error.value.wrong == wrong
    assert not FieldValue.objects.exists()
    set_values(ticket=case, sent={paid.pk: "cash", box.pk: "C4"}, actor=agent, now=now)
    set_values(ticket=case, sent={paid.pk: "later"}, actor=agent, now=now)
    assert FieldValue.objects.get(field=box).value == "C4"


def test_set_once(shop, agent, now):
    case, box = shop.ticket(now), text(locked=True)
    set_values(ticket=case, sent={box.pk: "4"}, actor=agent, now=now)
    with pytest.raises(WrongAnswers):
        set_values(ticket=case, sent={}, actor=agent, now=now)
    set_values(ticket=case, sent={}, actor=None, now=now, whole=False)
    assert FieldValue.objects.get().value == "4"


def test_only_in_some_departments_and_no_more_once_retired(shop, agent, paid, now):
    case = shop.ticket(now)
    elsewhere = text(departments=[Department.objects.create(name="Otro")])
    assert fields.asked_of(case) == [paid]
    set_values(ticket=case, sent={elsewhere.pk: "4"}, actor=agent, now=now)
    assert not FieldValue.objects.exists()
    fields.retire_field(field=paid, now=now)
    assert fields.asked_of(case) == []
    fields.restore_field(field=paid)
    assert fields.asked_of(case) == [paid]


def test_what_a_case_has_stays(shop, agent, paid, now):
    case = shop.ticket(now)
    set_values(ticket=case, sent={paid.pk: "cash"}, actor=agent, now=now)
    for act in (
        lambda: fields.delete_field(field=paid),
        lambda: save_field(field=paid, wanted=Wanted(names=paid.names, kind="radio", options=PAID[1:])),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code is RefusalCode.STILL_USED
    save_field(field=paid, wanted=Wanted(names={"en": "Paid"}, kind="text", options=PAID[:1]))
    paid.refresh_from_db()
    assert (paid.kind, paid.names, paid.choices) == ("radio", {"en": "Paid"}, [("cash", "Contado")])


def test_a_field_never_depends_on_itself(paid):
    box = text(depends=(paid.pk, "cash"))
    assert (box.depends_on, box.depends_option) == (paid, "cash")
    for key, option in ((box.pk, "x"), (paid.pk, "x"), (999, "cash")):
        with pytest.raises(Refused):
            text("Otra", depends=(key, option))
    flag = save_field(
        field=None, wanted=Wanted(names={"es": "¿Va?"}, kind="boolean", depends=(paid.pk, "cash"))
    )
    with pytest.raises(Refused):
        save_field(
            field=paid, wanted=Wanted(names=paid.names, kind="radio", options=PAID, depends=(flag.pk, "yes"))
        )
    with pytest.raises(Refused):
        fields.delete_field(field=paid)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(names={}, kind="text"),
        Wanted(names={"es": "x" * 81}, kind="text"),
        Wanted(names={"es": "a\u202eb"}, kind="text"),
        Wanted(names={"es": "Caja"}, kind="file"),
        Wanted(names={"es": "Caja"}, kind="radio"),
        Wanted(names={"es": "Caja"}, kind="radio", options=[("a", {"es": "A"})] * 2),
        Wanted(names={"es": "Caja"}, kind="text", pattern="("),
        Wanted(names={"es": "Caja"}, kind="text", pattern=r"(a)\1"),
    ],
)
def test_what_is_no_field(wanted):
    with pytest.raises(Refused):
        save_field(field=None, wanted=wanted)
    assert not CustomField.objects.exists()


def test_customers_do_not_see_them(shop, agent, paid, now):
    case = shop.ticket(now)
    set_values(ticket=case, sent={paid.pk: "cash"}, actor=agent, now=now)
    assert [value.said for value in case_page(case.number, agent, now=now).values] == ["Contado"]
    seen = case_page(case.number, shop.manager, now=now)
    assert not seen.values
    assert "ticket.fields_changed" not in {event.kind for event in seen.history}
