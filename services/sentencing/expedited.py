"""Whether a case may take the expedited procedure (速裁程序: CPL 222, 223; RULES 437, 438)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.sentencing.articles import Article
from services.sentencing.lengths import years
from services.sentencing.penalties import MainPenalty, Penalty
from services.sentencing.problems import Firmness, Plain, Problem, Words
from services.sentencing.recommendations import Recommendation


class CivilClaim(StrEnum):
    """How far the defendant and the victim are with compensation."""

    NONE = "none"
    SETTLED = "settled"
    OPEN = "open"

    @property
    def zh(self) -> str:
        """As it is said."""
        return _CIVIL[self]


_CIVIL = {
    CivilClaim.NONE: "没有附带民事赔偿事项",
    CivilClaim.SETTLED: "已达成调解或者和解协议",
    CivilClaim.OPEN: "未达成调解或者和解协议",
}


class Disputed(StrEnum):
    """What a defendant may object to (CPL 223(4))."""

    FACTS = "facts"
    CHARGE = "charge"
    RECOMMENDATION = "recommendation"
    PROCEDURE = "procedure"

    @property
    def zh(self) -> str:
        """As the article writes it."""
        return _DISPUTED[self][0]

    @property
    def en(self) -> str:
        """In English."""
        return _DISPUTED[self][1]


_DISPUTED = {
    Disputed.FACTS: ("指控的犯罪事实", "the facts charged"),
    Disputed.CHARGE: ("罪名", "the charge"),
    Disputed.RECOMMENDATION: ("量刑建议", "the recommended sentence"),
    Disputed.PROCEDURE: ("适用速裁程序", "the expedited procedure"),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the articles ask about one defendant."""

    suspect_id: int
    likely: Recommendation
    pleads: bool
    """Pleads guilty and accepts punishment (认罪认罚)."""
    agrees_to_procedure: bool
    disputes: frozenset[Disputed] = frozenset()
    blind_deaf_or_mute: bool = False
    limited_capacity: bool = False
    minor_now: bool = False
    minor_at_act: bool = False
    civil_claim: CivilClaim = CivilClaim.NONE


@dataclass(frozen=True, slots=True)
class Matter:
    """What the articles ask about the case as a whole."""

    facts_clear: bool
    """The facts are clear, the evidence reliable and sufficient."""
    basic_level_court: bool
    major_social_influence: bool = False
    otherwise_unfit: bool = False


class ExpeditedExclusion(StrEnum):
    """Why the expedited procedure may not be proposed."""

    NOT_BASIC_COURT = "not_basic_court"
    OVER_THREE_YEARS = "over_three_years"
    FACTS_NOT_CLEAR = "facts_not_clear"
    NO_PLEA = "no_plea"
    NO_AGREEMENT = "no_agreement"
    BLIND_DEAF_OR_MUTE = "blind_deaf_or_mute"
    LIMITED_CAPACITY = "limited_capacity"
    MINOR = "minor"
    MINOR_AT_ACT = "minor_at_act"
    MAJOR_SOCIAL_INFLUENCE = "major_social_influence"
    CO_DEFENDANT_OBJECTS = "co_defendant_objects"
    OBJECTS = "objects"
    NO_SETTLEMENT = "no_settlement"
    OTHERWISE_UNFIT = "otherwise_unfit"


_X = ExpeditedExclusion


def _of_223(item: int) -> tuple[Article, ...]:
    return (Article("CPL", 223, item=item), Article("RULES", 438, item=item))


_OF_222 = (Article("CPL", 222, 1), Article("RULES", 437))

WORDS: Mapping[ExpeditedExclusion, Words] = {
    _X.NOT_BASIC_COURT: Words(
        "不是基层人民法院管辖的案件", "Not a basic-level court's case", _OF_222
    ),
    _X.OVER_THREE_YEARS: Words(
        "可能判处的刑罚重于三年有期徒刑（{likely}）",
        "More than three years of imprisonment are likely ({likely})",
        (Article("CPL", 222, 1), Article("RULES", 437, item=1)),
    ),
    _X.FACTS_NOT_CLEAR: Words(
        "案件事实不清或者证据不确实、充分",
        "The facts are not clear, or the evidence is not reliable and sufficient",
        (Article("CPL", 222, 1), Article("RULES", 437, item=2)),
    ),
    _X.NO_PLEA: Words(
        "没有认罪认罚",
        "The defendant does not plead guilty and accept punishment",
        (Article("CPL", 222, 1), Article("RULES", 437, item=3)),
    ),
    _X.NO_AGREEMENT: Words(
        "没有同意适用速裁程序",
        "The defendant has not agreed to the expedited procedure",
        (Article("CPL", 222, 1), Article("RULES", 437, item=3)),
    ),
    _X.BLIND_DEAF_OR_MUTE: Words(
        "是盲、聋、哑人", "The defendant is blind, deaf or mute", _of_223(1)
    ),
    _X.LIMITED_CAPACITY: Words(
        "是尚未完全丧失辨认或者控制自己行为能力的精神病人",
        "The defendant is mentally ill, with the capacity not wholly lost",
        _of_223(1),
    ),
    _X.MINOR: Words("是未成年人", "The defendant is a minor", _of_223(2)),
    _X.MINOR_AT_ACT: Words(
        "行为时未成年、现已成年，是否适宜速裁须说明",
        "A minor at the act and an adult now: say why the procedure fits",
        _of_223(6),
        Firmness.GENERALLY,
    ),
    _X.MAJOR_SOCIAL_INFLUENCE: Words(
        "案件有重大社会影响", "The case has a major social influence", _of_223(3)
    ),
    _X.CO_DEFENDANT_OBJECTS: Words(
        "共同犯罪案件中部分被告人对{what}有异议",
        "One of several defendants objects to {what}",
        _of_223(4),
    ),
    _X.OBJECTS: Words("对{what}有异议", "The defendant objects to {what}", _OF_222),
    _X.NO_SETTLEMENT: Words(
        "没有就附带民事诉讼赔偿等事项达成调解或者和解协议",
        "Nothing is settled with the victim on compensation",
        _of_223(5),
    ),
    _X.OTHERWISE_UNFIT: Words("其他不宜适用速裁程序", "Unfit for another reason", _of_223(6)),
}
"""Every code with its words and articles."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One reason against the expedited procedure, and whose it is; None is the case's own."""

    problem: Problem
    suspect_id: int | None = None

    def as_plain(self) -> Plain:
        """As JSON, for the phone and for the record."""
        return {"suspect_id": self.suspect_id, **self.problem.as_plain()}


_THREE_YEARS = Penalty(MainPenalty.IMPRISONMENT, years(3))
_ONE_YEAR = Penalty(MainPenalty.IMPRISONMENT, years(1))
OVER_ONE_YEAR = "over_one_year"
"""The ground on which rule R02 of the table of deadlines is extended to fifteen days."""
_DAYS, _DAYS_OVER_ONE_YEAR = 10, 15


def exclusions(matter: Matter, candidates: Sequence[Candidate]) -> tuple[Exclusion, ...]:
    """Everything that stands against the expedited procedure: none, and it may be proposed.

    One defendant who may not excludes the case as it stands (`EXPEDITED_TOGETHER`).

    Raises:
        ValueError: there is no defendant.
    """
    if not candidates:
        raise ValueError
    of_case = [Exclusion(_problem(code)) for code in _of_matter(matter)]
    of_each = [
        Exclusion(one, candidate.suspect_id)
        for candidate in candidates
        for one in _of_candidate(candidate, together=len(candidates) > 1)
    ]
    return (*of_case, *of_each)


def _of_matter(matter: Matter) -> Iterator[ExpeditedExclusion]:
    if not matter.basic_level_court:
        yield _X.NOT_BASIC_COURT
    if not matter.facts_clear:
        yield _X.FACTS_NOT_CLEAR
    if matter.major_social_influence:
        yield _X.MAJOR_SOCIAL_INFLUENCE
    if matter.otherwise_unfit:
        yield _X.OTHERWISE_UNFIT


def _of_candidate(candidate: Candidate, *, together: bool) -> Iterator[Problem]:
    likely = candidate.likely.heaviest
    unknown = likely.main is MainPenalty.IMPRISONMENT and likely.term is None
    if unknown or heavier(likely, _THREE_YEARS):
        yield _problem(_X.OVER_THREE_YEARS, likely=likely)
    flags = {
        _X.NO_PLEA: not candidate.pleads,
        _X.NO_AGREEMENT: not candidate.agrees_to_procedure,
        _X.BLIND_DEAF_OR_MUTE: candidate.blind_deaf_or_mute,
        _X.LIMITED_CAPACITY: candidate.limited_capacity,
        _X.MINOR: candidate.minor_now,
        _X.MINOR_AT_ACT: candidate.minor_at_act and not candidate.minor_now,
        _X.NO_SETTLEMENT: candidate.civil_claim is CivilClaim.OPEN,
    }
    yield from (_problem(code) for code, holds in flags.items() if holds)
    for what in Disputed:
        if what in candidate.disputes:
            yield _problem(_X.CO_DEFENDANT_OBJECTS if together else _X.OBJECTS, what=what)


def heavier(penalty: Penalty, other: Penalty) -> bool:
    """Whether one main penalty is heavier than another, in the order of the law, then by term."""
    if penalty.main is not other.main:
        return penalty.main.rank > other.main.rank
    return bool(penalty.term and other.term and penalty.term > other.term)


def expedited_extension(likely: Recommendation) -> str | None:
    """The ground that lengthens rule R02, when over a year of imprisonment is likely.

    Exactly one year is not over a year (CPL 172¶1, RULES 273¶1); of a range the upper end counts.
    """
    return OVER_ONE_YEAR if heavier(likely.heaviest, _ONE_YEAR) else None


def expedited_days(likely: Recommendation) -> int:
    """How many days there are to decide on the expedited track: 10, or 15 over one year."""
    return _DAYS_OVER_ONE_YEAR if expedited_extension(likely) else _DAYS


def _problem(code: ExpeditedExclusion, **details: object) -> Problem:
    return Problem(code, WORDS[code], details)
