"""The counting: few statements, each grouped by the database; no row of a person but the pool's."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    and_,
    func,
    literal,
    or_,
    select,
    union_all,
)

from services import deadlines
from services.activities import Activity, ActivityState
from services.activities.grounds import PublicForm, PublicWork, must_invite
from services.draws import Draw, DrawChange, SeatChange
from services.invitations import Attending, Invitation, InvitationState
from services.kernel.act import Act
from services.participation.numbers import (
    ActivityNumbers,
    DrawNumbers,
    GroundNumbers,
    InvitationNumbers,
    LateNumbers,
    LeadTime,
    MonthNumbers,
    Numbers,
    OfficeNumbers,
    OpinionNumbers,
)
from services.participation.periods import Span
from services.participation.scopes import OfficeScope, Scope
from services.participation.spread import Lasting, Spread, WorkingDays, lasting, share, spread
from services.policy import Permission, demands
from services.public_hearings import PublicHearing
from services.supervision_opinions import (
    Adoption,
    PerformanceReport,
    SupervisionOpinion,
    SupervisionOpinionState,
    SupervisionRuling,
)
from services.supervisors import Supervisor, SupervisorState

HELD = frozenset({ActivityState.UNDER_WAY, ActivityState.ENDED, ActivityState.CLOSED})
AHEAD = frozenset(
    {
        ActivityState.PLANNED,
        ActivityState.REQUESTED,
        ActivityState.DRAWING,
        ActivityState.STAFFED,
    }
)
REPORT_DAYS = 3
"""Working days for the report of performance (PSUP-2021 22)."""
UNREPORTED = "unreported"
_ZONE = "Asia/Shanghai"


@demands(Permission.PARTICIPATION_READ)
def count_of(act: Act, scope: Scope, span: Span) -> Numbers:
    """Count what became of supervision in that time: participation, evenness, adoption, times.

    Refuses:
        NotAllowed: only the organ its own, and case management and the chief their procuratorate's.

    Records:
        Nothing: it is read.
    """
    return count(act, scope, span)


def count(act: Act, scope: Scope, span: Span) -> Numbers:
    """The same, inside an operation that has asked."""
    activities = _activities(act, scope, span)
    invited = _invitations(act, scope, span)
    times = _times(act, scope, span)
    drawn, attended = _evenness(act, scope, span)
    draws, invitations = _draws(act, scope, span), _became(invited)
    opinions, receipts_lapsed = _opinions(act, scope, span)
    return Numbers(
        activities=_ended_as(activities, _hearings(act, scope, span), scope),
        invitations=invitations,
        opinions=opinions,
        lead_times={one.value: _lasted(times, one) for one in LeadTime},
        late=LateNumbers(
            short_notices=sum(one.number for one in activities if one.short),
            performance_reports=_late_reports(times),
            invitations_lapsed=invitations.lapsed,
            receipts_lapsed=receipts_lapsed,
        ),
        draws=draws,
        drawn=drawn,
        attended=attended,
        months=_months(activities, invited),
        offices=_offices(activities, invited),
    )


@dataclass(frozen=True, slots=True)
class _Group:
    """So many activities that are alike."""

    procuratorate_id: int
    month: str
    kind: Any
    ground: Any
    state: ActivityState
    because: Any
    short: bool
    number: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """So many invitations that are alike."""

    procuratorate_id: int
    month: str
    state: InvitationState
    attending: Attending | None
    number: int


@dataclass(frozen=True, slots=True)
class _Took:
    """So many times something took from one day to another."""

    what: str
    from_on: date
    until_on: date
    days: int
    number: int


def _of(scope: Scope, span: Span) -> list[ColumnElement[bool]]:
    begins = (Activity.starts_at >= span.starts_at, Activity.starts_at < span.ends_at)
    return [*scope.activities(), *begins]


def _day(moment: Any) -> ColumnElement[date]:
    return func.timezone(_ZONE, moment).cast(Date)


def _month() -> ColumnElement[str]:
    return func.to_char(func.timezone(_ZONE, Activity.starts_at), "YYYY-MM")


def _activities(act: Act, scope: Scope, span: Span) -> list[_Group]:
    short = and_(
        Activity.requested_at.is_not(None), _day(Activity.requested_at) > Activity.notice_by_on
    )
    alike = (
        Activity.procuratorate_id,
        _month().label("month"),
        Activity.kind,
        Activity.ground,
        Activity.state,
        Activity.without_because,
        func.coalesce(short, False).label("short"),
    )
    # What is computed with a parameter can be grouped by its label only.
    chosen = (
        select(*alike, func.count())
        .where(*_of(scope, span))
        .group_by(Activity.procuratorate_id, "month", *alike[2:6], "short")
    )
    return [_Group(*row) for row in act.session.execute(chosen)]


def _invitations(act: Act, scope: Scope, span: Span) -> list[_Asked]:
    chosen = (
        select(
            Activity.procuratorate_id,
            _month().label("month"),
            Invitation.state,
            Invitation.attending,
            func.count(),
        )
        .join(Activity, Invitation.activity_id == Activity.id)
        .where(*_of(scope, span))
        .group_by(Activity.procuratorate_id, "month", Invitation.state, Invitation.attending)
    )
    return [_Asked(*row) for row in act.session.execute(chosen)]


def _hearings(act: Act, scope: Scope, span: Span) -> Mapping[str, GroundNumbers]:
    """Hearings opened on a ground of PSUP-2019 9 that no activity has: they are counted by it."""
    if not isinstance(scope, OfficeScope):
        return {}
    chosen = (
        select(
            PublicHearing.form,
            PublicHearing.matter,
            PublicHearing.major_influence,
            Activity.state,
            func.count(),
        )
        .outerjoin(Activity, PublicHearing.activity_id == Activity.id)
        .where(
            PublicHearing.procuratorate_id == scope.procuratorate_id,
            PublicHearing.opened_at >= span.starts_at,
            PublicHearing.opened_at < span.ends_at,
            or_(Activity.id.is_(None), Activity.ground.is_(None), _cancelled()),
            *([] if scope.drawn_by_id is None else [_drawn_by(scope.drawn_by_id)]),
        )
        .group_by(
            PublicHearing.form, PublicHearing.matter, PublicHearing.major_influence, Activity.state
        )
    )
    met: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for form, matter, influence, state, number in act.session.execute(chosen):
        work = PublicWork(PublicForm(form.value), matter, major_influence=influence)
        if (ground := must_invite(work)) is not None:
            (met if state in HELD else missed)[ground.value] += number
    return {
        one: GroundNumbers(met=met[one], missed=missed[one], ahead=0) for one in met.keys() | missed
    }


def _cancelled() -> ColumnElement[bool]:
    return Activity.state == ActivityState.CANCELLED


def _drawn_by(organ_id: int) -> ColumnElement[bool]:
    """A hearing without an activity was nobody's to draw for: every organ is told of it."""
    return or_(Activity.id.is_(None), Activity.organ_id == organ_id)


def _ended_as(
    groups: Sequence[_Group], hearings: Mapping[str, GroundNumbers], scope: Scope
) -> ActivityNumbers:
    kinds, because = Counter[str](), Counter[str]()
    for one in groups:
        kinds[one.kind.value] += one.number
        if one.because is not None:
            because[one.because.value] += one.number
    grounds = {
        **hearings,
        **{
            ground: _ground([one for one in groups if _code(one) == ground], hearings.get(ground))
            for ground in sorted({_code(one) for one in groups if one.ground is not None})
        },
    }
    return ActivityNumbers(
        total=sum(one.number for one in groups),
        held=_in(groups, HELD),
        cancelled=_in(groups, {ActivityState.CANCELLED}),
        without=_in(groups, {ActivityState.WITHOUT}),
        ahead=_in(groups, AHEAD),
        by_kind=dict(sorted(kinds.items())),
        by_ground=dict(sorted(grounds.items())) if scope.tells_grounds else {},
        without_because=dict(sorted(because.items())) if scope.tells_grounds else {},
    )


def _code(one: _Group) -> str:
    return "" if one.ground is None else str(one.ground.value)


def _ground(groups: Sequence[_Group], hearings: GroundNumbers | None) -> GroundNumbers:
    beside = hearings or GroundNumbers(met=0, missed=0, ahead=0)
    return GroundNumbers(
        met=_in(groups, HELD) + beside.met,
        missed=_in(groups, {ActivityState.WITHOUT}) + beside.missed,
        ahead=_in(groups, AHEAD) + beside.ahead,
    )


def _in(groups: Iterable[_Group], states: Collection[ActivityState]) -> int:
    return sum(one.number for one in groups if one.state in states)


def _became(invited: Sequence[_Asked]) -> InvitationNumbers:
    by, ways = Counter[InvitationState](), Counter[Attending | None]()
    for one in invited:
        by[one.state] += one.number
        if one.state is InvitationState.ATTENDED:
            ways[one.attending] += one.number
    attended, absent = by[InvitationState.ATTENDED], by[InvitationState.ABSENT]
    return InvitationNumbers(
        invited=sum(by.values()),
        waiting=by[InvitationState.INVITED],
        accepted=by[InvitationState.ACCEPTED] + attended + absent,
        declined=by[InvitationState.DECLINED],
        lapsed=by[InvitationState.LAPSED],
        recused=by[InvitationState.RECUSED],
        released=by[InvitationState.RELEASED],
        attended=attended,
        absent=absent,
        present=ways[Attending.PRESENT],
        remote=ways[Attending.REMOTE],
    )


def _opinions(act: Act, scope: Scope, span: Span) -> tuple[OpinionNumbers, int]:
    """What became of the opinions, and of how many answers silence is on record."""
    one = SupervisionOpinion
    belongs = func.coalesce(Activity.starts_at, one.submitted_at)
    objected = one.objected_at.is_not(None).label("objected")
    chosen = (
        select(one.adoption, one.ruling, objected, one.state, func.count())
        .outerjoin(Activity, one.activity_id == Activity.id)
        .where(
            *scope.opinions(),
            one.unsealed_at.is_not(None),
            belongs >= span.starts_at,
            belongs < span.ends_at,
        )
        .group_by(one.adoption, one.ruling, objected, one.state)
    )
    ends: Counter[Adoption | None] = Counter()
    rulings: Counter[SupervisionRuling | None] = Counter()
    lapsed = 0
    for adoption, ruling, was_objected, state, number in act.session.execute(chosen):
        overruled = ruling is SupervisionRuling.ADOPTED
        ends[Adoption.ADOPTED if overruled else adoption] += number
        rulings[ruling] += number if was_objected else 0
        lapsed += number if state is SupervisionOpinionState.UNRECEIPTED else 0
    answered = sum(ends[each] for each in Adoption)
    taken = ends[Adoption.ADOPTED] + ends[Adoption.PARTLY_ADOPTED]
    return (
        OpinionNumbers(
            given=sum(ends.values()),
            waiting=ends[None],
            adopted=ends[Adoption.ADOPTED],
            partly_adopted=ends[Adoption.PARTLY_ADOPTED],
            not_adopted=ends[Adoption.NOT_ADOPTED],
            adoption_rate=share(taken, answered),
            objections=sum(rulings.values()),
            granted=rulings[SupervisionRuling.ADOPTED],
            upheld=rulings[SupervisionRuling.UPHELD],
            undecided=rulings[None],
        ),
        lapsed,
    )


def _times(act: Act, scope: Scope, span: Span) -> list[_Took]:
    """Every pair of days between which something lay, in one statement, and the days it took."""
    parts = union_all(*(_pairs(*one) for one in _intervals(act, scope, span)))
    rows = act.session.execute(parts).all()
    calendar = deadlines.calendar_of(act.session)
    counted = WorkingDays((day for row in rows for day in (row[1], row[2])), calendar)
    return [
        _Took(
            what,
            from_on,
            until_on,
            (counted.before if what == LeadTime.NOTICE.value else counted.after)(from_on, until_on),
            number,
        )
        for what, from_on, until_on, number in rows
    ]


def _intervals(
    act: Act, scope: Scope, span: Span
) -> list[tuple[str, Any, Any, Any, list[ColumnElement[bool]]]]:
    """What, from when, until when, of which rows."""
    within = _of(scope, span)
    opinion, report = SupervisionOpinion, PerformanceReport
    belongs = func.coalesce(Activity.starts_at, opinion.submitted_at)
    opinions = [*scope.opinions(), belongs >= span.starts_at, belongs < span.ends_at]
    own = select(Activity)
    invited = select(Invitation).join(Activity, Invitation.activity_id == Activity.id)
    given = select(opinion).outerjoin(Activity, opinion.activity_id == Activity.id)
    told = own.outerjoin(report, report.activity_id == Activity.id)
    confirmed = func.coalesce(opinion.receipted_at, opinion.objected_at)
    going_on = Activity.state.not_in([ActivityState.CANCELLED, ActivityState.WITHOUT])
    return [
        (
            LeadTime.NOTICE.value,
            Activity.requested_at,
            Activity.starts_at,
            own,
            [*within, going_on],
        ),
        (
            LeadTime.INVITATION_ANSWER.value,
            Invitation.invited_at,
            Invitation.answered_at,
            invited,
            within,
        ),
        (
            LeadTime.OPINION_ANSWER.value,
            opinion.unsealed_at,
            opinion.answered_at,
            given,
            opinions,
        ),
        (LeadTime.RECEIPT.value, opinion.answered_at, confirmed, given, opinions),
        (
            LeadTime.PERFORMANCE_REPORT.value,
            Activity.ended_at,
            report.reported_at,
            told,
            within,
        ),
        (
            UNREPORTED,
            Activity.ended_at,
            literal(act.now),
            told,
            [*within, report.id.is_(None)],
        ),
    ]


def _pairs(
    what: str, since: Any, until: Any, rows: Select[Any], within: list[ColumnElement[bool]]
) -> Select[Any]:
    pairs = (
        rows.with_only_columns(
            _day(since).label("from_on"),
            _day(until).label("until_on"),
            maintain_column_froms=True,
        )
        .where(since.is_not(None), until.is_not(None), *within)
        .subquery()
    )
    alike = (pairs.c.from_on, pairs.c.until_on)
    return select(literal(what, String), *alike, func.count()).group_by(*alike)


def _lasted(times: Iterable[_Took], what: LeadTime) -> Lasting:
    found: Counter[int] = Counter()
    for one in times:
        if one.what == what.value:
            found[one.days] += one.number
    return lasting(found)


def _late_reports(times: Iterable[_Took]) -> int:
    about = {LeadTime.PERFORMANCE_REPORT.value, UNREPORTED}
    return sum(one.number for one in times if one.what in about and one.days > REPORT_DAYS)


def _draws(act: Act, scope: Scope, span: Span) -> DrawNumbers:
    """A seat that somebody took later than the draw itself was held was drawn again."""
    change = DrawChange
    again = and_(change.kind == SeatChange.DRAWN, change.happened_at > Draw.held_at)
    chosen = (
        select(
            func.count(Draw.id.distinct()),
            func.count(change.id).filter(again),
            func.count(change.id).filter(change.kind == SeatChange.UNFILLED),
        )
        .select_from(Draw)
        .join(Activity, Draw.activity_id == Activity.id)
        .outerjoin(change, change.draw_id == Draw.id)
        .where(*_of(scope, span), Draw.held_at.is_not(None))
    )
    held, redrawn, unfilled = act.session.execute(chosen).one()
    return DrawNumbers(held=held, redrawn=redrawn, unfilled=unfilled)


def _evenness(act: Act, scope: Scope, span: Span) -> tuple[Spread, Spread]:
    """Over everybody who served at some time of it, drawn or not."""
    asked = (
        select(
            Invitation.supervisor_id,
            func.count().label("drawn"),
            func.count().filter(Invitation.state == InvitationState.ATTENDED).label("attended"),
        )
        .join(Activity, Invitation.activity_id == Activity.id)
        .where(*_of(scope, span))
        .group_by(Invitation.supervisor_id)
        .subquery()
    )
    chosen = (
        select(func.coalesce(asked.c.drawn, 0), func.coalesce(asked.c.attended, 0))
        .select_from(Supervisor)
        .outerjoin(asked, asked.c.supervisor_id == Supervisor.id)
        .where(served_in(scope, span))
    )
    rows = act.session.execute(chosen).all()
    return spread([drawn for drawn, _ in rows]), spread([came for _, came in rows])


def served_in(scope: Scope, span: Span) -> ColumnElement[bool]:
    """Did the supervisor serve at some time of it, in a pool that is drawn from?"""
    last = func.coalesce(Supervisor.ended_on, Supervisor.term_until_on)
    return and_(
        Supervisor.organ_id.in_(scope.organs()),
        Supervisor.state.not_in([SupervisorState.NOMINATED, SupervisorState.REJECTED]),
        Supervisor.term_from_on <= span.until_on,
        last >= span.from_on,
    )


def _months(groups: Iterable[_Group], invited: Iterable[_Asked]) -> list[MonthNumbers]:
    every, held, came = Counter[str](), Counter[str](), Counter[str]()
    for one in groups:
        every[one.month] += one.number
        held[one.month] += one.number if one.state in HELD else 0
    for asked in invited:
        came[asked.month] += asked.number if asked.state is InvitationState.ATTENDED else 0
    return [MonthNumbers(each, every[each], held[each], came[each]) for each in sorted(every)]


def _offices(groups: Iterable[_Group], invited: Iterable[_Asked]) -> list[OfficeNumbers]:
    every, held, came = Counter[int](), Counter[int](), Counter[int]()
    for one in groups:
        every[one.procuratorate_id] += one.number
        held[one.procuratorate_id] += one.number if one.state in HELD else 0
    for asked in invited:
        attended = asked.state is InvitationState.ATTENDED
        came[asked.procuratorate_id] += asked.number if attended else 0
    return [OfficeNumbers(each, every[each], held[each], came[each]) for each in sorted(every)]
