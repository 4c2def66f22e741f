"""A prosecution brought to court and judged, as the tests of the court stage need it."""

from datetime import date
from typing import Any

from sqlalchemy import select

from services.deadlines import Deadline
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make
from tests.prosecutions.walks import Walk

RECOMMENDED: dict[str, Any] = {
    "penalty": {"main": "imprisonment", "term": {"months": 42}},
    "up_to": {"months": 48},
    "range_reason": "complex_serious",
}
FACTS: list[dict[str, Any]] = [
    {"number": 1, "amount": 300_000},
    {"number": 2, "amount": 120_000, "circumstances": ["attempt"]},
]
IMPOSED: dict[str, Any] = {"main": "imprisonment", "term": {"months": 45}}
JUDGED: dict[str, Any] = {
    "paper": "judgment",
    "document_number": "（2026）测刑初9号",
    "outcome": "convicted",
    "as_charged": ["charges", "facts", "circumstances"],
    "penalty": IMPOSED,
}


def indicted(make: Make, **suspect: object) -> Walk:
    """Indicted with two facts and a recommendation, in the ordinary procedure."""
    walk = Walk.begin(make, **suspect)  # type: ignore[arg-type]  # a test names what it overrides
    walk.interrogate_and_hear()
    walk.decide(
        "indict",
        facts_text="被告人两次盗窃他人财物。",
        reasons="犯罪事实清楚，证据确实、充分。",
        likely_months=48,
        facts=FACTS,
        circumstances=["recidivist"],
        recommendation=RECOMMENDED,
        procedure="ordinary",
    )
    return walk


def at_trial(
    make: Make, procedure: str = "ordinary", likely: str = "over_three_years", **suspect: object
) -> Walk:
    """Accepted by the court on the day of the indictment."""
    walk = indicted(make, **suspect)
    accept(walk, procedure, likely)
    return walk


def accept(walk: Walk, procedure: str = "ordinary", likely: str = "over_three_years") -> None:
    walk.take(
        walk.town.manager,
        "court_accepts",
        accepted_at=walk.now,
        court="测试区人民法院",
        court_number="（2026）测刑初9号",
        procedure=procedure,
        likely=likely,
    )


def judge(walk: Walk, **given: Any) -> None:
    """The judgment reaches case management now."""
    walk.take(walk.town.manager, "judgment_received", received_at=walk.now, **(JUDGED | given))


def judged(make: Make, **given: Any) -> Walk:
    """Tried for ten days, and judged."""
    walk = at_trial(make)
    walk.pass_days(10)
    judge(walk, **given)
    return walk


def of_the_case(walk: Walk) -> dict[str, date | None]:
    """The open periods of the matter as a whole, by rule, with the day to keep."""
    chosen = select(Deadline).where(
        Deadline.about_kind == "prosecutions",
        Deadline.about_id == walk.prosecution.id,
        Deadline.suspect_id.is_(None),
        Deadline.closed_at.is_(None),
    )
    return {one.rule_id: one.due_on for one in walk.make.session.scalars(chosen)}


def open_task(walk: Walk, kind: TaskKind) -> Task | None:
    """The open task of that kind in this prosecution."""
    chosen = select(Task).where(
        Task.kind == kind,
        Task.about_kind == "prosecutions",
        Task.about_id == walk.prosecution.id,
        Task.state == TaskState.OPEN,
    )
    return walk.make.session.scalars(chosen).one_or_none()
