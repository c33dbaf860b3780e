"""Money, dates and spans as people say them, in both languages."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from vigente.ui import formats

MANAGUA = ZoneInfo("America/Managua")
NOW = datetime(2026, 7, 10, 20, 0, tzinfo=UTC)  # Friday 14:00 in Managua


@pytest.fixture(autouse=True)
def _spanish():
    with translation.override("es"):
        yield


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (126000, "NIO", "C$ 1,260.00"),
        (126050, "CRC", "₡ 1 260,50"),
        (-4990, "USD", "−US$ 49.90"),
        (99900, "GTQ", "Q 999.00"),
        (120000000, "COP", "$ 1.200.000,00"),
        (5, "EUR", "0,05 €"),
        (1500, "CLP", "CLP 1,500"),
    ],
)
def test_money_is_written_as_in_its_own_country(minor, currency, text):
    assert formats.money(minor, currency).replace("\xa0", " ") == text


def test_money_in_english():
    with translation.override("en"):
        assert formats.money(126000, "NIO") == "C$1,260.00"


def test_whole_money_drops_only_zero_decimals():
    assert formats.money(126000, "NIO", whole=True).replace("\xa0", " ") == "C$ 1,260"
    assert formats.money(126050, "NIO", whole=True).replace("\xa0", " ") == "C$ 1,260.50"


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (timedelta(seconds=-10), "ahora mismo"),
        (timedelta(minutes=-12), "hace 12 min"),
        (timedelta(minutes=38), "en 38 min"),
        (timedelta(hours=-5), "hoy 09:00"),
        (timedelta(hours=-20), "ayer 18:00"),
        (timedelta(hours=19), "mañana 09:00"),
        (timedelta(days=-3), "martes 14:00"),
        (timedelta(days=-20), "20 jun"),
        (timedelta(days=-400), "5 jun 2025"),
    ],
)
def test_time_is_said_relative_to_now(gap, text):
    assert formats.relative(NOW + gap, now=NOW, zone=MANAGUA) == text


def test_the_day_is_the_readers_day():
    late = datetime(2026, 7, 11, 4, 0, tzinfo=UTC)  # 22:00 of the 10th in Managua, the 11th in Madrid
    assert formats.day(late, zone=MANAGUA, now=NOW) == "10 jul"
    assert formats.day(late, zone=ZoneInfo("Europe/Madrid"), now=NOW) == "11 jul"


def test_the_last_day_before_an_end():
    midnight = datetime(2026, 8, 1, 6, 0, tzinfo=UTC)
    assert formats.last_day(midnight, zone=MANAGUA, now=NOW) == "31 de julio"
    assert formats.last_day(midnight + timedelta(hours=9), zone=MANAGUA, now=NOW) == "1 de agosto"
    with translation.override("en"):
        assert formats.last_day(midnight, zone=MANAGUA, now=NOW) == "July 31"


def test_the_exact_instant_names_its_zone():
    assert formats.exact(NOW, MANAGUA) == "viernes 10 de julio de 2026, 14:00 (America/Managua)"


@pytest.mark.parametrize(
    ("minutes", "short", "spoken"),
    [
        (0, "0 min", "0 minutos"),
        (38, "38 min", "38 minutos"),
        (60, "1 h", "1 hora"),
        (130, "2 h 10", "2 horas y 10 minutos"),
        (3 * 1440, "3 d", "3 días"),
    ],
)
def test_spans(minutes, short, spoken):
    assert formats.span(minutes).replace("\xa0", " ") == short
    assert formats.span_in_words(minutes) == spoken


@pytest.mark.parametrize(
    ("size", "text"), [(999, "999 B"), (88_120, "88 kB"), (4_310_000, "4.3 MB"), (2 * 10**9, "2 GB")]
)
def test_file_sizes(size, text):
    assert formats.file_size(size).replace("\xa0", " ") == text


def test_percentages():
    assert formats.percent(4000) == "40\xa0%"
    assert formats.percent(-1250).replace("\xa0", " ") == "−12.5 %"
