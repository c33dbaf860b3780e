"""The catalogue as a file: what `services.catalog.import_plans` reads back without finding a change."""

from vigente.billing import plans_toml as toml
from vigente.billing.models import Edition, Plan, PlanVersion, Product, WorkType
from vigente.billing.plans_toml import major
from vigente.sla.models import BusinessHours, SlaPolicy


def export_plans() -> str:
    """The catalogue as a file that `import_plans` reads; of each plan the newest version."""
    return toml.dump(
        toml.Catalogue(
            business_hours=tuple(
                _hours_table(hours)
                for hours in BusinessHours.objects.order_by("id").prefetch_related("holidays")
            ),
            sla_policies=tuple(
                toml.SlaPolicy.model_construct(
                    name=policy.name,
                    hours=policy.hours.name,
                    first_reply=policy.first_reply_minutes,
                    next_reply=policy.next_reply_minutes,
                    resolution=policy.resolution_minutes,
                    warn=policy.warn_minutes,
                    warn_percent=policy.warn_percent,
                    levels=tuple(
                        toml.SlaLevel.model_construct(severity=int(level), **own)
                        for level, own in sorted(policy.levels.items())
                    ),
                )
                for policy in SlaPolicy.objects.order_by("id").select_related("hours")
            ),
            products=tuple(toml.Product(code=p.code, name=p.name) for p in Product.objects.order_by("id")),
            editions=tuple(
                toml.Edition(product=e.product.code, code=e.code, name=e.name)
                for e in Edition.objects.order_by("id").select_related("product")
            ),
            work_types=tuple(_work_table(work) for work in WorkType.objects.all()),
            plans=tuple(
                _plan_table(plan, version)
                for plan in Plan.objects.order_by("id").select_related("edition__product")
                if (version := plan.versions.select_related("sla_policy").order_by("-number").first())
            ),
        )
    )


def _hours_table(hours: BusinessHours) -> toml.BusinessHours:
    days = {day: tuple(tuple(shift) for shift in hours.week[i]) for i, day in enumerate(toml.DAYS)}
    return toml.BusinessHours.model_construct(
        name=hours.name,
        time_zone=hours.time_zone,
        default=hours.is_default,
        holidays=tuple(toml.Holiday(day=h.day, name=h.name) for h in hours.holidays.all()),
        **days,  # type: ignore[arg-type]
    )


def _work_table(work: WorkType) -> toml.WorkType:
    return toml.WorkType(
        code=work.code,
        name=toml.Words(es=work.name_es, en=work.name_en),
        description=toml.Description(es=work.description_es, en=work.description_en),
        units=work.units,
        always=work.always,
        development=work.development,
        offered=work.is_offered,
    )


def _plan_table(plan: Plan, version: PlanVersion) -> toml.Plan:
    pack = version.pack_price_minor
    return toml.Plan.model_construct(
        code=plan.code,
        name=plan.name,
        family=plan.family,
        product=plan.edition.product.code,
        edition=plan.edition.code,
        interval=plan.interval,
        public=plan.is_public,
        cases=version.cases,
        price=major(version.price_minor, version.currency),
        currency=version.currency,
        pack=None
        if pack is None
        else toml.Pack.model_construct(cases=version.pack_cases, price=major(pack, version.currency)),
        rank=version.rank,
        allowance=version.allowance_minutes,
        work=tuple(version.work),
        sla=version.sla_policy.name if version.sla_policy else None,
        sold_from=version.sold_from,
        sold_until=version.sold_until,
        on_renewal=version.on_renewal,
    )
