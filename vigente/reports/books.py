"""Whether the books add up, and when that was last looked at."""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps

from vigente.events.kinds import Kind
from vigente.events.models import Event

NIGHTLY = "nightly verify"


@dataclass(frozen=True, slots=True)
class Books:
    """`checked_at` None: never yet. `differences`: what the last check found, if it found any."""

    checked_at: datetime | None
    differences: Event | None

    @property
    def balance(self) -> bool | None:
        """None: nobody has looked."""
        if self.differences is not None:
            return False
        return True if self.checked_at is not None else None


def books() -> Books:
    """As the worker left them. It stands in a band above, so its table is asked for by name."""
    run = apps.get_model("worker", "JobRun").objects.filter(name=NIGHTLY).first()
    last = Event.objects.filter(subject="verify").order_by("-id").first()
    failed = last if last is not None and last.kind == Kind.VERIFY_FAILED else None
    return Books(run.last_at if run else None, failed)
