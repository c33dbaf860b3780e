"""An extra case for this period (R6, row 26): asked for here, confirmed by a person. Asking draws nothing (row 44)."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.billing.models import WorkType
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import price_of
from vigente.billing.services.packs import pack_end
from vigente.portal.pages import customer, not_allowed, page
from vigente.portal.views.ask import answer, new_key
from vigente.portal.views.notice import contract, manages
from vigente.portal.words import licence_name
from vigente.rules.refusal import Refused
from vigente.tickets.models import Ticket
from vigente.tickets.services.submission import submit_request
from vigente.ui import formats
from vigente.ui.wording import refusal_text


@customer
def pack_order(request: HttpRequest, subscription: int) -> HttpResponse:
    """What it costs and until when it would last; on POST the request goes to the people who confirm it."""
    row = contract(request, subscription)
    if not manages(request, row):
        return not_allowed(request, _("Pedir un caso extra"))
    version = row.version
    work_type = _billing_work()
    if version.pack_price_minor is None or work_type is None:
        raise Http404
    book = rulebook_at(request.now)
    price = price_of(
        version=version,
        licence=row.licence,
        organization=row.organization,
        now=request.now,
        is_pack=True,
        book=book,
    )
    until = pack_end(row, book, now=request.now)
    context = {
        "subscription": row,
        "price": price,
        "until": until,
        "days_left": (until - request.now).days,
        "key": new_key(),
    }
    if request.method != "POST":
        return page(request, "pack_order.html", context)
    amount = formats.money(price.total_minor, version.currency)
    what = {
        "cases": ngettext("%(n)s caso extra", "%(n)s casos extra", version.pack_cases)
        % {"n": version.pack_cases},
        "where": licence_name(row.licence),
        "price": amount,
        "plan": version.plan.name,
    }
    try:
        result = submit_request(
            requester=request.user,
            organization=row.organization,
            licence=row.licence,
            work_type=work_type,
            subject=_("Pedido: %(cases)s") % what,
            text=_("Por favor confirmen %(cases)s para %(where)s, plan %(plan)s: %(price)s.") % what,
            channel=Ticket.Channel.WEB,
            key=f"pack:{request.user.pk}:{row.pk}:{_key(request)}",
            now=request.now,
        )
    except Refused as refusal:
        return page(request, "pack_order.html", context | {"error": refusal_text(refusal)}, status=409)
    return answer(request, result)


def _key(request: HttpRequest) -> str:
    """What names this order, so that sending it twice is one; anything else than what the page gave is a new one."""
    given = request.POST.get("key", "")
    return given if re.fullmatch(r"[A-Za-z0-9-]{8,64}", given) else new_key()


def _billing_work() -> WorkType | None:
    """The kind of work about money; any other that is always accepted will do."""
    always = WorkType.objects.filter(always=True, development=False)
    return always.filter(code="billing").first() or always.first()
