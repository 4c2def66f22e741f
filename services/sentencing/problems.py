"""What cannot be, or generally should not be: a code, words in two languages, the article."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from services.sentencing.articles import Article, cited_en, cited_zh

Plain = dict[str, Any]


class Firmness(StrEnum):
    """How firmly the text says so."""

    MUST = "must"
    GENERALLY = "generally"

    @property
    def zh(self) -> str:
        """应当 bars; 一般 asks for a reason."""
        return {Firmness.MUST: "应当", Firmness.GENERALLY: "一般应当"}[self]


class Words(NamedTuple):
    """What a code says, with blanks for details, and what it rests on."""

    zh: str
    en: str
    articles: tuple[Article, ...] = ()
    firmness: Firmness = Firmness.MUST


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that stands against it, as data: code, words, article, how firm.

    `MUST` is the law's bar: refuse. `GENERALLY` asks the handler for a reason: show, do not
    refuse.
    """

    code: StrEnum
    words: Words
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def zh(self) -> str:
        """Why, in Chinese, with the article."""
        said = self.words.zh.format(**_named(self.details, "zh")).removesuffix("。")
        return f"{said}（{self.article_zh}）。"

    @property
    def en(self) -> str:
        """Why, in English, with the article."""
        said = self.words.en.format(**_named(self.details, "en")).removesuffix(".")
        return f"{said} ({self.article})."

    @property
    def firmness(self) -> Firmness:
        """How firmly the text says so."""
        return self.words.firmness

    @property
    def bars(self) -> bool:
        """Whether the law leaves no room."""
        return self.firmness is Firmness.MUST

    @property
    def article(self) -> str:
        """The articles, as English prose cites them."""
        return cited_en(self.words.articles)

    @property
    def article_zh(self) -> str:
        """The articles, as people cite them."""
        return cited_zh(self.words.articles)

    def as_plain(self) -> Plain:
        """As JSON, for the phone and for the record."""
        return {
            "code": self.code.value,
            "firmness": self.firmness.value,
            "zh": self.zh,
            "en": self.en,
            "article": self.article,
            "article_zh": self.article_zh,
        }


Problems = tuple[Problem, ...]


def barred(problems: Problems) -> Problems:
    """Those that the law leaves no room for."""
    return tuple(problem for problem in problems if problem.bars)


def _named(details: Mapping[str, object], language: str) -> dict[str, object]:
    """What has words of its own is written in them."""
    return {name: getattr(value, language, value) for name, value in details.items()}
