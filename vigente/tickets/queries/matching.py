"""Which cases a text finds: each word is in the subject, a message, the organization or the person; accents aside."""

import re

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from vigente.accounts.models import Organization, User
from vigente.billing.models import Licence
from vigente.rules.folding import fold
from vigente.tickets.folding import Folded
from vigente.tickets.models import Message, Ticket
from vigente.tickets.models.tickets import TicketQuerySet

MOST_WORDS = 6


def matching(user: User, text: str) -> TicketQuerySet:
    """The cases this person may see that hold every word of `text`. A number alone finds that case."""
    cases = Ticket.objects.visible_to(user)
    words = words_of(text)
    if not words:
        return cases.none()
    if len(words) == 1 and words[0].isdecimal() and len(words[0]) < 18:
        exact = cases.filter(number=int(words[0]))
        if exact.exists():
            return exact
    for word in words:
        cases = cases.filter(holds_word(user, word))
    return cases


def words_of(text: str) -> list[str]:
    """The words of a search, folded; at most `MOST_WORDS`, the rest adds nothing but cost."""
    return re.findall(r"[^\W_]+", fold(text.replace("\0", " ")))[:MOST_WORDS]


def holds_word(user: User, word: str) -> Q:
    """Cases with a word (folded) that begins so: in the subject, a message, or the name of who asks."""
    return _holds(user, word, prefix=True) | _licences(user, word)


def holds_phrase(user: User, phrase: str) -> Q:
    """Cases with these words (folded, a space between) one after another."""
    return _holds(user, phrase, prefix=False)


def _holds(user: User, text: str, *, prefix: bool) -> Q:
    messages: QuerySet[Message] = Message.objects.filter(
        pk__in=_index("tickets_message", "text", text, prefix)
    )
    people = User.objects.alias(plain=Folded("name")).filter(
        Q(plain__contains=text) | Q(email__startswith=text)
    )
    found = Q(requester__in=people.values("pk"))
    if user.is_staff_member:
        organizations = Organization.objects.alias(plain=Folded("name")).filter(plain__contains=text)
        found |= Q(organization__in=organizations.values("pk"))
    else:
        messages = messages.exclude(kind=Message.Kind.NOTE)
    found |= Q(pk__in=_index("tickets_ticket", "subject", text, prefix))
    return found | Q(pk__in=messages.values("ticket"))


def _licences(user: User, word: str) -> Q:
    if not user.is_staff_member:
        return Q()
    return Q(licence__in=Licence.objects.filter(key__istartswith=word).values("pk"))


def _index(table: str, column: str, text: str, prefix: bool) -> RawSQL:
    """Ids of the rows whose indexed text holds a word that begins so, or, without `prefix`, these words together.
    Names are ours; the text is a parameter.
    """
    if connection.vendor == "postgresql":
        asked = "to_tsquery" if prefix else "phraseto_tsquery"
        sql = (
            f"SELECT id FROM {table} WHERE to_tsvector('vigente'::regconfig, left({column}, 60000)) "
            f"@@ {asked}('vigente'::regconfig, %s)"
        )
        return RawSQL(sql, [f"{text}:*" if prefix else text])
    star = "*" if prefix else ""
    return RawSQL(f"SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH %s", [f'"{text}"{star}'])
