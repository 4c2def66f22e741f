"""What is told of people's supervisors and of the year's plan: never a word of any case."""

from sqlalchemy.orm import joinedload

from notifications.audiences import person, pool, together
from notifications.messages import Message, Urgency, Words, on, read_with
from services.policy import PostKind
from services.supervision_plans import SupervisionPlan, SupervisionPlanDelivered
from services.supervisors import (
    EndedBecause,
    RemovalGround,
    Supervisor,
    SupervisorAppointed,
    SupervisorReinstated,
    SupervisorRemoved,
    SupervisorServiceEnded,
    SupervisorSuspended,
)

read_with(Supervisor, joinedload(Supervisor.organ))

SELF = person("person_id")
ORGAN = pool(PostKind.JUSTICE_OFFICER, of="organ_id")
CASE_MANAGEMENT = pool(PostKind.CASE_MANAGER, of="procuratorate_id")
OWN = "/supervisors"


def _sample() -> Supervisor:
    return Supervisor(id=1, person_id=2, organ_id=3)


@on(
    SupervisorAppointed,
    about=Supervisor,
    to=together(SELF, CASE_MANAGEMENT),
    urgency=Urgency.TASK,
    sample=lambda: (SupervisorAppointed(1, 3, 1), _sample()),
)
def supervisor_appointed(_event: SupervisorAppointed, _entry: Supervisor) -> Message:
    """Tell that somebody serves, and ask for the days on which there is time."""
    return Message(
        "人民监督员选任",
        "已选任为人民监督员，请核对可参加的时间和联系方式。",
        OWN,
        en=Words(
            "You are a people's supervisor",
            "You were appointed. Please check your times and contact details.",
        ),
    )


@on(
    SupervisorSuspended,
    about=Supervisor,
    to=SELF,
    sample=lambda: (SupervisorSuspended(1), _sample()),
)
def supervisor_suspended(_event: SupervisorSuspended, _entry: Supervisor) -> Message:
    """Tell the supervisor of a suspension."""
    return Message(
        "暂停抽选",
        "司法行政机关已暂停抽选您参加监督活动，任期照常计算。",
        OWN,
        en=Words(
            "You are not drawn for the time being",
            "The organ has suspended you from draws. Your term runs on.",
        ),
    )


@on(
    SupervisorReinstated,
    about=Supervisor,
    to=SELF,
    sample=lambda: (SupervisorReinstated(1), _sample()),
)
def supervisor_reinstated(_event: SupervisorReinstated, _entry: Supervisor) -> Message:
    """Tell the supervisor that it is over."""
    return Message(
        "恢复抽选",
        "您已恢复参加监督活动的抽选。",
        OWN,
        en=Words("You are drawn again", "You take part in the draws again."),
    )


@on(
    SupervisorRemoved,
    about=Supervisor,
    to=together(SELF, CASE_MANAGEMENT),
    urgency=Urgency.TASK,
    sample=lambda: (SupervisorRemoved(1, 3, RemovalGround.OTHER.value), _sample()),
)
def supervisor_removed(_event: SupervisorRemoved, _entry: Supervisor) -> Message:
    """Tell that somebody is no longer a supervisor."""
    return Message(
        "免除人民监督员资格",
        "司法行政机关已免除人民监督员资格，原因见登记。",
        OWN,
        en=Words(
            "You are no longer a people's supervisor",
            "The organ has removed you. The reason is on record.",
        ),
    )


@on(
    SupervisorServiceEnded,
    about=Supervisor,
    to=together(SELF, ORGAN, CASE_MANAGEMENT),
    sample=lambda: (SupervisorServiceEnded(1, 3, EndedBecause.TERM_OVER.value), _sample()),
)
def supervisor_service_ended(event: SupervisorServiceEnded, _entry: Supervisor) -> Message:
    """Tell that somebody's service is over."""
    over = event.because == EndedBecause.TERM_OVER.value
    why_en = "Your term is over." if over else "You are no longer in office."
    why = "人民监督员任期届满。" if over else "人民监督员已不再任职。"
    return Message("人民监督员任职结束", why, OWN, en=Words("Your service has ended", f"{why_en}"))


@on(
    SupervisionPlanDelivered,
    about=SupervisionPlan,
    to=ORGAN,
    urgency=Urgency.TASK,
    sample=lambda: (
        SupervisionPlanDelivered(1, 3, 2026),
        SupervisionPlan(id=1, organ_id=3, year=2026, edition=1),
    ),
)
def supervision_plan_delivered(event: SupervisionPlanDelivered, plan: SupervisionPlan) -> Message:
    """Tell the organ what the procuratorate plans for the year (PSUP-2021 31)."""
    return Message(
        "监督活动年度计划",
        f"{event.year}年度监督活动计划（第{plan.edition}版）已送交。",
        f"/supervision-plans/{plan.id}",
        en=Words(
            "Yearly plan of supervised activities",
            f"The plan for {event.year} (edition {plan.edition}) was delivered.",
        ),
    )
