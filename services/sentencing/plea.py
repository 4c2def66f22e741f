"""Plea leniency (认罪认罚): who is heard, what the statement (具结书) holds, who need not sign."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.sentencing.articles import Article
from services.sentencing.problems import Problem, Problems, Words


class OpinionGiver(StrEnum):
    """Whose opinion is heard (CPL 173¶2, RULES 269¶1)."""

    SUSPECT = "suspect"
    COUNSEL = "counsel"
    VICTIM = "victim"

    @property
    def zh(self) -> str:
        """As the article writes it."""
        return _GIVERS[self][0]

    @property
    def en(self) -> str:
        """In English."""
        return _GIVERS[self][1]


_GIVERS = {
    OpinionGiver.SUSPECT: ("犯罪嫌疑人", "the suspect"),
    OpinionGiver.COUNSEL: ("辩护人或者值班律师", "the defender or duty lawyer"),
    OpinionGiver.VICTIM: ("被害人及其诉讼代理人", "the victim and the victim's agent"),
}


class OpinionTopic(StrEnum):
    """On what the opinion is heard (CPL 173¶2, RULES 269¶1); item 4 is whatever else."""

    FACTS_AND_LAW = "facts_and_law"
    LENIENCY = "leniency"
    PROCEDURE = "procedure"

    @property
    def zh(self) -> str:
        """As the article writes it."""
        return _TOPICS[self][0]

    @property
    def en(self) -> str:
        """In English."""
        return _TOPICS[self][1]


_TOPICS = {
    OpinionTopic.FACTS_AND_LAW: (
        "涉嫌的犯罪事实、罪名及适用的法律规定",
        "the facts, the charge and the law that applies",
    ),
    OpinionTopic.LENIENCY: (
        "从轻、减轻或者免除处罚等从宽处罚的建议",
        "the lenient treatment proposed",
    ),
    OpinionTopic.PROCEDURE: ("认罪认罚后案件审理适用的程序", "the procedure of the trial"),
}


class LawyerKind(StrEnum):
    """Which lawyer witnesses the signing."""

    DEFENDER = "defender"
    DUTY_LAWYER = "duty_lawyer"

    @property
    def zh(self) -> str:
        """As it is said."""
        return {LawyerKind.DEFENDER: "辩护人", LawyerKind.DUTY_LAWYER: "值班律师"}[self]


class WitnessPresence(StrEnum):
    """How somebody is there."""

    IN_PERSON = "in_person"
    BY_VIDEO = "by_video"
    ABSENT = "absent"

    @property
    def zh(self) -> str:
        """As it is said."""
        return _PRESENCES[self]


_PRESENCES = {
    WitnessPresence.IN_PERSON: "到场",
    WitnessPresence.BY_VIDEO: "远程视频",
    WitnessPresence.ABSENT: "未到场",
}


class Guardian(StrEnum):
    """Who stands beside a minor at the signing."""

    REPRESENTATIVE = "representative"
    APPROPRIATE_ADULT = "appropriate_adult"
    NOBODY = "nobody"

    @property
    def zh(self) -> str:
        """As the article writes it."""
        return _GUARDIANS[self]


_GUARDIANS = {
    Guardian.REPRESENTATIVE: "法定代理人",
    Guardian.APPROPRIATE_ADULT: "合适成年人",
    Guardian.NOBODY: "无人到场",
}


class PleaExemption(StrEnum):
    """Why no statement need be signed (CPL 174¶2, RULES 272¶2); leniency is not affected."""

    BLIND_DEAF_OR_MUTE = "blind_deaf_or_mute"
    LIMITED_CAPACITY = "limited_capacity"
    MINOR_OBJECTED_FOR = "minor_objected_for"
    OTHER = "other"

    @property
    def zh(self) -> str:
        """As the article writes it."""
        return _EXEMPTIONS[self].zh

    @property
    def en(self) -> str:
        """In English."""
        return _EXEMPTIONS[self].en

    @property
    def articles(self) -> tuple[Article, ...]:
        """Where it stands."""
        return _EXEMPTIONS[self].articles


def _of_exemption(item: int) -> tuple[Article, ...]:
    return (Article("CPL", 174, 2, item), Article("RULES", 272, 2, item))


_EXEMPTIONS = {
    PleaExemption.BLIND_DEAF_OR_MUTE: Words(
        "犯罪嫌疑人是盲、聋、哑人", "The suspect is blind, deaf or mute", _of_exemption(1)
    ),
    PleaExemption.LIMITED_CAPACITY: Words(
        "犯罪嫌疑人是尚未完全丧失辨认或者控制自己行为能力的精神病人",
        "The suspect is mentally ill, with the capacity not wholly lost",
        _of_exemption(1),
    ),
    PleaExemption.MINOR_OBJECTED_FOR: Words(
        "未成年犯罪嫌疑人的法定代理人、辩护人对认罪认罚有异议",
        "The minor's legal representative or defender objects to the plea",
        (*_of_exemption(2), Article("RULES", 468, 1)),
    ),
    PleaExemption.OTHER: Words(
        "其他不需要签署具结书的情形", "Another reason why none is needed", _of_exemption(3)
    ),
}


@dataclass(frozen=True, slots=True)
class Pleader:
    """What the articles ask about the suspect who pleads."""

    blind_deaf_or_mute: bool = False
    limited_capacity: bool = False
    minor: bool = False
    objected_for: bool = False
    """The legal representative or the defender of a minor objects to the plea."""
    has_defender: bool = False
    refuses_duty_lawyer: bool = False
    has_victim: bool = True


@dataclass(frozen=True, slots=True)
class Statement:
    """A plea statement as it was signed, with those who were there."""

    confesses: bool
    agrees_to_recommendation: bool
    agrees_to_procedure: bool
    signed_by_suspect: bool
    lawyer: LawyerKind
    lawyer_presence: WitnessPresence
    signed_by_lawyer: bool
    video_reason_recorded: bool = False
    """The objective cause that kept the defender away (SENT-2021 27¶2)."""
    refusal_noted: bool = False
    """That the suspect wanted no duty lawyer stands on the statement (SENT-2021 27¶3)."""
    guardian: Guardian = Guardian.NOBODY
    signed_by_guardian: bool = False
    absence_recorded: bool = False
    """Why the legal representative did not come (RULES 468¶4)."""


class PleaProblem(StrEnum):
    """What is missing in a plea case."""

    RIGHTS_NOT_TOLD = "rights_not_told"
    OPINION_NOT_HEARD = "opinion_not_heard"
    HEARING_NOT_RECORDED = "hearing_not_recorded"
    CONFESSION_MISSING = "confession_missing"
    RECOMMENDATION_MISSING = "recommendation_missing"
    PROCEDURE_MISSING = "procedure_missing"
    SUSPECT_SIGNATURE_MISSING = "suspect_signature_missing"
    LAWYER_ABSENT = "lawyer_absent"
    LAWYER_SIGNATURE_MISSING = "lawyer_signature_missing"
    DEFENDER_BYPASSED = "defender_bypassed"
    DEFENDER_NEEDED_FOR_MINOR = "defender_needed_for_minor"
    VIDEO_NOT_ALLOWED = "video_not_allowed"
    VIDEO_REASON_MISSING = "video_reason_missing"
    REFUSAL_NOT_NOTED = "refusal_not_noted"
    GUARDIAN_ABSENT = "guardian_absent"
    GUARDIAN_SIGNATURE_MISSING = "guardian_signature_missing"
    ABSENCE_NOT_RECORDED = "absence_not_recorded"
    CHANGED_WITHOUT_CAUSE = "changed_without_cause"
    HEAVIER_WITHOUT_CAUSE = "heavier_without_cause"


_P = PleaProblem
_CONTENT = (Article("RULES", 272, 1),)
_SIGNING = (Article("CPL", 174, 1), Article("RULES", 272, 1))
_OPINIONS = (Article("CPL", 173, 2), Article("RULES", 269, 1))

WORDS: Mapping[PleaProblem, Words] = {
    _P.RIGHTS_NOT_TOLD: Words(
        "未告知犯罪嫌疑人享有的诉讼权利和认罪认罚的法律规定",
        "The suspect was not told of the rights and the law of plea leniency",
        _OPINIONS,
    ),
    _P.OPINION_NOT_HEARD: Words(
        "未就{topic}听取{giver}的意见", "{giver} was not heard on {topic}", _OPINIONS
    ),
    _P.HEARING_NOT_RECORDED: Words(
        "听取意见没有同步录音录像",
        "The hearing of opinions was not recorded on audio and video",
        (Article("SENT-2021", 5),),
    ),
    _P.CONFESSION_MISSING: Words(
        "具结书未写明如实供述罪行", "The statement holds no truthful confession", _CONTENT
    ),
    _P.RECOMMENDATION_MISSING: Words(
        "具结书未写明同意量刑建议",
        "The statement does not agree to the recommended sentence",
        _CONTENT,
    ),
    _P.PROCEDURE_MISSING: Words(
        "具结书未写明同意程序适用", "The statement does not agree to the procedure", _CONTENT
    ),
    _P.SUSPECT_SIGNATURE_MISSING: Words(
        "具结书没有犯罪嫌疑人签名", "The suspect has not signed", _CONTENT
    ),
    _P.LAWYER_ABSENT: Words(
        "签署具结书时没有辩护人或者值班律师在场",
        "Neither a defender nor a duty lawyer was there at the signing",
        _SIGNING,
    ),
    _P.LAWYER_SIGNATURE_MISSING: Words(
        "具结书没有辩护人或者值班律师签名", "The lawyer has not signed", _CONTENT
    ),
    _P.DEFENDER_BYPASSED: Words(
        "犯罪嫌疑人有辩护人的，不得安排值班律师代为见证具结",
        "A suspect's defender may not be bypassed with a duty lawyer",
        (Article("SENT-2021", 27, 2),),
    ),
    _P.DEFENDER_NEEDED_FOR_MINOR: Words(
        "未成年犯罪嫌疑人签署具结书，须有辩护人在场",
        "A minor signs in the presence of a defender",
        (Article("RULES", 468, 1),),
    ),
    _P.VIDEO_NOT_ALLOWED: Words(
        "值班律师须到场见证具结，不得以远程视频方式",
        "A duty lawyer witnesses the signing in person, never by video",
        (Article("CPL", 174, 1), Article("SENT-2021", 27)),
    ),
    _P.VIDEO_REASON_MISSING: Words(
        "辩护人远程见证具结的，须写明无法到场的客观原因",
        "A defender who witnesses by video: say what kept the defender away",
        (Article("SENT-2021", 27, 2),),
    ),
    _P.REFUSAL_NOT_NOTED: Words(
        "犯罪嫌疑人拒绝值班律师帮助的，须在具结书上注明",
        "That the suspect refused a duty lawyer has to stand on the statement",
        (Article("SENT-2021", 27, 3),),
    ),
    _P.GUARDIAN_ABSENT: Words(
        "未成年犯罪嫌疑人签署具结书，须有法定代理人或者合适成年人在场",
        "A minor signs in the presence of a legal representative or an appropriate adult",
        (Article("RULES", 468), Article("SENT-2021", 27, 4)),
    ),
    _P.GUARDIAN_SIGNATURE_MISSING: Words(
        "法定代理人或者合适成年人没有在具结书上签字确认",
        "The representative or the appropriate adult has not signed",
        (Article("SENT-2021", 27, 4),),
    ),
    _P.ABSENCE_NOT_RECORDED: Words(
        "法定代理人未到场的原因须记录在案",
        "Why the legal representative did not come has to be recorded",
        (Article("RULES", 468, 4),),
    ),
    _P.CHANGED_WITHOUT_CAUSE: Words(
        "签署具结书后没有新的事实、证据且未反悔的，不得变更量刑建议",
        "Once signed, the recommendation stays, without new facts, evidence or repudiation",
        (Article("SENT-2021", 30),),
    ),
    _P.HEAVIER_WITHOUT_CAUSE: Words(
        "除认罪悔罪不真实、反悔或者不履行赔偿退赃外，不得提出加重刑罚的量刑建议",
        "Heavier only for a false plea, a repudiation, or compensation not paid as promised",
        (Article("SENT-2021", 30),),
    ),
}
"""Every code with its words and articles."""


def exemptions(pleader: Pleader) -> tuple[PleaExemption, ...]:
    """Why this suspect need not sign a statement; leniency applies all the same (RULES 272¶3)."""
    holds = {
        PleaExemption.BLIND_DEAF_OR_MUTE: pleader.blind_deaf_or_mute,
        PleaExemption.LIMITED_CAPACITY: pleader.limited_capacity,
        PleaExemption.MINOR_OBJECTED_FOR: pleader.minor and pleader.objected_for,
    }
    return tuple(exemption for exemption, does in holds.items() if does)


def hearing_problems(
    heard: Mapping[OpinionGiver, frozenset[OpinionTopic]],
    pleader: Pleader,
    *,
    rights_told: bool,
    recorded: bool,
) -> Problems:
    """What is missing before a statement may be signed: the rights, and each opinion on record.

    The victim's side is heard where there is a victim; the hearing is recorded (SENT-2021 5).
    """
    missing = {_P.RIGHTS_NOT_TOLD: not rights_told, _P.HEARING_NOT_RECORDED: not recorded}
    givers = [one for one in OpinionGiver if one is not OpinionGiver.VICTIM or pleader.has_victim]
    return (
        *(_problem(code) for code, holds in missing.items() if holds),
        *(
            _problem(_P.OPINION_NOT_HEARD, giver=giver, topic=topic)
            for giver in givers
            for topic in OpinionTopic
            if topic not in heard.get(giver, frozenset())
        ),
    )


def statement_problems(statement: Statement, pleader: Pleader) -> Problems:
    """What a signed statement lacks; ask `exemptions` first whether one is needed."""
    missing = {
        _P.CONFESSION_MISSING: not statement.confesses,
        _P.RECOMMENDATION_MISSING: not statement.agrees_to_recommendation,
        _P.PROCEDURE_MISSING: not statement.agrees_to_procedure,
        _P.SUSPECT_SIGNATURE_MISSING: not statement.signed_by_suspect,
    }
    return (
        *(_problem(code) for code, holds in missing.items() if holds),
        *_of_lawyer(statement, pleader),
        *(_of_guardian(statement) if pleader.minor else ()),
    )


def _of_lawyer(statement: Statement, pleader: Pleader) -> Iterator[Problem]:
    on_duty = statement.lawyer is LawyerKind.DUTY_LAWYER
    by_video = statement.lawyer_presence is WitnessPresence.BY_VIDEO
    if statement.lawyer_presence is WitnessPresence.ABSENT:
        yield _problem(_P.LAWYER_ABSENT)
    if not statement.signed_by_lawyer:
        yield _problem(_P.LAWYER_SIGNATURE_MISSING)
    if on_duty and pleader.minor:
        yield _problem(_P.DEFENDER_NEEDED_FOR_MINOR)
    elif on_duty and pleader.has_defender:
        yield _problem(_P.DEFENDER_BYPASSED)
    if by_video and on_duty:
        yield _problem(_P.VIDEO_NOT_ALLOWED)
    if by_video and not on_duty and not statement.video_reason_recorded:
        yield _problem(_P.VIDEO_REASON_MISSING)
    if pleader.refuses_duty_lawyer and not pleader.has_defender and not statement.refusal_noted:
        yield _problem(_P.REFUSAL_NOT_NOTED)


def _of_guardian(statement: Statement) -> Iterator[Problem]:
    if statement.guardian is Guardian.NOBODY:
        yield _problem(_P.GUARDIAN_ABSENT)
        return
    if not statement.signed_by_guardian:
        yield _problem(_P.GUARDIAN_SIGNATURE_MISSING)
    if statement.guardian is Guardian.APPROPRIATE_ADULT and not statement.absence_recorded:
        yield _problem(_P.ABSENCE_NOT_RECORDED)


class ChangeCause(StrEnum):
    """Why a recommendation is changed after the signing (SENT-2021 30, 32; CPL 201¶2)."""

    NEW_FACTS = "new_facts"
    REPUDIATED = "repudiated"
    FALSE_REMORSE = "false_remorse"
    NOT_COMPENSATED = "not_compensated"
    COURT_ASKED = "court_asked"

    @property
    def zh(self) -> str:
        """As the text writes it."""
        return _CAUSES[self]


_CAUSES = {
    ChangeCause.NEW_FACTS: "有新的事实、证据",
    ChangeCause.REPUDIATED: "认罪认罚后又反悔",
    ChangeCause.FALSE_REMORSE: "认罪悔罪不真实",
    ChangeCause.NOT_COMPENSATED: "不履行赔偿损失、退赃退赔",
    ChangeCause.COURT_ASKED: "人民法院认为量刑建议明显不当，建议调整",
}
_FOR_HEAVIER = set(ChangeCause) - {ChangeCause.NEW_FACTS}


def change_problems(causes: frozenset[ChangeCause]) -> Problems:
    """What stands against changing the recommendation after the signing."""
    return () if causes else (_problem(_P.CHANGED_WITHOUT_CAUSE),)


def aggravation_problems(causes: frozenset[ChangeCause]) -> Problems:
    """What stands against a heavier recommendation after the signing."""
    return () if causes & _FOR_HEAVIER else (_problem(_P.HEAVIER_WITHOUT_CAUSE),)


def _problem(code: PleaProblem, **details: object) -> Problem:
    return Problem(code, WORDS[code], details)
