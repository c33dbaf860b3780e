"""Rules that keep requests nobody wants out of the line."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.rules import spam


class SpamRule(models.Model):
    """A text or a sender whose new requests go to the list of spam. `caught`: how many it has caught."""

    class Where(models.TextChoices):
        TEXT = spam.Where.TEXT.value, _("En el texto")
        SENDER = spam.Where.SENDER.value, _("En el remitente")
        BOTH = spam.Where.BOTH.value, _("En cualquiera de los dos")

    where = models.CharField(max_length=6, choices=Where.choices)
    words = models.CharField(max_length=180)
    is_pattern = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)
    caught = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["where", "words", "is_pattern"], name="spam_rule_is_once"),
            models.CheckConstraint(condition=~Q(words=""), name="spam_rule_says_something"),
        ]

    def __str__(self) -> str:
        return self.words

    def value(self) -> spam.SpamRule:
        return spam.SpamRule(self.pk, spam.Where(self.where), self.words, self.is_pattern)
