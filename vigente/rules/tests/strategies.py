"""Random calendars, instants and working hours, chosen to be awkward."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from vigente.rules.worktime import MINUTES_A_DAY, Shift, WorkHours

MANAGUA = "America/Managua"
ZONES = (
    MANAGUA,
    "America/Mexico_City",
    "America/Havana",  # midnight itself happens twice
    "America/Santiago",  # midnight is skipped
    "America/Asuncion",
    "America/St_Johns",  # until 2011 clocks changed one minute past midnight
    "Asia/Beirut",
    "Europe/Madrid",
    "Pacific/Apia",  # lost a whole day in 2011
    "UTC",
)

zones = st.sampled_from(ZONES)
days = st.dates(date(2005, 1, 1), date(2040, 12, 31))
month_ends = days.map(lambda day: day.replace(day=1) - timedelta(days=1))
instants = st.datetimes(datetime(2005, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))
durations = st.timedeltas(timedelta(0), timedelta(days=60))


@st.composite
def shift_lists(draw: st.DrawFn) -> tuple[Shift, ...]:
    """Up to two shifts of a day, in order."""
    edges = sorted(draw(st.lists(st.integers(0, MINUTES_A_DAY), max_size=4, unique=True)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def work_hours(draw: st.DrawFn) -> WorkHours:
    """Hours with at least one shift a week and holidays anywhere."""
    week = draw(st.tuples(*[shift_lists()] * 7).filter(any))
    return WorkHours(draw(zones), week, draw(st.frozensets(days, max_size=5)))


def utc(text: str) -> datetime:
    """`2026-07-31 12:00` as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
