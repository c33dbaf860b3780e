"""R3 and row 27: 40 % off for WEB in the vendor's cloud, as its own line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.pricing import DiscountRule, Price, price

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
    assert got.basis_points == max(points, default=0)
