"""Fills a story with the facts of one case: names, articles, amounts, dates, as the writer would put them.

The same random source gives the same words. Dates in words are counted from the local day of the case, so a story
told nine months ago speaks of its own months.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from vigente.demo.content.people import Customer, Person, Staff, vendor
from vigente.demo.content.stories import Line, Story, Who
from vigente.demo.content.tables import table

DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
CONTRACTION = re.compile(r"\b(de|a|De|A) el (?=[a-z0-9])")
Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Script:
    """A story with its words filled in, ready to be told."""

    story: Story
    subject: str
    lines: tuple[Line, ...]
    facts: Facts


def write(
    story: Story, *, customer: Customer, requester: Person, technician: Staff, at: datetime, rng: Random
) -> Script:
    """The conversation about `story` between these people. `at` is the local instant at which it begins."""
    facts = facts_of(customer=customer, requester=requester, technician=technician, at=at, rng=rng)
    subject = fill(rng.choice(story.subjects), facts, rng)
    greeting = {**facts, "saludo": "Hola"}  # a technician may answer at another time of the day
    lines = tuple(
        Line(line.who, _capital(fill(line.text, facts if line.who is Who.CUSTOMER else greeting, rng)))
        for line in story.lines
    )
    return Script(story, _capital(subject), lines, facts)


def shortened(script: Script, rng: Random) -> Script:
    """The same with fewer words, as many a case has: without its notes, without the thanks at the end, or as it is."""
    lines = script.lines
    if rng.random() < 0.4:
        lines = tuple(line for line in lines if line.who is not Who.NOTE)
    if (
        rng.random() < 0.4
        and len(lines) > 2
        and lines[-1].who is Who.CUSTOMER
        and lines[-2].who is Who.TECHNICIAN
    ):
        lines = lines[:-1]
    return replace(script, lines=lines)


def fill(text: str, facts: Facts, rng: Random) -> str:
    """Pick one of each `[this|that]`, put the facts in, and contract "de el" and "a el"."""
    chosen = CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), text)
    return CONTRACTION.sub(
        lambda match: match.group(1)[0] + ("el " if match.group(1) in "deDe" else "l "),
        chosen.format(**facts),
    )


def facts_of(
    *, customer: Customer, requester: Person, technician: Staff, at: datetime, rng: Random
) -> dict[str, str]:
    """Everything a story may mention about one case."""
    phrases = table("phrases.toml")
    others = [name for name in phrases["women"] + phrases["men"] if name != requester.first_name]
    facts = {
        "saludo": "Buenos días" if at.hour < 12 else "Buenas tardes",
        "trato": requester.polite,
        "cliente": requester.first_name,
        "tecnico": technician.first_name,
        "tecnico_o_equipo": "equipo de soporte",
        "empresa": customer.name,
        "ciudad": customer.city,
        "producto": vendor().product,
        "empleado": rng.choice(others),
        "empleada": rng.choice([name for name in phrases["women"] if name != requester.first_name]),
        "proveedor": rng.choice(phrases["suppliers"]),
        "bodega": rng.choice(phrases["warehouses"]),
        "sucursal": rng.choice(phrases["branches"]),
        "usuario": rng.choice(phrases["tills"]),
        "impresora": rng.choice(phrases["printers"]),
        "version": rng.choice(phrases["versions"]),
        "ip": f"192.168.1.{rng.randint(10, 60)}",
        "ip2": f"192.168.1.{rng.randint(100, 190)}",
    }
    facts |= _goods(customer.trade, rng) | _numbers(rng) | _country(customer.country, rng) | _dates(at, rng)
    return facts


def _goods(trade: str, rng: Random) -> dict[str, str]:
    row = table("trades.toml")[trade]
    item, other = rng.sample(row["items"], 2)
    return {
        "articulo": item,
        "articulo_mayus": _capital(item),
        "articulo2": other,
        "categoria": rng.choice(row["groups"]),
        "campo_propio": row.get("own_field", "el número de pedido del cliente"),
    }


def _numbers(rng: Random) -> dict[str, str]:
    many = rng.randint(14, 90)
    return {
        "n": str(rng.randint(3, 6)),
        "n0": str(rng.randint(5, 8)),
        "n_caja": str(rng.choice((12, 24))),
        "cantidad": str(many),
        "doble": str(2 * many),
        "cantidad2": str(rng.randint(4, 12)),
        "cantidad_grande": str(rng.randint(180, 980)),
        "porciento": str(rng.choice((8, 10, 12, 15, 18))),
        "factura": f"A-{rng.randint(10400, 19999)}",
        "recibo": f"R-{rng.randint(2000, 7999)}",
        "documento": f"{rng.randint(300, 3999):05d}",
        "codigo": f"74{rng.randint(10**10, 10**11 - 1)}",
    }


def _country(code: str, rng: Random) -> dict[str, str]:
    row = table("phrases.toml")["country"][code]
    gap = rng.randrange(150, 950, 50)
    total = rng.randrange(4000, 26000, 50)
    cost = rng.randrange(40, 600, 5)

    def money(amount: int) -> str:
        return f"{amount * row['scale']:,.{row['decimals']}f}"

    def digits(pattern: str) -> str:
        return re.sub("#", lambda _: str(rng.randint(0, 9)), pattern)

    return {
        "moneda": row["currency_sign"],
        "monto": money(total),
        "monto2": money(total - gap),
        "diferencia": money(gap),
        "costo": money(cost),
        "costo_alto": money(cost * rng.choice((6, 12))),
        "monto_usd": f"{rng.randrange(800, 9000, 10):,}",
        "impuesto": row["tax"],
        "fisco": row["tax_office"],
        "tipo_ruc": row["tax_id"],
        "ruc": digits(row["tax_id_pattern"]),
        "telefono": digits(row["phone"]),
    }


def _dates(at: datetime, rng: Random) -> dict[str, str]:
    today = at.date()
    day = (
        "ayer"
        if rng.random() < 0.3 and today.weekday() != 0
        else "el " + DAYS[_working(today, -rng.randint(2, 4)).weekday()]
    )
    month, last = MONTHS[today.month - 1], MONTHS[today.month - 2]
    hour = rng.choice((9, 10, 11, 2, 3, 4))
    return {
        "dia": day,
        "dia_mayus": _capital(day),
        "dia_corto": DAYS[_working(today, -rng.randint(1, 2)).weekday()],
        "mes": month,
        "mes_pasado": last,
        "mes_pasado_mayus": _capital(last),
        "fecha_futura": _in_words(_working(today, rng.randint(2, 8))),
        "hora": f"{hour}:{rng.choice((10, 15, 20, 30, 40, 45))}",
    }


def _working(day: date, steps: int) -> date:
    """The day that many days other than Sundays away."""
    step = timedelta(days=1 if steps > 0 else -1)
    while steps:
        day += step
        if day.weekday() != 6:
            steps -= 1 if steps > 0 else -1
    return day


def _in_words(day: date) -> str:
    return f"{day.day} de {MONTHS[day.month - 1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
