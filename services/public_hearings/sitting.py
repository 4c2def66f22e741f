"""Holding a public hearing: who is there, what is said, what the hearing officers think."""

from collections.abc import Collection, Mapping

from services import activities, tasks
from services.activities import ActivityState, InviteGround
from services.activities.grounds import WORDS
from services.kernel.act import Act
from services.kernel.refusals import Conflict, Unprocessable
from services.policy import Permission, allows, demands
from services.public_hearings import detection
from services.public_hearings.checks import (
    FEWEST,
    LAW,
    day_of,
    enough,
    no_supervisor_among,
    still,
    strangers,
    touched,
)
from services.public_hearings.events import (
    PublicHearingConcluded,
    PublicHearingOpened,
    PublicHearingOpinionsRecorded,
    PublicHearingQuestionsClosed,
    PublicHearingStatementRecorded,
)
from services.public_hearings.flow import (
    FLOW,
    OfficerPosition,
    Speaker,
    StatementKind,
)
from services.public_hearings.records import HearingStatement, PublicHearing
from services.tasks import TaskKind

INVITED = frozenset({ActivityState.STAFFED, ActivityState.UNDER_WAY, ActivityState.WITHOUT})
"""The supervisors have accepted or are there, or why there are none is on record."""


class SupervisorsNotInvited(Conflict):
    """People's supervisors shall be invited to this: invite them, or record why not."""

    zh = "依规定应当邀请人民监督员参加；请先邀请，或者记录不邀请的理由。"


class SupervisorsOnAnotherDay(Conflict):
    """The supervisors are invited for another day: move the one or the other, or go on without."""

    zh = "人民监督员受邀的日期与听证（审查）日期不一致；请改定其一，或者记明理由后不邀请。"


class PublicHearingAhead(Conflict):
    """It is opened on its day, and that is still to come."""

    zh = "尚未到听证（审查）的日期。"


class TooFewOfficers(Conflict):
    """Fewer than three hearing officers are present."""

    zh = "到场听证员不足三人，不能开始听证。"


class NotOfTheHearing(Unprocessable):
    """Somebody is named who is no hearing officer or party of this hearing."""

    zh = "所列人员不是本次听证（审查）的听证员或者参加人。"


class NotPresent(Unprocessable):
    """Only who is present speaks, and what a speaker is goes with who it is."""

    zh = "发言人未到场，或者发言人身份与所列人员不符。"


class OfficerOpinionsMissing(Conflict):
    """Every hearing officer who is present gives an opinion before it is concluded."""

    zh = "到场听证员尚未全部发表意见。"


class SignaturesMissing(Unprocessable):
    """Every hearing officer present signs the record, or why not is noted."""

    zh = "到场听证员应当核对并签署笔录；未签署的，应当注明原因。"


@demands(Permission.PUBLIC_HEARING_HOLD)
def open_(
    act: Act, hearing: PublicHearing, *, officers: Collection[int], parties: Collection[int]
) -> PublicHearing:
    """Open it with those who are present; the activity of the supervisors begins with it.

    Where PSUP-2019 9 asks for people's supervisors, they are invited or why not is on record. That
    holds for the hearing, and never for a decision on the case. Where the handler does not open
    it, the handler begins the activity.

    Refuses:
        NotAllowed: only whoever presides, or the handler.
        Stale: somebody else changed it.
        WrongState: no notice was given, or it has been opened or cancelled.
        PublicHearingAhead: its day is still to come.
        SupervisorsNotInvited: the article asks for them, and nothing is on record.
        SupervisorsOnAnotherDay: they have accepted to come on another day.
        OfficerIsSupervisor: an invited supervisor sits there as an officer.
        NotOfTheHearing: somebody present is neither officer nor party of it.
        TooFewOfficers: fewer than three hearing officers are there.
        ConsentMissing: the activity was moved too near, and the organ has not consented.

    Records:
        PublicHearingOpened, ActivityStarted.
    """
    still(act, hearing)
    state = FLOW.after(hearing.state, "open")
    if act.today < day_of(hearing):
        raise PublicHearingAhead(on=day_of(hearing).isoformat())
    _supervisors_invited(act, hearing)
    no_supervisor_among(act, hearing, officers)
    unknown = strangers(officers, hearing.officers) + strangers(parties, hearing.parties)
    if unknown:
        raise NotOfTheHearing(ids=unknown)
    if not enough(hearing, len(set(officers))):
        raise TooFewOfficers(fewest=FEWEST, present=len(set(officers)), **LAW)
    hearing.state, hearing.opened_at, hearing.opened_by = state, act.now, act.actor.id
    for officer in hearing.officers:
        officer.attended = officer.id in officers
    for party in hearing.parties:
        party.attended = party.id in parties
    activity = hearing.activity
    if activity is not None and activity.state is ActivityState.STAFFED:
        _begin(act, activity)
    act.record(
        PublicHearingOpened(
            hearing.id,
            hearing.case_id,
            officers=len(set(officers)),
            activity_id=hearing.activity_id,
        )
    )
    return hearing


@demands(Permission.PUBLIC_HEARING_HOLD)
def say(  # noqa: PLR0913  # each by its name
    act: Act,
    hearing: PublicHearing,
    *,
    kind: StatementKind,
    speaker: Speaker,
    words: str,
    officer_id: int | None = None,
    party_id: int | None = None,
) -> HearingStatement:
    """Write down what somebody said or asked, in order; it is never rewritten (HEAR-2020 18).

    Refuses:
        NotAllowed: only whoever presides, or the handler.
        WrongState: it is not open.
        NotPresent: the speaker is not there, or is not who is named.

    Records:
        PublicHearingStatementRecorded.
    """
    act.session.flush()
    act.session.refresh(hearing, ["version", "state"], with_for_update=True)
    FLOW.after(hearing.state, "say")
    present = {
        Speaker.OFFICER: {one.id for one in hearing.officers if one.attended},
        Speaker.PARTY: {one.id for one in hearing.parties if one.attended},
    }
    named = {Speaker.OFFICER: officer_id, Speaker.PARTY: party_id}
    for role, found in named.items():
        if (role is speaker) != (found is not None) or (found and found not in present[role]):
            raise NotPresent
    own = {Speaker.CHAIR: hearing.chair_id, Speaker.HANDLER: hearing.handler_id}
    said = HearingStatement(
        hearing_id=hearing.id,
        kind=kind,
        speaker=speaker,
        officer_id=officer_id,
        party_id=party_id,
        person_id=own.get(speaker),
        words=words,
        said_at=act.now,
        written_by=act.actor.id,
    )
    act.session.add(said)
    act.session.flush()
    act.session.expire(hearing, ["statements"])
    act.record(PublicHearingStatementRecorded(hearing.id, said.id))
    return said


@demands(Permission.PUBLIC_HEARING_HOLD)
def deliberate(act: Act, hearing: PublicHearing) -> PublicHearing:
    """Close the questions: the hearing officers deliberate among themselves.

    Refuses:
        NotAllowed: only whoever presides, or the handler.
        Stale: somebody else changed it.
        WrongState: it is not open.

    Records:
        PublicHearingQuestionsClosed.
    """
    still(act, hearing)
    hearing.state = FLOW.after(hearing.state, "deliberate")
    hearing.deliberated_at = act.now
    act.record(PublicHearingQuestionsClosed(hearing.id, hearing.case_id))
    return hearing


@demands(Permission.PUBLIC_HEARING_HOLD)
def vote(
    act: Act, hearing: PublicHearing, *, opinions: Mapping[int, tuple[OfficerPosition, str]]
) -> PublicHearing:
    """Record what each hearing officer thinks; until the end it may be put right.

    The opinions of people's supervisors are their own, and are taken elsewhere.

    Refuses:
        NotAllowed: only whoever presides, or the handler.
        Stale: somebody else changed it.
        WrongState: the officers do not deliberate.
        NotOfTheHearing: an opinion of somebody who is no officer present.

    Records:
        PublicHearingOpinionsRecorded.
    """
    still(act, hearing)
    FLOW.after(hearing.state, "vote")
    if unknown := strangers(opinions, hearing.voices):
        raise NotOfTheHearing(ids=unknown)
    for officer in hearing.voices:
        if officer.id in opinions:
            officer.position, officer.opinion = opinions[officer.id]
            officer.opined_at = act.now
    touched(hearing)
    count = hearing.count
    act.record(
        PublicHearingOpinionsRecorded(
            hearing.id,
            agree=count[OfficerPosition.AGREE],
            disagree=count[OfficerPosition.DISAGREE],
            other=count[OfficerPosition.OTHER],
        )
    )
    return hearing


@demands(Permission.PUBLIC_HEARING_HOLD)
def conclude(  # noqa: PLR0913  # each by its name
    act: Act,
    hearing: PublicHearing,
    *,
    record: str,
    signed: Collection[int],
    unsigned: Mapping[int, str],
    majority_opinion: str | None = None,
    minority_opinion: str | None = None,
) -> PublicHearing:
    """Conclude it with its record, read and signed (HEAR-2020 18); the activity ends with it.

    Whoever concludes confirms the record. What the handler makes of it is said afterwards.

    Refuses:
        NotAllowed: only whoever presides, or the handler.
        Stale: somebody else changed it.
        WrongState: the officers have not deliberated.
        OfficerOpinionsMissing: an officer present has given no opinion.
        NotOfTheHearing: somebody signs who is no officer present.
        SignaturesMissing: an officer present has neither signed nor is it said why.

    Records:
        PublicHearingConcluded, ActivityEnded.
    """
    still(act, hearing)
    state = FLOW.after(hearing.state, "conclude")
    silent = [one.id for one in hearing.voices if one.position is None]
    if silent:
        raise OfficerOpinionsMissing(officers=silent)
    if unknown := strangers((*signed, *unsigned), hearing.voices):
        raise NotOfTheHearing(ids=unknown)
    if {one.id for one in hearing.voices} - set(signed) != set(unsigned):
        raise SignaturesMissing
    hearing.state, hearing.record = state, record
    hearing.majority_opinion, hearing.minority_opinion = majority_opinion, minority_opinion
    hearing.concluded_at, hearing.concluded_by = act.now, act.actor.id
    for officer in hearing.voices:
        officer.signed_at = act.now if officer.id in signed else None
        officer.unsigned_because = unsigned.get(officer.id)
    activity = hearing.activity
    if activity is not None and activity.state is ActivityState.UNDER_WAY:
        _end(act, activity)
    chair = hearing.chair_id
    if chair is not None and chair != hearing.handler_id:
        tasks.finish_for(act, TaskKind.HOLD_PUBLIC_HEARING, hearing, person_id=chair)
    majority = hearing.majority
    act.record(
        PublicHearingConcluded(
            hearing.id, hearing.case_id, majority=None if majority is None else majority.value
        )
    )
    return hearing


def lacking(hearing: PublicHearing) -> InviteGround | None:
    """The ground for which supervisors shall be invited, and neither are nor is it said why not."""
    said = hearing.without_because is not None
    invited = hearing.activity is not None and hearing.activity.state in INVITED
    return None if said or invited else hearing.ground


def _supervisors_invited(act: Act, hearing: PublicHearing) -> None:
    activity = hearing.activity
    coming = activity is not None and activity.state is ActivityState.STAFFED
    if activity is not None and coming and activity.starts_on != day_of(hearing):
        raise SupervisorsOnAnotherDay(
            activity_id=activity.id,
            activity_on=activity.starts_on.isoformat(),
            hearing_on=day_of(hearing).isoformat(),
        )
    ground = lacking(hearing)
    if ground is None:
        return
    words = WORDS[ground]
    room = detection.room(act, [suspect.id for suspect in hearing.suspects])
    raise SupervisorsNotInvited(
        ground=ground.value,
        why={"zh": words.zh, "en": words.en},
        article=words.article,
        article_zh=words.article_zh,
        offered=[one.value for one in room.offered],
    )


def _begin(act: Act, activity: activities.Activity) -> None:
    if allows(act.actor, Permission.ACTIVITY_HOLD, activity):
        activities.begin(act, activity)


def _end(act: Act, activity: activities.Activity) -> None:
    if allows(act.actor, Permission.ACTIVITY_HOLD, activity):
        activities.end(act, activity)
