"""`POST /queue/next`: the right next case, to one agent only."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Status

from vigente.api import schemas, shapes
from vigente.api.auth import TokenAuth, caller_of
from vigente.api.errors import ERRORS
from vigente.api.problems import Problem
from vigente.tickets.queries import case_page, place_of
from vigente.tickets.services.work import take_next

router = Router(tags=["queue"])


@router.post(
    "/queue/next",
    auth=TokenAuth("queue"),
    response={200: schemas.TicketWithMessages, 204: None, **ERRORS},
    operation_id="take_next",
    summary="Take the next case",
)
def next_case(request: HttpRequest) -> Status:
    """Assigns the next case in the order of attention to the token's agent. 204: nothing waits."""
    now: datetime = request.now  # type: ignore[attr-defined]
    agent = caller_of(request).person
    if not agent.is_staff_member:
        raise Problem(403, "staff_only", "Only agents take cases from the line.")
    ticket = take_next(agent=agent, now=now)
    if ticket is None:
        return Status(204, None)
    page = case_page(ticket.number, agent, now=now)
    return Status(
        200, shapes.ticket_with_messages(page.ticket, page.messages, place_of(page.ticket, now=now))
    )
