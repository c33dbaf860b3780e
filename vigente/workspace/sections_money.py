"""The settings about money that are plain lists: the accounts transfers are sent to."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from vigente.billing.models import BankAccount
from vigente.workspace.forms.documents import BankForm
from vigente.workspace.section import Section

MONEY_SECTIONS: Mapping[str, Section] = {
    "banks": Section(
        _("Cuentas bancarias"),
        _("Cuenta bancaria"),
        _("A dónde transfieren los clientes: se lee al pagar y en cada factura pendiente."),
        BankAccount.objects.all,
        BankForm,
        (
            (_("A nombre de"), lambda row: row.holder),
            (_("Moneda"), lambda row: row.currency),
            (_("Se ofrece"), lambda row: row.is_active),
        ),
    ),
}
