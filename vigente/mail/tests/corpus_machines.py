"""What machines send: none of it may be answered, and without a case none of it is held (row 49)."""

from collections.abc import Iterator

from vigente.mail.tests.corpus import Sample, leaf, mail, multi, simple

DSN_STATUS = (
    "Reporting-MTA: dns; mx.vendor.test\n\nFinal-Recipient: rfc822; nadie@cliente.test\nAction: failed\n"
    "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 No such user\n"
)


def samples() -> Iterator[Sample]:
    yield from _automatic()
    yield from _reports()
    yield from _lists()


def _automatic() -> Iterator[Sample]:
    away = "Estoy fuera hasta el lunes."
    for name, changes in (
        ("exchange out of office", {"Auto_Submitted": "auto-generated", "X_Auto_Response_Suppress": "All",
                                    "Subject": "Respuesta automática: [#1042] Error"}),
        ("gmail vacation", {"Auto_Submitted": "auto-replied", "Precedence": "bulk"}),
        ("precedence only", {"Precedence": "auto_reply"}),
        ("old autoresponder", {"X_Autoreply": "yes"}),
        ("bare subject only", {"Subject": "Fuera de la oficina: Error"}),
        ("automatic reply english", {"Subject": "Automatic reply: Error"}),
        ("null return path", {"Return_Path": "<>"}),
        ("mailer daemon", {"From": "MAILER-DAEMON@mx.cliente.test"}),
        ("auto submitted with comment", {"Auto_Submitted": "auto-replied (vacation); owner-email=\"r@x.test\""}),
        ("another desk", {"Auto_Submitted": "auto-replied", "X_Vigente": "otra1234otra1234"}),
    ):  # fmt: skip
        sender = "mailer-daemon@mx.cliente.test" if name == "mailer daemon" else "rosa@ferreteria.test"
        yield Sample(name, simple(away, **changes), subject=changes.get("Subject", "Error al facturar"),
                     sender=sender, machine=True, has=("fuera",))  # fmt: skip
    yield Sample("auto submitted no", simple("Hola", Auto_Submitted="no"), has=("Hola",))
    yield Sample("asks not to be answered", simple("Hola", X_Auto_Response_Suppress="OOF, AutoReply"), has=("Hola",),
                 facts={"signs": {"suppress"}})  # fmt: skip


def _reports() -> Iterator[Sample]:
    text = leaf("Su mensaje no pudo entregarse.", "text/plain; charset=utf-8")
    original = leaf("Subject: x\r\nMessage-ID: <c3.vigente@vendor.test>\r\n\r\ntexto", "message/rfc822")
    heads = leaf("Message-ID:\r\n <c3.vigente@vendor.test>\r\nSubject: x", "text/rfc822-headers")
    status = leaf(DSN_STATUS, "message/delivery-status")
    common = {
        "From": "Mail Delivery System <mailer-daemon@mx.test>",
        "Subject": "Undelivered Mail",
        "Return_Path": "<>",
    }
    for name, last in (("delivery report", original), ("delivery report with headers", heads)):
        yield Sample(name, mail(multi("report", text, status, last, params="; report-type=delivery-status"), **common),
                     subject="Undelivered Mail", sender="mailer-daemon@mx.test", machine=True, has=("no pudo",),
                     facts={"bounce": ("nadie@cliente.test", "failed", "5.1.1", "c3.vigente@vendor.test")})  # fmt: skip
    receipt = leaf("Final-Recipient: rfc822;rosa@ferreteria.test\nDisposition: manual-action; displayed",
                   "message/disposition-notification")  # fmt: skip
    yield Sample("read receipt", mail(multi("report", text, receipt, params="; report-type=disposition-notification"),
                 Subject="Leído: Error"), subject="Leído: Error", machine=True, has=("no pudo",))  # fmt: skip
    yield Sample("report without parts", simple("x", kind="multipart/report; report-type=delivery-status"),
                 machine=True, files=("adjunto-1.bin",))  # fmt: skip


def _lists() -> Iterator[Sample]:
    yield Sample("mailing list", simple("Hola a todos", List_Id="Usuarios <usuarios.foro.test>", Precedence="list"),
                 has=("Hola",), facts={"signs": {"list"}})  # fmt: skip
    yield Sample("newsletter", simple("<p>Ofertas</p>", kind="text/html", List_Unsubscribe="<https://x.test/u>",
                 Precedence="bulk"), has=("Ofertas",), html=True, machine=True)  # fmt: skip
    yield Sample("our own address as a group", simple("Hola", List_Id="<soporte.vendor.test>", Precedence="list"),
                 has=("Hola",), facts={"signs": set()})  # fmt: skip
    yield Sample("from no-reply", simple("Su pago", From="No responder <no-reply@banco.test>"), has=("Su pago",),
                 sender="no-reply@banco.test", facts={"signs": {"suppress"}})  # fmt: skip
    yield Sample("from ourselves", simple("Hola", From="soporte@vendor.test"), sender="soporte@vendor.test",
                 has=("Hola",), machine=True)  # fmt: skip
    yield Sample("from our signed address", simple("Hola", From="soporte+t1042-7.abc@vendor.test"), has=("Hola",),
                 sender="soporte+t1042-7.abc@vendor.test", machine=True)  # fmt: skip
