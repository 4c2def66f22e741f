"""The tests are tested: each of these mistakes, made on purpose in a copy, is caught by name.

A mutant is a copy of the sources in which one thing is wrong. The tests named beside it must
pass on the copy as it is and fail on the copy with the mistake in it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.kernel.settings import CHECKOUT

pytestmark = [pytest.mark.prove, pytest.mark.xdist_group("proofs")]

COPIED = ("services", "api", "notifications", "openapi", "jiantong", "migrations", "tests")
LADDERS = "notifications/ladders.py"
AMONG_PEOPLE = "tests/escalations/test_simulation.py"
ROTATION = "services/assignments/rotation.py"
DRAW_TESTS = "tests/assignments/test_rotation.py"
DRAW_PROOFS = "tests/proofs/test_draws.py"
RACES = "tests/proofs/test_races.py"


@dataclass(frozen=True)
class Mutant:
    """One mistake: in which file, what stands there, what the mistake makes of it, who sees it."""

    name: str
    file: str
    right: str
    wrong: str
    caught_by: tuple[str, ...]


MUTANTS = (
    Mutant(
        "the last candidate is never drawn",
        ROTATION,
        "tied[number % len(tied)]",
        "tied[number % max(1, len(tied) - 1)]",
        (
            f"{DRAW_TESTS}::test_every_one_of_seven_is_drawn_about_as_often",
            f"{DRAW_PROOFS}::test_each_of_a_list_is_drawn_alike[7-sample]",
        ),
    ),
    Mutant(
        "the load does not matter",
        ROTATION,
        "if one.rounds == fewest",
        "if one.rounds >= fewest",
        (
            f"{DRAW_TESTS}::test_only_somebody_drawn_least_often_is_drawn",
            f"{DRAW_PROOFS}::test_draws_are_even_and_no_round_tells_the_next[7-sample]",
        ),
    ),
    Mutant(
        "the share does not matter",
        ROTATION,
        "return self.drawn * FULL // self.share",
        "return self.drawn",
        (
            "tests/assignments/test_shares.py::test_half_a_share_is_drawn_half_as_often",
            f"{DRAW_PROOFS}::test_shares_are_borne_and_say_how_often_but_never_when[sample]",
        ),
    ),
    Mutant(
        "the nonce is ignored",
        ROTATION,
        "hmac.digest(seed, nonce,",
        'hmac.digest(seed, b"",',
        (f"{DRAW_PROOFS}::test_neither_the_seed_nor_the_nonce_alone_decides[seed]",),
    ),
    Mutant(
        "the seed is ignored",
        ROTATION,
        "hmac.digest(seed, nonce,",
        'hmac.digest(b"", nonce,',
        (f"{DRAW_PROOFS}::test_neither_the_seed_nor_the_nonce_alone_decides[nonce]",),
    ),
    Mutant(
        "a seed is revealed that nobody committed to",
        ROTATION,
        "return _hashed(tail, length - turn)",
        "return _hashed(tail, length + turn)",
        (f"{DRAW_TESTS}::test_every_seed_hashes_to_the_one_before_it_and_the_first_to_the_anchor",),
    ),
    Mutant(
        "draws do not take turns",
        "services/assignments/operations.py",
        "chosen.with_for_update().execution_options(",
        "chosen.execution_options(",
        (f"{RACES}::test_a_busy_day[sample]",),
    ),
    Mutant(
        "the suspects of a case are decided past each other",
        "services/cases/operations.py",
        "act.session.refresh(case, with_for_update=True)",
        "act.session.refresh(case)",
        (f"{RACES}::test_the_suspects_of_a_case_are_decided_at_once[full]",),
    ),
    Mutant(
        "what lost a deadlock is not tried again",
        "api/resource.py",
        "TRIES = 3",
        "TRIES = 1",
        (f"{RACES}::test_whoever_loses_a_deadlock_is_served_all_the_same",),
    ),
    Mutant(
        "a session is ended by everybody who finds it open",
        "services/sessions.py",
        'act.session.refresh(session, with_for_update={"key_share": True})',
        "act.session.refresh(session)",
        (f"{RACES}::test_several_stolen_tokens_end_a_session_once[full]",),
    ),
    Mutant(
        "an event is told before it is claimed",
        "notifications/dispatcher.py",
        "        .with_for_update(skip_locked=True)\n    )\n    claimed",
        "    )\n    claimed",
        (f"{RACES}::test_everybody_hears_once_however_many_workers_tell[sample]",),
    ),
    Mutant(
        "the last rung of a ladder is dropped",
        LADDERS,
        "range(climb.step, len(climb.steps))",
        "range(climb.step, len(climb.steps) - 1)",
        (f"{AMONG_PEOPLE}::test_each_message_reaches_a_human_within_its_bound",),
    ),
    Mutant(
        "a ladder takes whoever is on leave for somebody who is there",
        LADDERS,
        "    return found - away\n",
        "    return found\n",
        ("tests/escalations/test_ladders.py::test_whoever_is_on_leave_hears_of_no_rung",),
    ),
    Mutant(
        "a window is waited for where nobody who heard is there",
        LADDERS,
        "there = climb.heard - away",
        "there = climb.heard",
        ("tests/escalations/test_ladders.py::test_no_window_is_waited_for_where_nobody_is_there",),
    ),
    Mutant(
        "custody waits for working hours",
        LADDERS,
        "if hours is LadderHours.DAYTIME or calendar.is_working(day):",
        "if calendar.is_working(day):",
        (f"{AMONG_PEOPLE}::test_each_message_reaches_a_human_within_its_bound",),
    ),
    Mutant(
        "the answer to a key is kept outside the act",
        "services/kernel/answers.py",
        "    session.connection().execute(insert(_TABLE)",
        "    session.get_bind().execution_options(isolation_level='AUTOCOMMIT')"
        ".connect().execute(insert(_TABLE)",
        ("tests/proofs/test_crashes.py::test_a_step_that_is_killed_is_taken_once[decide-sample]",),
    ),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The sources, to be spoilt at will."""
    folder = tmp_path_factory.mktemp("mutants")
    for name in COPIED:
        shutil.copytree(
            CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(CHECKOUT / "pyproject.toml", folder)
    yield folder
    shutil.rmtree(folder)


def failures(copy: Path, tests: Sequence[str]) -> set[str]:
    """Which of these tests fail there; parameters are left out of the names."""
    tested = subprocess.run(  # noqa: S603  # our own tests
        [sys.executable, "-m", "pytest", "-q", "-rfE", "-p", "no:randomly", *tests],
        cwd=copy,
        env=dict(os.environ) | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},  # noqa: TID251  # the child's
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode in {0, 1}, tested.stdout + tested.stderr
    said = [line.split()[1] for line in tested.stdout.splitlines() if line.startswith("FAILED ")]
    assert bool(said) == bool(tested.returncode), tested.stdout
    return {name.partition("[")[0] for name in said}


def named(tests: Sequence[str]) -> set[str]:
    return {test.partition("[")[0] for test in tests}


def test_the_tests_pass_on_the_sources_as_they_are(copy: Path) -> None:
    every = sorted({test for mutant in MUTANTS for test in mutant.caught_by})
    assert failures(copy, every) == set()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mistake_is_caught(copy: Path, mutant: Mutant) -> None:
    file = copy / mutant.file
    source = file.read_text()
    assert source.count(mutant.right) == 1, f"the mutant no longer fits {mutant.file}"
    file.write_text(source.replace(mutant.right, mutant.wrong))
    try:
        assert failures(copy, mutant.caught_by) == named(mutant.caught_by)
    finally:
        file.write_text(source)
