"""What is prepared gives what the plain query gives, on both databases, whatever thread or connection asks."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models import F, Q

from vigente import factories as make
from vigente.accounts.models import Membership, Organization
from vigente.billing.models import Grant, Subscription
from vigente.events.models import Event
from vigente.installation.prepared import Param, Prepared, PreparedUpdate, together
from vigente.installation.rows import insert, insert_if_new, inserting, update
from vigente.tickets.models import Submission, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(now):
    return make.make_customer(now=now, version=make.make_version(sla_policy=make.make_policy()))


def grants():
    return Grant.objects.filter(
        organization=Param("organization"), start__lte=Param("now", models.DateTimeField())
    ).order_by("id")


def test_objects_and_their_values_are_those_of_the_plain_query(customer, now) -> None:
    (found,) = Prepared(grants)(organization=customer.organization.pk, now=now)
    plain = Grant.objects.get()
    assert {**vars(found), "_state": None} == {**vars(plain), "_state": None}
    assert found._state.adding is False


def test_related_objects_come_along(customer, django_assert_num_queries) -> None:
    contracts = Prepared(
        lambda: Subscription.objects.filter(pk=Param("pk")).select_related("version__sla_policy__hours")
    )
    with django_assert_num_queries(1):
        (found,) = contracts(pk=customer.subscription.pk)
        assert found.version.sla_policy.hours.week == make.OFFICE_WEEK


def test_the_same_query_answers_for_other_values(customer, now) -> None:
    ask = Prepared(grants)
    assert ask(organization=customer.organization.pk, now=now)
    assert ask(organization=customer.organization.pk + 1, now=now) == []
    assert ask(organization=customer.organization.pk, now=now - timedelta(days=1)) == []


def test_values_come_as_tuples_or_flat(customer) -> None:
    seats = Membership.objects.filter(organization=Param("organization")).order_by("id")
    organization = customer.organization.pk
    pairs = Prepared(lambda: seats.values_list("user", "role"))(organization=organization)
    assert pairs == [(customer.manager.pk, "manager"), (customer.colleague.pk, "member")]
    assert (
        Prepared(lambda: seats.values_list("role", flat=True)[:1]).first(organization=organization)
        == "manager"
    )
    assert Prepared(lambda: seats).first(organization=0) is None


def test_another_thread_and_another_connection_make_it_anew(customer, now) -> None:
    ask = Prepared(lambda: Organization.objects.order_by("id").values_list("pk", flat=True))
    assert ask() == [customer.organization.pk]
    seen = []

    def elsewhere() -> None:
        seen.append(ask.asked())
        connection.close()

    thread = Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen[0].sql == ask.asked().sql
    assert seen[0].read.__self__ is not ask.asked().read.__self__
    assert ask() == [customer.organization.pk]


def test_an_update_tells_how_many_rows_it_changed(customer) -> None:
    take = PreparedUpdate(
        lambda: Grant.objects.filter(
            Q(remaining__isnull=True) | Q(remaining__gte=Param("units")), pk=Param("pk")
        ),
        remaining=F("remaining") - Param("units"),
        drawn=F("drawn") + Param("units"),
    )
    grant = Grant.objects.get()
    assert take(pk=grant.pk, units=3) == 1
    assert take(pk=grant.pk, units=3) == 0
    grant.refresh_from_db()
    assert (grant.remaining, grant.drawn) == (1, 3)


def test_a_constraint_that_refuses_ends_the_transaction_as_ever(customer) -> None:
    overdraw = PreparedUpdate(
        lambda: Grant.objects.filter(pk=Param("pk")), remaining=F("remaining") - Param("units")
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        overdraw(pk=Grant.objects.get().pk, units=5)
    assert Grant.objects.get().remaining == 4


def test_an_inserted_row_is_the_one_that_save_writes(customer, now) -> None:
    first = customer.ticket(now)  # through `insert`
    again = Ticket.objects.get(pk=first.pk)
    for field in Ticket._meta.concrete_fields:
        assert getattr(first, field.attname) == getattr(again, field.attname), field.name
    assert again.waits is True  # computed by the database
    again.pk, again.number = None, again.number + 1
    again.save(force_insert=True)
    plain = Ticket.objects.get(pk=again.pk)
    for field in Ticket._meta.concrete_fields:
        if field.name not in ("id", "number"):
            assert getattr(first, field.attname) == getattr(plain, field.attname), field.name


def test_fields_take_their_defaults(now) -> None:
    event = Event(kind="held", subject="held:1", occurred_at=now)
    insert(event)
    stored = Event.objects.get(pk=event.pk)
    assert (stored.data, stored.attempts, stored.last_error, stored.actor_id) == ({}, 0, "", None)


def test_insert_if_new_leaves_what_is_there(now) -> None:
    assert insert_if_new(Submission(key="k", digest="first", created_at=now))
    again = Submission(key="k", digest="second", created_at=now)
    assert not insert_if_new(again)
    assert again.pk is None
    assert Submission.objects.get().digest == "first"


def test_update_writes_the_named_fields_only(customer, now) -> None:
    ticket = customer.ticket(now)
    ticket.subject, ticket.status = "Otro asunto", "open"
    update(ticket, ("status",))
    stored = Ticket.objects.get(pk=ticket.pk)
    assert (stored.status, stored.subject != "Otro asunto") == ("open", True)


def test_update_of_a_row_that_is_gone_is_an_error(now) -> None:
    organization = make.make_organization()
    Organization.objects.all().delete()
    with pytest.raises(DatabaseError, match="not there"), transaction.atomic():
        update(organization, ("name",))


def test_queries_are_counted_like_any_other(customer, now, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        Prepared(grants)(organization=customer.organization.pk, now=now)


def test_several_go_together_and_answer_in_order(customer, now) -> None:
    seats = Prepared(lambda: Membership.objects.filter(organization=Param("organization")).order_by("id"))
    rename = PreparedUpdate(
        lambda: Organization.objects.filter(pk=Param("pk")), notes="100 % suyo; de verdad"
    )
    event = Event(kind="held", subject="held:1", occurred_at=now, data={"subject": "50 %; DROP TABLE x --"})
    organization = customer.organization.pk
    changed, wrote, people, found = together(
        rename.asked(pk=organization),
        inserting(event),
        seats.asked(organization=organization),
        Prepared(grants).asked(organization=organization, now=now),
    )
    assert (changed, wrote) == (1, True)
    assert [seat.role for seat in people] == ["manager", "member"]
    assert found == list(Grant.objects.all())
    assert Event.objects.get(pk=event.pk).data == {"subject": "50 %; DROP TABLE x --"}
    assert Organization.objects.get().notes == "100 % suyo; de verdad"


def test_of_those_that_go_together_all_are_written_or_none(customer, now) -> None:
    twice = [inserting(Submission(key="k", digest="d", created_at=now)) for _ in range(2)]
    with pytest.raises(IntegrityError), transaction.atomic():
        together(*twice)
    assert not Submission.objects.exists()
