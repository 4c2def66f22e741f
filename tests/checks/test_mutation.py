"""What the mutation testing changes, and what it leaves alone."""

import ast
import gc

from checks.mutation.mutants import Mutant, mutants_of
from checks.mutation.trial import functions_of
from services.deadlines.engine.arithmetic import add_months

SAMPLE = '''
LIMIT = 3


class Count:
    """A sum."""

    def late(self, days: int, known: bool = True) -> str | None:
        """Whether it is."""
        if days > LIMIT and known:
            raise ValueError(days)
        return min(days, 2) and "late"


@property
def turned(pick):
    return [one for one in pick if one is not None]


LAST = lambda day: day - 1
'''


def mutants() -> dict[str, Mutant]:
    return {mutant.name: mutant for mutant in mutants_of("sample", ast.parse(SAMPLE))}


def test_conditions_bounds_values_and_arguments_are_changed_one_at_a_time() -> None:
    assert {name.removeprefix("sample.Count.late: ") for name in mutants() if "Count" in name} == {
        "if days > LIMIT and known: → if False:",
        "if days > LIMIT and known: → if True:",
        "days > LIMIT and known → days > LIMIT or known",
        "days > LIMIT → days >= LIMIT",
        "raise ValueError(days) → pass",
        "ValueError(days) → ValueError(None)",
        "return min(days, 2) and 'late' → return None",
        "min(days, 2) and 'late' → min(days, 2) or 'late'",
        "min(days, 2) → min(None, 2)",
        "min(days, 2) → min(2)",
        "min(days, 2) → min(days, None)",
        "min(days, 2) → min(days)",
        "min → max",
        "2 → 3",
        "'late' → 'XXlateXX'",
    }


def test_properties_and_lambdas_are_changed_too_and_data_is_not() -> None:
    others = {name for name in mutants() if "Count" not in name}
    assert others == {
        "sample.turned: return [one for one in pick if one is not None] → return None",
        "sample.turned: for one in pick if one is not None → for one in pick",
        "sample.turned: one is not None → one is None",
        "sample.<lambda>: day - 1 → None",
        "sample.<lambda>: day - 1 → day + 1",
        "sample.<lambda>: 1 → 2",
    }


def test_a_mistake_is_made_and_put_right_again() -> None:
    tree = ast.parse(SAMPLE)
    as_it_was = ast.unparse(tree)
    for mutant in list(mutants_of("sample", tree)):
        mutant.site.make()
        assert ast.unparse(tree) != as_it_was, mutant.name
        compile(tree, "sample", "exec")
        mutant.site.unmake()
        assert ast.unparse(tree) == as_it_was, mutant.name


def test_the_same_mistake_in_two_places_has_two_names() -> None:
    tree = ast.parse("def twice(day):\n    return day + 1 + 1\n")
    names = [mutant.name for mutant in mutants_of("sample", tree)]
    assert names.count("sample.twice: 1 → 2") == 1
    assert names.count("sample.twice: 1 → 2 (2)") == 1


def test_functions_are_found_though_the_tests_keep_them_from_the_collector() -> None:
    gc.freeze()
    try:
        found = functions_of(["arithmetic"])
    finally:
        gc.freeze()
    assert add_months in found["arithmetic"]
