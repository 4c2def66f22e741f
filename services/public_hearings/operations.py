"""Planning a public hearing, giving notice of it, and asking people's supervisors to it."""

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from services import activities, tasks
from services.activities import (
    Activity,
    ActivityForm,
    ActivityKind,
    ActivityState,
    Need,
    NoticeStillFits,
    Plan,
    Setting,
    WithoutBecause,
)
from services.activities.records import Day
from services.assignments import operations as assignments
from services.cases import Case
from services.cases.records import RECUSALS
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.memberships import operations as memberships
from services.policy import Permission, PostKind, demands
from services.public_hearings import detection
from services.public_hearings.checks import (
    FEWEST,
    LAW,
    MOST,
    WrongNumberOfOfficers,
    day_of,
    enough,
    no_supervisor_among,
    notice_by,
    possible,
    still,
)
from services.public_hearings.drafts import PublicHearingDraft
from services.public_hearings.events import (
    PublicHearingActivityLinked,
    PublicHearingCancelled,
    PublicHearingNoticed,
    PublicHearingPlanned,
    PublicHearingRestated,
    PublicHearingWithoutSupervisorsRecorded,
)
from services.public_hearings.flow import FLOW, PublicHearingState
from services.public_hearings.records import (
    ONE_HEARING,
    HearingOfficer,
    HearingParty,
    PublicHearing,
)
from services.tasks import TaskKind

LEADING = (PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
COMING = frozenset({ActivityState.STAFFED, ActivityState.UNDER_WAY})
"""Supervisors are on their way, or there."""
GOING_ON = COMING | {ActivityState.PLANNED, ActivityState.REQUESTED, ActivityState.DRAWING}
AHEAD = GOING_ON | {ActivityState.WITHOUT}
"""An activity in one of these may be that of a hearing to come."""


class PublicHearingNoticeShort(Unprocessable):
    """Notice is given three days before; say why it comes later."""

    zh = "应当在听证三日前告知；不足三日的，应当说明理由。"


class ActivityElsewhere(Unprocessable):
    """That activity is of another case, of another kind, or over."""

    zh = "该监督活动不属于本案的公开审查、公开听证，或者已经结束、取消。"


class ActivityHasHearing(Conflict):
    """Another hearing is already linked to that activity."""

    zh = "该监督活动已关联其他听证（审查）。"


class SupervisorsComing(Conflict):
    """People's supervisors have accepted the invitation: the hearing is not held without them."""

    zh = "人民监督员已接受邀请，不能记录为不邀请。"


class ActivityLinkedAlready(Conflict):
    """Supervisors are already being asked to it through another activity; cancel that one first."""

    zh = "该听证（审查）已关联监督活动，请先取消原监督活动。"


def visible(act: Act) -> Select[PublicHearing]:
    """Every hearing of the office or the own cases, for nobody who is recused."""
    actor = act.actor
    recused = exists().where(
        RECUSALS.c.case_id == PublicHearing.case_id, RECUSALS.c.person_id == actor.id
    )
    return (
        select(PublicHearing)
        .join(Case, PublicHearing.case_id == Case.id)
        .options(joinedload(PublicHearing.case))
        .where(
            or_(
                PublicHearing.procuratorate_id.in_(actor.offices_as(PostKind.CASE_MANAGER)),
                and_(PublicHearing.procuratorate_id.in_(actor.offices_as(*LEADING)), ~recused),
                and_(
                    Case.handler_id == actor.id,
                    PublicHearing.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
                    ~recused,
                ),
            )
        )
    )


def find(act: Act, hearing_id: int) -> PublicHearing:
    """The hearing, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(PublicHearing.id == hearing_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.PUBLIC_HEARING_PLAN)
def plan(act: Act, case: Case, draft: PublicHearingDraft) -> PublicHearing:
    """Plan a public hearing or review; it counts in the handling period (HEAR-2020 20).

    It is closed unless it is said to be open; no period stops, and no decision waits for it.

    Refuses:
        NotAllowed: only the prosecutor who handles the case.
        PublicHearingTimeImpossible: it begins in the past, or ends before it begins.
        NotOfThisCase: a suspect who is not in the case.
        NotAbleToPreside: neither chief nor head there today, or recused.
        WrongNumberOfOfficers: more than seven; in a review, one or two.
        OfficerNamedTwice: the same one twice.
        OfficerTooYoung: younger than twenty-three on the day.
        MinorsHearingClosed: open, and a minor is in the case.
        OpeningNeedsReason: an arrest or custody is heard openly, and no reason is given.

    Records:
        PublicHearingPlanned.
    """
    suspects = possible(act, case, draft)
    hearing = PublicHearing(
        case=case,
        procuratorate_id=case.procuratorate_id,
        planned_by=act.actor.id,
        planned_at=act.now,
    )
    _say(hearing, draft)
    hearing.suspects = suspects
    act.session.add(hearing)
    act.session.flush()
    let_hold(act, hearing)
    act.record(
        PublicHearingPlanned(hearing.id, case.id, draft.form.value, matter=draft.matter.value)
    )
    return hearing


@demands(Permission.PUBLIC_HEARING_PREPARE)
def restate(act: Act, hearing: PublicHearing, draft: PublicHearingDraft) -> PublicHearing:
    """Say anew what is planned; at another time or place everybody is given notice anew.

    Refuses:
        NotAllowed: only the handler or case management.
        Stale: somebody else changed it.
        WrongState: it has been opened, or was cancelled.
        PublicHearingTimeImpossible: it begins in the past, or ends before it begins.
        NotOfThisCase: a suspect who is not in the case.
        NotAbleToPreside: neither chief nor head there today, or recused.
        WrongNumberOfOfficers: more than seven; in a review, one or two.
        OfficerNamedTwice: the same one twice.
        OfficerTooYoung: younger than twenty-three on the day.
        OfficerIsSupervisor: an invited supervisor is named as an officer.
        MinorsHearingClosed: open, and a minor is in the case.
        OpeningNeedsReason: an arrest or custody is heard openly, and no reason is given.

    Records:
        PublicHearingRestated.
    """
    still(act, hearing)
    state = FLOW.after(hearing.state, "restate")
    suspects = possible(act, hearing.case, draft)
    before = (hearing.starts_at, hearing.ends_at, hearing.place, hearing.remote)
    hearing.state, hearing.noticed_at, hearing.short_because = state, None, None
    _say(hearing, draft)
    hearing.suspects = suspects
    if before != (hearing.starts_at, hearing.ends_at, hearing.place, hearing.remote):
        for officer in hearing.officers:
            officer.noticed_at = None
        for party in hearing.parties:
            party.noticed_at = None
    act.session.flush()
    no_supervisor_among(act, hearing)
    let_hold(act, hearing)
    act.record(PublicHearingRestated(hearing.id, hearing.case_id))
    return hearing


@demands(Permission.PUBLIC_HEARING_PREPARE)
def give_notice(
    act: Act, hearing: PublicHearing, *, short_because: str | None = None
) -> PublicHearing:
    """Give notice to the hearing officers and parties who have none yet, three days before.

    Days are counted back from the day of the hearing, which is not counted (HEAR-2020).

    Refuses:
        NotAllowed: only the handler or case management.
        Stale: somebody else changed it.
        WrongState: it has been opened, or was cancelled.
        WrongNumberOfOfficers: a hearing with fewer than three officers, or more than seven.
        OfficerIsSupervisor: an invited supervisor is named as an officer.
        PublicHearingNoticeShort: less than three days are left, and no reason is given.

    Records:
        PublicHearingNoticed.
    """
    still(act, hearing)
    state = FLOW.after(hearing.state, "give_notice")
    if not enough(hearing, len(hearing.officers)):
        raise WrongNumberOfOfficers(fewest=FEWEST, most=MOST, **LAW)
    no_supervisor_among(act, hearing)
    short = act.today > notice_by(hearing)
    if short and not short_because:
        raise PublicHearingNoticeShort(notice_by_on=notice_by(hearing).isoformat(), **LAW)
    hearing.state, hearing.noticed_at = state, act.now
    hearing.short_because = short_because if short else hearing.short_because
    officers = [one for one in hearing.officers if one.noticed_at is None]
    parties = [one for one in hearing.parties if one.noticed_at is None]
    for officer in officers:
        officer.noticed_at = act.now
    for party in parties:
        party.noticed_at = act.now
    act.record(
        PublicHearingNoticed(
            hearing.id,
            hearing.case_id,
            officers=len(officers),
            parties=len(parties),
            short=short,
        )
    )
    return hearing


@demands(Permission.PUBLIC_HEARING_PREPARE)
def link(act: Act, hearing: PublicHearing, activity: Activity) -> PublicHearing:
    """Ask people's supervisors to it, through an activity of the same case (PSUP-2019 9).

    Refuses:
        NotAllowed: only the handler or case management.
        Stale: somebody else changed it.
        WrongState: it has been opened, or was cancelled.
        ActivityLinkedAlready: another activity is linked and goes on.
        ActivityElsewhere: of another case or kind, over or cancelled.
        ActivityHasHearing: another hearing is linked to it.
        OfficerIsSupervisor: an invited supervisor is named as an officer.

    Records:
        PublicHearingActivityLinked.
    """
    still(act, hearing)
    FLOW.after(hearing.state, "link")
    _nothing_linked(hearing, activity)
    fits = activity.case_id == hearing.case_id and activity.kind is ActivityKind.PUBLIC_REVIEW
    if not fits or activity.state not in AHEAD:
        raise ActivityElsewhere(state=activity.state)
    with act.unless(ONE_HEARING, ActivityHasHearing()):
        hearing.activity = activity
        hearing.without_because = hearing.without_words = None
        act.session.flush()
    no_supervisor_among(act, hearing)
    ground = hearing.ground
    act.record(
        PublicHearingActivityLinked(
            hearing.id, activity_id=activity.id, ground=None if ground is None else ground.value
        )
    )
    return hearing


@demands(Permission.PUBLIC_HEARING_PREPARE)
def plan_activity(  # noqa: PLR0913  # each by its name
    act: Act,
    hearing: PublicHearing,
    *,
    title: str,
    wanted: int,
    form: ActivityForm = ActivityForm.PRESENT,
    needs: tuple[Need, ...] = (),
) -> PublicHearing:
    """Plan the activity through which people's supervisors are asked to it (PSUP-2019 9, 22).

    It has the hearing's time and place, and the ground that the article names.

    Refuses:
        NotAllowed: only the handler or case management.
        Stale: somebody else changed it.
        WrongState: it has been opened, or was cancelled.
        ActivityLinkedAlready: another activity is linked and goes on.
        ActivityTimeImpossible: its time is over.
        RemoteSupervisionNotOffered: from afar, where that is not offered.
        NeedsBeyondWanted: more of certain fields than people.
        NameInTitle: the title or the place names a suspect, or the case.
        NoOrganEntered: nobody is entered who could draw.

    Records:
        ActivityPlanned, PublicHearingActivityLinked.
    """
    FLOW.after(hearing.state, "link")
    _nothing_linked(hearing, None)
    activity = activities.plan(
        act,
        activities.planning(act, hearing.case),
        Plan(
            kind=ActivityKind.PUBLIC_REVIEW,
            title=title,
            setting=Setting(hearing.starts_at, hearing.ends_at, form, hearing.place),
            wanted=wanted,
            ground=hearing.ground,
            needs=needs,
        ),
    )
    return link(act, hearing, activity)


@demands(Permission.PUBLIC_HEARING_PREPARE)
def go_without(
    act: Act, hearing: PublicHearing, *, because: WithoutBecause, words: str
) -> PublicHearing:
    """Record why it is held without people's supervisors: custody and review come first.

    That there is no time is said only where the calendar says so (PSUP-2021 19).

    Refuses:
        NotAllowed: only the handler or case management.
        Stale: somebody else changed it.
        WrongState: it has been opened, or was cancelled.
        SupervisorsComing: supervisors have accepted.
        NoticeStillFits: no time is given as the reason, and three working days are left.

    Records:
        PublicHearingWithoutSupervisorsRecorded.
    """
    still(act, hearing)
    FLOW.after(hearing.state, "go_without")
    if hearing.activity is not None and hearing.activity.state in COMING:
        raise SupervisorsComing(activity_id=hearing.activity_id)
    room = detection.room(act, [suspect.id for suspect in hearing.suspects])
    if because is WithoutBecause.NO_TIME_FOR_NOTICE and because not in room.offered:
        raise NoticeStillFits(
            earliest_on=room.earliest.on.isoformat(),
            earliest_short_on=room.earliest.short_on.isoformat(),
            article="PSUP-2021 19",
            article_zh="《人民监督员选任管理办法》第十九条",
        )
    hearing.without_because, hearing.without_words = because, words
    act.record(PublicHearingWithoutSupervisorsRecorded(hearing.id, because.value))
    return hearing


@demands(Permission.PUBLIC_HEARING_PREPARE)
def cancel(act: Act, hearing: PublicHearing, *, reason: str) -> PublicHearing:
    """Let it not be held, or break it off, and say why; a period that ends is reason enough.

    The activity of the supervisors is called off by its own step.

    Refuses:
        NotAllowed: only the handler or case management.
        Stale: somebody else changed it.
        WrongState: it is over, or was cancelled before.

    Records:
        PublicHearingCancelled.
    """
    still(act, hearing)
    hearing.state = FLOW.after(hearing.state, "cancel")
    hearing.cancelled_because = reason
    tasks.cancel(act, TaskKind.HOLD_PUBLIC_HEARING, hearing)
    act.record(PublicHearingCancelled(hearing.id, hearing.case_id))
    return hearing


def let_hold(act: Act, hearing: PublicHearing) -> None:
    """The task to hold it lies with whoever handles the case and whoever presides now."""
    day = Day(day_of(hearing))
    over = hearing.state is PublicHearingState.CONCLUDED
    holding = (hearing.handler_id,) if over else (hearing.handler_id, hearing.chair_id)
    wanted = {one for one in holding if one is not None}
    open_ = tasks.open_about(act, TaskKind.HOLD_PUBLIC_HEARING, hearing)
    for task in open_:
        if task.person_id not in wanted:
            tasks.withdraw(act, task)
    have = {task.person_id for task in open_}
    tasks.reschedule(act, TaskKind.HOLD_PUBLIC_HEARING, hearing, day)
    for person_id in sorted(wanted - have):
        tasks.open_for_person(
            act,
            TaskKind.HOLD_PUBLIC_HEARING,
            hearing,
            person_id=person_id,
            due=day,
        )


def handler_changed(act: Act, case: Case) -> None:
    """Whoever handles the case now holds its hearings, and presides where nobody was named."""
    unfinished = select(PublicHearing).where(
        PublicHearing.case_id == case.id,
        PublicHearing.state != PublicHearingState.CANCELLED,
        PublicHearing.announced_at.is_(None),
    )
    for hearing in act.session.scalars(unfinished.order_by(PublicHearing.id)):
        let_hold(act, hearing)


def went_over(act: Act, case: Case, into: Case) -> None:
    """The case was merged into another: its hearings, held or to come, are of that one."""
    its = select(PublicHearing).where(PublicHearing.case_id == case.id)
    for hearing in act.session.scalars(its.order_by(PublicHearing.id)):
        hearing.case = into
    act.session.flush()
    handler_changed(act, into)


assignments.FOLLOWERS.append(handler_changed)
memberships.FOLLOWERS.append(went_over)


def _nothing_linked(hearing: PublicHearing, activity: Activity | None) -> None:
    now = hearing.activity
    if now is not None and now is not activity and now.state in GOING_ON:
        raise ActivityLinkedAlready(activity_id=now.id)


def _say(hearing: PublicHearing, draft: PublicHearingDraft) -> None:
    for name in _SAID:
        setattr(hearing, name, getattr(draft, name))
    hearing.agenda = list(draft.agenda)
    hearing.open_because = draft.open_because if draft.open_to_public else None
    officers = {(one.name, one.born_on): one for one in hearing.officers}
    hearing.officers = [
        officers.get((one.name, one.born_on)) or HearingOfficer(name=one.name, born_on=one.born_on)
        for one in draft.officers
    ]
    for officer, said in zip(hearing.officers, draft.officers, strict=True):
        officer.occupation = said.occupation
    parties = {(one.kind, one.name): one for one in hearing.parties}
    hearing.parties = [
        parties.get((one.kind, one.name)) or HearingParty(kind=one.kind, name=one.name)
        for one in dict.fromkeys(draft.parties)
    ]


_SAID = (
    "form",
    "matter",
    "major_influence",
    "starts_at",
    "ends_at",
    "place",
    "remote",
    "open_to_public",
    "chaired_by",
    "intention",
)
