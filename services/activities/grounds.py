"""Where people's supervisors "shall be invited": the truth table of PSUP-2019 9, and its words.

The article does not force a public review or hearing; it speaks of those that are held, and never
of the decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.activities.flow import ActivityKind, InviteGround

ARTICLE = "PSUP-2019 9"
ARTICLE_ZH = "《人民检察院办案活动接受人民监督员监督的规定》第九条"


class PublicForm(StrEnum):
    """How a matter is reviewed."""

    PUBLIC_REVIEW = "public_review"
    """公开审查."""
    PUBLIC_HEARING = "public_hearing"
    """公开听证."""
    NOT_PUBLIC = "not_public"


class PublicMatter(StrEnum):
    """What is reviewed."""

    COMPLAINT = "complaint"
    """An appeal against a procuratorate's decision (不服检察机关处理决定的申诉)."""
    NON_PROSECUTION = "non_prosecution"
    """The case is intended not to be prosecuted (拟决定不起诉)."""
    CUSTODY_NECESSITY = "custody_necessity"
    ARREST_REVIEW = "arrest_review"
    ADMINISTRATIVE_LITIGATION = "administrative_litigation"
    """Supervision of administrative litigation (行政诉讼监督)."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PublicWork:
    """A public review or a hearing that is to be held."""

    form: PublicForm
    matter: PublicMatter
    major_influence: bool = False


@dataclass(frozen=True, slots=True)
class GroundWords:
    """What the article says of a ground."""

    zh: str
    en: str
    article: str = ARTICLE
    article_zh: str = ARTICLE_ZH


_OPEN = (PublicForm.PUBLIC_REVIEW, PublicForm.PUBLIC_HEARING)
_HEARD = (PublicForm.PUBLIC_HEARING,)

TABLE: Mapping[PublicMatter, tuple[tuple[PublicForm, ...], InviteGround]] = {
    PublicMatter.COMPLAINT: (_OPEN, InviteGround.COMPLAINT_REVIEW),
    PublicMatter.NON_PROSECUTION: (_OPEN, InviteGround.NON_PROSECUTION_REVIEW),
    PublicMatter.CUSTODY_NECESSITY: (_OPEN, InviteGround.NECESSITY_REVIEW),
    PublicMatter.ARREST_REVIEW: (_HEARD, InviteGround.ARREST_HEARING),
    PublicMatter.ADMINISTRATIVE_LITIGATION: (_HEARD, InviteGround.ADMINISTRATIVE_HEARING),
}
"""In which forms a matter carries the ground. A public hearing of what the article calls a public
review is the more open form of one: it is read as one."""
INFLUENCE = frozenset({PublicMatter.ARREST_REVIEW})
"""Matters in which the article speaks only of cases of major influence (有重大影响)."""

WORDS: Mapping[InviteGround, GroundWords] = {
    InviteGround.COMPLAINT_REVIEW: GroundWords(
        "不服检察机关处理决定的申诉案件进行公开审查",
        "Public review of an appeal against a procuratorate's decision",
    ),
    InviteGround.NON_PROSECUTION_REVIEW: GroundWords(
        "拟决定不起诉的案件进行公开审查", "Public review of an intended non-prosecution"
    ),
    InviteGround.NECESSITY_REVIEW: GroundWords(
        "羁押必要性审查案件进行公开审查", "Public review of the necessity of custody"
    ),
    InviteGround.ARREST_HEARING: GroundWords(
        "有重大影响的审查逮捕案件进行公开听证",
        "Public hearing of an arrest review of major influence",
    ),
    InviteGround.ADMINISTRATIVE_HEARING: GroundWords(
        "行政诉讼监督案件进行公开听证",
        "Public hearing in the supervision of administrative litigation",
    ),
}


def must_invite(work: PublicWork) -> InviteGround | None:
    """Shall people's supervisors be invited to this (PSUP-2019 9), and where does it say so?"""
    forms, ground = TABLE.get(work.matter, ((), None))
    if work.form not in forms:
        return None
    if work.matter in INFLUENCE and not work.major_influence:
        return None
    return ground


def suggested_kind(work: PublicWork) -> ActivityKind:
    """The kind of PSUP-2019 8 that an invitation to it would be; closed work is of no such kind."""
    return ActivityKind.PUBLIC_REVIEW if work.form in _OPEN else ActivityKind.OTHER
