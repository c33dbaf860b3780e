"""`vigente verify`: everything that can be recomputed, recomputed."""

from time import monotonic
from typing import Annotated, Any

import typer

from vigente.cli.boot import boot
from vigente.cli.output import FOUND, AsJson, emit, say


def register(app: typer.Typer) -> None:
    app.command()(verify)


def verify(
    as_json: AsJson = False,
    most: Annotated[int, typer.Option(min=1, help="Stop after naming this many differences.")] = 1000,
) -> None:
    """Recompute every balance, draw, period, promise, place, invoice and account, and name each difference. Reads only.

    Ends with 0 if everything adds up, and with 1 if something differs.
    """
    boot()
    from vigente.installation.clock import vendor_now
    from vigente.worker.verification import verify as differences

    started, found = monotonic(), []
    for difference in differences(now=vendor_now()):
        found.append(difference)
        if not as_json:
            typer.echo(str(difference))
        if len(found) >= most:
            break
    checked = _checked()
    if as_json:
        said = [difference.to_json() for difference in found]
        emit({"differences": len(found), "named": said, "checked": checked})
    else:
        counts = ", ".join(f"{count} {name}" for name, count in checked.items())
        say(f"{len(found)} difference{'s' * (len(found) != 1)} in {counts} ({monotonic() - started:.1f} s).")
    if found:
        raise typer.Exit(FOUND)


def _checked() -> dict[str, Any]:
    from vigente.billing.models import Grant, Invoice, LedgerEntry, MoneyEntry, Payment, Subscription
    from vigente.tickets.models import HeldRequest, Ticket

    return {
        "grants": Grant.objects.count(),
        "entries": LedgerEntry.objects.count(),
        "subscriptions": Subscription.objects.count(),
        "cases": Ticket.objects.count(),
        "held requests": HeldRequest.objects.count(),
        "invoices": Invoice.objects.count(),
        "payments": Payment.objects.count(),
        "entries of money": MoneyEntry.objects.count(),
    }
