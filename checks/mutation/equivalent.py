"""Mutants that no test can tell from the engine, each with the reason why it means the same."""

from collections.abc import Mapping

EQUIVALENT: Mapping[str, str] = {}
"""The name of the mutant, as it is printed, and the reason."""
