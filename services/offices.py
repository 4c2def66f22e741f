"""The register of offices (机关): procuratorates and everyone they work with."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Select, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from services.kernel.act import Act, Event, Record
from services.kernel.refusals import Conflict, NotAllowed, NotFound, Unprocessable
from services.policy import Permission, allows, demands

ONE_NAME, ONE_SHORT_NAME = "offices_name_key", "offices_short_name_key"


class OfficeKind(StrEnum):
    """What kind of organ an office is."""

    PROCURATORATE = "procuratorate"
    PUBLIC_SECURITY = "public_security"
    DETENTION_CENTRE = "detention_centre"
    JUDICIAL_ADMINISTRATION = "judicial_administration"
    COURT = "court"
    SUPERVISORY_COMMISSION = "supervisory_commission"


class Level(StrEnum):
    """At which level of the state it stands; a case is handled at the level of the court."""

    DISTRICT = "district"
    MUNICIPAL = "municipal"
    PROVINCIAL = "provincial"
    SUPREME = "supreme"

    @property
    def above(self) -> "Level | None":
        """The level to which one answers; above the supreme level there is none."""
        order = list(Level)
        place = order.index(self) + 1
        return order[place] if place < len(order) else None


class Office(Record):
    """An organ in which people hold posts."""

    __tablename__ = "offices"
    __table_args__ = (
        CheckConstraint("superior_id <> id", name="offices_not_own_superior"),
        CheckConstraint("procuratorate_id <> id", name="offices_not_own_procuratorate"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OfficeKind] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(unique=True)
    short_name: Mapped[str] = mapped_column(unique=True)
    """As it stands in document numbers, such as 云青检."""
    level: Mapped[Level]
    procuratorate_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), index=True)
    """The procuratorate it sends its cases to, and that supervises it."""
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), index=True)
    """The organ of the same kind one level above (a procuratorate is led by it, OL 10)."""
    version: Mapped[int] = mapped_column(server_default="1")

    superior: Mapped["Office | None"] = relationship(
        foreign_keys=superior_id, remote_side="Office.id"
    )
    procuratorate: Mapped["Office | None"] = relationship(
        foreign_keys=procuratorate_id, remote_side="Office.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def led_by_ids(self) -> frozenset[int]:
        """Itself, its superiors, and its procuratorate with theirs: whose officers keep it."""
        found, todo = set[int](), [self]
        while todo:
            office = todo.pop()
            if office.id not in found:
                found.add(office.id)
                todo += [one for one in (office.superior, office.procuratorate) if one]
        return frozenset(found)


def visible(_act: Act) -> Select[Office]:
    """Every office: who the organs of the state are is public."""
    return select(Office)


def find(act: Act, office_id: int) -> Office:
    """The office with that id."""
    found = act.session.get(Office, office_id)
    if found is None:
        raise NotFound
    return found


def of_kind(act: Act, kind: OfficeKind | None = None) -> Select[Office]:
    """The offices of that kind, or all, in a steady order."""
    chosen = visible(act).order_by(Office.id)
    return chosen if kind is None else chosen.where(Office.kind == kind)


def leading() -> Select[int]:
    """The procuratorates that lead all others here: none stands above them in the register."""
    return select(Office.id).where(
        Office.kind == OfficeKind.PROCURATORATE, Office.superior_id.is_(None)
    )


def at_or_below(session: Session, office_ids: Collection[int]) -> set[int]:
    """These offices and all that they lead: `led_by_ids`, seen from above."""
    reached = set(office_ids)
    chosen = select(Office.id).where(Office.id.in_(reached)).cte("reached", recursive=True)
    below = select(Office.id).join(
        chosen, or_(Office.superior_id == chosen.c.id, Office.procuratorate_id == chosen.c.id)
    )
    return set(session.scalars(select(chosen.union(below).c.id))) if reached else set()


@dataclass(frozen=True, slots=True)
class OfficeEntered(Event):
    """An office was entered in the register."""


@dataclass(frozen=True, slots=True)
class OfficeChanged(Event):
    """What the register says of an office was changed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an office stands: under whom, and to whom it sends its cases."""

    procuratorate: Office | None = None
    superior: Office | None = None

    @property
    def led_by_ids(self) -> frozenset[int]:
        """Every office whose officers keep one that stands there."""
        above = (one.led_by_ids for one in (self.procuratorate, self.superior) if one)
        return frozenset[int]().union(*above)


@dataclass(frozen=True, slots=True)
class NewOffice:
    """An office to enter in the register."""

    kind: OfficeKind
    name: str
    short_name: str
    level: Level
    standing: Standing = Standing()

    @property
    def led_by_ids(self) -> frozenset[int]:
        """Every office whose officers will keep it."""
        return self.standing.led_by_ids


class OfficeKnown(Conflict):
    """An office of that name or short name is in the register."""

    zh = "该机关名称或者简称已经登记。"


class NoSuchOffice(Unprocessable):
    """No office of the register has that number."""

    zh = "所填机关不在机关名册中。"


class NotItsSuperior(Unprocessable):
    """The superior is an organ of the same kind, one level above."""

    zh = "上级机关应当是高一级的同类机关。"


class SentElsewhere(Unprocessable):
    """Cases are sent to a procuratorate, and a procuratorate sends its own to none."""

    zh = "对口检察院应当是人民检察院；人民检察院自身不填对口检察院。"


def named(act: Act, office_id: int | None) -> Office | None:
    """The office that a form names, or none where none is named.

    Refuses:
        NoSuchOffice: there is none of that number.
    """
    if office_id is None:
        return None
    found = act.session.get(Office, office_id)
    if found is None:
        raise NoSuchOffice(office_id=office_id)
    return found


@demands(Permission.OFFICE_ENTER)
def enter(act: Act, given: NewOffice) -> Office:
    """Enter an office in the register: it leads to the office of whoever enters it.

    Refuses:
        NotAllowed: only the console, or an administrator of an office that is to lead it.
        NotItsSuperior: the superior is of another kind, or not one level above (OL 10).
        SentElsewhere: it would send cases to another organ, or is a procuratorate itself.
        OfficeKnown: its name or short name is in the register.

    Records:
        OfficeEntered.
    """
    _refuse_misplaced(given.kind, given.level, given.standing)
    office = Office(
        kind=given.kind,
        name=given.name,
        short_name=given.short_name,
        level=given.level,
        superior=given.standing.superior,
        procuratorate=given.standing.procuratorate,
    )
    with act.unless(ONE_NAME, OfficeKnown()), act.unless(ONE_SHORT_NAME, OfficeKnown()):
        act.session.add(office)
    act.record(OfficeEntered(office.id))
    return office


@demands(Permission.OFFICE_CHANGE)
def change(act: Act, office: Office, *, name: str, short_name: str, standing: Standing) -> Office:
    """Change what the register says of an office; its kind and its level stay what they are.

    Whoever leads an office keeps its accounts, so nobody moves one under officers of a stranger.

    Refuses:
        NotAllowed: only the console, or an administrator of that office or one that leads it; and
            one that is moved, only by the console or an administrator of what leads it then.
        NotItsSuperior: the superior is of another kind, or not one level above (OL 10).
        SentElsewhere: it would send cases to another organ, or is a procuratorate itself.
        OfficeKnown: another office of the register has that name or short name.

    Records:
        OfficeChanged.
    """
    moved = standing != Standing(office.procuratorate, office.superior)
    if moved and not allows(act.actor, Permission.OFFICE_ENTER, standing):
        raise NotAllowed(permission=Permission.OFFICE_ENTER)
    _refuse_misplaced(office.kind, office.level, standing)
    with act.unless(ONE_NAME, OfficeKnown()), act.unless(ONE_SHORT_NAME, OfficeKnown()):
        office.name, office.short_name = name, short_name
        office.superior, office.procuratorate = standing.superior, standing.procuratorate
    act.record(OfficeChanged(office.id))
    return office


def _refuse_misplaced(kind: OfficeKind, level: Level, standing: Standing) -> None:
    superior, procuratorate = standing.superior, standing.procuratorate
    if superior and (superior.kind is not kind or superior.level is not level.above):
        raise NotItsSuperior
    if procuratorate and (
        kind is OfficeKind.PROCURATORATE or procuratorate.kind is not OfficeKind.PROCURATORATE
    ):
        raise SentElsewhere
