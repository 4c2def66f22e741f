"""The file with which anybody runs a draw again."""

import copy
import json
import math
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from services.draws import verifier

FILE = Path(verifier.__file__)
SEED = bytes(range(32)).hex()
NONCE = "ab" * 16
EVEN = dict.fromkeys(range(1, 11), 4)
Succession = Callable[[bytes, str, str, Mapping[int, int]], list[int]]


def _candidate(number: int, *fields: str, served: int = 0, excluded: str = "") -> dict[str, Any]:
    return {
        "number": number,
        "served": served,
        "weight": verifier.weight(served, 2),
        "fields": list(fields),
        "excluded": [excluded] if excluded else [],
    }


def _change(kind: str, **said: object) -> dict[str, Any]:
    return {"kind": kind, **said}


def _published() -> dict[str, Any]:
    """A draw for one who knows of finance and two others; the first of all has declined."""
    pool: dict[str, Any] = {
        "activity": 9,
        "strata": [{"name": "finance", "seats": 1}, {"name": "all", "seats": 2}],
        "candidates": [
            _candidate(1, "finance"),
            _candidate(2, "finance", served=2),
            _candidate(3, served=1),
            _candidate(4),
            _candidate(5),
            _candidate(6, excluded="recused"),
        ],
    }
    orders = verifier.orders(pool, bytes.fromhex(SEED), NONCE)
    pool_sha256 = verifier.digest(pool)
    committed = verifier.commitment(pool_sha256, SEED)
    seats, changes = verifier.Panel.of(pool, orders), list[dict[str, Any]]()

    def note(change: dict[str, Any]) -> None:
        seats.take(change)
        changes.append(change)

    def fill() -> None:
        while seats.pending:
            stratum = seats.pending[0]
            note(_change("drawn", stratum=stratum, candidate=seats.following(stratum)))

    fill()
    note(_change("out", candidate=list(seats.seated)[-1], because="declined"))
    fill()
    return {
        "scheme": verifier.SCHEME,
        "draw": 1,
        "pool": pool,
        "pool_sha256": pool_sha256,
        "commitment": committed,
        "nonce": NONCE,
        "witness_sha256": verifier.witness(committed, NONCE),
        "seed": SEED,
        "orders": orders,
        "changes": changes,
        "invited": sorted(seats.seated),
    }


def test_a_draw_as_it_was_published_is_in_order() -> None:
    assert verifier.problems(_published()) == []


def _swap_order(draw: dict[str, Any]) -> None:
    draw["orders"]["all"].reverse()


def _other_weight(draw: dict[str, Any]) -> None:
    draw["pool"]["candidates"][0]["weight"] = 1


def _other_pool(draw: dict[str, Any]) -> None:
    del draw["pool"]["candidates"][3]


def _other_seed(draw: dict[str, Any]) -> None:
    draw["seed"] = "00" * 32


def _other_nonce(draw: dict[str, Any]) -> None:
    draw["nonce"] = "cd" * 16


def _nonce_taken_out(draw: dict[str, Any]) -> None:
    draw["nonce"] = ""


def _friend_seated(draw: dict[str, Any]) -> None:
    last = draw["changes"][-1]
    taken = {one.get("candidate") for one in draw["changes"]}
    stratum = last["stratum"]
    friends = [one for one in draw["orders"][stratum] if one not in taken]
    last["candidate"] = friends[-1] if friends else 6


def _substitution_left_out(draw: dict[str, Any]) -> None:
    draw["changes"].pop()


def _friend_invited(draw: dict[str, Any]) -> None:
    draw["invited"][0] = 6


def _unknown_change(draw: dict[str, Any]) -> None:
    draw["changes"].append({"kind": "preferred"})


def _old_scheme(draw: dict[str, Any]) -> None:
    draw["scheme"] = "another"


def _no_pool(draw: dict[str, Any]) -> None:
    del draw["pool"]


def _sealed(draw: dict[str, Any]) -> None:
    draw["seed"] = None


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (_swap_order, "order: that of all"),
        (_other_weight, "weight: candidate 1"),
        (_other_pool, "pool:"),
        (_other_seed, "seed:"),
        (_other_nonce, "nonce:"),
        (_nonce_taken_out, "nonce:"),
        (_friend_seated, "change 5:"),
        (_substitution_left_out, "changes: a seat"),
        (_friend_invited, "invited:"),
        (_unknown_change, "change 6: unknown kind"),
        (_old_scheme, "scheme:"),
        (_no_pool, "form:"),
        (_sealed, "seed: it has not been revealed"),
    ],
)
def test_what_was_changed_is_named(spoil: Callable[[dict[str, Any]], None], named: str) -> None:
    draw = _published()

    spoil(draw)

    assert any(line.startswith(named) for line in verifier.problems(draw)), verifier.problems(draw)


def _panel(seats: int = 2) -> verifier.Panel:
    return verifier.Panel({"all": [1, 2, 3]}, seats, ["all"] * seats)


@pytest.mark.parametrize(
    ("before", "change", "why"),
    [
        ([], _change("drawn", stratum="all", candidate=2), "1 is next"),
        ([], _change("drawn", stratum="finance", candidate=1), "no seat of finance"),
        ([], _change("out", candidate=1), "had no seat"),
        ([], _change("unfilled", stratum="all", because="exhausted"), "1 is left"),
        ([], _change("fewer", wanted=2), "2 is not fewer"),
        ([], _change("reopened", stratum="all"), "none was free"),
        ([_change("barred", candidate=1)], _change("barred", candidate=1), "barred before"),
    ],
)
def test_a_step_that_the_rules_do_not_lead_to_is_refused(
    before: list[dict[str, Any]], change: dict[str, Any], why: str
) -> None:
    panel = _panel()
    for one in before:
        panel.take(one)

    with pytest.raises(verifier.DoesNotFitError, match=why):
        panel.take(change)


def test_seats_are_filled_given_up_opened_again_and_made_fewer() -> None:
    panel = _panel()
    for change in (
        _change("barred", candidate=1, because="suspended"),
        _change("drawn", stratum="all", candidate=2),
        _change("drawn", stratum="all", candidate=3),
        _change("out", candidate=2, because="declined"),
        _change("unfilled", stratum="all", because="exhausted"),
        _change("reopened", stratum="all"),
        _change("fewer", wanted=1),
    ):
        panel.take(change)

    assert panel.seated == {3: "all"}
    assert panel.pending == []


def test_a_copy_runs_where_nothing_else_is(tmp_path: Path) -> None:
    copied = tmp_path / "verifier.py"
    copied.write_text(FILE.read_text())
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    draw = _published()
    good.write_text(json.dumps(draw))
    _other_seed(draw)
    bad.write_text(json.dumps(draw))

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-I", "verifier.py", *arguments]
        done = subprocess.run(  # noqa: S603  # the copy itself
            command, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    assert run("good.json") == (0, "OK\n")
    code, said = run("bad.json")
    assert code == 1
    assert said.startswith("seed: it is not the seed")


def test_the_command_line_says_what_it_wants(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verifier.main([]) == 2
    assert verifier.main([str(tmp_path / "none.json")]) == 1
    assert "usage" in capsys.readouterr().out


def test_a_remainder_that_would_favour_the_small_is_thrown_away() -> None:
    # Of 16 values, 12 to 15 have no whole six any more.
    drawn = [verifier.below(iter([value, 0]), 6, span=16) for value in range(12)]

    assert Counter(drawn) == dict.fromkeys(range(6), 2)
    assert verifier.below(iter([13, 15, 4]), 6, span=16) == 4


def test_a_weight_grows_with_the_distance_and_has_bounds() -> None:
    assert [verifier.weight(served, 3) for served in (3, 2, 0)] == [1, 4, 16]
    assert verifier.weight(0, 500) == 100
    assert verifier.weight(7, 3) == 1


def test_the_same_seed_gives_the_same_order_and_another_nonce_another() -> None:
    seed = bytes.fromhex(SEED)

    first = verifier.succession(seed, NONCE, "all", EVEN)

    assert first == verifier.succession(seed, NONCE, "all", EVEN)
    assert sorted(first) == sorted(EVEN)
    assert first != verifier.succession(seed, "cd" * 16, "all", EVEN)
    assert first != verifier.succession(seed, NONCE, "finance", EVEN)


RARE = 0.001
"""So rarely a fair draw would look as uneven as that."""


def _chance(chi_square: float, freedom: int) -> float:
    """How often chance alone is at least so uneven: the upper tail of chi-square, exactly.

    Q(a+1, y) = Q(a, y) + y^a e^-y / Gamma(a+1), from Q(1/2, y) = erfc(sqrt y) or Q(1, y) = e^-y.
    """
    y, a = chi_square / 2, 0.5 if freedom % 2 else 1.0
    tail = math.erfc(math.sqrt(y)) if freedom % 2 else math.exp(-y)
    while a < freedom / 2:
        tail += y**a * math.exp(-y) / math.gamma(a + 1)
        a += 1
    return tail


def _chi_square(found: Counter[int], expected: Mapping[int, float]) -> float:
    return sum((found[one] - due) ** 2 / due for one, due in expected.items())


def _seeds(draws: int) -> Iterator[bytes]:
    source = random.Random(20260302)  # noqa: S311  # the same seeds in every run of the test
    return (source.randbytes(32) for _ in range(draws))


def _first(succession: Succession, weights: Mapping[int, int], draws: int) -> Counter[int]:
    return Counter(succession(seed, NONCE, "all", weights)[0] for seed in _seeds(draws))


def _mutant() -> Succession:
    """The same file with one mistake: the last candidate is never drawn while others are left."""
    good = "below(source, ends[-1])"
    text = FILE.read_text()
    assert text.count(good) == 1
    room: dict[str, Any] = {"__name__": "mutant"}
    mutated = text.replace(good, "below(source, max(ends[-1] - list(left.values())[-1], 1))")
    exec(compile(mutated.replace("@dataclass\n", ""), "mutant", "exec"), room)  # noqa: S102
    mutant: Succession = room["succession"]
    return mutant


FEW = 3_000
MANY = pytest.param(100_000, marks=pytest.mark.prove)


@pytest.mark.parametrize("draws", [FEW, MANY])
def test_every_candidate_is_drawn_first_as_often(draws: int) -> None:
    small = dict.fromkeys(range(1, 7), 1)
    expected = dict.fromkeys(small, draws / len(small))

    found = _first(verifier.succession, small, draws)

    assert _chance(_chi_square(found, expected), len(small) - 1) > RARE


@pytest.mark.parametrize("draws", [FEW, MANY])
def test_weights_are_honoured(draws: int) -> None:
    weights = {1: 1, 2: 4, 3: 9, 4: 16}
    expected = {one: draws * share / 30 for one, share in weights.items()}

    found = _first(verifier.succession, weights, draws)

    assert _chance(_chi_square(found, expected), len(weights) - 1) > RARE


@pytest.mark.parametrize("draws", [FEW, MANY])
def test_whoever_is_second_follows_the_weights_of_those_left(draws: int) -> None:
    weights = {1: 1, 2: 4, 3: 9}
    expected = {
        one: sum(
            draws * first / 14 * share / (14 - first)
            for other, first in weights.items()
            if other != one
        )
        for one, share in weights.items()
    }

    found = Counter(verifier.succession(seed, NONCE, "all", weights)[1] for seed in _seeds(draws))

    assert _chance(_chi_square(found, expected), len(weights) - 1) > RARE


def test_a_draw_that_never_takes_the_last_one_is_found_out() -> None:
    small = dict.fromkeys(range(1, 7), 1)
    expected = dict.fromkeys(small, FEW / len(small))

    found = _first(_mutant(), small, FEW)

    assert found[6] == 0
    assert _chance(_chi_square(found, expected), len(small) - 1) < RARE


@pytest.mark.parametrize(("freedom", "printed"), [(2, 13.816), (3, 16.266), (5, 20.515)])
def test_the_threshold_is_that_of_the_tables(freedom: int, printed: float) -> None:
    assert _chance(printed, freedom) == pytest.approx(RARE, rel=0.001)


def test_the_file_needs_the_standard_library_only() -> None:
    named = {
        line.split()[1].split(".")[0]
        for line in FILE.read_text().splitlines()
        if line.startswith(("import ", "from "))
    }

    assert named <= sys.stdlib_module_names


def test_what_is_read_is_left_as_it_was() -> None:
    draw = _published()
    before = copy.deepcopy(draw)

    verifier.problems(draw)

    assert draw == before
