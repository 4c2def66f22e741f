"""The outline of a protest (抗诉意见提纲): what is handed in, laid out as the document asks.

Only values that are handed in are written; nothing is concluded. What a person has to write is
left open in ［］.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.sentencing.articles import numeral
from services.sentencing.comparison import Differences
from services.sentencing.grounds import ProtestGround


class CourtPaper(StrEnum):
    """What is protested: a judgment within ten days, a ruling within five (RULES 586)."""

    JUDGMENT = "judgment"
    RULING = "ruling"

    @property
    def zh(self) -> str:
        """As it is named."""
        return {CourtPaper.JUDGMENT: "刑事判决", CourtPaper.RULING: "刑事裁定"}[self]

    @property
    def days(self) -> int:
        """How many days there are from the second day after receipt."""
        return {CourtPaper.JUDGMENT: 10, CourtPaper.RULING: 5}[self]


@dataclass(frozen=True, slots=True)
class ProtestDraft:
    """Everything the outline says; the texts are the handler's."""

    procuratorate: str
    court: str
    upper_court: str
    paper: CourtPaper
    number: str
    """The number of the judgment or ruling."""
    defendants: tuple[str, ...]
    charges: str
    """The charges, as the indictment names them."""
    differences: Differences
    grounds: Mapping[ProtestGround, str]
    """The grounds chosen, each with the handler's reasons; an empty text is left open."""
    request: str = ""
    indictment_number: str = ""


class NoGroundError(ValueError):
    """A protest rests on at least one ground of RULES 584; a difference alone is none."""


OPEN = "［由承办检察官填写］"


def protest_outline(draft: ProtestDraft, charges: Mapping[int, str]) -> str:
    """The outline in Chinese: court, number, what differs, grounds, request.

    Args:
        draft: what it says.
        charges: the names of the charges that the differences speak of, by id.

    Raises:
        NoGroundError: no ground was chosen (RULES 584).
    """
    if not draft.grounds:
        raise NoGroundError
    who = "、".join(draft.defendants)
    indictment = f"（起诉书文号：{draft.indictment_number}）" if draft.indictment_number else ""
    parts = [
        draft.procuratorate,
        "刑事抗诉书（提纲）",
        (
            f"{draft.court}以{draft.number}{draft.paper.zh}书，对本院提起公诉的{who}"
            f"涉嫌{draft.charges}一案{indictment}作出第一审{draft.paper.zh}。本院依法审查后认为，"
            f"该{draft.paper.zh}确有错误，提出抗诉的意见和理由如下："
        ),
        "一、判决、裁定与起诉书的差异（差异本身不是抗诉理由）",
        *_numbered(one.zh(charges) for one in draft.differences),
        "二、抗诉的理由",
        *_numbered(
            f"{ground.zh.removesuffix('的')}（{ground.article.written}）。"
            f"理由：{draft.grounds[ground] or OPEN}"
            for ground in ProtestGround
            if ground in draft.grounds
        ),
        "三、抗诉的请求",
        draft.request or OPEN,
        (
            "综上，为维护司法公正，准确惩治犯罪，依照《中华人民共和国刑事诉讼法》第二百二十八条、"
            "第二百三十二条的规定，特提出抗诉，请依法判处。"
        ),
        "此致",
        draft.upper_court,
        (
            f"（本抗诉由检察长决定，通过原审人民法院提出，副本报送上一级人民检察院；"
            f"自接到{draft.paper.zh}书后第二日起{numeral(draft.paper.days)}日以内提出。"
            f"《人民检察院刑事诉讼规则》第五百八十五条至第五百八十七条）"
        ),
    ]
    return "\n".join(parts) + "\n"


def _numbered(lines: Iterable[str]) -> list[str]:
    return [f"（{numeral(at)}）{line}" for at, line in enumerate(lines, start=1)] or ["（无）"]
