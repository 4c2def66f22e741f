"""`python -m checks.mutation`: change the engine in every small way and see what the tests say."""

import argparse
import ast
import json
import os
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from checks.mutation import CHECKOUT, MODULES, TESTS, TOO_SLOW, path_of
from checks.mutation.mutants import Mutant, mutants_of
from checks.mutation.trial import (
    KILLED,
    NOT_REACHED,
    SURVIVED,
    TIMED_OUT,
    Trial,
    Verdict,
    tests_in,
)

HERE = Path(__file__).parent
FOUND = CHECKOUT / "build" / "mutants.json"
"""What became of each mutant in the last run."""
EQUIVALENT = {
    name: group["why"]
    for group in tomllib.loads((HERE / "equivalent.toml").read_text(encoding="utf-8"))["same"]
    for name in group["mutants"]
}
"""The mutants that no test can tell from the engine, with the reason."""
AIM = 95
"""Per cent of the mutants that are to be killed, those apart that mean the same."""


def main() -> int:
    """Try the mutants, print the score and every survivor; fail below the aim."""
    asked = _asked()
    trees = {module: ast.parse(path_of(module).read_bytes()) for module in asked.modules}
    mutants = [mutant for module, tree in trees.items() for mutant in mutants_of(module, tree)]
    before: dict[str, list[str]] = json.loads(FOUND.read_text()) if FOUND.exists() else {}
    tried = [
        mutant
        for mutant in mutants
        if not asked.again or before.get(mutant.name, [SURVIVED])[0] in {SURVIVED, NOT_REACHED}
    ]
    found = dict(before) if asked.again else {}

    def told(mutant: Mutant, verdict: Verdict) -> None:
        found[mutant.name] = [verdict.of, verdict.by]
        if asked.verbose:
            print(f"{verdict.of:12} {mutant.name} {verdict.by}", flush=True)

    trial = Trial(tried, trees, asked.jobs, asked.seconds, told, TESTS)
    pytest.main(
        [
            *("-q", "-s", "--tb=native", "--no-header", "-m", "not prove"),
            *("-k", " and ".join(f"not {name}" for name in TOO_SLOW)),
            *("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist"),
            *tests_in(CHECKOUT / "tests" / "deadlines", TESTS),
        ],
        plugins=[trial],
    )
    if trial.failed or not trial.took:
        print("The tests fail on the engine as it is:", *trial.failed, sep="\n  ")
        return 1
    FOUND.parent.mkdir(exist_ok=True)
    FOUND.write_text(json.dumps(found, ensure_ascii=False, indent=0))
    return _report(mutants, found)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m checks.mutation")
    parser.add_argument("modules", nargs="*", default=MODULES, help="of the engine; all if none")
    parser.add_argument("--again", action="store_true", help="only what was not killed last time")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=3, help="of tests for each mutant")
    parser.add_argument("--verbose", action="store_true", help="say what became of each")
    return parser.parse_args()


def _report(mutants: list[Mutant], found: dict[str, list[str]]) -> int:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    survivors: list[Mutant] = []
    for mutant in mutants:
        verdict = found[mutant.name][0]
        if verdict in {SURVIVED, NOT_REACHED} and mutant.name in EQUIVALENT:
            verdict = _EQUIVALENT
        elif verdict in {SURVIVED, NOT_REACHED}:
            survivors.append(mutant)
        counts[mutant.module][verdict] += 1
    for mutant in survivors:
        print(f"{path_of(mutant.module).relative_to(CHECKOUT)}:{mutant.line}: {mutant.name}")
    print(f"{'':12}" + "".join(f"{name:>13}" for name in _COLUMNS) + f"{'score':>9}")
    total: Counter[str] = sum(counts.values(), Counter())
    for module, count in (*counts.items(), ("all", total)):
        row = "".join(f"{count[name]:>13}" for name in _COLUMNS)
        print(f"{module:12}{row}{_score(count):>8.1f}%")
    stale = [name for name in EQUIVALENT if name.split(".")[0] in counts and _is_stale(name, found)]
    for name in stale:
        print(f"Killed, or no mutant any more: take it out of equivalent.toml: {name}")
    return 1 if stale or _score(total) < AIM else 0


_EQUIVALENT = "equivalent"
_COLUMNS = (KILLED, TIMED_OUT, SURVIVED, NOT_REACHED, _EQUIVALENT)


def _score(count: Counter[str]) -> float:
    noticed = count[KILLED] + count[TIMED_OUT]
    counted = sum(count.values()) - count[_EQUIVALENT]
    return 100 * noticed / counted if counted else 100.0


def _is_stale(name: str, found: dict[str, list[str]]) -> bool:
    return found.get(name, [KILLED])[0] not in {SURVIVED, NOT_REACHED}


if __name__ == "__main__":
    sys.exit(main())
