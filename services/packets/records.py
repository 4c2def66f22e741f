"""The tables of a reading packet: what was chosen, what is covered, who has looked at it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.activities import Activity
from services.invitations import Invitation, InvitationState
from services.kernel.act import Record
from services.packets.flow import MaskReason, PacketRole, PacketState, SourceKind, ViewForm
from services.supervisors import Supervisor

ONE_PACKET = "packets_one_for_an_activity"
READING_STATES = (InvitationState.ACCEPTED, InvitationState.ATTENDED)
"""States of an invitation in which its packet may be read, once the undertaking is signed."""


class Packet(Record):
    """What invited supervisors may read of a matter, and for how long (监督材料)."""

    __tablename__ = "packets"
    __table_args__ = (
        UniqueConstraint("activity_id", name=ONE_PACKET),
        CheckConstraint("open_until > open_from", name="packets_end_after_start"),
        CheckConstraint(
            "(state IN ('checked', 'released', 'expired')) <= (checked_by IS NOT NULL)",
            name="packets_released_when_checked",
        ),
        CheckConstraint("checked_by <> redacted_by", name="packets_checked_by_another"),
        CheckConstraint(
            "(state IN ('released', 'expired')) <= (open_until IS NOT NULL)"
            " AND (open_from IS NULL) = (open_until IS NULL)",
            name="packets_released_for_a_while",
        ),
        CheckConstraint(
            "(state = 'withdrawn') <= (withdrawn_because IS NOT NULL)",
            name="packets_withdrawn_for_a_reason",
        ),
        Index("packets_by_state", "state", "open_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"))
    state: Mapped[PacketState] = mapped_column(default=PacketState.DRAFTED)
    begun_at: Mapped[datetime]
    begun_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    redacted_at: Mapped[datetime | None]
    redacted_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    first_released_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    open_from: Mapped[datetime | None]
    open_until: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str | None]
    version: Mapped[int] = mapped_column()

    activity: Mapped[Activity] = relationship()
    documents: Mapped[list["PacketDocument"]] = relationship(
        order_by="PacketDocument.id", cascade="all, delete-orphan"
    )
    people: Mapped[list["PacketPerson"]] = relationship(
        order_by="PacketPerson.id", cascade="all, delete-orphan"
    )
    pages: Mapped[list["PacketPage"]] = relationship(
        order_by="PacketPage.number", cascade="all, delete-orphan"
    )
    readers: Mapped[Sequence[int] | None] = column_property(
        select(func.array_agg(Supervisor.person_id))
        .join(Invitation, Invitation.supervisor_id == Supervisor.id)
        .where(
            Invitation.activity_id == activity_id,
            Invitation.state.in_(READING_STATES),
            Invitation.undertook_at.is_not(None),
        )
        .correlate_except(Invitation, Supervisor)
        .scalar_subquery(),
        deferred=True,
    )
    """The people who have accepted and signed the undertaking of secrecy (PSUP-2021 7)."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def case_id(self) -> int | None:
        """The case that it is about, if there is one."""
        return self.activity.case_id

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate whose work is supervised."""
        return self.activity.procuratorate_id

    @property
    def handler_id(self) -> int | None:
        """The prosecutor whose work is supervised."""
        return self.activity.handler_id

    @property
    def recused_ids(self) -> Sequence[int]:
        """Whoever was recused from the case (CPL 29)."""
        return self.activity.recused_ids

    @property
    def reader_ids(self) -> frozenset[int]:
        """For whom it is, once it was released."""
        return frozenset(self.readers or ()) if self.first_released_at else frozenset()

    @property
    def preparer_ids(self) -> frozenset[int]:
        """Whoever has a part in what is to be checked: somebody else looks at it."""
        named = {self.begun_by, self.redacted_by, self.handler_id}
        named |= {one.added_by for one in self.documents}
        return frozenset(one for one in named if one is not None)


class PacketDocument(Record):
    """One document as it was chosen: its title is its first line, and is covered like the rest."""

    __tablename__ = "packet_documents"
    __table_args__ = (Index("packet_documents_of_packet", "packet_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packets.id"))
    source: Mapped[SourceKind]
    source_id: Mapped[int | None]
    """The record from which the words were taken."""
    words: Mapped[str]
    """The title, a line break, the text; never shown to a reader."""
    added_at: Mapped[datetime]
    added_by: Mapped[int] = mapped_column(ForeignKey("people.id"))

    masks: Mapped[list["PacketMask"]] = relationship(
        order_by="(PacketMask.starts, PacketMask.id)",
        cascade="all, delete-orphan",
        lazy="selectin",
    )


class PacketPerson(Record):
    """Somebody whose names are covered, and the name that stands in their place (甲某)."""

    __tablename__ = "packet_people"
    __table_args__ = (
        UniqueConstraint("packet_id", "ordinal", name="packet_people_one_ordinal"),
        Index(
            "packet_people_one_of_a_record",
            "packet_id",
            "about_kind",
            "about_id",
            unique=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packets.id"))
    ordinal: Mapped[int]
    """It gives the name that stands in their place, which never changes."""
    role: Mapped[PacketRole]
    names: Mapped[list[str]]
    """The name and every alias; never shown to a reader."""
    minor: Mapped[bool] = mapped_column(default=False)
    about_kind: Mapped[str | None]
    about_id: Mapped[int | None]
    """The record of the case from which the names were taken; none: the handler named them."""


class PacketMask(Record):
    """A piece of a document that is covered, by rule or by eye."""

    __tablename__ = "packet_masks"
    __table_args__ = (
        CheckConstraint("starts >= 0 AND ends > starts", name="packet_masks_cover_something"),
        CheckConstraint(
            "(lifted_at IS NULL) = (lifted_because IS NULL)",
            name="packet_masks_lifted_for_a_reason",
        ),
        CheckConstraint(
            "NOT (minor AND lifted_at IS NOT NULL)", name="packet_masks_of_a_minor_stay"
        ),
        Index("packet_masks_of_document", "document_id", "starts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("packet_documents.id"))
    starts: Mapped[int]
    ends: Mapped[int]
    """Characters of the words, the end not included."""
    reason: Mapped[MaskReason]
    shown: Mapped[str]
    """What stands in its place."""
    minor: Mapped[bool] = mapped_column(default=False)
    """It says something of a minor: it is never lifted."""
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """By eye; none: by rule."""
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    lifted_because: Mapped[str | None]


class PacketPage(Record):
    """A page as readers see it: the only words that are ever shown to them."""

    __tablename__ = "packet_pages"
    __table_args__ = (UniqueConstraint("packet_id", "number", name="packet_pages_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packets.id"))
    number: Mapped[int]
    title: Mapped[str]
    """Of its document, covered like the rest."""
    begins: Mapped[bool]
    """Its document begins here."""
    paragraphs: Mapped[list[str]]


class PacketView(Record):
    """A page was shown to somebody; never changed."""

    __tablename__ = "packet_views"
    __table_args__ = (Index("packet_views_of_packet", "packet_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packets.id"))
    page: Mapped[int]
    form: Mapped[ViewForm]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    viewed_at: Mapped[datetime]


sa_event.listen(
    PacketView.__table__,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON packet_views EXECUTE FUNCTION refuse_change()"
    ),
)
