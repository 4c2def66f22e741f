"""A checkpoint signs what all chains end at, once; whoever touches it is found."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from services.checkpoints import JournalCheckpoint, Seen
from services.checkpoints.operations import folded
from services.kernel.ciphers import KeyRing, Signing, Suite
from tests.journal.conftest import Archive


def test_a_checkpoint_tells_how_much_there_is_and_names_the_one_before(archive: Archive) -> None:
    archive.record(1, 2)
    first = archive.sign()
    archive.record(2)
    second = archive.sign()

    assert first is not None
    assert second is not None
    assert (first.id, first.previous, first.chains, first.entries) == (1, None, 2, 2)
    assert (second.id, second.chains, second.entries) == (2, 2, 3)
    assert second.previous is not None
    assert archive.findings() == []


def test_where_nothing_has_changed_none_is_made(archive: Archive) -> None:
    assert archive.sign() is None
    archive.record(1)
    assert archive.sign() is not None
    assert archive.sign() is None


def test_all_heads_of_any_checkpoint_can_be_told_again(archive: Archive) -> None:
    files = []
    for about in ((1, 2), (2,), (3,), (1, 3)):
        archive.record(*about)
        files.append(archive.taken_away())

    with archive.session() as session:
        for number, file in enumerate(files, 1):
            seen = Seen.read(file)
            assert seen.holds
            assert seen.number == number
            assert seen.heads == folded(session, number)
    assert all(archive.findings(file) == [] for file in files)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("made_at", "made_at + interval '1 second'"),
        ("previous", "'\\x00'"),
        ("root", "set_byte(root, 0, get_byte(root, 0) # 1)"),
        ("chains", "chains + 1"),
        ("entries", "entries - 1"),
        ("changed", "set_byte(changed, 4, get_byte(changed, 4) # 1)"),
        ("algorithm", "'sm3'"),
        ("signature", "set_byte(signature, 9, get_byte(signature, 9) # 1)"),
        ("id", "id + 7"),
    ],
)
def test_a_checkpoint_that_was_touched_is_named(archive: Archive, column: str, value: str) -> None:
    archive.record(1)
    archive.sign()
    archive.record(1)
    archive.sign()

    archive.tamper(f"UPDATE journal_checkpoints SET {column} = {value} WHERE id = 2")  # noqa: S608

    assert any(one.startswith(("checkpoint/2:", "checkpoint/9:")) for one in archive.findings())


def test_a_checkpoint_taken_out_of_the_middle_is_missed(archive: Archive) -> None:
    for _ in range(3):
        archive.record(1)
        archive.sign()
    archive.tamper("DELETE FROM journal_checkpoints WHERE id = 2")

    assert any(one.startswith("checkpoint/3:") for one in archive.findings())


def test_a_key_of_somebody_else_is_not_trusted(archive: Archive, tmp_path: Path) -> None:
    archive.record(1)
    stranger = replace(archive, ring=KeyRing.kept_in(tmp_path))
    file = stranger.taken_away()

    told = archive.findings(file)
    assert sum("which is not known to be this installation's" in one for one in told) == 2
    assert stranger.findings(file) == []


def test_a_key_put_in_the_place_of_another_proves_nothing(archive: Archive) -> None:
    archive.record(1)
    archive.sign()
    archive.tamper("UPDATE checkpoint_keys SET value = decode(repeat('07', 32), 'hex')")

    assert any(one.startswith("checkpoint/1:") for one in archive.findings())


def test_a_file_that_was_edited_does_not_hold(archive: Archive) -> None:
    archive.record(1, 2)
    file = archive.taken_away()
    edited = file.replace("monitoring 1 1 sha256", "monitoring 9 1 sha256")
    assert edited != file

    assert not Seen.read(edited).holds
    assert any("checkpoint/1 (file)" in one for one in archive.findings(edited))


def test_the_national_suite_signs_with_sm2_over_sm3(archive: Archive, tmp_path: Path) -> None:
    archive.record(1)
    archive.sign()
    national = replace(archive, ring=KeyRing.kept_in(tmp_path, Suite.GUOMI))
    archive.record(1)
    made = national.sign()

    assert made is not None
    assert (made.key.algorithm, made.algorithm) == (Signing.SM2, "sm3")
    with national.session() as session:
        assert session.scalars(select(JournalCheckpoint.id)).all() == [1, 2]
    told = national.findings()
    assert [one.partition(":")[0] for one in told] == ["checkpoint/1"], "the first has another key"


def test_checkpoints_are_never_changed_by_the_application(archive: Archive) -> None:
    held = archive.connection.execute(
        text(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = 'jiantong_app' AND table_name IN "
            "('journal', 'journal_links', 'journal_checkpoints', 'checkpoint_keys')"
        )
    )
    assert {(row.table_name, row.privilege_type) for row in held} == {
        (table, right)
        for table in ("journal", "journal_links", "journal_checkpoints", "checkpoint_keys")
        for right in ("SELECT", "INSERT")
    }
