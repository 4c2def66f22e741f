"""The page that a lawyer proofreads says all that the table says, and nothing that it does not."""

import re

import pytest

from services.deadlines.engine.arithmetic import PeriodClass
from services.deadlines.engine.articles import SOURCES
from services.deadlines.engine.calendar import state_council_calendar
from services.deadlines.engine.choices import CHOICES
from services.deadlines.engine.page import CLASSES, KINDS, ORGANS, SECTIONS, page
from services.deadlines.engine.rules import Kind, Organ, Rule
from services.deadlines.engine.table import TABLE

PAGE = page()
HAN = re.compile(r"[\u4e00-\u9fff]")


def sections() -> dict[str, str]:
    """The text under each heading."""
    headed = re.split(r"^## (.+)\n", PAGE, flags=re.MULTILINE)
    return dict(zip(headed[1::2], headed[2::2], strict=True))


def rows(section: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def of_letter(letter: str) -> dict[str, list[str]]:
    named = next(text for title, text in sections().items() if title.startswith(f"{letter} "))
    return {cells[0]: cells for cells in rows(named)}


def test_every_letter_of_the_table_has_its_section_in_the_order_of_the_law() -> None:
    letters = [title[0] for title in sections() if re.match(r"[A-Z] ", title)]

    assert letters == list(SECTIONS) == list(dict.fromkeys(rule.id[0] for rule in TABLE))


@pytest.mark.parametrize("rule", TABLE, ids=lambda rule: rule.id)
def test_a_row_says_what_the_rule_says(rule: Rule) -> None:
    cells = of_letter(rule.id[0])[rule.id]

    assert len(cells) == 11
    number, kind, binds, trigger, length, extensions, group, what, articles, force, notes = cells
    assert number == rule.id
    assert kind == "<br>".join(KINDS[rule.kind][:2])
    assert binds == "<br>".join(ORGANS[rule.binds])
    assert trigger == f"{rule.trigger.zh}<br>{rule.trigger.en}"
    assert what == f"{rule.zh}<br>{rule.en}"
    assert articles == f"{rule.article_zh}<br>{rule.article}"
    assert force.startswith(f"{rule.effective_from}")
    if rule.period is not None and rule.base is None:
        assert str(rule.period.length) in length
    if rule.period is not None:
        assert group == "<br>".join(CLASSES[rule.period.period_class][:2])
    for extension in rule.extensions:
        assert extension.zh in extensions
        assert extension.en in extensions
        assert extension.by_zh in extensions
        assert extension.by_en in extensions
        assert all(article.zh in extensions for article in extension.articles)
    assert rule.note_zh in notes
    assert rule.note_en in notes
    assert ("重新计算（" in notes.replace(rule.note_zh, "")) == bool(rule.restarts)
    assert ("每案一个期限" in notes) == rule.per_case
    assert ("次为限<br>" in notes.replace(rule.note_zh, "")) == (rule.at_most is not None)


def test_the_rows_of_the_page_are_the_rows_of_the_table() -> None:
    listed = [number for letter in SECTIONS for number in of_letter(letter)]

    assert listed == [rule.id for rule in TABLE]
    assert f"共{len(TABLE)}条" in PAGE


def test_every_choice_stands_on_the_page_in_both_languages() -> None:
    title = next(title for title in sections() if title.startswith("两可之处"))
    found = {cells[-1].strip("`"): cells for cells in rows(sections()[title])}

    assert list(found) == list(CHOICES)
    for choice, reading in CHOICES.items():
        asked, kept, outer, basis, _ = found[choice]
        assert asked == f"{reading.zh}<br>{reading.en}"
        assert kept == f"{reading.kept_zh}<br>{reading.kept_en}"
        assert outer == f"{reading.outer_zh}<br>{reading.outer_en}"
        assert basis.startswith(reading.basis_zh)


def test_kinds_classes_organs_and_sources_are_all_explained() -> None:
    assert set(KINDS) == set(Kind)
    assert set(CLASSES) == set(PeriodClass)
    assert set(ORGANS) == set(Organ)
    for name, full in SOURCES.values():
        assert name in PAGE
        assert full in PAGE


def test_the_page_names_the_notices_and_how_far_they_reach() -> None:
    calendar = state_council_calendar()

    assert str(calendar.known_until) in PAGE
    assert all(f"<{paper}>" in PAGE for paper in calendar.papers)


def test_every_table_is_whole() -> None:
    tables = re.findall(r"(?:^\|.*\n)+", PAGE, flags=re.MULTILINE)

    assert len(tables) == len(SECTIONS) + 4
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1
    assert "None" not in PAGE
    assert "{" not in PAGE


def test_no_cell_says_it_in_one_language_only() -> None:
    for letter in SECTIONS:
        for cells in of_letter(letter).values():
            for cell in cells:
                zh, cut, en = cell.partition("<br>")
                if HAN.search(zh):
                    assert cut, cell
                    assert re.search(r"[A-Za-z]", en), cell


def test_a_link_within_the_page_leads_to_a_heading() -> None:
    anchors = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", PAGE, flags=re.MULTILINE)
    }
    links = re.findall(r"\]\(#([^)]+)\)", PAGE)

    assert links
    assert set(links) <= anchors
