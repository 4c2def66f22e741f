"""The tables of the ledger: the period, and what happened to it.

A period's entries are only ever added. Its own row is what they come to under the calendar that
is known, so that lists need not fold them; `ledger.replayed` folds them again at any instant.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import DDL, BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, mapped_column

from services.deadlines.engine.arithmetic import Custody, statutory_day
from services.deadlines.engine.rules import Organ, Rule
from services.deadlines.engine.table import rule_of
from services.kernel.act import Record

ONE_RUNNING = "deadlines_one_running"
OPEN = text("closed_at IS NULL")
ANSWERS_TO_PARTIES = frozenset({"X07", "X09", "T08b"})
"""Rules by which the procuratorate answers a party's appeal, or request for a protest."""


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
    SUSPENDED = "suspended"
    """Days are not being counted (CPL 149): no end is known while that lasts."""
    IN_DOUBT = "in_doubt"
    """Past the day to keep, within the latest day that the law can bear."""
    EXPIRED = "expired"


class EntryKind(StrEnum):
    """What happened to a period."""

    STARTED = "started"
    EXTENDED = "extended"
    EXTENSION_STATED = "extension_stated"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    TRAVELLED = "travelled"
    USED = "used"
    RESTARTED = "restarted"
    CUSTODY_CHANGED = "custody_changed"
    CALENDAR_CHANGED = "calendar_changed"
    """A notice of the State Council moved the end: nothing else happened."""
    CLOSED = "closed"


class Keepers(NamedTuple):
    """Whose period it is to keep or to watch: the offices, and the prosecutor of the case."""

    procuratorate_id: int
    police_office_id: int | None = None
    handler_id: int | None = None


class Deadline(Record):
    """One period that runs, or ran, for one suspect (or one case) in one matter.

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
            postgresql_nulls_not_distinct=True,
        ),
        Index("deadlines_open_by_day", "due_on", postgresql_where=OPEN),
        Index("deadlines_to_look_at", "look_at", postgresql_where=OPEN),
        Index("deadlines_of_handler", "handler_id", "due_on", "id", postgresql_where=OPEN),
        Index(
            "deadlines_of_procuratorate", "procuratorate_id", "due_on", "id", postgresql_where=OPEN
        ),
        Index("deadlines_of_police", "police_office_id", "due_on", "id", postgresql_where=OPEN),
        Index("deadlines_of_suspect", "suspect_id", "rule_id"),
        Index("deadlines_closed", "closed_at", postgresql_where=text("closed_at IS NOT NULL")),
        Index("deadlines_about", "about_kind", "about_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[str]
    suspect_id: Mapped[int | None] = mapped_column(ForeignKey("suspects.id"))
    """Whose it is; none where the rule is the case's."""
    about_kind: Mapped[str]
    """The table of the record whose matter it is."""
    about_id: Mapped[int]
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    police_office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime]
    """Where the present round began."""
    custody: Mapped[Custody]
    ground: Mapped[str | None]
    """A ground of extension that was only stated: it moves the outer limit."""
    due_on: Mapped[date | None]
    outer_on: Mapped[date | None]
    due_at: Mapped[datetime | None]
    outer_at: Mapped[datetime | None]
    unrolled_on: Mapped[date | None]
    warn_on: Mapped[date | None]
    provisional: Mapped[bool]
    flags: Mapped[list[str]] = mapped_column(default=list)
    suspended_on: Mapped[date | None]
    """Since when days are not being counted."""
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[CloseReason | None]
    look_at: Mapped[datetime | None]
    """When the watch has to look at it next (`watch.py`); none when nothing is left to say."""

    @property
    def rule(self) -> Rule:
        """The row of the table under which the period is counted."""
        return rule_of(self.rule_id, statutory_day(self.started_at))

    @property
    def is_custody(self) -> bool:
        """Does it limit the time for which a person is held now?"""
        period = self.rule.period
        return period is not None and period.period_class.value == "custody" and self.held

    @property
    def held(self) -> bool:
        """Is the person in custody, as far as the period cares?"""
        return self.custody.counts_as_held

    @property
    def is_partys(self) -> bool:
        """Is it a party's own, or the answer to one? The organ does not read of it."""
        return self.binds is Organ.PARTY or self.rule_id in ANSWERS_TO_PARTIES

    @property
    def binds(self) -> Organ:
        """Whose duty it is."""
        return self.rule.binds

    def standing(self, at: datetime) -> Standing:
        """How the period stands `at` that moment; a closed one keeps its last standing.

        A period without a length never expires by itself, and one whose days are not being
        counted does not end while that lasts.
        """
        moment = min(at, self.closed_at) if self.closed_at else at
        if self.suspended_on is not None and statutory_day(moment) >= self.suspended_on:
            return Standing.SUSPENDED
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


class DeadlineEntry(Record):
    """One thing that happened to a period: ids and codes only, and never changed.

    `details` is the event of the engine (`engine/wire.py`); `happened_at` is when it took effect,
    `recorded_at` when the ledger learnt of it, by the legal clock.
    """

    __tablename__ = "deadline_entries"
    __table_args__ = (Index("deadline_entries_of_deadline", "deadline_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadlines.id"))
    kind: Mapped[EntryKind]
    details: Mapped[dict[str, Any]]
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    by_id: Mapped[int]


sa_event.listen(
    DeadlineEntry.__table__,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deadline_entries "
        "EXECUTE FUNCTION refuse_change()"
    ),
)
