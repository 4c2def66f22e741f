"""Plea leniency (认罪认罚): rights, lawyer, opinions, recommendation, statement."""

from typing import Any

from services.proceedings.table import Step

STEPS: tuple[Step[Any], ...] = ()
