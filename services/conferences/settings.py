"""How a procuratorate holds conferences: how few voices do, in which forms, and with whom.

RULES 6 says only that the head of a department may hold one. Numbers, remote conferences and
members of other offices are practice that the law leaves open, so each office says it for itself.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.conferences.events import ConferenceSettingsSet
from services.conferences.records import ConferenceForm
from services.kernel.act import Act, Record
from services.kernel.refusals import NotFound, Stale, Unprocessable
from services.policy import Permission, PostKind, demands

ONE_FOR_AN_OFFICE = "conference_settings_pkey"
READERS = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
FEWEST, MOST = 3, 30
"""How few voices do unless the office has said otherwise, and the most it may ask for."""


class Reach(StrEnum):
    """Whose prosecutors may be asked."""

    OWN_OFFICE = "own_office"
    ANY_OFFICE = "any_office"


class ConferenceSettings(Record):
    """How one procuratorate holds conferences; an office that has said nothing has no row."""

    __tablename__ = "conference_settings"
    __table_args__ = (
        CheckConstraint(f"fewest BETWEEN 1 AND {MOST}", name="conference_settings_fewest"),
    )

    procuratorate_id: Mapped[int] = mapped_column(
        ForeignKey("offices.id"), primary_key=True, autoincrement=False
    )
    fewest: Mapped[int]
    forms: Mapped[list[str]]
    reach: Mapped[Reach]
    set_at: Mapped[datetime | None]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


class SettingsOutOfBounds(Unprocessable):
    """A conference needs one to thirty voices, and at least one form in which it may be held."""

    zh = "联席会议的最少人数应为一至三十人，并至少保留一种会议形式。"


def find(act: Act, procuratorate_id: int | None = None) -> ConferenceSettings:
    """The settings of the actor's procuratorate, or of the one named if the actor has several.

    Refuses:
        NotFound: the actor holds no post there that may read them.
    """
    offices = sorted(act.actor.offices_as(*READERS))
    wanted = procuratorate_id if procuratorate_id is not None else next(iter(offices), None)
    if wanted is None or wanted not in offices:
        raise NotFound
    return of_office(act.session, wanted)


def of_office(session: Session, procuratorate_id: int) -> ConferenceSettings:
    """What this procuratorate has said; otherwise three voices, every form, every office."""
    return session.get(ConferenceSettings, procuratorate_id) or ConferenceSettings(
        procuratorate_id=procuratorate_id,
        fewest=FEWEST,
        forms=[form.value for form in ConferenceForm],
        reach=Reach.ANY_OFFICE,
        version=0,
    )


@demands(Permission.CONFERENCE_SETTING_SET)
def change(
    act: Act,
    settings: ConferenceSettings,
    *,
    fewest: int,
    forms: Collection[ConferenceForm],
    reach: Reach,
) -> ConferenceSettings:
    """Say how this procuratorate holds conferences; one that is convened keeps what it began with.

    Refuses:
        NotAllowed: only case management or the chief procurator of that procuratorate.
        SettingsOutOfBounds: not one to thirty voices, or no form at all.
        Stale: somebody else said something at the same moment.

    Records:
        ConferenceSettingsSet.
    """
    if not 1 <= fewest <= MOST or not forms:
        raise SettingsOutOfBounds
    settings.fewest, settings.reach = fewest, reach
    settings.forms = [form.value for form in ConferenceForm if form in forms]
    settings.set_at, settings.set_by = act.now, act.actor.id
    with act.unless(ONE_FOR_AN_OFFICE, Stale()):
        act.session.add(settings)
    act.record(ConferenceSettingsSet(settings.procuratorate_id, settings.version))
    return settings
