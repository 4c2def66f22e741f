"""The page that lawyers proofread is the table, whole and current."""

import subprocess
import sys
from pathlib import Path

from services.deadlines.engine.page import page
from services.deadlines.engine.table import TABLE

ROOT = Path(__file__).parents[2]


def test_the_committed_page_is_the_tables() -> None:
    committed = ROOT / "docs" / "deadlines.md"
    assert committed.read_text(encoding="utf-8") == page(), "run: make docs"


def test_every_row_stands_on_the_page() -> None:
    written = page()
    for rule in TABLE:
        assert f"| {rule.id} |" in written
        assert rule.zh in written
        assert rule.en in written
        assert rule.article_zh in written


def test_the_page_is_printed_by_the_module() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "services.deadlines.engine"],
        check=True,
        capture_output=True,
        cwd=ROOT,
        encoding="utf-8",
    )
    assert printed.stdout == page()
