"""The register of charges (罪名): what a fact may be charged as, under the law of its day.

A charge is renamed, split or absorbed when the Criminal Law changes, so each bears the days
between which it is in force. A fact is charged under the law of the day of the act, unless the
later law is milder (Criminal Law 12); which is milder is for a person to say, so the register
only answers what was in force on a given day.
"""

import csv
from datetime import date
from importlib.resources import files

from sqlalchemy import CheckConstraint, ColumnElement, Select, and_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.kernel.act import Act, Record
from services.kernel.refusals import NotFound
from services.people import SpecialityCode


class Charge(Record):
    """A charge by its official name, with the first and the last day it is in force."""

    __tablename__ = "charges"
    __table_args__ = (
        CheckConstraint(
            "in_force_until IS NULL OR in_force_until >= in_force_from",
            name="charges_end_after_start",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    in_force_from: Mapped[date]
    in_force_until: Mapped[date | None]
    successor: Mapped[str | None]
    """The name of the charge it became, where it was renamed or absorbed."""
    speciality: Mapped[SpecialityCode | None]
    """What a prosecutor who handles it should be trained for."""
    checked: Mapped[bool]
    """Whether name and days were compared with the published provisions; see SOURCE.md."""
    position: Mapped[int] = mapped_column(index=True)
    """Its place in the order of the Criminal Law."""

    def was_in_force(self, on: date) -> bool:
        """Could an act of that day be charged so? Both ends are included."""
        return self.in_force_from <= on and (
            self.in_force_until is None or on <= self.in_force_until
        )


def visible(_act: Act) -> Select[Charge]:
    """Every charge: the law is public."""
    return select(Charge)


def find(act: Act, charge_id: int) -> Charge:
    """The charge, whether still in force or not."""
    found = act.session.get(Charge, charge_id)
    if found is None:
        raise NotFound
    return found


def in_force(act: Act, *, on: date, like: str = "") -> Select[Charge]:
    """The charges in force on that day, in the order of the law, whose name contains `like`."""
    return (
        visible(act)
        .where(_holds(on), Charge.name.contains(like, autoescape=True))
        .order_by(Charge.position)
    )


def load(session: Session) -> int:
    """Bring the table in line with the register in `register.csv`; the number of its charges.

    A charge is known by its name and keeps its id for ever; one that has left the register is
    kept, because cases point at it. Running it again changes nothing.
    """
    register = files(__name__).joinpath("register.csv").read_text(encoding="utf-8")
    rows = [
        {
            "position": position,
            "name": row["name"],
            "in_force_from": date.fromisoformat(row["in_force_from"]),
            "in_force_until": _day(row["in_force_until"]),
            "successor": row["successor"] or None,
            "speciality": SpecialityCode(row["speciality"]) if row["speciality"] else None,
            "checked": row["checked"] == "yes",
        }
        for position, row in enumerate(csv.DictReader(register.splitlines()), start=1)
    ]
    upsert = insert(Charge).values(rows)
    session.execute(
        upsert.on_conflict_do_update(
            index_elements=[Charge.name],
            set_={name: upsert.excluded[name] for name in rows[0] if name != "name"},
        )
    )
    return len(rows)


def _holds(on: date) -> ColumnElement[bool]:
    return and_(
        Charge.in_force_from <= on,
        or_(Charge.in_force_until.is_(None), Charge.in_force_until >= on),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
