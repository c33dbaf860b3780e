"""The coverage decision alone, against building what it is decided from.

Inputs are read from the database (`billing.facts.load`) and, the harder comparison, only made from rows already read:
the frozen values of contracts and grants and who asks.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.measure import compare, tell
from vigente import factories as make
from vigente.billing.facts import asking_of, load
from vigente.billing.models import Grant, Subscription
from vigente.billing.services.ledger import add_goodwill
from vigente.rules.coverage import Decision, decide
from vigente.rules.reasons import Release
from vigente.rules.rulebook import Rulebook

LIMIT = 3.0
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)


def cast() -> make.Customer:
    """A customer of a year and a half with two licences, a plan for each and goodwill in force."""
    version = make.make_version(cases=4, sla_policy=make.make_policy())
    customer = make.make_customer(now=NOW - timedelta(days=8), version=version)
    other = make.make_licence(customer.organization)
    make.subscribe(organization=customer.organization, licence=other, version=version, now=NOW)
    add_goodwill(
        organization=customer.organization,
        licence=None,
        key="bench",
        cases=2,
        now=NOW,
        reason=Release.VENDOR_FAULT,
        actor=None,
    )
    return customer


def main() -> None:
    customer, work = cast(), make.make_work_types()["error"]
    organization, licence, user = customer.organization, customer.licence, customer.manager
    rows = Subscription.objects.filter(organization=organization).select_related("version")
    subscriptions, grants = list(rows), list(Grant.objects.filter(organization=organization))
    facts, rulebook = load(organization, now=NOW), Rulebook()
    asking = asking_of(organization=organization, licence=licence, user=user, facts=facts)

    def decision() -> Decision:
        return decide(
            asking,
            work.value(),
            contracts=facts.contracts,
            grants=facts.grants,
            rulebook=rulebook,
            now=NOW,
        )

    def inputs_from_the_database() -> None:
        found = load(organization, now=NOW)
        asking_of(organization=organization, licence=licence, user=user, facts=found)
        work.value()

    def inputs_from_rows() -> None:
        tuple(subscription.contract() for subscription in subscriptions)
        tuple(grant.value() for grant in grants)
        asking_of(organization=organization, licence=licence, user=user, facts=facts)
        work.value()

    assert decision().accepted
    report(decision, {"from the database": inputs_from_the_database, "from rows": inputs_from_rows})


def report(decision: Callable[[], Decision], inputs: dict[str, Callable[[], None]]) -> None:
    """Compare with each way of building the inputs; the worst counts."""
    shown: dict[str, dict[str, float]] = {}
    for name, build in inputs.items():
        found = compare(decision, build, calls=300)
        ours, theirs = found.milliseconds
        shown[f"inputs {name}"] = {
            "decide ms": ours,
            "inputs ms": theirs,
            "ratio": found.ratio,
            "at most": LIMIT,
        }
    tell("decide", shown, passed=all(row["ratio"] <= LIMIT for row in shown.values()))


if __name__ == "__main__":
    main()
