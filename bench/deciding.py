"""The coverage decision alone, against building its inputs from rows in memory: at most three times as long."""

import sys
from timeit import repeat

from bench.measuring import NOW, Result, main, set_up

LIMIT = 3.0
TIMES = 5_000


def bench() -> list[Result]:
    set_up()
    from vigente.billing import facts
    from vigente.billing.models import Grant, Subscription
    from vigente.billing.services.packs import add_pack
    from vigente.factories import make_customer
    from vigente.rules.coverage import decide

    customer = make_customer(now=NOW)
    for key in ("1", "2"):
        add_pack(
            organization=customer.organization,
            licence=customer.licence,
            subscription=customer.subscription,
            cases=1,
            key=key,
            now=NOW,
        )
    loaded = facts.load(customer.organization, now=NOW)
    subscriptions = list(Subscription.objects.select_related("version__plan"))
    grants = list(Grant.objects.all())
    work_type = customer.work["error"]

    def build() -> tuple:
        return (
            facts.asking_of(
                organization=customer.organization,
                licence=customer.licence,
                user=customer.manager,
                facts=loaded,
            ),
            work_type.value(),
            tuple(subscription.contract() for subscription in subscriptions),
            tuple(grant.value() for grant in grants),
        )

    asking, work, contracts, values = build()

    def decision() -> object:
        return decide(asking, work, contracts=contracts, grants=values, rulebook=loaded.rulebook, now=NOW)

    assert decision().accepted
    building = min(repeat(build, number=TIMES, repeat=5)) / TIMES * 1e6
    deciding = min(repeat(decision, number=TIMES, repeat=5)) / TIMES * 1e6
    details = f"decision {deciding:.1f} µs, inputs {building:.1f} µs (1 contract, {len(grants)} grants)"
    return [Result("coverage decision, times its inputs", deciding / building, LIMIT, False, details)]


if __name__ == "__main__":
    sys.exit(main("deciding", bench))
