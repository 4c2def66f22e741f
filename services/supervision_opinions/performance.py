"""What the organ is told of the supervisors after an activity (PSUP-2021 22)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from services import activities
from services.activities import Activity, ActivityState
from services.invitations import Invitation, InvitationState
from services.kernel.act import Act
from services.kernel.flow import WrongState
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.policy import Permission, allows, demands
from services.supervision_opinions import closing, counting
from services.supervision_opinions.flow import Conduct
from services.supervision_opinions.records import ONE_REPORT, PerformanceLine, PerformanceReport

ABSENCES = frozenset({Conduct.ABSENT_EXCUSED, Conduct.ABSENT_UNEXCUSED})
REPORTED_STATES = frozenset({InvitationState.ATTENDED, InvitationState.ABSENT})


class PerformanceReportedAlready(Conflict):
    """The organ was told before; what was told stays."""

    zh = "履职情况已经通报司法行政机关，不能更改。"


class AttendanceUnmarked(Conflict):
    """Of somebody who accepted it is not on record whether they came."""

    zh = "尚有人民监督员的到场情况未登记，请先登记。"


class PerformanceIncomplete(Unprocessable):
    """Everybody who attended or stayed away is reported once, as attendance was recorded."""

    zh = "应当逐一通报到场和缺席的人民监督员的履职情况，并与到场登记一致。"


@dataclass(frozen=True, slots=True)
class NewPerformanceLine:
    """What is said of one supervisor."""

    invitation_id: int
    conduct: Conduct
    remark: str | None = None


@demands(Permission.PERFORMANCE_REPORT_SEND)
def report(
    act: Act, activity: Activity, *, lines: Sequence[NewPerformanceLine], remark: str | None = None
) -> PerformanceReport:
    """Tell the organ who came and how they took part, within three working days (PSUP-2021 22).

    A late report is sent all the same, and its lateness is monitored.

    Refuses:
        NotAllowed: only case management of that procuratorate.
        WrongState: the activity has not ended.
        AttendanceUnmarked: somebody's attendance is not on record.
        PerformanceIncomplete: not everybody is named once, or against what is on record.
        PerformanceReportedAlready: it was told before.

    Records:
        PerformanceReported; ActivityClosed if nothing else is open.
    """
    act.session.refresh(activity, with_for_update=True)
    if _sent(act, activity) is not None:
        raise PerformanceReportedAlready
    if activity.state is not ActivityState.ENDED:
        raise WrongState(state=activity.state, step="report")
    came = {one.id: one.state is InvitationState.ATTENDED for one in _reportable(act, activity)}
    named = {line.invitation_id: line for line in lines}
    if len(named) != len(lines) or named.keys() != came.keys():
        raise PerformanceIncomplete(invitation_ids=sorted(came))
    if any((line.conduct in ABSENCES) is came[line.invitation_id] for line in lines):
        raise PerformanceIncomplete(invitation_ids=sorted(came))
    sent = PerformanceReport(
        activity_id=activity.id,
        remark=remark,
        reported_at=act.now,
        reported_by=act.actor.id,
        activity=activity,
        lines=[
            PerformanceLine(
                invitation_id=line.invitation_id,
                attended=came[line.invitation_id],
                conduct=line.conduct,
                remark=line.remark,
            )
            for line in sorted(lines, key=lambda line: line.invitation_id)
        ],
    )
    with act.unless(ONE_REPORT, PerformanceReportedAlready()):
        act.session.add(sent)
    activities.reported(act, activity)
    closing.settle(act, activity)
    return sent


def report_on(act: Act, activity: Activity) -> PerformanceReport:
    """The report on an activity, if the actor may read it; otherwise it does not exist."""
    found = _sent(act, activity)
    if found is None or not allows(act.actor, Permission.PERFORMANCE_REPORT_READ, activity):
        raise NotFound
    return found


def _sent(act: Act, activity: Activity) -> PerformanceReport | None:
    chosen: Select[PerformanceReport] = (
        select(PerformanceReport)
        .where(PerformanceReport.activity_id == activity.id)
        .options(
            selectinload(PerformanceReport.lines)
            .selectinload(PerformanceLine.invitation)
            .selectinload(Invitation.supervisor)
        )
    )
    return act.session.scalar(chosen)


def _reportable(act: Act, activity: Activity) -> list[Invitation]:
    found = act.session.scalars(counting.invitations_of(activity.id)).all()
    if any(one.state is InvitationState.ACCEPTED for one in found):
        raise AttendanceUnmarked
    return [one for one in found if one.state in REPORTED_STATES]
