"""Forms about paying: they check shape and keep what was typed; services decide."""

from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from vigente.installation.files import File

ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"
MOST = Decimal(10) ** 12


class MinorField(forms.DecimalField):
    """An amount as people write it, cleaned to minor units of a currency."""

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        self.precision = get_currency_precision(currency)
        super().__init__(min_value=Decimal(1).scaleb(-self.precision), max_value=MOST,
                         decimal_places=self.precision, **kwargs)  # fmt: skip

    def prepare_value(self, value: Any) -> Any:
        return Decimal(value).scaleb(-self.precision) if isinstance(value, int) else value

    def clean(self, value: Any) -> int:  # type: ignore[override]
        return int(super().clean(value).scaleb(self.precision))


class ProofField(forms.FileField):
    """One photo or PDF. What it holds is judged by the service, not here."""

    widget = forms.FileInput(attrs={"accept": ACCEPTED})

    def clean(self, data: Any, initial: Any = None) -> File:  # type: ignore[override]
        upload: UploadedFile = super().clean(data, initial)
        limit = settings.TRANSFER_PROOF_MAX_BYTES
        if (upload.size or 0) > limit:
            raise forms.ValidationError(
                _("El archivo es demasiado grande. El límite es %(limit)s MB."),
                params={"limit": limit // (1024 * 1024)},
            )
        return File(filename=upload.name or "", content=upload.read())


class TransferForm(forms.Form):
    """A transfer that was made. `key` makes sending it twice one."""

    reference = forms.CharField(label=_("Número o referencia de la transferencia"), max_length=120)
    proof = ProofField(label=_("Comprobante"))
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    field_order = ("amount", "reference", "proof", "key")

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = MinorField(label=_("Monto transferido"), currency=currency)
        self.order_fields(self.field_order)


class CardForm(forms.Form):
    """Whether the card may be kept for renewals."""

    keep_card = forms.BooleanField(
        label=_("Guardar esta tarjeta y cobrar con ella las renovaciones"), required=False
    )
