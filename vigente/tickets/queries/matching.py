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
        cases = cases.filter(_holds(user, word))
    return cases


def words_of(text: str) -> list[str]:
    """The words of a search, folded; at most `MOST_WORDS`, the rest adds nothing but cost."""
    return re.findall(r"[^\W_]+", fold(text.replace("\0", " ")))[:MOST_WORDS]


def _holds(user: User, word: str) -> Q:
    messages: QuerySet[Message] = Message.objects.filter(pk__in=_index("tickets_message", "text", word))
    people = User.objects.alias(plain=Folded("name")).filter(
        Q(plain__contains=word) | Q(email__startswith=word)
    )
    found = Q(requester__in=people.values("pk"))
    if user.is_staff_member:
        organizations = Organization.objects.alias(plain=Folded("name")).filter(plain__contains=word)
        found |= Q(organization__in=organizations.values("pk"))
        found |= Q(licence__in=Licence.objects.filter(key__istartswith=word).values("pk"))
    else:
        messages = messages.exclude(kind=Message.Kind.NOTE)
    return found | Q(pk__in=_index("tickets_ticket", "subject", word)) | Q(pk__in=messages.values("ticket"))


def _index(table: str, column: str, word: str) -> RawSQL:
    """Ids of the rows whose indexed text holds a word that begins so. Names are ours; the word is a parameter."""
    if connection.vendor == "postgresql":
        sql = (
            f"SELECT id FROM {table} WHERE to_tsvector('vigente'::regconfig, left({column}, 60000)) "
            "@@ to_tsquery('vigente'::regconfig, %s)"
        )
        return RawSQL(sql, [f"{word}:*"])
    return RawSQL(f"SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH %s", [f'"{word}"*'])
