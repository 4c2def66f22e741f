"""How a procuratorate reviews quality, where the law says nothing: the "four ones" and the days.

The 10 working days for corrections and the "four ones" come from Gansu; how long a handler may
object was found in no text. An office that has said nothing keeps all four, five working days for
the answer, and ten for corrections.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.kernel.act import Act, Record
from services.kernel.refusals import NotFound, Stale, Unprocessable
from services.policy import Permission, PostKind, demands
from services.quality_reviews.events import QualityPracticeSet
from services.quality_reviews.flow import SamplingScope

ONE_FOR_AN_OFFICE = "quality_practices_pkey"
ANSWER_DAYS, CORRECTION_DAYS, MOST = 5, 10, 30
"""Working days to answer, working days to correct, and the most an office may set."""
READERS = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)


class QualityPractice(Record):
    """What one procuratorate has set; an office that has said nothing has no row."""

    __tablename__ = "quality_practices"
    __table_args__ = (
        CheckConstraint(f"answer_days BETWEEN 1 AND {MOST}", name="quality_practices_answer"),
        CheckConstraint(f"correction_days BETWEEN 1 AND {MOST}", name="quality_practices_correct"),
    )

    procuratorate_id: Mapped[int] = mapped_column(
        ForeignKey("offices.id"), primary_key=True, autoincrement=False
    )
    once: Mapped[list[str]]
    """The scopes in which a sampling is started once a year: of the four ones, those kept."""
    answer_days: Mapped[int]
    correction_days: Mapped[int]
    set_at: Mapped[datetime | None]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


class QualityDaysOutOfBounds(Unprocessable):
    """Answers and corrections have one to thirty working days."""

    zh = "答复、整改的期限应为一至三十个工作日。"


def of_office(session: Session, procuratorate_id: int) -> QualityPractice:
    """What this procuratorate has set."""
    return session.get(QualityPractice, procuratorate_id) or QualityPractice(
        procuratorate_id=procuratorate_id,
        once=[one.value for one in SamplingScope],
        answer_days=ANSWER_DAYS,
        correction_days=CORRECTION_DAYS,
        version=0,
    )


def find(act: Act, procuratorate_id: int | None = None) -> QualityPractice:
    """The settings of the actor's procuratorate, or of the one named if the actor has several.

    Refuses:
        NotFound: the actor holds no post there that may read them.
    """
    offices = sorted(act.actor.offices_as(*READERS))
    wanted = procuratorate_id if procuratorate_id is not None else next(iter(offices), None)
    if wanted is None or wanted not in offices:
        raise NotFound
    return of_office(act.session, wanted)


@demands(Permission.QUALITY_PRACTICE_SET)
def change(
    act: Act,
    practice: QualityPractice,
    *,
    once: Collection[SamplingScope],
    answer_days: int,
    correction_days: int,
) -> QualityPractice:
    """Say how this procuratorate reviews; days that run already stay as they are.

    Refuses:
        NotAllowed: only case management or the chief procurator of that procuratorate.
        QualityDaysOutOfBounds: not one to thirty working days.
        Stale: somebody else said something at the same moment.

    Records:
        QualityPracticeSet.
    """
    if not (1 <= answer_days <= MOST and 1 <= correction_days <= MOST):
        raise QualityDaysOutOfBounds
    practice.once = [one.value for one in SamplingScope if one in once]
    practice.answer_days, practice.correction_days = answer_days, correction_days
    practice.set_at, practice.set_by = act.now, act.actor.id
    with act.unless(ONE_FOR_AN_OFFICE, Stale()):
        act.session.add(practice)
    act.record(QualityPracticeSet(practice.procuratorate_id, practice.version))
    return practice
