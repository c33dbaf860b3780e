"""Forms about documents: who sells, where to pay, and the templates."""

from typing import Any

from babel.numbers import list_currencies
from django import forms
from django.utils.translation import gettext_lazy as _

from vigente.billing.models import BankAccount, SellerProfile
from vigente.billing.services.documents import LOGO_BYTES, SOURCE_CHARS
from vigente.installation.files import File


class SellerForm(forms.ModelForm):
    """The vendor as its invoices name it."""

    new_logo = forms.FileField(
        label=_("Logotipo"),
        required=False,
        help_text=_("PNG o JPEG, hasta 1 MB. Se imprime arriba, a la izquierda."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    remove_logo = forms.BooleanField(label=_("Quitar el logotipo"), required=False)

    class Meta:
        model = SellerProfile
        fields = ("legal_name", "tax_id", "address", "phone", "email", "website", "footer", "paper")
        labels = {
            "legal_name": _("Razón social"),
            "tax_id": _("Identificación fiscal"),
            "address": _("Dirección"),
            "phone": _("Teléfono"),
            "email": _("Correo"),
            "website": _("Sitio web"),
            "footer": _("Texto al pie de cada documento"),
            "paper": _("Papel"),
        }
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.logo:
            del self.fields["remove_logo"]

    def clean_new_logo(self) -> File | None:
        upload = self.cleaned_data["new_logo"]
        if not upload:
            return None
        if upload.size > LOGO_BYTES:
            raise forms.ValidationError(_("El logotipo es demasiado grande: como máximo 1 MB."))
        return File(filename=upload.name or "", content=upload.read())


class BankForm(forms.ModelForm):
    """An account transfers are sent to."""

    class Meta:
        model = BankAccount
        fields = ("bank", "number", "holder", "currency", "instructions", "position", "is_active")
        labels = {
            "bank": _("Banco"),
            "number": _("Número de cuenta"),
            "holder": _("A nombre de"),
            "currency": _("Moneda"),
            "instructions": _("Instrucciones para el cliente"),
            "position": _("Orden en las listas"),
            "is_active": _("Se ofrece al cliente"),
        }

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).strip().upper()
        if code not in list_currencies():
            raise forms.ValidationError(_("Escriba el código de una moneda, como USD."))
        return code


class DocumentForm(forms.Form):
    """The text of a template."""

    source = forms.CharField(
        label=_("Plantilla"),
        max_length=SOURCE_CHARS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false", "translate": "no"}),
    )
