"""How a prosecution is to be tried, and so how long its review may last (CPL 172, 214, 222).

From the month (R01) to the ten days (R02) a case goes only while the ten days from the receipt
are not over: the shorter period counts from the same day. Back it goes at any time, and the
month counts from the receipt.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from services import deadlines
from services.arrest_requests.terms import Flag
from services.deadlines import CloseReason, Deadline
from services.deadlines.engine.arithmetic import statutory_day
from services.deadlines.engine.articles import law
from services.proceedings.effects import Ask, Whom, keepers, running
from services.proceedings.table import Guard, Taking
from services.prosecutions import pleas
from services.prosecutions.records import Prosecution
from services.prosecutions.states import ProsecutionState as S
from services.prosecutions.weighing import weighed
from services.sentencing import (
    Candidate,
    CivilClaim,
    MainPenalty,
    Matter,
    Penalty,
    Problems,
    Recommendation,
    Term,
    TrialProcedure,
    exclusions,
    expedited_extension,
)
from services.sentencing.expedited import OVER_ONE_YEAR as OVER_A_YEAR
from services.tasks import TaskKind
from services.transfers.tracks import basic_level, candidate, has_flag

MONTH, EXPEDITED = "R01", "R02"
EXPEDITED_DAYS = 10
TOGETHER = frozenset(
    {
        S.UNDER_REVIEW,
        S.EVALUATION,
        S.RETURNED,
        S.RETURN_OVERDUE,
        S.INDICTED,
        S.AT_TRIAL,
        S.ADJOURNED,
    }
)
"""Whoever is in one of these may still be tried with the others of the case."""
UNKNOWN = Recommendation(Penalty(MainPenalty.IMPRISONMENT))
"""A penalty of which nothing is said: cautiously, more than three years."""


def expedited_runs(taking: Taking) -> bool:
    """Is the case reviewed within ten days?"""
    return bool(running(taking, (EXPEDITED,)))


def to_month(taking: Taking) -> None:
    """R02 unsuitable: R01 runs from the original receipt (CPL 172¶1)."""
    for found in running(taking, (EXPEDITED,)):
        _replace(taking, found, MONTH)


def leave_expedited(taking: Taking) -> None:
    """The month again; who signed for the expedited procedure agrees to another one anew."""
    to_month(taking)
    plea = pleas.of(taking.subject)
    if plea.procedure is TrialProcedure.EXPEDITED:
        signed = plea.standing is pleas.PleaStanding.SIGNED
        standing = pleas.PleaStanding.PLEADS if signed else plea.standing
        pleas.change(taking.subject, procedure=None, standing=standing)


def to_expedited(taking: Taking) -> None:
    """R01 becomes R02, from the same receipt (CPL 172¶1)."""
    for found in running(taking, (MONTH,)):
        _replace(taking, found, EXPEDITED)


def _replace(taking: Taking, found: Deadline, rule_id: str) -> None:
    act = taking.act
    began = found.started_at
    deadlines.close(act, found, reason=CloseReason.REPLACED)
    act.session.flush()
    deadlines.start(
        act,
        rule_id,
        taking.subject,
        suspect_id=taking.suspect.id,
        keepers=keepers(taking),
        started_at=began,
        custody=taking.suspect.custody,
    )
    Ask(TaskKind.REVIEW_PROSECUTION, Whom.HANDLER, (rule_id,)).apply(taking)


def tried_together(taking: Taking) -> Sequence[Prosecution]:
    """Everybody of the case who may still be tried with this suspect, by suspect."""
    chosen = select(Prosecution).where(
        Prosecution.case_id == taking.subject.case_id, Prosecution.state.in_(TOGETHER)
    )
    return taking.act.session.scalars(chosen.order_by(Prosecution.id)).all()


def against_review(taking: Taking) -> Problems:
    """What stands against reviewing the case within ten days, as far as it is known.

    The others of the case are asked in their own review, but for a plea that is refused or taken
    back.
    """
    given, act = taking.given, taking.act
    likely = Recommendation(Penalty(MainPenalty.IMPRISONMENT, Term(given["likely_months"])))
    own = candidate(
        taking.suspect,
        act.today,
        pleads=pleas.of(taking.subject).stands,
        likely=likely,
        agrees=bool(given.get("agrees")),
        civil_claim=CivilClaim(given["civil_claim"]),
    )
    others = [
        candidate(one.suspect, act.today, pleads=not _refuses(one))
        for one in tried_together(taking)
        if one.id != taking.subject.id
    ]
    return _against(taking, [own, *others], facts_clear=bool(given.get("facts_clear")))


def against_trial(taking: Taking) -> Problems:
    """What stands against proposing the expedited procedure to the court (CPL 222, 223)."""
    if taking.given.get("procedure") != TrialProcedure.EXPEDITED:
        return ()
    everybody = [_candidate(taking, one) for one in tried_together(taking)]
    return _against(taking, everybody, facts_clear=True)


def _candidate(taking: Taking, prosecution: Prosecution) -> Candidate:
    plea = pleas.of(prosecution)
    return candidate(
        prosecution.suspect,
        taking.act.today,
        pleads=plea.settled,
        likely=plea.recommendation or UNKNOWN,
        agrees=plea.procedure is TrialProcedure.EXPEDITED,
        civil_claim=plea.civil_claim or CivilClaim.OPEN,
    )


def _refuses(prosecution: Prosecution) -> bool:
    standing = pleas.of(prosecution).standing
    return standing in {pleas.PleaStanding.REFUSED, pleas.PleaStanding.WITHDRAWN}


def _against(taking: Taking, everybody: Sequence[Candidate], *, facts_clear: bool) -> Problems:
    given = taking.given
    matter = Matter(
        facts_clear=facts_clear,
        basic_level_court=basic_level(taking.subject.case.procuratorate.level),
        major_social_influence=bool(given.get("major_social_influence")),
        otherwise_unfit=bool(given.get("otherwise_unfit")),
    )
    return tuple(one.problem for one in exclusions(matter, everybody))


def _in_its_month(taking: Taking) -> bool:
    """The month of the first review, not that after a return or a change of jurisdiction."""
    found = running(taking, (MONTH,))
    return bool(found) and all(one.suspended_on is None for one in found)


def _ten_days_left(taking: Taking) -> bool:
    return all(
        taking.act.today <= statutory_day(one.started_at) + timedelta(days=EXPEDITED_DAYS)
        for one in running(taking, (MONTH,))
    )


def _over_one_year(taking: Taking) -> bool:
    """What is recommended, where something is, has to be over a year (CPL 172¶1)."""
    likely = pleas.of(taking.subject).recommendation
    asked = taking.given["ground"] == OVER_A_YEAR
    return not asked or likely is None or expedited_extension(likely) is not None


def _as_signed(taking: Taking) -> bool:
    plea = pleas.of(taking.subject)
    signed = plea.standing is pleas.PleaStanding.SIGNED
    return not signed or plea.procedure == taking.given.get("procedure")


def _fit_for_summary(taking: Taking) -> bool:
    if taking.given.get("procedure") != TrialProcedure.SUMMARY:
        return True
    barring = (Flag.BLIND, Flag.DEAF, Flag.MUTE, Flag.LIMITED_CAPACITY)
    return not has_flag(taking.suspect, *barring)


def _summary_at_basic_level(taking: Taking) -> bool:
    asked = taking.given.get("procedure") == TrialProcedure.SUMMARY
    return not asked or basic_level(taking.subject.case.procuratorate.level)


OVER_ONE_YEAR = Guard(
    "not_over_one_year",
    "可能判处的有期徒刑不超过一年的，速裁案件不能延长至十五日（已提出的量刑建议不超过一年）。",
    "Ten days become fifteen only for more than a year; no more than a year is recommended.",
    law("CPL 172¶1", "RULES 273¶1"),
    _over_one_year,
)
IN_ITS_MONTH = Guard(
    "not_in_the_month",
    "只有正在按一个月期限审查（R01）的案件，才能改按速裁期限审查。",
    "Only a case in its first month of review (R01) goes over to the ten days.",
    law("CPL 172¶1", "RULES 273"),
    _in_its_month,
)
TEN_DAYS_LEFT = Guard(
    "ten_days_over",
    "自收到移送起诉之日起已经超过十日，不能改按速裁期限审查；起诉时仍可建议适用速裁程序。",
    "Ten days from the receipt are over; the expedited trial may still be proposed in indicting.",
    law("CPL 172¶1", "RULES 273¶1", "RULES 439"),
    _ten_days_left,
)
FIT_FOR_REVIEW = weighed(
    "unfit_for_expedited",
    "不符合速裁程序适用条件，或者具有不适用速裁程序的情形。",
    "The case does not fit the expedited procedure, or is excluded from it.",
    law("CPL 222¶1", "CPL 223", "RULES 437", "RULES 438"),
    against_review,
)
FIT_FOR_TRIAL = weighed(
    "unfit_for_expedited",
    "建议适用速裁程序的：不符合条件，或者具有不得建议适用的情形（全案审查）。",
    "The expedited procedure is proposed: the case does not fit, or is excluded as a whole.",
    law("CPL 222", "CPL 223", "RULES 437", "RULES 438"),
    against_trial,
)
FIT_FOR_SUMMARY = Guard(
    "unfit_for_summary",
    "被告人是盲、聋、哑人，或者是尚未完全丧失辨认或者控制自己行为能力的精神病人的，不得建议适用简易程序。",
    "No summary procedure for the blind, deaf and mute, and those of limited capacity.",
    law("CPL 215(1)", "RULES 431(1)"),
    _fit_for_summary,
)
SUMMARY_AT_BASIC_LEVEL = Guard(
    "summary_not_at_basic_level",
    "只有基层人民法院管辖的案件可以适用简易程序。",
    "Only a basic-level court tries a case in the summary procedure.",
    law("CPL 214", "RULES 430"),
    _summary_at_basic_level,
)
PLEA_SETTLED = Guard(
    "plea_not_settled",
    "犯罪嫌疑人认罪认罚的，起诉前应当签署具结书（或者记录不需要签署）；反悔的，应当先记录反悔。",
    "A suspect who pleads signs the statement first, needs none, or has taken the plea back.",
    law("CPL 174", "RULES 272", "RULES 274"),
    lambda taking: not pleas.of(taking.subject).stands or pleas.of(taking.subject).settled,
)
RECOMMENDATION_DUE = Guard(
    "no_recommendation",
    "认罪认罚案件提起公诉的，应当就主刑、附加刑、是否适用缓刑等提出量刑建议。",
    "A plea is indicted with a recommended sentence.",
    law("CPL 176¶2", "RULES 274"),
    lambda taking: (
        not pleas.of(taking.subject).settled or pleas.of(taking.subject).recommendation is not None
    ),
)
PROCEDURE_AS_SIGNED = Guard(
    "procedure_not_as_signed",
    "建议适用的程序应当与认罪认罚具结书一致；需要变更的，应当重新听取意见并签署具结书。",
    "The procedure is the one of the signed statement; another is agreed to anew.",
    law("CPL 174¶1", "RULES 272¶1"),
    _as_signed,
)
AT_INDICTMENT = (
    PLEA_SETTLED,
    RECOMMENDATION_DUE,
    PROCEDURE_AS_SIGNED,
    FIT_FOR_TRIAL,
    SUMMARY_AT_BASIC_LEVEL,
    FIT_FOR_SUMMARY,
)
"""What the plea and the procedure proposed ask of the indictment."""
