"""Whether a rule of spam catches a request, asked at the one door."""

from vigente.installation.prepared import Prepared
from vigente.rules.spam import first_that_catches
from vigente.tickets.models import SpamRule
from vigente.tickets.services.request import Request


def caught_by(request: Request) -> int | None:
    """The rule that catches it, if one does. What the team files is never spam."""
    who = request.opened_by or request.requester
    if who is not None and who.is_staff_member:
        return None
    rules = [rule.value() for rule in _RULES()]
    found = first_that_catches(rules, subject=request.subject, text=request.text, sender=request.email)
    return found.id if found else None


_RULES = Prepared(lambda: SpamRule.objects.filter(is_on=True).order_by("id"))
