"""Which cases a text finds: each word is in the subject, a message, the organization or the person; accents aside."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, Replace

from vigente.accounts.models import Organization, User
from vigente.billing.models import Licence
from vigente.rules.folding import fold
from vigente.tickets.folding import Folded
from vigente.tickets.models import Message, Ticket
from vigente.tickets.models.tickets import TicketQuerySet

MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Text:
    """Folded words: one, by its beginning, or with `together` several whole ones, one after another."""

    words: tuple[str, ...]
    together: bool = False


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
    return cases.filter(holds(user, [Text((word,)) for word in words], one_by_one=not user.is_staff_member))


def words_of(text: str) -> list[str]:
    """The words of a search, folded; at most `MOST_WORDS`, the rest adds nothing but cost."""
    return re.findall(r"[^\W_]+", fold(text.replace("\0", " ")))[:MOST_WORDS]


def holds(user: User, texts: Sequence[Text], *, one_by_one: bool = False) -> Q:
    """Cases with every one of these: in the subject, a message, or the name of who asks; for staff also in the
    organization's name, the licence's key and the notes.

    `one_by_one`: PostgreSQL looks into each case that the rest of the query gives it, instead of asking the index
    which cases there are; right where those are few, or where most hold the words and few are wanted.
    """
    if connection.vendor != "postgresql":
        found = Q(pk__isnull=False)
        for text in texts:
            found &= _in_tables(user, text)
        return found
    weights = "" if user.is_staff_member else "AB"
    asked = " & ".join(_as_tsquery(text, weights) for text in texts)
    return Q((_CaseHolds if one_by_one else _AmongThoseThatHold)(F("pk"), Value(asked)))


class _CaseHolds(Func):
    """Whether the case with this id holds what the query (PostgreSQL) asks for: its row is read."""

    template = (
        "EXISTS (SELECT 1 FROM tickets_search AS found WHERE found.ticket_id = %(expressions)s) OFFSET 0)"
    )
    arg_joiner = " AND found.words @@ to_tsquery('vigente'::regconfig, "
    output_field = BooleanField()


class _AmongThoseThatHold(Func):
    """Whether it is one of those that the index names. An array, because the planner guesses badly how many hold a
    word, and must not choose its way by that.
    """

    template = "%(expressions)s)))"
    arg_joiner = (
        " = ANY(ARRAY(SELECT ticket_id FROM tickets_search WHERE words @@ to_tsquery('vigente'::regconfig, "
    )
    output_field = BooleanField()


def _as_tsquery(text: Text, weights: str) -> str:
    if text.together:
        ends = f":{weights}" if weights else ""
        return f"({' <-> '.join(f'{word}{ends}' for word in text.words)})"
    return f"{text.words[0]}:*{weights}"


def _in_tables(user: User, text: Text) -> Q:
    """SQLite: the same, asked of each table."""
    plain = " ".join(text.words)
    messages: QuerySet[Message] = Message.objects.filter(pk__in=_index("tickets_message", "text", text))
    people = User.objects.alias(plain=_begun("name"), address=_begun("email"))
    asked = Q(plain__contains=f" {plain}") | Q(address__contains=f" {plain}")
    found = Q(requester__in=people.filter(asked).values("pk"))
    if user.is_staff_member:
        organizations = Organization.objects.alias(plain=_begun("name")).filter(plain__contains=f" {plain}")
        found |= Q(organization__in=organizations.values("pk"))
        found |= Q(licence__in=Licence.objects.alias(plain=_begun("key")).filter(plain__contains=f" {plain}"))
    else:
        messages = messages.filter(kind=Message.Kind.REPLY, visible_at__isnull=True)
    found |= Q(pk__in=_index("tickets_ticket", "subject", text))
    return found | Q(pk__in=messages.values("ticket"))


def _begun(column: str) -> Func:
    """A name with a space before each of its words."""
    plain: Func = Folded(column)
    for sign in "@.-_":
        plain = Replace(plain, Value(sign), Value(" "))
    return Concat(Value(" "), plain)


def _index(table: str, column: str, text: Text) -> RawSQL:
    """SQLite: ids of the rows whose indexed text holds this. Names are ours; the text is a parameter."""
    asked = f'"{" ".join(text.words)}"' + ("" if text.together else "*")
    return RawSQL(f"SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH %s", [asked])
