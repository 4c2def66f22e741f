"""The texts that rules and steps cite, and how an article of one is written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

SOURCES: Mapping[str, tuple[str, str]] = {
    "CPL": ("刑诉法", "中华人民共和国刑事诉讼法（2018年修正）"),
    "RULES": ("刑诉规则", "人民检察院刑事诉讼规则（高检发释字〔2019〕4号）"),
    "MPS": ("公安程序规定", "公安机关办理刑事案件程序规定（2020年修正）"),
    "SPC-I": ("高法解释", "最高人民法院关于适用《中华人民共和国刑事诉讼法》的解释（2021年）"),
    "SUP": ("监察法", "中华人民共和国监察法（2024年修正）"),
    "LAID": ("法律援助法", "中华人民共和国法律援助法（2021年）"),
    "EXT-2016": (
        "延长羁押期限规定",
        "人民检察院办理延长侦查羁押期限案件的规定（高检发侦监字〔2016〕9号）",
    ),
    "FLOW-2016": ("流程监控规定", "人民检察院案件流程监控工作规定（试行）（2016年）"),
    "HEAR-2020": ("听证规定", "人民检察院审查案件听证工作规定（2020年）"),
    "SUPPINV-2020": (
        "补充侦查意见",
        "关于加强和规范补充侦查工作的指导意见（最高检、公安部，2020年）",
    ),
    "PSUP-2021": ("监督员选任办法", "人民监督员选任管理办法（司发〔2021〕7号）"),
    "BAIL-2022": ("取保候审规定", "关于取保候审若干问题的规定（公通字〔2022〕25号）"),
    "CUST-2023": (
        "羁押必要性规定",
        "人民检察院 公安机关羁押必要性审查、评估工作规定（2023年）",
    ),
    "DUTY-2020": ("值班律师办法", "法律援助值班律师工作办法（司规〔2020〕6号）"),
    "SENT-2021": (
        "量刑建议意见",
        "人民检察院办理认罪认罚案件开展量刑建议工作的指导意见（2021年）",
    ),
    "HOL-LAW": ("节日放假办法", "全国年节及纪念日放假办法（2024年修订）"),
}
"""Key, short name, full name of each text that rows, steps and choices cite."""


_CITED = re.compile(
    r"(?P<source>[A-Z]+(?:-[A-Z0-9]+)?) (?P<no>\d+)(?:¶(?P<par>\d+))?(?:\((?P<it>\d+)\))?\Z"
)


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a source, with its paragraph or item where one is meant."""

    source: str
    number: int
    paragraph: int | None = None
    item: int | None = None

    @property
    def en(self) -> str:
        """As code and English prose cite it: `CPL 91¶3`, `RULES 615(2)`."""
        paragraph = f"¶{self.paragraph}" if self.paragraph else ""
        item = f"({self.item})" if self.item else ""
        return f"{self.source} {self.number}{paragraph}{item}"

    @property
    def zh(self) -> str:
        """As people cite it: 刑诉法91条3款, 刑诉规则615条2项."""
        paragraph = f"{self.paragraph}款" if self.paragraph else ""
        item = f"{self.item}项" if self.item else ""
        return f"{SOURCES[self.source][0]}{self.number}条{paragraph}{item}"


def cited_zh(articles: tuple[Article, ...]) -> str:
    """Several articles in one Chinese citation."""
    return "；".join(article.zh for article in articles)


def cited_en(articles: tuple[Article, ...]) -> str:
    """Several articles in one English citation."""
    return "; ".join(article.en for article in articles)


def law(*cited: str) -> tuple[Article, ...]:
    """Articles by their citation: `law("RULES 351", "CPL 172¶1")`."""
    found = []
    for one in cited:
        match = _CITED.match(one)
        assert match is not None, one  # noqa: S101  # the table is written by hand
        part, item = match["par"], match["it"]
        paragraph, under = int(part) if part else None, int(item) if item else None
        found.append(Article(match["source"], int(match["no"]), paragraph, under))
    return tuple(found)
