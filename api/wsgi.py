"""The application for a WSGI server: `granian --interface wsgi api.wsgi:app`."""

from api import logs
from api.app import create_app
from services.kernel.engines import open_engine
from services.kernel.settings import Settings

logs.configure()
_settings = Settings.from_environment()
_engine = open_engine(_settings, pool_size=8, max_overflow=8, pool_pre_ping=True)
app = create_app(_settings, _engine)
