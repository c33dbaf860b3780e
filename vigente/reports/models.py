"""What the owner says about cost: an hour's price, and how long a kind of work takes."""

from django.db import models
from django.db.models import Q

from vigente.billing.models import WorkType


class CostRate(models.Model):
    """What an hour of an agent costs, in minor units of `currency`, from a local day of the billing zone on."""

    hour_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    valid_from = models.DateField(unique=True)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [models.CheckConstraint(condition=Q(hour_minor__gte=1), name="cost_rate_above_zero")]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m-%d}"


class WorkMinutes(models.Model):
    """How long a case of a kind of work takes on average; what a cost is estimated from while nobody notes time."""

    work_type = models.OneToOneField(WorkType, on_delete=models.CASCADE, related_name="+")
    minutes = models.PositiveIntegerField()

    class Meta:
        ordering = ["work_type__position", "work_type__id"]
        verbose_name_plural = "work minutes"
        constraints = [models.CheckConstraint(condition=Q(minutes__gte=1), name="work_minutes_above_zero")]

    def __str__(self) -> str:
        return str(self.work_type)
