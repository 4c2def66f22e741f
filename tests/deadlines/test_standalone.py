"""The engine stands alone: a copy of its folder counts where nothing else is installed."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from services.deadlines import engine

FOLDER = Path(engine.__file__).parent
HOME = "services.deadlines.engine"
ALONE = """
    import importlib.util, json, sys
    from datetime import date

    sys.path.insert(0, sys.argv[1])
    from services.deadlines.engine import Custody, calculate, state_council_calendar
    from services.deadlines.engine.page import page
    from services.deadlines.engine.wire import calculation_as_plain

    counted = calculate("R01", date(2026, 9, 5), Custody.HELD, state_council_calendar())
    print(json.dumps({
        "found": [name for name in ("click", "sqlalchemy") if importlib.util.find_spec(name)],
        "from": sys.modules["services.deadlines.engine"].__file__,
        "counted": calculation_as_plain(counted),
        "page": len(page()),
    }))
"""


def imported(source: Path) -> set[str]:
    """Every module that a file names in an import, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add(node.module or "")
    return names


@pytest.mark.parametrize(
    "source", sorted(FOLDER.rglob("*.py")), ids=lambda path: str(path.relative_to(FOLDER))
)
def test_a_module_of_the_engine_imports_the_standard_library_and_the_engine_only(
    source: Path,
) -> None:
    foreign = {
        name
        for name in imported(source)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not f"{name}.".startswith(f"{HOME}.")
    }

    assert foreign == set()


def test_a_copy_of_the_folder_counts_without_anything_else(tmp_path: Path) -> None:
    alone = tmp_path / "services" / "deadlines" / "engine"
    shutil.copytree(FOLDER, alone, ignore=shutil.ignore_patterns("__pycache__"))

    ran = subprocess.run(  # noqa: S603  # our own interpreter, without its packages
        [sys.executable, "-I", "-S", "-c", dedent(ALONE), tmp_path],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )

    assert ran.stderr == ""
    said = json.loads(ran.stdout)
    assert said["found"] == []
    assert Path(said["from"]).is_relative_to(tmp_path)
    assert said["counted"]["due_on"] == said["counted"]["outer_on"] == "2026-10-05"
    assert "在押，不顺延" in said["counted"]["explanation_zh"]
    assert said["page"] > 10_000
