"""A town with a centre, and a case whose suspect is held there."""

import pytest

from tests.make import Make, Scene

__all__ = ["Scene"]


@pytest.fixture
def scene(make: Make) -> Scene:
    return make.scene()
