"""Made-up rows for `/ui`. Nothing here is read from or written to the database."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms

from vigente.rules.conditions import Type, read
from vigente.ui.conditions import ConditionField, Offer

HELP = "Un número de licencia tiene 16 signos y está en Ayuda › Acerca de."

WORK_CARDS = [
    {"value": "error", "label": "Algo falla", "text": "Un error o un dato que no cuadra. Lo cubre su plan."},
    {
        "value": "question",
        "label": "No sé cómo hacerlo",
        "text": "Dudas de uso, acompañamiento. Lo cubre su plan.",
    },
    {
        "value": "format",
        "label": "Ajustar un formato o campo",
        "text": "Impresión, campos propios. Lo cubre su plan.",
    },
    {"value": "development", "label": "Quiero algo nuevo", "text": "Desarrollo. No usa casos: le cotizamos."},
]


class SampleForm(forms.Form):
    """One of each widget."""

    licence = forms.ChoiceField(
        label="¿Sobre qué instalación?",
        choices=[
            ("1", "Inventario WEB · en nuestra nube · licencia …7F2K"),
            ("2", "Inventario LOCAL · licencia …A03X"),
        ],
    )
    work_type = forms.ChoiceField(
        label="¿Qué necesita?",
        choices=[(card["value"], card["label"]) for card in WORK_CARDS],
        widget=forms.RadioSelect,
    )
    subject = forms.CharField(label="Asunto", max_length=120)
    body = forms.CharField(label="Qué pasó, paso a paso", widget=forms.Textarea)
    key = forms.CharField(label="Licencia", help_text=HELP, required=False)
    email = forms.EmailField(label="Correo", required=False)
    since = forms.DateField(
        label="Desde cuándo", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    copies = forms.MultipleChoiceField(
        label="Con copia a",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("rosa", "Rosa Membreño"), ("luis", "Luis Zamora")],
    )
    day = forms.ChoiceField(
        label="Cuándo le llamamos",
        choices=[("am", "Por la mañana"), ("pm", "Por la tarde")],
        widget=forms.RadioSelect,
    )
    agree = forms.BooleanField(
        label="Avisarme también por correo", help_text="Puede cambiarlo cuando quiera.", required=False
    )
    attachments = forms.FileField(label="Capturas y archivos", required=False)
    kind = forms.CharField(required=False, initial="reply", widget=forms.HiddenInput)


class SampleChoices:
    """Some fields of a case."""

    def offers(self) -> list[Offer]:
        case, other = "Caso", "Cobertura"
        status = (("new", "Nuevo"), ("open", "Abierto"), ("solved", "Resuelto"))
        plans = tuple((str(n), f"Plan {n}") for n in range(1, 13))
        return [
            Offer("status", Type.CHOICE, "Estado", case, status),
            Offer("subject", Type.TEXT, "Asunto", case),
            Offer("number", Type.NUMBER, "Número", case),
            Offer("accepted_at", Type.INSTANT, "Se aceptó", case),
            Offer("plan", Type.CHOICES, "Plan", other, plans),
            Offer("is_covered", Type.FLAG, "Tiene un plan vigente", other),
        ]

    def named(self, field: str, values: Collection[str]) -> dict[str, str]:
        return {}


TYPES = {offer.name: offer.type for offer in SampleChoices().offers()}


class ConditionForm(forms.Form):
    """The editor of conditions."""

    condition = ConditionField(offered=SampleChoices(), label="Cuándo", required=False)


@dataclass(frozen=True)
class File:
    """An attachment as the `files` component reads it."""

    name: str
    size: int
    url: str = "#"
    thumbnail_url: str = ""

    @property
    def is_image(self) -> bool:
        return bool(self.thumbnail_url)


MONTHS = [("abr 2026", 18, 9), ("may 2026", 24, 7), ("jun 2026", 21, 8), ("jul 2026", 31, 3)]


def gallery(now: datetime) -> dict[str, Any]:
    """Values for the component page."""
    moments = [
        timedelta(minutes=-1),
        timedelta(minutes=-12),
        timedelta(hours=-3),
        timedelta(days=-1),
        timedelta(days=-4),
        timedelta(days=-40),
        timedelta(days=-500),
        timedelta(minutes=38),
        timedelta(hours=5),
        timedelta(days=1),
        timedelta(days=9),
    ]
    promises = [
        timedelta(minutes=-12),
        timedelta(hours=-3),
        timedelta(minutes=38),
        timedelta(minutes=130),
        timedelta(days=1),
        timedelta(days=3),
        timedelta(days=12),
    ]
    return {
        "moments": [now + gap for gap in moments],
        "promises": [now + gap for gap in promises],
        "ahead": now + timedelta(minutes=51),
        "months": MONTHS,
        "urgencies": ["Urgente", "Para hoy", "Cuando se pueda"],
        "trend": [used for _month, used, _expired in MONTHS],
        "cards": WORK_CARDS,
        "blank": SampleForm(initial={"work_type": "error"}, prefix="blank"),
        "wrong": SampleForm(
            {
                "wrong-subject": "La existencia no coincide",
                "wrong-email": "rosa@",
                "wrong-work_type": "error",
            },
            prefix="wrong",
        ),
        "files": FILES,
        "colours": [
            "paper",
            "surface",
            "sunken",
            "line",
            "ink",
            "ink-soft",
            "brand",
            "brand-soft",
            "ok",
            "attention",
            "danger",
            "info",
        ],
        "conditions": condition_forms(),
        **conversation(now),
    }


def condition_forms() -> list[forms.Form]:
    """The editor of conditions: empty, filled, and refused."""
    at = {"field": "accepted_at", "op": "longer_ago", "value": 2880}
    some = {"any": [{"field": "plan", "op": "any_of", "value": ["1"]}, {"field": "is_covered", "op": "no"}]}
    filled = {"all": [{"field": "status", "op": "any_of", "value": ["new", "open"]}, at, some]}
    wrong = {"all": [{"field": "subject", "op": "contains", "value": ""}]}
    return [
        ConditionForm(prefix="c0"),
        ConditionForm(prefix="c1", initial={"condition": read(filled, TYPES)}),
        ConditionForm({"c2-condition": json.dumps(wrong)}, prefix="c2"),
    ]


FILES = [
    File("arqueo-sabado.jpg", 412_000, thumbnail_url="/static/ui/icon.svg"),
    File("Reporte Z 0412.pdf", 88_120),
    File("respaldo-cierre-de-caja-sucursal-central-y-bodega.zip", 4_310_000),
]


def conversation(now: datetime) -> dict[str, Any]:
    """Instants of a short conversation."""
    return {
        "at_open": now - timedelta(hours=4, minutes=20),
        "at_note": now - timedelta(hours=3, minutes=2),
        "at_reply": now - timedelta(hours=2, minutes=40),
        "at_answer": now - timedelta(minutes=12),
        "until": now + timedelta(days=9),
        "renews": now + timedelta(days=10),
    }


_SUBJECTS = [
    ("No abre el módulo de ventas desde esta mañana en la sucursal", "Distribuidora Sol", "Empresa"),
    ("No imprime la cotización en formato carta con logo", "Farmacia La Cruz", "Empresa"),
    ("Kárdex duplicado tras importar compras", "Agro Estelí", "Empresa"),
    ("Diferencia en cierre de caja del sábado", "Ferretería El Clavo", "Tienda"),
    ("¿Cómo anulo una factura ya cobrada?", "Librería Central", "Tienda"),
    ("Usuario nuevo no ve la bodega 2", "Repuestos Mayorga", "Tienda"),
    ("Existencia negativa en 14 artículos", "Súper Don Beto", "Tienda"),
    ("Reporte de ventas por vendedor sale vacío", "Óptica Visual", "Tienda"),
    ("Agregar el teléfono al ticket de venta", "Pulpería Ana", "Básico"),
    ("Error 1062 al guardar proveedor", "Taller Rivas", "Básico"),
    ("No llega el correo con la factura", "Boutique Lía", "Básico"),
    ("Cambiar el logo del encabezado", "Panadería Sol", "Básico"),
    ("¿Cómo hago inventario cíclico?", "Vet. Huellas", "Básico"),
    ("Costo promedio no cuadra con compras", "Mueblería Roble", "Básico"),
    ("Se cerró la sesión al facturar", "Café Matagalpa", "Básico"),
    ("Permiso para ver utilidades", "Dulcería Mimi", "Básico"),
    ("Exportar clientes a Excel", "Ópticas León", "Básico"),
    ("Precio por mayor no se aplica", "Ferremax", "Básico"),
]
_WAITS = [-12, 38, 130, 51, 180, 220, 300, 360, *[1440] * 4, *[2900] * 20]


def pages(now: datetime) -> dict[str, Any]:
    """Values for the example pages."""
    many = (_SUBJECTS * 2)[:30]
    rows = [
        {
            "place": n + 1,
            "number": 4131 - n,
            "subject": subject,
            "org": org,
            "plan": plan,
            "unread": n in (0, 3),
            "rank": {"Empresa": 1, "Tienda": 2}.get(plan, 3),
            "due": now + timedelta(minutes=_WAITS[n]),
            "selected": n == 3,
        }
        for n, (subject, org, plan) in enumerate(many)
    ]
    return {
        "rows": rows,
        "cards": WORK_CARDS,
        "form": SampleForm(
            initial={
                "work_type": "error",
                "licence": "1",
                "subject": "La existencia de bodega no coincide después del traslado",
            }
        ),
        "reply": SampleForm(auto_id="reply_%s"),
        "files": FILES,
        "months": [("feb", 2, 0), ("mar", 3, 0), ("abr", 1, 0), ("may", 4, 1), ("jun", 3, 0), ("jul", 3, 0)],
        **conversation(now),
    }
