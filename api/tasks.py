"""One's tasks over HTTP: the first page a phone shows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from marshmallow import Schema, fields
from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.orm import join, outerjoin

from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.wire import Instant
from notifications import escalations
from notifications.escalations import Escalation
from notifications.faults import DeliveryFault
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
    people,
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
from services.assignments import teams
from services.cases import Case
from services.cases.records import case_suspects
from services.committees import CommitteeMatter
from services.conferences import Conference
from services.consultations import Consultation
from services.deadlines import Deadline
from services.deadlines.tiers import DEFAULT, FORTNIGHTLY, MONTHLY, WEEKLY, Light
from services.deadlines.watch import DeadlineAlert
from services.draws import Draw
from services.emergency_accesses import EmergencyAccess
from services.inquiries import Inquiry
from services.interrogations import Interrogation
from services.interrogations.displacements import Displacement
from services.invitations import Invitation
from services.kernel.act import SHANGHAI, Act
from services.kernel.refusals import NotFound
from services.monitoring import MonitoringEntry
from services.offices import Office
from services.oversight import OversightEntry
from services.packets import Packet
from services.participation import PeriodicReport
from services.people import Person, Post
from services.people_imports import PeopleImport
from services.plans import Plan
from services.policy import LEADERS_OF, Permission, PostKind, allows
from services.proceedings import Proposal
from services.prosecutions import Prosecution
from services.public_hearings import PublicHearing
from services.quality_reviews import QualityReview
from services.resources import Resource as Place
from services.supervision_opinions import SupervisionOpinion
from services.tasks import FollowUp, Task, TaskKind, TaskState, TaskStep
from services.transfers import Transfer, TransferredSuspect

blp = Blueprint("tasks", __name__, url_prefix="", description="What lies open for one.")

LAST_DAY = literal(date.max, Date)
"""Where a task without a day stands in the order: behind every day."""


class Scope(StrEnum):
    """Whose tasks."""

    MINE = "mine"
    """One's own, and those of one's posts."""
    TEAM = "team"
    """Also of whoever is in one's team or department, as far as one sees what they are about."""
    OFFICE = "office"
    """Also of everybody whose office one runs or leads, as far as one sees it."""


class Claimed(StrEnum):
    """Who has taken a task of a pool on."""

    ME = "me"
    NOBODY = "nobody"
    SOMEBODY = "somebody"


class ToFollowUp(StrEnum):
    """Of which tasks one wanted to be reminded."""

    DUE = "due"
    """The day has come."""
    SET = "set"


class LeadsToSchema(Schema):
    """The record that a follow-up is about."""

    about_kind = fields.String(required=True, metadata={"example": "cases"})
    about_id = fields.Integer(required=True)


class TaskSchema(Schema):
    """One thing to do; finishing the step it leads to finishes it."""

    id = fields.Integer(required=True)
    kind = fields.Enum(TaskKind, by_value=True, required=True)
    title = fields.String(required=True, metadata={"example": "审查逮捕"})
    detail = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Of a period: what the law asks until then; of a follow-up its words, "
            "for who has it or asked for it; of all else nothing.",
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
            "resources, activities, draws, invitations, appointments, people_imports, "
            "people (whose work is to be handed over), follow_ups or delivery_faults.",
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
    post = fields.Enum(
        PostKind,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "Whose pool it lies with; nothing where it is one person's."},
    )
    holder_id = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Whose it is, or who of the pool has taken it on."},
    )
    holder_name = fields.String(required=True, allow_none=True, metadata={"example": "钱某"})
    claimed_at = Instant(required=True, allow_none=True)
    follow_up_on = fields.Date(required=True, allow_none=True)
    light = fields.Enum(
        Light,
        by_value=True,
        required=True,
        metadata={"description": "By its day to keep: grey without one, or when it is over."},
    )
    leads_to = fields.Nested(LeadsToSchema, required=True, allow_none=True)
    steps = fields.List(
        fields.Enum(TaskStep, by_value=True),
        required=True,
        metadata={
            "description": "Which moves the reader can make now.",
            "example": ["claim", "assign"],
        },
    )


class TaskQuery(PageQuery):
    """Which tasks."""

    state = fields.Enum(TaskState, by_value=True, load_default=TaskState.OPEN)
    scope = fields.Enum(Scope, by_value=True, load_default=Scope.MINE)
    kind = fields.Enum(TaskKind, by_value=True, load_default=None)
    light = fields.Enum(Light, by_value=True, load_default=None)
    claimed = fields.Enum(Claimed, by_value=True, load_default=None)
    follow_up = fields.Enum(ToFollowUp, by_value=True, load_default=None)


class Background(NamedTuple):
    """What a task is about, as one reads it in a list."""

    case_number: str | None
    document_number: str
    suspects: list[str]
    detail: str | None


@blp.route("/tasks")
class Tasks(Resource):
    """One's tasks."""

    @blp.arguments(TaskQuery, location="query")
    @blp.response(200, page_of(TaskSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List one's tasks and those of one's posts, or of one's team or office.

        The most urgent comes first. Of others' tasks only those about what one may see are told.
        """
        chosen = select(Task).where(
            Task.state == query["state"],
            _within(self.act, query["scope"]),
            *_filters(self.act, query),
        )
        urgency = func.coalesce(Task.due_on, LAST_DAY)
        found = page(self.act.session, chosen, urgency, Task.id, **query)
        return Page(shown(self.act, found.items), found.next_cursor)


def _within(act: Act, scope: Scope) -> ColumnElement[bool]:
    """A pool sees what its office sees; a personal task goes with the case, done or not.

    What others have is listed for whoever leads them, as far as they see what it is about.
    """
    seen = _seen(act, Task)
    asked_of_me = and_(Task.kind == TaskKind.FOLLOW_UP, Task.person_id == act.actor.id)
    mine = and_(tasks.own(act), or_(Task.person_id.is_(None), asked_of_me, seen))
    if scope is Scope.MINE:
        return mine
    asked = Task.made_by == act.actor.id
    return or_(mine, asked, and_(_led(act, scope), seen))


def _led(act: Act, scope: Scope) -> ColumnElement[bool]:
    """What lies with those whom the actor leads, in that way."""
    by = (
        {PostKind.DEPARTMENT_HEAD}
        if scope is Scope.TEAM
        else {PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR}
    )
    posts = [
        and_(Post.kind == post, Post.office_id.in_(act.actor.offices_as(*by.intersection(leaders))))
        for post, leaders in LEADERS_OF.items()
        if by.intersection(leaders)
    ]
    staff = people.posts_on(act.today).where(or_(*posts)).with_only_columns(Post.person_id)
    pools = [
        and_(Task.post == post, Task.office_id.in_(act.actor.offices_as(*by.intersection(leaders))))
        for post, leaders in LEADERS_OF.items()
        if by.intersection(leaders)
    ]
    found = [Task.person_id.in_(staff), *pools]
    if scope is Scope.TEAM:
        found += [Task.person_id.in_(teams.members_led_by(act.actor.id, act.today))]
    return or_(*found)


def _filters(act: Act, query: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    claims: Mapping[Claimed | None, list[ColumnElement[bool]]] = {
        None: [],
        Claimed.ME: [Task.claimed_by == act.actor.id],
        Claimed.NOBODY: [Task.person_id.is_(None), Task.claimed_by.is_(None)],
        Claimed.SOMEBODY: [Task.claimed_by.is_not(None)],
    }
    reminders: Mapping[ToFollowUp | None, list[ColumnElement[bool]]] = {
        None: [],
        ToFollowUp.DUE: [Task.follow_up_on <= act.today],
        ToFollowUp.SET: [Task.follow_up_on.is_not(None)],
    }
    kinds = [Task.kind == query["kind"]] if query["kind"] else []
    lights = [_light_is(act, query["light"])] if query["light"] else []
    return [*kinds, *lights, *claims[query["claimed"]], *reminders[query["follow_up"]]]


def light_of(task: Task, today: date) -> Light:
    """How it stands at a glance: by the same tiers as a period of its length."""
    if task.state is not TaskState.OPEN or task.due_on is None:
        return Light.GREY
    left = (task.due_on - today).days
    span = (task.due_on - task.opened_at.astimezone(SHANGHAI).date()).days
    first, last = next(leads for least, leads in _LEADS if span >= least)
    if left <= last:
        return Light.RED
    return Light.AMBER if left <= first else Light.GREEN


_LEADS = (
    (MONTHLY, (DEFAULT.months[0], DEFAULT.months[-1])),
    (FORTNIGHTLY, (DEFAULT.fortnight[0], DEFAULT.fortnight[-1])),
    (WEEKLY, (DEFAULT.week[0], DEFAULT.week[-1])),
    (-(10**6), (DEFAULT.days[0], DEFAULT.days[-1])),
)
"""The first and the last warning, in days before the end, from that length on."""


def _light_is(act: Act, wanted: Light) -> ColumnElement[bool]:
    """`light_of` as SQL."""
    grey = or_(Task.state != TaskState.OPEN, Task.due_on.is_(None))
    left = Task.due_on - literal(act.today, Date)
    span = Task.due_on - cast(func.timezone("Asia/Shanghai", Task.opened_at), Date)
    first = case(*((span >= least, leads[0]) for least, leads in _LEADS))
    last = case(*((span >= least, leads[1]) for least, leads in _LEADS))
    shown = case(
        (grey, Light.GREY.value),
        (left <= last, Light.RED.value),
        (left <= first, Light.AMBER.value),
        else_=Light.GREEN.value,
    )
    return shown == wanted.value


def _seen(act: Act, pointer: Any) -> ColumnElement[bool]:
    """Is what it points to a record that the actor sees?"""
    return or_(
        *(
            and_(pointer.about_kind == kind, _among(visible(act), pointer))
            for kind, visible in _VISIBLE.items()
        )
    )


_VISIBLE: Mapping[str, Callable[[Act], Select[Any]]] = {
    "arrest_requests": arrest_requests.visible_ids,
    "cases": lambda act: cases.visible(act).with_only_columns(Case.id),
    "arrest_reviews": lambda act: arrest_reviews.visible(act).with_only_columns(ArrestReview.id),
    "prosecutions": lambda act: prosecutions.visible(act).with_only_columns(Prosecution.id),
    "proposals": lambda act: proceedings.visible(act).with_only_columns(Proposal.id),
    "deadlines": lambda act: deadlines.visible(act).with_only_columns(Deadline.id),
    "oversight_entries": lambda act: oversight.visible(act).with_only_columns(OversightEntry.id),
    "consultations": lambda act: consultations.visible(act).with_only_columns(Consultation.id),
    "conferences": lambda act: conferences.visible(act).with_only_columns(Conference.id),
    "committee_matters": lambda act: committees.visible(act).with_only_columns(CommitteeMatter.id),
    "interrogations": lambda act: interrogations.visible(act).with_only_columns(Interrogation.id),
    "packets": lambda act: packets.visible(act).with_only_columns(Packet.id),
    "plans": lambda act: plans.visible(act).with_only_columns(Plan.id),
    "public_hearings": lambda act: public_hearings.visible(act).with_only_columns(PublicHearing.id),
    "quality_reviews": lambda act: quality_reviews.visible(act).with_only_columns(QualityReview.id),
    "supervision_opinions": lambda act: supervision_opinions.visible(act).with_only_columns(
        SupervisionOpinion.id
    ),
    "activities": lambda act: activities.visible(act).with_only_columns(Activity.id),
    "invitations": lambda act: invitations.visible(act).with_only_columns(Invitation.id),
    "escalations": lambda act: escalations.visible(act).with_only_columns(Escalation.id),
}
"""By the kind of record: the ids of those that an actor sees."""
RECORDS = frozenset(_VISIBLE)


def _among(ids: Select[Any], pointer: Any) -> ColumnElement[bool]:
    """Looked up for each task: a prosecutor has few, and the office may have very many cases."""
    (key,) = ids.selected_columns
    return ids.where(key == pointer.about_id).correlate(pointer).exists()


def seen(act: Act, about_kind: str, about_id: int) -> Any:
    """The record of that kind, if the actor sees it.

    Refuses:
        NotFound: there is none that the actor sees.
    """
    ids = _VISIBLE[about_kind](act)
    (key,) = ids.selected_columns
    if act.session.scalar(ids.where(key == about_id).limit(1)) is None:
        raise NotFound
    record: Any = act.session.get_one(_ID[about_kind].class_, about_id)
    return record


def moved(act: Act, found: Sequence[Task]) -> list[dict[str, Any]]:
    """The same of tasks that were reached by their ids: nothing of a record one does not see."""
    within = or_(_within(act, Scope.MINE), _seen(act, Task))
    ids = act.session.scalars(
        select(Task.id).where(Task.id.in_([task.id for task in found]), within)
    )
    return shown(act, found, set(ids))


def shown(
    act: Act, found: Sequence[Task], within: Collection[int] | None = None
) -> list[dict[str, Any]]:
    """The tasks with the number and the names that tell one from another, and whose they are."""
    about = _backgrounds(act, [one for one in found if within is None or one.id in within])
    asked = _asked(act, found)
    names = people.names(act.session, {task.holder_id for task in found if task.holder_id})
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
            "post": task.post,
            "holder_id": task.holder_id,
            "holder_name": names.get(task.holder_id or 0),
            "claimed_at": task.claimed_at,
            "follow_up_on": task.follow_up_on,
            "light": light_of(task, act.today),
            "leads_to": None,
            "steps": steps_of(act, task),
            **about.get((task.about_kind, task.about_id), _NOTHING)._asdict(),
            **asked.get(task.id, {}),
        }
        for task in found
    ]


_NOTHING = Background(None, "", [], None)


def steps_of(act: Act, task: Task) -> list[TaskStep]:
    """Which moves of a task the actor can make now; the operation asks again."""
    if task.state is not TaskState.OPEN:
        return []
    mine = task.holder_id == act.actor.id
    by_hand = task.kind is TaskKind.FOLLOW_UP
    pooled = task.person_id is None
    held = pooled and task.claimed_by is not None
    can = {
        TaskStep.CLAIM: pooled and not held and allows(act.actor, Permission.TASK_CLAIM, task),
        TaskStep.RETURN: held and mine,
        TaskStep.DELEGATE: held and mine,
        TaskStep.ASSIGN: pooled and allows(act.actor, Permission.TASK_ALLOT, task),
        TaskStep.RECALL: held and not mine and allows(act.actor, Permission.TASK_ALLOT, task),
        TaskStep.FOLLOW_UP: mine,
        TaskStep.COMPLETE: by_hand and mine,
        TaskStep.CANCEL: by_hand and (mine or task.made_by == act.actor.id),
    }
    return [step for step, offered in can.items() if offered]


def _asked(act: Act, found: Sequence[Task]) -> dict[int, dict[str, Any]]:
    """Of follow-ups: their words, and what they are about if the reader still sees that."""
    tasks_by_asked = {
        task.about_id: task
        for task in found
        if task.kind is TaskKind.FOLLOW_UP and act.actor.id in {task.person_id, task.made_by}
    }
    if not tasks_by_asked:
        return {}
    chosen = select(FollowUp, or_(FollowUp.about_kind.is_(None), _seen(act, FollowUp))).where(
        FollowUp.id.in_(tasks_by_asked)
    )
    return {
        tasks_by_asked[asked.id].id: {
            "detail": asked.words if is_seen else None,
            "leads_to": {"about_kind": asked.about_kind, "about_id": asked.about_id}
            if asked.about_kind and is_seen
            else None,
        }
        for asked, is_seen in act.session.execute(chosen)
    }


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
    "follow_ups": FollowUp.id,
    "delivery_faults": DeliveryFault.id,
    "escalations": Escalation.id,
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


_OF_THE_ALERT = and_(
    Escalation.about_kind == DeadlineAlert.__tablename__, Escalation.about_id == DeadlineAlert.id
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
    "follow_ups": select(
        FollowUp.id, literal(None, Text), literal(""), array(list[str](), type_=Text)
    ),
    "delivery_faults": select(
        DeliveryFault.id, literal(None, Text), Office.name, array(list[str](), type_=Text)
    ).join(Office, DeliveryFault.office_id == Office.id),
    # One about an account, or about what is no period, is told by its kind alone.
    "escalations": _of_periods(
        Escalation.id,
        outerjoin(Escalation, DeadlineAlert, _OF_THE_ALERT).outerjoin(
            Deadline, Deadline.id == DeadlineAlert.deadline_id
        ),
    ),
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
