"""The court stage: indictment accepted, adjourned, changed, withdrawn, judged, protested."""

from typing import Any

from services.proceedings.table import Step

STEPS: tuple[Step[Any], ...] = ()
