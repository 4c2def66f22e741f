"""The application for a WSGI server: `granian --interface wsgi api.wsgi:app`."""

from collections.abc import Iterable
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from api import logs
from api.app import create_app
from services.kernel.engines import open_engine
from services.kernel.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Turnstile:
    """Lets so many requests be at work at once, however many threads there are.

    Whoever listens holds a thread for long and works for moments only: what is sent while
    listening is made outside. So listeners take no place from those who ask.
    """

    def __init__(self, inside: "WSGIApplication", at_once: int) -> None:
        self._inside, self._places = inside, BoundedSemaphore(at_once)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[Any]:
        """Wait for a place, and answer."""
        with self._places:
            return self._inside(environ, start)


logs.configure()
_settings = Settings.from_environment()
_engine = open_engine(_settings, pool_size=8, max_overflow=8, pool_pre_ping=True)
app = Turnstile(create_app(_settings, _engine), _settings.threads)
