"""Guards whose reasons come from the rules of sentencing: each problem in its own words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from services.deadlines.engine.articles import Article
from services.proceedings.operations import StepIncomplete
from services.proceedings.table import Guard, StepBarred, Taking, Unreadable, fault
from services.sentencing import Problem, Problems, UnreadableError, barred, of_plain

T = TypeVar("T")

EXPLAINED = "explained"
"""The field in which the handler explains what generally should be otherwise."""


@dataclass(frozen=True, slots=True)
class Weighed(Guard):
    """A guard that tells every problem that bars, and asks for a reason for the others."""

    found: Callable[[Taking], Problems]
    explained: str | None = None
    """The field that holds the reason; without one nothing is asked."""

    def check(self, taking: Taking) -> None:
        """Refuse what the law leaves no room for; ask for a reason where it says 一般.

        Refuses:
            StepBarred: with every problem that bars; ground and article are the first one's.
            StepIncomplete: something is generally otherwise, and no reason is given.
        """
        problems = self.found(taking)
        if barring := barred(problems):
            raise bar(barring)
        if problems and self.explained is not None and not taking.given.get(self.explained):
            pointer = f"/given/{self.explained}"
            raise StepIncomplete(
                errors=[fault(pointer, one.code.value, one.zh, one.en) for one in problems]
            )


def bar(problems: Problems) -> StepBarred:
    """The refusal that tells these problems."""
    first = problems[0]
    return StepBarred(
        ground=first.code.value,
        why={"zh": first.zh, "en": first.en},
        article=first.article,
        article_zh=first.article_zh,
        problems=[_told(one) for one in problems],
    )


def weighed(  # noqa: PLR0913  # the parts of a guard, in its order
    code: str,
    zh: str,
    en: str,
    articles: tuple[Article, ...],
    found: Callable[[Taking], Problems],
    *,
    explained: str | None = None,
) -> Weighed:
    """A guard of the rules of sentencing."""
    return Weighed(
        code, zh, en, articles, lambda taking: not barred(found(taking)), found, explained
    )


def read(kind: type[T], value: Any) -> T:
    """A value of sentencing out of a table of a step.

    Raises:
        Unreadable: it is no such value; the fault points into it.
    """
    try:
        return of_plain(kind, value)
    except UnreadableError as error:
        told = fault(error.pointer, "unreadable", "此处内容无法识别。", f"Unreadable: {error.why}.")
        raise Unreadable([told]) from error


def _told(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code.value,
        "why": {"zh": problem.zh, "en": problem.en},
        "article": problem.article,
        "article_zh": problem.article_zh,
    }
