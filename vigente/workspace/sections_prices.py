"""The owner's settings of what is sold and at which price. See `sections`."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from vigente.billing.models import Edition, InvoiceSeries, PriceList, Product, TaxCategory, TaxRate
from vigente.ui import formats
from vigente.workspace.forms.fields import FIRST_DAY
from vigente.workspace.forms.prices import (
    EditionForm,
    PriceListForm,
    ProductForm,
    SeriesForm,
    TaxCategoryForm,
    TaxRateForm,
)
from vigente.workspace.section import Section

PRICE_SECTIONS: Mapping[str, Section] = {
    "products": Section(
        _("Productos"),
        _("Producto"),
        _("Lo que usted hace y vende."),
        lambda: Product.objects.order_by("name"),
        ProductForm,
        ((_("Código"), lambda row: row.code),),
    ),
    "editions": Section(
        _("Ediciones"),
        _("Edición"),
        _("Un producto tal como se entrega. Los planes son de una edición."),
        lambda: Edition.objects.select_related("product").order_by("product", "name"),
        EditionForm,
        ((_("Código"), lambda row: row.code),),
    ),
    "lists": Section(
        _("Listas de precios"),
        _("Lista de precios"),
        _("Una por moneda, con o sin impuesto. La principal es la de los planes mismos."),
        PriceList.objects.all,
        PriceListForm,
        (
            (_("Moneda"), lambda row: row.currency),
            (_("Incluye impuesto"), lambda row: row.includes_tax),
            (_("Principal"), lambda row: row.is_base),
            (_("Se puede elegir"), lambda row: row.is_offered),
        ),
    ),
    "taxes": Section(
        _("Categorías de impuesto"),
        _("Categoría de impuesto"),
        _("Lo que paga el mismo impuesto. Los porcentajes van aparte, con su fecha."),
        TaxCategory.objects.all,
        TaxCategoryForm,
        (
            (_("Código"), lambda row: row.code),
            (_("La de siempre"), lambda row: row.is_default),
        ),
    ),
    "rates": Section(
        _("Impuestos"),
        _("Porcentaje de impuesto"),
        _("Cuánto paga cada categoría, desde qué día."),
        lambda: TaxRate.objects.select_related("category"),
        TaxRateForm,
        (
            (_("Porcentaje"), lambda row: formats.percent(row.basis_points)),
            (
                _("Rige desde"),
                lambda row: _("siempre") if row.valid_from < FIRST_DAY else formats.local_day(row.valid_from),
            ),
        ),
    ),
    "series": Section(
        _("Series de facturas"),
        _("Serie"),
        _("Cómo se numeran facturas y notas de crédito: seguidas y sin huecos."),
        InvoiceSeries.objects.all,
        SeriesForm,
        (
            (_("De qué"), lambda row: row.get_kind_display()),
            (_("Siguiente"), lambda row: f"{row.prefix}{row.next_number:0{row.digits}d}"),
            (_("Se usa ahora"), lambda row: row.is_default),
        ),
    ),
}
