"""The same town with a centre as interrogations have."""

from tests.interrogations.conftest import scene

__all__ = ["scene"]
