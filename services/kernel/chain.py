"""The chain: every entry of the journal is bound to the one before it about the same thing.

A subject is a slice and what is numbered there (`interrogations`, 12). Each entry has a link: its
place in the chain of its subject, the hash of the link before, and a hash over both and over all
that the entry says. Whoever changes, removes or moves an entry must make every later hash of
that chain anew, up to a head that a signed checkpoint has kept (services/checkpoints).

Links are made where the whole act commits, in its own transaction. The heads of all chains that
the act goes on with are locked by one statement, in one order for everybody, and nothing is
locked after them: so acts wait for each other and never in a circle. A deferred trigger refuses
to commit an entry that has no link, whoever wrote it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Dialect,
    ForeignKey,
    RowMapping,
    UniqueConstraint,
    text,
)
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from services.kernel.ciphers import Digest, digest
from services.kernel.journal import EVENTS, JournalEntry
from services.kernel.record import Record
from services.kernel.sealed import ring_of

NOTED = "journal_entries"
"""Under which a session remembers the entries it has written since its last commit."""


class JournalLink(Record):
    """The place of one entry in the chain of its subject. Written once, like the entry."""

    __tablename__ = "journal_links"
    __table_args__ = (
        UniqueConstraint("subject", "about_id", "seq", name="journal_links_one_place"),
        CheckConstraint("(seq = 1) = (previous IS NULL)", name="journal_links_first_has_none"),
    )

    entry_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("journal.id"), primary_key=True, autoincrement=False
    )
    subject: Mapped[str]
    about_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int]
    """1, 2, 3 … within the chain."""
    previous: Mapped[bytes | None]
    """The hash of the link before; none for the first."""
    hash: Mapped[bytes]
    algorithm: Mapped[Digest]
    """By which `hash` was made; a chain may change over between two links."""


class JournalHead(Record):
    """The last link of a chain, as whoever goes on with it locks it."""

    __tablename__ = "journal_heads"

    subject: Mapped[str] = mapped_column(primary_key=True)
    about_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[bytes]
    algorithm: Mapped[Digest]


CHAINED = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_links
EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_unchained() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF NOT EXISTS (SELECT FROM journal_links WHERE entry_id = NEW.id) THEN
    RAISE EXCEPTION 'an entry of the journal needs a link';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER chained AFTER INSERT ON journal DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION refuse_unchained()
"""

sa_event.listen(
    JournalLink.__table__,
    "after_create",
    DDL(CHAINED),  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
)


def _instant(column: str) -> str:
    """A moment as text, UTC to the microsecond; also the moments that Python cannot hold."""
    known = f"isfinite({column}) AND {column} >= '0001-01-01 00:00:00+00 AD'"
    written = f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    return f"CASE WHEN {known} THEN {written} ELSE {column}::text END AS {column}"


SAID = ", ".join(
    f"entry.{column}" if column != "details" else "entry.details::text AS details"
    for column in ("id", "kind", "about_id", "by_id", "delegation_id", "details")
)
"""The columns of an entry as its hash reads them, but for its two moments."""
MOMENTS = f"{_instant('happened_at')}, {_instant('recorded_at')}"

_WRITTEN = text(
    f"SELECT {SAID}, {MOMENTS} FROM journal AS entry "  # noqa: S608  # our own words
    "WHERE entry.id = ANY(CAST(:ids AS bigint[])) ORDER BY entry.id"
)
_LOCK = text(
    "INSERT INTO journal_heads AS head (subject, about_id, seq, hash, algorithm) "
    "SELECT subject, about_id, 0, ''::bytea, :algorithm "
    "FROM unnest(CAST(:subjects AS text[]), CAST(:abouts AS bigint[])) "
    "WITH ORDINALITY AS given (subject, about_id, place) ORDER BY place "
    "ON CONFLICT (subject, about_id) DO UPDATE SET seq = head.seq "
    "RETURNING subject, about_id, seq, hash"
)
_LINK = text(
    "WITH fresh AS (SELECT * FROM unnest(CAST(:entries AS bigint[]), CAST(:subjects AS text[]), "
    "CAST(:abouts AS bigint[]), CAST(:seqs AS integer[]), CAST(:previous AS bytea[]), "
    "CAST(:hashes AS bytea[])) AS link (entry_id, subject, about_id, seq, previous, hash)), "
    "linked AS (INSERT INTO journal_links "
    "(entry_id, subject, about_id, seq, previous, hash, algorithm) "
    "SELECT entry_id, subject, about_id, seq, previous, hash, :algorithm FROM fresh) "
    "UPDATE journal_heads AS head SET seq = last.seq, hash = last.hash, algorithm = :algorithm "
    "FROM (SELECT DISTINCT ON (subject, about_id) * FROM fresh "
    "ORDER BY subject, about_id, seq DESC) AS last "
    "WHERE head.subject = last.subject AND head.about_id = last.about_id"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a chain is about: a slice, and the number of something in it."""

    slice: str
    about_id: int

    def __str__(self) -> str:
        """As a finding names it."""
        return f"{self.slice}/{self.about_id}"


def subject_of(kind: str, about_id: int) -> Subject:
    """The chain that an entry of that kind goes on with: the slice its event is defined in.

    The name stands in the link, so a chain keeps its entries when an event moves house.
    """
    room, *below = EVENTS[kind].__module__.split(".")
    named_below = room in {"services", "notifications"} and below
    return Subject(below[0] if named_below else room, about_id)


def content(
    entry: Mapping[Any, Any], subject: Subject, seq: int, previous: bytes | None, algorithm: str
) -> bytes:
    """What the hash of a link is made over: canonical JSON, sorted keys, UTF-8, no blanks.

    `entry` is read as `SAID` and `MOMENTS` say. A number with a fraction stays the text that
    PostgreSQL keeps, for two machines may round it differently.
    """
    said = {
        "algorithm": algorithm,
        "subject": subject.slice,
        "about_id": subject.about_id,
        "seq": seq,
        "previous": previous.hex() if previous is not None else None,
        "id": entry["id"],
        "kind": entry["kind"],
        "by_id": entry["by_id"],
        "happened_at": entry["happened_at"],
        "recorded_at": entry["recorded_at"],
        "delegation_id": entry["delegation_id"],
        "details": json.loads(entry["details"], parse_float=Decimal),
    }
    return json.dumps(
        said,
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        default=lambda number: {"decimal": str(number)},
    ).encode()


def hashing(dialect: Dialect) -> Digest:
    """The hash new links are made with: that of the engine's ring, SHA-256 where it has none."""
    try:
        return ring_of(dialect).hashing
    except TypeError:
        return Digest.SHA256


def note(entry: JournalEntry) -> None:
    """Remember an entry that was just written; whether it stays is seen at the commit."""
    session = object_session(entry)
    if session is not None:
        session.info.setdefault(NOTED, []).append(entry.id)


def chain(session: Session) -> None:
    """Link every entry that this transaction has written, as the last thing it does.

    Three statements an act, however many entries: read back what really stands there (a
    savepoint may have been undone), lock the heads, write the links and the new heads.
    """
    ids = session.info.pop(NOTED, None)
    if not ids:
        return
    connection = session.connection()
    written = connection.execute(_WRITTEN, {"ids": ids}).mappings().all()
    if not written:
        return
    algorithm = hashing(connection.dialect)
    subjects = sorted(
        {subject_of(entry["kind"], entry["about_id"]) for entry in written},
        key=lambda subject: (subject.slice, subject.about_id),
    )
    heads = connection.execute(_LOCK, _named(subjects) | {"algorithm": algorithm.value})
    ends: dict[Subject, tuple[int, bytes | None]] = {
        Subject(head.subject, head.about_id): (head.seq, bytes(head.hash) or None) for head in heads
    }
    connection.execute(_LINK, _links(written, ends, algorithm))


def _links(
    written: Sequence[RowMapping],
    ends: dict[Subject, tuple[int, bytes | None]],
    algorithm: Digest,
) -> dict[str, Any]:
    chains: list[Subject] = []
    seqs: list[int] = []
    before: list[bytes | None] = []
    hashes: list[bytes] = []
    for entry in written:
        subject = subject_of(entry["kind"], entry["about_id"])
        seq, previous = ends[subject]
        linked = digest(algorithm, content(entry, subject, seq + 1, previous, algorithm))
        ends[subject] = seq + 1, linked
        chains.append(subject)
        seqs.append(seq + 1)
        before.append(previous)
        hashes.append(linked)
    return _named(chains) | {
        "entries": [entry["id"] for entry in written],
        "seqs": seqs,
        "previous": before,
        "hashes": hashes,
        "algorithm": algorithm.value,
    }


def _named(subjects: Sequence[Subject]) -> dict[str, Any]:
    return {
        "subjects": [subject.slice for subject in subjects],
        "abouts": [subject.about_id for subject in subjects],
    }
