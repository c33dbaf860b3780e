"""R3 and row 27: 40 % off for WEB in the vendor's cloud, as its own line."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.pricing import Buying, DiscountRule, Price, price

CLOUD = DiscountRule("web_cloud", "WEB", "vendor_cloud", 4000, applies_to_packs=False)
WEB, LOCAL, OWN = ("WEB", "vendor_cloud"), ("LOCAL", "customer"), ("WEB", "customer")


def test_row_27_web_in_our_cloud_gets_forty_per_cent() -> None:
    got = price(list_minor=2999, edition="WEB", hosting="vendor_cloud", discounts=[CLOUD])
    assert got == Price(2999, 1200, 1799, "web_cloud", 4000)


@pytest.mark.parametrize("licence", [LOCAL, OWN, ("LOCAL", "vendor_cloud")])
def test_row_27_both_edition_and_hosting_must_fit(licence: tuple[str, str]) -> None:
    got = price(list_minor=2999, edition=licence[0], hosting=licence[1], discounts=[CLOUD])
    assert got == Price(2999, 0, 2999, None, 0)


def test_row_27_packs_are_discounted_only_by_setting() -> None:
    also = DiscountRule("web_cloud", "WEB", "vendor_cloud", 4000, applies_to_packs=True)
    assert (
        price(
            list_minor=1000, edition="WEB", hosting="vendor_cloud", discounts=[CLOUD], is_pack=True
        ).total_minor
        == 1000
    )
    assert (
        price(
            list_minor=1000, edition="WEB", hosting="vendor_cloud", discounts=[also], is_pack=True
        ).total_minor
        == 600
    )


@pytest.mark.parametrize(
    ("licences", "total"), [((WEB, WEB), 600), ((WEB, OWN), 1000), ((WEB, LOCAL), 1000), ((), 1000)]
)
def test_row_27_an_organization_plan_qualifies_only_if_all_its_licences_do(
    licences: tuple[tuple[str, str], ...], total: int
) -> None:
    got = price(list_minor=1000, edition=None, hosting=None, discounts=[CLOUD], licences=licences)
    assert got.total_minor == total


def test_the_best_discount_applies_and_none_add_up() -> None:
    any_web = DiscountRule("web", "WEB", None, 1000, applies_to_packs=False)
    got = price(list_minor=1000, edition="WEB", hosting="vendor_cloud", discounts=[any_web, CLOUD])
    assert (got.total_minor, got.discount_code) == (600, "web_cloud")


def test_a_discount_of_nothing_is_no_discount() -> None:
    nothing = DiscountRule("nothing", None, None, 0, applies_to_packs=False)
    assert (
        price(list_minor=1000, edition="WEB", hosting="customer", discounts=[nothing]).discount_code is None
    )


def test_impossible_figures_say_so() -> None:
    with pytest.raises(ValueError, match="basis points"):
        DiscountRule("free_and_more", None, None, 10_001, applies_to_packs=False)
    with pytest.raises(ValueError, match="never negative"):
        price(list_minor=-1, edition="WEB", hosting="customer", discounts=[])


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10_000), max_size=4))
def test_a_total_lies_between_nothing_and_the_list_price(amount: int, points: list[int]) -> None:
    rules = [DiscountRule(f"d{i}", "WEB", None, bp, applies_to_packs=True) for i, bp in enumerate(points)]
    got = price(list_minor=amount, edition="WEB", hosting="customer", discounts=rules)
    assert 0 <= got.total_minor <= amount == got.list_minor == got.total_minor + got.discount_minor
    assert got.discount_minor == max((rule.off(amount) for rule in rules), default=0)


JULY = DiscountRule(
    "july", None, None, 1000, applies_to_packs=True, starts=date(2026, 7, 1), ends=date(2026, 7, 31)
)
WELCOME = DiscountRule(
    "welcome", None, None, 0, False, amount_minor=500, currency="USD", coupon="Hola5", terms=2
)


def paid(discount: DiscountRule, buying: Buying | None, list_minor: int = 3000) -> int:
    return price(
        list_minor=list_minor, edition="WEB", hosting="customer", discounts=[discount], buying=buying
    ).total_minor


@pytest.mark.parametrize(
    ("on", "total"),
    [
        (date(2026, 6, 30), 3000),
        (date(2026, 7, 1), 2700),
        (date(2026, 7, 31), 2700),
        (date(2026, 8, 1), 3000),
    ],
)
def test_a_discount_with_dates_counts_on_both_of_its_days(on: date, total: int) -> None:
    assert paid(JULY, Buying(on=on)) == total


def test_a_discount_with_dates_needs_to_know_the_day() -> None:
    assert paid(JULY, None) == 3000


def test_an_amount_comes_off_in_its_own_currency_for_who_types_the_coupon_in_the_first_terms() -> None:
    assert paid(WELCOME, Buying(currency="USD", coupon=" hola5 ")) == 2500
    assert paid(WELCOME, Buying(currency="USD", coupon="hola5", term=1)) == 2500
    assert paid(WELCOME, Buying(currency="USD", coupon="hola5", term=2)) == 3000
    assert paid(WELCOME, Buying(currency="NIO", coupon="hola5")) == 3000
    assert paid(WELCOME, Buying(currency="USD", coupon="adios")) == 3000
    assert paid(WELCOME, Buying(currency="USD")) == 3000


def test_an_amount_never_takes_more_than_the_price() -> None:
    assert paid(WELCOME, Buying(currency="USD", coupon="hola5"), list_minor=300) == 0


def test_a_discount_may_be_for_one_plan_its_family_or_one_customer() -> None:
    for_plan = DiscountRule("p", None, None, 1000, False, plan="basic")
    assert paid(for_plan, Buying(plan="basic")) == paid(for_plan, Buying(plan="x", family="basic")) == 2700
    assert paid(for_plan, Buying(plan="x", family="y")) == 3000
    for_one = DiscountRule("o", None, None, 1000, False, organization=7)
    assert (paid(for_one, Buying(organization=7)), paid(for_one, Buying(organization=8))) == (2700, 3000)
