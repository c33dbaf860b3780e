"""Fields several forms share: files, money, an instant by its local day."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.files import File, safe_name
from vigente.ui.wording import refusal_text

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, measured before they are read into memory. Cleans to a tuple of `tickets.files.File`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"required": False, "widget": ManyFilesInput()} | kwargs))

    def clean(self, data: Any, initial: Any = None) -> Any:
        given: Iterable[UploadedFile] = data if isinstance(data, list | tuple) else [data] if data else []
        files = list(given)
        if len(files) > settings.ATTACHMENT_MAX_PER_MESSAGE:
            raise _invalid(RefusalCode.TOO_MANY_FILES, limit=settings.ATTACHMENT_MAX_PER_MESSAGE)
        for file in files:
            if (file.size or 0) > settings.ATTACHMENT_MAX_BYTES:
                limit = settings.ATTACHMENT_MAX_BYTES // (1024 * 1024)
                raise _invalid(RefusalCode.FILE_TOO_LARGE, name=safe_name(file.name or ""), limit=limit)
        return tuple(File(filename=file.name or "", content=file.read()) for file in files)


def _invalid(code: RefusalCode, **params: str | int) -> forms.ValidationError:
    return forms.ValidationError(refusal_text(Refused(code, **params)))


class AmountField(forms.CharField):
    """Money as people type it: `1260`, `1,260.50`, `1.260,50`. Cleans to a Decimal of the currency's own unit."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *, minimum: Decimal = Decimal(0), **kwargs: Any) -> None:
        super().__init__(max_length=24, **kwargs)
        self.minimum = minimum

    def prepare_value(self, value: Any) -> Any:
        return f"{value:f}" if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = Decimal(_plain_number(text))
        except InvalidOperation:
            raise forms.ValidationError(_("Escriba un monto, por ejemplo 1,260.50.")) from None
        if not self.minimum <= amount <= Decimal(10) ** 12:
            raise forms.ValidationError(
                _("Ese monto no se puede usar. Escriba uno mayor que cero.")
                if self.minimum
                else _("Ese monto no se puede usar.")
            )
        return amount


def _plain_number(text: str) -> str:
    """Digits with one point. Three digits after a lone separator are thousands: no price has three decimals."""
    text = re.sub(r"[\s\u00a0\u202f']", "", text)
    if re.fullmatch(r"[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*", text):
        return re.sub(r"[.,]", "", text)
    if re.fullmatch(r"\d+(?:[.,]\d+)?", text):
        return text.replace(",", ".")
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+\.\d+", text):
        return text.replace(",", "")
    if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+,\d+", text):
        return text.replace(".", "").replace(",", ".")
    return "?"


def minor_units(amount: Decimal, currency: str) -> int:
    """An amount as integer minor units; ValidationError if the currency has no such fraction."""
    scaled = amount.scaleb(get_currency_precision(currency))
    if scaled != scaled.to_integral_value():
        raise forms.ValidationError(_("Ese monto tiene más decimales de los que admite la moneda."))
    return int(scaled)


def major_units(minor: int | None, currency: str) -> Decimal | None:
    """Minor units as an amount of the currency's own unit."""
    return None if minor is None else Decimal(minor).scaleb(-get_currency_precision(currency))


def day_input(**attrs: Any) -> forms.DateInput:
    """The browser's own calendar."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **attrs})


class DayField(forms.DateField):
    """A local day that anything here may begin or end on: within living memory, with room to count on from it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"required": False, "widget": day_input()} | kwargs))

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(
                _("Ese día no se puede usar. Elija uno entre los años %(first)s y %(last)s."),
                params={"first": FIRST_DAY.year, "last": LAST_DAY.year},
            )
        return day


def start_of_day(day: Any, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
