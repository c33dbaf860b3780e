"""What agents and supervisors do: take the next case, then answer, classify, give back, merge, split or move it."""

from collections.abc import Callable
from datetime import datetime

from vigente.accounts.models import User
from vigente.rules.lifecycle import PAUSED, UNSOLVED
from vigente.rules.reasons import Release
from vigente.tickets.models import DrawDispute, Message, Quotation, Ticket
from vigente.tickets.services import classification, conversation, disputes, merging, quotations, work
from vigente.worker.simulation.world import Company, World


def take_and_work(world: World, now: datetime) -> Ticket | None:
    """Take the right next case and do one thing with it."""
    agent = world.rng.choice(world.agents)
    ticket = work.take_next(agent=agent, now=now)
    if ticket is not None:
        (act,) = world.rng.choices([act for act, _ in ACTS], [weight for _, weight in ACTS])
        act(world, ticket, agent, now)
    return ticket


def _solve(world: World, ticket: Ticket, agent: User, now: datetime) -> None:
    conversation.reply(
        ticket=ticket, author=agent, text="Ya quedó.", channel="web", status_after="solved", now=now
    )


def _ask_back(world: World, ticket: Ticket, agent: User, now: datetime) -> None:
    conversation.reply(ticket=ticket, author=agent, text="¿Desde cuándo?", channel="web", now=now)


def _wait(world: World, ticket: Ticket, agent: User, now: datetime) -> None:
    conversation.add_note(ticket=ticket, author=agent, text="Espero al proveedor.", now=now)
    status = world.rng.choice(("waiting_third", "on_hold", "waiting_customer"))
    work.change_status(ticket=ticket, status=status, actor=agent, now=now)


def _classify(world: World, ticket: Ticket, agent: User, now: datetime) -> None:
    classification.classify(
        ticket=ticket, work_type=world.work[world.rng.choice(list(world.work))], actor=agent, now=now
    )


def _give_back(world: World, ticket: Ticket, agent: User, now: datetime) -> None:
    reason = world.rng.choice(
        (Release.SAME_PROBLEM, Release.VENDOR_FAULT, Release.OPENED_BY_MISTAKE, Release.SPAM)
    )
    classification.release(ticket=ticket, reason=reason, actor=agent, note="acordado", now=now)


def _merge(world: World, ticket: Ticket, agent: User, now: datetime) -> None:
    other = (
        Ticket.objects.filter(organization=ticket.organization).exclude(pk=ticket.pk).order_by("-id").first()
    )
    if other is not None:
        merging.merge(ticket=ticket, into=other, actor=agent, now=now)
        if world.rng.random() < 0.3:
            merging.unmerge(ticket=ticket, actor=agent, now=now)


def _split(world: World, ticket: Ticket, agent: User, now: datetime) -> None:
    chosen = list(ticket.messages.filter(kind=Message.Kind.REPLY).order_by("-id")[:1])
    merging.propose_split(ticket=ticket, messages=chosen, subject="Otro problema", actor=agent, now=now)


def _move(world: World, ticket: Ticket, agent: User, now: datetime) -> None:
    company = _company(world, ticket)
    if company is not None:
        classification.move_licence(ticket=ticket, licence=company.licences[-1], actor=agent, now=now)


def _raise(world: World, ticket: Ticket, agent: User, now: datetime) -> None:
    work.set_severity(ticket=ticket, severity=world.rng.randrange(3), actor=agent, now=now)


def _hand_back(world: World, ticket: Ticket, agent: User, now: datetime) -> None:
    work.assign(ticket=ticket, assignee=None, actor=agent, now=now)


Act = Callable[[World, Ticket, User, datetime], None]
ACTS: tuple[tuple[Act, int], ...] = (
    (_solve, 60),
    (_ask_back, 12),
    (_wait, 6),
    (_classify, 6),
    (_give_back, 4),
    (_merge, 4),
    (_split, 2),
    (_move, 2),
    (_raise, 2),
    (_hand_back, 2),
)


def decide_what_is_asked(world: World, now: datetime) -> None:
    """Supervisors quote, and decide objections and disputes, one of each a day (rows 11, 15)."""
    supervisor = world.rng.choice(world.supervisors)
    open_cases = Quotation.objects.filter(ticket__status__in=UNSOLVED).select_related("ticket")
    for quotation in open_cases.filter(status=Quotation.Status.REQUESTED)[:1]:
        quotations.quote(
            ticket=quotation.ticket,
            amount_minor=50_000,
            currency="NIO",
            scope="Un informe nuevo.",
            actor=supervisor,
            now=now,
        )
    for quotation in open_cases.filter(status=Quotation.Status.OBJECTED)[:1]:
        covered = world.rng.random() < 0.5
        quotations.decide_objection(ticket=quotation.ticket, covered=covered, actor=supervisor, now=now)
    for dispute in DrawDispute.objects.filter(status=DrawDispute.Status.OPEN).select_related("ticket")[:1]:
        upheld = world.rng.random() < 0.5
        disputes.decide_dispute(ticket=dispute.ticket, upheld=upheld, actor=supervisor, now=now)


def solve_old_ones(world: World, now: datetime) -> None:
    """Go through what waits for nothing any more."""
    waiting = Ticket.objects.filter(status__in=PAUSED).order_by("last_activity_at")
    for ticket in waiting[: max(3, len(world.companies) // 100)]:
        work.solve(ticket=ticket, actor=world.agents[0], now=now)


def _company(world: World, ticket: Ticket) -> Company | None:
    return next((c for c in world.companies if c.organization.pk == ticket.organization_id), None)
