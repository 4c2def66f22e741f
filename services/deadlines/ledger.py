"""The ledger: which periods run for which suspect, until when, and how each was closed.

Periods belong to a suspect, not to a case: custody, and with it the last day, is one person's.
Nothing here asks for a permission: the ledger is kept by the operations of the work, inside
the act and under the permission of the step that starts or ends a period.
"""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, select, text, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from services.deadlines.arithmetic import Computed, Custody, statutory_day
from services.deadlines.calendar import state_council_calendar
from services.deadlines.rules import Rule, rule_of
from services.kernel.act import Act, Identified, Record, record_of
from services.kernel.refusals import Conflict

ONE_RUNNING = "deadlines_one_running"
OPEN = text("closed_at IS NULL")


class CloseReason(StrEnum):
    """Why a period no longer runs."""

    DONE = "done"
    """What the law asks for was done, in time or late."""
    REPLACED = "replaced"
    """Another rule took its place: the suspect's situation changed."""
    LAPSED = "lapsed"
    """It has lost its object: the matter ended in another way."""


class Standing(StrEnum):
    """How a period stands at a moment, or stood when it was closed."""

    RUNNING = "running"
    IN_DOUBT = "in_doubt"
    """Past the day to keep, within the latest day that the law can bear."""
    EXPIRED = "expired"


class DeadlineRunning(Conflict):
    """This period already runs for this suspect in this matter."""

    zh = "该期限已在计算中，不能重复起算。"


class DeadlineClosed(Conflict):
    """This period was closed before."""

    zh = "该期限已经终结。"


class Deadline(Record):
    """One period that runs, or ran, for one suspect in one matter.

    `due_on` and `outer_on` are empty where the law says "at once" and gives no length; such a
    row stays open until the thing is done. `due_at` and `outer_at` are given for hours only.
    """

    __tablename__ = "deadlines"
    __table_args__ = (
        CheckConstraint("due_on <= outer_on", name="deadlines_due_before_outer"),
        CheckConstraint(
            "(closed_at IS NULL) = (close_reason IS NULL)", name="deadlines_closed_for_a_reason"
        ),
        Index(
            ONE_RUNNING,
            "suspect_id",
            "rule_id",
            "about_kind",
            "about_id",
            unique=True,
            postgresql_where=OPEN,
        ),
        Index("deadlines_open_by_day", "due_on", postgresql_where=OPEN),
        Index("deadlines_about", "about_kind", "about_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[str]
    ground: Mapped[str | None]
    """The ground of extension under which the longer length is the outer limit."""
    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"))
    about_kind: Mapped[str]
    """The table of the record whose matter it is."""
    about_id: Mapped[int]
    started_at: Mapped[datetime]
    custody: Mapped[Custody]
    due_on: Mapped[date | None]
    outer_on: Mapped[date | None]
    due_at: Mapped[datetime | None]
    outer_at: Mapped[datetime | None]
    provisional: Mapped[bool]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[CloseReason | None]

    @property
    def rule(self) -> Rule:
        """The row of the table under which the period is counted."""
        return rule_of(self.rule_id, self.started_at)

    @property
    def computed(self) -> Computed | None:
        """The period counted anew, with the steps that lead to its end."""
        return self.rule.ends(
            self.started_at, self.custody, state_council_calendar(), ground=self.ground
        )

    def standing(self, at: datetime) -> Standing:
        """How the period stands `at` that moment; a closed one keeps its last standing.

        A period without a length never expires by itself.
        """
        moment = min(at, self.closed_at) if self.closed_at else at
        if self.due_at is not None and self.outer_at is not None:
            past_due, past_outer = moment > self.due_at, moment > self.outer_at
        elif self.due_on is not None and self.outer_on is not None:
            day = statutory_day(moment)
            past_due, past_outer = day > self.due_on, day > self.outer_on
        else:
            return Standing.RUNNING
        if past_outer:
            return Standing.EXPIRED
        return Standing.IN_DOUBT if past_due else Standing.RUNNING


def start(  # noqa: PLR0913  # a period is bound to that many things, each by its name
    act: Act,
    rule_id: str,
    about: Identified,
    *,
    suspect_id: int,
    started_at: datetime,
    custody: Custody,
    ground: str | None = None,
) -> Deadline:
    """Let a period of that rule begin for a suspect at `started_at`, in the matter of a record.

    The row of the table in force on that day is taken (a change in the law is not
    retroactive for what already runs).

    Refuses:
        DeadlineRunning: it already runs for this suspect in this matter.
    """
    deadline = Deadline(
        rule_id=rule_id,
        ground=ground,
        suspect_id=suspect_id,
        about_kind=record_of(about),
        about_id=about.id,
        started_at=started_at,
        custody=custody,
    )
    _count(deadline)
    with act.unless(ONE_RUNNING, DeadlineRunning(rule=rule_id)):
        act.session.add(deadline)
    return deadline


def close(
    act: Act,
    deadline: Deadline,
    *,
    reason: CloseReason = CloseReason.DONE,
    at: datetime | None = None,
) -> Deadline:
    """End a period; `at` is the moment of the deed where that is not now.

    Refuses:
        DeadlineClosed: it was closed before.
    """
    if deadline.closed_at is not None:
        raise DeadlineClosed(rule=deadline.rule_id)
    deadline.closed_at = at or act.now
    deadline.close_reason = reason
    return deadline


def close_about(
    act: Act,
    rule_ids: Collection[str],
    about: Identified,
    *,
    reason: CloseReason = CloseReason.DONE,
    at: datetime | None = None,
) -> list[Deadline]:
    """End every open period of these rules in the matter of a record, and return them."""
    running = _locked(act, open_about([about]).where(Deadline.rule_id.in_(rule_ids)))
    return [close(act, deadline, reason=reason, at=at) for deadline in running]


def change_custody(act: Act, suspect_id: int, custody: Custody) -> list[Deadline]:
    """Count every open period of a suspect anew after a change in custody.

    The state on the last day decides (CPL 105 paragraph 4): a release lets a last day off
    move, an arrest takes that back, even if the day has then already passed. Returns the
    periods whose dates moved.
    """
    moved = []
    for deadline in _locked(act, open_of([suspect_id])):
        before = (deadline.due_on, deadline.outer_on)
        deadline.custody = custody
        _count(deadline)
        if before != (deadline.due_on, deadline.outer_on):
            moved.append(deadline)
    return moved


def open_of(suspect_ids: Collection[int]) -> Select[Deadline]:
    """The open periods of these suspects, most urgent first; "at once" comes before any day."""
    return _by_urgency(select(Deadline).where(Deadline.suspect_id.in_(suspect_ids)))


def open_about(records: Collection[Identified]) -> Select[Deadline]:
    """The open periods in the matters of these records, most urgent first."""
    matters = [(record_of(record), record.id) for record in records]
    return _by_urgency(
        select(Deadline).where(tuple_(Deadline.about_kind, Deadline.about_id).in_(matters))
    )


def _by_urgency(chosen: Select[Deadline]) -> Select[Deadline]:
    return chosen.where(Deadline.closed_at.is_(None)).order_by(
        Deadline.due_on.nulls_first(), Deadline.id
    )


def _locked(act: Act, chosen: Select[Deadline]) -> list[Deadline]:
    return list(
        act.session.scalars(chosen.with_for_update(), execution_options={"populate_existing": True})
    )


def _count(deadline: Deadline) -> None:
    """Where a ground of extension was stated, the plain length is kept: the longer is the limit.

    The police say that a case is major or complex; whether it may take longer is not theirs to
    say (RULES 282).
    """
    computed = deadline.computed
    if computed is None:
        deadline.provisional = False
        return
    plain = deadline.rule.ends(deadline.started_at, deadline.custody, state_council_calendar())
    kept = plain or computed
    deadline.due_on = kept.due_on
    deadline.outer_on = computed.outer_on
    deadline.due_at = kept.due_at
    deadline.outer_at = computed.outer_at
    deadline.provisional = kept.provisional or computed.provisional
