"""What people hear about arrest reviews."""

from sqlalchemy.orm import joinedload

from notifications.audiences import HANDLER, pool, together
from notifications.messages import Message, Urgency, Words, on, read_with
from services.arrest_requests.records import Suspect
from services.arrest_reviews import (
    ArrestDecided,
    ArrestReview,
    OpinionGiven,
    OpinionReturned,
    ReceiptReturned,
)
from services.cases import Case
from services.policy import PostKind

read_with(ArrestReview, joinedload(ArrestReview.case), joinedload(ArrestReview.suspect))

DECIDED = {"approve": "批准逮捕", "refuse": "不批准逮捕"}
DECIDED_EN = {"approve": "Arrest approved", "refuse": "Arrest not approved"}
PROPOSED_EN = {"approve": "approval of arrest", "refuse": "refusal of arrest"}
ALSO = {
    "no_crime": "公安机关应当撤销案件。",
    "cpl_16": "公安机关应当撤销案件。",
    "not_the_offender": "公安机关应当对该犯罪嫌疑人终止侦查。",
}
"""What the police are told at the same time (RULES 287)."""
ALSO_EN = {
    "no_crime": "The police must withdraw the case. ",
    "cpl_16": "The police must withdraw the case. ",
    "not_the_offender": "The police must end the investigation of this suspect. ",
}
RECEIPTED = {
    "executed": "已执行逮捕",
    "not_executed": "未能执行逮捕",
    "released": "已释放",
    "measure_changed": "已变更强制措施",
    "unchanged": "未被羁押，强制措施不变",
}

RECEIPTED_EN = {
    "executed": "arrested",
    "not_executed": "could not be arrested",
    "released": "released",
    "measure_changed": "coercive measure changed",
    "unchanged": "not in custody, measure unchanged",
}


def _sample() -> ArrestReview:
    case = Case(id=7, number="测检捕受〔2026〕7号", handler_id=3, procuratorate_id=1)
    return ArrestReview(id=9, case_id=7, case=case, suspect=Suspect(name="赵某"))


def _link(review: ArrestReview) -> str:
    return f"/arrest-reviews/{review.id}"


@on(
    OpinionGiven,
    about=ArrestReview,
    to=pool(PostKind.CHIEF_PROCURATOR, of="procuratorate_id"),
    urgency=Urgency.TASK,
    sample=lambda: (OpinionGiven(9, 1, "approve", None), _sample()),
)
def opinion_given(event: OpinionGiven, review: ArrestReview) -> Message:
    """Tell the chief procurator that an opinion awaits approval."""
    return Message(
        "审查逮捕意见待审批",
        f"{review.case.number} {review.suspect.name}：拟{DECIDED[event.proposal]}。",
        _link(review),
        en=Words(
            "An opinion on arrest awaits approval",
            f"{review.case.number} {review.suspect.name}: {PROPOSED_EN[event.proposal]} "
            "is proposed.",
        ),
    )


@on(
    OpinionReturned,
    about=ArrestReview,
    to=HANDLER,
    urgency=Urgency.TASK,
    sample=lambda: (OpinionReturned(9, 1), _sample()),
)
def opinion_returned(_event: OpinionReturned, review: ArrestReview) -> Message:
    """Tell the handler to check again; the clock keeps running."""
    return Message(
        "检察长要求复核",
        f"{review.case.number} {review.suspect.name}：请重新核查，办案期限不停止计算。",
        _link(review),
        en=Words(
            "The chief procurator asks to check again",
            f"{review.case.number} {review.suspect.name}: please check again. The period "
            "does not stop.",
        ),
    )


@on(
    ArrestDecided,
    about=ArrestReview,
    to=together(
        pool(PostKind.POLICE_OFFICER, of="police_office_id"),
        HANDLER,
        pool(PostKind.CASE_MANAGER, of="procuratorate_id"),
    ),
    urgency=Urgency.URGENT,
    sample=lambda: (ArrestDecided(9, 1, "approve", None), _sample()),
)
def arrest_decided(event: ArrestDecided, review: ArrestReview) -> Message:
    """Tell the police to act at once, and the procuratorate that it is decided."""
    return Message(
        DECIDED[event.outcome],
        f"{review.case.number} {review.suspect.name}：已决定{DECIDED[event.outcome]}，"
        f"{_what_follows(event)}",
        _link(review),
        en=Words(
            DECIDED_EN[event.outcome],
            f"{review.case.number} {review.suspect.name}: {DECIDED_EN[event.outcome]}. "
            f"{_what_follows_en(event)}",
        ),
    )


def _what_follows(event: ArrestDecided) -> str:
    """What the police are to do: RULES 286, and with some refusals also 287."""
    if event.outcome == "approve":
        return "公安机关应当立即执行，并及时送达执行回执。"
    released = (
        "公安机关应当立即释放在押的犯罪嫌疑人或者变更强制措施，"
        "并在收到不批准逮捕决定书后三日以内送达执行回执。"
    )
    return ALSO.get(event.refusal_kind or "", "") + released


def _what_follows_en(event: ArrestDecided) -> str:
    if event.outcome == "approve":
        return "The police must execute it at once and return the receipt in time."
    released = (
        "The police must at once release a suspect in custody or change the coercive measure, "
        "and return the receipt within three days of receiving the decision."
    )
    return ALSO_EN.get(event.refusal_kind or "", "") + released


@on(
    ReceiptReturned,
    about=ArrestReview,
    to=together(HANDLER, pool(PostKind.CASE_MANAGER, of="procuratorate_id")),
    sample=lambda: (ReceiptReturned(9, 1, "executed", late=False), _sample()),
)
def receipt_returned(event: ReceiptReturned, review: ArrestReview) -> Message:
    """Tell the procuratorate what was done with its decision, and whether the receipt is late."""
    late = "（逾期送达）" if event.late else ""
    return Message(
        "收到执行回执",
        f"{review.case.number} {review.suspect.name}：{RECEIPTED[event.outcome]}{late}。",
        _link(review),
        en=Words(
            "Receipt of execution received",
            f"{review.case.number} {review.suspect.name}: "
            f"{RECEIPTED_EN[event.outcome]}{' (late)' if event.late else ''}.",
        ),
    )
