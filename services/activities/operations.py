"""Activities: who reads them, and how one is planned."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm.attributes import flag_modified

from services import tasks
from services.activities.checks import by_field, possible, still
from services.activities.drafts import Need, Plan, Planning
from services.activities.events import ActivityPlanned, ActivityRestated
from services.activities.flow import FLOW, ActivityState
from services.activities.notice import notice_days
from services.activities.records import INVITATIONS, INVITED_STATES, Activity, ActivityNeed
from services.cases import Case
from services.cases.records import RECUSALS
from services.kernel.act import Act
from services.kernel.refusals import NotAllowed, NotFound, Unprocessable
from services.offices import Office, OfficeKind
from services.policy import Permission, PostKind, allows, demands
from services.supervisors import Supervisor
from services.tasks import TaskKind

LEADING = (PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)


class NoOrganEntered(Unprocessable):
    """No judicial-administration organ is entered for this procuratorate or one above it."""

    zh = "本院及上级院均未登记对应的司法行政机关。"


class WhoseActivityUnclear(Unprocessable):
    """Say whose activity it is: of the several you manage cases in, or the case's own."""

    zh = "请指明以哪一检察院名义开展；就案件开展的，应为办理该案的检察院。"


# --- reading --------------------------------------------------------------------------------


def visible(act: Act) -> Select[Activity]:
    """The procuratorate's, unless recused from the case; the organ's; where one is invited."""
    actor = act.actor
    recused = exists().where(
        RECUSALS.c.person_id == actor.id, RECUSALS.c.case_id == Activity.case_id
    )
    handled = or_(
        and_(Activity.case_id.is_(None), Activity.planned_by == actor.id),
        exists().where(Case.id == Activity.case_id, Case.handler_id == actor.id),
    )
    invited = exists().where(
        INVITATIONS.c.activity_id == Activity.id,
        INVITATIONS.c.state.in_(INVITED_STATES),
        INVITATIONS.c.supervisor_id == Supervisor.id,
        Supervisor.person_id == actor.id,
    )
    return select(Activity).where(
        or_(
            Activity.procuratorate_id.in_(actor.offices_as(PostKind.CASE_MANAGER)),
            and_(Activity.procuratorate_id.in_(actor.offices_as(*LEADING)), ~recused),
            and_(
                Activity.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
                handled,
                ~recused,
            ),
            and_(
                Activity.organ_id.in_(actor.offices_as(PostKind.JUSTICE_OFFICER)),
                Activity.requested_at.is_not(None),
            ),
            invited,
        )
    )


def find(act: Act, activity_id: int) -> Activity:
    """The activity, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Activity.id == activity_id))
    if found is None:
        raise NotFound
    return found


def of_case(act: Act, case: Case) -> Sequence[Activity]:
    """Every activity of a case, the oldest first; for who has found the case."""
    chosen = select(Activity).where(Activity.case_id == case.id).order_by(Activity.id)
    return act.session.scalars(chosen).all()


def reads_case(act: Act, activity: Activity) -> bool:
    """May the actor read of the case behind it, and of what the procuratorate thinks?"""
    return allows(act.actor, Permission.ACTIVITY_CASE_READ, activity)


def reads_notice(act: Act, activity: Activity) -> bool:
    """Is the actor of the organ that was told of it? (PSUP-2021 19)"""
    return allows(act.actor, Permission.ACTIVITY_CONSENT, activity)


STEPS: Mapping[str, Permission] = {
    "restate": Permission.ACTIVITY_CHANGE,
    "send": Permission.ACTIVITY_SEND,
    "consent": Permission.ACTIVITY_CONSENT,
    "refuse_short_notice": Permission.ACTIVITY_CONSENT,
    "move": Permission.ACTIVITY_CHANGE,
    "cancel": Permission.ACTIVITY_CHANGE,
    "go_without": Permission.ACTIVITY_CHANGE,
    "ask_for_fewer": Permission.ACTIVITY_SEND,
    "accept_fewer": Permission.ACTIVITY_SEND,
    "begin": Permission.ACTIVITY_HOLD,
    "end": Permission.ACTIVITY_HOLD,
}
"""What a phone may offer as a button, and the power it needs."""


def allowed(act: Act, activity: Activity) -> list[str]:
    """Every step that is open to this actor now: for the phone's buttons, not a promise."""
    shut = {"begin"} if activity.consent_awaited else {"consent", "refuse_short_notice"}
    if activity.starts_on > act.today:
        shut.add("begin")
    return [
        step
        for step in FLOW.open_from(activity.state)
        if step in STEPS and step not in shut and allows(act.actor, STEPS[step], activity)
    ]


# --- planning -------------------------------------------------------------------------------


def planning(act: Act, case: Case | None, procuratorate_id: int | None = None) -> Planning:
    """Whose activity it is to be: the case's procuratorate's, or the actor's own.

    Refuses:
        NotAllowed: no case is named, and the actor manages no cases anywhere.
        WhoseActivityUnclear: no case is named, and the actor manages cases in several places; or
            another procuratorate than the case's is named with it.
    """
    if case is not None:
        if procuratorate_id not in {None, case.procuratorate_id}:
            raise WhoseActivityUnclear
        return Planning(case.procuratorate_id, case)
    if procuratorate_id is None:
        mine = act.actor.offices_as(PostKind.CASE_MANAGER)
        if not mine:
            raise NotAllowed(permission=Permission.ACTIVITY_PLAN)
        if len(mine) > 1:
            raise WhoseActivityUnclear
        (procuratorate_id,) = mine
    return Planning(procuratorate_id)


def organ_for(act: Act, procuratorate_id: int) -> Office:
    """The organ that draws: the procuratorate's own, or that of the one above (PSUP-2021 20).

    A basic-level procuratorate without an organ of its own goes by the draw that the upper one
    coordinates (PSUP-2019 21); a district of a municipality may have its own.

    Refuses:
        NoOrganEntered: neither it nor any above it has one.
    """
    asked: int | None = procuratorate_id
    seen = set[int]()
    while asked is not None and asked not in seen:
        seen.add(asked)
        organ = act.session.scalar(
            select(Office)
            .where(
                Office.kind == OfficeKind.JUDICIAL_ADMINISTRATION,
                Office.procuratorate_id == asked,
            )
            .order_by(Office.id)
            .limit(1)
        )
        if organ is not None:
            return organ
        above = act.session.get(Office, asked)
        asked = above.superior_id if above else None
    raise NoOrganEntered(article="PSUP-2021 20", article_zh="《人民监督员选任管理办法》第二十条")


@demands(Permission.ACTIVITY_PLAN)
def plan(act: Act, whose: Planning, said: Plan) -> Activity:
    """Plan work to which people's supervisors are to come (PSUP-2019 8, 22).

    The handling prosecutor may invite on the own initiative and tells the working body first:
    case management has the request to send. No period and no decision waits for it.

    Refuses:
        NotAllowed: only the handler of the case and case management plan.
        ActivityNeedsCase: work on a case, and none is named.
        ActivityOfNoCase: a case is named for what is about none.
        GroundElsewhere: a ground of PSUP-2019 9 for another kind.
        ActivityTimeImpossible: it begins in the past, or ends before it begins.
        PlaceNotNamed: people come, and nobody knows where to.
        RemoteSupervisionNotOffered: from afar, where that is not offered.
        NeedsBeyondWanted: more of certain fields than people.
        NameInTitle: the title or the place names a suspect, or the case.
        NoOrganEntered: nobody is entered who could draw.

    Records:
        ActivityPlanned.
    """
    possible(act, said, whose.case, whose.procuratorate_id)
    organ = organ_for(act, whose.procuratorate_id)
    activity = Activity(
        procuratorate_id=whose.procuratorate_id,
        organ_id=organ.id,
        case=whose.case,
        state=ActivityState.PLANNED,
        planned_by=act.actor.id,
        planned_at=act.now,
    )
    _say(act, activity, said)
    act.session.add(activity)
    act.session.flush()
    let_send(act, activity)
    act.record(
        ActivityPlanned(
            activity.id,
            said.kind.value,
            whose.procuratorate_id,
            whose.case.id if whose.case else None,
        )
    )
    return activity


@demands(Permission.ACTIVITY_CHANGE)
def restate(act: Act, activity: Activity, said: Plan) -> Activity:
    """Say anew what it is and who is wanted, before the organ is told (PSUP-2019 20).

    Refuses:
        NotAllowed: only the handler of the case and case management.
        WrongState: the organ was told.
        Stale: somebody else changed it at the same moment.
        ActivityNeedsCase: work on a case, and it has none.
        ActivityOfNoCase: it has a case, and is to be about none.
        GroundElsewhere: a ground of PSUP-2019 9 for another kind.
        ActivityTimeImpossible: it begins in the past, or ends before it begins.
        PlaceNotNamed: people come, and nobody knows where to.
        RemoteSupervisionNotOffered: from afar, where that is not offered.
        NeedsBeyondWanted: more of certain fields than people.
        NameInTitle: the title or the place names a suspect, or the case.

    Records:
        ActivityRestated.
    """
    still(act, activity)
    activity.state = FLOW.after(activity.state, "restate")
    possible(act, said, activity.case, activity.procuratorate_id)
    _say(act, activity, said)
    flag_modified(activity, "state")
    act.session.flush()
    tasks.reschedule(
        act,
        TaskKind.SEND_SUPERVISION_REQUEST,
        activity,
        notice_days(act.session, activity.starts_on),
    )
    act.record(ActivityRestated(activity.id))
    return activity


def let_send(act: Act, activity: Activity) -> None:
    """Ask case management, the working body, to tell the organ (PSUP-2019 22, 23)."""
    tasks.open_for_pool(
        act,
        TaskKind.SEND_SUPERVISION_REQUEST,
        activity,
        office_id=activity.procuratorate_id,
        post=PostKind.CASE_MANAGER,
        due=notice_days(act.session, activity.starts_on),
    )


def count(act: Act, activity: Activity) -> None:
    """Count the days of the notice for the day on which it is now."""
    days = notice_days(act.session, activity.starts_on)
    activity.notice_by_on, activity.short_notice_by_on = days.by_on, days.short_by_on


def _say(act: Act, activity: Activity, said: Plan) -> None:
    setting = said.setting
    activity.kind, activity.ground, activity.title = said.kind, said.ground, said.title.strip()
    activity.starts_at, activity.ends_at = setting.starts_at, setting.ends_at
    activity.form, activity.place = setting.form, (setting.place or "").strip() or None
    activity.wanted = said.wanted
    need(activity, said.needs)
    count(act, activity)


def need(activity: Activity, needs: Sequence[Need]) -> None:
    """Ask for this knowledge: one row for a field."""
    wanted = by_field(needs)
    kept = {one.expertise: one for one in activity.needs}
    activity.needs = [kept.get(code) or ActivityNeed(expertise=code) for code in sorted(wanted)]
    for one in activity.needs:
        one.number = wanted[one.expertise]
