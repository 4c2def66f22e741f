"""What is said of an activity before it is planned; plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.activities.flow import ActivityForm, ActivityKind, InviteGround
from services.cases import Case
from services.supervisors import Expertise


@dataclass(frozen=True, slots=True)
class Need:
    """So many of those wanted must know of a field."""

    expertise: Expertise
    number: int = 1


@dataclass(frozen=True, slots=True)
class Setting:
    """When, where and in which form."""

    starts_at: datetime
    ends_at: datetime
    form: ActivityForm
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be supervised, when and where, and by how many."""

    kind: ActivityKind
    title: str
    setting: Setting
    wanted: int
    ground: InviteGround | None = None
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Planning:
    """Whose activity it is to be: of a procuratorate, in a case or in none."""

    procuratorate_id: int
    case: Case | None = None

    @property
    def handler_id(self) -> int | None:
        """Whoever handles the case; without one case management plans."""
        return None if self.case is None else self.case.handler_id

    @property
    def recused_ids(self) -> Sequence[int]:
        """Whoever was recused from the case (CPL 29)."""
        return () if self.case is None else self.case.recused_ids or ()
