"""Plea leniency (认罪认罚): rights, lawyer, opinions, recommendation, statement; and its tracks."""

from typing import Any

from services import deadlines
from services.arrest_requests.terms import IN_CUSTODY, Measure
from services.deadlines.engine.arithmetic import working_days_after
from services.deadlines.engine.articles import law
from services.numbers import Mark
from services.proceedings.effects import Ask, Close, Do, Start, Whom, running
from services.proceedings.operations import times
from services.proceedings.table import (
    REASONS,
    Approver,
    Field,
    FieldKind,
    Guard,
    Step,
    Taking,
    choice,
    choices,
    day,
    instant,
    line,
    number,
    words,
    yes,
)
from services.prosecutions import accusations, pleas
from services.prosecutions.accusations import read_recommendation
from services.prosecutions.pleas import PleaStanding
from services.prosecutions.states import ProsecutionState as S
from services.prosecutions.steps.review import HANDLE
from services.prosecutions.tracks import (
    FIT_FOR_REVIEW,
    IN_ITS_MONTH,
    TEN_DAYS_LEFT,
    expedited_runs,
    to_expedited,
    to_month,
)
from services.prosecutions.weighing import EXPLAINED, weighed
from services.sentencing import (
    ChangeCause,
    CivilClaim,
    Guardian,
    LawyerKind,
    OpinionGiver,
    OpinionTopic,
    PleaExemption,
    Problems,
    Recommendation,
    Statement,
    TrialProcedure,
    WitnessPresence,
    aggravation_problems,
    assessment_advised,
    change_problems,
    recommendation_problems,
    statement_problems,
)
from services.sentencing.expedited import heavier
from services.tasks import TaskKind

IN_REVIEW = frozenset({S.UNDER_REVIEW})
IN_COURT = frozenset({S.INDICTED, S.AT_TRIAL, S.ADJOURNED})
NOTICE_DAYS, NAMING_DAYS = 3, 2
"""Working days before the help, and for the body to name a lawyer (DUTY-2020 19)."""
WITHOUT_WORDS = frozenset({"silent", "unreachable", "no_victim"})
"""Ways in which nothing is said and the hearing is done: the reason is on record (RULES 262)."""


# --- what holds --------------------------------------------------------------------------------


def _standing(taking: Taking) -> PleaStanding:
    return pleas.of(taking.subject).standing


def _reviewed(taking: Taking) -> bool:
    """RULES 271 is for a plea made in the investigation, as the organ stated it."""
    return pleas.of(taking.subject).reviewed or not pleas.stated(taking.subject)


def _recommendation(taking: Taking) -> Recommendation:
    return read_recommendation(taking, taking.given["recommendation"])


def _of_recommendation(taking: Taking) -> Problems:
    given, act, subject = taking.given, taking.act, taking.subject
    traits = given.get("traits") if "traits" in given else pleas.traits(act, subject)
    return recommendation_problems(
        _recommendation(taking),
        pleas.person(taking.suspect, traits or (), act.today),
        crimes=pleas.charges(subject),
    )


def _causes(taking: Taking) -> frozenset[ChangeCause]:
    return frozenset(ChangeCause(one) for one in taking.given.get("causes") or ())


def _of_change(taking: Taking) -> Problems:
    return change_problems(_causes(taking))


def _of_aggravation(taking: Taking) -> Problems:
    before = pleas.of(taking.subject).recommendation
    if before is None or not _is_heavier(_recommendation(taking), before):
        return ()
    return aggravation_problems(_causes(taking))


def _is_heavier(new: Recommendation, old: Recommendation) -> bool:
    """Cautiously: at either end, or without the suspension there was."""
    lost = old.penalty.suspended_for is not None and new.penalty.suspended_for is None
    return lost or heavier(new.heaviest, old.heaviest) or heavier(new.penalty, old.penalty)


def _court_asked_in_court(taking: Taking) -> bool:
    asked = ChangeCause.COURT_ASKED in _causes(taking)
    return not asked or taking.subject.state in IN_COURT


def _statement(taking: Taking) -> Statement:
    given = taking.given
    contents, signed = set(given.get("contents") or ()), set(given.get("signed") or ())
    return Statement(
        confesses="confession" in contents,
        agrees_to_recommendation="recommendation" in contents,
        agrees_to_procedure="procedure" in contents,
        signed_by_suspect="suspect" in signed,
        lawyer=LawyerKind(given["lawyer"]),
        lawyer_presence=WitnessPresence(given["presence"]),
        signed_by_lawyer="lawyer" in signed,
        video_reason_recorded=bool(given.get("video_reason")),
        refusal_noted=bool(given.get("refusal_noted")),
        guardian=Guardian(given.get("guardian") or Guardian.NOBODY),
        signed_by_guardian="guardian" in signed,
        absence_recorded=bool(given.get("absence")),
    )


def _of_statement(taking: Taking) -> Problems:
    return statement_problems(_statement(taking), pleas.pleader(taking.subject, taking.act.today))


def _of_hearing(taking: Taking) -> Problems:
    return pleas.missing(taking.act, taking.subject)


def _duty_lawyer_notified(taking: Taking) -> bool:
    on_duty = taking.given["lawyer"] == LawyerKind.DUTY_LAWYER
    return not on_duty or pleas.of(taking.subject).lawyer_notified


def _notice_in_time(taking: Taking) -> bool:
    """Three working days before the help, but for the expedited track and other regions."""
    given, today = taking.given, taking.act.today
    if expedited_runs(taking) or given.get("other_region"):
        return bool(given["help_on"] >= today)
    calendar = deadlines.calendar_of(taking.act.session)
    return bool(given["help_on"] >= working_days_after(today, NOTICE_DAYS, calendar))


def _topics_said(taking: Taking) -> bool:
    return bool(taking.given.get("topics")) or taking.given["form"] in WITHOUT_WORDS


def _may_be_silent(taking: Taking) -> bool:
    """RULES 262 names the defender and the victim's side, and nobody else."""
    given = taking.given
    silent = given["form"] in {"silent", "unreachable"}
    nobody = given["form"] == "no_victim"
    heard = given["heard"]
    return not (silent and heard not in {"defender", "victim"}) and not (
        nobody and heard != "victim"
    )


def _reasons_given(taking: Taking) -> bool:
    refused = taking.given.get("adopted") == "not_adopted"
    lawyer = taking.given["heard"] in {"defender", "duty_lawyer"}
    return not (refused and lawyer) or bool(taking.given.get("why_not"))


def _duty_lawyer_informed(taking: Taking) -> bool:
    return taking.given["heard"] != "duty_lawyer" or bool(taking.given.get("file_offered"))


def _reported_first(taking: Taking) -> bool:
    return not taking.given.get("special") or bool(taking.given.get("reported_to"))


def _exemption_holds(taking: Taking) -> bool:
    ground = PleaExemption(taking.given["ground"])
    if ground is PleaExemption.OTHER:
        return True
    if ground is PleaExemption.MINOR_OBJECTED_FOR:
        return pleas.pleader(taking.subject, taking.act.today).minor and bool(
            taking.given.get("objected_by")
        )
    return ground in pleas.exempt_for(taking.act, taking.subject)


def _objection_recorded(taking: Taking) -> bool:
    objected = taking.given["ground"] == PleaExemption.MINOR_OBJECTED_FOR
    return not objected or bool(taking.given.get("objection"))


def _survey_has_ground(taking: Taking) -> bool:
    recommendation = pleas.of(taking.subject).recommendation
    return recommendation is not None and assessment_advised(recommendation)


def _in_closed_place(taking: Taking) -> bool:
    measure = taking.suspect.measure
    return measure in IN_CUSTODY or measure is Measure.DESIGNATED_RESIDENCE


def _more(taking: Taking, asked: str, answered: str) -> bool:
    subject = taking.subject
    return times(taking.act, subject, asked) > times(taking.act, subject, answered)


# --- what is kept ------------------------------------------------------------------------------


def _tell(taking: Taking) -> None:
    """What the suspect answers; without a plea the ten days do not fit (CPL 172¶1)."""
    given, plea = taking.given, pleas.of(taking.subject)
    standing = {
        "pleads": PleaStanding.PLEADS,
        "undecided": PleaStanding.TOLD,
        "refuses": PleaStanding.REFUSED,
    }[given["answer"]]
    again = plea.standing in {PleaStanding.REFUSED, PleaStanding.WITHDRAWN}
    pleas.keep(taking.subject, plea.anew(standing) if again else plea)
    lawyer = LawyerKind.DEFENDER if given["lawyer"] == "defender" else plea.lawyer
    if given["lawyer"] == "nobody" and lawyer is LawyerKind.DEFENDER:
        lawyer = None
    pleas.change(
        taking.subject,
        standing=standing,
        lawyer=lawyer,
        refuses_help=bool(given.get("refuses_help")),
    )
    if standing is PleaStanding.REFUSED:
        to_month(taking)
    arrested = taking.suspect.measure is Measure.ARREST
    if standing is PleaStanding.PLEADS and arrested and not plea.stands:
        Ask(TaskKind.REVIEW_NECESSITY, Whom.HANDLER, ("N04", "R24")).apply(taking)


def _review(taking: Taking) -> None:
    sound = set(taking.given.get("found") or ())
    willing = {"voluntary", "sound_mind", "understands"} <= sound
    plea = pleas.of(taking.subject)
    if willing or not plea.stands:
        pleas.change(taking.subject, reviewed=True)
    else:
        anew = plea.anew(PleaStanding.TOLD)
        pleas.keep(taking.subject, anew)
        pleas.change(taking.subject, reviewed=True)


def _notified(taking: Taking) -> None:
    calendar = deadlines.calendar_of(taking.act.session)
    by = working_days_after(taking.act.today, NAMING_DAYS, calendar)
    pleas.change(taking.subject, lawyer_notified=True, lawyer_by=by)


def _aid_notified(taking: Taking) -> None:
    pleas.change(taking.subject, lawyer_notified=True)


def _lawyer_named(taking: Taking) -> None:
    kind = LawyerKind(taking.given["kind"])
    pleas.change(taking.subject, lawyer=kind, lawyer_by=None)
    Close(("R06b",)).apply(taking)
    if kind is LawyerKind.DEFENDER:
        Close(("R06", "R06c")).apply(taking)


_GIVER = {
    "suspect": OpinionGiver.SUSPECT,
    "defender": OpinionGiver.COUNSEL,
    "duty_lawyer": OpinionGiver.COUNSEL,
    "victim": OpinionGiver.VICTIM,
}


def _hear(taking: Taking) -> None:
    given = taking.given
    giver, plea = _GIVER[given["heard"]], pleas.of(taking.subject)
    done = given["form"] in WITHOUT_WORDS
    said = {one for one in given.get("topics") or () if one != "other"}
    topics = frozenset(OpinionTopic) if done else frozenset(OpinionTopic(one) for one in said)
    pleas.keep(taking.subject, plea.hears(giver, topics))
    if giver is OpinionGiver.SUSPECT:
        pleas.change(taking.subject, recorded=bool(given.get("recorded")))
    if giver is OpinionGiver.VICTIM:
        pleas.change(taking.subject, has_victim=given["form"] != "no_victim")


def _recommend(taking: Taking) -> None:
    pleas.change(
        taking.subject,
        recommendation=_recommendation(taking),
        procedure=TrialProcedure(taking.given["procedure"]),
        civil_claim=CivilClaim(taking.given["civil_claim"]),
    )


def _sign(taking: Taking) -> None:
    pleas.change(taking.subject, standing=PleaStanding.SIGNED)


def _exempt(taking: Taking) -> None:
    ground = PleaExemption(taking.given["ground"])
    pleas.change(
        taking.subject,
        standing=PleaStanding.EXEMPT,
        exemption=ground,
        objected_for=ground is PleaExemption.MINOR_OBJECTED_FOR,
    )


def _change(taking: Taking) -> None:
    """A signed statement agreed to another sentence: it is signed anew."""
    subject = taking.subject
    signed = _standing(taking) is PleaStanding.SIGNED
    pleas.change(
        subject,
        recommendation=_recommendation(taking),
        **({"standing": PleaStanding.PLEADS} if signed else {}),
    )
    if subject.indictment is not None:
        accusations.amend(taking)


def _withdraw(taking: Taking) -> None:
    """The statement has no effect any more, and the ten days no longer fit (CPL 172¶1)."""
    plea = pleas.of(taking.subject)
    pleas.keep(taking.subject, plea.anew(PleaStanding.WITHDRAWN))
    to_month(taking)


def _go_expedited(taking: Taking) -> None:
    to_expedited(taking)
    pleas.change(
        taking.subject,
        procedure=TrialProcedure.EXPEDITED,
        civil_claim=CivilClaim(taking.given["civil_claim"]),
    )


# --- guards ------------------------------------------------------------------------------------

NOT_SETTLED = Guard(
    "settled",
    "已经签署具结书或者记录不需要签署；有变化的，应当办理调整量刑建议或者反悔。",
    "The statement is signed, or none is needed: change the recommendation, or take it back.",
    law("RULES 272", "SENT-2021 30"),
    lambda taking: not pleas.of(taking.subject).settled,
)
RIGHTS_TOLD = Guard(
    "rights_not_told",
    "应当先告知犯罪嫌疑人享有的诉讼权利和认罪认罚的法律规定。",
    "First tell the suspect of the rights and of the law of plea leniency.",
    law("CPL 173¶2", "RULES 269¶1", "RULES 258¶1"),
    lambda taking: _standing(taking) is not PleaStanding.NOT_TOLD,
)
PLEADS = Guard(
    "no_plea",
    "犯罪嫌疑人没有认罪认罚。",
    "The suspect does not plead guilty and accept punishment.",
    law("CPL 15", "CPL 174¶1", "RULES 272¶1"),
    lambda taking: pleas.of(taking.subject).stands,
)
IN_INVESTIGATION_REVIEWED = Guard(
    "plea_not_reviewed",
    "侦查阶段认罪认罚的，应当重点审查其自愿性、合法性，尚无审查记录。",
    "The plea was made in the investigation: whether it is voluntary and lawful is not reviewed.",
    law("RULES 271¶1"),
    _reviewed,
)
HEARD = weighed(
    "not_heard",
    "应当就法定事项听取犯罪嫌疑人、辩护人或者值班律师、被害人及其诉讼代理人的意见，并同步录音录像。",
    "The suspect, the lawyer and the victim's side are heard on what the law names, on record.",
    law("CPL 173¶2", "RULES 269¶1", "SENT-2021 5"),
    _of_hearing,
)
RECOMMENDED = Guard(
    "no_recommendation",
    "尚未就主刑、附加刑、是否适用缓刑等提出量刑建议。",
    "No sentence has been recommended: main and additional penalty, and whether suspended.",
    law("CPL 176¶2", "RULES 275"),
    lambda taking: pleas.of(taking.subject).recommendation is not None,
)
WITHIN_BOUNDS = weighed(
    "recommendation_out_of_bounds",
    "量刑建议须符合刑法总则的限度；幅度、确定刑等“一般应当”的要求不遵守的，须说明理由。",
    "The recommendation keeps to the general part; what is generally otherwise is explained.",
    law("RULES 275", "RULES 364¶1", "SENT-2021 12", "SENT-2021 13"),
    _of_recommendation,
    explained=EXPLAINED,
)
REPORTED_FIRST = Guard(
    "not_reported",
    "六类案件在就量刑听取意见之前，应当报告部门负责人、检察长或者提请检察官联席会议讨论。",
    "Six kinds of case are reported, or discussed, before opinions are heard on the sentence.",
    law("SENT-2021 21"),
    _reported_first,
)


RECOMMENDATION = Field(
    "recommendation",
    FieldKind.TABLE,
    "量刑建议（主刑、附加刑、缓刑；幅度及其理由）",
    "Recommendation: main and additional penalty, suspension; a range and its reason",
    inside=True,
    reads=read_recommendation,
)
EXPLANATION = words(
    EXPLAINED,
    "与“一般应当”不同的理由",
    "Why it is other than it generally should be",
    required=False,
    inside=True,
)
PROCEDURE = choice(
    "procedure",
    "建议适用的程序",
    "Procedure proposed",
    *((one.value, one.zh, one.en) for one in TrialProcedure),
)
CIVIL = choice(
    "civil_claim",
    "附带民事诉讼赔偿等事项",
    "Compensation of the victim",
    ("none", "没有附带民事赔偿事项", "nothing to be compensated"),
    ("settled", "已达成调解或者和解协议", "settled"),
    ("open", "未达成调解或者和解协议", "not settled"),
)
SPOKEN = (
    ("in_person", "当面", "in person"),
    ("remote", "远程视频", "by video link"),
    ("telephone", "电话", "by telephone"),
    ("written", "书面", "in writing"),
)


STEPS: tuple[Step[Any], ...] = (
    Step(
        code="tell_plea_rights",
        zh="告知认罪认罚权利和法律规定",
        en="Tell the rights and the law of plea leniency",
        by=HANDLE,
        sources=IN_REVIEW,
        target=None,
        articles=law(
            "CPL 173¶2",
            "RULES 258¶1",
            "RULES 267¶2",
            "RULES 268¶2",
            "RULES 269¶1",
            "RULES 270¶2",
        ),
        fields=(
            choice(
                "form",
                "告知方式",
                "How",
                ("oral", "口头，记入笔录", "orally, noted in the record"),
                ("written", "书面，签收附卷", "in writing, signed for"),
            ),
            choice(
                "answer",
                "犯罪嫌疑人的意思",
                "The suspect's answer",
                ("pleads", "自愿认罪认罚", "pleads guilty and accepts punishment"),
                ("undecided", "尚未表示", "undecided"),
                ("refuses", "不认罪认罚", "does not plead"),
            ),
            choice(
                "lawyer",
                "辩护人情况",
                "The defender",
                ("defender", "已有辩护人", "there is one"),
                ("nobody", "没有辩护人，已告知有权约见值班律师", "none: told of the duty lawyer"),
            ),
            yes("refuses_help", "拒绝值班律师帮助", "The suspect wants no duty lawyer"),
        ),
        guards=(NOT_SETTLED,),
        effects=(
            Do(
                "记录是否认罪认罚；不认罪认罚的，R02 改按 R01；已逮捕的，承办检察官审查羁押必要性",
                _tell,
            ),
        ),
        told=False,
    ),
    Step(
        code="review_plea",
        zh="审查侦查阶段认罪认罚的自愿性、合法性",
        en="Review the plea made in the investigation",
        by=HANDLE,
        sources=IN_REVIEW,
        target=None,
        articles=law("RULES 271"),
        fields=(
            choices(
                "found",
                "经审查确认",
                "Found",
                ("voluntary", "自愿认罪认罚，未受暴力、威胁、引诱", "voluntary, without force"),
                ("sound_mind", "认知能力和精神状态正常", "of sound mind"),
                ("understands", "理解认罪认罚的性质和法律后果", "understands what it means"),
                ("told_and_heard", "公安机关已告知权利和规定并听取意见", "told and heard"),
                ("in_the_opinion", "起诉意见书写明认罪认罚情况", "stands in the opinion"),
                ("remorse", "真诚悔罪，向被害人赔礼道歉", "true remorse, an apology"),
                required=False,
            ),
            words("summary", "审查情况", "What was found", inside=True),
        ),
        guards=(RIGHTS_TOLD,),
        effects=(Do("违背意愿的，重新开展认罪认罚工作", _review),),
        told=False,
    ),
    Step(
        code="notify_duty_lawyer",
        zh="通知值班律师提供法律帮助",
        en="Notify a duty lawyer",
        by=HANDLE,
        sources=IN_REVIEW,
        target=None,
        articles=law("RULES 267¶2", "RULES 268", "CPL 36", "DUTY-2020 19"),
        fields=(
            line("body", "法律援助机构（工作站）", "Legal-aid body"),
            day("help_on", "确定的法律帮助日期", "Day of the help"),
            yes("other_region", "跨区域调配律师", "A lawyer from another region"),
        ),
        guards=(
            Guard(
                "has_defender",
                "犯罪嫌疑人已有辩护人，不得绕开辩护人安排值班律师。",
                "The suspect has a defender, who may not be bypassed.",
                law("RULES 267¶2", "SENT-2021 27¶2"),
                lambda taking: pleas.of(taking.subject).lawyer is not LawyerKind.DEFENDER,
            ),
            Guard(
                "notice_too_late",
                "应当在确定的法律帮助日期前三个工作日送达通知（速裁程序案件和跨区域调配的除外），日期不得早于今日。",
                "Three working days before the help, but on the expedited track or across regions.",
                law("DUTY-2020 19"),
                _notice_in_time,
            ),
        ),
        effects=(Do("法律援助机构应在两个工作日内确定值班律师", _notified),),
        told=False,
    ),
    Step(
        code="find_aid_needed",
        zh="发现应当通知法律援助机构指派律师",
        en="Legal aid is found to be mandatory",
        by=HANDLE,
        sources=IN_REVIEW,
        target=None,
        articles=law("RULES 42", "CPL 35", "CPL 278", "LAID 25¶1"),
        fields=(
            choices(
                "grounds",
                "事由",
                "Grounds",
                ("blind_deaf_or_mute", "盲、聋、哑人", "blind, deaf or mute"),
                ("limited_capacity", "限制刑事责任能力的精神病人", "of limited capacity"),
                ("life_or_death", "可能判处无期徒刑、死刑", "life or death likely"),
                ("minor", "未成年人", "a minor"),
            ),
        ),
        guards=(
            Guard(
                "has_defender",
                "犯罪嫌疑人已有辩护人。",
                "The suspect has a defender.",
                law("CPL 35", "RULES 42"),
                lambda taking: pleas.of(taking.subject).lawyer is not LawyerKind.DEFENDER,
            ),
            Guard(
                "found_before",
                "已经发现并在计算通知法律援助机构的期限。",
                "It was found before: the period for the notice is running.",
                law("RULES 42", "RULES 460", "LAID 36"),
                lambda taking: not running(taking, ("R06", "R06c", "R06b")),
            ),
        ),
        effects=(Start("R06"),),
        told=False,
    ),
    Step(
        code="notify_legal_aid",
        zh="书面通知法律援助机构指派律师",
        en="Notify the legal-aid body in writing to appoint a defender",
        by=HANDLE,
        sources=IN_REVIEW,
        target=None,
        articles=law("RULES 42", "RULES 267¶2", "RULES 460", "LAID 36"),
        fields=(line("body", "法律援助机构", "Legal-aid body"),),
        guards=(
            Guard(
                "has_defender",
                "犯罪嫌疑人已有辩护人。",
                "The suspect has a defender.",
                law("CPL 35", "RULES 42"),
                lambda taking: pleas.of(taking.subject).lawyer is not LawyerKind.DEFENDER,
            ),
        ),
        effects=(
            Close(("R06", "R06c")),
            Start("R06b"),
            Do("已通知法律帮助", _aid_notified),
        ),
        told=False,
    ),
    Step(
        code="name_lawyer",
        zh="登记辩护人、值班律师",
        en="Enter the defender or the duty lawyer",
        by=HANDLE,
        sources=IN_REVIEW | {S.RETURNED, S.RETURN_OVERDUE, S.EVALUATION},
        target=None,
        articles=law("RULES 41", "RULES 267¶2", "LAID 36", "DUTY-2020 19"),
        fields=(
            choice(
                "kind",
                "类别",
                "Kind",
                ("defender", "辩护人（委托或者指派）", "defender, retained or appointed"),
                ("duty_lawyer", "值班律师", "duty lawyer"),
            ),
            line("name", "姓名、执业机构", "Name and firm"),
        ),
        effects=(Do("终结 R06b；有辩护人的，终结 R06、R06c", _lawyer_named),),
        told=False,
    ),
    Step(
        code="receive_aid_application",
        zh="收到法律援助申请",
        en="An application for legal aid is received",
        by=HANDLE,
        sources=IN_REVIEW,
        target=None,
        articles=law("RULES 43", "LAID 39¶1"),
        fields=(instant("received_at", "收到时间", "Received"),),
        guards=(
            Guard(
                "not_in_a_closed_place",
                "二十四小时转交适用于在押或者被指定居所监视居住的犯罪嫌疑人。",
                "The 24 hours are for suspects in custody or in a designated residence.",
                law("RULES 43"),
                _in_closed_place,
            ),
        ),
        effects=(Start("R07", at="received_at"),),
        told=False,
    ),
    Step(
        code="forward_aid_application",
        zh="转交法律援助申请",
        en="Pass the application on to the legal-aid body",
        by=HANDLE,
        sources=IN_REVIEW,
        target=None,
        articles=law("RULES 43", "LAID 39¶1"),
        fields=(line("body", "法律援助机构", "Legal-aid body"),),
        guards=(
            Guard(
                "nothing_applied_for",
                "没有待转交的法律援助申请。",
                "No application waits to be passed on.",
                law("RULES 43"),
                lambda taking: _more(taking, "receive_aid_application", "forward_aid_application"),
            ),
        ),
        effects=(Close(("R07",)),),
        told=False,
    ),
    Step(
        code="hear_plea_opinion",
        zh="就认罪认罚听取意见",
        en="Hear an opinion on the plea",
        by=HANDLE,
        sources=IN_REVIEW,
        target=None,
        articles=law("CPL 173¶2", "RULES 269", "RULES 262", "SENT-2021 24"),
        fields=(
            choice(
                "heard",
                "听取对象",
                "Whom",
                ("suspect", "犯罪嫌疑人", "the suspect"),
                ("defender", "辩护人", "the defender"),
                ("duty_lawyer", "值班律师", "the duty lawyer"),
                ("victim", "被害人及其诉讼代理人", "the victim and the agent"),
            ),
            choice(
                "form",
                "方式",
                "Form",
                *SPOKEN,
                ("silent", "指定期限内未提出意见", "nothing said in the time set"),
                ("unreachable", "无法通知，已记录在案", "cannot be reached"),
                ("no_victim", "没有被害人", "there is no victim"),
            ),
            choices(
                "topics",
                "听取意见的事项",
                "On what",
                *((one.value, one.zh, one.en) for one in OpinionTopic),
                ("other", "其他需要听取意见的事项", "anything else"),
                required=False,
            ),
            day("on", "日期", "Day"),
            words("summary", "意见要点", "What was said", inside=True, required=False),
            choice(
                "adopted",
                "是否采纳",
                "Adopted",
                ("nothing_differs", "与拟处理意见一致", "nothing differs"),
                ("adopted", "采纳", "adopted"),
                ("not_adopted", "不采纳", "not adopted"),
                required=False,
                inside=True,
            ),
            words(
                "why_not",
                "不采纳的理由（已向辩护人、值班律师说明）",
                "Why not, as explained to the lawyer",
                required=False,
                inside=True,
            ),
            yes("recorded", "同步录音录像", "Recorded on audio and video"),
            yes("file_offered", "已为值班律师阅卷、了解案情提供便利", "The duty lawyer could read"),
        ),
        guards=(
            RIGHTS_TOLD,
            Guard(
                "no_topics",
                "应当写明就哪些事项听取了意见。",
                "Say on what the opinion was heard.",
                law("CPL 173¶2", "RULES 269¶1"),
                _topics_said,
            ),
            Guard(
                "has_to_speak",
                "只有辩护人、被害人一方可以记录未提出意见或者无法通知；“没有被害人”只用于被害人一方。",
                "Only the defender and the victim's side may be recorded as silent or unreachable.",
                law("RULES 262"),
                _may_be_silent,
            ),
            Guard(
                "reasons_owed",
                "不采纳辩护人或者值班律师意见的，应当向其说明理由。",
                "Whoever does not adopt the lawyer's view explains why.",
                law("RULES 269¶3"),
                _reasons_given,
            ),
            Guard(
                "duty_lawyer_uninformed",
                "听取值班律师意见的，应当提前为其了解案件有关情况提供必要的便利。",
                "A duty lawyer is first enabled to learn about the case.",
                law("CPL 173¶3", "RULES 269¶2"),
                _duty_lawyer_informed,
            ),
        ),
        effects=(Do("记录已就哪些事项听取意见", _hear),),
        told=False,
    ),
    Step(
        code="recommend",
        zh="提出量刑建议",
        en="Recommend a sentence",
        by=HANDLE,
        sources=IN_REVIEW,
        target=None,
        articles=law("CPL 176¶2", "RULES 274", "RULES 275", "RULES 276", "SENT-2021 13"),
        fields=(
            RECOMMENDATION,
            PROCEDURE,
            CIVIL,
            choices(
                "considered",
                "考虑的从宽情节",
                "Considered",
                ("reconciled", "达成和解或者调解协议", "reconciled or settled"),
                ("compensated", "赔偿损失、退赃退赔", "compensated"),
                ("forgiven", "取得被害方谅解", "forgiven"),
                ("public_interest", "承担公益损害修复、赔偿责任", "restores the public interest"),
                ("claim_unreasonable", "被害方请求明显不合理", "the claim is unreasonable"),
                required=False,
            ),
            choices(
                "traits",
                "量刑对象的特别情形",
                "The person",
                ("recidivist", "累犯", "a recidivist"),
                ("ringleader", "犯罪集团的首要分子", "a ringleader"),
                ("pregnant", "怀孕的妇女", "a pregnant woman"),
                ("aged_75", "已满七十五周岁", "75 or older"),
                required=False,
                inside=True,
            ),
            choices(
                "special",
                "应当先行报告的案件类型",
                "A kind of case that is reported first",
                ("new", "新类型、不常见犯罪", "new or uncommon"),
                ("difficult", "重大、疑难、复杂", "major, difficult or complex"),
                ("many", "涉案人员众多", "many people"),
                ("minor_victim", "性侵未成年人", "sexual abuse of a minor"),
                ("unlike", "与同类或者关联案件明显不同", "clearly unlike similar cases"),
                ("other", "其他", "other"),
                required=False,
                inside=True,
            ),
            choice(
                "reported_to",
                "已报告或者讨论",
                "Reported to",
                ("head", "部门负责人", "the head of the department"),
                ("chief", "检察长", "the chief procurator"),
                ("conference", "检察官联席会议", "the joint conference"),
                required=False,
                inside=True,
            ),
            EXPLANATION,
        ),
        guards=(PLEADS, NOT_SETTLED, WITHIN_BOUNDS, REPORTED_FIRST),
        effects=(Do("保存量刑建议和建议程序", _recommend),),
        told=False,
    ),
    Step(
        code="commission_survey",
        zh="委托或者自行开展社会调查评估",
        en="Commission a community survey",
        by=HANDLE,
        sources=IN_REVIEW,
        target=None,
        articles=law("RULES 277"),
        fields=(
            line("institution", "社区矫正机构（自行调查的写“自行调查”）", "Institution, or here"),
        ),
        guards=(
            Guard(
                "survey_without_ground",
                "拟提出适用缓刑或者判处管制的量刑建议的，才进行调查评估。",
                "Only where a suspended sentence or surveillance is to be recommended.",
                law("RULES 277"),
                _survey_has_ground,
            ),
        ),
        told=False,
    ),
    Step(
        code="survey_received",
        zh="收到调查评估意见",
        en="The survey is received",
        by=HANDLE,
        sources=IN_REVIEW,
        target=None,
        articles=law("RULES 277"),
        fields=(
            choice(
                "result",
                "评估意见",
                "Result",
                ("fit", "适宜社区矫正", "fit for community correction"),
                ("unfit", "不适宜社区矫正", "unfit"),
                inside=True,
            ),
            words("summary", "评估情况", "Findings", inside=True, required=False),
        ),
        guards=(
            Guard(
                "no_survey",
                "没有委托或者开展调查评估。",
                "No survey was commissioned.",
                law("RULES 277"),
                lambda taking: _more(taking, "commission_survey", "survey_received"),
            ),
        ),
        told=False,
    ),
    Step(
        code="sign_statement",
        zh="签署认罪认罚具结书",
        en="The plea statement is signed",
        by=HANDLE,
        sources=IN_REVIEW | IN_COURT,
        target=None,
        articles=law("CPL 174¶1", "RULES 272¶1", "RULES 468", "SENT-2021 27"),
        fields=(
            day("on", "签署日期", "Day"),
            choices(
                "contents",
                "具结书内容",
                "What it holds",
                ("confession", "如实供述罪行", "a truthful confession"),
                ("recommendation", "同意量刑建议", "agreement to the recommendation"),
                ("procedure", "同意程序适用", "agreement to the procedure"),
                required=False,
            ),
            choices(
                "signed",
                "签名",
                "Signed by",
                ("suspect", "犯罪嫌疑人", "the suspect"),
                ("lawyer", "辩护人或者值班律师", "the lawyer"),
                ("guardian", "法定代理人或者合适成年人", "the representative"),
                required=False,
            ),
            choice(
                "lawyer",
                "见证的律师",
                "The lawyer",
                ("defender", "辩护人", "the defender"),
                ("duty_lawyer", "值班律师", "a duty lawyer"),
            ),
            choice(
                "presence",
                "律师在场方式",
                "How the lawyer is there",
                ("in_person", "到场", "in person"),
                ("by_video", "远程视频", "by video link"),
                ("absent", "未到场", "absent"),
            ),
            words(
                "video_reason",
                "辩护人无法到场的客观原因",
                "What kept the defender away",
                required=False,
            ),
            yes(
                "refusal_noted",
                "已在具结书上注明拒绝值班律师帮助",
                "That help was refused stands on it",
            ),
            choice(
                "guardian",
                "未成年人：在场的成年人",
                "A minor: who is there",
                ("representative", "法定代理人", "the legal representative"),
                ("appropriate_adult", "合适成年人", "an appropriate adult"),
                ("nobody", "无人到场", "nobody"),
                required=False,
            ),
            words(
                "absence",
                "法定代理人未到场的原因",
                "Why the legal representative did not come",
                required=False,
            ),
        ),
        guards=(
            PLEADS,
            NOT_SETTLED,
            IN_INVESTIGATION_REVIEWED,
            HEARD,
            RECOMMENDED,
            Guard(
                "duty_lawyer_not_notified",
                "没有辩护人的，应当先通知值班律师为其提供法律帮助。",
                "Without a defender a duty lawyer is notified first.",
                law("RULES 267¶2"),
                _duty_lawyer_notified,
            ),
            weighed(
                "statement_incomplete",
                "具结书的内容、签名和见证须符合规定；不得绕开辩护人安排值班律师。",
                "The statement's contents, signatures and witnesses; no defender is bypassed.",
                law("CPL 174¶1", "RULES 272¶1", "RULES 468", "SENT-2021 27"),
                _of_statement,
            ),
        ),
        effects=(Do("认罪认罚具结书已签署", _sign),),
        told=False,
    ),
    Step(
        code="exempt_from_statement",
        zh="记录不需要签署具结书",
        en="Note that no statement need be signed",
        by=HANDLE,
        sources=IN_REVIEW,
        target=None,
        articles=law("CPL 174¶2", "RULES 272¶2", "RULES 272¶3", "RULES 468"),
        fields=(
            choice(
                "ground",
                "事由",
                "Ground",
                *((one.value, one.zh, one.en) for one in PleaExemption),
            ),
            choices(
                "objected_by",
                "提出异议的人",
                "Who objects",
                ("representative", "法定代理人", "the legal representative"),
                ("defender", "辩护人", "the defender"),
                required=False,
            ),
            words("objection", "异议情况", "The objection", required=False, inside=True),
            REASONS,
        ),
        guards=(
            PLEADS,
            NOT_SETTLED,
            IN_INVESTIGATION_REVIEWED,
            HEARD,
            Guard(
                "no_exemption",
                "不具备该项不需要签署具结书的情形。",
                "The suspect is in no such situation.",
                law("CPL 174¶2", "RULES 272¶2"),
                _exemption_holds,
            ),
            Guard(
                "objection_not_recorded",
                "法定代理人、辩护人有异议的，应当如实记录异议情况。",
                "What the representative or the defender objects to is recorded.",
                law("RULES 468¶2"),
                _objection_recorded,
            ),
        ),
        effects=(Do("不需要签署具结书，不影响从宽", _exempt),),
        told=False,
    ),
    Step(
        code="write_recommendation",
        zh="另行制作量刑建议书",
        en="Write the recommendation in a paper of its own",
        by=HANDLE,
        sources=IN_REVIEW | IN_COURT,
        target=None,
        articles=law("RULES 274", "RULES 364¶2", "SENT-2021 31"),
        approver=Approver.POWER_LIST,
        document=Mark.SENTENCING_RECOMMENDATION,
        fields=(REASONS,),
        guards=(RECOMMENDED,),
        told=False,
    ),
    Step(
        code="change_recommendation",
        zh="具结后调整量刑建议",
        en="Change the recommendation after the signing",
        by=HANDLE,
        sources=IN_REVIEW | IN_COURT,
        target=None,
        articles=law("SENT-2021 30", "SENT-2021 32", "CPL 201¶2", "RULES 418¶2"),
        approver=Approver.POWER_LIST,
        document=Mark.SENTENCING_RECOMMENDATION,
        fields=(
            RECOMMENDATION,
            choices(
                "causes",
                "调整的事由",
                "Causes",
                ("new_facts", "有新的事实、证据", "new facts or evidence"),
                ("repudiated", "认罪认罚后又反悔", "the plea was repudiated"),
                ("false_remorse", "认罪悔罪不真实", "the remorse was not true"),
                ("not_compensated", "不履行赔偿损失、退赃退赔", "not compensated as promised"),
                ("court_asked", "人民法院认为明显不当，建议调整", "the court asked for it"),
                required=False,
                inside=True,
            ),
            REASONS,
            EXPLANATION,
        ),
        guards=(
            Guard(
                "not_signed",
                "尚未签署具结书，可以直接重新提出量刑建议。",
                "Nothing is signed yet: recommend again.",
                law("SENT-2021 30"),
                lambda taking: pleas.of(taking.subject).settled,
            ),
            WITHIN_BOUNDS,
            weighed(
                "no_cause_to_change",
                "签署具结书后没有新的事实、证据且未反悔的，不得变更量刑建议。",
                "Once signed it stays, without new facts, evidence or repudiation.",
                law("SENT-2021 30"),
                _of_change,
            ),
            weighed(
                "no_cause_for_heavier",
                "除认罪悔罪不真实、反悔或者不履行赔偿退赃外，不得加重。",
                "Heavier only for a false plea, a repudiation, or compensation not paid.",
                law("SENT-2021 30"),
                _of_aggravation,
            ),
            Guard(
                "not_in_court",
                "案件尚未起诉，人民法院不能建议调整量刑建议。",
                "The case is not in court: the court has asked for nothing.",
                law("CPL 201¶2", "RULES 418¶2"),
                _court_asked_in_court,
            ),
        ),
        effects=(Do("保存新的量刑建议；已签署的须重新签署", _change),),
        told=False,
    ),
    Step(
        code="withdraw_plea",
        zh="犯罪嫌疑人、被告人反悔",
        en="The plea is taken back",
        by=HANDLE,
        sources=IN_REVIEW | IN_COURT,
        target=None,
        articles=law("CPL 172¶1", "RULES 271¶2", "RULES 273¶1", "RULES 443"),
        fields=(
            choice(
                "ground",
                "情形",
                "How",
                ("recants", "不再认罪", "no longer admits guilt"),
                ("disagrees", "不同意量刑建议或者程序适用", "disagrees with what is recommended"),
                ("against_will", "违背意愿认罪认罚", "the plea was against the will"),
                inside=True,
            ),
            words("reasons", "反悔的原因", "Why", inside=True),
        ),
        guards=(PLEADS,),
        effects=(Do("具结书失去效力；R02 改按 R01，自最初收案之日起算", _withdraw),),
        told=False,
    ),
    Step(
        code="go_expedited",
        zh="改按速裁程序期限审查",
        en="Review within the ten days of the expedited procedure",
        by=HANDLE,
        sources=IN_REVIEW,
        target=None,
        articles=law("CPL 172¶1", "CPL 222¶1", "CPL 223", "RULES 273¶1", "RULES 439¶2"),
        fields=(
            yes("facts_clear", "事实清楚，证据确实、充分", "Facts clear, evidence sufficient"),
            yes("agrees", "犯罪嫌疑人同意适用速裁程序", "The suspect agrees"),
            number(
                "likely_months",
                "可能判处的刑期（月）",
                "Likely term in months",
                at_least=0,
                at_most=300,
                inside=True,
            ),
            CIVIL,
            yes("major_social_influence", "有重大社会影响", "Major social influence"),
            yes("otherwise_unfit", "有其他不宜适用的情形", "Otherwise unfit"),
        ),
        guards=(IN_ITS_MONTH, TEN_DAYS_LEFT, FIT_FOR_REVIEW),
        effects=(Do("R01 改按 R02，自最初收案之日起算", _go_expedited),),
    ),
)
