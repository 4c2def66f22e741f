"""The demo world: a fictional city in which every screen has something true to show."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, create_engine, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from jiantong import database
from jiantong.demo import city
from jiantong.demo.chronicle import Chronicle
from jiantong.demo.city import accounts
from jiantong.demo.papers import Registers
from jiantong.demo.stories import every_story
from jiantong.postgres import CannotStart, Cluster
from notifications import dispatcher
from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState
from notifications.jobs import sign_journal
from notifications.messages import notices
from services import assignments, charges, people, preferences
from services.charges import Charge
from services.kernel import jobs
from services.kernel.act import SHANGHAI, Act, JournalEntry, Record
from services.kernel.ciphers import KeyRing
from services.kernel.clock import LegalClock, legal_now
from services.kernel.engines import open_engine
from services.kernel.settings import Settings
from services.offices import Office
from services.people import Person
from services.policy import MACHINE
from services.preferences import MOST, Habits

SEED = 20_261_122
_READ_AFTER = timedelta(days=2)
_FOUNDED_BEFORE = timedelta(days=365)
"""Long before the first case: the lists of rotation were committed to then."""

__all__ = ["accounts", "journey", "load", "reset", "set_clock"]


def load(settings: Settings, seed: int = SEED) -> bool:
    """Make the world around today unless it exists; say whether it was made.

    It is made whole or not at all: one transaction around all its acts.
    """
    engine = open_engine(settings)
    try:
        with engine.begin() as connection:
            return make(_sessions(connection), seed)
    finally:
        engine.dispose()


def make(sessions: sessionmaker[Session], seed: int = SEED) -> bool:
    """Make the world in one transaction that the caller has opened; False if it exists."""
    with sessions.begin() as session:
        if city.is_founded(session):
            return False
        now = legal_now(session)
        charges.load(session)
        founded = city.found(session, now.astimezone(SHANGHAI).date())
        founding = Act(MACHINE, now - _FOUNDED_BEFORE, session)
        for office in session.scalars(select(Office).order_by(Office.id)).all():
            assignments.open_lists(founding, office)
        _keep_awake(session, founding.now)
        registers = Registers(
            charges={charge.name: charge.id for charge in session.scalars(select(Charge))},
            detention_centre_ids=(
                founded.offices["detention"],
                founded.offices["detention_second"],
            ),
        )
    Chronicle(sessions, founded, registers, seed).play(every_story(now, seed), now)
    dispatcher.drain(sessions, notices())
    sign_journal(sessions)
    with sessions.begin() as session:
        _read_old_messages(session, now)
        # Everything has just been told, so the jobs that would tell it have nothing to do.
        session.execute(
            text("DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = :name"),
            {"name": jobs.DISPATCH},
        )
    return True


def _keep_awake(session: Session, at: datetime) -> None:
    """Let nobody's push wait: somebody may look at the demo at night, and at many steps an hour."""
    for person in session.scalars(select(Person).order_by(Person.id)).all():
        act = Act(people.actor_of(session, person.id, at.astimezone(SHANGHAI).date()), at, session)
        preferences.change(act, preferences.find(act), habits=Habits(cap=MOST))


def reset(settings: Settings) -> None:
    """Throw everything away and make a fresh world around today.

    Raises:
        CannotStart: this is no demo installation, or there is no database to reach.
    """
    if not settings.demo:
        message = "This is no demo installation (DEMO is off): nothing was touched."
        raise CannotStart(message)
    if settings.is_embedded and not _answers(settings.owner_url):
        with Cluster(settings.embedded) as cluster:
            _renew(settings, cluster.owner_url, cluster.app_url)
    else:
        _renew(settings, settings.owner_url, settings.app_url)
    print("A fresh demo world is ready; everybody signs in again.")


def set_clock(settings: Settings, days: float) -> datetime:
    """Set the legal clock so many days ahead of the machine's (behind it if negative).

    Every process reads it with its next act; tokens, leases and timers keep the machine's time.

    Raises:
        CannotStart: this is no demo installation.
    """
    if not settings.demo:
        message = "This is no demo installation (DEMO is off): its legal clock is not set by hand."
        raise CannotStart(message)
    engine = open_engine(settings)
    try:
        with Session(engine) as session, session.begin():
            session.merge(LegalClock(id=1, offset=timedelta(days=days)))
            session.flush()
            return legal_now(session).astimezone(SHANGHAI)
    except OperationalError as error:
        raise database.unreachable(error) from error
    finally:
        engine.dispose()


def journey(address: str) -> None:
    """Play a case from request to receipt over HTTP and print what each person saw."""
    from jiantong.demo.journeys import tell, travel  # noqa: PLC0415  # the loader needs no HTTP
    from jiantong.demo.phones import Live  # noqa: PLC0415

    tell(travel(Live(address)))


def _renew(settings: Settings, owner_url: str, app_url: str) -> None:
    """Empty every table of ours and fill them anew, in one transaction of the owner.

    The job queue's tables stay, because a worker may be using them; ids go on counting, so that
    nothing a phone still holds (a token, a link) means somebody else's.
    """
    ring = KeyRing.kept_in(settings.secrets, settings.crypto)
    database.migrate(owner_url, app_url, ring)
    database.models()
    tables = ", ".join(table.name for table in Record.metadata.sorted_tables)
    engine = open_engine(settings, owner_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '20s'"))
            guarded = connection.scalars(text(_GUARDED)).all()
            for table in guarded:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            connection.execute(text(f"TRUNCATE {tables}"))
            for table in guarded:
                connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
            make(_sessions(connection))
    except OperationalError as error:
        raise database.unreachable(error) from error
    finally:
        engine.dispose()


_GUARDED = """
SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
  AND c.relname NOT LIKE 'procrastinate%' ORDER BY c.relname
"""
"""Tables of ours that refuse to be rewritten: the owner empties them for a fresh world."""


def _sessions(connection: Connection) -> sessionmaker[Session]:
    return sessionmaker(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    )


def _answers(url: str) -> bool:
    """Is our own PostgreSQL running already, under a `jiantong run`?"""
    if not url:
        return False
    engine = create_engine(url)
    try:
        engine.connect().close()
    except OperationalError:
        return False
    finally:
        engine.dispose()
    return True


def _read_old_messages(session: Session, now: datetime) -> None:
    """Everybody has read what they were told more than two days ago; reading is no event."""
    old = select(JournalEntry.id).where(JournalEntry.happened_at < now - _READ_AFTER)
    session.execute(
        update(Delivery)
        .where(Delivery.entry_id.in_(old), Delivery.channel == DeliveryChannel.INBOX)
        .values(state=DeliveryState.READ, read_at=now - _READ_AFTER)
    )
