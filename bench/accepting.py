"""Accepting a case through `submit_request`, against the same rows written by bare Django: at least half its rate."""

import statistics
import sys
from datetime import timedelta

from bench.measuring import NOW, Result, main, milliseconds, set_up

ROUNDS = 300
LIMIT = 0.5


def bench() -> list[Result]:
    set_up()
    from vigente.factories import make_customer, make_edition, make_policy, make_version

    version = make_version(cases=100_000, edition=make_edition(), sla_policy=make_policy())
    customers = [make_customer(now=NOW, version=version) for _ in range(10)]
    service, bare = [], []
    for number in range(ROUNDS):  # in turns, so that both see the same tables and the same machine
        customer, now = customers[number % 10], NOW + timedelta(minutes=number)
        service.append(milliseconds(lambda c=customer, at=now: c.ticket(at)))
        rows = Rows(customer, now, number)
        bare.append(milliseconds(rows.write))
    of_service, of_bare = statistics.median(service[20:]), statistics.median(bare[20:])
    details = f"service {of_service:.2f} ms, bare rows {of_bare:.2f} ms"
    return [Result("accepting a case, rate against bare rows", of_bare / of_service, LIMIT, True, details)]


class Rows:
    """The rows of one accepted case, every value known beforehand: nothing is decided, checked or cleaned."""

    def __init__(self, customer: object, now: object, number: int) -> None:
        from vigente.billing.models import Grant
        from vigente.tickets.models import Ticket

        self.customer, self.now, self.number = customer, now, number
        self.like = Ticket.objects.latest("id")
        self.message = self.like.messages.get()
        self.grant = Grant.objects.get(organization=customer.organization)

    def write(self) -> None:
        from django.db import transaction
        from django.db.models import F

        from vigente.billing.models import Grant, LedgerEntry
        from vigente.events.models import Event
        from vigente.tickets.models import Message, Submission, Ticket, TicketNumber

        like, at = self.like, self.now
        with transaction.atomic():
            submission = Submission.objects.create(key=f"bare:{self.number}", digest="0" * 64, created_at=at)
            TicketNumber.objects.filter(pk=1).update(last=F("last") + 1)
            number = TicketNumber.objects.values_list("last", flat=True).get(pk=1)
            Grant.objects.filter(pk=self.grant.pk).update(remaining=F("remaining") - 1, drawn=F("drawn") + 1)
            LedgerEntry.objects.create(
                grant=self.grant, kind="draw", cases=1, source=f"ticket:{number}:1", at=at
            )
            ticket = Ticket.objects.create(
                number=number,
                organization=like.organization,
                licence=like.licence,
                requester=like.requester,
                opened_by=like.opened_by,
                department=like.department,
                work_type=like.work_type,
                sla_policy=like.sla_policy,
                subject=like.subject,
                channel=like.channel,
                decision=like.decision,
                draw=1,
                drawn=True,
                rank=like.rank,
                allowance_minutes=like.allowance_minutes,
                place_group=like.place_group,
                place_at=like.place_at,
                accepted_at=at,
                first_reply_due_at=like.first_reply_due_at,
                due_at=like.due_at,
                last_activity_at=at,
                last_reply_by="customer",
            )
            Message.objects.create(
                ticket=ticket,
                author=like.requester,
                html=self.message.html,
                text=self.message.text,
                channel="web",
                created_at=at,
            )
            data = {"number": number, "decision": like.decision, "channel": "web"}
            Event.objects.create(
                kind="ticket.accepted",
                subject=f"ticket:{ticket.pk}",
                organization=like.organization,
                actor=like.requester,
                data=data,
                occurred_at=at,
            )
            Submission.objects.filter(pk=submission.pk).update(ticket=ticket)


if __name__ == "__main__":
    sys.exit(main("accepting", bench))
