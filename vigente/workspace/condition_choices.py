"""What conditions about cases can ask and choose from, in the reader's language."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from vigente.accounts.models import STAFF_ROLES, Organization, User
from vigente.billing.models import Edition, Licence, Plan, Subscription, WorkType
from vigente.rules.coverage import IN_FORCE
from vigente.rules.fields import WITH_OPTIONS
from vigente.sla.models import SlaPolicy
from vigente.tickets.folding import Folded
from vigente.tickets.labels import STATES, severity_choices, status_choices, status_name
from vigente.tickets.models import CustomField, Department, Tag, Ticket
from vigente.tickets.models.departments import in_tree
from vigente.tickets.queries.facts import FIELDS
from vigente.tickets.queries.matching import words_of
from vigente.tickets.queries.own import TYPES, name_of
from vigente.ui.condition_words import FIELDS as WORDS
from vigente.ui.conditions import Offer

NEAR = 20  # answers to a search
Pairs = tuple[tuple[str, str], ...]


def _people(user: User) -> QuerySet[User]:
    return User.objects.visible_to(user).order_by("name", "email")


def _organizations(user: User) -> QuerySet[Organization]:
    return Organization.objects.visible_to(user).order_by("name")


# Fields with too many choices to list: the rows this person may choose from, and the columns that are searched.
SEARCHED: Mapping[str, tuple[Callable[[User], QuerySet[Any]], tuple[str, ...]]] = {
    "requester": (_people, ("name", "email")),
    "participants": (_people, ("name", "email")),
    "organization": (_organizations, ("name",)),
}


class CaseChoices:
    """The fields of cases, for `ui.conditions`. Reads each list of choices once."""

    def __init__(self, user: User) -> None:
        self.user = user

    def offers(self) -> Sequence[Offer]:
        return self._offers

    def named(self, field: str, values: Collection[str]) -> Mapping[str, str]:
        rows, _columns = SEARCHED[field]
        known = [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 19]
        return {str(row.pk): str(row) for row in rows(self.user).filter(pk__in=known)}

    @cached_property
    def _offers(self) -> tuple[Offer, ...]:
        lists = _lists()
        return tuple(
            Offer(
                name,
                FIELDS[name].type,
                str(label),
                str(heading),
                lists.get(name, ()),
                f"{reverse('workspace:condition_choices')}?of={name}" if name in SEARCHED else "",
            )
            for name, (label, heading) in WORDS.items()
            if name in FIELDS
        ) + tuple(_own(row) for row in CustomField.objects.visible_to(self.user))


def _own(row: CustomField) -> Offer:
    """One of the vendor's own fields."""
    listed = row.choices if row.kind in WITH_OPTIONS else []
    return Offer(name_of(row.pk), TYPES[row.kind], str(row), _("Datos de los casos"), tuple(listed), "")


def search(field: str, text: str, *, user: User) -> list[tuple[str, str]]:
    """The choices of a searched field whose name (or address) holds every word."""
    if field not in SEARCHED:
        return []
    rows, columns = SEARCHED[field]
    found = rows(user).alias(**{f"plain_{column}": Folded(column) for column in columns})
    words = words_of(text)
    for word in words:
        either = Q()
        for column in columns:
            either |= Q(**{f"plain_{column}__contains": word})
        found = found.filter(either)
    return [(str(row.pk), _full_name(row)) for row in found[:NEAR]] if words else []


def _full_name(row: Model) -> str:
    """A person with the address, since names repeat."""
    return f"{row.name} · {row.email}" if isinstance(row, User) and row.name else str(row)


def _lists() -> dict[str, Pairs]:
    people = User.objects.filter(role__in=STAFF_ROLES, is_active=True).order_by("name", "email")
    in_force = {status.value for status in IN_FORCE}
    return {
        "status": _coded((state, status_name(state, None)) for state in STATES),
        "label": _coded((key, name) for key, name, _state in status_choices(only_labels=True)),
        "queue": _coded(Ticket.Queue.choices),
        "channel": _coded(Ticket.Channel.choices),
        "severity": _coded(severity_choices()),
        "hosting": _coded(Licence.Hosting.choices),
        "requester_language": _coded(settings.LANGUAGES),
        "organization_language": _coded(settings.LANGUAGES),
        "plan_status": _coded(one for one in Subscription.Status.choices if one[0] in in_force),
        "last_reply_by": (("customer", _("Cliente")), ("agent", _("Técnico"))),
        "tags": _rows(Tag.objects.offered()),
        "department": _rows(row for row, _depth in in_tree(Department.objects.offered())),
        "assignee": _rows(people),
        "involved": _rows(people),
        "watchers": _rows(people),
        "work_type": _rows(WorkType.objects.all()),
        "sla_policy": _rows(SlaPolicy.objects.order_by("name")),
        "edition": _rows(Edition.objects.select_related("product").order_by("product", "id")),
        "plan": tuple(
            (str(plan.pk), f"{plan.name} · {plan.get_interval_display()} · {plan.edition}")
            for plan in Plan.objects.select_related("edition__product")
        ),
    }


def _coded(choices: Iterable[tuple[Any, Any]]) -> Pairs:
    return tuple((str(value), str(label)) for value, label in choices)


def _rows(rows: Iterable[Model]) -> Pairs:
    return tuple((str(row.pk), str(row)) for row in rows)
