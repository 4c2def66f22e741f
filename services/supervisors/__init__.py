"""People's supervisors (人民监督员): the register that the judicial-administration organ keeps."""

from services.supervisors.flow import FLOW, Education, Expertise, Occupation, SupervisorState
from services.supervisors.operations import find, of_person, visible
from services.supervisors.pool import (
    OutBecause,
    all_reasons_out,
    pool,
    reasons_out,
    registered,
)
from services.supervisors.records import Supervisor, SupervisorExpertise

__all__ = [
    "FLOW",
    "Education",
    "Expertise",
    "Occupation",
    "OutBecause",
    "Supervisor",
    "SupervisorExpertise",
    "SupervisorState",
    "all_reasons_out",
    "find",
    "of_person",
    "pool",
    "reasons_out",
    "registered",
    "visible",
]
