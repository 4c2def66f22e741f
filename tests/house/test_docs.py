"""The generated pages say what the code says, and whoever reads them meets no dead end."""

import re
from pathlib import Path

import pytest

from checks import texts
from jiantong import docs
from jiantong.docs import __main__ as command
from services.kernel.settings import CHECKOUT

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("name", sorted(docs.PAGES))
def test_a_generated_page_is_current(name: str) -> None:
    path = CHECKOUT / "docs" / name

    assert path.read_text() == docs.PAGES[name](), "run python -m jiantong.docs"


def test_a_stale_page_is_noticed_and_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("old\n")
    monkeypatch.setattr(docs, "written", lambda: {page: "new\n"})
    monkeypatch.setattr(command, "CHECKOUT", tmp_path)

    assert command.main(["--check"]) == 1
    assert "page.md is stale" in capsys.readouterr().err
    assert command.main([]) == 0
    assert page.read_text() == "new\n"
    assert command.main(["--check"]) == 0
    assert command.main(["--chek"]) == 2


def test_every_link_between_our_pages_leads_somewhere() -> None:
    pages = {name: text for name, text in texts() if name.endswith(".md")}
    checked, dead = 0, []
    for name, text in pages.items():
        for target in LINK.findall(text):
            if re.match(r"[a-z]+:|#", target):
                continue
            checked += 1
            if not ((CHECKOUT / name).parent / target.partition("#")[0]).exists():
                dead.append(f"{name}: {target}")

    assert dead == []
    assert checked > 10


def test_every_path_a_page_names_is_there() -> None:
    rooms = "api|checks|deploy|docs|jiantong|migrations|mobile_stub|notifications|openapi|services"
    path = re.compile(rf"`((?:{rooms}|tests)/[\w./-]*)`")
    made_later = ("mobile_stub/dist", "mobile_stub/node_modules")
    named = {
        (page, found)
        for page, text in texts()
        if page.endswith(".md")
        for found in path.findall(text)
        if not found.startswith(made_later)
    }

    assert {one for one in named if not (CHECKOUT / one[1]).exists()} == set()
    assert len(named) > 40


def test_the_example_of_how_to_add_a_slice_is_in_the_code() -> None:
    contributing = (CHECKOUT / "CONTRIBUTING.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", contributing, re.DOTALL)
    code = {
        line.strip() for page, text in texts() if page.endswith(".py") for line in text.splitlines()
    }
    shown = {line.strip() for block in blocks for line in block.splitlines()} - {"", "..."}

    assert shown - code == set()
    assert len(shown) > 30
