"""The judgment beside the indictment (诉判比对): what differs, which way, and how far.

A difference is not a ground of protest: those stand in `grounds.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from services.sentencing.articles import Article, cited_en, cited_zh
from services.sentencing.circumstances import Circumstance, Leaning
from services.sentencing.lengths import Term, apart
from services.sentencing.penalties import (
    Additional,
    AdditionalPenalty,
    Penalty,
    PenaltyOrder,
    yuan,
)
from services.sentencing.problems import Plain, Words
from services.sentencing.recommendations import Recommendation


class TrialProcedure(StrEnum):
    """How the court tries the case."""

    ORDINARY = "ordinary"
    SUMMARY = "summary"
    EXPEDITED = "expedited"

    @property
    def zh(self) -> str:
        """As the law names it."""
        return _PROCEDURES[self][0]

    @property
    def en(self) -> str:
        """In English."""
        return _PROCEDURES[self][1]


_PROCEDURES = {
    TrialProcedure.ORDINARY: ("普通程序", "the ordinary procedure"),
    TrialProcedure.SUMMARY: ("简易程序", "the summary procedure"),
    TrialProcedure.EXPEDITED: ("速裁程序", "the expedited procedure"),
}


class TrialOutcome(StrEnum):
    """What the court says of guilt (CPL 200, CPL 16)."""

    CONVICTED = "convicted"
    NOT_GUILTY = "not_guilty"
    NOT_PROVEN = "not_proven"
    TERMINATED = "terminated"

    @property
    def zh(self) -> str:
        """As the judgment says it."""
        return _OUTCOMES[self][0]

    @property
    def en(self) -> str:
        """In English."""
        return _OUTCOMES[self][1]


_OUTCOMES = {
    TrialOutcome.CONVICTED: ("有罪", "guilty"),
    TrialOutcome.NOT_GUILTY: ("无罪", "not guilty"),
    TrialOutcome.NOT_PROVEN: (
        "证据不足，指控的犯罪不能成立，无罪",
        "not guilty for want of evidence",
    ),
    TrialOutcome.TERMINATED: ("终止审理", "the trial is terminated"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One numbered fact: under which charge, with what amount in fen and which circumstances.

    Raises:
        ValueError: a number under 1, or a negative amount.
    """

    number: int
    charge_id: int | None = None
    amount: int | None = None
    circumstances: frozenset[Circumstance] = frozenset()

    def __post_init__(self) -> None:
        if self.number < 1 or (self.amount is not None and self.amount < 0):
            raise ValueError(self.number, self.amount)


@dataclass(frozen=True, slots=True)
class Accusation:
    """What the indictment says of one defendant.

    Raises:
        ValueError: two facts bear one number.
    """

    suspect_id: int
    charges: frozenset[int]
    facts: tuple[Fact, ...]
    circumstances: frozenset[Circumstance] = frozenset()
    recommendation: Recommendation | None = None
    procedure: TrialProcedure | None = None
    """What was proposed to the court, if anything was."""

    def __post_init__(self) -> None:
        _numbered_once(self.facts)


@dataclass(frozen=True, slots=True)
class CourtFinding:
    """What the judgment says of one defendant; `facts` are those it found.

    Raises:
        ValueError: two facts bear one number.
    """

    suspect_id: int
    outcome: TrialOutcome
    charges: frozenset[int]
    facts: tuple[Fact, ...]
    circumstances: frozenset[Circumstance] = frozenset()
    penalty: Penalty | None = None
    procedure: TrialProcedure | None = None
    adjustment_asked: bool | None = None
    """Whether the court first asked to adjust the recommendation; None where nobody knows."""

    def __post_init__(self) -> None:
        _numbered_once(self.facts)


def _numbered_once(facts: tuple[Fact, ...]) -> None:
    """Two facts of one number cannot be told apart."""
    if len({fact.number for fact in facts}) < len(facts):
        raise ValueError(facts)


class DifferenceKind(StrEnum):
    """In what the judgment differs from the indictment."""

    ACQUITTED = "acquitted"
    CHARGE_CHANGED = "charge_changed"
    CHARGE_DROPPED = "charge_dropped"
    CHARGE_ADDED = "charge_added"
    FACT_NOT_FOUND = "fact_not_found"
    FACT_ADDED = "fact_added"
    AMOUNT_DIFFERS = "amount_differs"
    CIRCUMSTANCE_NOT_FOUND = "circumstance_not_found"
    CIRCUMSTANCE_ADDED = "circumstance_added"
    PENALTY_KIND_DIFFERS = "penalty_kind_differs"
    PENALTY_OUTSIDE_RECOMMENDATION = "penalty_outside_recommendation"
    SURVEILLANCE_AFTER_DIFFERS = "surveillance_after_differs"
    SUSPENSION_DIFFERS = "suspension_differs"
    ADDITIONAL_PENALTY_DIFFERS = "additional_penalty_differs"
    ORDER_DIFFERS = "order_differs"
    ADJUSTMENT_NOT_ASKED = "adjustment_not_asked"
    PROCEDURE_DIFFERS = "procedure_differs"


_K = DifferenceKind
_ON_PENALTY = (Article("CPL", 201, 1),)

WORDS: Mapping[DifferenceKind, Words] = {
    _K.ACQUITTED: Words(
        "起诉指控有罪，判决：{outcome}",
        "Indicted, and the judgment says: {outcome}",
        (Article("CPL", 200),),
    ),
    _K.CHARGE_CHANGED: Words(
        "起诉罪名为{indicted}，判决认定为{found}",
        "Charged with {indicted}, convicted of {found}",
        (Article("CPL", 201, 1, 4),),
    ),
    _K.CHARGE_DROPPED: Words(
        "起诉的{indicted}未被认定", "{indicted} was charged and not found", (Article("CPL", 200),)
    ),
    _K.CHARGE_ADDED: Words(
        "判决认定了未起诉的{found}",
        "{found} was found and not charged",
        (Article("CPL", 201, 1, 4),),
    ),
    _K.FACT_NOT_FOUND: Words("第{fact}起事实未被认定", "Fact {fact} was not found"),
    _K.FACT_ADDED: Words(
        "判决认定了未指控的第{fact}起事实", "Fact {fact} was found and not charged"
    ),
    _K.AMOUNT_DIFFERS: Words(
        "第{fact}起事实的数额：指控{indicted}，认定{found}，相差{apart}",
        "The amount of fact {fact}: {indicted} charged, {found} found, {apart} apart",
    ),
    _K.CIRCUMSTANCE_NOT_FOUND: Words(
        "{of}指控的情节“{circumstance}”未被认定", "{circumstance} was charged{of} and not found"
    ),
    _K.CIRCUMSTANCE_ADDED: Words(
        "{of}判决认定了未指控的情节“{circumstance}”",
        "{circumstance} was found{of} and not charged",
    ),
    _K.PENALTY_KIND_DIFFERS: Words(
        "主刑种类不同：建议{recommended}，判处{imposed}",
        "Another main penalty: {recommended} recommended, {imposed} imposed",
        _ON_PENALTY,
    ),
    _K.PENALTY_OUTSIDE_RECOMMENDATION: Words(
        "刑期在量刑建议之外：建议{recommended}，判处{imposed}，相差{apart}",
        "Outside the recommendation: {recommended} recommended, {imposed} imposed, {apart} apart",
        _ON_PENALTY,
    ),
    _K.SURVEILLANCE_AFTER_DIFFERS: Words(
        "执行完毕后的管制不同：建议{recommended}，判处{imposed}",
        "Surveillance afterwards: {recommended} recommended, {imposed} imposed",
        (Article("CL", 69, 2),),
    ),
    _K.SUSPENSION_DIFFERS: Words(
        "缓刑不同：建议{recommended}，判处{imposed}",
        "Suspension: {recommended} recommended, {imposed} imposed",
        (Article("CL", 72, 1), Article("CL", 73)),
    ),
    _K.ADDITIONAL_PENALTY_DIFFERS: Words(
        "附加刑不同：建议{recommended}，判处{imposed}",
        "Additional penalty: {recommended} recommended, {imposed} imposed",
        (Article("CL", 34, 1), Article("CL", 35)),
    ),
    _K.ORDER_DIFFERS: Words(
        "{order}不同：建议{recommended}，判决{imposed}",
        "{order}: {recommended} recommended, {imposed} ordered",
        (Article("RULES", 584, item=5),),
    ),
    _K.ADJUSTMENT_NOT_ASKED: Words(
        "人民法院未告知调整量刑建议，直接在建议之外判处刑罚",
        "The court went outside the recommendation without asking to adjust it first",
        (Article("CPL", 201, 2), Article("SENT-2021", 37)),
    ),
    _K.PROCEDURE_DIFFERS: Words(
        "审理程序不同：建议{recommended}，实际{imposed}",
        "Procedure: {recommended} proposed, {imposed} used",
        (Article("CPL", 226),),
    ),
}
"""Every kind with its words; the article is where the matter stands, never a ground of protest."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge in a difference: written by its name where the reader hands names in."""

    id: int


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in fen; None is no amount."""

    fen: int | None

    @property
    def zh(self) -> str:
        """In yuan."""
        return "未写明数额" if self.fen is None else f"{yuan(self.fen)}元"

    @property
    def en(self) -> str:
        """In yuan."""
        return "no amount" if self.fen is None else f"{yuan(self.fen)} yuan"


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase in both languages."""

    zh: str
    en: str


NOTHING = Said("无", "none")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: its kind, which way the judgment leans, how far, and what it is about."""

    suspect_id: int
    kind: DifferenceKind
    leaning: Leaning
    """Which way the judgment leans from what was charged or recommended."""
    details: Mapping[str, object] = field(default_factory=dict)
    apart: Term | None = None
    """How far two terms lie apart; None where there is nothing to subtract."""
    apart_fen: int | None = None
    """How far two amounts lie apart."""

    @property
    def article(self) -> str:
        """Where the matter stands, as English prose cites it; empty for facts."""
        return cited_en(WORDS[self.kind].articles)

    @property
    def article_zh(self) -> str:
        """Where the matter stands, as people cite it."""
        return cited_zh(WORDS[self.kind].articles)

    def zh(self, charges: Mapping[int, str]) -> str:
        """In Chinese, with the names of charges handed in."""
        return WORDS[self.kind].zh.format(**self._named("zh", charges)) + self._weight("zh") + "。"

    def en(self, charges: Mapping[int, str]) -> str:
        """In English, with the names of charges handed in."""
        said = WORDS[self.kind].en.format(**self._named("en", charges)) + self._weight("en")
        return f"{said[0].upper()}{said[1:]}."

    def as_plain(self, charges: Mapping[int, str]) -> Plain:
        """As JSON, for the phone and for the record."""
        return {
            "suspect_id": self.suspect_id,
            "kind": self.kind.value,
            "leaning": self.leaning.value,
            "fact": self.details.get("fact"),
            "circumstance": _code(self.details.get("circumstance")),
            "charge_id": _id(self.details.get("indicted")),
            "found_charge_id": _id(self.details.get("found")),
            "apart_months": self.apart.months if self.apart else None,
            "apart_days": self.apart.days if self.apart else None,
            "apart_fen": self.apart_fen,
            "zh": self.zh(charges),
            "en": self.en(charges),
            "article": self.article,
            "article_zh": self.article_zh,
        }

    def _named(self, language: str, charges: Mapping[int, str]) -> dict[str, object]:
        return {
            name: charges.get(value.id, f"#{value.id}")
            if isinstance(value, Charge)
            else getattr(value, language, value)
            for name, value in self.details.items()
        }

    def _weight(self, language: str) -> str:
        if self.leaning is Leaning.NEITHER:
            return ""
        return f"（{self.leaning.zh}）" if language == "zh" else f" ({self.leaning.en})"


def _id(detail: object) -> int | None:
    return detail.id if isinstance(detail, Charge) else None


def _code(detail: object) -> str | None:
    return detail.value if isinstance(detail, Circumstance) else None


Differences = tuple[Difference, ...]


class DifferentPeopleError(ValueError):
    """An indictment of one defendant was laid beside the judgment of another."""


def compare(accusation: Accusation, finding: CourtFinding) -> Differences:
    """Everything in which the judgment of one defendant differs from the indictment.

    Whoever is acquitted differs in that and in the procedure; the rest follows from it.

    Raises:
        DifferentPeopleError: the two speak of two people.
    """
    if accusation.suspect_id != finding.suspect_id:
        raise DifferentPeopleError(accusation.suspect_id, finding.suspect_id)
    comparison = _Comparison(accusation, finding)
    if finding.outcome is not TrialOutcome.CONVICTED:
        return (*comparison.of_outcome(), *comparison.of_procedure())
    return (
        *comparison.of_charges(),
        *comparison.of_facts(),
        *comparison.of_circumstances(),
        *comparison.of_penalty(),
        *comparison.of_procedure(),
    )


def within_recommendation(recommendation: Recommendation, penalty: Penalty) -> bool:
    """Whether a court that imposed this penalty followed the recommendation in every part.

    Both ends of a range lie within it (CL 99).
    """
    return not any(True for _ in _penalty_parts(0, recommendation, penalty))


@dataclass(frozen=True, slots=True)
class _Comparison:
    accusation: Accusation
    finding: CourtFinding

    def difference(self, kind: DifferenceKind, leaning: Leaning, **details: object) -> Difference:
        return Difference(self.accusation.suspect_id, kind, leaning, details)

    def of_outcome(self) -> Iterator[Difference]:
        yield self.difference(_K.ACQUITTED, Leaning.LIGHTER, outcome=self.finding.outcome)

    def of_charges(self) -> Iterator[Difference]:
        indicted = self.accusation.charges - self.finding.charges
        found = self.finding.charges - self.accusation.charges
        changed = self._changed(indicted, found)
        for one, other in sorted(changed.items()):
            yield self.difference(
                _K.CHARGE_CHANGED, Leaning.NEITHER, indicted=Charge(one), found=Charge(other)
            )
        for one in sorted(indicted - set(changed)):
            yield self.difference(_K.CHARGE_DROPPED, Leaning.LIGHTER, indicted=Charge(one))
        for one in sorted(found - set(changed.values())):
            yield self.difference(_K.CHARGE_ADDED, Leaning.HEAVIER, found=Charge(one))

    def _changed(self, indicted: frozenset[int], found: frozenset[int]) -> dict[int, int]:
        """Which charge became which: by the facts that moved, or where only one can have."""
        now = {fact.number: fact.charge_id for fact in self.finding.facts}
        changed: dict[int, int] = {}
        for fact in sorted(self.accusation.facts, key=lambda one: one.number):
            was, became = fact.charge_id, now.get(fact.number)
            if was in indicted and became in found and became not in changed.values():
                changed.setdefault(was, became)
        left, free = indicted - set(changed), found - set(changed.values())
        if len(left) == len(free) == 1:
            changed[next(iter(left))] = next(iter(free))
        return changed

    def of_facts(self) -> Iterator[Difference]:
        indicted = {fact.number: fact for fact in self.accusation.facts}
        found = {fact.number: fact for fact in self.finding.facts}
        for number in sorted(indicted.keys() | found.keys()):
            if number not in found:
                yield self.difference(_K.FACT_NOT_FOUND, Leaning.LIGHTER, fact=number)
            elif number not in indicted:
                yield self.difference(_K.FACT_ADDED, Leaning.HEAVIER, fact=number)
            else:
                yield from self._of_fact(indicted[number], found[number])

    def _of_fact(self, indicted: Fact, found: Fact) -> Iterator[Difference]:
        if indicted.amount != found.amount:
            one, other = indicted.amount, found.amount
            gap = None if one is None or other is None else abs(one - other)
            yield Difference(
                self.accusation.suspect_id,
                _K.AMOUNT_DIFFERS,
                _leaning(one, other),
                {
                    "fact": indicted.number,
                    "indicted": Money(one),
                    "found": Money(other),
                    "apart": Money(gap),
                },
                apart_fen=gap,
            )
        of = Said(f"第{indicted.number}起事实中，", f" of fact {indicted.number}")
        for each in self._of_each(indicted.circumstances, found.circumstances, of):
            yield replace(each, details={**each.details, "fact": indicted.number})

    def of_circumstances(self) -> Iterator[Difference]:
        yield from self._of_each(
            self.accusation.circumstances, self.finding.circumstances, Said("", "")
        )

    def _of_each(
        self, indicted: frozenset[Circumstance], found: frozenset[Circumstance], of: Said
    ) -> Iterator[Difference]:
        for one in Circumstance:
            if one in indicted - found:
                kind, leaning = _K.CIRCUMSTANCE_NOT_FOUND, one.leaning.reversed
            elif one in found - indicted:
                kind, leaning = _K.CIRCUMSTANCE_ADDED, one.leaning
            else:
                continue
            yield self.difference(kind, leaning, of=of, circumstance=one)

    def of_penalty(self) -> Iterator[Difference]:
        recommendation, penalty = self.accusation.recommendation, self.finding.penalty
        if recommendation is None or penalty is None:
            return
        parts = tuple(_penalty_parts(self.accusation.suspect_id, recommendation, penalty))
        yield from parts
        pleaded = Circumstance.PLEA in self.accusation.circumstances
        if parts and pleaded and self.finding.adjustment_asked is False:
            yield self.difference(_K.ADJUSTMENT_NOT_ASKED, Leaning.NEITHER)

    def of_procedure(self) -> Iterator[Difference]:
        proposed, used = self.accusation.procedure, self.finding.procedure
        if proposed and used and proposed is not used:
            yield self.difference(
                _K.PROCEDURE_DIFFERS, Leaning.NEITHER, recommended=proposed, imposed=used
            )


def _penalty_parts(
    suspect_id: int, recommendation: Recommendation, penalty: Penalty
) -> Iterator[Difference]:
    """Every part of a penalty that is not what was recommended."""
    asked = recommendation.penalty
    if penalty.main is not asked.main:
        yield Difference(
            suspect_id,
            _K.PENALTY_KIND_DIFFERS,
            _leaning(asked.main.rank, penalty.main.rank),
            {"recommended": asked.main, "imposed": penalty.main},
        )
    elif asked.term and penalty.term:
        ceiling = max(asked.term, recommendation.up_to or asked.term)
        nearest = min(max(penalty.term, asked.term), ceiling)
        if nearest != penalty.term:
            gap = apart(nearest, penalty.term)
            yield Difference(
                suspect_id,
                _K.PENALTY_OUTSIDE_RECOMMENDATION,
                _leaning(nearest.in_days, penalty.term.in_days),
                {
                    "recommended": _range(recommendation),
                    "imposed": Said(
                        f"{penalty.main.zh}{penalty.term.zh}",
                        f"{penalty.main.en} of {penalty.term.en}",
                    ),
                    "apart": gap,
                },
                apart=gap,
            )
    yield from _beside(suspect_id, asked, penalty)
    yield from _of_additional(suspect_id, asked, penalty)
    for order in PenaltyOrder:
        one, other = order in asked.orders, order in penalty.orders
        if one != other:
            yield Difference(
                suspect_id,
                _K.ORDER_DIFFERS,
                _leaning(int(one), int(other)),
                {"order": order, "recommended": _whether(one), "imposed": _whether(other)},
            )


def _beside(suspect_id: int, asked: Penalty, penalty: Penalty) -> Iterator[Difference]:
    """The surveillance served afterwards, and the suspension."""
    if asked.surveillance_after != penalty.surveillance_after:
        one, other = asked.surveillance_after, penalty.surveillance_after
        yield Difference(
            suspect_id,
            _K.SURVEILLANCE_AFTER_DIFFERS,
            _leaning(_days(one), _days(other)),
            {"recommended": one or NOTHING, "imposed": other or NOTHING},
            apart=apart(one or Term(), other or Term()),
        )
    if asked.suspended_for != penalty.suspended_for:
        one, other = asked.suspended_for, penalty.suspended_for
        leaning = _leaning(_days(one), _days(other))
        both = one is not None and other is not None
        yield Difference(
            suspect_id,
            _K.SUSPENSION_DIFFERS,
            leaning if both else leaning.reversed,
            {"recommended": _suspended(one), "imposed": _suspended(other)},
            apart=apart(one, other) if one and other else None,
        )


def _of_additional(suspect_id: int, asked: Penalty, penalty: Penalty) -> Iterator[Difference]:
    """Kind by kind: what is missing, what was added, and what has another amount or term."""
    for kind in AdditionalPenalty:
        one, other = _of_kind(asked, kind), _of_kind(penalty, kind)
        if one == other:
            continue
        yield Difference(
            suspect_id,
            _K.ADDITIONAL_PENALTY_DIFFERS,
            _leaning(_size(one), _size(other)),
            {"recommended": one or NOTHING, "imposed": other or NOTHING},
            apart=apart(one.term, other.term)
            if one and other and one.term and other.term
            else None,
            apart_fen=abs(one.amount - other.amount)
            if one and other and one.amount is not None and other.amount is not None
            else None,
        )


def _of_kind(penalty: Penalty, kind: AdditionalPenalty) -> Additional | None:
    return next((one for one in penalty.additional if one.kind is kind), None)


def _size(additional: Additional | None) -> int:
    """Nothing is less than any; of one kind, the amount or the term counts."""
    if additional is None:
        return -1
    return additional.amount or _days(additional.term)


def _days(term: Term | None) -> int:
    return term.in_days if term else 0


def _leaning(was: int | None, became: int | None) -> Leaning:
    """Less than asked for is lighter; an amount that nobody wrote leaves it open."""
    if was is None or became is None or was == became:
        return Leaning.NEITHER
    return Leaning.LIGHTER if became < was else Leaning.HEAVIER


def _range(recommendation: Recommendation) -> Said:
    """The main penalty alone, as recommended."""
    own = Penalty(recommendation.penalty.main, recommendation.penalty.term)
    bare = Recommendation(own, recommendation.up_to)
    return Said(bare.zh, bare.en)


def _suspended(term: Term | None) -> Said:
    if term is None:
        return Said("不适用缓刑", "none")
    return Said(f"缓刑{term.zh}", f"suspended for {term.en}")


def _whether(ordered: bool) -> Said:  # noqa: FBT001  # the words of a yes and a no
    return Said("有", "yes") if ordered else NOTHING
