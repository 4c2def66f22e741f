"""Whoever changes, removes or moves an entry is found, and the entry is named."""

import json

import pytest
from sqlalchemy import text

from services.checkpoints import BadFile, Seen
from tests.journal.conftest import Archive


@pytest.fixture
def written(archive: Archive) -> Archive:
    """Three chains: five entries about 1, two about 2, one about 3."""
    archive.record(1, 2, 1)
    archive.record(1)
    archive.record(3, 1)
    archive.record(2, 1)
    return archive


CHANGES = {
    "journal": {
        "kind": "kind || 'x'",
        "about_id": "about_id + 1",
        "by_id": "by_id # 1",
        "happened_at": "happened_at + interval '1 microsecond'",
        "recorded_at": "'infinity'",
        "details": "jsonb_set(details, '{route}', '\"clerl\"')",
        "delegation_id": "5",
    },
    "journal_links": {
        "subject": "subject || 'x'",
        "about_id": "about_id + 1",
        "seq": "seq # 8",
        "previous": "set_byte(previous, 31, get_byte(previous, 31) # 1)",
        "hash": "set_byte(hash, 0, get_byte(hash, 0) # 128)",
        "algorithm": "'sm3'",
    },
}
COLUMNS = [(table, column) for table, columns in CHANGES.items() for column in columns]


def test_an_untouched_journal_has_no_findings(written: Archive) -> None:
    file = written.taken_away()

    assert written.findings() == []
    assert written.findings(file) == []


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_whatever_is_changed_names_the_entry(written: Archive, table: str, column: str) -> None:
    victim = written.ids(1)[2]
    key = "id" if table == "journal" else "entry_id"

    written.tamper(
        f"UPDATE {table} SET {column} = {CHANGES[table][column]} WHERE {key} = :victim",  # noqa: S608
        victim=victim,
    )

    assert any(str(victim) in finding for finding in written.findings())


def test_every_column_is_covered(written: Archive) -> None:
    for table, columns in CHANGES.items():
        known = written.connection.scalars(
            text("SELECT column_name FROM information_schema.columns WHERE table_name = :table"),
            {"table": table},
        )
        assert set(known) - {"id", "entry_id"} == set(columns)


@pytest.mark.parametrize("at", range(5))
def test_a_removed_entry_is_named(written: Archive, at: int) -> None:
    victim = written.ids(1)[at]

    written.tamper("DELETE FROM journal WHERE id = :victim", victim=victim)

    (finding,) = written.findings()
    assert finding.startswith("monitoring/1:")
    assert f"entry {victim} is missing" in finding


def test_an_entry_removed_with_its_link_leaves_a_gap(written: Archive) -> None:
    victim = written.ids(1)[2]
    _remove(written, victim)

    (finding,) = written.findings()
    assert "places 3 to 3 are missing" in finding


def test_an_entry_slipped_in_has_no_link(written: Archive) -> None:
    written.tamper(
        "INSERT INTO journal (kind, about_id, by_id, happened_at, details) "
        "SELECT kind, about_id, by_id, happened_at, details FROM journal WHERE id = :of",
        of=written.ids(1)[0],
    )

    assert written.faults() == {"entry_unlinked"}


def test_two_entries_that_changed_places_are_both_named(written: Archive) -> None:
    first, second = written.ids(1)[1:3]
    written.tamper(
        "UPDATE journal_links SET entry_id = -1 WHERE entry_id = :first",
        "UPDATE journal_links SET entry_id = :first WHERE entry_id = :second",
        "UPDATE journal_links SET entry_id = :second WHERE entry_id = -1",
        first=first,
        second=second,
    )

    told = written.findings()
    assert any(f"entry {first} or" in finding for finding in told)
    assert any(f"entry {second} or" in finding for finding in told)


def test_links_that_changed_places_are_out_of_order(written: Archive) -> None:
    first, second = written.ids(1)[1:3]
    written.tamper(
        "UPDATE journal_links SET seq = 99 WHERE entry_id = :first",
        "UPDATE journal_links SET seq = 2 WHERE entry_id = :second",
        "UPDATE journal_links SET seq = 3 WHERE entry_id = :first",
        first=first,
        second=second,
    )

    assert {"entry_changed", "out_of_order"} <= written.faults()


def test_a_head_that_does_not_fit_is_named(written: Archive) -> None:
    written.tamper("UPDATE journal_heads SET seq = seq + 1 WHERE about_id = 2")

    (finding,) = written.findings()
    assert finding.startswith("monitoring/2:")
    assert "the head tells 3, the chain ends at 2" in finding


def test_a_tail_that_was_cut_off_is_seen_by_a_checkpoint_only(written: Archive) -> None:
    file = written.taken_away()
    _cut(written, 1, keep=3)
    assert [one for one in written.findings() if "checkpoint" not in one] == []

    assert any("the chain ends at 3, checkpoint 1 saw 5" in one for one in written.findings())
    written.tamper("DELETE FROM journal_checkpoints")
    assert written.findings() == []
    told = written.findings(file)
    assert any("the database has no such checkpoint" in one for one in told)
    assert any("monitoring/1" in one and "checkpoint 1 saw 5" in one for one in told)


def test_a_whole_chain_that_is_gone_is_seen_by_a_checkpoint(written: Archive) -> None:
    file = written.taken_away()
    _cut(written, 3, keep=0)

    (finding,) = written.findings(file)[:1]
    assert finding.startswith("monitoring/3:")
    assert "the whole chain is missing" in finding


def test_an_older_backup_is_told_from_the_journal_it_was(written: Archive) -> None:
    older = written.connection.begin_nested()
    written.record(1, 3)
    file = written.taken_away()
    older.rollback()

    assert written.findings() == []
    told = written.findings(file)
    assert any("monitoring/1" in one and "ends at 5, checkpoint 1 saw 6" in one for one in told)
    assert any("monitoring/3" in one and "ends at 1, checkpoint 1 saw 2" in one for one in told)


def test_a_journal_made_anew_with_all_its_hashes_is_not_what_the_checkpoint_saw(
    written: Archive,
) -> None:
    file = written.taken_away()
    written.tamper(
        "TRUNCATE journal_links, journal_heads, journal_checkpoints",
        "UPDATE journal SET by_id = 8 WHERE about_id = 1",
    )
    ids = list(written.connection.scalars(text("SELECT id FROM journal ORDER BY id")))
    with written.session() as session:
        session.info["journal_entries"] = ids
        session.connection()
        session.commit()

    assert written.findings() == [], "the chains alone cannot tell"
    told = written.findings(file)
    assert any("monitoring/1" in one and "place 5" in one for one in told)


def _remove(archive: Archive, entry_id: int) -> None:
    archive.tamper(
        "DELETE FROM journal_links WHERE entry_id = :id",
        "DELETE FROM journal WHERE id = :id",
        id=entry_id,
    )


def _cut(archive: Archive, about_id: int, keep: int) -> None:
    """Cut off the tail of a chain and put its head back, as a careful hand would."""
    for entry_id in archive.ids(about_id)[keep:]:
        _remove(archive, entry_id)
    archive.tamper("DELETE FROM journal_heads WHERE about_id = :about", about=about_id)
    archive.tamper(
        "INSERT INTO journal_heads SELECT subject, about_id, seq, hash, algorithm "
        "FROM journal_links WHERE about_id = :about ORDER BY seq DESC LIMIT 1",
        about=about_id,
    )


@pytest.mark.parametrize(
    "details",
    ["('{\"n\": ' || repeat('9', 5000) || '}')", "(repeat('[', 2000) || repeat(']', 2000))"],
)
def test_details_that_nobody_can_read_are_a_finding(written: Archive, details: str) -> None:
    victim = written.ids(1)[2]

    written.tamper(
        f"UPDATE journal SET details = {details}::jsonb WHERE id = :victim",  # noqa: S608
        victim=victim,
    )

    (finding,) = written.findings()
    assert f"entry {victim}" in finding


@pytest.mark.parametrize(
    ("name", "value"),
    [("number", None), ("number", "9" * 5000), ("algorithm", []), ("root", "\ud800"), ("key", 5)],
)
def test_a_checkpoint_whose_header_makes_no_sense_is_not_read(
    written: Archive, name: str, value: object
) -> None:
    first, _, rest = written.taken_away().partition("\n")
    told = json.loads(first)
    told["checkpoint"][name] = value

    with pytest.raises(BadFile):
        Seen.read(f"{json.dumps(told)}\n{rest}")
    with pytest.raises(BadFile):
        Seen.read("[" * 100_000)


@pytest.mark.parametrize("file", ["", "{}", "null\n", '{"checkpoint": {}}\n', "monitoring 1 1\n"])
def test_what_is_no_checkpoint_is_not_read(file: str) -> None:
    with pytest.raises(BadFile):
        Seen.read(file)
