"""What people hear about periods that near their end, or are past it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, and_, or_, select
from sqlalchemy.orm import Mapped, Session, column_property, joinedload, relationship

from notifications.audiences import person, pool
from notifications.messages import Clock, Message, Urgency, Words, on, read_with
from services.arrest_requests.records import Suspect
from services.arrest_reviews import ArrestReview
from services.cases import Case, case_suspects
from services.deadlines import CHINA_TIME, Custody, Deadline
from services.deadlines.tiers import DAY, Tier, morning
from services.deadlines.watch import (
    AtOnceAwaited,
    CustodyExpired,
    DeadlineAlert,
    DeadlineExpired,
    DeadlineNeared,
    DueDayPassed,
    LastDaysReached,
    ThresholdPassed,
)
from services.kernel.act import Actor, Record
from services.policy import PostKind


def suspect_of(deadline_id: Any) -> ScalarSelect[str]:
    """The name of whose period it is, if it is one person's."""
    named = select(Suspect.name).join(Deadline, Deadline.suspect_id == Suspect.id)
    return named.where(Deadline.id == deadline_id).limit(1).scalar_subquery()


def case_of(deadline_id: Any) -> ScalarSelect[str]:
    """The number of the case in which it runs, once the matter has one."""
    whole = {
        "cases": Case.id == Deadline.about_id,
        "arrest_requests": and_(
            Case.arrest_request_id == Deadline.about_id, Case.split_from_id.is_(None)
        ),
        "transfers": and_(Case.transfer_id == Deadline.about_id, Case.split_from_id.is_(None)),
        "arrest_reviews": Case.id
        == select(ArrestReview.case_id)
        .where(ArrestReview.id == Deadline.about_id)
        .correlate(Deadline)
        .scalar_subquery(),
    }
    one_s = select(case_suspects.c.case_id).where(case_suspects.c.suspect_id == Deadline.suspect_id)
    in_it = or_(
        and_(
            Case.id.in_(one_s.correlate(Deadline)),
            Case.procuratorate_id == Deadline.procuratorate_id,
        ),
        *(
            and_(Deadline.suspect_id.is_(None), Deadline.about_kind == kind, same)
            for kind, same in whole.items()
        ),
    )
    numbered = select(Case.number).join(Deadline, in_it).where(Deadline.id == deadline_id)
    return numbered.order_by(Case.id.desc()).limit(1).scalar_subquery()


class ToldAlert(Record):
    """An alert, with the names that tell one matter from another inside the app."""

    __table__ = DeadlineAlert.__table__

    deadline: Mapped[Deadline] = relationship(viewonly=True)
    suspect_name: Mapped[str | None] = column_property(suspect_of(__table__.c.deadline_id))
    case_number: Mapped[str | None] = column_property(case_of(__table__.c.deadline_id))

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate in which the handler was told."""
        return self.deadline.procuratorate_id

    @property
    def handled_by(self) -> int | None:
        """The prosecutor who was told by name, while the case is still theirs."""
        told = self.handler_id  # type: ignore[attr-defined]  # a column of the alert's own table
        return self.deadline.handler_id if told == self.deadline.handler_id else None

    @property
    def about(self) -> str:
        """The case and the suspect, as far as there are any yet."""
        return " ".join(part for part in (self.case_number, self.suspect_name) if part)


read_with(ToldAlert, joinedload(ToldAlert.deadline))


@dataclass(frozen=True, slots=True)
class _OnTheLadder:
    """Whoever the watch has told: the prosecutor by name, and the holders of these posts."""

    def people(self, session: Session, alert: Any) -> set[int]:
        """Everyone to whom it was told who is still in that place."""
        found = _HANDLER.people(session, alert)
        for post, office_id in alert.pools:
            found |= _POOLS[PostKind(post)].people(session, _Place(office_id))
        return found

    def includes(self, actor: Actor, alert: Any) -> bool:
        """Was it told to the actor, by name or by post?"""
        named = _HANDLER.includes(actor, alert)
        return named or any(actor.holds(post, office_id) for post, office_id in alert.pools)


@dataclass(frozen=True, slots=True)
class _Place:
    office_id: int


_HANDLER = person("handled_by", PostKind.PROSECUTOR, of="procuratorate_id")
_POOLS = {post: pool(post, of="office_id") for post in PostKind}
ON_THE_LADDER = _OnTheLadder()


def _is_over(alert: ToldAlert) -> bool:
    """Is the period closed or suspended, so that nothing is to be answered?"""
    return alert.deadline.closed_at is not None or alert.deadline.suspended_on is not None


def about_period(event: Any) -> str:
    """The topic of every tier of a period: the worse one takes the place of those before."""
    return f"deadline:{event.deadline_id}"


def runs(alert: ToldAlert) -> Clock | None:
    """The period of which an alert speaks, until its end, or its outer end once it is past due.

    It presses while somebody is held, or where the law counts hours.
    """
    deadline = alert.deadline
    if deadline.due_on is None or deadline.outer_on is None:
        return None
    outer = deadline.outer_at or morning(deadline.outer_on + DAY)
    return Clock(
        outer if alert.tier is Tier.DUE_PASSED else alert.ends_at,  # type: ignore[attr-defined]
        deadline.look_at,
        presses=deadline.held or deadline.due_at is not None,
    )


def _sample() -> ToldAlert:
    deadline = Deadline(
        id=5,
        rule_id="D06",
        started_at=datetime(2026, 9, 7, 2, tzinfo=UTC),
        custody=Custody.HELD,
        due_on=date(2026, 9, 14),
        outer_on=date(2026, 9, 14),
    )
    return ToldAlert(
        id=9, deadline=deadline, suspect_name="赵某", case_number="测检捕受〔2026〕7号"
    )


def end_of(deadline: Deadline) -> str:
    """The day to keep in words, or the moment where the law counts hours."""
    return _moment(deadline.due_on, deadline.due_at)


def outer_end_of(deadline: Deadline) -> str:
    """The latest day or moment that the law can bear."""
    return _moment(deadline.outer_on, deadline.outer_at)


def _moment(day: date | None, at: datetime | None) -> str:
    if at is not None:
        here = at.astimezone(CHINA_TIME)
        return f"{here.year}年{here.month}月{here.day}日{here:%H:%M}"
    return f"{day.year}年{day.month}月{day.day}日" if day else "立即"


def end_of_en(deadline: Deadline) -> str:
    """The day to keep in English."""
    return _moment_en(deadline.due_on, deadline.due_at)


def outer_end_of_en(deadline: Deadline) -> str:
    """The latest day or moment that the law can bear, in English."""
    return _moment_en(deadline.outer_on, deadline.outer_at)


def _moment_en(day: date | None, at: datetime | None) -> str:
    if at is not None:
        return f"{at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"
    return f"{day:%Y-%m-%d}" if day else "at once"


def _told(alert: ToldAlert, title: str, then: str, en: Words) -> Message:
    rule = alert.deadline.rule
    words = f"{alert.about}：{rule.zh}（{rule.article_zh}）。{then}"
    named = f"{alert.about}: {rule.en} ({rule.article}). {en.body}".removeprefix(": ")
    return Message(
        title,
        words.removeprefix("："),
        f"/deadlines/{alert.deadline.id}",
        en=Words(en.title, named),
    )


@on(
    AtOnceAwaited,
    about=ToldAlert,
    to=ON_THE_LADDER,
    settled=_is_over,
    urgency=Urgency.TASK,
    topic=about_period,
    clock=runs,
    sample=lambda: (AtOnceAwaited(9, 5), _sample()),
)
def at_once_awaited(_event: AtOnceAwaited, alert: ToldAlert) -> Message:
    """Ask after what the law wants done at once."""
    return _told(
        alert,
        "应当立即办理的事项尚未办结",
        "请立即办理。",
        Words("What is to be done at once is still open", "Please do it at once."),
    )


@on(
    DeadlineNeared,
    about=ToldAlert,
    to=ON_THE_LADDER,
    settled=_is_over,
    urgency=Urgency.TASK,
    topic=about_period,
    clock=runs,
    sample=lambda: (DeadlineNeared(9, 5, Tier.FIRST.value), _sample()),
)
def deadline_neared(_event: DeadlineNeared, alert: ToldAlert) -> Message:
    """Tell that a period nears its end (RULES 620)."""
    return _told(
        alert,
        "期限将届满",
        f"应办日：{end_of(alert.deadline)}。",
        Words("A period nears its end", f"Day to keep: {end_of_en(alert.deadline)}."),
    )


@on(
    LastDaysReached,
    about=ToldAlert,
    to=ON_THE_LADDER,
    settled=_is_over,
    urgency=Urgency.URGENT,
    topic=about_period,
    clock=runs,
    sample=lambda: (LastDaysReached(9, 5, Tier.LAST.value), _sample()),
)
def last_days_reached(_event: LastDaysReached, alert: ToldAlert) -> Message:
    """Tell that hardly any time is left."""
    return _told(
        alert,
        "期限即将届满",
        f"应办日：{end_of(alert.deadline)}，请尽快办结。",
        Words(
            "A period is about to end",
            f"Day to keep: {end_of_en(alert.deadline)}. Please finish soon.",
        ),
    )


@on(
    ThresholdPassed,
    about=ToldAlert,
    to=ON_THE_LADDER,
    settled=_is_over,
    urgency=Urgency.TASK,
    topic=about_period,
    clock=runs,
    sample=lambda: (ThresholdPassed(9, 5), _sample()),
)
def threshold_passed(_event: ThresholdPassed, alert: ToldAlert) -> Message:
    """Tell that the time is over after which somebody else has to act, or may."""
    passed = end_of(alert.deadline)
    return _told(
        alert,
        "期间已过，请依法处理",
        f"期间已于{passed}届满。",
        Words("A time has passed; please act by law", f"It passed on {end_of_en(alert.deadline)}."),
    )


@on(
    DueDayPassed,
    about=ToldAlert,
    to=ON_THE_LADDER,
    settled=_is_over,
    urgency=Urgency.URGENT,
    topic=about_period,
    clock=runs,
    sample=lambda: (DueDayPassed(9, 5), _sample()),
)
def due_day_passed(_event: DueDayPassed, alert: ToldAlert) -> Message:
    """Tell that the day to keep has gone by, and until when the other reading would bear it."""
    deadline = alert.deadline
    days = f"应办日{end_of(deadline)}已过，最迟外限为{outer_end_of(deadline)}"
    return _told(
        alert,
        "已过应办日",
        f"{days}，请立即办结。",
        Words(
            "The day to keep has passed",
            f"The day to keep was {end_of_en(deadline)}; the latest the law can bear is "
            f"{outer_end_of_en(deadline)}. Please finish at once.",
        ),
    )


@on(
    DeadlineExpired,
    about=ToldAlert,
    to=ON_THE_LADDER,
    settled=_is_over,
    urgency=Urgency.URGENT,
    topic=about_period,
    clock=runs,
    sample=lambda: (DeadlineExpired(9, 5), _sample()),
)
def deadline_expired(_event: DeadlineExpired, alert: ToldAlert) -> Message:
    """Tell that a period has run out."""
    ended = f"期限已于{outer_end_of(alert.deadline)}届满，尚未办结。"
    return _told(
        alert,
        "期限已届满",
        ended,
        Words(
            "A period has run out",
            f"It ended on {outer_end_of_en(alert.deadline)} and is still open.",
        ),
    )


@on(
    CustodyExpired,
    about=ToldAlert,
    to=ON_THE_LADDER,
    settled=_is_over,
    urgency=Urgency.ALARM,
    topic=about_period,
    clock=runs,
    sample=lambda: (CustodyExpired(9, 5, again=False), _sample()),
)
def custody_expired(event: CustodyExpired, alert: ToldAlert) -> Message:
    """Tell that somebody is held longer than the law allows (CPL 98, 99)."""
    title_en = "Custody period expired" + (" (told daily)" if event.again else "")
    title = "羁押期限已届满（每日提示）" if event.again else "羁押期限已届满"
    ended = f"期限已于{outer_end_of(alert.deadline)}届满，应当立即释放或者依法变更强制措施。"
    return _told(
        alert,
        title,
        ended,
        Words(
            title_en,
            f"It ended on {outer_end_of_en(alert.deadline)}. Release the person at once "
            "or change the coercive measure by law.",
        ),
    )
