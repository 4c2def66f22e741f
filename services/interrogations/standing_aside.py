"""Whoever may not be there: a participant who was recused, an adult whom the minor refused."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from services import tasks
from services.cases import Case
from services.interrogations.flow import FLOW, Role
from services.interrogations.records import Attendance, Interrogation
from services.kernel.act import Act, Event, Record
from services.kernel.refusals import Unprocessable
from services.participants import OF_A_SUSPECT, Participant
from services.policy import Permission, demands
from services.tasks import Task, TaskKind, TaskState


class ParticipantRecusal(Record):
    """An interpreter who was recused from one case (RULES 37; CPL 32)."""

    __tablename__ = "participant_recusals"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participants.id"), primary_key=True)
    recused_at: Mapped[datetime]
    recused_by: Mapped[int] = mapped_column(ForeignKey("people.id"))


class DeclinedAdult(Record):
    """An adult whom a minor refused with good reason (RULES 465¶3)."""

    __tablename__ = "declined_adults"

    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"), primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participants.id"), primary_key=True)
    interrogation_id: Mapped[int] = mapped_column(ForeignKey("interrogations.id"), index=True)
    reason: Mapped[str]
    declined_at: Mapped[datetime]
    declined_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """Who wrote down the refusal."""


@dataclass(frozen=True, slots=True)
class ParticipantRecused(Event):
    """A participant was recused from a case; the event is about the case."""

    participant_id: int


@dataclass(frozen=True, slots=True)
class AppropriateAdultDeclined(Event):
    """The minor refused an adult, and another has to be called."""

    participant_id: int


class NotRecusable(Unprocessable):
    """Recusal is for interpreters; a representative, an adult or a lawyer is on the other side."""

    zh = "回避适用于翻译人员、手语人员；法定代理人、合适成年人和律师不适用。"


class NotDeclinable(Unprocessable):
    """A minor may refuse an appropriate adult, and never the legal representative."""

    zh = "未成年犯罪嫌疑人只能拒绝法定代理人以外的合适成年人到场。"


class NoGoodReason(Unprocessable):
    """A minor refuses an adult with a good reason, which is written down."""

    zh = "拒绝合适成年人到场应当有正当理由，并记录在案。"


def recused_participant_ids(act: Act, case_id: int) -> frozenset[int]:
    """The participants who were recused from that case."""
    chosen = select(ParticipantRecusal.participant_id)
    return frozenset(act.session.scalars(chosen.where(ParticipantRecusal.case_id == case_id)))


def declined_ids(act: Act, suspect_id: int) -> frozenset[int]:
    """The adults whom that suspect has refused."""
    chosen = select(DeclinedAdult.participant_id)
    return frozenset(act.session.scalars(chosen.where(DeclinedAdult.suspect_id == suspect_id)))


@demands(Permission.CASE_RECUSE)
def recuse_participant(act: Act, case: Case, participant: Participant) -> None:
    """Recuse an interpreter from a case; the chief procurator decides (RULES 29, 37).

    What is booked with the interpreter stays, and cannot begin until another one is found.

    Refuses:
        NotAllowed: only the chief procurator.
        NotRecusable: no interpreter, and no sign-language person.

    Records:
        ParticipantRecused.
    """
    if participant.kind in OF_A_SUSPECT:
        raise NotRecusable
    known = act.session.get(ParticipantRecusal, (case.id, participant.id))
    if known is not None:
        return
    act.session.add(
        ParticipantRecusal(
            case_id=case.id,
            participant_id=participant.id,
            recused_at=act.now,
            recused_by=act.actor.id,
        )
    )
    act.session.flush()
    act.record(ParticipantRecused(case.id, participant.id))


@demands(Permission.INTERROGATION_CHANGE)
def decline_adult(
    act: Act, interrogation: Interrogation, seat: Attendance, *, reason: str
) -> Interrogation:
    """Write down that a minor refuses this adult, with good reason; another one is called.

    Nobody refuses the legal representative. The seat falls free with its time, the handler has
    the task to call another adult, and the interrogation does not begin without one (RULES
    465¶3).

    Refuses:
        NotAllowed: only the handler and case management.
        WrongState: it has begun or is over.
        NotDeclinable: the seat is not that of an appropriate adult.
        NoGoodReason: no reason is given.

    Records:
        AppropriateAdultDeclined.
    """
    FLOW.after(interrogation.state, "decline")
    if seat.role is not Role.APPROPRIATE_ADULT or seat.interrogation_id != interrogation.id:
        raise NotDeclinable
    if not reason.strip():
        raise NoGoodReason
    participant_id = seat.participant_id
    assert participant_id is not None  # noqa: S101  # an appropriate adult has no account
    if act.session.get(DeclinedAdult, (interrogation.suspect_id, participant_id)) is None:
        act.session.add(
            DeclinedAdult(
                suspect_id=interrogation.suspect_id,
                participant_id=participant_id,
                interrogation_id=interrogation.id,
                reason=reason,
                declined_at=act.now,
                declined_by=act.actor.id,
            )
        )
    interrogation.attendances.remove(seat)
    booking = interrogation.booking
    if booking is not None:
        booking.occupations = [
            one for one in booking.occupations if one.resource.participant_id != participant_id
        ]
    act.session.flush()
    _ask_handler(act, interrogation)
    act.record(AppropriateAdultDeclined(interrogation.id, participant_id))
    return interrogation


def _ask_handler(act: Act, interrogation: Interrogation) -> None:
    handler_id = interrogation.handler_id
    known = select(Task.id).where(
        Task.kind == TaskKind.PREPARE_INTERROGATION,
        Task.state == TaskState.OPEN,
        Task.about_kind == interrogation.__tablename__,
        Task.about_id == interrogation.id,
        Task.person_id == handler_id,
    )
    if handler_id is not None and act.session.scalar(known) is None:
        tasks.open_for_person(
            act, TaskKind.PREPARE_INTERROGATION, interrogation, person_id=handler_id
        )
