"""Money, numbers, dates and spans of time in the reader's language. Pure: the instant `now` and the zone are given.

Used by the component tags, the mails and whoever else must say a number to a person.
"""

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_precision
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"

# Money is written the way its own country writes it; other currencies the way the reader's language does.
_HOME = {
    "NIO": ("es_NI", "C$"),
    "CRC": ("es_CR", "₡"),
    "GTQ": ("es_GT", "Q"),
    "HNL": ("es_HN", "L"),
    "PAB": ("es_PA", "B/."),
    "DOP": ("es_DO", "RD$"),
    "MXN": ("es_MX", "$"),
    "COP": ("es_CO", "$"),
    "PEN": ("es_PE", "S/"),
    "EUR": ("es_ES", "€"),
    "USD": ("es_419", "US$"),
}


def locale() -> Locale:
    """The Babel locale of the active language: neutral Latin American Spanish or English."""
    return Locale.parse("en" if (get_language() or "es").startswith("en") else "es_419")


def money(minor: int, currency: str, *, whole: bool = False) -> str:
    """`minor` units of `currency` for a reader: `C$ 1,260.00`. `whole` drops decimals that are all zero."""
    precision = get_currency_precision(currency)
    here = locale()
    home, symbol = _HOME.get(currency, (None, f"{currency}{NBSP}"))
    if here.language == "es" and home:
        here = Locale.parse(home)
    digits = 0 if whole and minor % 10**precision == 0 else precision
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    amount = format_decimal(abs(minor) / 10**precision, pattern, locale=here)
    amount = amount.replace("\N{NARROW NO-BREAK SPACE}", NBSP)
    gap = NBSP if here.language == "es" and not symbol.endswith(NBSP) else ""
    if currency == "EUR" and here.language == "es":
        return f"{MINUS if minor < 0 else ''}{amount}{NBSP}{symbol}"
    return f"{MINUS if minor < 0 else ''}{symbol}{gap}{amount}"


def currency_name(currency: str, minor: int) -> str:
    """`1260 córdobas nicaragüenses`: the amount in full, for those who hear the page."""
    value = minor / 10 ** get_currency_precision(currency)
    return format_currency(value, currency, locale=locale(), format_type="name")


def number(value: int | float) -> str:
    """A number with the reader's separators."""
    return format_decimal(value, locale=locale())


def percent(basis_points: int) -> str:
    """`4000` basis points as `40 %`."""
    whole, rest = divmod(abs(basis_points), 100)
    text = str(whole) if not rest else format_decimal(abs(basis_points) / 100, locale=locale())
    gap = NBSP if locale().language == "es" else ""
    return f"{MINUS if basis_points < 0 else ''}{text}{gap}%"


def file_size(count: int) -> str:
    """Bytes as people read them: `12 kB`, `3.4 MB`."""
    if count < 1000:
        return f"{count}{NBSP}B"
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            value = count / size
            return format_decimal(value, "0.#" if value < 10 else "0", locale=locale()) + NBSP + unit
    return str(count)


def clock(at: datetime, zone: tzinfo) -> str:
    """The time of day, `14:30`."""
    return at.astimezone(zone).strftime("%H:%M")


@lru_cache(maxsize=4096)
def _written(day: date, pattern: str, language: str) -> str:
    """A day by a CLDR pattern; remembered, since a list names the same few days in every row."""
    return format_date(day, pattern, locale=Locale.parse(language))


def day(at: datetime, *, zone: tzinfo, now: datetime | None = None, long: bool = False) -> str:
    """`31 jul`, or `31 de julio` when `long`; with the year unless it is this year's."""
    local = at.astimezone(zone)
    year = now is None or local.year != now.astimezone(zone).year
    here = locale()
    if here.language == "en":
        skeleton = ("MMMM d" if long else "MMM d") + (", y" if year else "")
    else:
        skeleton = ("d 'de' MMMM" if long else "d MMM") + ((" 'de' y" if long else " y") if year else "")
    return _written(local.date(), skeleton, str(here)).replace(".", "")


def local_day(on: date) -> str:
    """A day of no zone, with its year: `31 de julio de 2026`."""
    here = locale()
    return _written(on, "MMMM d, y" if here.language == "en" else "d 'de' MMMM 'de' y", str(here))


def last_day(end: datetime, *, zone: tzinfo, now: datetime | None = None) -> str:
    """The last usable day before `end`, which is not included: midnight of 1 August is `31 de julio`."""
    return day(end - timedelta(microseconds=1), zone=zone, now=now, long=True)


def exact(at: datetime, zone: tzinfo) -> str:
    """The whole instant in the reader's zone: `viernes 31 de julio de 2026, 14:30 (America/Managua)`."""
    local = at.astimezone(zone)
    here = locale()
    pattern = "EEEE, MMMM d, y" if here.language == "en" else "EEEE d 'de' MMMM 'de' y"
    return f"{_written(local.date(), pattern, str(here))}, {clock(at, zone)} ({zone})"


def weekday(at: datetime, zone: tzinfo) -> str:
    """`jueves`."""
    return _written(at.astimezone(zone).date(), "EEEE", str(locale()))


def relative(at: datetime, *, now: datetime, zone: tzinfo) -> str:
    """How a person would say it: `hace 12 min`, `hoy 08:42`, `ayer 17:20`, `jueves 09:10`, `31 jul`."""
    gap = at - now
    minutes = round(abs(gap.total_seconds()) / 60)
    if minutes < 1:
        return _("ahora mismo")
    if minutes < 60:
        text = _("en %(n)s min") if gap > timedelta(0) else _("hace %(n)s min")
        return text % {"n": minutes}
    days = (at.astimezone(zone).date() - now.astimezone(zone).date()).days
    time = clock(at, zone)
    near = {0: _("hoy %(time)s"), -1: _("ayer %(time)s"), 1: _("mañana %(time)s")}
    if days in near:
        return near[days] % {"time": time}
    if abs(days) < 7:
        return f"{weekday(at, zone)} {time}"
    return day(at, zone=zone, now=now)


def span(minutes: int) -> str:
    """A length of time, short: `38 min`, `2 h 10`, `3 d`."""
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours}{NBSP}h" + (f"{NBSP}{rest:02d}" if rest else "")
    return f"{hours // 24}{NBSP}d"


def span_in_words(minutes: int) -> str:
    """A length of time, spoken: `2 horas y 10 minutos`."""
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return ngettext("%(n)d día", "%(n)d días", hours // 24) % {"n": hours // 24}
    parts = []
    if hours:
        parts.append(ngettext("%(n)d hora", "%(n)d horas", hours) % {"n": hours})
    if rest or not hours:
        parts.append(ngettext("%(n)d minuto", "%(n)d minutos", rest) % {"n": rest})
    return _(" y ").join(parts)
