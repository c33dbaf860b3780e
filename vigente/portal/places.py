"""What a person may ask about: their organizations' installations, or an organization as a whole (row 28)."""

from dataclasses import dataclass

from vigente.accounts.models import Membership, Organization
from vigente.billing.models import Licence
from vigente.portal.words import licence_name, licence_short


@dataclass(frozen=True, slots=True)
class Place:
    """One answer to "¿sobre qué instalación?". Without an organization: a person who belongs to none yet."""

    organization: Organization | None
    licence: Licence | None
    name: str

    @property
    def short(self) -> str:
        """For a list where space is dear."""
        return licence_short(self.licence) if self.licence else self.name

    @property
    def value(self) -> str:
        if self.licence is not None:
            return f"licence-{self.licence.pk}"
        return f"organization-{self.organization.pk}" if self.organization is not None else "none"


NOWHERE = Place(None, None, "—")


def places_of(seats: list[Membership]) -> list[Place]:
    """Every active licence of these organizations; an organization without one stands for itself. One query."""
    organizations = {seat.organization_id: seat.organization for seat in seats}
    licences = Licence.objects.filter(organization__in=organizations, is_active=True)
    found: list[Place] = []
    by_organization: dict[int, list[Licence]] = {}
    for licence in licences.select_related("edition__product").order_by("id"):
        by_organization.setdefault(licence.organization_id, []).append(licence)
    for pk, organization in organizations.items():
        suffix = f" · {organization.name}" if len(organizations) > 1 else ""
        mine = by_organization.get(pk, [])
        for licence in mine:
            licence.organization = organization
            found.append(Place(organization, licence, licence_name(licence) + suffix))
        if not mine:
            found.append(Place(organization, None, organization.name))
    return found or [NOWHERE]
