"""Several workers sweep at once, on committed data: each rung is told once, none is left out."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from notifications import dispatcher, jobs
from notifications.deliveries import Delivery, DeliveryChannel
from notifications.escalations import Escalation, EscalationCall, EscalationState
from notifications.messages import notices
from services.kernel.act import JournalEntry
from services.kernel.clock import LegalClock
from tests.deadlines.test_watch_races import Worlds
from tests.deadlines.test_watch_races import databases as databases  # noqa: PLC0414  # fixtures,
from tests.deadlines.test_watch_races import prepared as prepared  # noqa: PLC0414  # passed on
from tests.deadlines.test_watch_races import worlds as worlds  # noqa: PLC0414

WORKERS = 4

pytestmark = [pytest.mark.prove, pytest.mark.xdist_group("proofs")]


def _calls(engine: Engine) -> Counter[int]:
    with Session(engine) as session:
        return Counter(session.scalars(select(EscalationCall.escalation_id)))


def test_each_rung_is_told_once_however_many_workers_sweep(worlds: Worlds) -> None:
    with worlds() as world:
        sessions = sessionmaker(world.engine, expire_on_commit=False)
        jobs.watch_deadlines(sessions)
        dispatcher.drain(sessions, notices())
        with sessions.begin() as session:
            waiting = select(Escalation.id).where(Escalation.state == EscalationState.WAITING)
            begun = set(session.scalars(waiting))
            later = timedelta(days=4)
            session.execute(update(LegalClock).values(offset=LegalClock.offset + later))
        before = _calls(world.engine)

        with ThreadPoolExecutor(WORKERS) as workers:
            swept = list(
                workers.map(lambda _: jobs.climb_ladders(sessions, batch=3), range(WORKERS))
            )
        dispatcher.drain(sessions, notices())

        assert len(begun) > WORKERS
        assert sum(swept) == len(begun)
        raised = _calls(world.engine) - before
        assert set(raised.values()) == {1}
        with sessions() as session:
            entries = session.scalar(
                select(func.count()).where(JournalEntry.kind == "EscalationRaised")
            )
            told = session.scalar(
                select(func.count(Delivery.entry_id.distinct()))
                .join(JournalEntry, JournalEntry.id == Delivery.entry_id)
                .where(
                    JournalEntry.kind == "EscalationRaised",
                    Delivery.channel == DeliveryChannel.INBOX,
                )
            )
            untaken = session.scalar(select(func.count()).where(EscalationCall.entry_id.is_(None)))
        assert (entries, told, untaken) == (len(raised), len(raised), 0)
