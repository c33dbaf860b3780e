"""Trying rules out as a supervisor does: asked for, run by a worker, stopped, forgotten; nothing else is touched."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from vigente.billing.models import BillingProfile, ListPrice, PriceList
from vigente.factories import make_customer, make_user, publish
from vigente.rules.pricing import DiscountRule
from vigente.rules.refusal import Refused
from vigente.rules.rulebook import Rulebook
from vigente.trials import running, services
from vigente.trials.models import Trial, TrialRow
from vigente.worker import clock
from vigente.worker.consumers import WITHOUT_MAIL
from vigente.worker.drain import drain_all

BEGAN = datetime(2026, 4, 10, 15, tzinfo=UTC)
DAY = timedelta(days=1)
NOW = BEGAN + 90 * DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    """Four requests in the first month of a plan of two cases; three months went by."""
    one = make_customer("Ferretería El Tornillo", now=BEGAN, cases=2)
    for day in range(1, 5):
        one.ask(BEGAN + day * DAY)
    for day in range(6, 91, 6):
        clock.run_due(now=BEGAN + day * DAY, long=False)
        drain_all(now=BEGAN + day * DAY, consumers=WITHOUT_MAIL)
    return one


def tried(now=NOW, **settings):
    trial = services.start(
        draft=Rulebook(**settings), months=4, direction="back", author=make_user(role="owner"), now=now
    )
    assert services.run_next(now=now) == 1
    trial.refresh_from_db()
    assert trial.status == Trial.Status.DONE, trial.error
    return trial


def rows(trial, listed):
    return list(trial.rows.filter(listed=listed).order_by("position"))


def test_the_rules_in_force_change_nothing(customer):
    trial = tried()
    assert trial.result["before"] == trial.result["after"]
    assert trial.result["before"]["requests"] == 4
    assert set(trial.rows.values_list("listed", flat=True)) <= {"money", "expired"}


def test_looser_rules_let_more_in_and_name_who_gains(customer):
    trial = tried(plans_required_from=NOW + DAY)
    accepted = rows(trial, "accepted")
    assert len(accepted) == 2
    assert accepted[0].organization == customer.organization
    assert (accepted[0].before["outcome"], accepted[0].after["outcome"]) == ("not_covered", "exempt")
    (who,) = rows(trial, "customers")
    assert (who.before["gained"], who.before["lost"]) == (2, 0)
    assert (trial.result["gainers"], trial.result["losers"]) == (1, 0)


def test_stricter_rules_refuse_and_say_why():
    publish(now=BEGAN - 400 * DAY, plans_required_from=NOW + 400 * DAY)
    one = make_customer(now=BEGAN, plan=False)
    one.ticket(BEGAN + DAY)
    trial = tried()
    (row,) = rows(trial, "refused")
    assert row.after["decision"]["reasons"][0]["code"] == "no_plan"
    assert row.before["decision"]["reasons"][0]["code"] == "plans_not_yet_required"


def test_a_discount_shows_in_money_and_adds_up(customer):
    publish(now=BEGAN - 400 * DAY)
    trial = tried(discounts=[])
    (money,) = rows(trial, "money")
    assert money.ref == f"sold:{customer.subscription.pk}"
    assert money.before["minor"] == money.after["minor"] == trial.result["before"]["money"]["NIO"]
    assert money.before["times"] == 3


def test_money_is_counted_by_the_customers_own_list_and_currency(customer):
    """What the version costs in another list, less what a draft takes off there; the base list's stays the base's."""
    dollars = PriceList.objects.create(code="usd", name="USD", currency="USD")
    abroad = make_customer("Ferretería El Perno", now=BEGAN, cases=2, version=customer.version)
    BillingProfile.objects.create(organization=abroad.organization, price_list=dollars)
    ListPrice.objects.create(price_list=dollars, version=customer.version, price_minor=1500)
    tenth = DiscountRule("tenth", None, None, basis_points=1000, applies_to_packs=False)
    half = DiscountRule(
        "half", None, None, basis_points=0, applies_to_packs=False, amount_minor=500, currency="NIO"
    )
    trial = tried(discounts=[tenth, half])
    money = {row.organization_id: row for row in rows(trial, "money")}
    mine = money[abroad.organization.pk]
    times = mine.before["times"]
    assert (mine.before["currency"], mine.before["minor"]) == ("USD", 1500 * times)
    assert mine.after["minor"] == 1350 * times
    assert trial.result["before"]["money"]["USD"] == 1500 * times
    base = money[customer.organization.pk]
    assert (base.before["currency"], base.before["minor"]) == (
        "NIO",
        customer.version.price_minor * base.before["times"],
    )


def test_the_months_to_come_bring_the_requests_of_the_last(customer):
    trial = services.start(
        draft=Rulebook(plans_required_from=NOW + 900 * DAY), months=4, direction="ahead", author=None, now=NOW
    )
    services.run_next(now=NOW)
    trial.refresh_from_db()
    assert trial.status == Trial.Status.DONE, trial.error
    assert trial.result["before"]["requests"] == 4
    assert trial.result["before"]["accepted"] == 2
    assert trial.result["after"]["accepted"] == 4
    assert trial.rows.filter(listed="accepted", ref__endswith=":again").count() == 2


def test_nothing_but_its_own_two_tables_is_written(customer):
    author = make_user(role="owner")
    before = contents()
    trial = services.start(draft=Rulebook(notice_days=9), months=4, direction="back", author=author, now=NOW)
    services.run_next(now=NOW)
    assert contents() == before
    assert trial.rows.exists()


def contents():
    """Every row of every table that is not the trials' own."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in (Trial._meta.db_table, TrialRow._meta.db_table):
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
                found[table] = cursor.fetchall()
    return found


def test_the_worker_runs_it_in_its_long_lane(customer):
    trial = services.start(draft=Rulebook(), months=1, direction="back", author=None, now=NOW)
    assert clock.run_due(now=NOW, long=True)["try_rules_out"] == 1
    trial.refresh_from_db()
    assert (trial.status, trial.progress) == (Trial.Status.DONE, 1.0)


def test_two_workers_never_run_the_same_trial(customer, monkeypatch):
    services.start(draft=Rulebook(), months=1, direction="back", author=None, now=NOW)
    ran = []
    monkeypatch.setattr(services, "run", lambda *, trial, now: ran.append(services.run_next(now=now)))
    services.run_next(now=NOW)
    assert ran == [0]


def test_one_that_a_killed_worker_left_is_started_over(customer, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(*_, **__):
        raise Killed

    trial = services.start(draft=Rulebook(), months=4, direction="back", author=None, now=NOW)
    with monkeypatch.context() as patched:
        patched.setattr(running.Running, "order", killed)
        with pytest.raises(Killed):
            services.run_next(now=NOW)
    trial.refresh_from_db()
    assert (trial.status, trial.rows.count() > 0) == (Trial.Status.RUNNING, True)
    assert services.run_next(now=NOW + timedelta(seconds=10)) == 0  # it may still be alive
    assert services.run_next(now=NOW + services.LEASE * 2) == 1
    trial.refresh_from_db()
    assert (trial.status, trial.attempt) == (Trial.Status.DONE, 2)


def test_a_cancelled_trial_stops_at_its_next_step_and_leaves_no_rows(customer, monkeypatch):
    trial = services.start(draft=Rulebook(), months=4, direction="back", author=None, now=NOW)
    order = running.Running.order

    def cancelled(self):
        services.cancel(trial=trial, now=NOW)
        order(self)

    monkeypatch.setattr(running.Running, "order", cancelled)
    services.run_next(now=NOW)
    trial.refresh_from_db()
    assert (trial.status, trial.rows.count(), trial.result) == (Trial.Status.CANCELLED, 0, None)
    assert services.cancel(trial=trial, now=NOW) is False


def test_one_that_fails_says_so_and_is_not_tried_again(customer, monkeypatch):
    def fails(*_, **__):
        raise ZeroDivisionError("nothing to divide by")

    monkeypatch.setattr(running.Running, "order", fails)
    trial = services.start(draft=Rulebook(), months=4, direction="back", author=None, now=NOW)
    services.run_next(now=NOW)
    trial.refresh_from_db()
    assert trial.status == Trial.Status.FAILED
    assert "nothing to divide by" in trial.error
    assert services.run_next(now=NOW + DAY) == 0


@pytest.mark.parametrize("role", ["agent", "customer"])
def test_only_supervisors_and_owners_try_rules_out(role):
    with pytest.raises(Refused):
        services.start(draft=Rulebook(), months=1, direction="back", author=make_user(role=role), now=NOW)
    assert not Trial.objects.visible_to(make_user(role=role)).exists()


@pytest.mark.parametrize("wrong", [{"months": 0}, {"months": 25}, {"direction": "sideways"}])
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(Refused):
        services.start(
            **{"draft": Rulebook(), "months": 1, "direction": "back", "author": None, "now": NOW} | wrong
        )


def test_a_result_is_kept_for_thirty_days(customer):
    trial = tried()
    assert services.forget_old(now=NOW + 29 * DAY) == 0
    assert services.forget_old(now=NOW + 30 * DAY) == 1
    assert not TrialRow.objects.filter(trial_id=trial.pk).exists()
