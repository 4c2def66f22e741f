"""Of whom a pool is made up, and where the law would have it otherwise (PSUP-2021 11, 14)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from services.kernel.act import Act
from services.policy import Permission, demands
from services.supervisors.flow import Occupation, SupervisorState
from services.supervisors.pool import pool
from services.supervisors.records import Supervisor
from services.supervisors.selection import Register

FEWEST_OF_A_REGION = 3
STATE_EMPLOYEES = frozenset({Occupation.CIVIL_SERVANT, Occupation.PUBLIC_INSTITUTION})


class CompositionRemark(StrEnum):
    """Where the law would have the pool made up otherwise; it is a word to the organ, no bar."""

    TOO_FEW_OF_REGION = "too_few_of_region"
    """Fewer than three of a county-level area (PSUP-2021 11)."""
    STATE_EMPLOYEES_ABOVE_HALF = "state_employees_above_half"
    """More than half work for the state, which the law generally does not want (14)."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark, and on which region."""

    code: CompositionRemark
    article: str
    region: str | None = None


@dataclass(frozen=True, slots=True)
class RegionShare:
    """How many of a region serve."""

    region: str
    serving: int


@dataclass(frozen=True, slots=True)
class Composition:
    """Of whom the pool is made up today."""

    organ_id: int
    serving: int
    state_employees: int
    regions: Sequence[RegionShare]
    remarks: Sequence[Remark]


@demands(Permission.SUPERVISOR_POOL_READ)
def composition(act: Act, register: Register) -> Composition:
    """Count who serves today, by region and by whom they work for (PSUP-2021 11, 14).

    A region from which somebody was ever entered is looked at, also when nobody serves now.

    Refuses:
        NotAllowed: neither of the organ, nor of the procuratorate that may read its register.

    Records:
        Nothing.
    """
    serving = pool(act, register.organ_id, on=act.today)
    entered = (
        Supervisor.organ_id == register.organ_id,
        Supervisor.state != SupervisorState.REJECTED,
    )
    known = select(Supervisor.region).where(*entered).distinct()
    counted = Counter(one.region for one in serving)
    regions = {region: counted[region] for region in sorted(act.session.scalars(known))}
    of_state = sum(one.occupation in STATE_EMPLOYEES for one in serving)
    return Composition(
        register.organ_id,
        len(serving),
        of_state,
        [RegionShare(region, number) for region, number in regions.items()],
        remarks_on(regions, len(serving), of_state),
    )


def remarks_on(regions: Mapping[str, int], serving: int, state_employees: int) -> list[Remark]:
    """Where the law would have it otherwise."""
    found = [
        Remark(CompositionRemark.TOO_FEW_OF_REGION, "PSUP-2021 11", region)
        for region, number in regions.items()
        if number < FEWEST_OF_A_REGION
    ]
    if state_employees * 2 > serving:
        found.append(Remark(CompositionRemark.STATE_EMPLOYEES_ABOVE_HALF, "PSUP-2021 14"))
    return found
