"""What customers do about their cases: ask, answer, come back, dispute, merge two into one by writing twice."""

from datetime import datetime, timedelta

from vigente.accounts.models import User
from vigente.tickets.models import HeldRequest, Quotation, SplitProposal, Ticket
from vigente.tickets.services import conversation, disputes, held, merging, quotations, work
from vigente.tickets.services.submission import submit_request
from vigente.worker.simulation.world import Company, World

KINDS = (["error", "question", "guided_session", "development", "outage"], [60, 25, 7, 5, 3])


def ask(world: World, company: Company, now: datetime) -> Ticket | HeldRequest:
    """File a request; sometimes twice, as people do (row 6), and sometimes an agent files it for them (row 15)."""
    rng = world.rng
    person = company.manager if rng.random() < 0.4 else company.member
    opened_by: User | None = rng.choice(world.agents) if rng.random() < 0.06 else None
    supervisor = opened_by is not None and rng.random() < 0.2
    request = {
        "requester": person,
        "opened_by": world.supervisors[1] if supervisor else opened_by,
        "override_reason": "cliente de años" if supervisor else "",
        "organization": company.organization,
        "licence": company.licences[0] if rng.random() < 0.85 else company.licences[-1],
        "work_type": world.work[rng.choices(*KINDS)[0]],
        "subject": f"Caso simulado {world.next()}",
        "text": "No cuadra.",
        "channel": rng.choice(("web", "api", "email")) if opened_by is None else "phone",
        "key": f"simulation:{world.serial}",
    }
    result = submit_request(**request, now=now)  # type: ignore[arg-type]
    if rng.random() < 0.05:
        again = submit_request(**request, now=now + timedelta(seconds=1))  # type: ignore[arg-type]
        assert again == result, "the same submission got two answers"
    if isinstance(result, Ticket):
        company.tickets = [*company.tickets[-4:], result]
    return result


def after_holding(world: World, company: Company, request: HeldRequest, now: datetime) -> None:
    """What becomes of a request that waits: approved, chosen, overridden, withdrawn, or nothing."""
    request.refresh_from_db()
    if request.status == HeldRequest.Status.APPROVAL:
        if world.rng.random() < 0.7:
            held.approve(held=request, user=company.manager, now=now)
        else:
            held.refuse_approval(held=request, user=company.manager, now=now)
    elif request.status == HeldRequest.Status.CHOOSE:
        held.choose(held=[request], user=company.manager, now=now)
    elif request.status == HeldRequest.Status.WAITING:
        what = world.rng.random()
        if what < 0.15:
            held.withdraw(held=request, user=company.manager, now=now)
        elif what < 0.25:
            held.override(held=request, actor=world.supervisors[0], reason="urgente", now=now)
        elif what < 0.35:
            held.answer(held=request, actor=world.agents[0], text="¿Qué versión tiene?", now=now)


def answer(world: World, company: Company, ticket: Ticket, now: datetime) -> None:
    """Write again, whatever became of the case: it goes on, reopens, or a new one follows (rows 8–10)."""
    result = conversation.reply(
        ticket=_fresh(ticket), author=ticket.requester, text="Sigue igual.", channel="web", now=now
    )
    if isinstance(result, Ticket):
        company.tickets = [*company.tickets[-4:], result]


def settle(world: World, company: Company, ticket: Ticket, now: datetime) -> None:
    """Answer what is being asked of the customer, or close the case."""
    ticket = _fresh(ticket)
    for proposal in SplitProposal.objects.filter(ticket=ticket, status=SplitProposal.Status.ASKED):
        merging.answer_split(
            proposal=proposal, accepted=world.rng.random() < 0.6, user=ticket.requester, now=now
        )
        return
    quotation = Quotation.objects.filter(ticket=ticket).first()
    if quotation is not None and quotation.status == Quotation.Status.QUOTED:
        act = world.rng.choice((quotations.accept_quotation, quotations.decline_quotation))
        act(ticket=ticket, user=company.manager, now=now)
    elif (
        quotation is not None and quotation.status == Quotation.Status.REQUESTED and world.rng.random() < 0.3
    ):
        quotations.object_to(ticket=ticket, user=company.manager, text="Es un error.", now=now)
    elif ticket.opened_by_id != ticket.requester_id and world.rng.random() < 0.5:
        disputes.dispute(ticket=ticket, user=ticket.requester, text="Yo no lo pedí.", now=now)
    elif not ticket.is_done:
        work.close(ticket=ticket, actor=ticket.requester, now=now)


def _fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related(
        "organization", "licence", "work_type", "requester", "sla_policy__hours", "merged_into"
    ).get(pk=ticket.pk)
