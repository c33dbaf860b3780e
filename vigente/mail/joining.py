"""A mail that was read and threaded becomes what it is: a reply, a note, a request, an entry in the log.

Everything a service writes here carries the key of the mail's content, so that the same mail twice, also through two
mailboxes, is one message (row 6). Runs inside the transaction that marks the mail as processed: killed at any point,
either both happened or neither.
"""

from datetime import datetime
from email.utils import formataddr

from django.utils import translation
from django.utils.translation import gettext as _

from vigente.accounts.models import Organization, User
from vigente.billing.models import Licence, WorkType
from vigente.billing.models.rulebooks import rulebook_at
from vigente.mail import answers
from vigente.mail.bounces import note_bounce
from vigente.mail.evidence import Evidence
from vigente.mail.fitting import Fitted, fit
from vigente.mail.models import InboundMessage
from vigente.mail.parsed import ParsedMail
from vigente.rules.mailauth import Authentication
from vigente.rules.mailthread import Outcome, Threading, bare_subject
from vigente.rules.reasons import Code
from vigente.rules.refusal import RefusalCode, Refused
from vigente.rules.rulebook import EmailIntake
from vigente.tickets.models import HeldRequest, Message, Ticket
from vigente.tickets.services.additions import add_to
from vigente.tickets.services.conversation import add_note, living, reply
from vigente.tickets.services.request import SUBJECT_MAX
from vigente.tickets.services.submission import submit_request

EMAIL = Ticket.Channel.EMAIL
REFUSED = "refused"
HELD_ADDITION = "held_addition"
LOCKED = "locked"
DEFAULT_WORK = "error"


def apply(
    row: InboundMessage, mail: ParsedMail, evidence: Evidence, decision: Threading, *, now: datetime
) -> None:
    """Do what was decided, and write on the row what came of it. Unsaved."""
    row.outcome = decision.outcome.value
    row.silent = not decision.answer
    row.facts = row.facts | {"why": [why.value for why in decision.why], "defects": list(mail.defects)}
    if decision.outcome is Outcome.LOG_ONLY:
        row.status = InboundMessage.Status.IGNORED
        row.ticket_id = decision.ticket
        note_bounce(row, mail, now=now)
        return
    row.status = InboundMessage.Status.PROCESSED
    result: Message | Ticket | HeldRequest | None
    with translation.override(evidence.user.language if evidence.user else "es"):
        fitted = fit(mail)
        if fitted.left_out:
            row.facts["left_out"] = list(fitted.left_out)
        if decision.outcome is Outcome.NEW_REQUEST:
            result = _add(row, fitted, evidence.held, now=now) or _request(
                row, mail, fitted, evidence, now=now
            )
        elif decision.outcome is Outcome.REPLY:
            result = _reply(row, fitted, evidence, decision, now=now)
        else:
            result = _note(row, mail, fitted, evidence, decision, now=now)
    _tie(row, result)


def key_of(row: InboundMessage) -> str:
    return f"mail:{row.digest}"


def _tie(row: InboundMessage, result: Message | Ticket | HeldRequest | None) -> None:
    if isinstance(result, Message):
        row.message, row.ticket_id = result, result.ticket_id
    elif isinstance(result, Ticket):
        row.ticket = result
        row.message = result.messages.order_by("created_at", "id").first()
    elif isinstance(result, HeldRequest):
        row.held = result


def _add(
    row: InboundMessage, fitted: Fitted, held: HeldRequest | None, *, now: datetime
) -> HeldRequest | None:
    """The author of a held request answers what we wrote about it: it belongs there, and is not answered again.

    None when there is none, or it has no room for more: then it is a request of its own.
    """
    if held is None:
        return None
    try:
        added = add_to(held=held, html=fitted.html, text=fitted.text, files=fitted.files, now=now)
    except Refused:
        return None
    row.outcome, row.silent = HELD_ADDITION, True
    return added


def _reply(
    row: InboundMessage, fitted: Fitted, evidence: Evidence, decision: Threading, *, now: datetime
) -> Message | Ticket | HeldRequest:
    user = evidence.user
    assert user is not None, "only somebody with an account takes part in a case"
    ticket = Ticket.objects.select_related("merged_into").get(pk=decision.ticket or 0)
    try:
        return reply(
            ticket=ticket,
            author=user,
            channel=EMAIL,
            html=fitted.html,
            text=fitted.text,
            quoted_html=fitted.quoted_html,
            files=fitted.files,
            key=key_of(row),
            now=now,
        )
    except Refused as refusal:
        if refusal.code is not RefusalCode.CASE_LOCKED:
            raise
    return _to_a_locked_case(row, fitted, living(ticket), user, now=now)


def _to_a_locked_case(
    row: InboundMessage, fitted: Fitted, ticket: Ticket, user: User, *, now: datetime
) -> Message:
    """Kept where the staff read it; who wrote is told where to go on, unless nothing may answer this mail."""
    row.outcome = LOCKED
    if not row.silent:
        answers.case_is_locked(row, ticket, user=user, now=now)
    quoted = f"<blockquote>{fitted.quoted_html}</blockquote>" if fitted.quoted_html and fitted.html else ""
    return add_note(
        ticket=ticket,
        author=user,
        author_name=str(user)[:160],
        channel=EMAIL,
        html=fitted.html + quoted,
        text=fitted.text,
        files=fitted.files,
        key=key_of(row),
        now=now,
    )


def _note(
    row: InboundMessage,
    mail: ParsedMail,
    fitted: Fitted,
    evidence: Evidence,
    decision: Threading,
    *,
    now: datetime,
) -> Message:
    """What somebody sent who may not speak in the case: seen by staff only, under the name it came with.

    Only a colleague for whom our own server vouches is named as the author.
    """
    genuine = evidence.sender.staff and evidence.sender.authentication is Authentication.PASS
    quoted = f"<blockquote>{fitted.quoted_html}</blockquote>" if fitted.quoted_html and fitted.html else ""
    return add_note(
        ticket=Ticket.objects.get(pk=decision.ticket or 0),
        author=evidence.user if genuine else None,
        author_name="" if genuine else formataddr((mail.sender.name, mail.sender.email), "utf-8")[:160],
        channel=EMAIL,
        html=fitted.html + quoted,
        text=fitted.text,
        files=fitted.files,
        key=key_of(row),
        now=now,
    )


def _request(
    row: InboundMessage, mail: ParsedMail, fitted: Fitted, evidence: Evidence, *, now: datetime
) -> Ticket | HeldRequest | None:
    """A new request by mail (row 17), the same for somebody unknown (row 18)."""
    intake = rulebook_at(now).intake_email
    if intake is EmailIntake.REFUSE:
        row.outcome = REFUSED
        if not row.silent:
            answers.refuse(row, user=evidence.user, now=now)
        return None
    user, department = evidence.user, row.mailbox.department
    if user is None and department is not None and department.registered_only:
        row.outcome = REFUSED
        if not row.silent:
            answers.refuse(row, user=None, now=now)
        return None
    organization = _only_organization(user)
    licence = _only_licence(organization)
    held_for = (
        intake is EmailIntake.PORTAL_ONLY
        or (user is not None and organization is None)
        or evidence.sender.refuted
    )
    return submit_request(
        requester=user,
        organization=organization,
        licence=licence,
        work_type=_default_work(),
        subject=bare_subject(mail.subject)[:SUBJECT_MAX] or _("(sin asunto)"),
        html=fitted.html,
        text=fitted.text,
        email=mail.sender.email,
        sender_name=mail.sender.name[:160],
        channel=EMAIL,
        files=fitted.files,
        department=department,
        key=key_of(row),
        hold_as=Code.CASE_IN_TRASH if evidence.thrown_away else Code.PORTAL_ONLY if held_for else None,
        now=now,
    )


def _only_organization(user: User | None) -> Organization | None:
    """The organization a person writes for, if there is no doubt."""
    if user is None or user.is_staff_member:
        return None
    found = list(Organization.objects.filter(memberships__user=user)[:2])
    return found[0] if len(found) == 1 else None


def _only_licence(organization: Organization | None) -> Licence | None:
    if organization is None:
        return None
    found = list(Licence.objects.filter(organization=organization, is_active=True)[:2])
    return found[0] if len(found) == 1 else None


def _default_work() -> WorkType:
    """What a mail asks for until somebody says otherwise: something fails."""
    offered = WorkType.objects.filter(development=False, always=False)
    found = offered.filter(code=DEFAULT_WORK).first() or offered.first()
    if found is None:
        raise LookupError("no kind of work is set up: import the plan catalogue first")
    return found
