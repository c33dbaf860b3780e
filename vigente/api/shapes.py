"""Rows and values to what the API gives. Reads only what was loaded."""

from collections.abc import Iterable
from typing import Any

from vigente.accounts.models import Organization, User
from vigente.api import schemas
from vigente.billing.queries import Offer, StatementLine
from vigente.rules.coverage import Decision
from vigente.rules.pricing import Price
from vigente.rules.reasons import Code
from vigente.tickets.models import CustomField, FieldValue, HeldRequest, Message, Tag, Ticket


def decision(value: Decision) -> schemas.Decision:
    return schemas.Decision(
        outcome=value.outcome.value,
        reasons=reasons(value),
        units=value.units,
        left=value.left,
        until=value.until,
    )


def reasons(value: Decision) -> list[schemas.Reason]:
    """Why, as codes. What a supervisor wrote about an exception is for colleagues and stays here."""
    return [
        schemas.Reason(
            code=reason.code.value, params={} if reason.code is Code.STAFF_OVERRIDE else dict(reason.params)
        )
        for reason in value.reasons
    ]


def price(value: Price, currency: str) -> schemas.Price:
    return schemas.Price(
        currency=currency,
        list_minor=value.list_minor,
        discount_minor=value.discount_minor,
        total_minor=value.total_minor,
        discount_code=value.discount_code,
    )


def offer(value: Offer) -> schemas.Offer:
    plan = value.version.plan
    return schemas.Offer(
        kind=value.kind,
        plan=plan.code,
        name=plan.name,
        version=value.version.number,
        interval=plan.interval,
        cases=value.cases,
        price=price(value.price, value.price.currency),
    )


def organization(value: Organization) -> schemas.OrganizationRef:
    return schemas.OrganizationRef(id=value.pk, name=value.name)


def accepted(ticket: Ticket) -> schemas.Accepted:
    return schemas.Accepted(
        number=ticket.number,
        status=ticket.status,
        queue=ticket.queue,
        decision=decision(ticket.decision_value()),
        first_reply_due_at=ticket.first_reply_due_at,
    )


def held(value: HeldRequest, offers: Iterable[Offer]) -> schemas.Held:
    return schemas.Held(
        held_request=value.pk,
        status=value.status,
        decision=decision(value.decision_value()),
        hold_until=value.hold_until,
        offers=[offer(item) for item in offers],
    )


def ticket(value: Ticket, *, tags: Iterable[Tag] | None = None) -> schemas.Ticket:
    """Needs organization, licence, requester, assignee, work_type, follows and merged_into loaded."""
    return schemas.Ticket(**_ticket(value, tags))


def ticket_with_messages(
    value: Ticket,
    messages: Iterable[Message],
    place: tuple[int, int] | None,
    *,
    tags: Iterable[Tag] | None = None,
    fields: Iterable[FieldValue] = (),
) -> schemas.TicketWithMessages:
    """Needs each message's author and attachments loaded, too."""
    return schemas.TicketWithMessages(
        **_ticket(value, tags),
        place=schemas.Place(low=place[0], high=place[1]) if place else None,
        messages=[message(item) for item in messages],
        fields=[
            schemas.FieldValue(id=one.field_id, names=one.field.names, value=one.value) for one in fields
        ],
    )


def custom_field(value: CustomField) -> schemas.CustomField:
    """Needs its kinds of work loaded."""
    return schemas.CustomField(
        id=value.pk,
        names=value.names,
        kind=value.kind,
        options=value.options,
        required=value.required,
        locked=value.locked,
        public=value.public,
        depends_on=value.depends_on_id,
        depends_option=value.depends_option,
        work_types=[work.code for work in value.work_types.all()],
    )


def _ticket(value: Ticket, tags: Iterable[Tag] | None) -> dict[str, Any]:
    return {
        "number": value.number,
        "subject": value.subject,
        "status": value.status,
        "queue": value.queue,
        "channel": value.channel,
        "work_type": value.work_type.code,
        "licence": value.licence.key if value.licence else None,
        "organization": organization(value.organization) if value.organization else None,
        "requester": person(value.requester),
        "assignee": str(value.assignee) if value.assignee else None,
        "decision": decision(value.decision_value()),
        "accepted_at": value.accepted_at,
        "first_reply_due_at": value.first_reply_due_at,
        "first_replied_at": value.first_replied_at,
        "last_activity_at": value.last_activity_at,
        "solved_at": value.solved_at,
        "closed_at": value.closed_at,
        "follows": value.follows.number if value.follows else None,
        "merged_into": value.merged_into.number if value.merged_into else None,
        "tags": None if tags is None else [schemas.Tag(id=tag.pk, names=tag.names) for tag in tags],
    }


def person(user: User) -> schemas.Person:
    return schemas.Person(name=user.name, email=user.email)


def message(value: Message) -> schemas.Message:
    return schemas.Message(
        id=value.pk,
        kind=value.kind,
        author=value.author_name or (str(value.author) if value.author else ""),
        by_staff=value.by_staff,
        text=value.text,
        html=value.html,
        channel=value.channel,
        created_at=value.created_at,
        attachments=[
            schemas.Attachment(filename=file.filename, content_type=file.content_type, size=file.size)
            for file in value.attachments.all()
            if file.deleted_at is None
        ],
        edited_at=value.edited_at,
        deleted_at=value.deleted_at,
    )


def line(value: StatementLine) -> schemas.StatementLine:
    return schemas.StatementLine(
        at=value.at,
        kind=value.kind,
        cases=value.cases,
        grant=value.grant_id,
        source=value.grant_source,
        until=value.grant_until,
        licence=value.licence.key if value.licence else None,
        ticket=value.ticket_number,
        reason=value.reason,
        left_after=value.left_after,
    )
