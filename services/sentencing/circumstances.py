"""Circumstances that weigh on a sentence (量刑情节), each with its article."""

from enum import StrEnum

from services.sentencing.articles import Article
from services.sentencing.problems import Words


class Leaning(StrEnum):
    """Which way something weighs for the person."""

    LIGHTER = "lighter"
    HEAVIER = "heavier"
    NEITHER = "neither"

    @property
    def zh(self) -> str:
        """In one word."""
        return _LEANINGS[self][0]

    @property
    def en(self) -> str:
        """In one word."""
        return _LEANINGS[self][1]

    @property
    def reversed(self) -> "Leaning":
        """The other way."""
        return _REVERSED[self]


_LEANINGS = {
    Leaning.LIGHTER: ("偏轻", "lighter"),
    Leaning.HEAVIER: ("偏重", "heavier"),
    Leaning.NEITHER: ("轻重未定", "neither lighter nor heavier"),
}
_REVERSED = {
    Leaning.LIGHTER: Leaning.HEAVIER,
    Leaning.HEAVIER: Leaning.LIGHTER,
    Leaning.NEITHER: Leaning.NEITHER,
}


class Circumstance(StrEnum):
    """What the general part of the Criminal Law, or the practice of pleas, lets weigh."""

    MINOR_AT_ACT = "minor_at_act"
    AGED_75 = "aged_75"
    LIMITED_CAPACITY = "limited_capacity"
    DEAF_MUTE_OR_BLIND = "deaf_mute_or_blind"
    EXCESSIVE_DEFENCE = "excessive_defence"
    EXCESSIVE_NECESSITY = "excessive_necessity"
    PREPARATION = "preparation"
    ATTEMPT = "attempt"
    DISCONTINUATION = "discontinuation"
    PRINCIPAL = "principal"
    ACCESSORY = "accessory"
    COERCED = "coerced"
    INSTIGATOR_OF_MINOR = "instigator_of_minor"
    RECIDIVIST = "recidivist"
    SURRENDER = "surrender"
    CONFESSION = "confession"
    MERIT = "merit"
    MAJOR_MERIT = "major_merit"
    PLEA = "plea"
    COMPENSATION = "compensation"
    FORGIVENESS = "forgiveness"
    RECONCILIATION = "reconciliation"
    PRIOR_RECORD = "prior_record"

    @property
    def zh(self) -> str:
        """As an indictment writes it."""
        return _WORDS[self].zh

    @property
    def en(self) -> str:
        """In English."""
        return _WORDS[self].en

    @property
    def articles(self) -> tuple[Article, ...]:
        """Where it stands; a discretionary one (酌定情节) stands nowhere or in guidance."""
        return _WORDS[self].articles

    @property
    def leaning(self) -> Leaning:
        """Which way it weighs where it is found; the role of a principal weighs neither way."""
        if self in (Circumstance.INSTIGATOR_OF_MINOR, *_HEAVIER):
            return Leaning.HEAVIER
        return Leaning.NEITHER if self is Circumstance.PRINCIPAL else Leaning.LIGHTER


_HEAVIER = (Circumstance.RECIDIVIST, Circumstance.PRIOR_RECORD)


def _cl(number: int, paragraph: int | None = None, sub: int | None = None) -> tuple[Article, ...]:
    return (Article("CL", number, paragraph, sub=sub),)


_WORDS = {
    Circumstance.MINOR_AT_ACT: Words("犯罪时不满十八周岁", "under 18 at the act", _cl(17, 4)),
    Circumstance.AGED_75: Words("已满七十五周岁", "75 or older", _cl(17, sub=1)),
    Circumstance.LIMITED_CAPACITY: Words("限制刑事责任能力", "limited capacity", _cl(18, 3)),
    Circumstance.DEAF_MUTE_OR_BLIND: Words(
        "又聋又哑的人或者盲人", "deaf and mute, or blind", _cl(19)
    ),
    Circumstance.EXCESSIVE_DEFENCE: Words("防卫过当", "excessive defence", _cl(20, 2)),
    Circumstance.EXCESSIVE_NECESSITY: Words("避险过当", "excessive necessity", _cl(21, 2)),
    Circumstance.PREPARATION: Words("犯罪预备", "preparation", _cl(22, 2)),
    Circumstance.ATTEMPT: Words("犯罪未遂", "attempt", _cl(23, 2)),
    Circumstance.DISCONTINUATION: Words("犯罪中止", "discontinuation", _cl(24, 2)),
    Circumstance.PRINCIPAL: Words("主犯", "principal", _cl(26)),
    Circumstance.ACCESSORY: Words("从犯", "accessory", _cl(27, 2)),
    Circumstance.COERCED: Words("胁从犯", "coerced accomplice", _cl(28)),
    Circumstance.INSTIGATOR_OF_MINOR: Words(
        "教唆不满十八周岁的人犯罪", "instigation of a minor", _cl(29, 1)
    ),
    Circumstance.RECIDIVIST: Words("累犯", "recidivist", (*_cl(65, 1), *_cl(66))),
    Circumstance.SURRENDER: Words("自首", "voluntary surrender", (*_cl(67, 1), *_cl(67, 2))),
    Circumstance.CONFESSION: Words("坦白", "truthful confession", _cl(67, 3)),
    Circumstance.MERIT: Words("立功", "meritorious service", _cl(68)),
    Circumstance.MAJOR_MERIT: Words("重大立功", "major meritorious service", _cl(68)),
    Circumstance.PLEA: Words("认罪认罚", "plea of guilt and acceptance", (Article("CPL", 15),)),
    Circumstance.COMPENSATION: Words(
        "退赃退赔、赔偿损失", "compensation", (Article("RULES", 276, 1),)
    ),
    Circumstance.FORGIVENESS: Words(
        "取得被害方谅解", "the victim's forgiveness", (Article("RULES", 276, 1),)
    ),
    Circumstance.RECONCILIATION: Words(
        "当事人和解", "reconciliation", (Article("CPL", 290), Article("RULES", 276, 1))
    ),
    Circumstance.PRIOR_RECORD: Words("前科", "a prior record", (Article("SENT-2021", 7),)),
}
