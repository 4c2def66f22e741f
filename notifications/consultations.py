"""What people hear about consultations before there is a case (RULES 256)."""

from sqlalchemy.orm import joinedload

from notifications.audiences import HANDLER, person, pool, together
from notifications.messages import Message, Urgency, Words, on, read_with, topic_of
from services.consultations import (
    Consultation,
    ConsultationAccepted,
    ConsultationConcluded,
    ConsultationDeclined,
    ConsultationEvidenceCollected,
    ConsultationInvited,
    ConsultationKind,
    ConsultationLinked,
    ConsultationOffered,
    ConsultationOpinionGiven,
    ConsultationReassigned,
    ConsultationSide,
    ConsultationSuspectsRestated,
    ConsultationViewRecorded,
)
from services.offices import Office
from services.policy import ORGAN_POSTS, PostKind

read_with(
    Consultation,
    joinedload(Consultation.office),
    joinedload(Consultation.procuratorate),
    joinedload(Consultation.case),
)

ANSWERING = pool(PostKind.CASE_MANAGER, PostKind.DEPARTMENT_HEAD, of="procuratorate_id")
ORGAN = pool(*ORGAN_POSTS, of="office_id")

KINDS = {
    ConsultationKind.EARLY_INTERVENTION: "适时介入",
    ConsultationKind.PRE_ARREST: "捕前协商",
    ConsultationKind.SUPPLEMENT_GUIDANCE: "补充侦查咨询",
}


def _sample(kind: ConsultationKind = ConsultationKind.EARLY_INTERVENTION) -> Consultation:
    return Consultation(
        id=7,
        kind=kind,
        title="测试案件",
        office=Office(name="测试市公安局"),
        procuratorate=Office(name="测试市人民检察院"),
    )


KINDS_EN = {
    ConsultationKind.EARLY_INTERVENTION: "early intervention",
    ConsultationKind.PRE_ARREST: "consultation before arrest",
    ConsultationKind.SUPPLEMENT_GUIDANCE: "advice on supplementary investigation",
}


def _link(consultation: Consultation) -> str:
    return f"/consultations/{consultation.id}"


@on(
    ConsultationInvited,
    about=Consultation,
    to=together(ANSWERING, person("case_handler_id", PostKind.PROSECUTOR, of="procuratorate_id")),
    urgency=Urgency.TASK,
    sample=lambda: (ConsultationInvited(7, 2, 1, "early_intervention"), _sample()),
)
def consultation_invited(_event: ConsultationInvited, one: Consultation) -> Message:
    """Tell those who name a prosecutor that an organ asks (RULES 256)."""
    return Message(
        f"收到{KINDS[one.kind]}邀请",
        f"{one.office.name}就“{one.title}”商请{KINDS[one.kind]}，请指派检察官或者说明理由。",
        _link(one),
        en=Words(
            f"Invitation: {KINDS_EN[one.kind]}",
            f"{one.office.name} asks for {KINDS_EN[one.kind]} on “{one.title}”. Name a "
            "prosecutor or give reasons.",
        ),
    )


@on(
    ConsultationOffered,
    about=Consultation,
    to=together(ANSWERING, ORGAN),
    urgency=Urgency.TASK,
    sample=lambda: (ConsultationOffered(7, 2, 1), _sample()),
)
def consultation_offered(_event: ConsultationOffered, one: Consultation) -> Message:
    """Tell both sides that the procuratorate deems early intervention necessary (RULES 256)."""
    return Message(
        "检察机关拟适时介入",
        f"{one.procuratorate.name}认为确有必要适时介入“{one.title}”。",
        _link(one),
        en=Words(
            "The procuratorate wants to intervene early",
            f"{one.procuratorate.name} holds that early intervention in “{one.title}” is needed.",
        ),
    )


@on(
    ConsultationSuspectsRestated,
    about=Consultation,
    to=HANDLER,
    topic=topic_of("consultation_suspects"),
    sample=lambda: (ConsultationSuspectsRestated(7), _sample()),
)
def consultation_suspects_restated(
    _event: ConsultationSuspectsRestated, one: Consultation
) -> Message:
    """Tell the prosecutor that who is detained, and so the last day, may have changed."""
    return Message(
        "嫌疑人情况有变化",
        f"{one.office.name}更新了“{one.title}”的嫌疑人及拘留情况。",
        _link(one),
        en=Words(
            "The suspects have changed",
            f"{one.office.name} restated the suspects and their detention in “{one.title}”.",
        ),
    )


@on(
    ConsultationAccepted,
    about=Consultation,
    to=together(HANDLER, ORGAN),
    urgency=Urgency.TASK,
    topic=topic_of("consultation_handler"),
    sample=lambda: (ConsultationAccepted(7, 5), _sample()),
)
def consultation_accepted(_event: ConsultationAccepted, one: Consultation) -> Message:
    """Tell the prosecutor named and the organ that they can begin."""
    return Message(
        f"{KINDS[one.kind]}已指派检察官",
        f"{one.procuratorate.name}已指派检察官参加“{one.title}”，双方可以发表意见。",
        _link(one),
        en=Words(
            f"A prosecutor was named: {KINDS_EN[one.kind]}",
            f"{one.procuratorate.name} named a prosecutor for “{one.title}”. Both sides "
            "may give their views.",
        ),
    )


@on(
    ConsultationReassigned,
    about=Consultation,
    to=together(HANDLER, ORGAN),
    urgency=Urgency.TASK,
    topic=topic_of("consultation_handler"),
    sample=lambda: (ConsultationReassigned(7, 5, 4), _sample()),
)
def consultation_handed_over(_event: ConsultationReassigned, one: Consultation) -> Message:
    """Tell the new prosecutor and the organ."""
    return Message(
        f"{KINDS[one.kind]}变更检察官",
        f"“{one.title}”改由另一名检察官参加。",
        _link(one),
        en=Words(
            f"Another prosecutor: {KINDS_EN[one.kind]}",
            f"Another prosecutor now takes part in “{one.title}”.",
        ),
    )


@on(
    ConsultationDeclined,
    about=Consultation,
    to=ORGAN,
    sample=lambda: (ConsultationDeclined(7), _sample()),
)
def consultation_declined(_event: ConsultationDeclined, one: Consultation) -> Message:
    """Tell the organ; the reason is in the record."""
    return Message(
        f"未派员参加{KINDS[one.kind]}",
        f"{one.procuratorate.name}对“{one.title}”未派员参加，理由请见详情；办案期限照常计算。",
        _link(one),
        en=Words(
            f"Nobody is sent: {KINDS_EN[one.kind]}",
            f"{one.procuratorate.name} sends nobody to “{one.title}”; the reason is "
            "inside. Periods run on.",
        ),
    )


@on(
    ConsultationViewRecorded,
    about=Consultation,
    to=together(HANDLER, ORGAN),
    sample=lambda: (ConsultationViewRecorded(7, 3, ConsultationSide.ORGAN.value), _sample()),
)
def consultation_view_recorded(event: ConsultationViewRecorded, one: Consultation) -> Message:
    """Tell both sides that something was said."""
    office = one.office if event.side == ConsultationSide.ORGAN else one.procuratorate
    return Message(
        f"{KINDS[one.kind]}有新的意见",
        f"{office.name}就“{one.title}”发表了意见。",
        _link(one),
        en=Words(
            f"A new view: {KINDS_EN[one.kind]}", f"{office.name} gave its view on “{one.title}”."
        ),
    )


@on(
    ConsultationOpinionGiven,
    about=Consultation,
    to=ORGAN,
    urgency=Urgency.TASK,
    sample=lambda: (ConsultationOpinionGiven(7, 3), _sample()),
)
def consultation_opinion_given(_event: ConsultationOpinionGiven, one: Consultation) -> Message:
    """Tell the organ what to look at; the opinion advises."""
    return Message(
        f"收到{KINDS[one.kind]}书面意见",
        f"检察官就“{one.title}”提出了书面意见，请查看需要收集的证据。",
        _link(one),
        en=Words(
            f"Written opinion: {KINDS_EN[one.kind]}",
            f"The prosecutor gave a written opinion on “{one.title}”. See which evidence "
            "to collect.",
        ),
    )


@on(
    ConsultationEvidenceCollected,
    about=Consultation,
    to=HANDLER,
    topic=topic_of("consultation_evidence"),
    sample=lambda: (ConsultationEvidenceCollected(7, 3), _sample()),
)
def consultation_evidence_collected(
    _event: ConsultationEvidenceCollected, one: Consultation
) -> Message:
    """Tell the prosecutor what the organ has by now."""
    return Message(
        "证据收集有进展",
        f"{one.office.name}就“{one.title}”已收集一项证据。",
        _link(one),
        en=Words(
            "Evidence was collected",
            f"{one.office.name} collected one piece of evidence in “{one.title}”.",
        ),
    )


@on(
    ConsultationConcluded,
    about=Consultation,
    to=ORGAN,
    sample=lambda: (ConsultationConcluded(7), _sample()),
)
def consultation_concluded(_event: ConsultationConcluded, one: Consultation) -> Message:
    """Tell the organ what it came to."""
    return Message(
        f"{KINDS[one.kind]}已结束",
        f"“{one.title}”的{KINDS[one.kind]}已形成结论。",
        _link(one),
        en=Words(
            f"Concluded: {KINDS_EN[one.kind]}",
            f"{KINDS_EN[one.kind]} on “{one.title}” has come to a conclusion.",
        ),
    )


@on(
    ConsultationLinked,
    about=Consultation,
    to=together(HANDLER, pool(PostKind.CASE_MANAGER, of="procuratorate_id")),
    sample=lambda: (ConsultationLinked(7, 31), _sample()),
)
def consultation_linked(_event: ConsultationLinked, one: Consultation) -> Message:
    """Tell case management and the prosecutor that the request has come (a hint, no rule)."""
    return Message(
        "协商后的提请已收到",
        f"“{one.title}”已提请批准逮捕，此前的{KINDS[one.kind]}情况可供受理、分案参考。",
        _link(one),
        en=Words(
            "The request after a consultation has come",
            f"Approval of arrest was asked for in “{one.title}”. What went before may "
            "help in accepting and assigning it.",
        ),
    )
