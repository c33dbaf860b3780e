"""Importing and exporting what is sold. The file's format: `billing.plans_toml`."""

from datetime import datetime

from django.db import transaction

from vigente.accounts.models import User
from vigente.billing import plans_toml as toml
from vigente.billing.plans_export import export_plans
from vigente.billing.plans_toml import PlansFileError
from vigente.billing.services.catalog_import import Change, Changes, Import
from vigente.billing.services.versions import latest_version, new_version
from vigente.events.kinds import Kind
from vigente.events.models import record

__all__ = [
    "Change",
    "Changes",
    "PlansFileError",
    "export_plans",
    "import_plans",
    "latest_version",
    "new_version",
]


def import_plans(*, text: str, now: datetime, dry_run: bool = False, actor: User | None = None) -> Changes:
    """Bring the catalogue to what the file says, all or nothing; PlansFileError names every problem.

    Importing again changes nothing. A dry run does the same and takes it back, so it cannot promise what the import
    would not do.
    """
    catalogue = toml.parse(text)
    with transaction.atomic():
        importing = Import(now)
        importing.run(catalogue)
        if importing.problems:
            raise PlansFileError(importing.problems)
        items = tuple(importing.items)
        if items and not dry_run:
            promises = any(change.table in ("business_hours", "sla_policies") for change in items)
            record(
                Kind.PLANS_IMPORTED,
                subject="plans",
                actor=actor,
                now=now,
                changes=[change.to_json() for change in items],
                promises_changed=promises,
            )
        transaction.set_rollback(dry_run)
    return Changes(items, dry_run)
