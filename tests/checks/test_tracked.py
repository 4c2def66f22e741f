"""The check of tracked files can fail, and lets ordinary text pass."""

import subprocess
import sys
from pathlib import Path

import pytest

from checks import CHECKOUT, texts, tracked

SLASH = "/"
DASHES = "-" * 5
"""What would be found in this very file is put together when the test runs."""

BAD = [
    f"open('{SLASH}root/project/x')",
    f"see {SLASH}home/somebody/project",
    f"cd {SLASH}work/main",
    f'"{SLASH}tmp/scratch.txt"',
    f"{SLASH}Users/somebody/x",
    f"file:{SLASH * 3}opt/simple",
    f"https://pypi{'.'}org/simple",
    f"https://files.pythonhosted{'.'}org/packages/x.whl",
    f'"resolved"{":"} "https://example.test/x.tgz"',
    f"https://registry.npmjs{'.'}org/vue",
    f"https://mirrors.aliyun{'.'}com/pypi/simple",
    f"--index-url{' '}https://example.test/simple",
    f"registry{'='}https://example.test/",
    f"{DASHES}BEGIN PRIVATE KEY{DASHES}\n{'MC4CAQAwBQYDK2VwBCIEIA' * 2}",
    f"AIza{'a' * 35}",
    f"ghp_{'a' * 36}",
    f"eyJ{'a' * 20}.eyJ{'b' * 20}.{'c' * 40}",
    f"postgresql://jiantong:{'hunter2'}@db.test/jiantong",
]

GOOD = [
    "GET /arrest-requests/7 and /workers, /temporary, /rooted, /homes",
    "a/root/of/evil and https://example.test/home/page",
    "${DATA_DIR}/tmp/x",
    "--no-emit-index-url --no-emit-find-links",
    "postgresql://jiantong:password@db.test/jiantong",
    'f"postgresql+psycopg://{name}:{word}@/x"',
    f"{DASHES}BEGIN PRIVATE KEY{DASHES} is how such a file begins",
    "Bearer eyJhbGciOiJFZERTQSJ9...",
    '"integrity": "sha512-abc", "version": "1.0"',
]


@pytest.mark.parametrize("text", BAD)
def test_what_binds_to_one_machine_is_found(text: str) -> None:
    assert list(tracked.findings("some/file", text))


@pytest.mark.parametrize("text", GOOD)
def test_ordinary_text_passes(text: str) -> None:
    assert not list(tracked.findings("some/file", text))


def test_the_line_is_named() -> None:
    [finding] = tracked.findings("a.md", f"one\ntwo\nsee {SLASH}root/x here")
    assert (finding.path, finding.line, finding.shown) == ("a.md", 3, f"{SLASH}root/x")


def test_files_about_to_be_added_are_read_and_ignored_ones_are_not(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / "new.txt").write_text("text")
    (tmp_path / "picture.png").write_bytes(b"\0\1")
    (tmp_path / "left.txt").write_text("text")
    (tmp_path / ".gitignore").write_text("left.txt")
    assert [name for name, _ in texts(tmp_path)] == [".gitignore", "new.txt"]


def test_the_command_fails_when_something_is_found(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / "bad.txt").write_text(BAD[0])
    package = tmp_path / "checks"
    package.mkdir()
    for module in (CHECKOUT / "checks").glob("*.py"):
        (package / module.name).write_bytes(module.read_bytes())
    command = [sys.executable, "-m", "checks"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "bad.txt:1: a path of one machine" in found.stdout
    (tmp_path / "bad.txt").unlink()
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
