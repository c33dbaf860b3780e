"""Departments: a tree without circles, names in two languages, and to whom a new case goes."""

import pytest

from vigente.accounts.models import Role
from vigente.factories import make_customer, make_user, make_work_types
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Department
from vigente.tickets.models.departments import in_tree
from vigente.tickets.services import work
from vigente.tickets.services.departments import (
    Wanted,
    order_departments,
    restore_department,
    retire_department,
    save_department,
)
from vigente.tickets.services.line import set_away

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(now):
    return make_customer("Ferretería El Clavo", now=now, cases=12)


@pytest.fixture
def ana():
    return make_user("Ana", role=Role.AGENT)


@pytest.fixture
def beto():
    return make_user("Beto", role=Role.AGENT)


def department(name, row=None, **wanted):
    return save_department(department=row, wanted=Wanted(names={"es": name, "en": f"{name} EN"}, **wanted))


def test_a_department_is_never_part_of_itself_however_deep():
    whole = department("Soporte")
    part = department("Redes", parent=whole)
    deep = department("Impresoras", parent=part)
    for wrong in (whole, deep):
        with pytest.raises(Refused) as refused:
            department("Soporte", row=whole, parent=wrong)
        assert (refused.value.code, refused.value.field) == (RefusalCode.INVALID_VALUE, "parent")
    other = department("Ventas")
    order_departments([other.pk, whole.pk])
    assert [(str(row), depth) for row, depth in in_tree(Department.objects.exclude(is_default=True))] == [
        ("Ventas", 0), ("Soporte", 0), ("Redes", 1), ("Impresoras", 2),
    ]  # fmt: skip


def test_a_name_in_any_language_is_nobody_elses():
    made = department("Ventas")
    assert (made.name, made.names) == ("Ventas", {"es": "Ventas", "en": "Ventas EN"})
    for names in ({"es": "VENTAS"}, {"en": "ventas en"}):
        with pytest.raises(Refused) as refused:
            save_department(department=None, wanted=Wanted(names=names))
        assert refused.value.code is RefusalCode.NAME_TAKEN


def test_one_receives_new_cases_and_that_one_stays(now):
    first, second = department("Soporte", is_default=True), department("Ventas")
    with pytest.raises(Refused):
        retire_department(department=first, now=now)
    department("Ventas", row=second, is_default=True)
    retire_department(department=Department.objects.get(pk=first.pk), now=now)
    assert list(Department.objects.offered().filter(is_default=True)) == [second]


def test_a_case_goes_where_it_was_asked_for_and_not_to_one_that_is_retired(shop, ana, now):
    sales = department("Ventas")
    assert shop.ticket(now, department=sales).department == sales
    case = shop.ticket(now)
    retire_department(department=sales, now=now)
    assert shop.ticket(now, department=Department.objects.get(pk=sales.pk)).department == case.department
    with pytest.raises(Refused):
        work.set_department(ticket=case, department=Department.objects.get(pk=sales.pk), actor=ana, now=now)
    restore_department(department=sales)
    work.set_department(ticket=case, department=Department.objects.get(pk=sales.pk), actor=ana, now=now)


def test_a_new_case_goes_to_the_default_agent_who_is_there_and_has_fewest(shop, ana, beto, now):
    sales = department("Ventas", default_agents=[ana, beto])
    got = [shop.ticket(now, department=sales).assignee for _ in range(3)]
    assert got == [ana, beto, ana]
    set_away(agent=beto, away=True, until=None, now=now)
    assert shop.ticket(now, department=sales).assignee == ana
    set_away(agent=ana, away=True, until=None, now=now)
    assert shop.ticket(now, department=sales).assignee is None
    assert shop.ticket(now).assignee is None


def test_what_is_held_keeps_its_department(now):
    poor = make_customer("Sin plan", now=now, plan=False)
    make_work_types()
    sales = department("Ventas")
    assert poor.held(now, department=sales).department == sales
