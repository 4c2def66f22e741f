"""Sentencing stands alone: nothing but the standard library and itself."""

import ast
import sys
from pathlib import Path

from services import sentencing

HOME = "services.sentencing"


def test_it_imports_nothing_else() -> None:
    named = set()
    for source in Path(sentencing.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            if isinstance(node, ast.ImportFrom):
                named.add(node.module or "")

    foreign = {
        name
        for name in named
        if not (name == HOME or name.startswith(f"{HOME}."))
        and name.partition(".")[0] not in sys.stdlib_module_names
    }
    assert foreign == set()


def test_what_it_offers_is_there() -> None:
    assert all(hasattr(sentencing, name) for name in sentencing.__all__)
