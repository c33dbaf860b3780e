"""When jobs that happen once in a while last happened: one row each, so that several workers and restarts agree."""

from django.db import models


class JobRun(models.Model):
    """The last run of a timed job, and why it failed, if it did. `last_at` is the vendor's time."""

    name = models.CharField(max_length=80, unique=True)
    last_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name
