"""What would happen if this were asked now: shown before anything is written (rows 1–3, 42)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from vigente.accounts.models import Organization, User
from vigente.billing.facts import load
from vigente.billing.models import Licence, WorkType
from vigente.billing.queries import Meter, Offer, coverage_of, meter_of, offers_for
from vigente.rules.coverage import Decision
from vigente.rules.precedence import place
from vigente.rules.sla import Happening, Kind, evaluate
from vigente.tickets.models import Department
from vigente.tickets.queries.line import place_range


@dataclass(frozen=True, slots=True)
class Preview:
    """The decision, the coverage behind it and what would help. `promise`: first reply due, UTC; `place`: (low,
    high) in line.
    """

    decision: Decision
    meter: Meter | None
    offers: list[Offer]
    promise: datetime | None
    place: tuple[int, int] | None


def preview(
    *,
    user: User,
    organization: Organization | None,
    licence: Licence | None,
    work_type: WorkType,
    now: datetime,
) -> Preview:
    """The promise shown is the one measured later: both count from acceptance with the same policy (row 42)."""
    facts = load(organization, now=now)
    decision = coverage_of(
        organization=organization, licence=licence, work_type=work_type, user=user, now=now, facts=facts
    )
    meter = (
        meter_of(organization=organization, licence=licence, now=now, facts=facts) if organization else None
    )
    if not decision.accepted or work_type.development:
        offers = offers_for(organization=organization, licence=licence, decision=decision, now=now)
        return Preview(decision, meter, offers, None, None)
    version = facts.best_version(licence.pk if licence else None, now=now)
    policy = version.sla_policy.value() if version and version.sla_policy else None
    promise = evaluate(policy, [Happening(now, Kind.ACCEPTED)]).first_reply_due if policy else None
    department = Department.objects.filter(is_default=True).values_list("pk", flat=True).first()
    where = place(
        order=facts.rulebook.order,
        rank=decision.rank,
        due_at=promise,
        accepted_at=now,
        severity=0,
        allowance=timedelta(minutes=version.allowance_minutes if version else 0),
    )
    spot = place_range(
        place=where,
        rank=decision.rank,
        department=department,
        now=now,
        rulebook=facts.rulebook,
        due_at=promise,
    )
    return Preview(decision, meter, [], promise, spot)
