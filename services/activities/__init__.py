"""Activities of people's supervisors (监督活动): planned, asked for, held, answered for."""

from services.activities import followers, practice
from services.activities.flow import (
    FLOW,
    ActivityForm,
    ActivityKind,
    ActivityState,
    InviteGround,
    WithoutBecause,
)
from services.activities.operations import find, visible
from services.activities.passing import (
    ConsentMissing,
    close,
    handler_changed,
    is_reported,
    publish,
    reported,
    staffed,
    unstaffed,
)
from services.activities.records import INVITED_STATES, Activity, ActivityNeed

__all__ = [
    "FLOW",
    "INVITED_STATES",
    "Activity",
    "ActivityForm",
    "ActivityKind",
    "ActivityNeed",
    "ActivityState",
    "ConsentMissing",
    "InviteGround",
    "WithoutBecause",
    "close",
    "find",
    "followers",
    "handler_changed",
    "is_reported",
    "practice",
    "publish",
    "reported",
    "staffed",
    "unstaffed",
    "visible",
]
