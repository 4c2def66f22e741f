"""The keys of all tests: whichever process of a run seals something, each of them opens it."""

import os
import tempfile
from pathlib import Path

from sqlalchemy import Engine

from services.kernel.ciphers import KeyRing
from services.kernel.sealed import carry

FOLDER = Path(tempfile.gettempdir()) / f"jiantong-keys-of-tests-{os.getuid()}"


def carrying(engine: Engine) -> Engine:
    """The same engine, with a ring of keys that nobody rotates."""
    return carry(engine, KeyRing.kept_in(FOLDER))
