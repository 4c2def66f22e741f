"""The form of a quality review: five dimensions with items, as data with an edition and a day.

Its dimensions are 实体, 程序, 文书, 效果与风险 and 归档; words and points are practice, for no
national text was found. A review keeps the form in force at its start.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.kernel.act import Act, Record
from services.kernel.refusals import NotFound, Stale, Unprocessable
from services.offices import Office
from services.policy import Permission, demands
from services.quality_reviews.events import QualityFormSet

ONE_EDITION = "quality_forms_one_edition"
MOST_POINTS = 100


class QualityDimension(StrEnum):
    """What is looked at."""

    SUBSTANCE = "substance"
    PROCEDURE = "procedure"
    DOCUMENTS = "documents"
    EFFECT_AND_RISK = "effect_and_risk"
    FILING = "filing"


@dataclass(frozen=True, slots=True)
class FormItem:
    """One thing to look at, and how many points a defect in it may cost."""

    code: str
    dimension: QualityDimension
    zh: str
    points: int


BUILT_IN = (
    FormItem("facts", QualityDimension.SUBSTANCE, "认定事实清楚、准确", 15),
    FormItem("evidence", QualityDimension.SUBSTANCE, "证据审查、采信和排除正确", 15),
    FormItem("law", QualityDimension.SUBSTANCE, "定性、适用法律和处理意见正确", 15),
    FormItem("periods", QualityDimension.PROCEDURE, "办案期限、强制措施合法", 10),
    FormItem("rights", QualityDimension.PROCEDURE, "告知、听取意见和权利保障到位", 10),
    FormItem("approval", QualityDimension.PROCEDURE, "审批、讨论、回避程序规范", 5),
    FormItem("documents", QualityDimension.DOCUMENTS, "文书种类、内容、格式规范", 6),
    FormItem("reasoning", QualityDimension.DOCUMENTS, "释法说理充分", 4),
    FormItem("effect", QualityDimension.EFFECT_AND_RISK, "政治效果、社会效果、法律效果统一", 5),
    FormItem("risk", QualityDimension.EFFECT_AND_RISK, "风险评估预警和应对妥当", 5),
    FormItem("entries", QualityDimension.FILING, "网上办案信息填录及时、准确", 5),
    FormItem("archive", QualityDimension.FILING, "卷宗材料齐全、归档及时", 5),
)
"""Edition 0: what holds until a procuratorate has set a form of its own. 100 points in all."""


class QualityForm(Record):
    """One edition of a procuratorate's form; none is ever rewritten."""

    __tablename__ = "quality_forms"
    __table_args__ = (UniqueConstraint("procuratorate_id", "edition", name=ONE_EDITION),)

    id: Mapped[int] = mapped_column(primary_key=True)
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    edition: Mapped[int]
    in_force_from: Mapped[date]
    items: Mapped[list[Any]]
    """`{code, dimension, zh, points}`."""
    set_at: Mapped[datetime]
    set_by: Mapped[int] = mapped_column(ForeignKey("people.id"))

    @property
    def lines(self) -> tuple[FormItem, ...]:
        """Its items, typed."""
        return tuple(
            FormItem(one["code"], QualityDimension(one["dimension"]), one["zh"], one["points"])
            for one in self.items
        )


class FormIncomplete(Unprocessable):
    """A form has an item in each of the five dimensions, each code once, and points for each."""

    zh = "评查表应当覆盖五个方面，每个方面至少一项，项目编码不得重复，分值应为正数。"


class FormBackdated(Unprocessable):
    """A form comes into force today or later, and not before the one it follows."""

    zh = "评查表的施行日期不得早于今日，也不得早于上一版。"


def of_office(session: Session, procuratorate_id: int) -> list[QualityForm]:
    """Every edition that this procuratorate has set, the latest first."""
    chosen = select(QualityForm).where(QualityForm.procuratorate_id == procuratorate_id)
    return list(session.scalars(chosen.order_by(QualityForm.edition.desc())))


def in_force(session: Session, procuratorate_id: int, on: date) -> QualityForm | None:
    """The edition in force on a day; none: the built-in one."""
    chosen = select(QualityForm).where(
        QualityForm.procuratorate_id == procuratorate_id, QualityForm.in_force_from <= on
    )
    return session.scalars(chosen.order_by(QualityForm.edition.desc())).first()


def office_of(act: Act, procuratorate_id: int | None = None) -> Office:
    """The actor's procuratorate, or the one named if the actor holds a post there.

    Refuses:
        NotFound: the actor holds no post there.
    """
    mine = sorted(act.actor.offices)
    wanted = procuratorate_id if procuratorate_id is not None else next(iter(mine), None)
    found = act.session.get(Office, wanted) if wanted in mine else None
    if found is None:
        raise NotFound
    return found


@demands(Permission.QUALITY_FORM_SET)
def enter(
    act: Act, office: Office, *, in_force_from: date, items: Sequence[FormItem]
) -> QualityForm:
    """Set the next edition of a procuratorate's form; reviews that have begun keep theirs.

    Refuses:
        NotAllowed: only case management of that procuratorate.
        FormIncomplete: a dimension has no item, a code stands twice, or points are not positive.
        FormBackdated: before today, or before the edition that it follows.
        Stale: somebody else set an edition at the same moment.

    Records:
        QualityFormSet.
    """
    codes = [one.code for one in items]
    if (
        {one.dimension for one in items} != set(QualityDimension)
        or len(codes) != len(set(codes))
        or not all(1 <= one.points <= MOST_POINTS for one in items)
    ):
        raise FormIncomplete
    latest = act.session.execute(
        select(func.max(QualityForm.edition), func.max(QualityForm.in_force_from)).where(
            QualityForm.procuratorate_id == office.id
        )
    ).one()
    if in_force_from < max(act.today, latest[1] or act.today):
        raise FormBackdated
    form = QualityForm(
        procuratorate_id=office.id,
        edition=(latest[0] or 0) + 1,
        in_force_from=in_force_from,
        items=[asdict(one) for one in items],
        set_at=act.now,
        set_by=act.actor.id,
    )
    with act.unless(ONE_EDITION, Stale()):
        act.session.add(form)
    act.record(QualityFormSet(office.id, form.edition))
    return form
