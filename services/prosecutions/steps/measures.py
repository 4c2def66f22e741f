"""Compulsory measures while the case is with the procuratorate, and the necessity of custody."""

from typing import Any

from services.proceedings.table import Step

STEPS: tuple[Step[Any], ...] = ()
