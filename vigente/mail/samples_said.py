"""What samples of letters share: an invented customer, in the reader's language."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _

from vigente.mail import facts, sums
from vigente.mail.letters import link
from vigente.ui.meter import meter_text

Said = Callable[[datetime], dict[str, Any]]
CURRENCY = "NIO"
PLAN = "Tienda"
TOKEN = "ejemplo"


def money(minor: int) -> str:
    return sums.amount(minor, CURRENCY)


def day(now: datetime, days: int) -> str:
    """The day so many days from now."""
    return facts.day(now + timedelta(days=days), now=now)


def exact(now: datetime, days: int) -> str:
    return facts.exact(now + timedelta(days=days))


def meter(*, used: int = 1, left: int = 3, this: int = 0) -> str:
    """The meter as text."""
    text = meter_text(used=used, left=left, this=this).replace("  ", "\N{NO-BREAK SPACE} ")
    return f"{text} · {PLAN}"


def rows() -> sums.Rows:
    """A plan with its discount and its tax."""
    return [
        (_("Plan %(plan)s") % {"plan": PLAN} + " · WEB", money(210_000)),
        (_("Descuento WEB en nuestra nube") + " −40 %", money(-84_000)),
        (_("Impuesto") + " 15 %", money(18_900)),
        (_("Total"), money(144_900)),
    ]


def plan(now: datetime) -> dict[str, Any]:
    """What every letter about a plan says."""
    return {
        "plan": PLAN,
        "what": _("la licencia %(key)s") % {"key": _("Sucursal Centro")},
        "coverage": meter(),
        "link": link("portal:plan"),
    }


def ticket() -> SimpleNamespace:
    """A case that is in no book."""
    return SimpleNamespace(number=1042, subject=_("No imprime la factura"))


def held() -> SimpleNamespace:
    """A request that waits."""
    return SimpleNamespace(
        subject=_("No imprime la factura"), answer=_("¿Puede decirnos qué impresora usa?"), token=TOKEN
    )


def case(now: datetime, **more: Any) -> dict[str, Any]:
    """What every letter about a case says."""
    return {"ticket": ticket(), "reply_by_mail": True, "link": link("portal:ticket", 1042), **more}


def waiting(now: datetime, **more: Any) -> dict[str, Any]:
    """What every letter about a request that waits says."""
    return {"held": held(), "link": link("portal:held", TOKEN), **more}


Letters = Mapping[str, tuple[Any, Said]]
