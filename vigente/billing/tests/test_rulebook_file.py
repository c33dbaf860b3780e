"""The rulebook as a file: what is written is read back, and what is wrong is said with what is allowed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.billing.rulebook_toml import RulebookFileError, dump, parse
from vigente.rules.periods import Months
from vigente.rules.precedence import Order
from vigente.rules.pricing import DiscountRule
from vigente.rules.rulebook import Activation, DrawBy, EmailIntake, PackValidity, Rulebook, Upgrade

small = st.integers(0, 100_000)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40)
instants = st.datetimes(datetime(2000, 1, 2), datetime(2100, 12, 30), timezones=st.just(UTC))
days = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@st.composite
def discounts(draw: st.DrawFn) -> DiscountRule:
    starts, ends = sorted([draw(days), draw(days)])
    is_amount = draw(st.booleans())
    return DiscountRule(
        code=draw(texts),
        edition=draw(st.none() | texts),
        hosting=draw(st.sampled_from([None, "customer", "vendor_cloud"])),
        basis_points=0 if is_amount else draw(st.integers(0, 10_000)),
        applies_to_packs=draw(st.booleans()),
        amount_minor=draw(st.integers(1, 10**12)) if is_amount else 0,
        currency="NIO" if is_amount else draw(st.sampled_from([None, "USD"])),
        plan=draw(st.none() | texts),
        organization=draw(st.none() | st.integers(1, 10**6)),
        starts=draw(st.sampled_from([None, starts])),
        ends=draw(st.sampled_from([None, ends])),
        coupon=draw(st.none() | texts),
        terms=draw(st.none() | st.integers(1, 99)),
    )


limits = st.none() | small
wholes = [name for name, kind in Rulebook.__annotations__.items() if kind is int]
flags = [name for name, kind in Rulebook.__annotations__.items() if kind is bool]
books = st.fixed_dictionaries(
    {
        **dict.fromkeys(wholes, small.filter(bool)),
        **dict.fromkeys(flags, st.booleans()),
        "billing_zone": st.sampled_from(["America/Managua", "UTC", "Europe/Madrid"]),
        "plans_required_from": st.none() | instants,
        "months": st.sampled_from(Months),
        "intake_email": st.sampled_from(EmailIntake),
        "pack_validity": st.sampled_from(PackValidity),
        "activate": st.sampled_from(Activation),
        "upgrade": st.sampled_from(Upgrade),
        "draw_by": st.sampled_from(DrawBy),
        "order": st.sampled_from(Order),
        "dunning_days": st.lists(st.integers(-90, 90), max_size=8).map(tuple),
        "favour_limits": st.fixed_dictionaries({"agent": limits, "supervisor": limits, "owner": limits}),
        "discounts": st.lists(discounts(), max_size=4, unique_by=lambda rule: rule.code).map(tuple),
    }
).map(lambda values: Rulebook(**values))


@given(book=books, base=books)
def test_what_is_written_is_read_back_whatever_was_in_force(book: Rulebook, base: Rulebook):
    assert parse(dump(book), base=base) == book
    assert dump(parse(dump(book), base=base)) == dump(book)


def test_every_setting_is_in_the_file():
    written = dump(Rulebook())
    for name in Rulebook.__slots__:
        assert f"\n{name} = " in written or f"[{name}]" in written or f"[[{name}]]" in written


def test_what_the_file_does_not_mention_stays():
    base = Rulebook(hold_days=20, discounts=())
    assert parse("notice_days = 5", base=base) == Rulebook(hold_days=20, discounts=(), notice_days=5)
    assert parse("", base=base) == base


def test_an_instant_may_be_written_in_any_zone():
    book = parse("plans_required_from = 2026-07-01T00:00:00-06:00", base=Rulebook())
    assert book.plans_required_from == datetime(2026, 7, 1, tzinfo=ZoneInfo("America/Managua"))
    assert parse('plans_required_from = "always"', base=book).plans_required_from is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("notice_days = ", "this is not TOML"),
        (
            "notice_day = 5",
            "notice_day: is not a setting (did you mean notice_days?); allowed are: activate,",
        ),
        ("notice_days = -1", "notice_days: must be a whole number from 0 to 1000000, not -1"),
        ("notice_days = true", "notice_days: must be a whole number from 0 to 1000000, not true"),
        ("notice_days = 1.5", "notice_days: must be a whole number"),
        ("pack_days = 0", "pack_days: must be a whole number from 1"),
        ('overdue_first = "yes"', "overdue_first: must be true or false, not yes"),
        ('order = "chaos"', "order: must be one of strict, fair, not chaos"),
        ("order = 3", "order: must be one of strict, fair, not 3"),
        ('billing_zone = "Luna/Mar"', "billing_zone: must be a time zone such as"),
        ("billing_zone = 3", "billing_zone: must be a time zone such as"),
        ("plans_required_from = 2026-07-01", "plans_required_from: must be an instant with its zone"),
        (
            "plans_required_from = 2026-07-01T00:00:00",
            "plans_required_from: must be an instant with its zone",
        ),
        ("dunning_days = [1.5]", "dunning_days: must be a list of whole numbers from -90 to 90"),
        ("dunning_days = [99]", "dunning_days: must be a list of whole numbers from -90 to 90"),
        ("favour_limits = 3", "favour_limits: must be a table"),
        (
            'favour_limits = {agent = "all"}',
            'favour_limits.agent: must be a whole number of 0 or more, or "unlim',
        ),
        ("favour_limits = {boss = 3}", "favour_limits.boss: is not a setting; allowed are: agent, owner"),
        ("discounts = 3", "discounts: must be a table"),
        ("discounts = [{}]", "discounts 1, code: is missing"),
        ('discounts = [{code = "a", hosting = "moon"}]', 'discounts "a", hosting: must be one of customer,'),
        ('discounts = [{code = "a", basis_points = 10001}]', "from 0 to 10000, not 10001"),
        ('discounts = [{code = "a", amount_minor = 5}]', 'discounts "a": an amount needs its currency'),
        ('discounts = [{code = "a", currency = "ZZZ"}]', 'must be a currency such as "USD", not ZZZ'),
        ('discounts = [{code = "a", percent = 4}]', "percent: is not a setting"),
        ('discounts = [{code = "a", starts = "x"}]', "must be a day such as 2026-07-01"),
        ('discounts = [{code = "a", terms = 0}]', "from 1 to"),
        ('discounts = [{code = "a", starts = 2026-02-01, ends = 2026-01-01}]', "ends before it starts"),
        ('discounts = [{code = "a"}, {code = "a"}]', "two discounts have the code a"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_allowed(text: str, said: str):
    with pytest.raises(RulebookFileError) as found:
        parse(text, base=Rulebook())
    assert said in str(found.value)


def test_everything_wrong_is_named_at_once():
    with pytest.raises(RulebookFileError) as found:
        parse('notice_days = -1\norder = "x"\nnope = 1', base=Rulebook())
    assert len(found.value.problems) == 3
