"""What people are written about requests that wait for coverage (rows 2, 3, 17, 18, 41, 45, 46, 50)."""

from datetime import datetime

from vigente.accounts.models import Membership, User
from vigente.events.models import Event
from vigente.mail import facts
from vigente.mail.letters import Reader, Words, link, post
from vigente.mail.models import InboundMessage
from vigente.tickets.models import HeldRequest, Ticket
from vigente.ui.wording import next_step_text

STATUS = HeldRequest.Status


def held(event: Event, *, now: datetime) -> None:
    """It is kept whole; why it waits, what would help, and the link that opens it. Nobody is told what others have."""
    request = _held_of(event)
    if request is None:
        return
    source = InboundMessage.objects.defer("raw").filter(held=request).order_by("pk").first()
    if source is not None and source.silent:
        return

    def words() -> dict[str, object]:
        codes = [reason.code for reason in request.decision_value().reasons]
        return {
            "reasons": facts.reasons(request.decision, now=now),
            "steps": list(dict.fromkeys(filter(None, map(next_step_text, codes)))),
            "coverage": _coverage(request, now=now) if request.requester_id else "",
            "until": facts.last_day(request.hold_until, now=now),
        }

    _to_author("held", event, request, words=words, answers=source.header_id if source else "", now=now)


def released(event: Event, *, now: datetime) -> None:
    """It entered the line."""
    ticket = Ticket.objects.select_related(
        "organization", "licence", "requester", "work_type", "sla_policy__hours"
    ).filter(pk=event.data.get("ticket")).first()  # fmt: skip
    if ticket is not None:
        post(
            "released",
            to=Reader.of(ticket.requester),
            kind=event.kind,
            key=f"event:{event.pk}",
            ticket=ticket,
            words=lambda: facts.of_ticket(ticket, now=now) | {"link": link("portal:ticket", ticket.number)},
            now=now,
        )


def expired(event: Event, *, now: datetime) -> None:
    """It waited too long; how to recover it (row 41)."""
    request = _held_of(event)
    if request is not None and request.status == STATUS.EXPIRED:
        words: Words = lambda: {"until": facts.last_day(request.erase_at, now=now)}  # noqa: E731
        _to_author("held_expired", event, request, words=words, now=now)


def answered(event: Event, *, now: datetime) -> None:
    """Staff wrote a link or asked for data (row 50): words of a person."""
    request = _held_of(event)
    if request is not None and request.answer:
        _to_author("held_answered", event, request, automatic=False, now=now)


def choice_asked(event: Event, *, now: datetime) -> None:
    """Renewed while requests waited: one letter for all of them (row 45)."""
    request = _held_of(event)
    if request is None or request.requester is None:
        return
    reader, organization = request.requester, request.organization_id
    waiting = list(
        HeldRequest.objects.filter(requester=reader, organization=organization, status=STATUS.CHOOSE)
    )
    if waiting:
        post(
            "held_choice",
            to=Reader.of(reader),
            kind=event.kind,
            key=f"choice:{organization}:{event.occurred_at.isoformat()}",
            words=lambda: {
                "waiting": waiting,
                "coverage": _coverage(request, now=now),
                "link": link("portal:held_choice"),
            },
            now=now,
        )


def approval_asked(event: Event, *, now: datetime) -> None:
    """A manager decides whether a case is spent (row 46)."""
    request = _held_of(event)
    if request is None or request.status != STATUS.APPROVAL or request.organization is None:
        return
    who = str(request.requester or request.sender_name or request.email)
    for manager in managers_of(request.organization_id):
        post(
            "approval_asked",
            to=Reader.of(manager),
            kind=event.kind,
            key=f"event:{event.pk}",
            about=event.subject,
            words=lambda: {
                "held": request,
                "who": who,
                "coverage": _coverage(request, now=now),
                "link": link("portal:held_approval", request.token),
            },
            now=now,
        )


def approval_refused(event: Event, *, now: datetime) -> None:
    request = _held_of(event)
    if request is not None:
        _to_author("approval_refused", event, request, now=now)


def managers_of(organization_id: int | None) -> list[User]:
    """The managers of an organization; where there is none, everybody who acts for it."""
    members = Membership.objects.filter(organization=organization_id, user__is_active=True).select_related(
        "user"
    )
    managers = [one.user for one in members if one.role == Membership.Role.MANAGER]
    return managers or [one.user for one in members]


def _held_of(event: Event) -> HeldRequest | None:
    name, _colon, pk = event.subject.partition(":")
    if name != "held" or not pk.isdigit():
        return None
    related = ("organization", "licence", "requester")
    return HeldRequest.objects.select_related(*related).filter(pk=int(pk)).first()


def _to_author(
    template: str,
    event: Event,
    request: HeldRequest,
    *,
    now: datetime,
    words: Words = dict,
    answers: str = "",
    automatic: bool = True,
) -> None:
    author = request.requester
    if author is not None and not HeldRequest.objects.visible_to(author).filter(pk=request.pk).exists():
        return  # they left the company it was for
    post(
        template,
        to=Reader(request.email, author),
        kind=event.kind,
        key=f"event:{event.pk}",
        about=event.subject,
        answers=answers,
        automatic=automatic,
        words=lambda: {"held": request, "link": link("portal:held", request.token), **words()},
        now=now,
    )


def _coverage(request: HeldRequest, *, now: datetime) -> str:
    return facts.coverage(request.organization, request.licence, now=now)
