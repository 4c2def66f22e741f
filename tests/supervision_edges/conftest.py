"""The towns of the slices, side by side."""

from tests.activities.conftest import world
from tests.invitations.conftest import panel
from tests.packets.conftest import reading
from tests.public_hearings.conftest import world as courtroom
from tests.supervision_opinions.conftest import stage

__all__ = ["courtroom", "panel", "reading", "stage", "world"]
