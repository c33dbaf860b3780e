"""The one row that says whose installation this is, and whether its clock may be moved."""

from django.db import models


class Installation(models.Model):
    """Singleton (id 1). `clock_offset_seconds` is honoured on a demonstration database only."""

    vendor_name = models.CharField(max_length=120, default="Vigente")
    support_email = models.EmailField(default="soporte@localhost")
    is_demo = models.BooleanField(default=False)
    demo_secrets = models.JSONField(default=dict, blank=True)
    clock_offset_seconds = models.BigIntegerField(default=0)
    labels = models.JSONField(default=dict, blank=True)  # see `installation/labels`
    second_factor_roles = models.JSONField(default=list, blank=True)  # who needs a second step to sign in

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="installation_is_one_row"),
            models.CheckConstraint(
                condition=models.Q(is_demo=True) | models.Q(clock_offset_seconds=0, demo_secrets={}),
                name="installation_only_a_demo_moves_its_clock",
            ),
        ]

    def __str__(self) -> str:
        return self.vendor_name

    @classmethod
    def current(cls) -> "Installation":
        """The row; an unsaved default when none was made yet."""
        return cls.objects.filter(id=1).first() or cls(id=1)
