"""What becomes of the hearing officers' opinion: followed, or departed from with consent."""

from services import tasks
from services.kernel.act import Act
from services.kernel.refusals import Conflict, Unprocessable
from services.policy import Permission, PostKind, allows, demands
from services.public_hearings.checks import still, touched
from services.public_hearings.events import (
    PublicHearingDepartureConsented,
    PublicHearingDepartureRefused,
    PublicHearingResultAnnounced,
    PublicHearingResultStated,
)
from services.public_hearings.flow import FLOW, DepartureConsent, Following
from services.public_hearings.records import ONE_RESULT, HearingResult, PublicHearing
from services.tasks import TaskKind


class ResultStated(Conflict):
    """What becomes of the opinion has been said, and stands."""

    zh = "听证意见的采纳情况已经记录。"


class MajorityMistaken(Unprocessable):
    """Whether there was a majority follows from the hearing officers' voices."""

    zh = "是否形成多数意见以听证员的意见为准。"


class DepartureReasonsMissing(Unprocessable):
    """Not following the majority needs reasons."""

    zh = "不采纳听证员多数意见的，应当说明理由。"


class NoDepartureAwaited(Conflict):
    """Nothing is before the chief procurator."""

    zh = "没有待审批的不采纳听证多数意见。"


class DepartureNotConsented(Conflict):
    """The chief procurator has not agreed that the majority is not followed."""

    zh = "不采纳听证员多数意见，尚未经检察长同意。"


class ResultNotStated(Conflict):
    """What becomes of the opinion has not been said yet."""

    zh = "尚未记录听证意见的采纳情况。"


class ResultAnnounced(Conflict):
    """Officers and parties have been told already."""

    zh = "听证结果已经告知。"


@demands(Permission.PUBLIC_HEARING_RESULT_STATE)
def state_result(
    act: Act,
    hearing: PublicHearing,
    *,
    following: Following,
    result: str,
    reasons: str | None = None,
) -> HearingResult:
    """Say what becomes of the hearing officers' opinion (HEAR-2020 16).

    Not to follow the majority needs reasons, and the chief procurator is asked. The decision on
    the case is its own step and waits for nothing here.

    Refuses:
        NotAllowed: only the prosecutor who handles the case.
        Stale: somebody else changed it.
        WrongState: it is not concluded.
        ResultStated: it has been said, and was not refused.
        MajorityMistaken: there was a majority where none is said to be, or the reverse.
        DepartureReasonsMissing: not followed, without reasons.

    Records:
        PublicHearingResultStated.
    """
    still(act, hearing)
    FLOW.after(hearing.state, "state_result")
    if hearing.outcome is not None:
        raise ResultStated
    if (hearing.majority is None) is not (following is Following.NO_MAJORITY):
        raise MajorityMistaken(majority=hearing.majority)
    departs = following is Following.DEPARTED
    if departs and not reasons:
        raise DepartureReasonsMissing(article="HEAR-2020 16", article_zh=ARTICLE_ZH)
    said = HearingResult(
        following=following,
        result=result,
        reasons=reasons if departs else None,
        stated_at=act.now,
        stated_by=act.actor.id,
        consent=DepartureConsent.AWAITED if departs else None,
    )
    with act.unless(ONE_RESULT, ResultStated()):
        hearing.results.append(said)
        touched(hearing)
    if departs:
        tasks.open_for_pool(
            act,
            TaskKind.CONSENT_TO_DEPARTURE,
            hearing,
            office_id=hearing.procuratorate_id,
            post=PostKind.CHIEF_PROCURATOR,
        )
    act.record(PublicHearingResultStated(hearing.id, hearing.case_id, following.value))
    return said


@demands(Permission.PUBLIC_HEARING_RESULT_CONSENT)
def consent(act: Act, hearing: PublicHearing, *, note: str | None = None) -> PublicHearing:
    """Agree that the majority is not followed (HEAR-2020 16).

    Refuses:
        NotAllowed: only the chief procurator, and nobody in the own case by a delegation.
        Stale: somebody else changed it.
        WrongState: it is not concluded.
        NoDepartureAwaited: nothing was asked, or it was answered.

    Records:
        PublicHearingDepartureConsented.
    """
    still(act, hearing)
    FLOW.after(hearing.state, "consent")
    _answer(act, hearing, DepartureConsent.GIVEN, note)
    act.record(PublicHearingDepartureConsented(hearing.id, hearing.case_id))
    return hearing


@demands(Permission.PUBLIC_HEARING_RESULT_CONSENT)
def refuse_consent(act: Act, hearing: PublicHearing, *, note: str) -> PublicHearing:
    """Do not agree, and say why; the handler states a result again (HEAR-2020 16).

    Refuses:
        NotAllowed: only the chief procurator, and nobody in the own case by a delegation.
        Stale: somebody else changed it.
        WrongState: it is not concluded.
        NoDepartureAwaited: nothing was asked, or it was answered.

    Records:
        PublicHearingDepartureRefused.
    """
    still(act, hearing)
    FLOW.after(hearing.state, "refuse_consent")
    _answer(act, hearing, DepartureConsent.REFUSED, note)
    act.record(PublicHearingDepartureRefused(hearing.id, hearing.case_id))
    return hearing


@demands(Permission.PUBLIC_HEARING_RESULT_STATE)
def announce(act: Act, hearing: PublicHearing) -> PublicHearing:
    """Tell hearing officers and parties the result, once it stands.

    Refuses:
        NotAllowed: only the prosecutor who handles the case.
        Stale: somebody else changed it.
        WrongState: it is not concluded.
        ResultNotStated: nothing has been said yet, or the chief refused.
        DepartureNotConsented: the chief procurator has not answered.
        ResultAnnounced: they were told before.

    Records:
        PublicHearingResultAnnounced.
    """
    still(act, hearing)
    FLOW.after(hearing.state, "announce")
    said = hearing.outcome
    if said is None:
        raise ResultNotStated
    if said.consent is DepartureConsent.AWAITED:
        raise DepartureNotConsented(article="HEAR-2020 16", article_zh=ARTICLE_ZH)
    if hearing.announced_at is not None:
        raise ResultAnnounced
    hearing.announced_at, hearing.announced_by = act.now, act.actor.id
    tasks.finish(act, TaskKind.HOLD_PUBLIC_HEARING, hearing)
    act.record(PublicHearingResultAnnounced(hearing.id, hearing.case_id))
    return hearing


def allowed(act: Act, hearing: PublicHearing) -> list[str]:
    """The steps that the law gives the actor and that are open now."""
    open_steps = set(FLOW.open_from(hearing.state)) - _not_now(hearing)
    return [
        step
        for step, permission in STEPS.items()
        if step in open_steps and allows(act.actor, permission, hearing)
    ]


STEPS = {
    "restate": Permission.PUBLIC_HEARING_PREPARE,
    "give_notice": Permission.PUBLIC_HEARING_PREPARE,
    "link": Permission.PUBLIC_HEARING_PREPARE,
    "go_without": Permission.PUBLIC_HEARING_PREPARE,
    "cancel": Permission.PUBLIC_HEARING_PREPARE,
    "open": Permission.PUBLIC_HEARING_HOLD,
    "say": Permission.PUBLIC_HEARING_HOLD,
    "deliberate": Permission.PUBLIC_HEARING_HOLD,
    "vote": Permission.PUBLIC_HEARING_HOLD,
    "conclude": Permission.PUBLIC_HEARING_HOLD,
    "state_result": Permission.PUBLIC_HEARING_RESULT_STATE,
    "consent": Permission.PUBLIC_HEARING_RESULT_CONSENT,
    "refuse_consent": Permission.PUBLIC_HEARING_RESULT_CONSENT,
    "announce": Permission.PUBLIC_HEARING_RESULT_STATE,
}
"""What a phone may offer as a button, and the power it needs."""
ARTICLE_ZH = "《人民检察院审查案件听证工作规定》第十六条"


def _not_now(hearing: PublicHearing) -> set[str]:
    """Steps of a concluded hearing that its result does not leave open."""
    said = hearing.outcome
    if said is None:
        return {"consent", "refuse_consent", "announce"}
    if said.consent is DepartureConsent.AWAITED:
        return {"state_result", "announce"}
    told = set() if hearing.announced_at is None else {"announce"}
    return {"state_result", "consent", "refuse_consent"} | told


def _answer(act: Act, hearing: PublicHearing, answered: DepartureConsent, note: str | None) -> None:
    said = hearing.outcome
    if said is None or said.consent is not DepartureConsent.AWAITED:
        raise NoDepartureAwaited
    said.consent, said.note = answered, note
    said.answered_at, said.answered_by = act.now, act.actor.id
    touched(hearing)
    tasks.finish(act, TaskKind.CONSENT_TO_DEPARTURE, hearing)
