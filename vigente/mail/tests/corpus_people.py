"""What people write, with the programs they write it with."""

# ruff: noqa: E501 - markup as it is written

import base64
import quopri
from collections.abc import Iterator

from vigente.mail.tests.corpus import (
    PDF,
    PNG,
    Sample,
    alternative,
    attached,
    inline,
    leaf,
    mail,
    multi,
    simple,
)

GMAIL_REPLY = """<div dir="ltr">Sigue igual, adjunto captura.<div><br></div></div><br>
<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">El mar, 10 mar 2026 a las 9:12,
Soporte (&lt;<a href="mailto:soporte@vendor.test">soporte@vendor.test</a>&gt;) escribió:<br></div>
<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204)">
<p>Reinicie el servicio, por favor.</p></blockquote></div>"""
OUTLOOK_REPLY = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style></head>
<body lang=ES-NI><div class=WordSection1><p class=MsoNormal>Ya probamos y <b>no</b> funciona.<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>
<p class=MsoNormal><b>De:</b> Soporte &lt;soporte@vendor.test&gt; <br><b>Enviado el:</b> martes, 10 de marzo de 2026<br>
<b>Para:</b> Rosa<br><b>Asunto:</b> RE: [#1042] Error</p></div></div>
<p class=MsoNormal>Reinicie el servicio, por favor.</p></div></body></html>"""
OWA_REPLY = """<div>Ya quedó, gracias.</div><div id="appendonsend"></div><hr tabindex="-1" style="display:inline-block;width:98%">
<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>De:</b> Soporte<br><b>Enviado:</b> martes</font></div>
<div>Reinicie el servicio, por favor.</div>"""
APPLE_REPLY = """<html><head></head><body>Todavía falla.<br><div><br><blockquote type="cite"><div>El 10 mar 2026, a las 9:12,
Soporte &lt;soporte@vendor.test&gt; escribió:</div><br><div>Reinicie el servicio, por favor.</div></blockquote></div></body></html>"""
THUNDERBIRD_REPLY = """<p>Sí, en las dos cajas.</p><div class="moz-cite-prefix">El 10/3/26 a las 9:12, Soporte escribió:<br></div>
<blockquote type="cite" cite="mid:x@vendor.test"><p>¿En cuántas cajas pasa?</p></blockquote>"""
PLAIN_QUOTE = (
    "Sigue igual.\n\nEl mar, 10 mar 2026 a las 9:12, Soporte (<soporte@vendor.test>)\nescribió:\n\n"
    "> Reinicie el servicio, por favor.\n> Saludos\n"
)
OUTLOOK_PLAIN = (
    "No funciona.\n\n________________________________\nDe: Soporte <soporte@vendor.test>\n"
    "Enviado: martes, 10 de marzo de 2026 9:12\nPara: Rosa <rosa@ferreteria.test>\n"
    "Asunto: RE: [#1042] Error\n\nReinicie el servicio, por favor.\n"
)
INTERLEAVED = "> ¿Qué versión usa?\nLa 8.2.\n\n> ¿En cuántas cajas?\nEn dos.\n"


def samples() -> Iterator[Sample]:
    yield from _new_requests()
    yield from _replies()
    yield from _spanish()
    yield from _files()


def _new_requests() -> Iterator[Sample]:
    body = "Buenos días:\nNo puedo facturar desde ayer.\nGracias, señor."
    yield Sample("gmail new", mail(alternative(body, "<div dir=ltr>Buenos días:<br>No puedo facturar.</div>")),
                 has=("No puedo facturar",), html=True)  # fmt: skip
    yield Sample("plain text only", simple(body), has=("desde ayer", "señor"))
    yield Sample("html only", simple("<p>No puedo <b>facturar</b></p>", kind="text/html; charset=utf-8"),
                 has=("No puedo facturar",), html=True)  # fmt: skip
    yield Sample("iphone signature", simple("No abre.\n\nEnviado desde mi iPhone"), has=("No abre",))
    yield Sample("unix line ends", simple(body).replace(b"\r\n", b"\n"), has=("desde ayer",))
    yield Sample("no subject", simple(body, Subject=None), subject="", has=("desde ayer",))
    yield Sample(
        "no message id", simple(body, Message_ID=None), has=("desde ayer",), facts={"message_id": ""}
    )
    yield Sample("no date", simple(body, Date=None), has=("desde ayer",), facts={"date": None})
    yield Sample("forward gmail", simple(
        '<div dir="ltr">Vean esto.<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------'
        "<br>De: Caja 2</div>Error 5012 en la caja</div></div>", kind="text/html", Subject="Fwd: Error de caja"),
        subject="Fwd: Error de caja", has=("Vean esto", "Error 5012"), html=True)  # fmt: skip
    yield Sample("forward outlook", simple(OUTLOOK_REPLY, kind="text/html; charset=utf-8", Subject="RV: Error"),
                 subject="RV: Error", has=("no funciona", "Reinicie el servicio"), html=True)  # fmt: skip
    yield Sample("format flowed", simple("Una línea que sigue \nen la siguiente.\nOtra.",
                 kind="text/plain; charset=utf-8; format=flowed"), has=("que sigue en la siguiente.\nOtra",))  # fmt: skip
    yield Sample("several recipients", simple(body, Cc='"Pérez, Ana" <ana@x.test>, luis@x.test'), has=("ayer",),
                 facts={"cc": ["ana@x.test", "luis@x.test"]})  # fmt: skip
    yield Sample("group syntax", simple(body, To="Equipo: ana@x.test, luis@x.test;, soporte@vendor.test"),
                 has=("ayer",), facts={"to": ["ana@x.test", "luis@x.test", "soporte@vendor.test"]})  # fmt: skip


def _replies() -> Iterator[Sample]:
    quote = ("Reinicie el servicio",)
    re = {"Subject": "Re: [#1042] Error al facturar", "In_Reply_To": "<b2@vendor.test>",
          "References": "<a1@x.test>\r\n <b2@vendor.test>"}  # fmt: skip
    common = {"subject": "Re: [#1042] Error al facturar",
              "facts": {"in_reply_to": ["b2@vendor.test"], "references": ["a1@x.test", "b2@vendor.test"]}}  # fmt: skip
    for name, html, words in (
        ("gmail reply", GMAIL_REPLY, "Sigue igual"),
        ("outlook reply", OUTLOOK_REPLY, "Ya probamos"),
        ("owa reply", OWA_REPLY, "Ya quedó"),
        ("apple reply", APPLE_REPLY, "Todavía falla"),
    ):
        yield Sample(name, simple(html, kind="text/html; charset=utf-8", **re), has=(words,), folded=quote,
                     html=True, **common)  # fmt: skip
    yield Sample("thunderbird reply", simple(THUNDERBIRD_REPLY, kind="text/html; charset=utf-8", **re),
                 has=("en las dos cajas",), folded=("¿En cuántas cajas pasa?",), html=True, **common)  # fmt: skip
    yield Sample(
        "plain reply", simple(PLAIN_QUOTE, **re), has=("Sigue igual",), folded=(*quote, "escribió"), **common
    )
    yield Sample(
        "outlook plain reply", simple(OUTLOOK_PLAIN, **re), has=("No funciona",), folded=quote, **common
    )
    yield Sample("original message divider", simple(
        "Listo.\n\n-----Mensaje original-----\nDe: Soporte\nAsunto: Error\n\nReinicie el servicio", **re),
        has=("Listo",), folded=quote, **common)  # fmt: skip
    yield Sample("both forms reply", mail(alternative(PLAIN_QUOTE, GMAIL_REPLY), **re), has=("Sigue igual",),
                 folded=quote, html=True, **common)  # fmt: skip
    yield Sample("bottom posted", simple("> Reinicie el servicio\n\nYa lo reinicié.\n", **re),
                 has=("Ya lo reinicié",), folded=quote, **common)  # fmt: skip
    yield Sample(
        "answered point by point",
        simple(INTERLEAVED, **re),
        has=("¿Qué versión", "La 8.2", "En dos"),
        **common,
    )
    yield Sample("only a quote", simple("> Reinicie el servicio\n", **re), has=quote, **common)
    yield Sample("english reply", simple("Still broken.\n\nOn Tue, Mar 10, 2026 at 9:12 AM Support\n"
                 "<soporte@vendor.test> wrote:\n\n> Reinicie el servicio\n", **re), has=("Still broken",),
                 folded=(*quote, "wrote"), **common)  # fmt: skip
    yield Sample("yahoo reply", simple('<div>Nada.</div><div class="yahoo_quoted" id="yahoo_quoted_1"><div>On Tuesday'
                 "</div><div>Reinicie el servicio</div></div>", kind="text/html", **re), has=("Nada",),
                 folded=quote, html=True, **common)  # fmt: skip


def _spanish() -> Iterator[Sample]:
    text = "Mañana facturación, ¿cuándo? «Ñandú» cuesta 5 €"
    words = ("Mañana facturación", "«Ñandú»")
    yield Sample("latin-1 quoted-printable", simple(quopri.encodestring(text[:-2].encode("latin-1")),
                 kind="text/plain; charset=iso-8859-1", cte="quoted-printable",
                 Subject="=?iso-8859-1?Q?Error_en_facturaci=F3n?="), subject="Error en facturación", has=words)  # fmt: skip
    yield Sample("windows-1252 base64", simple(base64.encodebytes(text.encode("cp1252")),
                 kind="text/plain; charset=windows-1252", cte="base64"), has=(*words, "€"))  # fmt: skip
    yield Sample("latin-1 that is windows-1252", simple(text.encode("cp1252"), kind="text/plain; charset=iso-8859-1"),
                 has=(*words, "€"))  # fmt: skip
    yield Sample("utf-8 without charset", simple(text, kind="text/plain"), has=(*words, "€"))
    yield Sample("utf-8 that is windows-1252", simple(text.encode("cp1252")), has=(*words, "€"))
    yield Sample("ascii that is utf-8", simple(text, kind="text/plain; charset=us-ascii"), has=words)
    yield Sample("unknown charset", simple(text, kind="text/plain; charset=x-inventado"), has=words)
    yield Sample("iso-8859-15", simple(text.encode("iso-8859-15"), kind="text/plain; charset=iso-8859-15"),
                 has=(*words, "€"))  # fmt: skip
    yield Sample("subject split in a letter", simple("x", Subject="=?utf-8?b?RmFjdHVyYWNpww==?=\r\n =?utf-8?b?s24=?="),
                 subject="Facturación", has=("x",))  # fmt: skip
    yield Sample(
        "raw utf-8 headers", simple("x", Subject="Facturación ñ"), subject="Facturación ñ", has=("x",)
    )
    yield Sample("spaces inside an encoded word", simple("x", Subject="=?utf-8?Q?Error de facturaci=C3=B3n?="),
                 subject="Error de facturación", has=("x",))  # fmt: skip
    yield Sample("two charsets in one subject", simple("x", Subject="=?iso-8859-1?q?a=F1o?= =?utf-8?q?_ni=C3=B1o?="),
                 subject="año niño", has=("x",))  # fmt: skip
    yield Sample("encoded name", simple("x", From="=?utf-8?q?Mart=C3=ADnez=2C_Rosa?= <rosa@ferreteria.test>"),
                 has=("x",), facts={"name": "Martínez, Rosa"})  # fmt: skip


def _files() -> Iterator[Sample]:
    text = leaf("Va la factura.", "text/plain; charset=utf-8")
    page = leaf('<p>Mire:</p><img src="cid:img1@x" width="90">', "text/html; charset=utf-8")
    yield Sample("one attachment", mail(multi("mixed", text, attached("factura.pdf", PDF))), has=("Va la factura",),
                 files=("factura.pdf",))  # fmt: skip
    yield Sample("inline image", mail(multi("related", page, inline("img1@x"), boundary="r")), has=("Mire",),
                 files=("image001.png",), inline=1, html=True)  # fmt: skip
    nested = multi("alternative", leaf("Mire:", "text/plain"), multi("related", page, inline("img1@x"), boundary="r"),
                   boundary="a")  # fmt: skip
    yield Sample("outlook with everything", mail(multi("mixed", nested, attached("datos.pdf", PDF), boundary="m")),
                 has=("Mire",), files=("image001.png", "datos.pdf"), inline=1, html=True)  # fmt: skip
    yield Sample("pasted data image", simple(
        f'<p>Vea</p><img src="data:image/png;base64,{base64.b64encode(PNG).decode()}">', kind="text/html"),
        has=("Vea",), files=("adjunto-1.png",), inline=1, html=True)  # fmt: skip
    yield Sample("apple mixed", mail(multi("mixed", text, attached("a.png", PNG, "image/png"),
                 leaf("Y esto otro.", "text/plain"))), has=("Va la factura", "Y esto otro"), files=("a.png",))  # fmt: skip
    yield Sample("rfc2231 filename", mail(multi("mixed", text, leaf(PDF, "application/pdf",
                 "Content-Disposition: attachment;\r\n filename*0*=utf-8''a%C3%B1o%20;\r\n filename*1=2026.pdf"))),
                 files=("año 2026.pdf",), has=("Va",))  # fmt: skip
    yield Sample("encoded filename", mail(multi("mixed", text, attached("=?utf-8?b?YcOxby5wZGY=?=", PDF))),
                 files=("año.pdf",), has=("Va",))  # fmt: skip
    yield Sample("attached mail", mail(multi("mixed", text, leaf(simple("Original"), "message/rfc822"))),
                 files=("adjunto-1.eml",), has=("Va",))  # fmt: skip
    yield Sample("signed", mail(multi("signed", text, leaf(b"0\x82", 'application/pkcs7-signature; name="smime.p7s"',
                 'Content-Disposition: attachment; filename="smime.p7s"', cte="base64"))), has=("Va",),
                 files=("smime.p7s",))  # fmt: skip
    yield Sample("tnef", mail(multi("mixed", text, attached("winmail.dat", b"\x78\x9f\x3e\x22", "application/ms-tnef"))),
                 has=("Va",), files=("winmail.dat",))  # fmt: skip
    yield Sample("calendar", mail(multi("alternative", text, leaf("BEGIN:VCALENDAR\r\nEND:VCALENDAR",
                 "text/calendar; method=REQUEST"))), has=("Va",), files=("adjunto-1.ics",))  # fmt: skip
    yield Sample("text file", mail(multi("mixed", text, attached("log.txt", b"linea", "text/plain"))), has=("Va",),
                 files=("log.txt",))  # fmt: skip
