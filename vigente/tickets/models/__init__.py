"""Cases, their conversations, and the requests that wait for coverage."""

from vigente.tickets.models.canned import CannedResponse
from vigente.tickets.models.copies import Copy
from vigente.tickets.models.departments import Department
from vigente.tickets.models.drafts import ComposerHabit, Draft, Presence, Watch
from vigente.tickets.models.fields import CustomField, FieldValue
from vigente.tickets.models.follow_ups import FollowUp
from vigente.tickets.models.held import HeldRequest, Submission
from vigente.tickets.models.labels import CaseStatus, SeverityLevel
from vigente.tickets.models.line import Capacity, Skill
from vigente.tickets.models.messages import Attachment, Message, MessageVersion, SendHold
from vigente.tickets.models.proposals import DrawDispute, Quotation, SplitProposal
from vigente.tickets.models.spam import SpamRule
from vigente.tickets.models.structure import Tag, TicketTag
from vigente.tickets.models.tickets import Participant, Ticket, TicketLink, TicketNumber
from vigente.tickets.models.time import TimeSpent
from vigente.tickets.models.trash import TrashedCase
from vigente.tickets.models.views import SavedView

__all__ = [
    "Attachment",
    "CannedResponse",
    "CaseStatus",
    "ComposerHabit",
    "Copy",
    "CustomField",
    "Department",
    "Capacity",
    "Draft",
    "DrawDispute",
    "FieldValue",
    "FollowUp",
    "HeldRequest",
    "Message",
    "MessageVersion",
    "Participant",
    "Presence",
    "Quotation",
    "SavedView",
    "SendHold",
    "SeverityLevel",
    "Skill",
    "SpamRule",
    "SplitProposal",
    "Submission",
    "Tag",
    "Ticket",
    "TicketLink",
    "TicketNumber",
    "TicketTag",
    "TimeSpent",
    "TrashedCase",
    "Watch",
]
