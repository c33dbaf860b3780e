"""Who an organization's invoices are made out to, asked once and changed at will (row 32)."""

from django.db import transaction

from vigente.accounts.models import Organization
from vigente.billing.models import BillingProfile, PriceList


@transaction.atomic
def save_profile(
    *,
    organization: Organization,
    legal_name: str = "",
    tax_id: str = "",
    address: str = "",
    country: str = "",
    email: str = "",
    language: str = BillingProfile.Language.ES,
    price_list: PriceList | None = None,
) -> BillingProfile:
    """What invoices say from now on; issued ones stay as they are. A list once bought in stays, whatever is asked."""
    profile, _made = BillingProfile.objects.get_or_create(organization=organization)
    profile.legal_name = legal_name.strip()[:160]
    profile.tax_id = tax_id.strip()[:40]
    profile.address = address.strip()[:300]
    profile.country = country.strip().upper()[:2]
    profile.email = email.strip()
    profile.language = language
    profile.price_list = profile.price_list or price_list
    profile.save()
    return profile
