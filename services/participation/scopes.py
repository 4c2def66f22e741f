"""Whose numbers are counted, and who may read them."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select

from services.activities import Activity
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.offices import Office, OfficeKind
from services.policy import PostKind
from services.supervision_opinions import SupervisionOpinion

COUNTERS = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR)


@dataclass(frozen=True, slots=True)
class OrganScope:
    """What an organ was told of its own supervisors, of one procuratorate or of all it serves."""

    organ_id: int
    served_id: int | None = None

    tells_grounds = False
    """The organ never learns of a case."""

    @property
    def procuratorate_id(self) -> None:
        """No procuratorate reads what the organ counts."""
        return

    def activities(self) -> list[ColumnElement[bool]]:
        """The activities it was told of (PSUP-2021 19)."""
        told = [Activity.organ_id == self.organ_id, Activity.requested_at.is_not(None)]
        return [*told, Activity.procuratorate_id == self.served_id] if self.served_id else told

    def opinions(self) -> list[ColumnElement[bool]]:
        """The opinions of its supervisors."""
        own = [SupervisionOpinion.organ_id == self.organ_id]
        if self.served_id is None:
            return own
        return [*own, SupervisionOpinion.procuratorate_id == self.served_id]

    def organs(self) -> Select[int]:
        """Whose pool it is."""
        return select(Office.id).where(Office.id == self.organ_id)


@dataclass(frozen=True, slots=True)
class OfficeScope:
    """A procuratorate's own activities, all or those for which one organ draws."""

    procuratorate_id: int
    drawn_by_id: int | None = None

    tells_grounds = True

    @property
    def organ_id(self) -> None:
        """No organ reads what the procuratorate counts, until it is reported."""
        return

    def activities(self) -> list[ColumnElement[bool]]:
        """Its own."""
        own = [Activity.procuratorate_id == self.procuratorate_id]
        return [*own, Activity.organ_id == self.drawn_by_id] if self.drawn_by_id else own

    def opinions(self) -> list[ColumnElement[bool]]:
        """Those given to it."""
        own = [SupervisionOpinion.procuratorate_id == self.procuratorate_id]
        if self.drawn_by_id is None:
            return own
        return [*own, SupervisionOpinion.organ_id == self.drawn_by_id]

    def organs(self) -> Select[int]:
        """Whose pool it draws from."""
        if self.drawn_by_id is not None:
            return select(Office.id).where(Office.id == self.drawn_by_id)
        return organs_of(self.procuratorate_id)


Scope = OrganScope | OfficeScope


def organs_of(procuratorate_id: int) -> Select[int]:
    """The organs that may draw for a procuratorate: its own, the one a level above (21; 20)."""
    above = select(Office.superior_id).where(Office.id == procuratorate_id).scalar_subquery()
    return select(Office.id).where(
        Office.kind == OfficeKind.JUDICIAL_ADMINISTRATION,
        (Office.procuratorate_id == procuratorate_id) | (Office.procuratorate_id == above),
    )


def of_actor(
    act: Act, *, organ_id: int | None = None, procuratorate_id: int | None = None
) -> Scope:
    """Whose numbers the actor asks for: an officer of an organ its own, others their office's.

    Refuses:
        NotFound: the actor holds no post that counts there, or there is no such office.
    """
    bureaus = act.actor.offices_as(PostKind.JUSTICE_OFFICER)
    if bureaus and (organ := _one_of(bureaus, organ_id)) is not None:
        return OrganScope(organ, procuratorate_id)
    office = _one_of(act.actor.offices_as(*COUNTERS), procuratorate_id)
    if office is None:
        raise NotFound
    return OfficeScope(office, organ_id)


def _one_of(own: Collection[int], wanted: int | None) -> int | None:
    if wanted is None:
        return min(own, default=None)
    return wanted if wanted in own else None
