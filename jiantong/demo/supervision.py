"""The supervision of the demo world: activities at every stage, from a plan to a chief's decision.

They are lived through the real operations like the cases are: the organ draws with a seed nobody
could choose, so who is invited differs from world to world.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from jiantong.demo.city import City
from jiantong.demo.talks import As
from services import activities, draws, invitations, public_hearings, supervision_plans
from services import supervision_opinions as opinions
from services.activities import (
    ActivityForm,
    ActivityKind,
    InviteGround,
    Need,
    Plan,
    Setting,
)
from services.activities.grounds import PublicMatter
from services.arrest_reviews import ArrestReview, ReviewState
from services.cases import Case
from services.invitations import Attending, Invitation, InvitationState
from services.kernel.act import SHANGHAI, Act
from services.policy import PostKind
from services.public_hearings import PublicHearingDraft, PublicHearingForm
from services.supervision_opinions import (
    Adoption,
    Conduct,
    NewPerformanceLine,
    NewSupervisionOpinion,
    OpinionView,
    Point,
    SupervisionOpinion,
    SupervisionRuling,
)
from services.supervision_plans import PlannedKind, Planner
from services.supervisors import Expertise

Life = Iterator[datetime]
Held = Generator[datetime, None, int]
"""A life at whose end an activity is over: its id."""
COURT, ORGAN = "qinglan", "justice"
NOTICE = timedelta(days=20)
"""So long before an activity the organ is told: five working days even across long holidays."""
_DAY = timedelta(days=1)
_ROOM = "本院三楼听证室"
_AGREED = NewSupervisionOpinion(
    Point(OpinionView.AGREE),
    Point(OpinionView.AGREE),
    Point(OpinionView.AGREE, "发现的问题都说明了原因，整改期限也合适。"),
    OpinionView.AGREE,
    "建议下次把整改结果也告诉我们。",
)
_DOUBTED = NewSupervisionOpinion(
    Point(OpinionView.AGREE),
    Point(OpinionView.PARTLY, "只抽看了三份，时间也短。"),
    Point(OpinionView.DISAGREE, "抽查的都是本院自己挑选的，不能说明全部情况。"),
    OpinionView.PARTLY,
    "建议由人民监督员随机指定抽查对象，并扩大比例。",
)
_EXPLAINED = "抽查按照年度计划确定的比例进行；本次检查意在发现共性问题，不对个案作出结论。"
_INSISTED = "比例虽然合规，但样本由被检查的部门自己挑选，我仍然不认可。"
_RULED = "监督意见有道理，下次检查由人民监督员随机指定抽查对象。"


@dataclass(frozen=True, slots=True)
class _Planned:
    """What is to be supervised, and in whose case."""

    kind: ActivityKind
    title: str
    starts_at: datetime
    wanted: int
    case_id: int | None = None
    ground: InviteGround | None = None
    needs: tuple[Need, ...] = ()


class Supervision:
    """Plays activities in one city."""

    def __init__(self, acting_as: As, founded: City) -> None:
        self._as = acting_as
        self.manager = founded.holding(PostKind.CASE_MANAGER, COURT)[0]
        self.chief = founded.holding(PostKind.CHIEF_PROCURATOR, COURT)[0]
        self.officer = founded.holding(PostKind.JUSTICE_OFFICER, ORGAN)[0]
        self.procuratorate_id = founded.offices[COURT]
        self.organ_id = founded.offices[ORGAN]

    def planned(self, wanted: _Planned, at: datetime) -> int:
        """The handler of the case plans it, or case management; the activity's id."""
        with self._as(self._planner(wanted, at), at) as act:
            case = act.session.get(Case, wanted.case_id) if wanted.case_id else None
            ends = wanted.starts_at + timedelta(hours=2)
            said = Plan(
                wanted.kind,
                wanted.title,
                Setting(wanted.starts_at, ends, ActivityForm.EITHER, _ROOM),
                wanted.wanted,
                wanted.ground,
                wanted.needs,
            )
            return activities.plan(act, activities.planning(act, case), said).id

    def sent(self, activity_id: int, at: datetime) -> None:
        """Case management tells the organ."""
        with self._as(self.manager, at) as act:
            activities.send(act, activities.find(act, activity_id))

    def published(self, activity_id: int, at: datetime) -> None:
        """The organ publishes the pool and its commitment."""
        with self._as(self.officer, at) as act:
            draws.publish(act, activities.find(act, activity_id))

    def drawn(self, activity_id: int, at: datetime) -> None:
        """The procuratorate witnesses the draw, and the organ holds it."""
        with self._as(self.manager, at) as act:
            draws.witness(act, draws.of_activity(act, activity_id))
        with self._as(self.officer, at + timedelta(minutes=10)) as act:
            invitations.hold(act, draws.of_activity(act, activity_id))

    def accepted(self, activity_id: int, at: datetime, leaving: int = 0) -> None:
        """Whoever was drawn accepts, the first from afar; the last `leaving` have not answered."""
        invited = self._invited(activity_id, at, InvitationState.INVITED)
        coming = invited[: len(invited) - leaving]
        for place, (person_id, invitation_id) in enumerate(coming):
            with self._as(person_id, at + timedelta(minutes=7 * place)) as act:
                how = Attending.PRESENT if place else Attending.REMOTE
                invitations.accept(act, invitations.find(act, invitation_id), attending=how)

    def held(self, activity_id: int, at: datetime, ended_at: datetime) -> None:
        """It begins, everybody comes, it ends."""
        with self._as(self.manager, at) as act:
            activities.begin(act, activities.find(act, activity_id))
        with self._as(self.manager, ended_at) as act:
            for _, invitation_id in self._known(act, activity_id, InvitationState.ACCEPTED):
                invitations.mark_attended(act, invitations.find(act, invitation_id))
            activities.end(act, activities.find(act, activity_id))

    def spoken(self, activity_id: int, at: datetime, leaving: int = 0) -> None:
        """Whoever came gives an opinion; with the last of them all are opened."""
        came = self._invited(activity_id, at, InvitationState.ATTENDED)
        said = (_DOUBTED, *[_AGREED] * len(came))
        for place, (person_id, invitation_id) in enumerate(came[: len(came) - leaving]):
            with self._as(person_id, at + timedelta(minutes=15 * place)) as act:
                opinions.give(act, invitations.find(act, invitation_id), said[place])

    def answered(self, activity_id: int, at: datetime) -> list[int]:
        """Case management adopts all but the doubting one; the opinions' ids, that one first."""
        with self._as(self.manager, at) as act:
            given = self._opinions(act, activity_id)
            for one in given:
                doubts = one.overall is not OpinionView.AGREE
                adoption = Adoption.NOT_ADOPTED if doubts else Adoption.ADOPTED
                opinions.answer(act, one, adoption=adoption, reasons=_EXPLAINED if doubts else None)
            return [one.id for one in sorted(given, key=lambda one: one.adoption != "not_adopted")]

    def objected(self, opinion_ids: Sequence[int], at: datetime) -> None:
        """The doubting one objects, the others receipt."""
        for place, opinion_id in enumerate(opinion_ids):
            with self._as(self.manager, at) as act:
                person_id = act.session.get_one(SupervisionOpinion, opinion_id).person_id
            with self._as(person_id, at) as act:
                one = opinions.find(act, opinion_id)
                if place:
                    opinions.receipt(act, one)
                else:
                    opinions.object_to(act, one, words=_INSISTED)

    def decided(self, opinion_id: int, at: datetime) -> None:
        """The chief decides on the objection."""
        with self._as(self.chief, at) as act:
            one = opinions.find(act, opinion_id)
            opinions.decide(act, one, ruling=SupervisionRuling.ADOPTED, reasons=_RULED)

    def reported(self, activity_id: int, at: datetime) -> None:
        """The organ is told how everybody took part."""
        with self._as(self.manager, at) as act:
            activity = activities.find(act, activity_id)
            came = self._known(act, activity_id, InvitationState.ATTENDED)
            lines = [NewPerformanceLine(one, Conduct.DILIGENT) for _, one in came]
            opinions.report(act, activity, lines=lines)

    def _planner(self, wanted: _Planned, at: datetime) -> int:
        if wanted.case_id is None:
            return self.manager
        with self._as(self.manager, at) as act:
            return act.session.get_one(Case, wanted.case_id).handler_id or self.manager

    def _invited(
        self, activity_id: int, at: datetime, state: InvitationState
    ) -> list[tuple[int, int]]:
        with self._as(self.manager, at) as act:
            return self._known(act, activity_id, state)

    def _known(self, act: Act, activity_id: int, state: InvitationState) -> list[tuple[int, int]]:
        """Person and invitation of everybody whose invitation stands there, in order."""
        chosen = (
            select(Invitation)
            .where(Invitation.activity_id == activity_id, Invitation.state == state)
            .order_by(Invitation.id)
        )
        return [(one.person_id, one.id) for one in act.session.scalars(chosen)]

    def _opinions(self, act: Act, activity_id: int) -> Sequence[SupervisionOpinion]:
        return act.session.scalars(
            opinions.visible(act)
            .where(SupervisionOpinion.activity_id == activity_id)
            .order_by(SupervisionOpinion.id)
        ).all()


def lives(acting_as: As, founded: City, until: datetime) -> list[Life]:
    """Every activity's life: it yields the moment of each step before it is taken."""
    play = Supervision(acting_as, founded)
    return [
        _year(play, acting_as, until - 40 * _DAY),
        _closed(play, _morning(until - 12 * _DAY)),
        _objected(play, _morning(until - 6 * _DAY)),
        _sealed(play, _morning(until - _DAY)),
        _invited(play, _morning(until + 9 * _DAY), until),
        _in_draw(play, _morning(until + 16 * _DAY), until),
        _to_draw(play, _morning(until + 19 * _DAY), until),
        _to_send(play, acting_as, _morning(until + 21 * _DAY), until),
    ]


def _morning(moment: datetime) -> datetime:
    """Half past nine on that day."""
    return moment.astimezone(SHANGHAI).replace(hour=9, minute=30, second=0, microsecond=0)


def _year(play: Supervision, acting_as: As, at: datetime) -> Life:
    """The year's plan, handed to the organ."""
    yield at
    with acting_as(play.manager, at) as act:
        lines = [
            PlannedKind(ActivityKind.PUBLIC_REVIEW, 12, 36),
            PlannedKind(ActivityKind.COURT_APPEARANCE, 6, 12),
            PlannedKind(ActivityKind.BRIEFING, 2, 20),
        ]
        plan = supervision_plans.draw_up(
            act,
            Planner(play.procuratorate_id),
            organ_id=play.organ_id,
            year=act.today.year,
            lines=lines,
        )
        supervision_plans.deliver(act, plan)


def _to_end(play: Supervision, wanted: _Planned) -> Held:
    """From the plan until it is over."""
    at = wanted.starts_at - NOTICE
    yield at
    activity_id = play.planned(wanted, at)
    play.sent(activity_id, at + timedelta(hours=1))
    yield (at := at + _DAY)
    play.published(activity_id, at)
    play.drawn(activity_id, at + timedelta(minutes=20))
    yield (at := at + timedelta(hours=5))
    play.accepted(activity_id, at)
    yield wanted.starts_at
    play.held(activity_id, wanted.starts_at, wanted.starts_at + timedelta(hours=2))
    return activity_id


def _closed(play: Supervision, starts_at: datetime) -> Life:
    title = "司法规范化检查：法律文书送达"
    wanted = _Planned(ActivityKind.STANDARDS_INSPECTION, title, starts_at, 4)
    activity_id = yield from _to_end(play, wanted)
    yield (at := starts_at + timedelta(hours=5))
    play.spoken(activity_id, at)
    play.reported(activity_id, at + timedelta(hours=1))
    yield (at := at + _DAY)
    answered = play.answered(activity_id, at)
    yield (at := at + _DAY)
    play.objected(answered, at)
    yield (at := at + _DAY)
    play.decided(answered[0], at)


def _objected(play: Supervision, starts_at: datetime) -> Life:
    title = "司法规范化检查：讯问同步录音录像"
    wanted = _Planned(ActivityKind.STANDARDS_INSPECTION, title, starts_at, 3)
    activity_id = yield from _to_end(play, wanted)
    yield (at := starts_at + timedelta(hours=5))
    play.spoken(activity_id, at)
    yield (at := at + _DAY)
    play.reported(activity_id, at)
    play.objected(play.answered(activity_id, at), at + timedelta(hours=3))


def _sealed(play: Supervision, starts_at: datetime) -> Life:
    title = "司法规范化检查：权利告知"
    wanted = _Planned(ActivityKind.STANDARDS_INSPECTION, title, starts_at, 3)
    activity_id = yield from _to_end(play, wanted)
    yield (at := starts_at + timedelta(hours=3))
    play.spoken(activity_id, at, leaving=1)


def _invited(play: Supervision, starts_at: datetime, until: datetime) -> Life:
    """Two who know of schooling are asked with one more; the last has not answered."""
    wanted = _Planned(
        ActivityKind.CIRCUIT_INSPECTION,
        "看守所巡回检察",
        starts_at,
        3,
        needs=(Need(Expertise.EDUCATION, 2),),
    )
    yield (at := until - timedelta(days=3))
    activity_id = play.planned(wanted, at)
    play.sent(activity_id, at)
    yield (at := until - timedelta(hours=5))
    play.published(activity_id, at)
    play.drawn(activity_id, at + timedelta(minutes=10))
    yield (at := at + timedelta(hours=1))
    play.accepted(activity_id, at, leaving=2)


def _in_draw(play: Supervision, starts_at: datetime, until: datetime) -> Life:
    yield (at := until - timedelta(minutes=30))
    wanted = _Planned(ActivityKind.BRIEFING, "检察开放日座谈", starts_at, 5)
    activity_id = play.planned(wanted, at - timedelta(hours=2))
    play.sent(activity_id, at - timedelta(hours=1))
    play.published(activity_id, at)


def _to_draw(play: Supervision, starts_at: datetime, until: datetime) -> Life:
    yield (at := until - timedelta(hours=4))
    wanted = _Planned(ActivityKind.STANDARDS_INSPECTION, "办案区使用情况检查", starts_at, 2)
    play.sent(play.planned(wanted, at), at)


def _to_send(play: Supervision, acting_as: As, starts_at: datetime, until: datetime) -> Life:
    """A public hearing of an arrest of some renown, with the invitation the law asks for."""
    yield (at := until - timedelta(hours=2))
    with acting_as(play.manager, at) as act:
        review = act.session.scalars(
            select(ArrestReview)
            .join(Case, Case.id == ArrestReview.case_id)
            .where(
                ArrestReview.state == ReviewState.UNDER_REVIEW,
                Case.procuratorate_id == play.procuratorate_id,
                Case.handler_id.is_not(None),
            )
            .order_by(ArrestReview.id.desc())
        ).first()
        case_id, suspect_id = (review.case_id, review.suspect_id) if review else (0, 0)
        handler = review.case.handler_id if review else None
    if handler is None:
        return
    with acting_as(handler, at) as act:
        hearing = public_hearings.plan(
            act,
            act.session.get_one(Case, case_id),
            PublicHearingDraft(
                form=PublicHearingForm.PUBLIC_HEARING,
                matter=PublicMatter.ARREST_REVIEW,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=2),
                place=_ROOM,
                agenda=("宣布听证纪律", "侦查机关说明理由", "辩护人发表意见", "听证员提问、评议"),
                intention="是否有逮捕必要，拟听取各方意见。",
                suspect_ids=(suspect_id,),
                major_influence=True,
            ),
        )
        public_hearings.plan_activity(
            act,
            hearing,
            title="重大影响案件审查逮捕公开听证",
            wanted=3,
            form=ActivityForm.EITHER,
        )
