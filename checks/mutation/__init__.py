"""Mutation testing of the engine of deadlines: is every mistake that could be made in it caught?

`python -m checks.mutation` changes one thing at a time in the functions of the engine (a `<`
becomes `<=`, an argument is left out, a step is not taken) and runs the tests that reach the
changed function. A change that no test notices has survived: either a test is missing, or the
change means the same (`equivalent.toml` says of each such one why).

What is changed: every function, method, property and lambda of `MODULES`. Left out is what is
data, because the tests hold it word by word: the table, its triggers, the choices, the sources,
the phrases, and the page that is generated from them.
"""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
ENGINE = "services.deadlines.engine"
MODULES = (
    "announced",
    "arithmetic",
    "articles",
    "calculation",
    "calendar",
    "events",
    "periods",
    "problems",
    "rules",
    "steps",
    "walks",
    "wire",
    "words",
)
TESTS = (
    "test_engine_details.py",
    "test_wire.py",
    "test_announced.py",
    "test_worked_examples.py",
    "test_calendar.py",
    "test_words.py",
    "test_table_one.py",
    "test_table_two.py",
    "test_properties.py",
)
"""The quick tests of the engine alone, under `tests/deadlines`: first those that look closest."""
TOO_SLOW = (
    "whatever_happens",
    "any_history_of_custody",
    "whatever_the_next_notice_says",
    "leaks_a_code",
    "every_step_rests_on_an_article",
)
"""Tests that take seconds for one run: a survivor of all the others is not worth them."""


def path_of(module: str) -> Path:
    """Where a module of the engine stands."""
    return CHECKOUT.joinpath(*ENGINE.split("."), f"{module}.py")
