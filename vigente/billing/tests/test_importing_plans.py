from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from vigente.billing.models import Plan, PlanVersion, WorkType
from vigente.billing.plans_toml import PlansFileError, parse
from vigente.billing.services.catalog import export_plans, import_plans, new_version
from vigente.events.models import Event

NOW = datetime(2026, 8, 3, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
SAMPLE = Path(settings.ROOT, "docs/plans.sample.toml").read_text()

pytestmark = pytest.mark.django_db


def latest(code):
    return Plan.objects.get(code=code).versions.order_by("-number").first()


def test_the_sample_in_the_docs_is_imported_whole():
    changes = import_plans(text=SAMPLE, now=NOW)
    assert {change.action for change in changes.items} == {"add"}
    version = latest("local-basico")
    assert (version.cases, version.price_minor, version.pack_price_minor) == (4, 4500, 1500)
    assert version.sold_from == datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert version.sla_policy.value().first_reply == timedelta(hours=8)


def test_importing_again_changes_nothing():
    import_plans(text=SAMPLE, now=NOW)
    assert import_plans(text=SAMPLE, now=LATER).items == ()
    assert Event.objects.count() == 1


def test_a_dry_run_says_the_same_and_writes_nothing():
    tried = import_plans(text=SAMPLE, now=NOW, dry_run=True)
    assert not Plan.objects.exists()
    assert not Event.objects.exists()
    assert tried.items == import_plans(text=SAMPLE, now=NOW).items


def test_what_is_exported_is_imported_without_a_change():
    import_plans(text=SAMPLE.replace("cases = 4  ", 'cases = "unlimited"'), now=NOW)
    text = export_plans()
    assert import_plans(text=text, now=LATER).items == ()
    assert 'cases = "unlimited"' in text
    assert parse(text).plans[0].price == 45


def test_new_terms_make_a_new_version_and_the_sold_one_stays():
    import_plans(text=SAMPLE, now=NOW)
    before = latest("local-basico")
    changes = import_plans(text=SAMPLE.replace("45.00", "49.50"), now=LATER)
    after = latest("local-basico")
    assert [(c.action, c.key, c.fields) for c in changes.items] == [
        ("version", "local-basico v2", (("price_minor", 4500, 4950),))
    ]
    assert (after.number, after.sold_from) == (2, LATER)
    before.refresh_from_db()
    assert (before.price_minor, before.sold_until) == (4500, LATER)


def test_a_version_that_was_sold_refuses_new_terms_in_the_database_itself():
    import_plans(text=SAMPLE, now=NOW)
    version = latest("local-basico")
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanVersion.objects.filter(pk=version.pk).update(price_minor=1)


def test_to_stop_selling_needs_no_new_version():
    import_plans(text=SAMPLE, now=NOW)
    text = SAMPLE.replace("# sold_until", "sold_until").replace("# on_renewal", "on_renewal")
    changes = import_plans(text=text, now=LATER)
    assert [change.action for change in changes.items] == ["change"]
    assert latest("local-basico").number == 1
    assert latest("local-basico").sold_until == datetime(2027, 7, 1, 6, tzinfo=UTC)


def test_a_plan_never_changes_its_interval():
    import_plans(text=SAMPLE, now=NOW)
    with pytest.raises(PlansFileError, match="never change"):
        import_plans(text=SAMPLE.replace('"month"', '"year"'), now=NOW)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('sla = "Estándar"', 'sla = "Oro"', "no SLA policy 'Oro'; known are: Estándar"),
        ('work = ["error"', 'work = ["erorr"', "no kind of work 'erorr'"),
        ('work = ["error"', 'work = ["development"', "quoted apart"),
        ("45.00", "45.005", "finer than USD can be paid"),
        ("45.00", "-1", "greater than or equal to 0"),
        ("45.00", "nan", "finite number"),
        ("cases = 4  ", "cases = 0  ", 'plans "local-basico", cases'),
        ("cases = 4  ", 'cases = "many"', 'plans "local-basico", cases'),
        ('name = "Básico LOCAL"', 'name = "a\\u0000b"', 'plans "local-basico", name'),
        ("2026-07-01T00:00:00-06:00", "2026-07-01T00:00:00", "timezone"),
        ('"08:00-12:00", "13', '"08:00-14:00", "13', "overlap"),
        ('time_zone = "America/Managua"', 'time_zone = "Nowhere"', "time_zone is not known"),
        ("rank = 3", "rnak = 3", "rnak: is not a setting of this table"),
        ('code = "local-basico-anual"', 'code = "local-basico"', "more than once"),
        ("[[plans]]", "[[plans", "not TOML"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_written(before, after, said):
    assert before in SAMPLE
    with pytest.raises(PlansFileError) as refused:
        import_plans(text=SAMPLE.replace(before, after), now=NOW)
    assert said in str(refused.value)
    assert not WorkType.objects.exists()


def test_every_problem_is_named_at_once():
    text = SAMPLE.replace('sla = "Estándar"', 'sla = "Oro"').replace('work = ["error"', 'work = ["erorr"')
    with pytest.raises(PlansFileError) as refused:
        import_plans(text=text, now=NOW)
    assert len(refused.value.problems) == 4


def test_an_edit_keeps_what_it_does_not_name():
    import_plans(text=SAMPLE, now=NOW)
    before = latest("local-basico")
    after = new_version(plan=before.plan, now=LATER, price_minor=5000)
    assert (after.number, after.cases, after.work) == (2, before.cases, before.work)
    assert new_version(plan=before.plan, now=LATER, price_minor=5000) == after


def test_a_file_with_one_kind_of_work_leaves_the_order_of_the_others():
    import_plans(text=SAMPLE, now=NOW)
    import_plans(text='[[work_types]]\ncode = "access"\nname = {es = "Acceso", en = "Access"}\n', now=NOW)
    codes = list(WorkType.objects.values_list("code", flat=True))
    assert codes == ["error", "guided-session", "outage", "development", "access"]
