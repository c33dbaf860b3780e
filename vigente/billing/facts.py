"""Rows to frozen inputs: what the rules need to know about one organization at one instant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField

from vigente.accounts.models import Membership, Organization, User
from vigente.billing.models import Grant, Licence, PlanVersion, Subscription
from vigente.billing.models.rulebooks import RULEBOOK, read_rulebook
from vigente.installation.prepared import Asked, Param, Prepared, together
from vigente.rules.coverage import Asking, Contract, Decision, Work, decide
from vigente.rules.quota import GrantFacts
from vigente.rules.rulebook import DrawBy, Rulebook


@dataclass(frozen=True, slots=True)
class Facts:
    """One organization at `now`: three queries, however many decisions follow. `running`: the rows behind `grants`,
    soonest end first.
    """

    rulebook: Rulebook
    contracts: tuple[Contract, ...]
    grants: tuple[GrantFacts, ...]
    drawn: int
    subscriptions: tuple[Subscription, ...]
    running: tuple[Grant, ...]

    def decide(self, asking: Asking, work: Work, *, now: datetime) -> Decision:
        """The coverage decision for one request."""
        return decide(
            asking, work, contracts=self.contracts, grants=self.grants, rulebook=self.rulebook, now=now
        )

    def best_version(self, licence_id: int | None, *, now: datetime) -> PlanVersion | None:
        """The version of the best rank in force for a licence (row 29)."""
        serving = [
            s
            for s, contract in zip(self.subscriptions, self.contracts, strict=True)
            if contract.in_force(now) and not s.asleep and contract.serves(licence_id)
        ]
        return min(serving, key=lambda s: s.version.rank).version if serving else None


def load(organization: Organization | None, *, now: datetime, rulebook: Rulebook | None = None) -> Facts:
    """Read what bears on a decision about `organization` at `now`."""
    if rulebook is None:
        return facts_found(together(*facts_asked(organization, now=now)))
    return _facts(rulebook, *together(*_rows_asked(organization, now=now)))


def facts_asked(organization: Organization | None, *, now: datetime) -> list[Asked[list[Any]]]:
    """The questions of `load`, to go together with others; `facts_found` takes the answers."""
    return [RULEBOOK.asked(now=now), *_rows_asked(organization, now=now)]


def facts_found(answers: list[list[Any]]) -> Facts:
    """What the answers to `facts_asked` say."""
    rulebook, *rows = answers
    return _facts(read_rulebook(rulebook), *rows)


def _rows_asked(organization: Organization | None, *, now: datetime) -> list[Asked[list[Any]]]:
    if organization is None:
        return []
    return [
        _SUBSCRIPTIONS.asked(organization=organization.pk),
        _GRANTS.asked(organization=organization.pk, now=now),
    ]


def _facts(
    rulebook: Rulebook, subscriptions: Iterable[Subscription] = (), grants: Sequence[Grant] = ()
) -> Facts:
    return Facts(
        rulebook=rulebook,
        contracts=tuple(subscription.contract() for subscription in subscriptions),
        grants=tuple(grant.value() for grant in grants),
        drawn=sum(grant.drawn for grant in grants),
        subscriptions=tuple(subscriptions),
        running=tuple(grants),
    )


_SUBSCRIPTIONS = Prepared(
    lambda: (
        Subscription.objects.filter(organization=Param("organization"))
        .exclude(status__in=[Subscription.Status.REPLACED, Subscription.Status.CANCELLED])
        .select_related("version__plan", "version__sla_policy")
    )
)
_GRANTS = Prepared(
    lambda: Grant.objects.filter(
        organization=Param("organization"),
        start__lte=Param("now", DateTimeField()),
        end__gt=Param("now", DateTimeField()),
    ).order_by("end", "id")
)


def asking_of(
    *,
    organization: Organization | None,
    licence: Licence | None,
    user: User | None,
    facts: Facts,
    approved: bool = False,
) -> Asking:
    """Who asks, with what they may spend (row 46). Staff who open a case for a customer spend as its manager would."""
    if organization is None:
        return Asking(organization=None, licence=None)
    draw_by = DrawBy(organization.draw_by) if organization.draw_by else facts.rulebook.draw_by
    membership = None
    is_manager = user is None or user.is_staff_member
    if draw_by is not DrawBy.ANYONE and not is_manager:
        membership = Membership.objects.filter(user=user, organization=organization).first()
        is_manager = membership is not None and membership.role == Membership.Role.MANAGER
    return Asking(
        organization=organization.pk,
        licence=licence.pk if licence else None,
        blocked=organization.is_blocked,
        may_draw=membership.may_draw if membership else True,
        is_manager=is_manager,
        draw_by=draw_by,
        approve_beyond=organization.approve_beyond,
        drawn_in_period=facts.drawn,
        approved=approved,
    )
