"""The demonstration's password and tokens: made for one database, kept in it, printed as often as asked."""

from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from vigente.accounts.models import User
from vigente.accounts.services import issue_token
from vigente.demo.journeys import Company
from vigente.demo.stage import Stage
from vigente.installation.models import Installation

WORDS = ("arqueo", "bodega", "cafetal", "cedro", "garza", "kardex", "laguna", "malinche", "marimba", "volcan")
CUSTOMER_SCOPES = ("coverage", "tickets:read", "tickets:write", "statement", "billing:read", "billing:write")
STAFF_SCOPES = (*CUSTOMER_SCOPES, "coverage:any", "queue", "rulebook", "simulations", "webhooks")
PRODUCT_SCOPES = ("coverage", "coverage:any", "tickets:read", "tickets:write")
COVERED = "el-clavo"
SITUATIONS = {"exhausted": "la-biela", "uncovered": "luz-de-luna", "unpaid": "cristal-norte"}


def password_for(seed: int) -> str:
    """The one password of the printed logins: the same for the same installation and seed, unknown to any other."""
    digest = salted_hmac(
        "vigente.demo.password", f"{seed}", secret=settings.SECRET_KEY, algorithm="sha256"
    ).digest()
    first = WORDS[digest[0] % len(WORDS)]
    second = [word for word in WORDS if word != first][digest[1] % (len(WORDS) - 1)]
    return f"{first}-{second}-{int.from_bytes(digest[2:5]) % 10**6:06}"


def store(stage: Stage, companies: list[Company], *, now: datetime) -> None:
    """Issue the tokens and remember what `vigente demo` prints."""
    covered = next(company for company in companies if company.customer.key == COVERED)
    people = {
        "customer": covered.people[covered.customer.people[0].email],
        "manager": covered.manager,
        "agent": stage.login_of("agent"),
        "supervisor": stage.login_of("supervisor"),
        "owner": stage.login_of("owner"),
    }
    more = {
        f"manager_{situation}": next(one for one in companies if one.customer.key == key).manager
        for situation, key in SITUATIONS.items()
    }
    secrets = {role: _token(role, user, now=now) for role, user in people.items()}
    secrets["product"] = issue_token(name="Inventario", user=None, scopes=PRODUCT_SCOPES, now=now)[1]
    holdings = [holding for company in companies for holding in company.holdings]
    Installation.objects.filter(id=1).update(
        demo_secrets={
            "logins": [
                {"role": role, "email": user.email, "password": stage.password}
                for role, user in (people | more).items()
            ],
            "tokens": secrets,
            "licences": {one.installed.demo: one.licence.key for one in holdings if one.installed.demo},
        }
    )


def logins_of(key: str, people: list[str]) -> frozenset[str]:
    """The customers' addresses that are printed with a password."""
    if key in SITUATIONS.values():
        return frozenset(people[:1])
    return frozenset(people[:2]) if key == COVERED else frozenset()


def _token(role: str, user: User, *, now: datetime) -> str:
    scopes = STAFF_SCOPES if user.is_staff_member else CUSTOMER_SCOPES
    return issue_token(name=f"demostración: {role}", user=user, scopes=scopes, now=now)[1]
