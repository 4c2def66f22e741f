"""Calling a conference, saying one's opinion in it, closing it: it advises and decides nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from services import deadlines, people, tasks
from services.assignments import Recusal
from services.cases import Case
from services.conferences import settings as rules
from services.conferences.events import (
    ConferenceAsked,
    ConferenceCancelled,
    ConferenceClosed,
    ConferenceConvened,
    ConferenceDeparted,
    ConferenceOpinionGiven,
)
from services.conferences.flow import FLOW, ConferenceState
from services.conferences.records import (
    ONE_VOICE,
    Conference,
    ConferenceForm,
    ConferenceMember,
    ConferenceOpinion,
    Position,
)
from services.conferences.settings import Reach
from services.deadlines import Deadline
from services.kernel.act import SHANGHAI, Act
from services.kernel.refusals import Conflict, NotFound, Stale, Unprocessable
from services.offices import Office, OfficeKind
from services.people import Post
from services.policy import Permission, PostKind, allows, demands
from services.tasks import TaskKind

OFFICE_WIDE = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
CONVENERS = (PostKind.DEPARTMENT_HEAD, PostKind.CHIEF_PROCURATOR)


class NotInvitable(Unprocessable):
    """That person cannot take part in this conference."""

    zh = "该人员不能参加本次联席会议。"


class TooFewMembers(Unprocessable):
    """Fewer members are invited than this procuratorate asks for."""

    zh = "邀请的检察官少于本院规定的最少人数。"


class FormNotHeld(Unprocessable):
    """This procuratorate holds no conferences in that form."""

    zh = "本院未启用该会议形式。"


class HeldTooEarly(Unprocessable):
    """A conference cannot be held before it is convened."""

    zh = "会议时间不能早于现在。"


class NotYetHeld(Conflict):
    """The conference has not begun; opinions ahead of it are for the written form."""

    zh = "会议尚未开始；仅书面形式的会议可以提前发表意见。"


class TooFewVoices(Conflict):
    """Fewer members have spoken than this procuratorate asks for."""

    zh = "发表意见的检察官少于本院规定的最少人数，不能结束会议。"


class OpinionSaid(Conflict):
    """A member who has already spoken stays a member."""

    zh = "已发表意见的检察官不能从与会人员中移除。"


class NoMajority(Conflict):
    """No position had more than half of the voices: there is nothing to depart from."""

    zh = "会议未形成多数意见，无需说明不采纳的理由。"


class DepartureStated(Conflict):
    """Why the handler goes another way has been said already."""

    zh = "不采纳多数意见的理由已经记录。"


def visible(act: Act) -> Select[Conference]:
    """Every conference of one's office, case or invitation; recusal ends an invitation at once."""
    actor = act.actor
    recused = exists().where(
        Recusal.case_id == Conference.case_id, Recusal.person_id == ConferenceMember.person_id
    )
    invited = exists().where(
        ConferenceMember.conference_id == Conference.id,
        ConferenceMember.person_id == actor.id,
        ConferenceMember.office_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
        or_(Case.handler_id.is_(None), Case.handler_id != actor.id),
        ~recused,
    )
    return (
        select(Conference)
        .join(Case, Conference.case_id == Case.id)
        .options(joinedload(Conference.case))
        .where(
            or_(
                Conference.procuratorate_id.in_(actor.offices_as(*OFFICE_WIDE)),
                and_(
                    Case.handler_id == actor.id,
                    Conference.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
                ),
                invited,
            )
        )
    )


def find(act: Act, conference_id: int) -> Conference:
    """The conference, if the actor may know of it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Conference.id == conference_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.CONFERENCE_CALL)
def candidates(act: Act, case: Case) -> Select[Post]:
    """The pool: every prosecutor today whom the office's settings reach, nobody recused.

    Refuses:
        NotAllowed: only the head or the chief procurator of that procuratorate.

    Records:
        Nothing.
    """
    return _pool(act, case)


@demands(Permission.CONFERENCE_ASK)
def ask(act: Act, case: Case, *, question: str, facts: str) -> Conference:
    """Ask that a question of one's case be put to a conference (RULES 6 paragraph 2).

    Asking moves no period: whoever needs the answer in time says so in the question.

    Refuses:
        NotAllowed: only the prosecutor who handles the case.

    Records:
        ConferenceAsked.
    """
    conference = _put(act, case, question, facts)
    tasks.open_for_pool(
        act,
        TaskKind.CONVENE_CONFERENCE,
        conference,
        office_id=case.procuratorate_id,
        post=PostKind.DEPARTMENT_HEAD,
        due=earliest_due(act, conference),
    )
    act.record(ConferenceAsked(conference.id, case.id))
    return conference


@demands(Permission.CONFERENCE_CALL)
def call(  # noqa: PLR0913  # each by its name
    act: Act,
    case: Case,
    *,
    question: str,
    facts: str,
    form: ConferenceForm,
    held_at: datetime,
    members: Collection[tuple[int, int]],
) -> Conference:
    """Call a conference about a case without being asked (RULES 6 paragraph 2).

    Refuses:
        NotAllowed: only the head or the chief procurator of that procuratorate.
        FormNotHeld: the office holds none in that form.
        HeldTooEarly: the time lies in the past.
        TooFewMembers: fewer than the office asks for.
        NotInvitable: no prosecutor there today, recused, the handler, or of an office out of reach.

    Records:
        ConferenceConvened.
    """
    conference = _put(act, case, question, facts)
    _convene(act, conference, form, held_at, members)
    return conference


@demands(Permission.CONFERENCE_CONVENE)
def convene(
    act: Act,
    conference: Conference,
    *,
    form: ConferenceForm,
    held_at: datetime,
    members: Collection[tuple[int, int]],
) -> Conference:
    """Convene a conference that was asked for, or convene it anew at another time.

    Members are (person, procuratorate): the office's own prosecutors, and where its settings
    reach further those of other procuratorates.

    Refuses:
        NotAllowed: only the head or the chief procurator of that procuratorate.
        WrongState: it is over, or was called off.
        FormNotHeld: the office holds none in that form.
        HeldTooEarly: the time lies in the past.
        TooFewMembers: fewer than the office asks for.
        NotInvitable: no prosecutor there today, recused, the handler, or of an office out of reach.
        OpinionSaid: somebody left out has already spoken.

    Records:
        ConferenceConvened.
    """
    _lock(act, conference)
    spoken = {one.person_id for one in conference.voices}
    if silenced := sorted(spoken.difference(one[0] for one in members)):
        raise OpinionSaid(people=silenced)
    _convene(act, conference, form, held_at, members)
    return conference


@demands(Permission.CONFERENCE_OPINE)
def opine(act: Act, conference: Conference, *, position: Position, words: str) -> ConferenceOpinion:
    """Say one's opinion, or another one in its place; every one stays on record.

    Refuses:
        NotAllowed: only an invited member, and nobody recused; the handler presents the case.
        WrongState: it is not convened, or is over.
        NotYetHeld: ahead of a conference that is not in writing.
        Stale: the same member spoke from another phone at the same moment.

    Records:
        ConferenceOpinionGiven.
    """
    _lock(act, conference)
    FLOW.after(conference.state, "opine")
    held_at = conference.held_at or act.now
    if conference.form is not ConferenceForm.WRITTEN and act.now < held_at:
        raise NotYetHeld(held_at=held_at)
    for earlier in _opinions_of(act, conference):
        earlier.replaced_at = act.now
    said = ConferenceOpinion(
        conference_id=conference.id,
        person_id=act.actor.id,
        position=position,
        opinion=words,
        said_at=act.now,
    )
    act.session.flush()
    with act.unless(ONE_VOICE, Stale()):
        act.session.add(said)
    tasks.finish_for(act, TaskKind.GIVE_CONFERENCE_OPINION, conference, person_id=act.actor.id)
    act.session.refresh(conference, ["opinions"])
    act.record(ConferenceOpinionGiven(conference.id, said.id))
    return said


@demands(Permission.CONFERENCE_CLOSE)
def close(act: Act, conference: Conference, *, summary: str) -> Conference:
    """Close a conference with its record; the case stands as it stood (RULES 4, 6).

    Refuses:
        NotAllowed: only the head who convened it, or the chief procurator.
        WrongState: it was not convened, or is over.
        TooFewVoices: fewer members have spoken than the office asked for.

    Records:
        ConferenceClosed.
    """
    _lock(act, conference)
    state = FLOW.after(conference.state, "close")
    if len(conference.voices) < (conference.fewest or 1):
        raise TooFewVoices(fewest=conference.fewest, voices=len(conference.voices))
    conference.state, conference.summary = state, summary
    conference.ended_at, conference.ended_by = act.now, act.actor.id
    tasks.cancel(act, TaskKind.GIVE_CONFERENCE_OPINION, conference)
    count = conference.count
    act.record(
        ConferenceClosed(
            conference.id,
            agree=count[Position.AGREE],
            disagree=count[Position.DISAGREE],
            other=count[Position.OTHER],
        )
    )
    return conference


@demands(Permission.CONFERENCE_CONVENE)
def call_off(act: Act, conference: Conference, *, reason: str) -> Conference:
    """Let a conference not be held, and say why; a period that ends sooner is reason enough.

    Refuses:
        NotAllowed: only the head or the chief procurator of that procuratorate.
        WrongState: it is over, or was called off.

    Records:
        ConferenceCancelled.
    """
    _lock(act, conference)
    conference.state = FLOW.after(conference.state, "call_off")
    conference.called_off = reason
    conference.ended_at, conference.ended_by = act.now, act.actor.id
    tasks.cancel(act, TaskKind.CONVENE_CONFERENCE, conference)
    tasks.cancel(act, TaskKind.GIVE_CONFERENCE_OPINION, conference)
    act.record(ConferenceCancelled(conference.id, conference.case_id))
    return conference


@demands(Permission.CONFERENCE_DEPART)
def depart(act: Act, conference: Conference, *, reasons: str) -> Conference:
    """Say why one goes another way than most members advised; the chief hears of it.

    The advice binds nobody: the handler decides within the handler's power (RULES 4).

    Refuses:
        NotAllowed: only the prosecutor who handles the case.
        WrongState: the conference is not closed.
        NoMajority: no position had more than half of the voices.
        DepartureStated: it has been said already.

    Records:
        ConferenceDeparted.
    """
    _lock(act, conference)
    FLOW.after(conference.state, "depart")
    if conference.majority is None:
        raise NoMajority
    if conference.departed_at is not None:
        raise DepartureStated
    conference.departure = reasons
    conference.departed_at, conference.departed_by = act.now, act.actor.id
    act.record(ConferenceDeparted(conference.id, conference.case_id))
    return conference


def earliest_due(act: Act, conference: Conference) -> Deadline | None:
    """The case's period that ends first: a conference stops none of them."""
    suspects = [suspect.id for suspect in conference.case.suspects]
    running = deadlines.open_of(suspects).where(Deadline.due_on.is_not(None))
    return act.session.scalar(running.limit(1))


def allowed(act: Act, conference: Conference) -> list[str]:
    """The steps that the law gives the actor and that are open now."""
    open_steps = FLOW.open_from(conference.state)
    if conference.departed_at is not None or conference.majority is None:
        open_steps = [step for step in open_steps if step != "depart"]
    return [
        step
        for step, permission in STEPS.items()
        if step in open_steps and allows(act.actor, permission, conference)
    ]


STEPS = {
    "convene": Permission.CONFERENCE_CONVENE,
    "call_off": Permission.CONFERENCE_CONVENE,
    "opine": Permission.CONFERENCE_OPINE,
    "close": Permission.CONFERENCE_CLOSE,
    "depart": Permission.CONFERENCE_DEPART,
}
"""What a phone may offer as a button, and the power it needs."""


@dataclass(frozen=True, slots=True)
class _Day:
    """One day, as a task takes it."""

    due_on: date | None
    outer_on: date | None

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """The day in Asia/Shanghai."""
        day = moment.astimezone(SHANGHAI).date()
        return cls(day, day)


def _put(act: Act, case: Case, question: str, facts: str) -> Conference:
    conference = Conference(
        procuratorate_id=case.procuratorate_id,
        case=case,
        question=question,
        facts=facts,
        asked_at=act.now,
        asked_by=act.actor.id,
        state=ConferenceState.ASKED,
    )
    act.session.add(conference)
    act.session.flush()
    return conference


def _convene(
    act: Act,
    conference: Conference,
    form: ConferenceForm,
    held_at: datetime,
    members: Collection[tuple[int, int]],
) -> None:
    state = FLOW.after(conference.state, "convene")
    own = rules.of_office(act.session, conference.procuratorate_id)
    if form.value not in own.forms:
        raise FormNotHeld(form=form)
    if held_at < act.now:
        raise HeldTooEarly(held_at=held_at)
    wanted = dict(members)
    if len(wanted) < own.fewest:
        raise TooFewMembers(fewest=own.fewest)
    pool = {(post.person_id, post.office_id) for post in _named(act, conference.case, wanted)}
    if strangers := sorted(one[0] for one in wanted.items() if one not in pool):
        raise NotInvitable(people=strangers)
    before = {one.person_id: one for one in conference.members}
    gone = set(before) - set(wanted)
    conference.members = [
        before.get(person_id) or ConferenceMember(person_id=person_id, office_id=office_id)
        for person_id, office_id in sorted(wanted.items())
    ]
    for one in conference.members:
        one.office_id = wanted[one.person_id]
    conference.state, conference.form, conference.held_at = state, form, held_at
    conference.convened_at, conference.convened_by = act.now, act.actor.id
    conference.fewest = own.fewest
    act.session.flush()
    act.session.refresh(conference, ["members", "recusals", "opinions"])
    tasks.finish(act, TaskKind.CONVENE_CONFERENCE, conference)
    tasks.reschedule(act, TaskKind.GIVE_CONFERENCE_OPINION, conference, _Day.of(held_at))
    for person_id in sorted(gone):
        tasks.cancel_for(act, TaskKind.GIVE_CONFERENCE_OPINION, conference, person_id=person_id)
    _ask_for_opinions(act, conference, set(wanted) - set(before))
    act.record(
        ConferenceConvened(conference.id, conference.case_id, form.value, members=len(wanted))
    )


def _ask_for_opinions(act: Act, conference: Conference, new: Collection[int]) -> None:
    """By the day of the conference: when a period of the case ends is not for every member."""
    held_at = conference.held_at or act.now
    for person_id in sorted(new):
        tasks.open_for_person(
            act,
            TaskKind.GIVE_CONFERENCE_OPINION,
            conference,
            person_id=person_id,
            due=_Day.of(held_at),
        )


def _opinions_of(act: Act, conference: Conference) -> Sequence[ConferenceOpinion]:
    return act.session.scalars(
        select(ConferenceOpinion).where(
            ConferenceOpinion.conference_id == conference.id,
            ConferenceOpinion.person_id == act.actor.id,
            ConferenceOpinion.replaced_at.is_(None),
        )
    ).all()


def _pool(act: Act, case: Case) -> Select[Post]:
    own = rules.of_office(act.session, case.procuratorate_id)
    recused = select(Recusal.person_id).where(Recusal.case_id == case.id)
    pool = (
        people.posts_on(act.today)
        .join(Office, Post.office_id == Office.id)
        .where(
            Post.kind == PostKind.PROSECUTOR,
            Office.kind == OfficeKind.PROCURATORATE,
            Post.person_id.not_in(recused),
        )
    )
    if case.handler_id is not None:
        pool = pool.where(Post.person_id != case.handler_id)
    if own.reach is Reach.OWN_OFFICE:
        pool = pool.where(Post.office_id == case.procuratorate_id)
    return pool


def _named(act: Act, case: Case, wanted: Collection[int]) -> Sequence[Post]:
    return act.session.scalars(_pool(act, case).where(Post.person_id.in_(wanted))).all()


def _lock(act: Act, conference: Conference) -> None:
    """Hold the conference, so that closing and speaking take turns."""
    act.session.flush()
    act.session.refresh(conference, with_for_update={"of": Conference})
