"""Days off by country and year: offered, chosen, counted; and the year that is still missing is said."""

from datetime import date

import pytest

from vigente.events.models import Event
from vigente.factories import make_policy
from vigente.sla.calendars import countries, public_holidays
from vigente.sla.models import Holiday
from vigente.workspace.tests.conftest import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def hours():
    return make_policy().hours


def test_the_calendar_of_the_country_is_offered_in_the_readers_language():
    days = public_holidays("NI", 2027, "es")
    assert days[date(2027, 3, 26)] == "Viernes Santo"
    assert public_holidays("NI", 2027, "en")[date(2027, 3, 26)] == "Good Friday"
    assert countries()[0] == "NI"
    assert len(countries()) > 100
    assert all(public_holidays(code, 2026, "es") for code in countries()[:12])


def test_a_countrys_days_are_all_marked_the_first_time_and_kept_as_chosen(oscar, hours):
    page = oscar.get("holidays", hours.pk, query="?country=NI").content.decode()
    assert "19 de julio" in page
    assert page.count("checked") == len(public_holidays("NI", 2026, "es"))
    chosen = ["2026-09-14", "2026-09-15"]
    answer = oscar.client.post(
        f"/es/desk/settings/hours/{hours.pk}/holidays/?year=2026&country=NI",
        {"days": chosen, "day": "2026-08-01", "name": "Santo Domingo"},
    )
    assert answer.status_code == 302
    hours.refresh_from_db()
    assert (hours.country, hours.holidays_until) == ("NI", 2026)
    kept = dict(Holiday.objects.values_list("day", "name"))
    assert kept == {
        date(2026, 8, 1): "Santo Domingo",
        date(2026, 9, 14): "Batalla de San Jacinto",
        date(2026, 9, 15): "Día de la Independencia",
    }
    assert Event.objects.get(kind="plans.imported").data["promises_changed"] is True
    again = oscar.get("holidays", hours.pk).content.decode()
    assert again.count("checked") == 3
    assert "Faltan los feriados de 2027" in again


def test_a_year_says_nothing_of_another_and_is_not_missed_once_chosen(oscar, hours):
    Holiday.objects.create(hours=hours, day=date(2026, 12, 25), name="Navidad")
    address = f"/es/desk/settings/hours/{hours.pk}/holidays/?year=2027&country="
    assert oscar.client.post(address, {"day": "2027-01-01", "name": "Año Nuevo"}).status_code == 302
    assert Holiday.objects.count() == 2
    assert "Faltan" not in words(oscar.get("holidays", hours.pk))
    assert oscar.client.post(address, {}).status_code == 302
    assert [day.year for day in Holiday.objects.values_list("day", flat=True)] == [2026]


@pytest.mark.parametrize(
    "sent",
    [{"day": "2026-01-01", "name": "x"}, {"day": "2027-01-01"}, {"name": "x"}, {"days": ["2027-02-30"]}],
)
def test_what_cannot_be_is_refused(oscar, hours, sent):
    address = f"/es/desk/settings/hours/{hours.pk}/holidays/?year=2027&country=NI"
    assert oscar.client.post(address, sent).status_code == 422
    assert not Holiday.objects.exists()


@pytest.mark.parametrize("query", ["?year=1999", "?year=x", "?country=XX"])
def test_what_is_not_offered_is_not_found(oscar, hours, query):
    assert oscar.get("holidays", hours.pk, query=query).status_code == 404
