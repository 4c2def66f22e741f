"""Background work: jobs live in PostgreSQL and are deferred in the act's own transaction.

The tasks themselves belong to the rooms above (`notifications/jobs.py`); the ground floor
only knows their names, so that a job and the change that asks for it commit together.
"""

import procrastinate
from procrastinate import SyncPsycopgConnector
from sqlalchemy.orm import Session

DEFERRED = "deferred"
"""Under which a session remembers what its transaction has asked for once."""
DISPATCH = "dispatch"

_DEFERRING = procrastinate.App(connector=SyncPsycopgConnector())
"""Used for its INSERT only, on the session's connection; it opens no connection itself."""


def defer(session: Session, task: str, *, queue: str = "default", **args: str | int) -> None:
    """Ask for `task` to be run once this transaction commits, and never if it does not."""
    connection = session.connection().connection.driver_connection
    _DEFERRING.configure_task(task, queue=queue, connection=connection).defer(**args)


def defer_once(session: Session, task: str) -> None:
    """The same, once in a transaction however often it is asked for."""
    asked = session.info.setdefault(DEFERRED, set())
    if task not in asked:
        asked.add(task)
        defer(session, task)
