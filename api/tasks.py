"""One's tasks over HTTP: the first page a phone shows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from marshmallow import Schema, fields
from sqlalchemy import ColumnElement, Date, Select, Text, and_, case, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.orm import join

from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import (
    activities,
    arrest_requests,
    arrest_reviews,
    cases,
    committees,
    conferences,
    consultations,
    deadlines,
    interrogations,
    invitations,
    oversight,
    packets,
    plans,
    proceedings,
    prosecutions,
    public_hearings,
    quality_reviews,
    supervision_opinions,
    tasks,
)
from services.activities import Activity
from services.appointments import Appointment
from services.arrest_requests.records import ArrestRequest, Suspect
from services.arrest_reviews import ArrestReview
from services.cases import Case
from services.cases.records import case_suspects
from services.committees import CommitteeMatter
from services.conferences import Conference
from services.consultations import Consultation
from services.deadlines import Deadline
from services.draws import Draw
from services.emergency_accesses import EmergencyAccess
from services.inquiries import Inquiry
from services.interrogations import Interrogation
from services.interrogations.displacements import Displacement
from services.invitations import Invitation
from services.kernel.act import Act
from services.monitoring import MonitoringEntry
from services.offices import Office
from services.oversight import OversightEntry
from services.packets import Packet
from services.participation import PeriodicReport
from services.people import Person
from services.people_imports import PeopleImport
from services.plans import Plan
from services.proceedings import Proposal
from services.prosecutions import Prosecution
from services.public_hearings import PublicHearing
from services.quality_reviews import QualityReview
from services.resources import Resource as Place
from services.supervision_opinions import SupervisionOpinion
from services.tasks import Task, TaskKind, TaskState
from services.transfers import Transfer, TransferredSuspect

blp = Blueprint("tasks", __name__, url_prefix="/tasks", description="What lies open for one.")

LAST_DAY = literal(date.max, Date)
"""Where a task without a day stands in the order: behind every day."""


class TaskSchema(Schema):
    """One thing to do; finishing the step it leads to finishes it."""

    id = fields.Integer(required=True)
    kind = fields.Enum(TaskKind, by_value=True, required=True)
    title = fields.String(required=True, metadata={"example": "审查逮捕"})
    detail = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Of a period: what the law asks until then; of all else nothing.",
            "example": "监察机关、公安机关移送起诉的案件，一个月以内作出决定",
        },
    )
    about_kind = fields.String(
        required=True,
        metadata={
            "description": "What it leads to: arrest_requests, transfers, cases, arrest_reviews, "
            "prosecutions, proposals, deadlines, "
            "monitoring_entries, consultations, inquiries, oversight_entries, "
            "conferences, committee_matters, interrogations, displacements, plans, "
            "resources, activities, draws, invitations, appointments, people_imports "
            "or people (whose work is to be handed over).",
            "example": "arrest_reviews",
        },
    )
    about_id = fields.Integer(required=True)
    case_number = fields.String(
        required=True, allow_none=True, metadata={"example": "云青检捕受〔2026〕12号"}
    )
    document_number = fields.String(
        required=True,
        metadata={
            "description": "Of the request for approval of arrest, or of the transfer; "
            "the name of a room or a terminal."
        },
    )
    suspects = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Names, for the app only.", "example": ["赵某"]},
    )
    opened_at = Instant(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    outer_on = fields.Date(required=True, allow_none=True)
    state = fields.Enum(TaskState, by_value=True, required=True)


class TaskQuery(PageQuery):
    """Which tasks."""

    state = fields.Enum(TaskState, by_value=True, load_default=TaskState.OPEN)


class Background(NamedTuple):
    """What a task is about, as one reads it in a list."""

    case_number: str | None
    document_number: str
    suspects: list[str]
    detail: str | None


@blp.route("")
class Tasks(Resource):
    """One's tasks."""

    @blp.arguments(TaskQuery, location="query")
    @blp.response(200, page_of(TaskSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List one's tasks and those of one's posts, the most urgent first."""
        chosen = tasks.visible(self.act).where(
            Task.state == query["state"], _about_what_is_seen(self.act)
        )
        urgency = func.coalesce(Task.due_on, LAST_DAY)
        found = page(self.act.session, chosen, urgency, Task.id, **query)
        return Page(shown(self.act, found.items), found.next_cursor)


def _about_what_is_seen(act: Act) -> ColumnElement[bool]:
    """A pool sees what its office sees; a personal task goes with the case, done or not."""
    seen = {
        "arrest_requests": arrest_requests.visible_ids(act),
        "cases": cases.visible(act).with_only_columns(Case.id),
        "arrest_reviews": arrest_reviews.visible(act).with_only_columns(ArrestReview.id),
        "prosecutions": prosecutions.visible(act).with_only_columns(Prosecution.id),
        "proposals": proceedings.visible(act).with_only_columns(Proposal.id),
        "deadlines": deadlines.visible(act).with_only_columns(Deadline.id),
        "oversight_entries": oversight.visible(act).with_only_columns(OversightEntry.id),
        "consultations": consultations.visible(act).with_only_columns(Consultation.id),
        "conferences": conferences.visible(act).with_only_columns(Conference.id),
        "committee_matters": committees.visible(act).with_only_columns(CommitteeMatter.id),
        "interrogations": interrogations.visible(act).with_only_columns(Interrogation.id),
        "packets": packets.visible(act).with_only_columns(Packet.id),
        "plans": plans.visible(act).with_only_columns(Plan.id),
        "public_hearings": public_hearings.visible(act).with_only_columns(PublicHearing.id),
        "quality_reviews": quality_reviews.visible(act).with_only_columns(QualityReview.id),
        "supervision_opinions": supervision_opinions.visible(act).with_only_columns(
            SupervisionOpinion.id
        ),
        "activities": activities.visible(act).with_only_columns(Activity.id),
        "invitations": invitations.visible(act).with_only_columns(Invitation.id),
    }
    return or_(
        Task.person_id.is_(None),
        *(and_(Task.about_kind == kind, _among(ids)) for kind, ids in seen.items()),
    )


def _among(ids: Select[Any]) -> ColumnElement[bool]:
    """Looked up for each task: a prosecutor has few, and the office may have very many cases."""
    (key,) = ids.selected_columns
    return ids.where(key == Task.about_id).correlate(Task).exists()


def shown(act: Act, found: Sequence[Task]) -> list[dict[str, Any]]:
    """The tasks with the number and the names that tell one from another."""
    about = _backgrounds(act, found)
    return [
        {
            "id": task.id,
            "kind": task.kind,
            "title": task.kind.zh,
            "about_kind": task.about_kind,
            "about_id": task.about_id,
            "opened_at": task.opened_at,
            "due_on": task.due_on,
            "outer_on": task.outer_on,
            "state": task.state,
            **about[task.about_kind, task.about_id]._asdict(),
        }
        for task in found
    ]


def _backgrounds(act: Act, found: Sequence[Task]) -> dict[tuple[str, int], Background]:
    """One query for each kind of record, however many tasks there are."""
    known: dict[tuple[str, int], Background] = {}
    for kind, chosen in _ABOUT.items():
        ids = {task.about_id for task in found if task.about_kind == kind}
        if ids:
            rows = act.session.execute(chosen.where(_ID[kind].in_(ids)))
            known |= {
                (kind, about_id): Background(number, document, names, _asked_by(*period))
                for about_id, number, document, names, *period in rows
            }
    return known


def _asked_by(rule_id: str | None = None, started_at: datetime | None = None) -> str | None:
    """What the law asks until the end of the period that a task is about, if it is about one."""
    if rule_id is None or started_at is None:
        return None
    return deadlines.rule_of(rule_id, deadlines.statutory_day(started_at)).zh


_NAMES = (
    select(func.array_agg(aggregate_order_by(Suspect.name, Suspect.ordinal)))
    .where(Suspect.arrest_request_id == ArrestRequest.id)
    .correlate(ArrestRequest)
    .scalar_subquery()
)
_ID: Mapping[str, Any] = {
    "arrest_requests": ArrestRequest.id,
    "cases": Case.id,
    "transfers": Transfer.id,
    "arrest_reviews": ArrestReview.id,
    "prosecutions": Prosecution.id,
    "proposals": Proposal.id,
    "deadlines": Deadline.id,
    "monitoring_entries": MonitoringEntry.id,
    "consultations": Consultation.id,
    "conferences": Conference.id,
    "committee_matters": CommitteeMatter.id,
    "inquiries": Inquiry.id,
    "oversight_entries": OversightEntry.id,
    "emergency_accesses": EmergencyAccess.id,
    "interrogations": Interrogation.id,
    "packets": Packet.id,
    "plans": Plan.id,
    "public_hearings": PublicHearing.id,
    "quality_reviews": QualityReview.id,
    "resources": Place.id,
    "displacements": Displacement.id,
    "supervision_opinions": SupervisionOpinion.id,
    "activities": Activity.id,
    "draws": Draw.id,
    "invitations": Invitation.id,
    "periodic_reports": PeriodicReport.id,
    "appointments": Appointment.id,
    "people": Person.id,
    "people_imports": PeopleImport.id,
}
_NAMES_IN_CASE = func.coalesce(
    select(func.array_agg(aggregate_order_by(Suspect.name, Suspect.ordinal)))
    .join(case_suspects, case_suspects.c.suspect_id == Suspect.id)
    .where(case_suspects.c.case_id == Case.id)
    .correlate(Case)
    .scalar_subquery(),
    [],
)
_NAMES_IN_TRANSFER = func.coalesce(
    select(func.array_agg(aggregate_order_by(Suspect.name, TransferredSuspect.ordinal)))
    .join(TransferredSuspect, TransferredSuspect.suspect_id == Suspect.id)
    .where(TransferredSuspect.transfer_id == Transfer.id)
    .correlate(Transfer)
    .scalar_subquery(),
    [],
)


def _about(kind: str, found: Any) -> Any:
    """The record itself, where a period is about one of that kind."""
    return case((Deadline.about_kind == kind, found))


_CASE_OF_PERIOD = func.coalesce(
    select(func.max(Case.id))
    .join(case_suspects, case_suspects.c.case_id == Case.id)
    .where(
        case_suspects.c.suspect_id == Deadline.suspect_id,
        Case.procuratorate_id == Deadline.procuratorate_id,
    )
    .correlate(Deadline)
    .scalar_subquery(),
    _about("cases", Deadline.about_id),
    _about(
        "arrest_requests",
        select(Case.id)
        .where(Case.arrest_request_id == Deadline.about_id)
        .correlate(Deadline)
        .scalar_subquery(),
    ),
    _about(
        "transfers",
        select(func.max(Case.id))
        .where(Case.transfer_id == Deadline.about_id)
        .correlate(Deadline)
        .scalar_subquery(),
    ),
)
"""The case of a period: the latest of its suspect in that procuratorate, or that of its matter."""


def _of_periods(key: Any, periods: Any) -> Any:
    chosen = select(
        key,
        Case.number,
        func.coalesce(Transfer.document_number, ArrestRequest.document_number, ""),
        case(
            (Suspect.id.is_not(None), array([Suspect.name])),
            (Case.id.is_not(None), _NAMES_IN_CASE),
            else_=func.coalesce(_NAMES, _NAMES_IN_TRANSFER),
        ),
        Deadline.rule_id,
        Deadline.started_at,
    )
    request_id = func.coalesce(
        Case.arrest_request_id,
        Suspect.arrest_request_id,
        _about("arrest_requests", Deadline.about_id),
    )
    transfer_id = func.coalesce(Case.transfer_id, _about("transfers", Deadline.about_id))
    return (
        chosen.select_from(periods)
        .outerjoin(Suspect, Deadline.suspect_id == Suspect.id)
        .outerjoin(Case, Case.id == _CASE_OF_PERIOD)
        .outerjoin(ArrestRequest, ArrestRequest.id == request_id)
        .outerjoin(Transfer, Transfer.id == transfer_id)
    )


_DOCUMENT = func.coalesce(ArrestRequest.document_number, Transfer.document_number, "")


def _with_origin(chosen: Any) -> Any:
    """With the paper that the case came from."""
    return chosen.outerjoin(ArrestRequest, Case.arrest_request_id == ArrestRequest.id).outerjoin(
        Transfer, Case.transfer_id == Transfer.id
    )


_ABOUT: Mapping[str, Any] = {
    "arrest_requests": select(
        ArrestRequest.id, Case.number, ArrestRequest.document_number, _NAMES
    ).outerjoin(Case, Case.arrest_request_id == ArrestRequest.id),
    "transfers": select(
        Transfer.id, literal(None, Text), Transfer.document_number, _NAMES_IN_TRANSFER
    ),
    "cases": _with_origin(
        select(Case.id, Case.number, _DOCUMENT, _NAMES_IN_CASE).select_from(Case)
    ),
    "arrest_reviews": _with_origin(
        select(ArrestReview.id, Case.number, _DOCUMENT, array([Suspect.name]))
        .select_from(ArrestReview)
        .join(Case, ArrestReview.case_id == Case.id)
        .join(Suspect, ArrestReview.suspect_id == Suspect.id)
    ),
    "prosecutions": _with_origin(
        select(Prosecution.id, Case.number, _DOCUMENT, array([Suspect.name]))
        .select_from(Prosecution)
        .join(Case, Prosecution.case_id == Case.id)
        .join(Suspect, Prosecution.suspect_id == Suspect.id)
    ),
    "proposals": _with_origin(
        select(Proposal.id, Case.number, _DOCUMENT, array([Suspect.name]))
        .select_from(Proposal)
        .join(Case, Proposal.case_id == Case.id)
        .join(Suspect, Proposal.suspect_id == Suspect.id)
    ),
    "deadlines": _of_periods(Deadline.id, Deadline),
    "consultations": select(
        Consultation.id,
        Case.number,
        func.coalesce(Consultation.document_number, ""),
        array([Consultation.title]),
    ).outerjoin(Case, Consultation.case_id == Case.id),
    "inquiries": select(
        Inquiry.id, Case.number, literal(""), array(list[str](), type_=Text)
    ).outerjoin(Case, Inquiry.case_id == Case.id),
    "periodic_reports": select(
        PeriodicReport.id,
        literal(None, Text),
        func.concat(PeriodicReport.from_on, "至", PeriodicReport.until_on),
        array(list[str](), type_=Text),
    ),
    "appointments": select(Appointment.id, literal(None, Text), Office.name, array([Person.name]))
    .join(Person, Appointment.person_id == Person.id)
    .join(Office, Appointment.office_id == Office.id),
    "people_imports": select(
        PeopleImport.id, literal(None, Text), Office.name, array(list[str](), type_=Text)
    ).join(Office, PeopleImport.office_id == Office.id),
    "people": select(Person.id, literal(None, Text), literal(""), array([Person.name])),
    # A member of a conference may be of another office, and is told nothing of the case.
    "conferences": select(
        Conference.id, literal(None, Text), literal(""), array(list[str](), type_=Text)
    ),
    "committee_matters": select(CommitteeMatter.id, Case.number, literal(""), _NAMES_IN_CASE).join(
        Case, CommitteeMatter.case_id == Case.id
    ),
    "oversight_entries": select(OversightEntry.id, Case.number, literal(""), _NAMES_IN_CASE).join(
        Case, OversightEntry.case_id == Case.id
    ),
    # An auditor has such tasks too, and reads the number of the case and nothing else of it.
    "emergency_accesses": select(
        EmergencyAccess.id, Case.number, literal(""), array(list[str](), type_=Text)
    ).join(Case, EmergencyAccess.case_id == Case.id),
    "interrogations": select(Interrogation.id, Case.number, literal(""), array([Suspect.name]))
    .join(Case, Interrogation.case_id == Case.id)
    .join(Suspect, Interrogation.suspect_id == Suspect.id),
    "displacements": select(Displacement.id, Case.number, literal(""), array([Suspect.name]))
    .join(Interrogation, Displacement.interrogation_id == Interrogation.id)
    .join(Case, Interrogation.case_id == Case.id)
    .join(Suspect, Interrogation.suspect_id == Suspect.id),
    # A supervisor reads it too, and is told nothing of the case.
    "packets": select(
        Packet.id, literal(None, Text), Activity.title, array(list[str](), type_=Text)
    ).join(Activity, Packet.activity_id == Activity.id),
    "public_hearings": select(PublicHearing.id, Case.number, literal(""), _NAMES_IN_CASE).join(
        Case, PublicHearing.case_id == Case.id
    ),
    # A reviewer may be of another office, and reads the case through the review only.
    "quality_reviews": select(
        QualityReview.id, literal(None, Text), literal(""), array(list[str](), type_=Text)
    ),
    "plans": select(Plan.id, literal(None, Text), literal(""), array(list[str](), type_=Text)),
    # The organ and the supervisors have such tasks too, and are told nothing of the case.
    "activities": select(Activity.id, literal(None, Text), literal(""), array([Activity.title])),
    "draws": select(Draw.id, literal(None, Text), literal(""), array([Activity.title])).join(
        Activity, Draw.activity_id == Activity.id
    ),
    "invitations": select(
        Invitation.id, literal(None, Text), literal(""), array([Activity.title])
    ).join(Activity, Invitation.activity_id == Activity.id),
    "supervision_opinions": select(
        SupervisionOpinion.id,
        literal(None, Text),
        literal(""),
        func.array_remove(array([Activity.title]), None),
    ).outerjoin(Activity, SupervisionOpinion.activity_id == Activity.id),
    "resources": select(Place.id, literal(None, Text), Place.name, array(list[str](), type_=Text)),
    "monitoring_entries": _of_periods(
        MonitoringEntry.id, join(MonitoringEntry, Deadline, MonitoringEntry.deadline)
    ),
}
