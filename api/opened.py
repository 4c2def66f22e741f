"""Which way in opens which case: what the door notes of a reading.

Each address begins with the name of a collection, and the id after it says whose case is opened.
A collection that opens no case is named too, with the reason, so that none is forgotten.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Request, Response
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from notifications.escalations import Escalation
from services import readings
from services.activities import Activity
from services.arrest_reviews import ArrestReview
from services.assignments import Assignment
from services.attachments import Attachment
from services.cases import Case, case_suspects
from services.committees import CommitteeMatter
from services.conferences import Conference
from services.consultations import Consultation
from services.deadlines import Deadline
from services.deadlines.watch import DeadlineAlert
from services.draws import Draw
from services.interrogations import Interrogation
from services.interrogations.displacements import Displacement
from services.interrogations.proposals import TimeProposal
from services.invitations import Invitation
from services.kernel.act import Act
from services.monitoring import MonitoringEntry
from services.oversight import OversightEntry
from services.packets import Packet
from services.proceedings import Proposal
from services.prosecutions import Prosecution
from services.public_hearings import PublicHearing
from services.quality_reviews import QualityReview
from services.supervision_opinions import SupervisionOpinion
from services.transcripts import Transcript

Opened = Callable[[int], Select[Any]]


def _of(record: type[Any]) -> Opened:
    """The case that the record is about."""
    return lambda record_id: select(record.case_id).where(record.id == record_id)


def _through(case_id: InstrumentedAttribute[Any], link: Any, record: type[Any]) -> Opened:
    """The case of what the record belongs to."""
    return lambda record_id: select(case_id).join(record, link).where(record.id == record_id)


def _of_suspect(record_id: int) -> Select[Any]:
    """The cases, in the procuratorate that keeps the period, of the suspect it runs for."""
    return (
        select(Case.id)
        .join(case_suspects, case_suspects.c.case_id == Case.id)
        .join(Deadline, Deadline.suspect_id == case_suspects.c.suspect_id)
        .where(Deadline.id == record_id, Case.procuratorate_id == Deadline.procuratorate_id)
    )


def _of_watched(record_id: int) -> Select[Any]:
    """The cases of the period that was found past its day."""
    watched = select(MonitoringEntry.deadline_id).where(MonitoringEntry.id == record_id)
    return (
        select(Case.id)
        .join(case_suspects, case_suspects.c.case_id == Case.id)
        .join(Deadline, Deadline.suspect_id == case_suspects.c.suspect_id)
        .where(Deadline.id.in_(watched), Case.procuratorate_id == Deadline.procuratorate_id)
    )


def _of_escalated(record_id: int) -> Select[Any]:
    """The cases of the period of which nobody has taken notice."""
    spoken = (
        select(DeadlineAlert.deadline_id)
        .join(Escalation, Escalation.about_id == DeadlineAlert.id)
        .where(Escalation.id == record_id, Escalation.about_kind == DeadlineAlert.__tablename__)
    )
    return (
        select(Case.id)
        .join(case_suspects, case_suspects.c.case_id == Case.id)
        .join(Deadline, Deadline.suspect_id == case_suspects.c.suspect_id)
        .where(Deadline.id.in_(spoken), Case.procuratorate_id == Deadline.procuratorate_id)
    )


OPENED: Mapping[str, Opened] = {
    "cases": lambda case_id: select(Case.id).where(Case.id == case_id),
    "arrest-requests": lambda found: select(Case.id).where(Case.arrest_request_id == found),
    "transfers": lambda found: select(Case.id).where(Case.transfer_id == found),
    "attachments": _through(
        Case.id, Attachment.arrest_request_id == Case.arrest_request_id, Attachment
    ),
    "assignments": _of(Assignment),
    "arrest-reviews": _of(ArrestReview),
    "prosecutions": _of(Prosecution),
    "proposals": _of(Proposal),
    "conferences": _of(Conference),
    "committee-matters": _of(CommitteeMatter),
    "consultations": _of(Consultation),
    "deadlines": _of_suspect,
    "monitoring-entries": _of_watched,
    "escalations": _of_escalated,
    "oversight-entries": _of(OversightEntry),
    "interrogations": _of(Interrogation),
    "displacements": _through(
        Interrogation.case_id, Displacement.interrogation_id == Interrogation.id, Displacement
    ),
    "time-proposals": _through(
        Interrogation.case_id, TimeProposal.interrogation_id == Interrogation.id, TimeProposal
    ),
    "transcripts": _through(
        Interrogation.case_id, Transcript.interrogation_id == Interrogation.id, Transcript
    ),
    "activities": _of(Activity),
    "draws": _through(Activity.case_id, Draw.activity_id == Activity.id, Draw),
    "invitations": _through(Activity.case_id, Invitation.activity_id == Activity.id, Invitation),
    "packets": _through(Activity.case_id, Packet.activity_id == Activity.id, Packet),
    "supervision-opinions": _through(
        Activity.case_id, SupervisionOpinion.activity_id == Activity.id, SupervisionOpinion
    ),
    "public-hearings": _of(PublicHearing),
    "quality-reviews": _of(QualityReview),
}
"""By the first word of the address: the cases that a record of that id opens."""

OPENS_NONE: Mapping[str, str] = {
    "accounts": "what an account holds, for who looks after it",
    "agendas": "the day of a room or a person, in many cases' appointments; each opens by itself",
    "appointments": "who is to hold a post",
    "blocks": "hours in which a place is closed",
    "calendar-notices": "the country's days off",
    "charges": "the register of charges",
    "delegations": "who stands in for a chief procurator",
    "emergency-accesses": "its reason and its review; the case itself opens by its own address",
    "emergency-practices": "a setting of an office",
    "engagements": "an errand of a detention centre's suspect, and nothing of the case",
    "handovers": "a list of work that changes hands; each opens by itself",
    "inquiries": "sealed from the office's own leaders: the ledger must not point to one",
    "journal-checkpoints": "hashes and numbers, and no word",
    "offices": "an office",
    "participants": "the register of interpreters and others who take part",
    "participation": "counts of what supervisors did",
    "people": "a person of the register",
    "notification-channels": "how pushes go out, in numbers and codes",
    "notification-outbox": "how much has not been told yet, in numbers",
    "delivery-faults": "pushes that a vendor refused, in numbers and codes",
    "people-imports": "a list of people to be entered",
    "periodic-reports": "counts of a period",
    "plans": "a draft of a day, in many cases' appointments; each opens by itself",
    "quality-samplings": "numbers of a sample; each review opens by itself",
    "readings": "this very ledger",
    "resources": "a room, a line or an escort",
    "rotation": "a team of prosecutors, and no case of theirs",
    "supervision-plans": "a year's plan of an office",
    "tasks": "who takes a task on; the case opens by itself",
    "supervisors": "the register of people's supervisors",
}
"""By the first word of the address: why a record of that id opens no case."""


def note(act: Act, request: Request, way: str, reply: Response) -> None:
    """Note the reading of whatever case this answer opened; its length alone (HEAD) tells too."""
    if request.method not in {"GET", "HEAD"} or reply.status_code >= HTTPStatus.MULTIPLE_CHOICES:
        return
    path = way.partition(" ")[2]
    opened = OPENED.get(path.split("/")[1])
    ids = [value for value in (request.view_args or {}).values() if isinstance(value, int)]
    if opened is not None and ids:
        readings.note(act, opened(ids[0]), path)
