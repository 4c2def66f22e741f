"""The one way to open the database: an engine that carries the installation's keys."""

from typing import Any

from sqlalchemy import Engine, create_engine

from services.kernel.ciphers import KeyRing
from services.kernel.sealed import carry
from services.kernel.settings import Settings


def open_engine(settings: Settings, url: str | None = None, **options: Any) -> Engine:
    """An engine on the application's role, or on `url`, that seals and opens what stands there.

    Parameters are hidden from errors: they would be case data in the log.
    """
    engine = create_engine(url or settings.app_url, hide_parameters=True, **options)
    return carry(engine, KeyRing.kept_in(settings.secrets, settings.crypto))
