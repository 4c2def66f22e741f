"""Every kind of non-prosecution, and its remedies."""

from typing import Any

from services.proceedings.table import Step

STEPS: tuple[Step[Any], ...] = ()
