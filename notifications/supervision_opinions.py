"""What people hear about opinions of supervisors; never a word of one, and nothing of the case."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session, joinedload

from notifications.audiences import HANDLER, person, pool, together
from notifications.messages import Message, Urgency, Words, on, read_with
from services.activities import Activity
from services.activities.events import PerformanceReported
from services.cases import Case
from services.kernel.act import Actor
from services.policy import PostKind
from services.supervision_opinions import (
    Adoption,
    SupervisionAnswerLapsed,
    SupervisionAnswerObjected,
    SupervisionAnswerReceipted,
    SupervisionObjectionDecided,
    SupervisionOpinion,
    SupervisionOpinionAnswered,
    SupervisionOpinionGiven,
    SupervisionOpinionReferred,
    SupervisionOpinionState,
    SupervisionOpinionsUnsealed,
    SupervisionProposalReceived,
    SupervisionRuling,
)
from services.supervisors import Supervisor

read_with(
    SupervisionOpinion,
    joinedload(SupervisionOpinion.supervisor),
    joinedload(SupervisionOpinion.activity),
    joinedload(SupervisionOpinion.case).undefer(Case.recused_ids),
)

ADOPTIONS = {
    Adoption.ADOPTED: "采纳",
    Adoption.PARTLY_ADOPTED: "部分采纳",
    Adoption.NOT_ADOPTED: "未采纳",
}
RULINGS = {
    SupervisionRuling.ADOPTED: "采纳您的意见",
    SupervisionRuling.UPHELD: "维持原答复",
}


@dataclass(frozen=True, slots=True)
class _Answering:
    """The handler, unless kept away from the case."""

    def people(self, session: Session, opinion: Any) -> set[int]:
        """The handler, or nobody."""
        return HANDLER.people(session, opinion) - set(opinion.recused_ids)

    def includes(self, actor: Actor, opinion: Any) -> bool:
        """Is the actor the handler, and not kept away?"""
        return HANDLER.includes(actor, opinion) and actor.id not in opinion.recused_ids


AUTHOR = person("person_id")
ANSWERING = _Answering()
MANAGERS = pool(PostKind.CASE_MANAGER, of="procuratorate_id")
CHIEF = pool(PostKind.CHIEF_PROCURATOR, of="procuratorate_id")


def _sample() -> SupervisionOpinion:
    activity = Activity(id=8, title="拟不起诉案件公开审查", planned_by=2, procuratorate_id=1)
    return SupervisionOpinion(
        id=5,
        procuratorate_id=1,
        state=SupervisionOpinionState.ANSWERED,
        supervisor=Supervisor(id=3, person_id=9),
        activity=activity,
        prosecutor_id=2,
        submitted_at=datetime(2026, 3, 5, 1, 30, tzinfo=UTC),
        receipt_by_on=date(2026, 3, 12),
    )


def _title(opinion: SupervisionOpinion) -> str:
    activity = opinion.activity
    return f"“{activity.title}”的监督意见" if activity else "您提出的监督意见"


ADOPTIONS_EN = {
    Adoption.ADOPTED: "adopted",
    Adoption.PARTLY_ADOPTED: "partly adopted",
    Adoption.NOT_ADOPTED: "not adopted",
}
RULINGS_EN = {
    SupervisionRuling.ADOPTED: "your opinion is adopted",
    SupervisionRuling.UPHELD: "the answer stays",
}


def _title_en(opinion: SupervisionOpinion) -> str:
    activity = opinion.activity
    return f"Your opinion on “{activity.title}”" if activity else "Your opinion"


def _link(opinion: SupervisionOpinion) -> str:
    return f"/supervision-opinions/{opinion.id}"


@on(
    SupervisionOpinionGiven,
    about=SupervisionOpinion,
    to=AUTHOR,
    sample=lambda: (SupervisionOpinionGiven(5, 8, "0" * 64), _sample()),
)
def supervision_opinion_given(_event: SupervisionOpinionGiven, one: SupervisionOpinion) -> Message:
    """Tell the author, and nobody else, that the opinion is sealed."""
    words = f"{_title(one)}已密封保存。在全部意见提交或者提交时间届满前，任何人不能查看。"
    return Message(
        "监督意见已提交",
        words,
        _link(one),
        en=Words(
            "Your opinion was taken",
            f"{_title_en(one)} is sealed. Nobody can see it before all have spoken or the "
            "time is over.",
        ),
    )


@on(
    SupervisionProposalReceived,
    about=SupervisionOpinion,
    to=MANAGERS,
    urgency=Urgency.TASK,
    sample=lambda: (SupervisionProposalReceived(5, "0" * 64), _sample()),
)
def supervision_proposal_received(
    _event: SupervisionProposalReceived, one: SupervisionOpinion
) -> Message:
    """Tell case management that a proposal came in, to be examined and passed on."""
    words = "收到人民监督员以其他方式提出的监督意见、建议，请审查后转交承办检察官。"
    return Message(
        "收到监督意见",
        words,
        _link(one),
        en=Words(
            "An opinion of a supervisor was received",
            "A people's supervisor gave an opinion in another way. Check it and pass it "
            "on to the handler.",
        ),
    )


@on(
    SupervisionOpinionReferred,
    about=SupervisionOpinion,
    to=together(AUTHOR, ANSWERING),
    urgency=Urgency.TASK,
    sample=lambda: (SupervisionOpinionReferred(5, 7, None), _sample()),
)
def supervision_opinion_referred(
    _event: SupervisionOpinionReferred, one: SupervisionOpinion
) -> Message:
    """Tell the author and whoever is to answer that it was passed on."""
    words = "监督意见已经案件管理部门审查，转交承办检察官研究答复。"
    return Message(
        "监督意见已转交",
        words,
        _link(one),
        en=Words(
            "An opinion was passed on",
            "Case management checked it and passed it on to the handler for an answer.",
        ),
    )


@on(
    SupervisionOpinionsUnsealed,
    about=Activity,
    to=together(HANDLER, MANAGERS),
    urgency=Urgency.TASK,
    sample=lambda: (
        SupervisionOpinionsUnsealed(8, [5, 6], "quorum"),
        Activity(id=8, title="拟不起诉案件公开审查", planned_by=2, procuratorate_id=1),
    ),
)
def supervision_opinions_unsealed(
    event: SupervisionOpinionsUnsealed, activity: Activity
) -> Message:
    """Tell the handler and case management that the opinions are open and await answers."""
    words = (
        f"“{activity.title}”的监督意见已启封，共 {len(event.opinion_ids)} 份，请研究并逐一答复。"
    )
    return Message(
        "监督意见已启封",
        words,
        "/supervision-opinions",
        en=Words(
            "Opinions were unsealed",
            f"{len(event.opinion_ids)} opinions on “{activity.title}” were unsealed. "
            "Consider and answer each.",
        ),
    )


@on(
    SupervisionOpinionAnswered,
    about=SupervisionOpinion,
    to=AUTHOR,
    urgency=Urgency.TASK,
    sample=lambda: (SupervisionOpinionAnswered(5, "not_adopted"), _sample()),
)
def supervision_opinion_answered(
    event: SupervisionOpinionAnswered, one: SupervisionOpinion
) -> Message:
    """Tell the author that the answer is there, and until when to receipt or object."""
    kind = ADOPTIONS[Adoption(event.adoption)]
    words = f"{_title(one)}已有答复（{kind}），请于 {one.receipt_by_on} 前签收或者提出异议。"
    return Message(
        "监督意见答复",
        words,
        _link(one),
        en=Words(
            "Your opinion was answered",
            f"{_title_en(one)} has an answer ({ADOPTIONS_EN[Adoption(event.adoption)]}). "
            f"Sign for it or object by {one.receipt_by_on}.",
        ),
    )


@on(
    SupervisionAnswerReceipted,
    about=SupervisionOpinion,
    to=ANSWERING,
    sample=lambda: (SupervisionAnswerReceipted(5), _sample()),
)
def supervision_answer_receipted(
    _event: SupervisionAnswerReceipted, one: SupervisionOpinion
) -> Message:
    """Tell the handler that the answer was receipted."""
    return Message(
        "答复已签收",
        "人民监督员已签收对监督意见的答复。",
        _link(one),
        en=Words("An answer was signed for", "The supervisor signed for the answer to an opinion."),
    )


@on(
    SupervisionAnswerLapsed,
    about=SupervisionOpinion,
    to=together(ANSWERING, AUTHOR),
    sample=lambda: (SupervisionAnswerLapsed(5), _sample()),
)
def supervision_answer_lapsed(_event: SupervisionAnswerLapsed, one: SupervisionOpinion) -> Message:
    """Tell both sides that the time passed in silence."""
    words = "监督意见的答复已送达，签收期限内未签收也未提出异议，已如实记录。"
    return Message(
        "答复签收期限已过",
        words,
        _link(one),
        en=Words(
            "The time to sign for an answer is over",
            "The answer was delivered and neither signed for nor objected to in time. "
            "This is on record.",
        ),
    )


@on(
    SupervisionAnswerObjected,
    about=SupervisionOpinion,
    to=together(CHIEF, ANSWERING),
    urgency=Urgency.TASK,
    sample=lambda: (SupervisionAnswerObjected(5), _sample()),
)
def supervision_answer_objected(
    _event: SupervisionAnswerObjected, one: SupervisionOpinion
) -> Message:
    """Tell the chief procurator, who decides, and the handler, that there is an objection."""
    words = "人民监督员对监督意见的答复提出异议，由检察长决定。"
    return Message(
        "监督意见答复异议",
        words,
        _link(one),
        en=Words(
            "An answer is objected to",
            "A people's supervisor objects to the answer. The chief procurator decides.",
        ),
    )


@on(
    SupervisionObjectionDecided,
    about=SupervisionOpinion,
    to=together(AUTHOR, ANSWERING),
    sample=lambda: (SupervisionObjectionDecided(5, "upheld"), _sample()),
)
def supervision_objection_decided(
    event: SupervisionObjectionDecided, one: SupervisionOpinion
) -> Message:
    """Tell the supervisor what the chief procurator has decided."""
    ruling = RULINGS[SupervisionRuling(event.ruling)]
    return Message(
        "异议已决定",
        f"检察长对监督意见答复的异议已作出决定：{ruling}。",
        _link(one),
        en=Words(
            "The objection was decided",
            "The chief procurator decided on the objection to the answer: "
            f"{RULINGS_EN[SupervisionRuling(event.ruling)]}.",
        ),
    )


@on(
    PerformanceReported,
    about=Activity,
    to=pool(PostKind.JUSTICE_OFFICER, of="organ_id"),
    sample=lambda: (
        PerformanceReported(8),
        Activity(id=8, title="拟不起诉案件公开审查", organ_id=4, procuratorate_id=1),
    ),
)
def performance_reported(_event: PerformanceReported, activity: Activity) -> Message:
    """Tell the organ that the supervisors' performance was reported (PSUP-2021 22)."""
    words = f"“{activity.title}”的人民监督员履职情况已通报，请查阅。"
    return Message(
        "履职情况通报",
        words,
        f"/activities/{activity.id}/performance-report",
        en=Words(
            "Report on supervisors' work",
            f"The work of the supervisors in “{activity.title}” was reported. Please read it.",
        ),
    )
