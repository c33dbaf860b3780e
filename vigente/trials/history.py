"""Rows of one organization to the frozen history that a replay lives through (`rules.simulate_history`)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from vigente.billing.models import Subscription
from vigente.billing.queries import OVERRIDE_KEY
from vigente.events.kinds import Kind
from vigente.rules.periods import Months, Span
from vigente.rules.quota import GrantFacts, Source
from vigente.rules.reasons import Release
from vigente.rules.rulebook import DrawBy
from vigente.rules.simulate_history import (
    Changed,
    Customer,
    Favour,
    Gift,
    Installation,
    Opening,
    Pack,
    Sold,
    Terms,
    Unpaid,
)
from vigente.rules.simulate_history import Kind as Contracted
from vigente.trials.catalogue import Catalogue
from vigente.trials.loading import Row, Rows, unpaid_of
from vigente.trials.requests import Requests

AT_ONCE_DRAWN = (OVERRIDE_KEY, "goodwill:draw:")  # made for one case and drawn at once: nobody can use them
OF_CASES = ("goodwill:case:", "goodwill:ticket:")  # made by a rule when a case is given back late (row 13)
KINDS = {
    Subscription.Source.BOUGHT: Contracted.BOUGHT,
    Subscription.Source.INCLUDED: Contracted.INCLUDED,
    Subscription.Source.LEGACY: Contracted.LEGACY,
}


@dataclass(slots=True)
class Past:
    """One organization's past, as it stood and went on from `since`."""

    rows: Rows
    catalogue: Catalogue
    span: Span

    @property
    def terms(self) -> dict[int, Terms]:
        """What versions cost this customer, in the list it buys in now."""
        return self.catalogue.terms_in(self.rows.price_list)

    def customer(self) -> Customer:
        """Everything that a replay asks."""
        rows, favoured = self.rows, self._favoured()
        requests = Requests(rows, self.catalogue, self.span, favoured)
        return Customer(
            id=rows.organization["id"],
            asked=tuple(requests.all()),
            sold=tuple(self._sold()),
            opening=tuple(self._opening(favoured)),
            packs=tuple(self._packs()),
            gifts=tuple(self._gifts(favoured)),
            installations=tuple(self._installations()),
            draw_by=DrawBy(rows.organization["draw_by"]) if rows.organization["draw_by"] else None,
            approve_beyond=rows.organization["approve_beyond"],
            blocked=tuple(self._blocked()),
        )

    def _favoured(self) -> frozenset[int]:
        return frozenset(row["id"] for row in self.rows.grants if row["key"].startswith(AT_ONCE_DRAWN))

    def _sold(self) -> Iterator[Sold]:
        before = {row["replaced_by_id"]: row["id"] for row in self.rows.contracts if row["replaced_by_id"]}
        versions = {row["id"]: row["version_id"] for row in self.rows.contracts}
        unpaid, changed = unpaid_of(self.rows), self._changed()
        for row in self.rows.contracts:
            began, changes = changed.get(row["id"], (row["version_id"], ()))
            wanted = versions.get(row["replaced_by_id"]) if row["notice_given_at"] else None
            last = [at for at in (row["ends_at"], row["unpaid_until"]) if at is not None]
            debts = [Unpaid(one["term"], one["settled_at"]) for one in unpaid[row["id"]]]
            yield Sold(
                id=row["id"],
                licence=row["licence_id"],
                kind=KINDS[Subscription.Source(row["source"])],
                terms=self.terms[began],
                anchor=row["anchor"],
                zone=row["time_zone"],
                months=Months(row["months"]),
                created_at=row["created_at"],
                auto_renew=row["auto_renew"],
                ends=row["ended_at"] or min(last, default=None),
                notice_at=row["notice_given_at"],
                bounced_at=row["notice_bounced_at"],
                follows=before.get(row["id"]),
                ordered_at=self.rows.orders.get(row["id"]),
                unpaid=tuple(sorted(debts, key=lambda debt: debt.term)),
                coupon=row["coupon"],
                changes=tuple(changes),
                wish=Changed(row["notice_given_at"], self.terms[wanted]) if wanted else None,
                is_billed=row["is_billed"],
            )

    def _changed(self) -> dict[int, tuple[int, list[Changed]]]:
        """By contract: the version it began with, and what its terms became while it ran (rows 23, 38)."""
        found: dict[int, tuple[int, list[Changed]]] = {}
        for event in self.rows.events:
            if event["kind"] in (Kind.SUBSCRIPTION_UPGRADED, Kind.SUBSCRIPTION_TERMS_CHANGED):
                contract, data = int(event["subject"].partition(":")[2]), event["data"]
                wished = event["kind"] == Kind.SUBSCRIPTION_UPGRADED
                change = Changed(event["occurred_at"], self.terms[data["after"]], wished=wished)
                found.setdefault(contract, (data["before"], []))[1].append(change)
        return found

    def _terms_at(self, contract: int | None, at: datetime) -> Terms | None:
        """The terms of a contract when a pack was bought on it."""
        for row in self.rows.contracts:
            if row["id"] == contract:
                began, changes = self._changed().get(row["id"], (row["version_id"], []))
                terms = self.terms[began]
                return next((one.to for one in reversed(changes) if one.at <= at), terms)
        return None

    def _opening(self, favoured: frozenset[int]) -> Iterator[Opening]:
        """Grants that had begun, with what was left of them then."""
        since = self.span.start
        left: dict[int, int] = defaultdict(int)
        drawn: dict[int, int] = defaultdict(int)
        for entry in self.rows.entries:
            if entry["at"] < since or entry["kind"] == "grant":
                left[entry["grant_id"]] += SIGNS[entry["kind"]] * (entry["cases"] or 0)
                drawn[entry["grant_id"]] += DRAWN[entry["kind"]] * (entry["cases"] or 0)
        for row in self.rows.grants:
            if row["start"] >= since or row["id"] in favoured:
                continue
            over = row["end"] <= since
            remaining = None if row["granted"] is None else 0 if over else left[row["id"]]
            facts = GrantFacts(
                id=row["id"],
                source=Source(row["source"]),
                licence=row["licence_id"],
                remaining=remaining,
                start=row["start"],
                end=row["end"],
                created_at=row["created_at"],
                rank=row["rank"],
                work=None if row["work"] is None else frozenset(row["work"]),
                subscription=row["subscription_id"],
            )
            yield Opening(facts, drawn[row["id"]], row["period"])

    def _packs(self) -> Iterator[Pack]:
        returned = {
            entry["grant_id"]: entry["at"]
            for entry in self.rows.entries
            if entry["reason"] == Release.PACK_RETURNED.value
        }
        for row in self._made(Source.PACK):
            yield Pack(
                id=row["id"],
                at=row["start"],
                licence=row["licence_id"],
                contract=row["subscription_id"],
                cases=row["granted"] or 0,
                terms=self._terms_at(row["subscription_id"], row["start"]),
                returned_at=returned.get(row["id"]),
            )

    def _gifts(self, favoured: frozenset[int]) -> Iterator[Gift]:
        """Goodwill that somebody gave, and cases that came back from what a supervisor had let in."""
        for row in self._made(Source.GOODWILL):
            if row["id"] not in favoured and not row["key"].startswith(OF_CASES):
                yield Gift(row["id"], row["start"], row["licence_id"], row["granted"] or 0, row["rank"])
        grants = {row["id"]: row for row in self.rows.grants}
        for entry in self.rows.entries:
            back = entry["kind"] == "release" and entry["grant_id"] in favoured
            if back and entry["at"] >= self.span.start and entry["at"] < self.span.end:
                grant = grants[entry["grant_id"]]
                yield Gift(grant["id"], entry["at"], grant["licence_id"], entry["cases"] or 1, grant["rank"])

    def _made(self, source: Source) -> Iterator[Row]:
        for row in self.rows.grants:
            if row["source"] == source.value and self.span.contains(row["start"]):
                yield row

    def _installations(self) -> Iterator[Installation]:
        moves: dict[int, list[tuple[datetime, str, str]]] = defaultdict(list)
        for event in self.rows.events:
            if event["kind"] == Kind.LICENCE_HOSTING_CHANGED:
                data = event["data"]
                moves[data["licence"]].append((event["occurred_at"], data["before"], data["after"]))
        for row in self.rows.licences:
            moved = moves[row["id"]]
            first = moved[0][1] if moved else row["hosting"]
            hosted = ((row["registered_at"], first), *((at, after) for at, _, after in moved))
            yield Installation(
                row["id"], row["edition__code"], hosted, row["registered_at"], row["is_active"]
            )

    def _blocked(self) -> Iterator[tuple[datetime, datetime | None]]:
        since: datetime | None = None
        for event in self.rows.events:
            if event["kind"] == Kind.ORGANIZATION_BLOCKED:
                since = since or event["occurred_at"]
            elif event["kind"] == Kind.ORGANIZATION_UNBLOCKED and since is not None:
                yield since, event["occurred_at"]
                since = None
        since = since or self.rows.organization["blocked_at"]
        if since is not None and self.rows.organization["blocked_at"] is not None:
            yield since, None

    def favours(self) -> Iterator[Favour]:
        """What people of the vendor's gave this customer."""
        for entry in self.rows.entries:
            role = self.catalogue.staff.get(entry["actor_id"])
            if entry["is_favour"] and role is not None and self.span.contains(entry["at"]):
                yield Favour(
                    entry["at"], entry["actor_id"], role, entry["cases"] or 1, f"entry:{entry['id']}"
                )


SIGNS = {"grant": 1, "draw": -1, "release": 1, "expiry": -1, "revoke": -1}
DRAWN = {"grant": 0, "draw": 1, "release": -1, "expiry": 0, "revoke": 0}
