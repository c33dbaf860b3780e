"""Which case happens to whom and when: nine months of them, and those that are open when the demonstration begins.

A case of the past is filed only if its plan covers it then, so that the months read as they would have been lived; what
is open today is placed by the promise of its plan, so that some are late, some are soon due and most have time.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from vigente.billing.queries import coverage_of
from vigente.demo import twists
from vigente.demo.agenda import Act, Agenda
from vigente.demo.content.filling import Script, shortened, write
from vigente.demo.content.people import Person, Staff
from vigente.demo.content.stories import Story, all_stories
from vigente.demo.journeys import Company, Holding, anchor_of
from vigente.demo.moments import asked_between, working_back
from vigente.demo.stage import Stage
from vigente.demo.telling import A_DAY, End, Telling

DAY = timedelta(days=1)
RECENT = timedelta(days=4)
LONG_PAST = timedelta(days=40)
FREE = frozenset({"development", "outage", "data_loss", "security", "billing", "access"})
UNCOVERED_NOW = frozenset({"ended", "scheduled", "awaiting"})
# The states of what is open, dealt out in turn; the line is what a technician sees first.
DEAL = (
    End.LINE, End.LINE, End.WAITING, End.LINE, End.OWN, End.LINE, End.QUOTE, End.LINE, End.LINE, End.OWN, End.LINE,
    End.THIRD, End.LINE, End.DONE, End.WAITING, End.LINE, End.LINE, End.OWN, End.LINE, End.QUOTE, End.LINE, End.LINE,
    End.PAUSED,
)  # fmt: skip
# How much of its promise a case in line has waited, dealt out in turn: over 1 is late.
WAITED = (0.35, 0.9, 0.12, 0.6, 1.15, 0.25, 0.5, 0.94, 0.08, 0.7, 0.42, 0.3, 0.83, 0.18, 0.55)
RANKS_PROMISE = {1: 60, 2: 120, 3: 360, 4: 540, 5: 1080}


@dataclass
class Casting:
    """Deals stories to customers without telling any of them the same one twice while there are others."""

    stage: Stage
    agenda: Agenda
    follow: Act
    used: Counter[str] = field(default_factory=Counter)
    told: set[tuple[str, str]] = field(default_factory=set)
    openings: set[str] = field(default_factory=set)
    dealt: int = 0
    waited: int = 0
    number: int = 0

    def cast(self, companies: Sequence[Company]) -> None:
        """Put every case of every customer on the agenda."""
        for company in companies:
            for holding in company.holdings:
                rng = Random(f"{self.stage.seed}:{company.customer.key}:{holding.installed.name}:cases")
                for at in self._past(company, holding, rng):
                    self._file(company, holding, at, End.DONE, rng, only_if_covered=True)
                self._told_before(company, holding, rng)
                self._used_up(company, holding, rng)
                self._today(company, holding, rng)

    def _past(self, company: Company, holding: Holding, rng: Random) -> Iterator[datetime]:
        """When this licence asked, up to a few days ago: before plans were required, and while it had one."""
        stage, installed = self.stage, holding.installed
        spans = [(stage.begins + DAY, stage.rules_from)] if installed.story != "included" else []
        started = anchor_of(stage, months=installed.months, into=installed.into)
        end = stage.now - (40 * DAY if company.customer.blocked else RECENT)
        if installed.story not in ("scheduled", "awaiting"):
            spans.append((max(started, stage.rules_from), self._before_running(holding, end)))
        for start, stop in spans:
            wanted = (stop - start) / (30.4 * DAY) * installed.monthly
            count = int(wanted) + (rng.random() < wanted % 1)
            for _ in range(count if stop > start else 0):
                yield asked_between(stage.hours, start, stop, rng)

    def _before_running(self, holding: Holding, end: datetime) -> datetime:
        """Where the past stops: a small plan keeps its running month for what is open today."""
        installed = holding.installed
        small = installed.plan.endswith(("basico", "inicial")) or installed.demo or installed.held
        if installed.story in ("exhausted", "pack") or small:
            return min(end, self.stage.local_day(self._running_since(holding)))
        return end

    def _running_since(self, holding: Holding) -> datetime:
        return anchor_of(self.stage, months=0, into=holding.installed.into)

    def _told_before(self, company: Company, holding: Holding, rng: Random) -> None:
        """What this customer is known to have had two months ago."""
        for key in holding.installed.past_stories:
            at = asked_between(self.stage.hours, self.stage.now - 66 * DAY, self.stage.now - 54 * DAY, rng)
            self._file(company, holding, at, End.DONE, rng, key=key)

    def _used_up(self, company: Company, holding: Holding, rng: Random) -> None:
        """Spend the running month of those who must have nothing left, before today's cases."""
        installed = holding.installed
        if installed.story not in ("exhausted", "pack"):
            return
        cases = self.stage.version(installed.plan).cases or 0
        spent = cases - (installed.open - installed.held)
        start = self._running_since(holding)
        for _ in range(spent):
            at = asked_between(self.stage.hours, start + DAY, self.stage.now - 8 * DAY, rng)
            self._file(company, holding, at, End.DONE, rng, covered_work=True)
        if installed.story == "pack":  # asked for when nothing was left, let in by the pack a day later
            telling = self._file(
                company, holding, self.stage.now - 6 * DAY, End.WAITING, rng, covered_work=True
            )
            let_in = self.stage.now - 5 * DAY + timedelta(minutes=1)
            self.agenda.at(let_in, self.follow)
            self.agenda.at(let_in, telling.let_in)

    def _today(self, company: Company, holding: Holding, rng: Random) -> None:
        installed = holding.installed
        named = [tuple(one.split(":")) for one in installed.open_stories]
        for place in range(installed.open):
            held = place >= installed.open - installed.held
            key, state = named[place] if place < len(named) else ("", "")
            end = End(state) if state else End.LINE if held else self._deal()
            at = self._asked(holding, end, held, rng)
            work = "development" if end is End.QUOTE else ""
            self._file(company, holding, at, end, rng, covered_work=end is not End.QUOTE, key=key, work=work)

    def _deal(self) -> End:
        self.dealt += 1
        return DEAL[(self.dealt - 1) % len(DEAL)]

    def _asked(self, holding: Holding, end: End, held: bool, rng: Random) -> datetime:
        """When an open case was filed, in working time back from now."""
        hours, now = self.stage.hours, self.stage.now
        if held:  # of a plan used up today, else of some day this week
            return working_back(
                hours, now, rng.randint(5, 150 if holding.installed.story == "exhausted" else 1800)
            )
        if end is End.LINE:
            self.waited += 1
            share = WAITED[(self.waited - 1) % len(WAITED)]
            return working_back(hours, now, max(3, int(share * self._promise(holding))))
        if end is End.OWN:
            return working_back(hours, now, min(2 * self._promise(holding), A_DAY))
        days = {End.QUOTE: 3, End.THIRD: 4, End.PAUSED: 5, End.DONE: 4}.get(end, 2)
        return working_back(hours, now, days * A_DAY + 37 * (self.dealt % 7))

    def _promise(self, holding: Holding) -> int:
        """Working minutes to the first answer that this licence's plan promises."""
        installed = holding.installed
        plan = installed.plan or holding.customer.organization_plan.get("plan", "")
        version = self.stage.version(plan, installed.interval) if plan else None
        return RANKS_PROMISE.get(version.rank if version else 4, A_DAY)

    def _file(
        self,
        company: Company,
        holding: Holding,
        at: datetime,
        end: End,
        rng: Random,
        *,
        only_if_covered: bool = False,
        covered_work: bool = False,
        key: str = "",
        work: str = "",
    ) -> Telling:
        """Choose a story and put its filing on the agenda."""
        story = self._story(holding, rng, covered_work=covered_work, key=key, work=work)
        technician = rng.choice(self._technicians(story.area, end))
        requester = rng.choice(company.customer.people)
        if (
            story.key in ("cierre-diferencia", "cotizacion-no-imprime")
            and holding.installed.demo == "covered"
        ):
            requester = company.customer.people[0]
        script = self._write(story, company, requester, technician, at, rng)
        self.number += 1
        is_over = end is End.DONE and at < self.stage.now - LONG_PAST
        telling = Telling(
            stage=self.stage,
            agenda=self.agenda,
            company=company,
            holding=holding,
            script=script,
            requester=company.people[requester.email],
            technician=self.stage.staff[technician.email],
            end=end,
            twist=twists.choose(story, is_long_past=is_over, number=self.number),
            number=self.number,
            rng=Random(f"{self.stage.seed}:{self.number}"),
        )
        self.agenda.at(
            at, lambda now: self._if_covered(telling, now) if only_if_covered else telling.file(now)
        )
        return telling

    def _write(
        self, story: Story, company: Company, requester: Person, technician: Staff, at: datetime, rng: Random
    ) -> Script:
        """The story's words, drawn anew while another case already opens with the same."""
        for _ in range(12):
            script = write(
                story,
                customer=company.customer,
                requester=requester,
                technician=technician,
                at=self.stage.local(at),
                rng=rng,
            )
            if script.lines[0].text not in self.openings:
                break
        self.openings.add(script.lines[0].text)
        return shortened(script, rng) if at < self.stage.now - LONG_PAST else script

    def _if_covered(self, telling: Telling, now: datetime) -> None:
        """File a case of the past if it is covered then; a few are sent anyway and wait in vain."""
        if telling.script.story.work in FREE:
            telling.file(now)
            return
        decision = coverage_of(
            organization=telling.company.organization,
            licence=telling.holding.licence,
            work_type=self.stage.work_types[telling.script.story.work],
            user=telling.requester,
            now=now,
        )
        if decision.accepted or telling.rng.random() < 0.06:
            telling.file(now)

    def _technicians(self, area: str, end: End) -> list[Staff]:
        """Who may answer: the department's people; what is open falls to the demonstration's technician more often."""
        team = [one for one in self.stage.vendor.staff if one.role == "agent" and area in one.departments]
        return team + [one for one in team if one.login] * (2 if end in (End.OWN, End.WAITING) else 0)

    def _story(self, holding: Holding, rng: Random, *, covered_work: bool, key: str, work: str) -> Story:
        """One that suits the licence and was told least."""
        if key:
            self.used[key] += 1
            return next(story for story in all_stories() if story.key == key)
        customer, installed = holding.customer, holding.installed
        minimum = installed.plan == "web-inicial"
        reserved = {one.partition(":")[0] for one in installed.open_stories}
        fits = [
            story
            for story in all_stories()
            if story.suits(edition=installed.edition, trade=customer.trade, country=customer.country)
            and story.key not in reserved
            and (not work or story.work == work)
            and not (covered_work and story.work in FREE)
            and not (minimum and story.work in ("adjustment", "guided_session"))
        ]
        fresh = [story for story in fits if (customer.key, story.key) not in self.told] or fits
        least = min(self.used[story.key] for story in fresh)
        chosen = rng.choice([story for story in fresh if self.used[story.key] <= least + 1])
        self.used[chosen.key] += 1
        self.told.add((customer.key, chosen.key))
        return chosen
