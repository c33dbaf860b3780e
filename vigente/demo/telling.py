"""One case being told: filed, answered, noted, solved, each step by the real service at its own instant."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random

from vigente.accounts.models import User
from vigente.demo import twists
from vigente.demo.agenda import Act, Agenda
from vigente.demo.content.enclosures import enclosure
from vigente.demo.content.filling import Script
from vigente.demo.content.stories import Line, Who
from vigente.demo.journeys import Company, Holding
from vigente.demo.moments import working_on
from vigente.demo.stage import Stage
from vigente.demo.twists import Twist
from vigente.rules.lifecycle import Status
from vigente.tickets.files import File
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services.conversation import add_note, reply
from vigente.tickets.services.submission import submit_request
from vigente.tickets.services.work import change_status, close, set_department, solve

A_DAY = 540  # working minutes


class End(StrEnum):
    """How far a case gets by the end of the story."""

    DONE = "done"  # to the last word, solved
    LINE = "line"  # nobody has taken it
    OWN = "own"  # taken, the customer spoke last
    WAITING = "waiting"  # answered, the customer's turn
    THIRD = "third"  # waits for a third party
    PAUSED = "paused"  # on hold
    QUOTE = "quote"  # asked for something new, not quoted yet


UNTOUCHED = (End.LINE, End.QUOTE)
PAUSE = {End.THIRD: Status.WAITING_THIRD, End.PAUSED: Status.ON_HOLD}


@dataclass
class Telling:
    """A script with its people. `number` makes its submission's key; `moved` is when it last went on."""

    stage: Stage
    agenda: Agenda
    company: Company
    holding: Holding
    script: Script
    requester: User
    technician: User
    end: End
    twist: Twist
    number: int
    rng: Random
    ticket: Ticket | None = None
    held: HeldRequest | None = None
    moved: datetime | None = None
    said: int = 1

    @property
    def case(self) -> Ticket:
        """The case, once it is one."""
        assert self.ticket is not None, "this request was never let in"
        return self.ticket

    def file(self, now: datetime) -> None:
        """Submit the request; if it is let in, go on with it."""
        answer = submit_request(
            requester=self.requester,
            organization=self.company.organization,
            licence=self.holding.licence,
            work_type=self.stage.work_types[twists.asked_as(self)],
            subject=self.script.subject,
            text=self.script.lines[0].text,
            channel=Ticket.Channel.PHONE if self.twist in twists.PHONED else self._channel(),
            opened_by=self.technician if self.twist in twists.PHONED else None,
            files=self._files(self.script.story.attach),
            key=f"demo:{self.holding.licence.key}:{self.number}",
            now=now,
        )
        if isinstance(answer, HeldRequest):
            self.held = answer
        else:
            self.go_on(answer, now)

    def let_in(self, now: datetime) -> None:
        """A held request that was released meanwhile goes on as a case."""
        if self.held is not None:
            self.held.refresh_from_db()
            if self.held.ticket is not None:
                self.go_on(self.held.ticket, now)

    def go_on(self, ticket: Ticket, now: datetime) -> None:
        """What follows once it is a case."""
        self.ticket, self.moved = ticket, now
        department = self.stage.departments[self.script.story.area]
        if ticket.department_id != department.pk:
            actor = self.stage.of_role("supervisor")
            set_department(ticket=ticket, department=department, actor=actor, now=now)
        twists.once_accepted(self)
        if self.end not in UNTOUCHED:
            self.later(self._first_reply(), self._speak)

    def later(self, minutes: int, act: Act) -> None:
        """Put `act` on the agenda, so many working minutes after the case last went on."""
        assert self.moved is not None

        def step(now: datetime) -> None:
            self.moved = now
            act(now)

        self.agenda.at(working_on(self.stage.hours, self.moved, minutes), step)

    def _speak(self, now: datetime) -> None:
        """Say the next line, and put the one after it on the agenda."""
        line = self.script.lines[self.said]
        self.said += 1
        last = self.said == len(self.script.lines)
        if line.who is Who.NOTE:
            add_note(ticket=self.case, author=self.technician, text=line.text, now=now)
        elif line.who is Who.TECHNICIAN:
            self._answer(line, last=last, now=now)
        else:
            reply(ticket=self.case, author=self.requester, text=line.text, channel=self._channel(), now=now)
        if not last and not self._stops_here(line.who, now):
            self.later(self._gap(line.who), self._speak)
        elif last and self.end is End.DONE:
            self.later(
                self.rng.randint(8, 240), lambda at: self._finish(at, solved=line.who is Who.TECHNICIAN)
            )

    def _answer(self, line: Line, *, last: bool, now: datetime) -> None:
        rest = self.script.lines[self.said :]
        is_last_answer = all(other.who is not Who.TECHNICIAN for other in rest)
        solves = last and self.end is End.DONE and not twists.becomes_quotation(self)
        reply(
            ticket=self.case,
            author=self.technician,
            text=line.text,
            files=self._files(self.script.story.attach_reply) if is_last_answer else (),
            channel=Ticket.Channel.WEB,
            status_after=Status.SOLVED if solves else None,
            now=now,
        )
        if self.said == 2:
            twists.once_answered(self, now)

    def _stops_here(self, who: Who, now: datetime) -> bool:
        """Whether an open case has got as far as it goes."""
        if self.end is End.OWN:
            return who is Who.CUSTOMER
        if who is Who.TECHNICIAN and self.end in PAUSE:
            change_status(ticket=self.case, status=PAUSE[self.end], actor=self.technician, now=now)
        return who is Who.TECHNICIAN and self.end is not End.DONE

    def _finish(self, now: datetime, *, solved: bool) -> None:
        """Solved, if the last word was the customer's; some customers close the case themselves."""
        if twists.becomes_quotation(self):
            twists.quote_it(self, now)
            return
        if not solved:
            solve(ticket=self.case, actor=self.technician, now=now)
        elif self.rng.random() < 0.35:
            close(ticket=self.case, actor=self.requester, now=now)
        twists.once_solved(self, now)

    def _first_reply(self) -> int:
        """Working minutes to the first answer: within the promise, now and then not."""
        policy = self.case.sla_policy
        promise = (policy.first_reply_minutes if policy else None) or 2 * A_DAY
        share = 1.15 if self.rng.random() < 0.05 else self.rng.triangular(0.04, 0.95, 0.25)
        return max(4, int(promise * (share / 3 if self.end is End.OWN else share)))

    def _gap(self, who: Who) -> int:
        """Working minutes until the next line."""
        following = self.script.lines[self.said].who
        if following is Who.NOTE:
            return self.rng.randint(5, 40)
        if self.end is End.OWN:
            return self.rng.randint(4, 25)
        if following is Who.CUSTOMER:
            return int(self.rng.triangular(6, 420, 30))
        return self.rng.randint(3, 30) if who is Who.NOTE else int(self.rng.triangular(10, 240, 40))

    def _channel(self) -> str:
        return Ticket.Channel.API if self.rng.random() < 0.08 else Ticket.Channel.WEB

    def _files(self, kind: str) -> tuple[File, ...]:
        """The enclosure of a story: always on what is still open, often on what is over."""
        if not kind or (self.end is End.DONE and self.rng.random() < 0.4):
            return ()
        made = enclosure(kind, self.script, trade=self.company.customer.trade, rng=self.rng)
        return (File(made.filename, made.content),)
