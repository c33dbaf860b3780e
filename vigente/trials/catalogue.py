"""What does not hang on a customer, read once for a whole trial: terms, kinds of work, rulebooks, promises, roles."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from vigente.accounts.models import STAFF_ROLES, User
from vigente.billing.models import ListPrice, PlanVersion, RulebookVersion, WorkType
from vigente.rules.coverage import Work
from vigente.rules.periods import Interval
from vigente.rules.rulebook import Rulebook
from vigente.rules.simulate_history import Books, Terms
from vigente.rules.simulate_line import Better
from vigente.rules.sla import Policy
from vigente.sla.models import SlaPolicy

UNKNOWN_WORK = Work("unknown")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """By id, except `codes`. `staff`: role by user. `better`: head starts that plans gave, for the fair order. `lists`:
    by price list that is not the base, the terms as it sells them.
    """

    terms: dict[int, Terms]
    works: dict[int, Work]
    codes: dict[str, Work]
    books: Books
    policies: dict[int, Policy]
    better: tuple[Better, ...]
    staff: dict[int, str]
    lists: dict[int, dict[int, Terms]] = field(default_factory=dict)

    def terms_in(self, price_list: int | None) -> dict[int, Terms]:
        """The terms as who buys in this list pays them; what it has no price for is sold by the base list."""
        return self.terms if price_list is None else self.lists.get(price_list, self.terms)


def read() -> Catalogue:
    """Eight queries, whatever the number of customers."""
    works = {row.pk: row.value() for row in WorkType.objects.all()}
    versions = list(PlanVersion.objects.select_related("plan__edition").order_by("id"))
    terms = {version.pk: terms_of(version) for version in versions}
    return Catalogue(
        terms=terms,
        works=works,
        codes={work.code: work for work in works.values()},
        books=books(),
        policies={policy.pk: policy.value() for policy in SlaPolicy.objects.all()},
        better=tuple((v.rank, v.sold_from, timedelta(minutes=v.allowance_minutes)) for v in versions),
        staff=dict(User.objects.filter(role__in=STAFF_ROLES).values_list("pk", "role")),
        lists=_lists(terms),
    )


def _lists(terms: dict[int, Terms]) -> dict[int, dict[int, Terms]]:
    """What other lists than the base say, in their currencies."""
    found: dict[int, dict[int, Terms]] = {}
    for row in ListPrice.objects.filter(price_list__is_base=False).select_related("price_list"):
        found.setdefault(row.price_list_id, dict(terms))[row.version_id] = replace(
            terms[row.version_id],
            price_minor=row.price_minor,
            pack_price_minor=row.pack_price_minor,
            currency=row.price_list.currency,
        )
    return found


def books() -> Books:
    """Which rules were in force when."""
    rows = list(RulebookVersion.objects.order_by("effective_from").values_list("effective_from", "data"))
    begins: tuple[datetime, ...] = tuple(begin for begin, _ in rows)
    return Books(begins, tuple(Rulebook.from_json(data) for _, data in rows))


def terms_of(version: PlanVersion) -> Terms:
    """A plan version as a replay needs it."""
    return Terms(
        id=version.pk,
        plan=version.plan.code,
        family=version.plan.family,
        edition=version.plan.edition.code,
        interval=Interval(version.plan.interval),
        cases=version.cases,
        price_minor=version.price_minor,
        currency=version.currency,
        rank=version.rank,
        work=frozenset(version.work),
        pack_price_minor=version.pack_price_minor,
        pack_cases=version.pack_cases,
        allowance=timedelta(minutes=version.allowance_minutes),
        policy=version.sla_policy_id,
    )
