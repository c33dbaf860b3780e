"""A draft of the rulebook, a trial, an announcement that was sent, an import, a rule of automation: for pages that name
them.
"""

from datetime import datetime, timedelta

from vigente.accounts.models import User
from vigente.automation.services import save_rule
from vigente.billing.models import Announcement, RulebookVersion
from vigente.billing.services import announcements, rulebooks
from vigente.billing.services.csv_import_runs import begin
from vigente.rules.automation import Act, Action, Button
from vigente.rules.conditions import Check, Op
from vigente.rules.rulebook import Rulebook
from vigente.trials import services as trials


def rule_rows(*, owner: User, now: datetime, title: str = "Lorem") -> dict[str, int]:
    """Keys by the stems of the addresses that name them."""
    later = Rulebook(notice_days=5)
    draft = rulebooks.save_draft(rulebook=later, name=title, actor=owner, now=now)
    sent = announcements.prepare(
        before=Rulebook(),
        after=later,
        effective_from=now + timedelta(days=9),
        titles=(title, title),
        texts=(f"{title}.\n\n- {title}", f"{title}.\n\n- {title}"),
        actor=owner,
        now=now,
    )
    announcements.send(announcement=sent, actor=owner, now=now)
    table = f"organizacion,responsable,correo\n{title},{title},a@lorem.example\n"
    run = begin(text=table, name=title, actor=owner, now=now)
    trial = trials.start(
        draft=Rulebook(notice_days=5, plans_required_from=now + timedelta(days=900)),
        months=2,
        direction="back",
        author=owner,
        now=now,
    )
    trials.run_next(now=now)
    rule = save_rule(
        rule=None,
        name=title,
        trigger=Button(),
        condition=Check("subject", Op.CONTAINS, title),
        actions=[Action(Act.NOTE, title)],
        stop=False,
        actor=owner,
        now=now,
    )
    return {
        "automation": rule.pk,
        "trial": trial.pk,
        "announcement_of_version": RulebookVersion.objects.latest("pk").pk,
        "announcement_of_draft": draft.pk,
        "announcement": Announcement.objects.get().pk,
        "rules_draft_discard": draft.pk,
        "switch_import": run.pk,
        "switch_invitations": run.pk,
    }
