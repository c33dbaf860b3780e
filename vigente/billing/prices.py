"""What something costs whom, as the lines of an invoice to be: price list, discount, tax (R3, rows 27, 32).

Reads only. Minor units of the list's currency; every price is asked for at an instant, and a discount is evaluated anew
at each invoice.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from vigente.accounts.models import Organization
from vigente.billing.first_terms import Had, had_by, is_used_up
from vigente.billing.models import (
    BillingProfile,
    Licence,
    ListPrice,
    PlanVersion,
    PriceList,
    TaxCategory,
    TaxRate,
)
from vigente.billing.models.rulebooks import rulebook_at
from vigente.rules import pricing
from vigente.rules.invoicing import Label, LabelCode, Line, totals
from vigente.rules.money import WHOLE, divide
from vigente.rules.periods import Interval, Months, Span, day_of, month_of, prorated_price
from vigente.rules.periods import term as term_span
from vigente.rules.refusal import RefusalCode, Refused
from vigente.rules.rulebook import Rulebook

LATER = 10_000  # a term beyond what any discount for the first ones reaches


@dataclass(frozen=True, slots=True)
class Priced:
    """Lines with their currency; what they add up to."""

    lines: tuple[Line, ...]
    currency: str

    @property
    def list_minor(self) -> int:
        return sum(line.gross_minor for line in self.lines)

    @property
    def discount_minor(self) -> int:
        return sum(line.discount_minor for line in self.lines)

    @property
    def net_minor(self) -> int:
        return totals(self.lines).net_minor

    @property
    def tax_minor(self) -> int:
        return totals(self.lines).tax_minor

    @property
    def total_minor(self) -> int:
        return totals(self.lines).total_minor


@dataclass(frozen=True, slots=True)
class Tariff:
    """What all prices of one instant hang on, read once for as many as are asked.

    `rates`: basis points by tax category, None: the default one. `listed`: prices in other lists, kept as asked for.
    """

    book: Rulebook
    on: date
    base: PriceList | None
    rates: Mapping[int | None, int]
    listed: dict[tuple[int, int], ListPrice | None] = field(default_factory=dict)

    def price_in(self, price_list: PriceList, version: PlanVersion) -> ListPrice | None:
        key = (price_list.pk, version.pk)
        if key not in self.listed:
            self.listed[key] = ListPrice.objects.filter(price_list=price_list, version=version).first()
        return self.listed[key]


@dataclass(frozen=True, slots=True)
class Terms:
    """Who buys: the list they buy in (None: the base one, unnamed), the tax they pay, the installations they have.

    `had`: for how many terms an installation (None: all of them) had a discount that is for the first ones only.
    """

    organization: Organization | None
    price_list: PriceList | None
    exempt: bool
    tariff: Tariff
    pairs: tuple[tuple[str, str], ...] = ()
    had: Had = field(default_factory=dict)

    @property
    def book(self) -> Rulebook:
        return self.tariff.book

    def currency(self, version: PlanVersion) -> str:
        return (
            version.currency
            if self.price_list is None or self.price_list.is_base
            else self.price_list.currency
        )


def profile_of(organization: Organization | None) -> BillingProfile | None:
    """Who its invoices are made out to, if that was ever said."""
    if organization is None:
        return None
    return BillingProfile.objects.select_related("price_list").filter(organization=organization).first()


def list_of(organization: Organization | None) -> PriceList | None:
    """The list an organization buys in; None: the base list, and nobody named it."""
    profile = profile_of(organization)
    return (profile and profile.price_list) or PriceList.objects.filter(is_base=True).first()


def tariff_at(now: datetime) -> Tariff:
    """The rules, taxes and lists in force."""
    book = rulebook_at(now)
    on = day_of(now, book.billing_zone)
    rates: dict[int | None, int] = {}
    for rate in TaxRate.objects.filter(valid_from__lte=on).select_related("category").order_by("valid_from"):
        rates[rate.category_id] = rate.basis_points
        if rate.category.is_default:
            rates[None] = rate.basis_points
    return Tariff(book, on, PriceList.objects.filter(is_base=True).first(), rates)


def terms_of(
    organization: Organization | None, *, now: datetime, price_list: PriceList | None = None
) -> Terms:
    """What the prices of one buyer hang on."""
    tariff = tariff_at(now)
    if organization is None:
        return Terms(None, price_list or tariff.base, exempt=False, tariff=tariff)
    found = terms_for([organization], tariff)[organization.pk]
    return replace(found, price_list=price_list) if price_list is not None else found


def terms_for(organizations: Iterable[Organization], tariff: Tariff) -> dict[int, Terms]:
    """The same for many buyers, by their ids, in as many queries as for one."""
    buyers = {organization.pk: organization for organization in organizations}
    profiles = BillingProfile.objects.select_related("price_list").filter(organization__in=buyers)
    profile = {one.organization_id: one for one in profiles}
    pairs: dict[int, list[tuple[str, str]]] = defaultdict(list)
    owned = Licence.objects.filter(organization__in=buyers, is_active=True).order_by("pk")
    for pk, edition, hosting in owned.values_list("organization", "edition__code", "hosting"):
        pairs[pk].append((edition, hosting))
    had = had_by(buyers, tariff.book.discounts)
    return {
        pk: Terms(
            organization=organization,
            price_list=(pk in profile and profile[pk].price_list) or tariff.base,
            exempt=pk in profile and profile[pk].tax_exempt,
            tariff=tariff,
            pairs=tuple(pairs[pk]),
            had=had[pk],
        )
        for pk, organization in buyers.items()
    }


def tax_rate(category: TaxCategory | None, *, on: date) -> int:
    """Basis points of a category (None: the default one) on a local day; 0 where no tax was ever set up."""
    rates = TaxRate.objects.filter(valid_from__lte=on).order_by("-valid_from")
    wanted = rates.filter(category=category) if category else rates.filter(category__is_default=True)
    return wanted.values_list("basis_points", flat=True).first() or 0


def price_plan(
    *,
    version: PlanVersion,
    licence: Licence | None,
    organization: Organization | None,
    now: datetime,
    coupon: str = "",
    term: int = 0,
    price_list: PriceList | None = None,
    span: Span | None = None,
    terms: Terms | None = None,
) -> Priced:
    """One term of a version. `span`: the term itself; a first partial calendar month costs its part."""
    terms = terms or terms_of(organization, now=now, price_list=price_list)
    unit = _unit(version, terms, is_pack=False)
    zone = terms.book.billing_zone
    if span is not None and term == 0 and terms.book.months is Months.CALENDAR:
        unit = _first_term(version, unit, span, zone)
    label = Label(
        LabelCode.PLAN,
        {
            "plan": version.plan.name,
            "edition": version.plan.edition.code,
            "licence": licence.pk if licence else None,
            "start": span.start.isoformat() if span else None,
            "end": span.end.isoformat() if span else None,
            "zone": zone,
        },
    )
    return _priced(version, licence, terms, label, unit, quantity=1, is_pack=False, coupon=coupon, term=term)


def first_term(version: PlanVersion, *, now: datetime, terms: Terms) -> Span:
    """The term that a contract begun now would pay for first; with calendar months it may be a partial one."""
    return term_span(now, terms.book.billing_zone, 0, Interval(version.plan.interval), terms.book.months)


@dataclass(frozen=True, slots=True)
class Quoted(pricing.Price):
    """A price as the customer's list says it: in its currency, with tax or without."""

    currency: str


def quoted(
    *, version: PlanVersion, licence: Licence | None, terms: Terms, is_pack: bool = False, coupon: str = ""
) -> Quoted:
    """What a later term, or a pack, costs this buyer; where their list has no price for it, the base list's."""
    try:
        unit = _unit(version, terms, is_pack=is_pack)
    except Refused:
        terms = replace(terms, price_list=terms.tariff.base)
        unit = (version.pack_price_minor if is_pack else version.price_minor) or 0
    found = _discounted(version, licence, terms, unit, is_pack=is_pack, coupon=coupon, term=LATER)
    return Quoted(
        found.list_minor,
        found.discount_minor,
        found.total_minor,
        found.discount_code,
        found.basis_points,
        terms.currency(version),
    )


def price_pack(
    *,
    version: PlanVersion,
    licence: Licence | None,
    organization: Organization | None,
    now: datetime,
    quantity: int = 1,
    coupon: str = "",
    price_list: PriceList | None = None,
    terms: Terms | None = None,
) -> Priced:
    """`quantity` extra packs of a version's plan (R6)."""
    terms = terms or terms_of(organization, now=now, price_list=price_list)
    unit = _unit(version, terms, is_pack=True)
    params: dict[str, str | int | None] = {
        "plan": version.plan.name,
        "cases": version.pack_cases * quantity,
        "licence": licence.pk if licence else None,
    }
    return _priced(
        version,
        licence,
        terms,
        Label(LabelCode.PACK, params),
        unit,
        quantity=quantity,
        is_pack=True,
        coupon=coupon,
    )


def price_amount(
    *,
    label: Label,
    amount_minor: int,
    currency: str,
    organization: Organization,
    now: datetime,
    rate: int | None = None,
) -> Priced:
    """One line of any amount before tax, at the default rate unless another is named: quoted work, a difference."""
    profile = profile_of(organization)
    on = day_of(now, rulebook_at(now).billing_zone)
    points = 0 if profile and profile.tax_exempt else tax_rate(None, on=on) if rate is None else rate
    return Priced((Line(label, 1, amount_minor, tax_basis_points=points),), currency)


def check_coupon(
    coupon: str, *, version: PlanVersion, licence: Licence | None, terms: Terms, is_pack: bool
) -> None:
    """Raise Refused when a coupon would change nothing: there is none of that name, or not for this purchase."""
    if not coupon.strip():
        return
    unit = _unit(version, terms, is_pack=is_pack)
    found = _discounted(version, licence, terms, unit, is_pack=is_pack, coupon=coupon)
    rule = next((rule for rule in terms.book.discounts if rule.code == found.discount_code), None)
    if rule is None or not rule.coupon:
        raise Refused(RefusalCode.WRONG_COUPON, field="coupon")


def _unit(version: PlanVersion, terms: Terms, *, is_pack: bool) -> int:
    listed: PlanVersion | ListPrice | None = version
    if terms.price_list is not None and not terms.price_list.is_base:
        listed = terms.tariff.price_in(terms.price_list, version)
    amount = None if listed is None else listed.pack_price_minor if is_pack else listed.price_minor
    if amount is None:
        raise Refused(RefusalCode.NO_PRICE, currency=terms.currency(version))
    return amount


def _discounted(
    version: PlanVersion,
    licence: Licence | None,
    terms: Terms,
    unit: int,
    *,
    is_pack: bool,
    coupon: str = "",
    term: int = 0,
) -> pricing.Price:
    organization = terms.organization
    buying = pricing.Buying(
        currency=terms.currency(version),
        plan=version.plan.code,
        family=version.plan.family,
        organization=organization.pk if organization else None,
        on=terms.tariff.on,
        term=term,
        coupon=coupon or None,
    )
    return pricing.price(
        list_minor=unit,
        edition=licence.edition.code if licence else version.plan.edition.code,
        hosting=licence.hosting if licence else None,
        discounts=[rule for rule in terms.book.discounts if not is_used_up(rule, licence, terms.had)],
        is_pack=is_pack,
        licences=() if licence else terms.pairs,
        buying=buying,
    )


def _priced(
    version: PlanVersion,
    licence: Licence | None,
    terms: Terms,
    label: Label,
    unit: int,
    *,
    quantity: int,
    is_pack: bool,
    coupon: str,
    term: int = 0,
) -> Priced:
    found = _discounted(version, licence, terms, unit * quantity, is_pack=is_pack, coupon=coupon, term=term)
    line = Line(
        label=label,
        quantity=quantity,
        unit_minor=unit,
        discount_minor=found.discount_minor,
        discount_code=found.discount_code or "",
        discount_basis_points=found.basis_points,
        tax_basis_points=terms.tariff.rates.get(version.plan.tax_category_id, 0),
        includes_tax=bool(terms.price_list and terms.price_list.includes_tax),
    )
    return Priced((_exempted(line) if terms.exempt else line,), terms.currency(version))


def _exempted(line: Line) -> Line:
    """The same line for who pays no tax: where the price includes it, it is taken out."""
    if not line.includes_tax:
        return replace(line, tax_basis_points=0)
    unit = divide(line.unit_minor * WHOLE, WHOLE + line.tax_basis_points)
    gross = unit * line.quantity
    return replace(
        line,
        unit_minor=unit,
        discount_minor=min(max(gross - line.net_minor, 0), gross),
        tax_basis_points=0,
        includes_tax=False,
    )


def _first_term(version: PlanVersion, unit: int, span: Span, zone: str) -> int:
    """A first partial calendar month by its days; of a year, that month and the eleven whole ones."""
    whole = month_of(span.start, zone)
    part = Span(span.start, min(span.end, whole.end))
    if version.plan.interval == Interval.MONTH:
        return prorated_price(unit, version.cases, part, whole, zone)
    month = divide(unit, Interval.YEAR.periods)
    return unit - month + prorated_price(month, version.cases, part, whole, zone)


def with_span(line: Line, span: Span) -> Line:
    """The line of a plan, saying for when it is."""
    params: Mapping[str, str | int | None] = {
        **line.label.params,
        "start": span.start.isoformat(),
        "end": span.end.isoformat(),
    }
    return replace(line, label=Label(line.label.code, params))
