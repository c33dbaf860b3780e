"""People and the organizations they act for (`people`); what they changed where no event tells it (`audit`); where
they are signed in (`sessions`).
"""

from vigente.accounts.models.audit import AuditEntry
from vigente.accounts.models.people import (
    SCOPES,
    STAFF_ROLES,
    SUPERVISING_ROLES,
    ApiToken,
    Invitation,
    Membership,
    Organization,
    OrganizationQuerySet,
    Role,
    User,
    UserManager,
    UserQuerySet,
)
from vigente.accounts.models.sessions import UserSession

__all__ = [
    "SCOPES",
    "STAFF_ROLES",
    "SUPERVISING_ROLES",
    "ApiToken",
    "AuditEntry",
    "Invitation",
    "Membership",
    "Organization",
    "OrganizationQuerySet",
    "Role",
    "User",
    "UserManager",
    "UserQuerySet",
    "UserSession",
]
