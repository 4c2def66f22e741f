"""Asking the police to put something right (纠正意见) around an arrest.

A notice to correct is the chief procurator's (RULES 552); smaller things are said orally, and
need no step here.
"""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import select

from services import tasks
from services.arrest_reviews.flow import ReviewState as S
from services.arrest_reviews.steps.custody import restart_reported
from services.deadlines import Custody, Deadline, Standing
from services.deadlines.engine.articles import law
from services.kernel.act import Act, record_of
from services.numbers import Mark
from services.policy import Permission
from services.proceedings.effects import Ask, Do, Finish, Whom, running
from services.proceedings.operations import latest
from services.proceedings.records import TakenStep
from services.proceedings.table import (
    REASONS,
    Approver,
    Effect,
    Guard,
    Step,
    Subject,
    Taking,
    words,
)
from services.tasks import TaskKind

OPEN = frozenset(S) - {S.FOR_PROSECUTION}
"""As long as the case has not gone on to prosecution."""
REFUSED = frozenset(
    {
        S.ARREST_REFUSED,
        S.RECONSIDERATION,
        S.REFUSAL_UPHELD,
        S.RE_EXAMINATION,
        S.REFUSAL_FINAL,
        S.ARREST_REVOKED,
    }
)
_HELD = frozenset({Custody.HELD, Custody.UNKNOWN})


def taken(act: Act, subject: Subject, code: str) -> list[TakenStep]:
    """Each time that the step was taken in this matter, the oldest first."""
    chosen = select(TakenStep).where(
        TakenStep.subject_kind == record_of(subject),
        TakenStep.subject_id == subject.id,
        TakenStep.step == code,
    )
    return list(act.session.scalars(chosen.order_by(TakenStep.id)))


def close_reasons(taking: Taking) -> None:
    """The police have answered; their task stays while something else awaits an answer."""
    corrected = latest(taking.act, taking.subject, *CORRECTIONS)
    replied = latest(taking.act, taking.subject, "reply_to_correction")
    owed = corrected is not None and (replied is None or replied.id < corrected.id)
    asked, answered = (
        {one.given["name"].strip() for one in taken(taking.act, taking.subject, code)}
        for code in ("pursue_omitted", "answer_pursuit")
    )
    if not owed and asked <= answered:
        tasks.finish(taking.act, TaskKind.GIVE_REASONS, taking.subject)


def _unreplied(taking: Taking) -> bool:
    corrected = latest(taking.act, taking.subject, *CORRECTIONS)
    replied = latest(taking.act, taking.subject, "reply_to_correction")
    return corrected is not None and (replied is None or replied.id < corrected.id)


def _over(rule_id: str) -> Callable[[Taking], bool]:
    """Has the latest day passed that the law can bear, with nothing done?"""

    def holds(taking: Taking) -> bool:
        return any(
            one.standing(taking.now) is Standing.EXPIRED for one in running(taking, (rule_id,))
        )

    return holds


def _asked_late(taking: Taking) -> bool:
    """Was custody's extension asked for in its last seven days?"""
    chosen = select(Deadline).where(
        Deadline.rule_id == "C08",
        Deadline.about_kind == record_of(taking.subject),
        Deadline.about_id == taking.subject.id,
        Deadline.close_reason == "done",
    )
    last = taking.act.session.scalars(chosen.order_by(Deadline.id.desc())).first()
    return last is not None and last.standing(taking.now) is not Standing.RUNNING


def _correction(  # noqa: PLR0913  # a row of the table
    code: str,
    zh: str,
    en: str,
    *,
    sources: Collection[S],
    cited: tuple[str, ...],
    guard: Guard,
    also: tuple[Effect, ...] = (),
) -> Step[Any]:
    return Step(
        code=code,
        zh=zh,
        en=en,
        by=Permission.PROCEEDING_HANDLE,
        sources=sources,
        target=None,
        articles=law(*cited, "RULES 552"),
        approver=Approver.CHIEF,
        document=Mark.CORRECTION,
        fields=(REASONS,),
        guards=(guard,),
        effects=(*also, Ask(TaskKind.GIVE_REASONS, Whom.ORGAN)),
    )


_OBJECTIONS = (
    _correction(
        "object_to_holding",
        "纠正：不批准逮捕（撤销逮捕）后未释放、变更",
        "Object to holding somebody after a refusal or a revocation",
        sources=REFUSED,
        cited=("RULES 286¶2", "CPL 91¶3"),
        guard=Guard(
            "not_held",
            "犯罪嫌疑人已不在押。",
            "The suspect is no longer held in this case.",
            law("RULES 286¶2"),
            lambda taking: taking.suspect.custody in _HELD,
        ),
    ),
    _correction(
        "object_to_silence",
        "纠正：超过十五日未复议、复核，也未撤案、终止侦查",
        "Object: neither an objection nor a dismissal within 15 days",
        sources=OPEN,
        cited=("RULES 287¶3",),
        guard=Guard(
            "fifteen_days_not_over",
            "未超过十五日，或者公安机关已经要求复议、撤销案件或者终止侦查。",
            "The 15 days are not over, or the police have objected or dismissed the case.",
            law("RULES 287¶3"),
            _over("A06"),
        ),
    ),
    _correction(
        "object_to_late_request",
        "纠正：未在届满七日前提请延长侦查羁押期限",
        "Object: an extension was asked for in the last seven days of custody",
        sources={S.ARRESTED},
        cited=("RULES 309¶1",),
        guard=Guard(
            "asked_in_time",
            "公安机关的提请没有迟延。",
            "The police have not asked late.",
            law("RULES 309¶1"),
            _asked_late,
        ),
    ),
    _correction(
        "object_to_restart",
        "纠正：重新计算侦查羁押期限不当",
        "Object to a new count of custody",
        sources={S.ARRESTED},
        cited=("RULES 317",),
        guard=Guard(
            "no_restart_filed",
            "没有待审查的重新计算备案。",
            "No new count has been filed.",
            law("RULES 317"),
            lambda taking: restart_reported(taking.act, taking.subject),
        ),
        also=(Finish((TaskKind.REVIEW_RESTART,)),),
    ),
    _correction(
        "object_to_no_reply",
        "纠正：未在十日内回复羁押必要性审查建议",
        "Object: no answer to the proposal within ten days",
        sources={S.ARRESTED},
        cited=("RULES 581¶2",),
        guard=Guard(
            "reply_not_overdue",
            "回复期限尚未届满，或者已经回复。",
            "The ten days are not over, or the police have answered.",
            law("RULES 581¶2"),
            _over("N05"),
        ),
    ),
)
CORRECTIONS = tuple(one.code for one in _OBJECTIONS)

STEPS: tuple[Step[Any], ...] = (
    *_OBJECTIONS,
    Step(
        code="reply_to_correction",
        zh="回复纠正意见",
        en="Answer what was objected to",
        by=Permission.PROCEEDING_ANSWER,
        sources=OPEN,
        target=None,
        articles=law("RULES 553"),
        fields=(words("reply", "纠正情况", "What was put right, or why not"),),
        guards=(
            Guard(
                "nothing_to_answer",
                "没有待回复的纠正意见。",
                "Nothing that was objected to awaits an answer.",
                law("RULES 553"),
                _unreplied,
            ),
        ),
        effects=(Do("办结待办：说明理由（其他事项未答复的除外）", close_reasons),),
    ),
)
