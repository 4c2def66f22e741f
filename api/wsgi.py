"""The application for a WSGI server: `granian --interface wsgi api.wsgi:app`."""

from sqlalchemy import create_engine

from api import logs
from api.app import create_app
from services.kernel.settings import Settings

logs.configure()
_settings = Settings.from_environment()
_engine = create_engine(
    _settings.app_url, pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True
)
app = create_app(_settings, _engine)
