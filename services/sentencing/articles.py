"""The texts that sentencing cites, and how an article of one is written."""

from collections.abc import Mapping
from dataclasses import dataclass

SOURCES: Mapping[str, tuple[str, str]] = {
    "CL": ("刑法", "中华人民共和国刑法（2023年修正）"),
    "CPL": ("刑诉法", "中华人民共和国刑事诉讼法（2018年修正）"),
    "RULES": ("刑诉规则", "人民检察院刑事诉讼规则（高检发释字〔2019〕4号）"),
    "SENT-2021": (
        "量刑建议意见",
        "人民检察院办理认罪认罚案件开展量刑建议工作的指导意见（2021年）",
    ),
}
"""Key, short name, full name of each text."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a source, with its paragraph or item where one is meant."""

    source: str
    number: int
    paragraph: int | None = None
    item: int | None = None
    sub: int | None = None
    """Inserted by an amendment: Criminal Law 37-1 is 第三十七条之一."""

    @property
    def en(self) -> str:
        """As code and English prose cite it: `CPL 174¶1`, `RULES 584(2)`, `CL 37-1`."""
        sub = f"-{self.sub}" if self.sub else ""
        paragraph = f"¶{self.paragraph}" if self.paragraph else ""
        item = f"({self.item})" if self.item else ""
        return f"{self.source} {self.number}{sub}{paragraph}{item}"

    @property
    def zh(self) -> str:
        """As people cite it: 刑诉法174条1款, 刑诉规则584条2项, 刑法37条之一."""
        sub = f"之{NUMERALS[self.sub]}" if self.sub else ""
        paragraph = f"{self.paragraph}款" if self.paragraph else ""
        item = f"{self.item}项" if self.item else ""
        return f"{SOURCES[self.source][0]}{self.number}条{sub}{paragraph}{item}"

    @property
    def written(self) -> str:
        """As a document writes it: 《人民检察院刑事诉讼规则》第五百八十四条第（二）项."""
        name = SOURCES[self.source][1].partition("（")[0]
        sub = f"之{NUMERALS[self.sub]}" if self.sub else ""
        paragraph = f"第{numeral(self.paragraph)}款" if self.paragraph else ""
        item = f"第（{numeral(self.item)}）项" if self.item else ""
        return f"《{name}》第{numeral(self.number)}条{sub}{paragraph}{item}"


def cited_zh(articles: tuple[Article, ...]) -> str:
    """Several articles in one Chinese citation."""
    return "；".join(article.zh for article in articles)


def cited_en(articles: tuple[Article, ...]) -> str:
    """Several articles in one English citation."""
    return "; ".join(article.en for article in articles)


NUMERALS = "零一二三四五六七八九"
_TEN, _HUNDRED, _TOO_MUCH = 10, 100, 1000


def numeral(number: int) -> str:
    """A number as documents write it: 十, 二十五, 二百零一; from a thousand on in figures.

    Raises:
        ValueError: it is no number from 1 on.
    """
    if number < 1:
        raise ValueError(number)
    if number >= _TOO_MUCH:
        return str(number)
    hundreds, rest = divmod(number, _HUNDRED)
    tens, ones = divmod(rest, _TEN)
    words = f"{NUMERALS[hundreds]}百" if hundreds else ""
    if tens:
        words += "十" if tens == 1 and not hundreds else f"{NUMERALS[tens]}十"
    elif hundreds and ones:
        words += "零"
    return words + (NUMERALS[ones] if ones else "")
