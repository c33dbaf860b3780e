"""The line as its supervisor sees it: who waits and why there, who could take it, who is away or full, a case moved.
And every agent's own word that they are away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.accounts.models import STAFF_ROLES, User
from vigente.billing.models.rulebooks import rulebook_at
from vigente.tickets.models import Department, Skill, Ticket
from vigente.tickets.models.line import is_away
from vigente.tickets.queries import Row, queue_page
from vigente.tickets.queries.crew import Hand, crew, needed_by
from vigente.tickets.queries.line import Moved, moved_by_hand
from vigente.tickets.services import line as services
from vigente.workspace.access import instant, person, staff, supervisors
from vigente.workspace.answers import Action, attempt, back_to, perform, posted
from vigente.workspace.forms.fields import start_of_day
from vigente.workspace.forms.line import AgentForm, AwayForm, PlaceForm
from vigente.workspace.views.actions import both
from vigente.workspace.views.case import find

PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case of the line: what it needs, who may be given it, and of them who now."""

    row: Row
    moved: Moved | None
    needs: Sequence[Skill]
    able: Sequence[Hand]

    @property
    def ticket(self) -> Ticket:
        return self.row.ticket

    @property
    def free(self) -> int:
        return sum(hand.is_free for hand in self.able)


@supervisors
@require_GET
def line(request: HttpRequest) -> HttpResponse:
    """Who waits, in order, and the team. `?department=` one line only."""
    now = instant(request)
    departments = list(Department.objects.all())
    chosen = next((one for one in departments if str(one.pk) == request.GET.get("department")), None)
    page = queue_page(
        person(request), view="line", now=now, limit=PAGE, departments=[chosen.pk] if chosen else None,
        cursor=request.GET.get("after"),
    )  # fmt: skip
    hands = crew(now=now)
    context = {
        "cases": _waiting(page.rows, hands),
        "page": page,
        "hands": hands,
        "departments": departments,
        "chosen": chosen,
        "has_skills": any(hand.skills for hand in hands),
    }
    return render(request, "workspace/line/line.html", context)


def _waiting(rows: Sequence[Row], hands: Sequence[Hand]) -> list[Waiting]:
    tickets = [row.ticket for row in rows]
    moved, needed = moved_by_hand(tickets), needed_by(tickets)
    found = []
    for row in rows:
        needs = needed[row.ticket.pk]
        wanted = {skill.pk for skill in needs}
        able = [hand for hand in hands if hand.may_take(row.ticket, wanted)]
        found.append(Waiting(row, moved.get(row.ticket.pk), needs, able))
    return found


@supervisors
@both
def place(request: HttpRequest, number: int) -> HttpResponse:
    """Move a case in its line, with a reason."""
    ticket = find(number, person(request))
    form = PlaceForm(posted(request))
    back = back_to(request, reverse("workspace:case", args=[number]))
    note = _(
        "Queda ahí hasta que se le responda o deje de esperar. Los que empatan con el otro caso también quedan atrás."
    )
    action = Action(title=_("Mover el caso %(number)s") % {"number": number}, submit=_("Mover"), back=back,
                    notes=(note,))  # fmt: skip

    def run(data: dict[str, Any]) -> str:
        said = {"ticket": ticket, "reason": data["reason"], "actor": person(request), "now": instant(request)}
        match data["where"]:
            case "first":
                services.place_first(**said)
                return _("El caso %(number)s está al frente de su fila.") % {"number": number}
            case "before":
                services.place_before(other=data["other"], **said)
                return _("El caso %(number)s está delante del %(other)s.") % {
                    "number": number,
                    "other": data["other"],
                }
        services.place_back(**said)
        return _("El caso %(number)s volvió a su lugar.") % {"number": number}

    return perform(request, action, form, run)


@supervisors
@both
def agent(request: HttpRequest, pk: int) -> HttpResponse:
    """How much an agent takes at once, and whether they are away."""
    one = get_object_or_404(User.objects.select_related("capacity"), pk=pk, role__in=STAFF_ROLES)
    now, zone = instant(request), rulebook_at(instant(request)).zone
    capacity = getattr(one, "capacity", None)
    until = capacity.away_until if capacity else None
    started = {
        "most": capacity.most if capacity else None,
        "away": is_away(one, now=now),
        "until": until.astimezone(zone).date() if until and until > now else None,
    }
    form = AgentForm(posted(request), initial=started)
    action = Action(title=str(one), submit=_("Guardar"), back=reverse("workspace:line"))

    def run(data: dict[str, Any]) -> str:
        services.set_capacity(agent=one, most=data["most"], away=data["away"],
                              until=_start(data["until"], request) if data["away"] else None, now=now)  # fmt: skip
        return _("Guardado.")

    return perform(request, action, form, run)


@staff
@both
def away(request: HttpRequest) -> HttpResponse:
    """Say that one is away: no case comes from the line."""
    form = AwayForm(posted(request))
    note = _("Mientras esté ausente, “Siguiente caso” no le da ninguno. Los suyos siguen siendo suyos.")
    action = Action(
        title=_("Ausentarse"), submit=_("Ausentarse"), back=reverse("workspace:queue"), notes=(note,)
    )

    def run(data: dict[str, Any]) -> str:
        until = _start(data["until"], request)
        services.set_away(agent=person(request), away=True, until=until, now=instant(request))
        return _("Figura como ausente.")

    return perform(request, action, form, run)


@staff
@require_POST
def returning(request: HttpRequest) -> HttpResponse:
    """Say that one is back."""

    def run() -> str:
        services.set_away(agent=person(request), away=False, until=None, now=instant(request))
        return _("Bienvenido de vuelta: ya recibe casos.")

    return attempt(request, run, back_to(request, reverse("workspace:queue")))


def _start(day: date | None, request: HttpRequest) -> datetime | None:
    return start_of_day(day, rulebook_at(instant(request)).zone) if day else None
