"""The register of charges (罪名): what a fact may be charged as, under the law of its day.

A charge is renamed, split or absorbed when the Criminal Law changes, so each bears the days
between which it is in force. A fact is charged under the law of the day of the act, unless the
later law is milder (Criminal Law 12); which is milder is for a person to say, so the register
only answers what was in force on a given day.
"""

import csv
from collections.abc import Collection
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

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


def names(act: Act, charge_ids: Collection[int]) -> dict[int, str]:
    """The names of those charges that there are, by id."""
    rows = act.session.execute(select(Charge.id, Charge.name).where(Charge.id.in_(charge_ids)))
    return {row.id: row.name for row in rows}


def known(act: Act, charge_ids: Collection[int]) -> bool:
    """Are they all charges of the register, each named once?"""
    return len(names(act, charge_ids)) == len(charge_ids)


CHAPTERS = {
    4: ("故意杀人罪", "组织未成年人进行违反治安管理活动罪"),
    5: ("抢劫罪", "拒不支付劳动报酬罪"),
    6: ("妨害公务罪", "组织淫秽表演罪"),
}
"""The first and the last charge of the chapters of the Criminal Law that procedure asks about."""


def all_within(act: Act, charge_ids: Collection[int], *chapters: int) -> bool:
    """Are these all charges of those chapters of the Criminal Law? None at all are not.

    The register keeps the order of the law, so a chapter is what lies between two charges.
    """
    ends = [CHAPTERS[chapter] for chapter in chapters]
    named = select(Charge.name, Charge.position).where(
        Charge.name.in_([name for pair in ends for name in pair])
    )
    at = {row.name: row.position for row in act.session.execute(named)}
    chosen = select(Charge.position).where(Charge.id.in_(charge_ids))
    positions = act.session.scalars(chosen).all()
    return (
        bool(positions)
        and len(positions) == len(set(charge_ids))
        and all(
            any(first in at and last in at and at[first] <= one <= at[last] for first, last in ends)
            for one in positions
        )
    )


def load(session: Session) -> int:
    """Bring the table in line with the register in `register.csv`; the number of its charges.

    A charge is known by its name and keeps its id for ever; one that has left the register is
    kept, because cases point at it. Running it again changes nothing.
    """
    register = _register()
    kept = {row.name: row._asdict() for row in session.execute(select(*_columns()))}
    changed = [row for row in register if row != kept.get(row["name"])]
    if changed:
        upsert = insert(Charge).values(changed)
        session.execute(
            upsert.on_conflict_do_update(
                index_elements=[Charge.name],
                set_={name: upsert.excluded[name] for name in register[0] if name != "name"},
            )
        )
    return len(register)


@cache
def _register() -> list[dict[str, Any]]:
    text = files(__name__).joinpath("register.csv").read_text(encoding="utf-8")
    return [
        {
            "position": position,
            "name": row["name"],
            "in_force_from": date.fromisoformat(row["in_force_from"]),
            "in_force_until": _day(row["in_force_until"]),
            "successor": row["successor"] or None,
            "speciality": SpecialityCode(row["speciality"]) if row["speciality"] else None,
            "checked": row["checked"] == "yes",
        }
        for position, row in enumerate(csv.DictReader(text.splitlines()), start=1)
    ]


def _columns() -> list[ColumnElement[Any]]:
    return [column for column in Charge.__table__.columns if not column.primary_key]


def _holds(on: date) -> ColumnElement[bool]:
    return and_(
        Charge.in_force_from <= on,
        or_(Charge.in_force_until.is_(None), Charge.in_force_until >= on),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
