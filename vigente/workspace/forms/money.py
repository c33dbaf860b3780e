"""What staff type about money: payments, corrections, refunds, who an invoice is made out to, orders for a customer."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Organization, User
from vigente.billing.models import BillingProfile, Invoice, Payment, PriceList
from vigente.rules.invoicing import Split, part_of
from vigente.rules.reasons import Credit
from vigente.ui import formats
from vigente.workspace.forms.fields import AmountField, minor_units

ONE_CENT = Decimal("0.0001")  # more than nothing, in any currency


class KeyedForm(forms.Form):
    """A form whose consequence happens once, however often it is sent."""

    submission_key = forms.CharField(widget=forms.HiddenInput, max_length=64)


class MoneyForm(KeyedForm):
    """An amount in one currency; cleans to `amount_minor` beside it."""

    amount = AmountField(label=_("Monto"), minimum=ONE_CENT)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["amount"].label = f"{self.fields['amount'].label} ({currency})"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("amount") is not None:
            try:
                data["amount_minor"] = minor_units(data["amount"], self.currency)
            except forms.ValidationError as error:
                self.add_error("amount", error)
        return data


class PaymentForm(MoneyForm):
    """Money that came in, as staff note it."""

    method = forms.ChoiceField(
        label=_("Cómo pagó"),
        choices=[(value, label) for value, label in Payment.Method.choices if value != Payment.Method.CARD],
        widget=forms.RadioSelect,
        initial=Payment.Method.TRANSFER,
    )
    reference = forms.CharField(label=_("Referencia del banco"), max_length=120, required=False)
    note = forms.CharField(label=_("Nota"), max_length=300, required=False)
    field_order = ("amount", "method", "reference", "note")


class PayOutForm(PaymentForm):
    """Money sent back to a customer, at most what they have in hand. `to_card`: the most that can go back to a card
    (minor units); it is sent by itself.
    """

    field_order = ("amount", "method", "reference", "note")

    def __init__(self, *args: Any, to_card: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.to_card, method = to_card, self.fields["method"]
        method.label = _t("Cómo se devuelve")
        if to_card and isinstance(method, forms.ChoiceField):
            most = formats.money(to_card, self.currency)
            label = _t("A la tarjeta con la que pagó, hasta %(most)s") % {"most": most}
            method.choices = [*method.choices, (Payment.Method.CARD.value, label)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("method") == Payment.Method.CARD and data.get("amount_minor", 0) > self.to_card:
            most = formats.money(self.to_card, self.currency)
            self.add_error("amount", _t("A la tarjeta pueden volver como máximo %(most)s.") % {"most": most})
        return data


class SentByHandForm(forms.Form):
    """What did not reach a card went by the bank."""

    reference = forms.CharField(label=_("Referencia del banco"), max_length=120)


class CreditForm(MoneyForm):
    """Correct an invoice: all that is left of it, or part, tax included."""

    whole = forms.TypedChoiceField(
        label=_("Cuánto"),
        choices=[("1", _("Todo lo que queda de la factura")), ("0", _("Una parte"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        initial="1",
    )
    reason = forms.ChoiceField(
        label=_("Motivo"),
        choices=[
            (Credit.MISTAKE.value, _("La factura tiene un error")),
            (Credit.ORDER_WITHDRAWN.value, _("El cliente retiró el pedido")),
            (Credit.REFUND.value, _("Devolución acordada")),
        ],
        widget=forms.RadioSelect,
        initial=Credit.MISTAKE.value,
    )
    note = forms.CharField(
        label=_("Explicación"),
        help_text=_("Se imprime en la nota de crédito."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("whole", "amount", "reason", "note")

    def __init__(self, *args: Any, left: tuple[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = left
        self.fields["amount"].required = False
        self.fields["amount"].help_text = _t("Con impuesto. Solo para una parte; quedan %(left)s.") % {
            "left": formats.money(sum(left), self.currency)
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("whole") is False:
            amount = data.get("amount_minor")
            if amount is None and "amount" not in self.errors:
                self.add_error("amount", _t("Escriba cuánto se corrige."))
            elif amount is not None and amount > sum(self.left):
                self.add_error("amount", _t("Es más de lo que queda de la factura."))
        return data

    def split(self) -> Split | None:
        """The part to correct; None: all of it."""
        if self.cleaned_data["whole"]:
            return None
        net, tax = self.left
        return part_of(net, tax, part=self.cleaned_data["amount_minor"], whole=net + tax)


class NoteForm(KeyedForm):
    """Only an explanation."""

    note = forms.CharField(
        label=_("Explicación"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class RejectForm(forms.Form):
    """Why a transfer is not one; the customer reads it."""

    note = forms.CharField(
        label=_("Motivo"),
        help_text=_("Lo lee el cliente, que puede enviar otro comprobante."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FiscalForm(forms.Form):
    """The number the tax office gave (row 52)."""

    number = forms.CharField(
        label=_("Número fiscal"),
        help_text=_("Vacío: todavía está pendiente. No detiene la cobertura."),
        max_length=60,
        required=False,
    )


class ProfileForm(forms.ModelForm):
    """Who an organization's invoices are made out to."""

    class Meta:
        model = BillingProfile
        fields = (
            "legal_name",
            "tax_id",
            "address",
            "country",
            "email",
            "language",
            "price_list",
            "tax_exempt",
            "exempt_reason",
        )
        labels = {
            "legal_name": _("Razón social"),
            "tax_id": _("Identificación fiscal"),
            "address": _("Dirección"),
            "country": _("País"),
            "email": _("Correo para facturas"),
            "language": _("Idioma de las facturas"),
            "price_list": _("Lista de precios"),
            "tax_exempt": _("Exento de impuestos"),
            "exempt_reason": _("Por qué está exento"),
        }
        help_texts = {
            "legal_name": _("Vacío: el nombre de la organización."),
            "country": _("Dos letras: NI, CR, US."),
            "email": _("Recibe los mismos correos de dinero que los responsables."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists: Any = self.fields["price_list"]
        lists.queryset, lists.empty_label = PriceList.objects.all(), _t("La principal")

    def clean_country(self) -> str:
        return str(self.cleaned_data.get("country") or "").upper()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("tax_exempt") and not data.get("exempt_reason"):
            self.add_error("exempt_reason", _t("Diga por qué está exento: lo pide quien revisa las cuentas."))
        return data


class TransferForm(forms.Form):
    """Which organization an installation goes to, by its name or its reference."""

    organization = forms.CharField(
        label=_("Organización"), help_text=_("Su nombre completo o su referencia."), max_length=160
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_organization(self) -> Organization:
        text = str(self.cleaned_data["organization"]).strip()
        rows = Organization.objects.visible_to(self.user)
        found = list(rows.filter(Q(name__iexact=text) | Q(external_ref__iexact=text))[:2])
        if not found:
            raise forms.ValidationError(_t("No hay una organización con ese nombre. Regístrela primero."))
        if len(found) > 1:
            raise forms.ValidationError(_t("Hay más de una así: use su referencia."))
        return found[0]


def currency_of(organization: Organization, *, default: str) -> str:
    """The currency a customer pays in: what is open, else their list's, else the base one."""
    owed = Invoice.objects.filter(organization=organization, balance_minor__gt=0).order_by("due_at")
    profile = BillingProfile.objects.filter(organization=organization).select_related("price_list").first()
    listed = profile.price_list.currency if profile and profile.price_list else ""
    return owed.values_list("currency", flat=True).first() or listed or default
