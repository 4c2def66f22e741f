"""The register of offices (机关): procuratorates and everyone they work with."""

from dataclasses import asdict, dataclass
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.act import Act, Event, Record
from services.kernel.refusals import Conflict, NotFound
from services.policy import Permission, demands

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
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    """The organ of the same kind one level above (a procuratorate is led by it, OL 10)."""


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


@dataclass(frozen=True, slots=True)
class OfficeEntered(Event):
    """An office was entered in the register."""


@dataclass(frozen=True, slots=True)
class NewOffice:
    """An office to enter in the register."""

    kind: OfficeKind
    name: str
    short_name: str
    level: Level
    procuratorate_id: int | None = None
    superior_id: int | None = None


class OfficeKnown(Conflict):
    """An office of that name or short name is in the register."""

    zh = "该机关名称或者简称已经登记。"


@demands(Permission.OFFICE_ENTER)
def enter(act: Act, given: NewOffice) -> Office:
    """Enter an office in the register.

    Refuses:
        NotAllowed: only the console of the installation.
        OfficeKnown: its name or short name is in the register.

    Records:
        OfficeEntered.
    """
    office = Office(**asdict(given))
    with act.unless(ONE_NAME, OfficeKnown()), act.unless(ONE_SHORT_NAME, OfficeKnown()):
        act.session.add(office)
    act.record(OfficeEntered(office.id))
    return office
