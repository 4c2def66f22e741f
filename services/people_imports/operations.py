"""A table of people is put forward by the administrator and confirmed by the security officer."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from services import appointments, offices, people, tasks
from services.appointments import Appointment, AppointmentState, NewAppointment
from services.kernel.act import Act, Event
from services.kernel.flow import Flow
from services.kernel.refusals import NotFound, Unprocessable
from services.offices import Office
from services.people_imports import rows
from services.people_imports.records import PeopleImport, PeopleImportState
from services.people_imports.rows import Looked
from services.policy import Permission, PostKind, demands
from services.tasks import TaskKind

FLOW = Flow(
    {
        "confirm": ({PeopleImportState.PROPOSED}, PeopleImportState.CONFIRMED),
        "refuse": ({PeopleImportState.PROPOSED}, PeopleImportState.REFUSED),
    }
)


@dataclass(frozen=True, slots=True)
class PeopleImportProposed(Event):
    """A table of people and posts was put forward."""

    office_id: int
    people: int
    posts: int


@dataclass(frozen=True, slots=True)
class PeopleImportConfirmed(Event):
    """A table of posts was confirmed as a whole."""

    office_id: int


@dataclass(frozen=True, slots=True)
class PeopleImportRefused(Event):
    """A table of posts was refused as a whole."""

    office_id: int


class PeopleImportFaulty(Unprocessable):
    """The table cannot be taken over as it is; nothing was. See `errors`."""

    zh = "表格有误，未导入任何人员，详见各行。"


@dataclass(frozen=True, slots=True)
class Scope:
    """The office for which a table is put forward, and all that it leads."""

    office: Office

    @property
    def led_by_ids(self) -> frozenset[int]:
        """Every office whose officers see to it."""
        return self.office.led_by_ids


def visible(act: Act) -> Select[PeopleImport]:
    """Those of the offices that an administrator or a security officer keeps."""
    kept = offices.at_or_below(
        act.session, act.actor.offices_as(PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER)
    )
    return (
        select(PeopleImport)
        .options(joinedload(PeopleImport.office), selectinload(PeopleImport.appointments))
        .where(PeopleImport.office_id.in_(kept))
    )


def find(act: Act, import_id: int) -> PeopleImport:
    """The import, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(PeopleImport.id == import_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.PEOPLE_IMPORT_PREPARE)
def look(act: Act, scope: Scope, content: bytes) -> Looked:
    """Look whether a table could be taken over; nothing is changed.

    Refuses:
        NotAllowed: only an administrator of that office, or of one that leads it.

    Records:
        Nothing.
    """
    return rows.read(act, scope.office, content)


@demands(Permission.PEOPLE_IMPORT_PREPARE)
def propose(act: Act, scope: Scope, content: bytes) -> PeopleImport:
    """Take over a table as a whole or not at all: accounts at once, posts once confirmed.

    Refuses:
        NotAllowed: only an administrator of that office, or of one that leads it.
        PeopleImportFaulty: a row cannot be taken over; `errors` names every fault of every row.
        UsernameTaken: somebody else took one of the accounts' names at that moment.
        AlreadyAppointed: somebody else proposed one of the posts at that moment.

    Records:
        PersonEnrolled and AppointmentProposed for each, and PeopleImportProposed.
    """
    looked = rows.read(act, scope.office, content)
    if looked.faults:
        raise PeopleImportFaulty(errors=[fault.as_plain() for fault in looked.faults])
    known = dict(looked.known)
    for row in looked.newcomers.values():
        known[row.username] = people.enter(
            act, row.office, username=row.username, name=row.name, sex=row.sex
        )
    found = PeopleImport(
        office=scope.office,
        state=PeopleImportState.PROPOSED,
        people_count=len(looked.newcomers),
        proposed_at=act.now,
        proposed_by=act.actor.id,
        appointments=[
            appointments.put(
                act,
                NewAppointment(
                    known[row.username], row.office, row.post, row.from_on, row.until_on
                ),
            )
            for row in looked.rows
            if row.post is not None
        ],
    )
    act.session.add(found)
    act.session.flush()
    if found.appointments:
        tasks.open_for_pool(
            act,
            TaskKind.CONFIRM_PEOPLE_IMPORT,
            found,
            office_id=appointments.who_confirms(act, scope.office),
            post=PostKind.SECURITY_OFFICER,
        )
    act.record(
        PeopleImportProposed(found.id, scope.office.id, found.people_count, len(found.appointments))
    )
    return found


@demands(Permission.PEOPLE_IMPORT_CONFIRM)
def confirm(act: Act, found: PeopleImport) -> PeopleImport:
    """Confirm every post of a table that still waits, all or none.

    Refuses:
        NotAllowed: only the security officer there or above, not who put it forward; nobody
            confirms a post of their own.
        WrongState: it was answered before.
        PostIsOver, AlreadyAppointed, DutiesKeptApart: as one appointment is refused.

    Records:
        AppointmentConfirmed for each, and PeopleImportConfirmed.
    """
    _answer(act, found, "confirm")
    for one in _waiting(found):
        appointments.confirm(act, one)
    tasks.finish(act, TaskKind.CONFIRM_PEOPLE_IMPORT, found)
    act.record(PeopleImportConfirmed(found.id, found.office_id))
    return found


@demands(Permission.PEOPLE_IMPORT_CONFIRM)
def refuse(act: Act, found: PeopleImport, *, reason: str) -> PeopleImport:
    """Refuse every post of a table that still waits, and say why; the accounts stay without post.

    Refuses:
        NotAllowed: only the security officer there or above, not who put it forward; nobody
            answers a post of their own.
        WrongState: it was answered before.

    Records:
        AppointmentRefused for each, and PeopleImportRefused.
    """
    _answer(act, found, "refuse", reason)
    for one in _waiting(found):
        appointments.refuse(act, one, reason=reason)
    tasks.finish(act, TaskKind.CONFIRM_PEOPLE_IMPORT, found)
    act.record(PeopleImportRefused(found.id, found.office_id))
    return found


def _waiting(found: PeopleImport) -> list[Appointment]:
    return [one for one in found.appointments if one.state is AppointmentState.PROPOSED]


def _answer(act: Act, found: PeopleImport, step: str, reason: str | None = None) -> None:
    """Let only one answer count."""
    act.session.refresh(found, with_for_update={"of": PeopleImport})
    found.state = FLOW.after(found.state, step)
    found.answered_at, found.answered_by = act.now, act.actor.id
    found.reason = reason
