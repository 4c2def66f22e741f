"""What people hear about steps and proposals. Words are for the inbox; a push says nothing."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session, joinedload, undefer

from notifications.audiences import HANDLER, Audience, person, pool, together
from notifications.messages import Message, Urgency, Words, on, read_with, topic_of
from services.arrest_requests.records import Suspect
from services.cases import Case
from services.kernel.act import Actor
from services.policy import ORGAN_POSTS, PostKind
from services.proceedings import TABLES, Proposal, TakenStep
from services.proceedings.events import (
    PowerListSet,
    ProposalRaised,
    ProposalReferred,
    ProposalRefused,
    ProposalReturned,
    ProposalWithdrawn,
    RemarkGiven,
    StepProposed,
    StepTaken,
)
from services.proceedings.records import PowerList

read_with(TakenStep, joinedload(TakenStep.case), joinedload(TakenStep.suspect))
read_with(
    Proposal,
    joinedload(Proposal.case),
    joinedload(Proposal.suspect),
    undefer(Proposal.recused_ids),
)


ORGAN = pool(*ORGAN_POSTS, of="police_office_id")


class Told:
    """The organ that sent the case in, of the steps that it is told."""

    def people(self, session: Session, record: Any) -> set[int]:
        """Everybody there, or nobody."""
        return ORGAN.people(session, record) if record.told else set()

    def includes(self, actor: Actor, record: Any) -> bool:
        """Is the actor there, and is it told?"""
        return bool(record.told) and ORGAN.includes(actor, record)


@dataclass(frozen=True, slots=True)
class Unrecused:
    """Everyone of an audience but whoever was recused from the case (CPL 29)."""

    audience: Audience

    def people(self, session: Session, record: Any) -> set[int]:
        """All of them who may still know."""
        return self.audience.people(session, record).difference(record.recused_ids or ())

    def includes(self, actor: Actor, record: Any) -> bool:
        """Is the actor one of them?"""
        return self.audience.includes(actor, record) and actor.id not in (record.recused_ids or ())


APPROVER = Unrecused(pool(PostKind.CHIEF_PROCURATOR, of="approver_office_id"))
PROPOSER = Unrecused(person("put_by"))

REMARKS_EN = {
    "review": "The head of the department gave an opinion",
    "objection": "The handler objects in writing",
}


def _case() -> Case:
    return Case(id=7, number="测检诉受〔2026〕7号", handler_id=3, procuratorate_id=1)


def _taken() -> TakenStep:
    return TakenStep(
        id=4,
        subject_kind="prosecutions",
        subject_id=9,
        case_id=7,
        case=_case(),
        suspect=Suspect(name="赵某"),
        step="return_case",
        told=True,
    )


def _proposal() -> Proposal:
    return Proposal(
        id=5,
        subject_kind="prosecutions",
        subject_id=9,
        case=_case(),
        suspect=Suspect(name="赵某"),
        step="return_case",
        put_by=3,
        approver_office_id=1,
    )


def _which(record: TakenStep | Proposal) -> str:
    return f"{record.case.number} {record.suspect.name}"


def _step(record: TakenStep | Proposal) -> str:
    return TABLES[record.subject_kind].steps[record.step].zh


def _step_en(record: TakenStep | Proposal) -> str:
    return TABLES[record.subject_kind].steps[record.step].en


def _subject(record: TakenStep | Proposal) -> str:
    return f"/{record.subject_kind.replace('_', '-')}/{record.subject_id}"


@on(
    StepTaken,
    about=TakenStep,
    to=together(HANDLER, Told(), pool(PostKind.CASE_MANAGER, of="procuratorate_id")),
    urgency=Urgency.TASK,
    sample=lambda: (StepTaken(4, 9, "prosecutions", "return_case", "returned"), _taken()),
)
def step_taken(_event: StepTaken, taken: TakenStep) -> Message:
    """Tell the handler, case management and, where the step is told, the organ."""
    return Message(
        "案件进展",
        f"{_which(taken)}：{_step(taken)}。",
        _subject(taken),
        en=Words("The case has moved on", f"{_which(taken)}: {_step_en(taken)}."),
    )


@on(
    StepProposed,
    about=Proposal,
    to=APPROVER,
    urgency=Urgency.TASK,
    topic=topic_of("proposal"),
    sample=lambda: (StepProposed(5, 9, "prosecutions", "return_case"), _proposal()),
)
def step_proposed(_event: StepProposed, proposal: Proposal) -> Message:
    """Tell the approver that something awaits a decision."""
    return Message(
        "办案事项待审批",
        f"{_which(proposal)}：拟{_step(proposal)}。",
        f"/proposals/{proposal.id}",
        en=Words(
            "A step awaits approval", f"{_which(proposal)}: {_step_en(proposal)} is proposed."
        ),
    )


@on(
    ProposalRaised,
    about=Proposal,
    to=together(APPROVER, PROPOSER),
    urgency=Urgency.TASK,
    topic=topic_of("proposal"),
    sample=lambda: (ProposalRaised(5, 2), _proposal()),
)
def proposal_passed_up(_event: ProposalRaised, proposal: Proposal) -> Message:
    """Tell the next level, and who put it forward, that it went up."""
    return Message(
        "办案事项报上级审批",
        f"{_which(proposal)}：拟{_step(proposal)}，本级已同意，报上一级检察院决定。",
        f"/proposals/{proposal.id}",
        en=Words(
            "A step was put before the level above",
            f"{_which(proposal)}: {_step_en(proposal)} has the consent of this level and "
            "goes to the procuratorate above.",
        ),
    )


@on(
    ProposalReturned,
    about=Proposal,
    to=PROPOSER,
    urgency=Urgency.TASK,
    topic=topic_of("proposal"),
    sample=lambda: (ProposalReturned(5), _proposal()),
)
def proposal_returned(_event: ProposalReturned, proposal: Proposal) -> Message:
    """Tell who put it forward to check again; the periods go on running."""
    return Message(
        "检察长要求复核",
        f"{_which(proposal)}：{_step(proposal)}，请复核后重新报批，办案期限不停止计算。",
        f"/proposals/{proposal.id}",
        en=Words(
            "The chief procurator asks to check again",
            f"{_which(proposal)}: {_step_en(proposal)}. Check again and put it forward "
            "anew. The period does not stop.",
        ),
    )


@on(
    ProposalRefused,
    about=Proposal,
    to=PROPOSER,
    urgency=Urgency.TASK,
    topic=topic_of("proposal"),
    sample=lambda: (ProposalRefused(5), _proposal()),
)
def proposal_refused(_event: ProposalRefused, proposal: Proposal) -> Message:
    """Tell who put it forward that it was not approved."""
    return Message(
        "报批事项未获批准",
        f"{_which(proposal)}：{_step(proposal)}。",
        f"/proposals/{proposal.id}",
        en=Words("A step was not approved", f"{_which(proposal)}: {_step_en(proposal)}."),
    )


@on(
    ProposalReferred,
    about=Proposal,
    to=PROPOSER,
    topic=topic_of("proposal"),
    sample=lambda: (ProposalReferred(5), _proposal()),
)
def proposal_referred(_event: ProposalReferred, proposal: Proposal) -> Message:
    """Tell who put it forward that the committee decides."""
    return Message(
        "提交检察委员会讨论",
        f"{_which(proposal)}：{_step(proposal)}。",
        f"/proposals/{proposal.id}",
        en=Words(
            "Put before the procuratorial committee", f"{_which(proposal)}: {_step_en(proposal)}."
        ),
    )


@on(
    ProposalWithdrawn,
    about=Proposal,
    to=APPROVER,
    topic=topic_of("proposal"),
    sample=lambda: (ProposalWithdrawn(5), _proposal()),
)
def proposal_withdrawn(_event: ProposalWithdrawn, proposal: Proposal) -> Message:
    """Tell the approver that nothing is to be decided any more."""
    return Message(
        "报批事项已撤回",
        f"{_which(proposal)}：{_step(proposal)}。",
        f"/proposals/{proposal.id}",
        en=Words("A proposal was withdrawn", f"{_which(proposal)}: {_step_en(proposal)}."),
    )


@on(
    RemarkGiven,
    about=Proposal,
    to=together(APPROVER, PROPOSER),
    sample=lambda: (RemarkGiven(5, 1, "objection"), _proposal()),
)
def remark_given(event: RemarkGiven, proposal: Proposal) -> Message:
    """Tell both sides of a proposal what was put beside it."""
    what = {"review": "部门负责人提出审核意见", "objection": "承办检察官提出书面异议"}
    return Message(
        what.get(event.remark_kind, "检察官联席会议意见已附"),
        f"{_which(proposal)}：{_step(proposal)}。",
        f"/proposals/{proposal.id}",
        en=Words(
            REMARKS_EN.get(event.remark_kind, "The opinion of a joint conference was added"),
            f"{_which(proposal)}: {_step_en(proposal)}.",
        ),
    )


@on(
    PowerListSet,
    about=PowerList,
    to=pool(
        PostKind.PROSECUTOR,
        PostKind.DEPARTMENT_HEAD,
        PostKind.CHIEF_PROCURATOR,
        PostKind.CASE_MANAGER,
        of="office_id",
    ),
    sample=lambda: (PowerListSet(1, 1), PowerList(id=1, office_id=1, edition=2)),
)
def power_list_set(_event: PowerListSet, edition: PowerList) -> Message:
    """Tell the office that its power list has a new edition."""
    return Message(
        "权力清单更新",
        f"第{edition.edition}版权力清单已经发布。",
        "/power-lists",
        en=Words(
            "The power list has a new edition",
            f"Edition {edition.edition} of the power list was published.",
        ),
    )
