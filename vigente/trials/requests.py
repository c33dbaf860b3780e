"""What one organization asked, and what people did with it, from cases, held requests, the ledger and events."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from vigente.accounts.models import Membership
from vigente.events.kinds import Kind
from vigente.rules.coverage import Work
from vigente.rules.periods import Span
from vigente.rules.reasons import NOT_BY_ITSELF, Code
from vigente.rules.rulebook import EmailIntake
from vigente.rules.simulate_history import Act, Asked, Did, How, Terms, Try
from vigente.tickets.models import HeldRequest, Ticket
from vigente.trials.catalogue import UNKNOWN_WORK, Catalogue
from vigente.trials.loading import Row, Rows

HELD_FOR_ELSE = (Code.REQUESTER_UNKNOWN, Code.SPLIT_UNANSWERED)
Change = tuple[datetime, Any, Any]  # when, before, after


@dataclass(slots=True)
class Requests:
    """`favoured`: grants that a person made for one case, which no rule drew on."""

    rows: Rows
    catalogue: Catalogue
    span: Span
    favoured: frozenset[int]
    works: dict[int, list[Change]] = field(default_factory=lambda: defaultdict(list))
    licences: dict[int, list[Change]] = field(default_factory=lambda: defaultdict(list))
    choices: set[int] = field(default_factory=set)
    approvals: set[int] = field(default_factory=set)
    entries: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def all(self) -> Iterator[Asked]:
        """Requests in the order of their coming, and earlier cases that something is still done to."""
        self._sort()
        held = {row["ticket_id"]: row for row in self.rows.held if row["ticket_id"] is not None}
        found: list[Asked] = []
        for row in self.rows.tickets:
            earlier = row["accepted_at"] < self.span.start
            found.append(self._earlier(row) if earlier else self._case(row, held.get(row["id"])))
        accepted = {row["id"] for row in self.rows.tickets}
        found += [self._held(row) for row in self.rows.held if row["ticket_id"] not in accepted]
        yield from sorted(found, key=lambda one: (one.at, one.ref))

    def _sort(self) -> None:
        for event in self.rows.events:
            change = (event["occurred_at"], event["data"].get("before"), event["data"].get("after"))
            if event["kind"] == Kind.TICKET_CLASSIFIED:
                self.works[_subject(event)].append(change)
            elif event["kind"] == Kind.TICKET_MOVED_LICENCE:
                self.licences[_subject(event)].append(change)
            elif (
                event["kind"] in (Kind.HELD_CHOICE_ASKED, Kind.APPROVAL_ASKED) and change[0] < self.span.start
            ):
                asked = self.choices if event["kind"] == Kind.HELD_CHOICE_ASKED else self.approvals
                asked.add(_subject(event))
        for entry in self.rows.entries:
            source = entry["source"].split(":")
            if source[0] == "ticket" and entry["kind"] in ("draw", "release"):
                self.entries[int(source[1])].append(entry)

    # Cases

    def _case(self, row: Row, held: Row | None) -> Asked:
        reasons = _codes(row["decision"])
        override = Code.STAFF_OVERRIDE.value in reasons
        how = How.OVERRIDE if override else How.LATER if held else How.AT_ONCE
        work, licence = self._work(row, None), self._licence(row, None)
        tries = (
            (Try(row["accepted_at"], work, licence, approved=held["approved_by_id"] is not None),)
            if held and how is How.LATER
            else ()
        )
        rights = self._rights(row["requester_id"], row["opened_by_id"])
        begins = held["received_at"] if held else row["accepted_at"]
        return Asked(
            ref=f"ticket:{row['id']}",
            at=begins,
            licence=licence,
            work=work,
            how=how,
            accepted_at=row["accepted_at"],
            by_mail=self._by_mail(row, begins, at_once=how is How.AT_ONCE),
            fixed=Code.FOLLOW_UP_SAME_PROBLEM.value in reasons and not override,
            may_draw=rights[0],
            is_manager=rights[1],
            tries=tries,
            acts=tuple(self._acts(row)),
            **(self._waited(held) if held else {}),
            **self._line(row),
        )

    def _earlier(self, row: Row) -> Asked:
        """Accepted before: it waits for an agent when the history begins, or something is done to its draw later."""
        draws = [entry for entry in self.entries.get(row["number"], ()) if entry["kind"] == "draw"]
        standing = [entry for entry in draws if entry["at"] < self.span.start]
        attended = row["first_replied_at"] or row["solved_at"]
        return Asked(
            ref=f"ticket:{row['id']}",
            at=row["accepted_at"],
            licence=row["licence_id"],
            work=self._units(self._work(row, None), standing),
            accepted_at=row["accepted_at"],
            earlier=True,
            standing=standing[-1]["grant_id"]
            if standing and standing[-1]["grant_id"] not in self.favoured
            else None,
            rank=row["rank"],
            terms=self._terms(row),
            acts=tuple(self._acts(row)),
            in_line=attended is None or attended >= self.span.start,
            **self._line(row),
        )

    def _units(self, work: Work, draws: list[Row]) -> Work:
        if not draws or draws[-1]["cases"] in (None, work.units):
            return work
        return Work(work.code, units=draws[-1]["cases"])

    def _line(self, row: Row) -> dict[str, Any]:
        return {
            "department": row["department_id"],
            "severity": row["severity"],
            "attended_at": row["first_replied_at"] or row["solved_at"],
        }

    def _terms(self, row: Row) -> Terms | None:
        """The terms whose rank and promise a case was given."""
        found = (
            terms
            for terms in self.catalogue.terms.values()
            if terms.rank == row["rank"] and terms.policy == row["sla_policy_id"]
        )
        return next(found, None)

    def _acts(self, row: Row) -> Iterator[Act]:
        """Releases and later draws, in order; one that is drawn again in the same moment is one act."""
        entries = [e for e in self.entries.get(row["number"], ()) if e["grant_id"] not in self.favoured]
        entries = [e for e in entries if self.span.contains(e["at"])]
        done: set[int] = set()
        for index, entry in enumerate(entries):
            first = entry["kind"] == "draw" and entry["at"] == row["accepted_at"]
            if entry["id"] in done or (first and _number(entry) == 1):
                continue
            at, did = entry["at"], Did.DECIDED
            if entry["kind"] == "release":
                again = next((e for e in entries[index + 1 :] if e["kind"] == "draw" and e["at"] == at), None)
                did = Did.REDREW if again is not None else Did.GAVE_BACK
                if again is not None:
                    done.add(again["id"])
            objected = entry["reason"] == "dispute_upheld"
            yield Act(
                at,
                did,
                self._work(row, at),
                self._licence(row, at),
                disputed_at=self.rows.disputes.get(row["id"]) if objected else None,
            )

    def _work(self, row: Row, at: datetime | None) -> Work:
        """The kind of work a case was at `at`; None: when it was asked."""
        code = _as_of(self.works.get(row["id"], []), at)
        if code is not None:
            return self.catalogue.codes.get(code, UNKNOWN_WORK)
        return self.catalogue.works.get(row["work_type_id"], UNKNOWN_WORK)

    def _licence(self, row: Row, at: datetime | None) -> int | None:
        changes = self.licences.get(row["id"], [])
        return _as_of(changes, at) if changes else row["licence_id"]

    # Held requests

    def _held(self, row: Row) -> Asked:
        rights = self._rights(row["requester_id"], row["requester_id"])
        withdrawn = row["status"] == HeldRequest.Status.WITHDRAWN
        begins = row["received_at"]
        return Asked(
            ref=f"held:{row['id']}",
            at=begins,
            licence=row["licence_id"],
            work=self.catalogue.works.get(row["work_type_id"], UNKNOWN_WORK),
            how=How.NOT,
            by_mail=self._by_mail(row, begins, at_once=False),
            may_draw=rights[0],
            is_manager=rights[1],
            settled_at=row["settled_at"] if withdrawn else None,
            **self._waited(row),
        )

    def _by_mail(self, row: Row, at: datetime, *, at_once: bool) -> bool:
        """A new request by mail; not one that got in at once although the rules took none: it had another door."""
        if row["channel"] != Ticket.Channel.EMAIL or row["follows_id"] is not None:
            return False
        return not at_once or self.catalogue.books.at(at).intake_email is EmailIntake.ACCEPT

    def _waited(self, held: Row) -> dict[str, Any]:
        """How a request stood that came before the history begins."""
        if held["received_at"] >= self.span.start:
            return {"held_as": self._held_as(held)}
        named = [code for code in NOT_BY_ITSELF if code.value in _codes(held["decision"])]
        return {
            "held_as": named[0] if named else Code.NEEDS_APPROVAL if held["id"] in self.approvals else None,
            "waits_until": held["hold_until"],
            "chooses": held["id"] in self.choices,
        }

    def _held_as(self, held: Row) -> Code | None:
        """Why it was held, if that was no matter of the rules that are tried out."""
        codes = _codes(held["decision"])
        for code in HELD_FOR_ELSE:
            if code.value in codes:
                return code
        takes = self.catalogue.books.at(held["received_at"]).intake_email is not EmailIntake.PORTAL_ONLY
        return Code.PORTAL_ONLY if takes and Code.PORTAL_ONLY.value in codes else None

    def _rights(self, requester: int | None, opened_by: int | None) -> tuple[bool, bool]:
        """Whether who asked may spend cases, and decides about them: as `billing.facts.asking_of`."""
        user = opened_by if opened_by is not None else requester
        if user is None or user in self.catalogue.staff:
            return True, True
        role, may_draw = self.rows.seats.get(user, ("", True))
        return may_draw, role == Membership.Role.MANAGER


def _codes(decision: dict[str, Any]) -> set[str]:
    return {reason["code"] for reason in decision.get("reasons", ())}


def _subject(event: Row) -> int:
    return int(event["subject"].partition(":")[2])


def _number(entry: Row) -> int:
    return int(entry["source"].split(":")[2])


def _as_of(changes: list[Change], at: datetime | None) -> Any:
    """The value at an instant, after what happened at it; None as `at`: before any change. None: nothing changed."""
    if not changes:
        return None
    value = changes[0][1]
    for when, _, after in changes:
        if at is not None and when <= at:
            value = after
    return value
