"""Every entry is bound to the one before it about the same thing, where the act commits."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.kernel.act import Act, Actor, Event
from services.kernel.chain import JournalHead, JournalLink, Subject, subject_of
from services.kernel.ciphers import Digest, KeyRing, Suite, digest
from services.kernel.refusals import Conflict
from services.monitoring import MonitoringOpened
from tests.conftest import NOON


@dataclass(frozen=True)
class Office:
    """A session that commits for real, within a transaction that is undone after the test."""

    connection: Connection

    def session(self) -> Session:
        return Session(
            self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )

    def record(self, *about: int) -> None:
        with self.session() as session, session.begin():
            act = acting(session)
            for about_id in about:
                act.record(opened(about_id))

    def links(self, about_id: int) -> list[JournalLink]:
        with self.session() as session:
            chosen = session.query(JournalLink).filter_by(subject="monitoring", about_id=about_id)
            return list(chosen.order_by(JournalLink.seq))

    def unlinked(self) -> int:
        counted = "SELECT count(*) FROM journal LEFT JOIN journal_links ON entry_id = id "
        return int(self.connection.scalar(text(counted + "WHERE entry_id IS NULL")) or 0)


def opened(about_id: int) -> Event:
    return MonitoringOpened(about_id, deadline_id=3, route="clerk")


def acting(session: Session) -> Act:
    return Act(Actor(7, frozenset()), NOON, session)


def record_and_refuse(act: Act, *events: Event) -> None:
    for event in events:
        act.record(event)
        act.session.flush()
    raise Conflict


def undo(act: Act, *events: Event) -> None:
    with pytest.raises(Conflict), act.session.begin_nested():
        record_and_refuse(act, *events)


@pytest.fixture
def office(engine: Engine) -> Iterator[Office]:
    with engine.connect() as connection:
        outer = connection.begin()
        yield Office(connection)
        outer.rollback()


def test_entries_about_one_thing_stand_in_one_chain(office: Office) -> None:
    office.record(1, 2, 1)
    office.record(1)

    first, second, third = office.links(1)
    assert [first.seq, second.seq, third.seq] == [1, 2, 3]
    assert (first.previous, second.previous, third.previous) == (None, first.hash, second.hash)
    (other,) = office.links(2)
    assert (other.seq, other.previous) == (1, None)
    with office.session() as session:
        head = session.get_one(JournalHead, ("monitoring", 1))
        assert (head.seq, head.hash) == (3, third.hash)


def test_the_hash_can_be_made_by_hand(office: Office) -> None:
    office.record(9)

    (link,) = office.links(9)
    written = office.connection.execute(
        text("SELECT * FROM journal WHERE id = :id"), {"id": link.entry_id}
    ).one()
    said = {
        "about_id": 9,
        "algorithm": "sha256",
        "by_id": 7,
        "delegation_id": None,
        "details": {"deadline_id": 3, "route": "clerk"},
        "happened_at": "2026-03-02T04:00:00.000000Z",
        "id": link.entry_id,
        "kind": "MonitoringOpened",
        "previous": None,
        "recorded_at": written.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "seq": 1,
        "subject": "monitoring",
    }
    plain = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    assert link.hash == sha256(plain).digest()


def test_a_subject_is_the_slice_of_the_event() -> None:
    assert subject_of("ArrestDecided", 4) == Subject("arrest_reviews", 4)
    assert subject_of("MonitoringOpened", 4) == Subject("monitoring", 4)


def test_what_a_savepoint_undid_has_no_link_and_what_stayed_has_one(office: Office) -> None:
    with office.session() as session, session.begin():
        act = acting(session)
        act.record(opened(1))
        undo(act, opened(1), opened(2))
        with session.begin_nested():
            act.record(opened(1))

    assert [link.seq for link in office.links(1)] == [1, 2]
    assert office.links(2) == []
    assert office.unlinked() == 0


def test_a_refused_act_leaves_no_link_and_no_head(office: Office) -> None:
    with office.session() as session, pytest.raises(Conflict), session.begin():
        record_and_refuse(acting(session), opened(5))

    with office.session() as session:
        assert session.get(JournalHead, ("monitoring", 5)) is None
    assert office.links(5) == []


def test_a_session_that_goes_on_after_an_undone_act_links_only_the_next(office: Office) -> None:
    with office.session() as session:
        acting(session).record(opened(5))
        session.flush()
        session.rollback()
        acting(session).record(opened(5))
        session.commit()

    (link,) = office.links(5)
    assert link.seq == 1


def test_an_entry_without_a_link_is_never_committed(office: Office) -> None:
    office.connection.execute(
        text(
            "INSERT INTO journal (kind, about_id, by_id, happened_at, details) "
            "VALUES ('MonitoringOpened', 1, 1, now(), '{}')"
        )
    )

    with pytest.raises(DBAPIError, match="needs a link"):
        office.connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


@pytest.mark.parametrize(
    "change", ["UPDATE journal_links SET seq = 2", "DELETE FROM journal_links"]
)
def test_links_are_not_changed_by_the_application(office: Office, change: str) -> None:
    office.record(1)

    with pytest.raises(DBAPIError, match="permission denied"):
        office.connection.execute(text(change))


def test_a_chain_may_change_its_hash_midway(office: Office, tmp_path: Path) -> None:
    office.record(3)
    ring = KeyRing.kept_in(tmp_path, Suite.GUOMI)
    before = getattr(office.connection.dialect, "jiantong_ring", None)
    office.connection.dialect.jiantong_ring = ring  # type: ignore[attr-defined]  # as `carry` does
    try:
        office.record(3)
    finally:
        office.connection.dialect.jiantong_ring = before  # type: ignore[attr-defined]
    office.record(3)

    links = office.links(3)
    assert [link.algorithm for link in links] == [Digest.SHA256, Digest.SM3, Digest.SHA256]
    assert links[1].previous == links[0].hash
    assert links[2].previous == links[1].hash
    assert digest(Digest.SM3, b"") != digest(Digest.SHA256, b"")
