"""The tables of a draw: what was committed to, who could be drawn, what became of the seats."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DDL, CheckConstraint, ForeignKey, UniqueConstraint, func, select
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.activities import Activity
from services.draws.flow import DrawState, RecusalBecause, SeatChange
from services.kernel.act import Record
from services.kernel.sealed import SealedBytes
from services.supervisors import Supervisor

ONE_FOR_AN_ACTIVITY = "draws_one_for_an_activity"
EXCLUDED_ONCE = "draw_exclusions_once"


class DrawExclusion(Record):
    """The organ keeps a supervisor out of the draw of an activity (PSUP-2021 21)."""

    __tablename__ = "draw_exclusions"
    __table_args__ = (UniqueConstraint("activity_id", "supervisor_id", name=EXCLUDED_ONCE),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"))
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("supervisors.id"))
    because: Mapped[RecusalBecause]
    entered_at: Mapped[datetime]
    entered_by: Mapped[int] = mapped_column(ForeignKey("people.id"))


class DrawCandidate(Record):
    """A supervisor as published before the draw: one line of the pool."""

    __tablename__ = "draw_candidates"
    __table_args__ = (
        CheckConstraint("weight BETWEEN 1 AND 100", name="draw_candidates_weight"),
        CheckConstraint("served >= 0", name="draw_candidates_served"),
    )

    draw_id: Mapped[int] = mapped_column(ForeignKey("draws.id"), primary_key=True)
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("supervisors.id"), primary_key=True)
    served: Mapped[int]
    """How many seats the supervisor has taken in the present term."""
    weight: Mapped[int]
    fields: Mapped[list[str]]
    excluded: Mapped[list[str]]
    """Codes: why the supervisor cannot be drawn; none: can be."""

    supervisor: Mapped[Supervisor] = relationship()


class DrawChange(Record):
    """One thing that happened to the seats; never changed afterwards."""

    __tablename__ = "draw_changes"
    __table_args__ = (UniqueConstraint("draw_id", "ordinal", name="draw_changes_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draws.id"))
    ordinal: Mapped[int]
    kind: Mapped[SeatChange]
    stratum: Mapped[str | None]
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("supervisors.id"))
    because: Mapped[str | None]
    """A code: how the invitation ended, why the register bars somebody, why a seat stays empty."""
    wanted: Mapped[int | None]
    happened_at: Mapped[datetime]

    @property
    def told(self) -> dict[str, Any]:
        """As it is published, without what is not said of such a change."""
        said = {
            "kind": self.kind.value,
            "stratum": self.stratum,
            "candidate": self.candidate_id,
            "because": self.because,
            "wanted": self.wanted,
        }
        return {name: value for name, value in said.items() if value is not None}


class Draw(Record):
    """One draw of supervisors for an activity, by commitment and revelation (PSUP-2021 20)."""

    __tablename__ = "draws"
    __table_args__ = (
        UniqueConstraint("activity_id", name=ONE_FOR_AN_ACTIVITY),
        CheckConstraint(
            "(nonce IS NULL) = (witnessed_at IS NULL)"
            " AND (nonce IS NULL) = (witnessed_by IS NULL)"
            " AND (nonce IS NULL) = (witness_sha256 IS NULL)",
            name="draws_nonce_of_the_witness",
        ),
        CheckConstraint(
            "(state = 'held') = (held_at IS NOT NULL) AND (state = 'held') = (held_by IS NOT NULL)",
            name="draws_held_by_somebody",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"))
    state: Mapped[DrawState] = mapped_column(default=DrawState.PUBLISHED)
    strata: Mapped[list[Any]]
    """`{"name", "seats"}`: the scarcest knowledge first, the whole pool last."""
    pool_sha256: Mapped[str]
    seed: Mapped[bytes] = mapped_column(SealedBytes("draws.seed"))
    """Read by nobody before the draw is held."""
    commitment: Mapped[str]
    published_at: Mapped[datetime]
    published_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    nonce: Mapped[str | None]
    witness_sha256: Mapped[str | None]
    witnessed_at: Mapped[datetime | None]
    witnessed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    held_at: Mapped[datetime | None]
    held_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    orders: Mapped[dict[str, Any] | None]
    """Of every stratum, the order of succession."""
    version: Mapped[int] = mapped_column()

    activity: Mapped[Activity] = relationship()
    candidates: Mapped[list[DrawCandidate]] = relationship(
        order_by=DrawCandidate.supervisor_id, cascade="all, delete-orphan"
    )
    changes: Mapped[list[DrawChange]] = relationship(
        order_by=DrawChange.ordinal, cascade="all, delete-orphan"
    )
    drawn_from: Mapped[Sequence[int] | None] = column_property(
        select(func.array_agg(Supervisor.person_id))
        .join(DrawCandidate, DrawCandidate.supervisor_id == Supervisor.id)
        .where(DrawCandidate.draw_id == id)  # noqa: A003
        .correlate_except(DrawCandidate, Supervisor)
        .scalar_subquery(),
        deferred=True,
    )
    """The people of the pool, kept out or not."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def pool_ids(self) -> frozenset[int]:
        """The people of the pool: they may see how it was drawn."""
        return frozenset(self.drawn_from or ())

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate that asked."""
        return self.activity.procuratorate_id

    @property
    def organ_id(self) -> int:
        """The organ that draws."""
        return self.activity.organ_id

    @property
    def handler_id(self) -> int | None:
        """The prosecutor whose work is supervised."""
        return self.activity.handler_id

    @property
    def recused_ids(self) -> Sequence[int]:
        """Whoever was recused from the case."""
        return self.activity.recused_ids


def _differ(*names: str) -> str:
    new, old = (", ".join(f"{row}.{name}" for name in names) for row in ("NEW", "OLD"))
    return f"ROW({new}) IS DISTINCT FROM ROW({old})"


_COMMITTED = (
    "activity_id",
    "strata",
    "pool_sha256",
    "seed",
    "commitment",
    "published_at",
    "published_by",
)
_WITNESSED = ("nonce", "witness_sha256", "witnessed_at", "witnessed_by")
_HELD = ("state", "held_at", "held_by", "orders")
WHAT_WAS_DRAWN_STAYS = f"""
CREATE FUNCTION refuse_change_of_draw() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'DELETE' OR {_differ(*_COMMITTED)}
    OR (OLD.witnessed_at IS NOT NULL AND {_differ(*_WITNESSED)})
    OR (OLD.held_at IS NOT NULL AND {_differ(*_WITNESSED, *_HELD)})
  THEN RAISE EXCEPTION 'what was committed to, witnessed and drawn is never changed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER what_was_drawn_stays BEFORE UPDATE OR DELETE ON draws
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_draw();
CREATE TRIGGER append_only BEFORE TRUNCATE ON draws
EXECUTE FUNCTION refuse_change()
"""


def _after_create(table: Any, statement: str) -> None:
    ddl = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
    sa_event.listen(table, "after_create", ddl)


_after_create(Draw.__table__, WHAT_WAS_DRAWN_STAYS)
for _kept in (DrawExclusion, DrawCandidate, DrawChange):
    _after_create(
        _kept.__table__,
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON {_kept.__tablename__} EXECUTE FUNCTION refuse_change()",
    )
