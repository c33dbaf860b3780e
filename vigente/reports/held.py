"""Held requests and what became of them: let in by what, or not, and after how long (rows 2, 3, 41, 45, 46, 50)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from vigente.billing.numbers import Payer, payers
from vigente.reports.statistics import quantile
from vigente.rules.periods import Span
from vigente.rules.quota import Source
from vigente.tickets.models import HeldRequest

STATUS = HeldRequest.Status


class Outcome(StrEnum):
    """What became of a held request."""

    PLAN = "plan"  # the customer contracted a plan
    PACK = "pack"  # or bought extra cases
    RENEWAL = "renewal"  # the next allotment came
    GOODWILL = "goodwill"  # the vendor let it in
    APPROVED = "approved"  # a manager of the customer did
    OTHER = "other"  # a case was given back, or the rules changed
    WAITING = "waiting"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


LET_IN = (
    Outcome.PLAN, Outcome.PACK, Outcome.RENEWAL, Outcome.GOODWILL, Outcome.APPROVED, Outcome.OTHER,
)  # fmt: skip
BOUGHT = (Outcome.PLAN, Outcome.PACK)
NOT_LET_IN = {STATUS.EXPIRED.value: Outcome.EXPIRED, STATUS.WITHDRAWN.value: Outcome.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One request. `after`: from its arrival to what became of it. `answered`: staff wrote to it meanwhile."""

    id: int
    subject: str
    organization: str
    received_at: datetime
    outcome: Outcome
    after: timedelta | None
    answered: bool
    ticket: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """The requests held in a span, newest first."""

    rows: Sequence[HeldRow]

    def of(self, *outcomes: Outcome) -> list[HeldRow]:
        return [row for row in self.rows if row.outcome in outcomes]

    def median(self, *outcomes: Outcome) -> timedelta | None:
        return quantile([row.after for row in self.of(*outcomes) if row.after is not None], 50)

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def let_in(self) -> int:
        return len(self.of(*LET_IN))

    @property
    def bought(self) -> int:
        """Those that made a customer buy."""
        return len(self.of(*BOUGHT))

    @property
    def answered(self) -> int:
        return sum(row.answered for row in self.rows)

    @property
    def outcomes(self) -> list[tuple[Outcome, int, timedelta | None]]:
        """How many of each, and the median time until then."""
        return [(one, len(self.of(one)), self.median(one)) for one in Outcome]


def held(span: Span) -> Held:
    """What was held in `span`."""
    rows = list(
        HeldRequest.objects.filter(received_at__gte=span.start, received_at__lt=span.end)
        .order_by("-received_at", "-pk")
        .values_list(
            "pk", "subject", "organization__name", "email", "received_at", "status", "settled_at", "answer",
            "approved_by", "ticket__number", "ticket__decision__grant",
        )
    )  # fmt: skip
    paid = payers(int(row[10]) for row in rows if row[10] is not None)
    return Held(
        [
            HeldRow(
                id=pk,
                subject=subject,
                organization=organization or email,
                received_at=received_at,
                outcome=_outcome(status, received_at, approved_by, paid.get(int(grant or 0))),
                after=settled_at - received_at if settled_at else None,
                answered=bool(answer),
                ticket=ticket,
            )
            for (
                pk, subject, organization, email, received_at, status, settled_at, answer, approved_by, ticket, grant,
            ) in rows
        ]
    )  # fmt: skip


def _outcome(status: str, received_at: datetime, approved_by: int | None, payer: Payer | None) -> Outcome:
    if status in NOT_LET_IN:
        return NOT_LET_IN[status]
    if status != STATUS.RELEASED:
        return Outcome.WAITING
    if approved_by is not None:
        return Outcome.APPROVED
    if payer is None or payer.created_at < received_at:
        return Outcome.OTHER
    if payer.source == Source.PACK:
        return Outcome.PACK
    if payer.source == Source.GOODWILL:
        return Outcome.GOODWILL
    is_new = payer.contract_since is not None and payer.contract_since >= received_at
    return Outcome.PLAN if is_new or payer.period == 0 else Outcome.RENEWAL
