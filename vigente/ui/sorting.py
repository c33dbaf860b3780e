"""What the `sortable` component sends, read: the whole order, with or without scripts."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

MOST = 2000


def order_of(sent: QueryDict) -> list[int]:
    """The keys in the order asked for: `order` once per row, and `move` ("12:up", "12:down") where no script ran."""
    keys = [
        int(key)
        for key in sent.getlist("order")[:MOST]
        if key.isascii() and key.isdecimal() and len(key) < 19
    ]
    key, _colon, way = sent.get("move", "").partition(":")
    found = [place for place, known in enumerate(keys) if str(known) == key]
    if not found or way not in ("up", "down"):
        return keys
    place = found[0]
    other = max(place - 1, 0) if way == "up" else min(place + 1, len(keys) - 1)
    keys[place], keys[other] = keys[other], keys[place]
    return keys


def sorted_answer(request: HttpRequest, back: str) -> HttpResponse:
    """Nothing to say to the script, which moved the row already; the page again without it."""
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect(back)
