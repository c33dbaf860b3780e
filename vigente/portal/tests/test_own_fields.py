"""The vendor's public fields before a customer: asked for, kept on every error, held and let in, filled in the case."""

import pytest

from vigente.billing.services.subscriptions import subscribe
from vigente.factories import make_customer, make_version
from vigente.portal.tests.conftest import signed_in, words
from vigente.portal.tests.test_asking import KEY, sent
from vigente.rules.reasons import Code
from vigente.tickets.models import Department, FieldValue, HeldRequest, Ticket
from vigente.tickets.services.fields import Wanted, delete_field, save_field
from vigente.tickets.services.held import release_covered
from vigente.tickets.services.submission import submit_request

pytestmark = pytest.mark.django_db
URL = "/es/ask/"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def paid(shop):
    options = [("cash", {"es": "Contado"}), ("later", {"es": EVIL})]
    return save_field(
        field=None,
        wanted=Wanted(
            names={"es": f"Pago {EVIL}"}, kind="radio", options=options, required=True, public=True
        ),
    )


@pytest.fixture
def box(paid):
    """Asked where it was paid in cash, of errors only."""
    wanted = Wanted(
        names={"es": "Caja"},
        kind="text",
        required=True,
        public=True,
        depends=(paid.pk, "cash"),
        pattern=r"C\d+",
        pattern_error={"es": "Una C y cifras."},
    )
    return save_field(field=None, wanted=wanted)


@pytest.fixture
def secret(shop):
    return save_field(field=None, wanted=Wanted(names={"es": "Nota del equipo"}, kind="text", required=True))


def values():
    return {value.field_id: value.value for value in FieldValue.objects.all()}


def test_public_fields_are_asked_and_others_are_not(bob, paid, box, secret):
    page = bob.get(URL)
    assert "Caja" in words(page)
    assert "Solo si" in words(page) or "Hay que llenarlo si" in words(page)
    assert "Nota del equipo" not in words(page)
    assert EVIL not in page.content.decode()


def test_what_is_missing_is_said_at_once_and_all_that_was_typed_stays(bob, paid, box):
    answer = bob.post(URL, sent(subject="", **{f"field_{paid.pk}": "cash", f"field_{box.pk}": "4\u202e"}))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"subject", f"field_{box.pk}"}
    assert 'value="cash"' in answer.content.decode()
    again = bob.post(URL, sent(**{f"field_{paid.pk}": "cash", f"field_{box.pk}": "4"}))
    assert "Una C y cifras." in words(again)
    assert 'value="4"' in again.content.decode()
    assert bob.post(URL, sent()).context["form"].errors.keys() == {f"field_{paid.pk}"}
    assert not Ticket.objects.exists()
    unscripted = bob.post(URL, sent(recalculate="1", **{f"field_{box.pk}": "C9"}))
    assert (unscripted.status_code, 'value="C9"' in unscripted.content.decode()) == (200, True)


def test_they_come_with_the_case(bob, shop, paid, box, secret):
    bob.post(URL, sent(**{f"field_{paid.pk}": "cash", f"field_{box.pk}": "C4", f"field_{secret.pk}": "no"}))
    assert values() == {paid.pk: "cash", box.pk: "C4"}
    assert FieldValue.objects.first().set_by == shop.colleague
    page = bob.get(f"/es/tickets/{Ticket.objects.get().number}/")
    assert "Caja C4" in words(page)
    assert EVIL not in page.content.decode()


def test_only_for_some_kinds_of_work_and_departments(bob, shop, paid):
    save_field(
        field=paid,
        wanted=Wanted(
            names=paid.names, kind="radio", options=[("cash", {"es": "Contado"})], required=True, public=True,
            work_types=[shop.work["question"]],
        ),
    )  # fmt: skip
    Department.objects.create(name="Soporte", position=0, is_public=False)
    elsewhere = [Department.objects.create(name="Otro", position=9, is_public=False)]
    hidden = save_field(
        field=None, wanted=Wanted({"es": "Lejos"}, "text", required=True, public=True, departments=elsewhere)
    )
    assert "Lejos" not in words(bob.get(URL))
    asked = bob.post(URL, sent(work_type="question"))
    assert asked.context["form"].errors.keys() == {f"field_{paid.pk}"}
    bob.post(URL, sent(**{f"field_{paid.pk}": "cash", f"field_{hidden.pk}": "x"}))
    assert (Ticket.objects.count(), values()) == (1, {})
    Department.objects.update(is_public=True)
    chosen = sent(key="another-key", department=str(elsewhere[0].pk))
    assert "data-departments" in bob.get(URL).content.decode()
    assert bob.post(URL, chosen).context["form"].errors.keys() == {f"field_{hidden.pk}"}
    bob.post(URL, chosen | {f"field_{hidden.pk}": "x"})
    assert values() == {hidden.pk: "x"}


def test_a_held_request_keeps_them_and_they_arrive_with_the_case(now, paid, box):
    poor = make_customer("Pulpería", now=now, plan=False)
    client = signed_in(poor.manager)
    client.post(URL, sent(seen="", **{f"field_{paid.pk}": "cash", f"field_{box.pk}": "C4"}))
    held = HeldRequest.objects.get()
    assert "Caja C4" in words(client.get(f"/es/held/{held.token}/"))
    with pytest.raises(Exception, match="still_used"):
        delete_field(field=box)
    subscribe(organization=poor.organization, licence=poor.licence, version=make_version(), now=now)
    release_covered(organization=poor.organization, now=now)
    assert values() == {paid.pk: "cash", box.pk: "C4"}


def test_one_that_came_by_mail_is_asked_when_it_is_completed(shop, bob, now, paid):
    held = submit_request(
        requester=None, email=shop.colleague.email, organization=None, licence=None,
        work_type=shop.work["error"], subject="No abre", text="No abre.", channel="email", key="m", now=now,
        hold_as=Code.PORTAL_ONLY,
    )  # fmt: skip
    url = f"/es/held/{held.token}/"
    assert "Contado" in words(bob.get(url))
    form = {"work_type": "error", "seen": "1"}
    assert bob.post(url, form).context["form"].errors.keys() == {f"field_{paid.pk}"}
    bob.post(url, form | {f"field_{paid.pk}": "cash"})
    assert (Ticket.objects.count(), values()) == (1, {paid.pk: "cash"})


def test_filled_in_the_case_as_long_as_it_goes_on(bob, shop, now, paid, box, secret):
    case = shop.ticket(now, user=shop.colleague)
    url = f"/es/tickets/{case.number}/fields/"
    assert "Completar los datos" in words(bob.get(f"/es/tickets/{case.number}/"))
    assert "Nota del equipo" not in words(bob.get(url))
    wrong = bob.post(url, {f"field_{paid.pk}": "cash", f"field_{box.pk}": "9"})
    assert (wrong.status_code, 'value="9"' in wrong.content.decode()) == (422, True)
    bob.post(url, {f"field_{paid.pk}": "cash", f"field_{box.pk}": "C9", f"field_{secret.pk}": "no"})
    assert values() == {paid.pk: "cash", box.pk: "C9"}
    bob.post(f"/es/tickets/{case.number}/closure/")
    bob.post(url, {f"field_{paid.pk}": "later"})
    assert values()[paid.pk] == "cash"


def test_the_same_request_with_another_answer_is_not_the_same(bob, paid):
    bob.post(URL, sent(**{f"field_{paid.pk}": "later"}))
    assert bob.post(URL, sent(key=KEY, **{f"field_{paid.pk}": "later"})).status_code == 302
    assert Ticket.objects.count() == 1
