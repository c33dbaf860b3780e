"""Cases: file one, list them, read one, say something in one."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from ninja import Query, Router, Status

from vigente.accounts.models import Membership, Organization, User
from vigente.api import schemas, shapes
from vigente.api.auth import Caller, TokenAuth, caller_of
from vigente.api.coverage import licence_for, work_type_of
from vigente.api.errors import ERRORS
from vigente.api.once import IdempotencyKey, key_of
from vigente.api.problems import Problem, not_found, only
from vigente.billing.models import Licence
from vigente.billing.queries import offers_for
from vigente.rules.reasons import Code
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import HeldRequest, Message, Ticket
from vigente.tickets.queries import case_page, my_cases, place_of
from vigente.tickets.services.conversation import add_note, living, reply
from vigente.tickets.services.submission import submit_request

router = Router(tags=["tickets"])


@router.post(
    "/tickets",
    auth=TokenAuth("tickets:write"),
    response={201: schemas.Accepted, 202: schemas.Held, **ERRORS},
    operation_id="submit_ticket",
    summary="Ask for support",
)
def submit(request: HttpRequest, body: schemas.NewTicket, idempotency_key: IdempotencyKey = None) -> Status:
    """201: it is a case. 202: not covered now; it is kept whole and becomes one the moment coverage appears."""
    now: datetime = request.now  # type: ignore[attr-defined]
    caller = caller_of(request)
    licence = licence_for(caller, body.licence)
    organization = licence.organization
    requester = _requester(caller, organization, body.requester)
    known: dict[str, Any] = {} if requester else {"hold_as": Code.REQUESTER_UNKNOWN}
    result = submit_request(
        requester=requester,
        email=body.requester or "",
        organization=organization,
        licence=licence,
        work_type=work_type_of(body.work_type),
        subject=body.subject,
        text=body.body,
        channel=Ticket.Channel.API,
        key=key_of(caller, idempotency_key, request),
        opened_by=caller.user if caller.user and caller.user.is_staff_member else None,
        fields=None if body.fields is None else {int(key): value for key, value in body.fields.items()},
        now=now,
        **known,
    )
    return _answer(result, organization, licence, now=now)


@router.get(
    "/tickets",
    auth=TokenAuth("tickets:read"),
    response={200: schemas.TicketList, **ERRORS},
    operation_id="list_tickets",
    summary="The cases this person may see, newest first",
)
def listing(
    request: HttpRequest,
    status: Literal["open", "done", "all"] = "all",
    limit: schemas.Limit = 30,
    cursor: Annotated[
        str | None, Query(pattern=r"^[A-Za-z0-9_-]{0,400}$", description="`next` of the page before.")
    ] = None,
) -> schemas.TicketList:
    """A page of cases; go on with `next` until it is null."""
    only(request, "status", "limit", "cursor")
    now: datetime = request.now  # type: ignore[attr-defined]
    caller = caller_of(request).person
    page = my_cases(caller, filter=status, cursor=cursor, limit=limit, now=now)
    if caller.is_staff_member:
        prefetch_related_objects(page.rows, "tags")
        rows = [shapes.ticket(row, tags=row.tags.all()) for row in page.rows]
    else:
        rows = [shapes.ticket(row) for row in page.rows]
    return schemas.TicketList(tickets=rows, next=page.next_cursor or None)


@router.get(
    "/tickets/{number}",
    auth=TokenAuth("tickets:read"),
    response={200: schemas.TicketWithMessages, **ERRORS},
    operation_id="read_ticket",
    summary="One case with its conversation",
)
def read(request: HttpRequest, number: schemas.Number) -> schemas.TicketWithMessages:
    """The case, its messages, and its place in line while it waits."""
    now: datetime = request.now  # type: ignore[attr-defined]
    caller = caller_of(request).person
    page = _case(number, caller, now=now)
    tags = page.tags if caller.is_staff_member else None
    place = place_of(page.ticket, now=now)
    return shapes.ticket_with_messages(page.ticket, page.messages, place, tags=tags, fields=page.values)


@router.post(
    "/tickets/{number}/messages",
    auth=TokenAuth("tickets:write"),
    response={201: schemas.Message | schemas.Accepted, 202: schemas.Held, **ERRORS},
    operation_id="add_message",
    summary="Say something in a case",
)
def add_message(
    request: HttpRequest,
    body: schemas.NewMessage,
    number: schemas.Number,
    idempotency_key: IdempotencyKey = None,
) -> Status:
    """A customer's reply to a case closed long ago is a new case, decided as any other: 201 with its number, or 202."""
    now: datetime = request.now  # type: ignore[attr-defined]
    caller = caller_of(request)
    person = caller.person
    ticket = Ticket.objects.visible_to(person).filter(number=number).select_related(*NEEDED).first()
    if ticket is None:
        raise not_found("ticket")
    key = key_of(caller, idempotency_key, request)
    if body.note:
        result: Message | Ticket | HeldRequest = add_note(
            ticket=ticket, author=person, text=body.body, key=key, channel=Ticket.Channel.API, now=now
        )
    else:
        status = body.status if person.is_staff_member else None
        result = reply(
            ticket=ticket,
            author=person,
            text=body.body,
            channel=Ticket.Channel.API,
            key=key,
            status_after=status,
            now=now,
        )
    if not isinstance(result, Message):
        return _answer(result, ticket.organization, ticket.licence, now=now)
    if result.ticket_id not in (ticket.pk, living(ticket).pk) or result.text != body.body.strip():
        raise Refused(RefusalCode.SAME_KEY_OTHER_CONTENT, field="Idempotency-Key")
    return Status(201, shapes.message(result))


NEEDED = ("organization", "licence", "work_type", "sla_policy__hours", "requester", "merged_into")


def _case(number: int, person: User, *, now: datetime) -> Any:
    try:
        return case_page(number, person, now=now)
    except Ticket.DoesNotExist:
        raise not_found("ticket") from None


def _answer(
    result: Ticket | HeldRequest, organization: Organization | None, licence: Licence | None, *, now: datetime
) -> Status:
    if isinstance(result, HeldRequest) and result.ticket is not None:
        result = result.ticket  # let in since it was first answered
    if isinstance(result, Ticket):
        return Status(201, shapes.accepted(result))
    offers = offers_for(organization=organization, licence=licence, decision=result.decision_value(), now=now)
    return Status(202, shapes.held(result, offers))


def _requester(caller: Caller, organization: Organization, email: str | None) -> User | None:
    """Whom the case is for: the token's person, or whom the product or staff name. None: nobody there."""
    if caller.user is not None and not caller.user.is_staff_member:
        if email is not None and email.lower() != caller.user.email:
            raise _bad_requester("not_you", "This token acts for one person only; leave `requester` out.")
        return caller.user
    if email is None:
        raise _bad_requester("missing", "Say for whom this is: the e-mail address of the person.")
    member = Membership.objects.select_related("user").filter(
        organization=organization, user__email=email.lower(), user__is_active=True
    )
    found = member.first()
    if found is None and caller.user is not None:
        raise _bad_requester("unknown", "Nobody with this address belongs to the licence's organization.")
    return found.user if found else None


def _bad_requester(code: str, message: str) -> Problem:
    errors = [{"field": "requester", "code": code, "message": message}]
    return Problem(422, "bad_requester", message, errors=errors)
