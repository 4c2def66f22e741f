"""The year's plan of activities for people's supervisors (PSUP-2021 31).

The procuratorate tells the judicial-administration organ in writing how many activities of each
kind it means to hold in a year and for how many supervisors; the organ draws up its budget by it.
A plan that was handed over stays as it is; a correction is a new edition that takes its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    and_,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from services.activities import ActivityKind
from services.kernel.act import Act, Event, Record
from services.kernel.flow import Flow
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.offices import Office, OfficeKind
from services.policy import Permission, PostKind, demands

ONE_DRAFT = "supervision_plans_one_draft"
ONE_EDITION = "supervision_plans_one_edition"
WRITERS = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR)
FURTHEST_YEAR = 1
"""Years from this one on that are planned for."""


class SupervisionPlanState(StrEnum):
    """Where an edition of a plan stands."""

    DRAFTED = "drafted"
    DELIVERED = "delivered"
    REPLACED = "replaced"
    """A later edition was handed over."""


FLOW = Flow(
    {
        "deliver": ({SupervisionPlanState.DRAFTED}, SupervisionPlanState.DELIVERED),
        "replace": ({SupervisionPlanState.DELIVERED}, SupervisionPlanState.REPLACED),
    },
    staying={"restate": {SupervisionPlanState.DRAFTED}},
)


class SupervisionPlan(Record):
    """One edition of a procuratorate's plan for one year."""

    __tablename__ = "supervision_plans"
    __table_args__ = (
        UniqueConstraint("procuratorate_id", "organ_id", "year", "edition", name=ONE_EDITION),
        CheckConstraint(
            "(state = 'drafted') = (delivered_at IS NULL)",
            name="supervision_plans_delivered_at_a_moment",
        ),
        Index(
            ONE_DRAFT,
            "procuratorate_id",
            "organ_id",
            "year",
            unique=True,
            postgresql_where=text("state = 'drafted'"),
        ),
        Index("supervision_plans_by_organ", "organ_id", "year", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    organ_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    year: Mapped[int]
    edition: Mapped[int]
    """The how-manieth plan of that year."""
    state: Mapped[SupervisionPlanState] = mapped_column(default=SupervisionPlanState.DRAFTED)
    remark: Mapped[str | None]
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    delivered_at: Mapped[datetime | None]
    delivered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    lines: Mapped[list["SupervisionPlanLine"]] = relationship(
        order_by="SupervisionPlanLine.kind", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


class SupervisionPlanLine(Record):
    """How many activities of a kind are planned, and for how many supervisors in all."""

    __tablename__ = "supervision_plan_lines"
    __table_args__ = (
        CheckConstraint("activities > 0 AND supervisors > 0", name="supervision_plan_lines_count"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("supervision_plans.id"), primary_key=True)
    kind: Mapped[ActivityKind] = mapped_column(primary_key=True)
    activities: Mapped[int]
    supervisors: Mapped[int]


@dataclass(frozen=True, slots=True)
class PlannedKind:
    """A line of a plan."""

    kind: ActivityKind
    activities: int
    supervisors: int


@dataclass(frozen=True, slots=True)
class Planner:
    """The procuratorate whose plan it is, as the law on one page asks about it."""

    procuratorate_id: int


@dataclass(frozen=True, slots=True)
class SupervisionPlanDrafted(Event):
    """The year's plan, or a correction of it, was drawn up or stated anew."""

    procuratorate_id: int
    year: int


@dataclass(frozen=True, slots=True)
class SupervisionPlanDelivered(Event):
    """The organ was handed the year's plan, or a correction of it."""

    organ_id: int
    year: int


class NotItsOrgan(Unprocessable):
    """That office keeps no pool for this procuratorate."""

    zh = "该机关不负责本院人民监督员的抽选。"


class YearNotPlanned(Unprocessable):
    """A plan is for this year or the next."""

    zh = "只能编制本年度或者下一年度的监督活动计划。"


class KindTwice(Unprocessable):
    """A kind of activity stands in the plan once."""

    zh = "同一类监督活动在计划中只能列一次。"


class DraftOpen(Conflict):
    """A draft of that year's plan lies open already; change that one."""

    zh = "该年度已有未送交的计划草稿，请在原稿上修改。"


def visible(act: Act) -> Select[SupervisionPlan]:
    """The own procuratorate's plans; for the organ, those that were handed over."""
    actor = act.actor
    return (
        select(SupervisionPlan)
        .where(
            or_(
                SupervisionPlan.procuratorate_id.in_(actor.offices_as(*WRITERS)),
                and_(
                    SupervisionPlan.organ_id.in_(actor.offices_as(PostKind.JUSTICE_OFFICER)),
                    SupervisionPlan.delivered_at.is_not(None),
                ),
            )
        )
        .options(selectinload(SupervisionPlan.lines))
    )


def find(act: Act, plan_id: int) -> SupervisionPlan:
    """The plan, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(SupervisionPlan.id == plan_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.SUPERVISION_PLAN_DRAW_UP)
def draw_up(  # noqa: PLR0913  # each by its name
    act: Act,
    planner: Planner,
    *,
    organ_id: int,
    year: int,
    lines: Sequence[PlannedKind],
    remark: str | None = None,
) -> SupervisionPlan:
    """Draw up the plan of a year, or a correction of the one that was handed over (PSUP-2021 31).

    Refuses:
        NotAllowed: only the procuratorate's case management.
        NotItsOrgan: the office keeps no pool for this procuratorate or the one above it.
        YearNotPlanned: neither this year nor the next.
        KindTwice: two lines are of one kind.
        DraftOpen: a draft for that year lies open.

    Records:
        SupervisionPlanDrafted.
    """
    _refuse_organ(act, planner.procuratorate_id, organ_id)
    if not act.today.year <= year <= act.today.year + FURTHEST_YEAR:
        raise YearNotPlanned
    newest = select(func.coalesce(func.max(SupervisionPlan.edition), 0)).where(
        SupervisionPlan.procuratorate_id == planner.procuratorate_id,
        SupervisionPlan.organ_id == organ_id,
        SupervisionPlan.year == year,
    )
    plan = SupervisionPlan(
        procuratorate_id=planner.procuratorate_id,
        organ_id=organ_id,
        year=year,
        edition=act.session.scalars(newest).one() + 1,
        state=SupervisionPlanState.DRAFTED,
        remark=remark,
        drafted_at=act.now,
        drafted_by=act.actor.id,
        lines=_lines(lines),
    )
    with act.unless(ONE_EDITION, DraftOpen()), act.unless(ONE_DRAFT, DraftOpen()):
        act.session.add(plan)
        act.session.flush()
    act.record(SupervisionPlanDrafted(plan.id, plan.procuratorate_id, year))
    return plan


@demands(Permission.SUPERVISION_PLAN_DRAW_UP)
def restate(
    act: Act, plan: SupervisionPlan, *, lines: Sequence[PlannedKind], remark: str | None
) -> SupervisionPlan:
    """State a draft anew.

    Refuses:
        NotAllowed: only the procuratorate's case management.
        WrongState: it was handed over.
        KindTwice: two lines are of one kind.

    Records:
        SupervisionPlanDrafted.
    """
    _lock(act, plan)
    plan.state = FLOW.after(plan.state, "restate")
    stated = {line.kind: line for line in _lines(lines)}
    for line in [*plan.lines]:
        if (new := stated.pop(line.kind, None)) is None:
            plan.lines.remove(line)
        else:
            line.activities, line.supervisors = new.activities, new.supervisors
    plan.lines.extend(stated.values())
    plan.remark, plan.drafted_at, plan.drafted_by = remark, act.now, act.actor.id
    act.session.flush()
    act.record(SupervisionPlanDrafted(plan.id, plan.procuratorate_id, plan.year))
    return plan


@demands(Permission.SUPERVISION_PLAN_DELIVER)
def deliver(act: Act, plan: SupervisionPlan) -> SupervisionPlan:
    """Hand a plan to the organ; it takes the place of the edition before (PSUP-2021 31).

    Refuses:
        NotAllowed: only the procuratorate's case management.
        WrongState: it was handed over.

    Records:
        SupervisionPlanDelivered.
    """
    _lock(act, plan)
    state = FLOW.after(plan.state, "deliver")
    before = select(SupervisionPlan).where(
        SupervisionPlan.procuratorate_id == plan.procuratorate_id,
        SupervisionPlan.organ_id == plan.organ_id,
        SupervisionPlan.year == plan.year,
        SupervisionPlan.state == SupervisionPlanState.DELIVERED,
        SupervisionPlan.id != plan.id,
    )
    for one in act.session.scalars(before.with_for_update()):
        one.state = FLOW.after(one.state, "replace")
    plan.state, plan.delivered_at, plan.delivered_by = state, act.now, act.actor.id
    act.session.flush()
    act.record(SupervisionPlanDelivered(plan.id, plan.organ_id, plan.year))
    return plan


def _lines(lines: Sequence[PlannedKind]) -> list[SupervisionPlanLine]:
    if len({line.kind for line in lines}) < len(lines):
        raise KindTwice
    return [
        SupervisionPlanLine(
            kind=line.kind, activities=line.activities, supervisors=line.supervisors
        )
        for line in lines
    ]


def _refuse_organ(act: Act, procuratorate_id: int, organ_id: int) -> None:
    """Of a district in a municipality the organ of the municipality may draw (PSUP-2021 20)."""
    own = act.session.get_one(Office, procuratorate_id)
    organ = act.session.get(Office, organ_id)
    if (
        organ is None
        or organ.kind is not OfficeKind.JUDICIAL_ADMINISTRATION
        or organ.procuratorate_id not in {own.id, own.superior_id} - {None}
    ):
        raise NotItsOrgan(article="PSUP-2021 20")


def _lock(act: Act, plan: SupervisionPlan) -> None:
    act.session.refresh(plan, with_for_update={"of": SupervisionPlan})
