"""What each customer is told when the rules change: the announcement, and what of it changes for them (row 30)."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.accounts.models import Invitation, Membership, Organization
from vigente.billing.models import Announcement, AnnouncementCopy, Licence, PlanVersion, Subscription
from vigente.billing.outlook import COVERING, outlook
from vigente.billing.queries import price_of, sold_versions
from vigente.billing.services import announcements
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.mail.letters import Letter, Reader, link, post, written
from vigente.mail.tell_held import managers_of
from vigente.rules.announced import headline
from vigente.rules.rulebook import Rulebook
from vigente.tickets.models import Ticket
from vigente.ui import formats
from vigente.ui.rulebook_announced import OF_A_CONTRACT, day_text, told

LICENCES_NAMED = 20
YEAR = timedelta(days=365)


def announced(event: Event, *, now: datetime) -> None:
    """One customer's copy: a letter to each of its readers, once, whatever happens in between."""
    found = _announcement(event)
    if found is None or event.organization is None:
        return
    copy = AnnouncementCopy.objects.filter(announcement=found, organization=event.organization).first()
    if copy is None or copy.told_at is not None:
        return
    readers = readers_of(copy.organization_id)
    for reader in readers:
        _post(event, found, event.organization, reader, key=f"announcement:{found.pk}", now=now)
    announcements.told(copy=copy, readers=len(readers), now=now)


def reminded(event: Event, *, now: datetime) -> None:
    """Again, to who lacks a plan; not if one was contracted in the meantime."""
    found = _announcement(event)
    if found is None or event.organization is None or not missing(found, event.organization):
        return
    for reader in readers_of(event.organization_id):
        _post(event, found, event.organization, reader, key=f"event:{event.pk}", now=now)


def readers_of(organization_id: int | None) -> list[Reader]:
    """Its managers; where nobody has come in yet, those who were invited to manage it: on the way from free support to
    plans, most have not.
    """
    managers = [Reader.of(user) for user in managers_of(organization_id)]
    waiting = _invited().filter(organization=organization_id)
    return managers or [Reader(one.email, speaks=one.language) for one in waiting]


def without_readers() -> QuerySet[Organization]:
    """Customers whom no announcement would reach."""
    members = Membership.objects.filter(organization=OuterRef("pk"), user__is_active=True)
    invited = _invited().filter(organization=OuterRef("pk"))
    return Organization.objects.filter(~Exists(members), ~Exists(invited), blocked_at__isnull=True)


def _invited() -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        accepted_at__isnull=True, revoked_at__isnull=True, role=Membership.Role.MANAGER
    )


def missing(announcement: Announcement, organization: Organization) -> bool:
    """Whether it will lack coverage on the date."""
    rows = outlook(_date(announcement), organizations=[organization.pk])
    return bool(rows) and not rows[0].is_covered


def preview(announcement: Announcement, organization: Organization, *, to: Reader, now: datetime) -> Letter:
    """What this customer would be sent, as `to` reads it."""
    return written(
        "rules_announced", to=to, now=now, words=lambda: _words(announcement, organization, now=now)
    )


def _post(
    event: Event, found: Announcement, organization: Organization, to: Reader, *, key: str, now: datetime
) -> None:
    post(
        "rules_announced",
        to=to,
        kind=event.kind,
        key=key,
        about=event.subject,
        words=lambda: _words(
            found, organization, now=now, is_reminder=event.kind == Kind.RULES_REMINDED.value
        ),
        now=now,
    )


def _announcement(event: Event) -> Announcement | None:
    name, _colon, pk = event.subject.partition(":")
    if name != "announcement" or not pk.isdigit():
        return None
    return Announcement.objects.filter(pk=int(pk), sent_at__isnull=False).first()


def _date(announcement: Announcement) -> datetime:
    before, after = (Rulebook.from_json(data) for data in (announcement.before, announcement.after))
    return headline(before, after, announcement.effective_from)


def _words(
    announcement: Announcement, organization: Organization, *, now: datetime, is_reminder: bool = False
) -> dict[str, Any]:
    return {
        "title": announcement.title,
        "paragraphs": paragraphs(announcement.text),
        "organization": organization.name,
        "changes": for_customer(announcement, organization, now=now),
        "is_reminder": is_reminder,
        "link": link("portal:announcement", announcement.pk),
    }


def paragraphs(text: str) -> list[dict[str, Any]]:
    """Paragraphs of a text; one whose lines begin with a hyphen is a list."""
    found = []
    for part in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        if lines and all(line.startswith("- ") for line in lines):
            found.append({"points": [line[2:] for line in lines], "text": ""})
        elif lines:
            found.append({"points": [], "text": " ".join(lines)})
    return found


def for_customer(announcement: Announcement, organization: Organization, *, now: datetime) -> list[str]:
    """What changes for this customer, a sentence each, in the language that is active."""
    before, after = (Rulebook.from_json(data) for data in (announcement.before, announcement.after))
    at = headline(before, after, announcement.effective_from)
    contracts = list(
        Subscription.objects.filter(organization=organization, status__in=COVERING).select_related(
            "version__plan", "licence__edition"
        )
    )
    licences = list(
        Licence.objects.filter(organization=organization, is_active=True).select_related("edition__product")
    )
    rows = outlook(max(at, now), organizations=[organization.pk])
    bare = set(rows[0].bare) if rows else set()
    said = []
    for licence in licences[:LICENCES_NAMED]:
        if licence.pk in bare:
            said.append(_uncovered(licence, organization, after, at, now=now))
        else:
            said += [
                line
                for one in contracts
                if one.licence_id in (licence.pk, None)
                for line in _covered(one, licence, organization, before, after, now=now)
            ]
    if len(licences) > LICENCES_NAMED:
        said.append(
            _("Y %(n)s licencias más, que puede ver en su portal.") % {"n": len(licences) - LICENCES_NAMED}
        )
    for change in told(before, after):
        if change.name in ("plans_required_from", "discounts"):
            continue
        if change.name in OF_A_CONTRACT and not contracts:
            continue
        said.append(change.after)
    return list(dict.fromkeys(said))


def _named(licence: Licence) -> str:
    return f"{licence.label or str(licence)} ({licence.edition.code})"


def _uncovered(
    licence: Licence, organization: Organization, after: Rulebook, at: datetime, *, now: datetime
) -> str:
    params = {"licence": _named(licence), "day": day_text(at, after)}
    version = suggested(licence, now=now)
    if version is None:
        return _("%(licence)s: desde el %(day)s queda sin plan.") % params
    cost = price_of(version=version, licence=licence, organization=organization, now=now, book=after)
    params |= {
        "plan": version.plan.name,
        "price": formats.money(cost.total_minor, cost.currency, whole=True),
        "cases": _cases(version.cases),
    }
    return (
        _(
            "%(licence)s: desde el %(day)s queda sin plan. Por lo que pidió en el último año le alcanza %(plan)s:"
            " %(cases)s por %(price)s al mes."
        )
        % params
    )


def suggested(licence: Licence, *, now: datetime) -> PlanVersion | None:
    """The cheapest monthly plan with as many cases as this licence asked for in a month of the last year."""
    year = Ticket.objects.filter(licence=licence, accepted_at__gte=now - YEAR).count()
    wanted = max(1, ceil(year / 12))
    sold = [
        version
        for version in sold_versions(now=now)
        if version.plan.edition_id == licence.edition_id and version.plan.interval == "month"
    ]
    enough = [version for version in sold if version.cases is None or version.cases >= wanted]
    return enough[0] if enough else sold[-1] if sold else None


def _covered(
    one: Subscription,
    licence: Licence,
    organization: Organization,
    before: Rulebook,
    after: Rulebook,
    *,
    now: datetime,
) -> list[str]:
    """What a contract that goes on means: an earlier plan keeps its date (R11), a price changes with its discount."""
    params: dict[str, Any] = {"licence": _named(licence), "plan": one.version.plan.name}
    if one.source == Subscription.Source.LEGACY and one.ends_at:
        params["day"] = formats.last_day(one.ends_at, zone=after.zone)
        return [_("%(licence)s: conserva su plan de antes, %(plan)s, hasta el %(day)s.") % params]
    if one.source != Subscription.Source.BOUGHT:
        return [_("%(licence)s: ya tiene %(plan)s, incluido con su licencia.") % params]
    old, new = (
        price_of(version=one.version, licence=one.licence, organization=organization, now=now, book=book)
        for book in (before, after)
    )
    if old.total_minor == new.total_minor:
        return [_("%(licence)s: ya tiene %(plan)s y paga lo mismo.") % params]
    params["old"] = formats.money(old.total_minor, old.currency, whole=True)
    params["new"] = formats.money(new.total_minor, new.currency, whole=True)
    return [
        _("%(licence)s: desde su próxima renovación, %(plan)s cuesta %(new)s en lugar de %(old)s.") % params
    ]


def _cases(count: int | None) -> str:
    if count is None:
        return _("casos sin límite")
    return ngettext("%(n)s caso", "%(n)s casos", count) % {"n": formats.number(count)}
