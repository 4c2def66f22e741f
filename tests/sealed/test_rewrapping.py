"""Keys are changed while the house is at work, and what they sealed is sealed anew."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select, text

from jiantong.__main__ import jiantong
from services.arrest_requests.records import Suspect
from services.kernel.ciphers import KeyRing, Suite
from services.kernel.rewrapping import blind_indexes, reindex, rewrap, sealed_columns
from services.kernel.sealed import pairs, ring_of
from tests.sealed.conftest import ROWS, Vault, plain_of


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


def whole(vault: Vault, engine: Engine) -> bool:
    """Does every sealed column say what was put into it?"""
    with engine.connect() as connection:
        return all(
            vault.read(connection, column) == [plain_of(column, row) for row in range(1, ROWS + 1)]
            for column in sealed_columns()
        )


def anew(engine: Engine) -> dict[str, int]:
    """How many values of each column were sealed anew."""
    return {one.column: one.sealed_anew for one in rewrap(engine)}


def test_after_a_rotation_all_is_sealed_anew_and_the_old_key_may_go(
    vault: Vault, engine_of: Engine, suite: Suite
) -> None:
    (old,) = vault.folder.glob("field-*.key")
    running = vault.engine(suite)
    newest = ring_of(engine_of.dialect).rotate_fields()
    assert whole(vault, running), "a process that runs notices the new key"

    assert anew(engine_of) == {str(column): ROWS for column in sealed_columns()}

    old.unlink()
    engine = vault.engine(suite)
    assert ring_of(engine.dialect).field_keys == [newest]
    assert whole(vault, engine)
    running.dispose()
    engine.dispose()


def test_what_is_sealed_as_of_now_is_passed_over(engine_of: Engine) -> None:
    assert set(anew(engine_of).values()) == {0}


def test_a_run_that_was_broken_off_goes_on_where_it_ended(vault: Vault, engine_of: Engine) -> None:
    ring_of(engine_of.dialect).rotate_fields()
    broken_off = rewrap(engine_of)
    done = [next(broken_off) for _ in range(3)]
    del broken_off

    rest = anew(engine_of)

    assert sum(one.sealed_anew for one in done) == 3 * ROWS
    assert sum(rest.values()) == (len(sealed_columns()) - 3) * ROWS
    assert whole(vault, engine_of)


def test_what_one_suite_sealed_is_read_under_the_other_and_sealed_anew_by_it(
    vault: Vault, engine_of: Engine, suite: Suite
) -> None:
    (other,) = set(Suite) - {suite}
    engine = vault.engine(other)
    assert whole(vault, engine)

    assert set(anew(engine).values()) == {ROWS}
    assert whole(vault, engine)
    assert set(anew(engine_of).values()) == {ROWS}, "and back"
    engine.dispose()


def test_the_guard_of_what_is_never_changed_is_up_again_afterwards(engine_of: Engine) -> None:
    ring_of(engine_of.dialect).rotate_fields()
    anew(engine_of)

    with engine_of.connect() as connection:
        off = connection.scalars(
            text("SELECT tgname FROM pg_trigger WHERE tgenabled = 'D' AND NOT tgisinternal")
        )
        assert off.all() == []


def test_a_new_key_of_the_blind_index_finds_the_same_rows(vault: Vault, engine_of: Engine) -> None:
    with engine_of.begin() as connection:
        before = {one: vault.raw(connection, one) for one in blind_indexes()}
        assert reindex(connection) == ROWS * len(blind_indexes())

    with engine_of.connect() as connection:
        for index in blind_indexes():
            assert not set(before[index]) & set(vault.raw(connection, index))
            (plain,) = [plain for one, plain in pairs(index.table) if one is index]
            found = select(plain).where(index == plain_of(plain, 2))
            assert connection.scalars(found).all() == [plain_of(plain, 2)]


# --- the console ------------------------------------------------------------------------------


def console(vault: Vault, *words: str, crypto: str = "international") -> Result:
    environment = {
        "DATA_DIR": str(vault.keys),
        "DATABASE_URL": vault.owner_url,
        "DATABASE_APP_URL": vault.app_url,
        "CRYPTO": crypto,
    }
    return CliRunner().invoke(jiantong, ["keys", *words], env=environment)


def test_the_console_changes_the_key_and_seals_anew(vault: Vault) -> None:
    vault.fill()
    (old,) = KeyRing.kept_in(vault.folder).field_keys

    made = console(vault, "rotate-fields")
    done = console(vault, "rewrap")
    shown = console(vault, "list")

    assert made.exit_code == done.exit_code == shown.exit_code == 0, done.output
    new = made.output.strip()
    assert f"suspects.address: {ROWS} of {ROWS}" in done.output
    assert [line.split()[0] for line in shown.output.splitlines()] == [old, new]
    assert shown.output.splitlines()[0].endswith("opens nothing any more")
    assert "seals now" in shown.output.splitlines()[1]


def test_the_console_says_which_key_is_missing(vault: Vault) -> None:
    vault.fill()
    ring = KeyRing.kept_in(vault.folder)
    (old,) = ring.field_keys
    ring.rotate_fields()
    (vault.folder / "field-0000.key").unlink()

    done = console(vault, "rewrap")

    assert done.exit_code == 1
    assert f"there is no key {old}" in done.output
    assert "Traceback" not in done.output


def test_the_console_codes_the_blind_indexes_anew(vault: Vault) -> None:
    vault.fill()

    done = console(vault, "rotate-blind")

    assert (done.exit_code, done.output.strip()) == (0, str(ROWS * len(blind_indexes())))
    engine = vault.engine()
    with engine.connect() as connection:
        table = Suspect.__table__
        number = plain_of(table.c.document_number, 1)
        chosen = select(table.c.id).where(table.c.document_number_index == number)
        assert connection.scalars(chosen).all() == [1]
    engine.dispose()


def test_the_console_changes_over_to_the_national_algorithms(vault: Vault) -> None:
    vault.fill()

    assert console(vault, "rewrap", crypto="guomi").exit_code == 0

    engine = vault.engine(Suite.GUOMI)
    with engine.connect() as connection:
        assert {one[1] for one in vault.raw(connection, Suspect.__table__.c.address)} == {2}
    assert set(anew(engine).values()) == {0}
    engine.dispose()
