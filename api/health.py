"""Is the process alive, and may it be given requests?"""

from functools import cache

from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from services.kernel.settings import CHECKOUT

blp = Blueprint("health", __name__)


@blp.get("/healthz")
def alive() -> Response:
    """The process answers; a supervisor restarts one that does not."""
    return jsonify(status="ok")


@blp.get("/readyz")
def ready() -> Response:
    """The database answers, and its schema is the one this version was written for."""
    engine: Engine = current_app.extensions["engine"]
    try:
        with engine.connect() as connection:
            found = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    except ProgrammingError:
        return _not_ready("migrations")
    except SQLAlchemyError:
        return _not_ready("database")
    return jsonify(status="ok") if set(found) == newest() else _not_ready("migrations")


@cache
def newest() -> frozenset[str]:
    """The last migration this version brings along."""
    scripts = ScriptDirectory(str(CHECKOUT / "migrations"))
    return frozenset(scripts.get_heads())


def _not_ready(what: str) -> Response:
    reply = jsonify(status="unavailable", waiting_for=what)
    reply.status_code = 503
    return reply
