"""The calculator: a date for whoever asks, without touching a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.deadlines.engine.arithmetic import Custody
from services.deadlines.engine.articles import cited_en, cited_zh
from services.deadlines.engine.calculation import Calculation, calculate
from services.deadlines.engine.calendar import WorkCalendar
from services.deadlines.engine.events import Event
from services.deadlines.engine.problems import ImpossibleError, Problem
from services.deadlines.engine.wire import event_of_plain, moment_of
from services.deadlines.notices import calendar_of
from services.kernel.act import Act
from services.kernel.refusals import Unprocessable
from services.policy import Permission, demands


class ImpossibleCalculation(Unprocessable):
    """Such a period cannot be counted; `problem` is the code, `why` says it in words."""

    zh = "无法按所给条件计算该期限。"

    @classmethod
    def because(cls, error: ImpossibleError, pointer: str) -> "ImpossibleCalculation":
        """The engine's own no, pointing at the field that is to blame."""
        why = {"zh": error.zh, "en": error.en}
        article, article_zh = cited_en(error.articles), cited_zh(error.articles)
        told = {"pointer": pointer, "code": error.problem.value, "detail": why, "severity": "error"}
        return cls(
            problem=error.problem.value,
            why=why,
            article=article,
            article_zh=article_zh,
            errors=[told | {"article": article} if article else told],
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A rule, the day or the instant of its trigger, custody then, and what happened since."""

    rule_id: str
    started: date | datetime
    custody: Custody
    events: tuple[Event, ...] = ()

    def answer(self, calendar: WorkCalendar) -> Calculation:
        """The period counted under that calendar.

        Raises:
            ImpossibleError: it cannot be counted.
        """
        return calculate(self.rule_id, self.started, self.custody, calendar, self.events)


def question(
    rule_id: str, trigger: str, custody: Custody, events: Sequence[Mapping[str, Any]]
) -> Question:
    """The question that these plain values ask.

    Refuses:
        ImpossibleCalculation: the trigger is neither a day nor an instant, or one of the events
            is none.
    """
    try:
        started = moment_of(trigger)
    except ImpossibleError as error:
        raise ImpossibleCalculation.because(error, "/trigger") from error
    read: list[Event] = []
    for place, plain in enumerate(events):
        try:
            read.append(event_of_plain(plain))
        except ImpossibleError as error:
            raise ImpossibleCalculation.because(error, f"/events/{place}") from error
    return Question(rule_id, started, custody, tuple(read))


@demands(Permission.DEADLINE_COMPUTE)
def compute(act: Act, asked: Question) -> Calculation:
    """Count a period that is in no case, under the calendar known now: the law is public.

    Refuses:
        NotAllowed: whoever holds no post here asks.
        ImpossibleCalculation: no such rule, a date out of range, or an event that cannot be.

    Records:
        Nothing: it changes nothing.
    """
    calendar = calendar_of(act.session)
    try:
        return asked.answer(calendar)
    except ImpossibleError as error:
        raise ImpossibleCalculation.because(error, _blamed(asked, calendar, error)) from error


def _blamed(asked: Question, calendar: WorkCalendar, error: ImpossibleError) -> str:
    """The field to mend: the first event with which it can no longer be counted, if one is."""
    if error.problem in {Problem.RULE_UNKNOWN, Problem.RULE_ENDED}:
        return "/rule"
    for many in range(len(asked.events) + 1):
        begun = Question(asked.rule_id, asked.started, asked.custody, asked.events[:many])
        try:
            begun.answer(calendar)
        except ImpossibleError:
            return f"/events/{many - 1}" if many else "/trigger"
    return ""
