"""What the database cannot read, and who opens it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api import logs
from services.arrest_requests.records import Suspect
from services.kernel.ciphers import CannotOpenError, KeyRing, Suite
from services.kernel.rewrapping import blind_indexes, sealed_columns
from services.proceedings import TakenStep
from tests.make import Make
from tests.phones import Phones
from tests.sealed.conftest import ROWS, Vault, plain_of

NUMBER = "99010119900307002X"


@pytest.fixture(params=Suite)
def suite(request: pytest.FixtureRequest) -> Suite:
    found: Suite = request.param
    return found


@pytest.fixture
def engine_of(vault: Vault, suite: Suite) -> Iterator[Engine]:
    vault.fill(suite)
    engine = vault.engine(suite)
    yield engine
    engine.dispose()


def test_a_raw_look_shows_nothing_and_the_house_reads_everything(
    vault: Vault, engine_of: Engine
) -> None:
    with engine_of.connect() as connection:
        for column in sealed_columns():
            raw, word = vault.raw(connection, column), plain_of(column, 1)
            words = list(word.values())[:2] if isinstance(word, dict) else [word]
            plain = [one if isinstance(one, bytes) else one.encode() for one in words]

            assert len(raw) == ROWS, column
            for seen in raw:
                assert not any(piece[:size] in seen for piece in plain for size in (6, len(piece)))
            expected = [plain_of(column, row) for row in range(1, ROWS + 1)]
            assert vault.read(connection, column) == expected, column


def test_equal_texts_are_sealed_unequally(vault: Vault, suite: Suite) -> None:
    ring = KeyRing.kept_in(vault.folder, suite)
    assert len({ring.seal(b"1", about="suspects.address") for _ in range(20)}) == 20


def test_a_value_that_was_moved_to_another_column_does_not_open(
    vault: Vault, engine_of: Engine
) -> None:
    with engine_of.begin() as connection:
        connection.execute(text("UPDATE suspects SET address = document_number"))

    with (
        engine_of.connect() as connection,
        pytest.raises(CannotOpenError, match=r"suspects\.address"),
    ):
        vault.read(connection, Suspect.__table__.c.address)


def test_a_member_that_was_moved_to_another_one_does_not_open(
    vault: Vault, engine_of: Engine
) -> None:
    table = TakenStep.__table__
    with engine_of.begin() as connection:
        connection.execute(text("ALTER TABLE taken_steps DISABLE TRIGGER USER"))
        connection.execute(
            text(
                "UPDATE taken_steps SET given = given"
                " || jsonb_build_object('address', given->'document_number')"
            )
        )
        connection.execute(text("ALTER TABLE taken_steps ENABLE TRIGGER USER"))

    with engine_of.connect() as connection, pytest.raises(CannotOpenError, match="address"):
        vault.read(connection, table.c.given)


def test_without_its_key_nothing_opens_and_the_key_is_named(vault: Vault, suite: Suite) -> None:
    vault.fill(suite)
    (name,) = KeyRing.kept_in(vault.folder, suite).field_keys
    (path,) = vault.folder.glob("field-*.key")
    path.rename(vault.folder / "lost")
    engine = vault.engine(suite)
    with engine.connect() as connection:
        for column in sealed_columns():
            with pytest.raises(CannotOpenError, match=f"there is no key {name}"):
                vault.read(connection, column)
    engine.dispose()


def test_what_no_house_has_sealed_is_refused_too(vault: Vault) -> None:
    ring = KeyRing.kept_in(vault.folder)
    sealed = bytearray(ring.seal(b"x" * 40, about="suspects.address"))
    sealed[1] = 9
    for broken in (b"", b"plain text that was never sealed at all", bytes(sealed)):
        with pytest.raises(CannotOpenError, match="not sealed by this house"):
            ring.open(broken, about="suspects.address")


# --- the blind index ------------------------------------------------------------------------


def _found(session: Session, number: str) -> list[str]:
    chosen = select(Suspect.name).where(Suspect.document_number_index == number)
    return list(session.scalars(chosen))


def test_a_document_is_found_by_its_whole_number_only(make: Make) -> None:
    make.session.add(make.suspect(name="测试甲", document_number=NUMBER))
    make.session.flush()

    assert _found(make.session, NUMBER) == ["测试甲"]
    assert _found(make.session, NUMBER.lower()) == ["测试甲"]
    assert _found(make.session, NUMBER[:-1]) == []


def test_the_index_follows_whatever_becomes_of_the_number(make: Make) -> None:
    suspect = make.suspect(name="测试甲", document_number=NUMBER)
    make.session.add(suspect)
    make.session.flush()
    for number in ("E-1", None, "E-2"):
        suspect.document_number = number
        make.session.flush()
        make.session.expire(suspect)
        assert suspect.document_number == number
        assert (suspect.document_number_index is None) is (number is None)
    assert _found(make.session, "E-2") == ["测试甲"]
    assert _found(make.session, NUMBER) == _found(make.session, "E-1") == []


def test_the_same_number_again_is_no_change(make: Make) -> None:
    suspect = make.suspect(document_number=NUMBER)
    make.session.add(suspect)
    make.session.flush()
    make.session.expire(suspect)

    suspect.document_number = "".join(NUMBER)

    assert not make.session.is_modified(suspect)
    assert (
        inspect(suspect).attrs.document_number_index.history.added is None
        or not inspect(suspect).attrs.document_number_index.history.has_changes()
    )


def test_the_database_refuses_a_number_without_its_index(make: Make) -> None:
    suspect = make.suspect()
    make.session.add(suspect)
    make.session.flush()
    forgotten = update(Suspect).values(document_number=NUMBER)

    with pytest.raises(IntegrityError, match="suspects_document_number_is_indexed"):
        make.session.execute(forgotten)


def test_two_columns_have_different_indexes_of_the_same_number(vault: Vault) -> None:
    ring = KeyRing.kept_in(vault.folder)
    told = {ring.blind(NUMBER, about=str(one)) for one in blind_indexes()}
    assert len(told) == len(blind_indexes())


# --- members of what is said in a step --------------------------------------------------------


def test_the_rest_of_what_was_said_can_still_be_asked_for(engine_of: Engine) -> None:
    with Session(engine_of) as session:
        kept = select(TakenStep.id).where(TakenStep.given["outcome"].astext == "kept")
        named = select(TakenStep.id).where(
            TakenStep.given["document_number"].astext.startswith("9901")
        )
        assert len(session.scalars(kept).all()) == ROWS
        assert session.scalars(named).all() == []


def test_nothing_said_is_nothing_sealed(engine_of: Engine) -> None:
    with engine_of.begin() as connection:
        table = TakenStep.__table__
        connection.execute(text("ALTER TABLE taken_steps DISABLE TRIGGER USER"))
        connection.execute(update(table).values(given={"document_number": None}))  # type: ignore[arg-type]
        connection.execute(text("ALTER TABLE taken_steps ENABLE TRIGGER USER"))
        raw = connection.scalars(text("SELECT CAST(given AS text) FROM taken_steps")).all()
        assert set(raw) == {'{"document_number": null}'}


# --- over HTTP --------------------------------------------------------------------------------


def test_a_missing_key_is_named_in_the_log_and_nothing_is_told(
    phones: Phones, make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town = make.town()
    request = make.arrest_request(town, make.suspect(address="测试路一号"))
    lost = KeyRing.kept_in(tmp_path)
    sealed = lost.seal("测试路一号".encode(), about="suspects.address")
    make.session.execute(text("UPDATE suspects SET address = :sealed"), {"sealed": sealed})
    make.session.expire_all()
    logs.configure()

    answer = phones.of(town.officer).get(f"/arrest-requests/{request.id}")

    told = capsys.readouterr().err
    assert answer.status_code == 500
    assert set(answer.get_json()) == {"type", "title", "status", "instance"}
    assert f"suspects.address: there is no key {lost.field_keys[0]}" in told
    assert "测试路" not in told + answer.text
