"""Conditional non-prosecution of minors, and their probation."""

from typing import Any

from services.proceedings.table import Step

STEPS: tuple[Step[Any], ...] = ()
