"""Trying rules out: ask for it, run it, stop it, forget it. The only writes are to the trials' own two tables."""

import time
import traceback
from datetime import datetime, timedelta

import structlog
from django.db import models, transaction
from django.db.models import F, Q

from vigente.accounts.models import User
from vigente.rules.refusal import RefusalCode, Refused
from vigente.rules.rulebook import Rulebook
from vigente.trials import running
from vigente.trials.models import KEPT, MOST_MONTHS, Trial, TrialRow

STATUS, PHASE, DIRECTION = Trial.Status, Trial.Phase, Trial.Direction
LEASE = timedelta(seconds=90)  # a worker that says nothing for so long is taken for dead
REPLAYED = 0.85  # of the bar, when the last customer is done
AT_ONCE = 1_000  # rows written in one statement
log = structlog.get_logger(__name__)


class Stopped(Exception):
    """Somebody cancelled the trial, or another worker took it over."""


def start(*, draft: Rulebook, months: int, direction: str, author: User | None, now: datetime) -> Trial:
    """Ask for a trial of `draft` on `months` months, back or ahead; a worker runs it. Supervisors and owners."""
    if author is not None and not author.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if not 1 <= months <= MOST_MONTHS:
        raise Refused(RefusalCode.INVALID_VALUE, field="months", value=months)
    if direction not in DIRECTION.values:
        raise Refused(RefusalCode.INVALID_VALUE, field="direction", value=direction)
    return Trial.objects.create(
        draft=draft.to_json(), months=months, direction=direction, author=author, created_at=now
    )


def cancel(*, trial: Trial, now: datetime) -> bool:
    """Stop it, or take it out of the queue; False if it was over. The worker notices at its next step."""
    over = Trial.objects.filter(pk=trial.pk, status__in=(STATUS.WAITING, STATUS.RUNNING))
    changed = over.update(status=STATUS.CANCELLED, finished_at=now, claimed_until=None)
    trial.refresh_from_db()
    return bool(changed)


def run_next(*, now: datetime) -> int:
    """Run the trial that has waited longest; how many that was. One that a killed worker left is started over."""
    free = Q(status=STATUS.WAITING) | Q(status=STATUS.RUNNING, claimed_until__lte=now)
    for pk in Trial.objects.filter(free).order_by("created_at", "id").values_list("pk", flat=True)[:5]:
        claimed = Trial.objects.filter(free, pk=pk).update(
            status=STATUS.RUNNING,
            phase=PHASE.REPLAYING,
            progress=0.0,
            attempt=F("attempt") + 1,
            claimed_until=now + LEASE,
        )
        if claimed:
            run(trial=Trial.objects.get(pk=pk), now=now)
            return 1
    return 0


def run(*, trial: Trial, now: datetime) -> None:
    """Run a trial that this process has claimed, as of `now`, to its end, whatever that is."""
    turn = _Turn(trial, now)
    try:
        _run(trial, turn, now=now)
    except Stopped:
        TrialRow.objects.filter(trial=trial, trial__status=STATUS.CANCELLED).delete()
    except Exception as error:
        log.error("a trial failed", trial=trial.pk, exc_info=error)
        said = "".join(traceback.format_exception(error))[-4000:]
        turn.rows().update(
            status=STATUS.FAILED, error=said, finished_at=now + turn.lasted, claimed_until=None
        )


def _run(trial: Trial, turn: "_Turn", *, now: datetime) -> None:
    TrialRow.objects.filter(trial=trial).delete()
    found, promises = running.begin(trial, now=now)
    slices = running.organizations()
    for number, ids in enumerate(slices):
        found.slice(ids, promises)
        turn.step(PHASE.REPLAYING, REPLAYED * (number + 1) / len(slices), found.rows())
    turn.step(PHASE.LINE, REPLAYED, [])
    found.order()
    found.favour()
    turn.step(PHASE.WRITING, 0.95, found.rows())
    done = turn.rows().update(
        status=STATUS.DONE,
        phase=PHASE.DONE,
        progress=1.0,
        result=found.result(),
        finished_at=now + turn.lasted,
        claimed_until=None,
    )
    if not done:
        raise Stopped


class _Turn:
    """This process's turn at a trial: every step says so on the row, and ends it when the row says otherwise."""

    def __init__(self, trial: Trial, now: datetime) -> None:
        self.trial, self.now, self.began = trial, now, time.monotonic()

    @property
    def lasted(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self.began)

    def rows(self) -> "models.QuerySet[Trial]":
        """The trial while it is still ours."""
        return Trial.objects.filter(pk=self.trial.pk, attempt=self.trial.attempt, status=STATUS.RUNNING)

    def step(self, phase: str, progress: float, rows: list[TrialRow]) -> None:
        """Write what was found, and how far it is, in one transaction."""
        with transaction.atomic():
            until = self.now + self.lasted + LEASE
            if not self.rows().update(phase=phase, progress=min(progress, 1.0), claimed_until=until):
                raise Stopped
            for row in rows:
                row.trial = self.trial
            TrialRow.objects.bulk_create(rows, batch_size=AT_ONCE)


def forget_old(*, now: datetime) -> int:
    """Delete trials that are older than they are kept for; how many."""
    old = Trial.objects.filter(created_at__lte=now - KEPT)
    return old.delete()[1].get("trials.Trial", 0)
