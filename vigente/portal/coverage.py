"""What the ask form says before anything is sent (row 1): what each kind of work costs, what this request would
use, what helps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from vigente.accounts.models import User
from vigente.billing.facts import asking_of, load
from vigente.billing.models import Subscription, WorkType
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import Meter, Offer, meters_of
from vigente.portal.places import Place
from vigente.rules.coverage import Decision, Outcome
from vigente.rules.reasons import Code, Reason
from vigente.tickets.queries import preview
from vigente.ui.wording import cases, cost_text, next_step_text


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work and what it would mean for this person and installation now."""

    work_type: WorkType
    phrase: str

    @property
    def always(self) -> bool:
        return bool(self.work_type.always)


@dataclass(frozen=True, slots=True)
class Line:
    """The coverage line. `units`: cases that sending would use; 0 when none. `used` and `left` beside them, for the
    meter.
    """

    decision: Decision
    meter: Meter | None
    offers: Sequence[Offer]
    promise: datetime | None
    place: tuple[int, int] | None
    hold_until: datetime

    @property
    def covered(self) -> bool:
        return self.decision.outcome is Outcome.COVERED

    @property
    def units(self) -> int:
        return self.decision.units if self.covered else 0

    @property
    def used(self) -> int:
        return self.meter.used if self.meter else 0

    @property
    def left(self) -> int | None:
        return self.decision.left

    @property
    def cost(self) -> str:
        """`Este caso usará 1 de los 3 que le quedan.`"""
        before = None if self.decision.left is None else self.decision.left + self.decision.units
        return cost_text(units=self.decision.units, left=before)

    @property
    def payer(self) -> str:
        """Which grant pays, by name."""
        code = self.decision.reasons[0].code
        if code is Code.GRANT_PAYS and self.meter and self.meter.plan:
            return _("Plan %(plan)s") % {"plan": self.meter.plan}
        return {
            Code.PACK_PAYS: _("Lo paga un caso extra"),
            Code.LEGACY_PAYS: _("Lo paga su plan anterior"),
            Code.GOODWILL_PAYS: _("Lo paga un caso de cortesía"),
        }.get(code, _("Plan %(plan)s") % {"plan": self.meter.plan} if self.meter and self.meter.plan else "")

    @property
    def must_pay(self) -> bool:
        """What helps is paying what is open (row 25)."""
        unpaid = {Code.PAYMENT_OVERDUE, Code.GRACE_SPENT}
        return not self.decision.accepted and any(reason.code in unpaid for reason in self.decision.reasons)

    @property
    def waits_for_manager(self) -> bool:
        return any(reason.code is Code.NEEDS_APPROVAL for reason in self.decision.reasons)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.decision.reasons

    @property
    def next_step(self) -> str:
        return next_step_text(self.decision.reasons[0].code)

    @property
    def more_cases_at(self) -> datetime | None:
        """When the next allotment comes, if what is missing is cases."""
        short = {Code.NO_CASES_LEFT, Code.NOT_ENOUGH_UNITS}
        return (
            self.meter.renews_at if self.meter and short & {r.code for r in self.decision.reasons} else None
        )


def line(place: Place, work_type: WorkType, *, user: User, now: datetime) -> Line:
    """The coverage line for one installation and kind of work. Writes nothing."""
    shown = preview(
        user=user, organization=place.organization, licence=place.licence, work_type=work_type, now=now
    )
    return Line(
        decision=shown.decision,
        meter=shown.meter,
        offers=shown.offers,
        promise=shown.promise,
        place=shown.place,
        hold_until=now + timedelta(days=rulebook_at(now).hold_days),
    )


def kinds(place: Place, *, user: User, now: datetime) -> list[Kind]:
    """Every kind of work on offer with what it costs here. Six queries, however many kinds there are."""
    facts = load(place.organization, now=now)
    asking = asking_of(organization=place.organization, licence=place.licence, user=user, facts=facts)
    return [
        Kind(work_type, _phrase(work_type, facts.decide(asking, work_type.value(), now=now)))
        for work_type in WorkType.objects.filter(is_offered=True)
    ]


def _phrase(work_type: WorkType, decision: Decision) -> str:
    """Rows 36, 44, 48 in a few words."""
    if work_type.development:
        return _("Se cotiza aparte.")
    if work_type.always:
        return _("Siempre lo atendemos.")
    weighs = " " + _("Usa %(cases)s.") % {"cases": cases(work_type.units)} if work_type.units > 1 else ""
    if decision.outcome is Outcome.EXEMPT:
        return _("No hace falta un plan todavía.")
    if decision.accepted:
        return _("Lo cubre su plan.") + weighs
    words = {
        Code.WORK_NOT_COVERED: _("Su plan no lo incluye."),
        Code.NO_CASES_LEFT: _("Lo cubre su plan, pero ya no le quedan casos."),
        Code.NOT_ENOUGH_UNITS: _("Lo cubre su plan, pero no le alcanza."),
        Code.NEEDS_APPROVAL: _("Lo cubre su plan. Lo aprueba la persona responsable."),
        Code.DRAW_NOT_ALLOWED: _("Lo pide una persona autorizada."),
        Code.ORGANIZATION_BLOCKED: _("Se guarda en espera."),
    }
    return words.get(decision.reasons[0].code, _("Necesita un plan.")) + weighs


def covered_first(places: Sequence[Place], *, now: datetime) -> tuple[Place, dict[str, Meter]]:
    """The installation a form begins with (the first that is covered, else the first) and the meter of each."""
    meters: dict[str, Meter] = {}
    for organization in {place.organization for place in places if place.organization}:
        mine = [place for place in places if place.organization == organization]
        found = meters_of(organization=organization, licences=[place.licence for place in mine], now=now)
        meters |= {place.value: found[place.licence.pk if place.licence else None] for place in mine}
    best = next(
        (place for place in places if place.value in meters and meters[place.value].is_covered), places[0]
    )
    return best, meters


def running_bought(place: Place) -> Subscription | None:
    """The bought contract of this installation, if one runs: what an extra pack hangs on, what an upgrade changes."""
    return (
        Subscription.objects.filter(
            organization=place.organization,
            licence=place.licence,
            source=Subscription.Source.BOUGHT,
            status__in=[Subscription.Status.ACTIVE, Subscription.Status.GRACE],
        ).first()
        if place.organization
        else None
    )
