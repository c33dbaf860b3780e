"""Addresses of what is done in the conversation of a case: watch, lock, copies, time."""

from django.urls import path

from vigente.workspace.views import copies, time, watching

conversation_pages = [
    path("cases/<int:number>/watch/", watching.watch, name="watch"),
    path("cases/<int:number>/unwatch/", watching.unwatch, name="unwatch"),
    path("cases/<int:number>/locking/", watching.locking, name="locking"),
    path("cases/<int:number>/unlocking/", watching.unlocking, name="unlocking"),
    path("cases/<int:number>/time/", time.time, name="time"),
    path("cases/<int:number>/copying/", copies.copying, name="copying"),
    path("cases/<int:number>/uncopying/", copies.uncopying, name="uncopying"),
]
