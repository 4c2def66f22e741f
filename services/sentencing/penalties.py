"""Penalties of the Criminal Law (刑罚) as values, and what each may not be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.sentencing.articles import Article
from services.sentencing.lengths import Term, total, years
from services.sentencing.problems import Firmness, Problem, Problems, Words


class MainPenalty(StrEnum):
    """What the judgment imposes first, from lightest to heaviest (CL 33, 34, 37, 48)."""

    EXEMPT = "exempt"
    ADDITIONAL_ONLY = "additional_only"
    SURVEILLANCE = "surveillance"
    DETENTION = "detention"
    IMPRISONMENT = "imprisonment"
    LIFE = "life"
    SUSPENDED_DEATH = "suspended_death"
    DEATH = "death"

    @property
    def zh(self) -> str:
        """As a judgment writes it."""
        return _MAIN[self][0]

    @property
    def en(self) -> str:
        """In English."""
        return _MAIN[self][1]

    @property
    def rank(self) -> int:
        """Its place from lightest to heaviest."""
        return list(MainPenalty).index(self)


_MAIN = {
    MainPenalty.EXEMPT: ("免予刑事处罚", "exemption from punishment"),
    MainPenalty.ADDITIONAL_ONLY: ("单处附加刑", "an additional penalty alone"),
    MainPenalty.SURVEILLANCE: ("管制", "public surveillance"),
    MainPenalty.DETENTION: ("拘役", "criminal detention"),
    MainPenalty.IMPRISONMENT: ("有期徒刑", "fixed-term imprisonment"),
    MainPenalty.LIFE: ("无期徒刑", "life imprisonment"),
    MainPenalty.SUSPENDED_DEATH: ("死刑，缓期二年执行", "death with a two-year reprieve"),
    MainPenalty.DEATH: ("死刑", "death"),
}


class AdditionalPenalty(StrEnum):
    """What may be added, or imposed alone (CL 34, 35)."""

    FINE = "fine"
    DEPRIVATION = "deprivation"
    DEPRIVATION_FOR_LIFE = "deprivation_for_life"
    CONFISCATION_OF_PART = "confiscation_of_part"
    CONFISCATION_OF_ALL = "confiscation_of_all"
    EXPULSION = "expulsion"

    @property
    def zh(self) -> str:
        """As a judgment writes it."""
        return _ADDITIONAL[self][0]

    @property
    def en(self) -> str:
        """In English."""
        return _ADDITIONAL[self][1]


_ADDITIONAL = {
    AdditionalPenalty.FINE: ("罚金", "a fine"),
    AdditionalPenalty.DEPRIVATION: ("剥夺政治权利", "deprivation of political rights"),
    AdditionalPenalty.DEPRIVATION_FOR_LIFE: (
        "剥夺政治权利终身",
        "deprivation of political rights for life",
    ),
    AdditionalPenalty.CONFISCATION_OF_PART: ("没收个人部分财产", "confiscation of some property"),
    AdditionalPenalty.CONFISCATION_OF_ALL: ("没收个人全部财产", "confiscation of all property"),
    AdditionalPenalty.EXPULSION: ("驱逐出境", "expulsion"),
}


class PenaltyOrder(StrEnum):
    """What a judgment may order beside the penalty."""

    INJUNCTION = "injunction"
    REDUCTION_LIMITED = "reduction_limited"
    OCCUPATION_BANNED = "occupation_banned"

    @property
    def zh(self) -> str:
        """As a judgment writes it."""
        return _ORDERS[self][0]

    @property
    def en(self) -> str:
        """In English."""
        return _ORDERS[self][1]


_ORDERS = {
    PenaltyOrder.INJUNCTION: ("禁止令", "an injunction"),
    PenaltyOrder.REDUCTION_LIMITED: ("限制减刑", "limited commutation"),
    PenaltyOrder.OCCUPATION_BANNED: ("从业禁止", "a ban from an occupation"),
}


@dataclass(frozen=True, slots=True)
class Additional:
    """One additional penalty: an amount in fen or a term, where its kind has one."""

    kind: AdditionalPenalty
    amount: int | None = None
    term: Term | None = None

    @property
    def zh(self) -> str:
        """As a judgment writes it."""
        amount = f"人民币{yuan(self.amount)}元" if self.amount is not None else ""
        return f"{self.kind.zh}{amount}{self.term.zh if self.term else ''}"

    @property
    def en(self) -> str:
        """In English."""
        amount = f" of {yuan(self.amount)} yuan" if self.amount is not None else ""
        return f"{self.kind.en}{amount}{f' for {self.term.en}' if self.term else ''}"


@dataclass(frozen=True, slots=True)
class Penalty:
    """What one person is to suffer: one main penalty, what is added, what is ordered beside."""

    main: MainPenalty
    term: Term | None = None
    """What is to be served: for several crimes, what was decided to be executed (CL 69)."""
    suspended_for: Term | None = None
    """The probation (缓刑考验期), where the sentence is suspended (CL 72)."""
    additional: tuple[Additional, ...] = ()
    orders: frozenset[PenaltyOrder] = frozenset()
    combined_from: tuple[Term, ...] = ()
    """The term of each crime that has this main penalty, where several are combined."""
    surveillance_after: Term | None = None
    """Public surveillance served after imprisonment or detention (CL 69¶2)."""

    @property
    def zh(self) -> str:
        """As a judgment writes it: 有期徒刑一年，缓刑一年六个月，并处罚金人民币2000元."""
        own = f"{self.main.zh}{self.term.zh if self.term else ''}"
        if self.main is MainPenalty.ADDITIONAL_ONLY:
            own = "单处" + "、".join(one.zh for one in self.additional)
        parts = [own]
        if self.suspended_for:
            parts.append(f"缓刑{self.suspended_for.zh}")
        if self.surveillance_after:
            parts.append(f"执行完毕后管制{self.surveillance_after.zh}")
        if self.main is not MainPenalty.ADDITIONAL_ONLY:
            parts += [f"并处{one.zh}" for one in self.additional]
        return "，".join(parts + [one.zh for one in PenaltyOrder if one in self.orders])

    @property
    def en(self) -> str:
        """In English."""
        parts = [f"{self.main.en}{f' of {self.term.en}' if self.term else ''}"]
        if self.suspended_for:
            parts.append(f"suspended for {self.suspended_for.en}")
        if self.surveillance_after:
            parts.append(f"public surveillance of {self.surveillance_after.en} after it")
        parts += [one.en for one in self.additional]
        return ", ".join(parts + [one.en for one in PenaltyOrder if one in self.orders])


@dataclass(frozen=True, slots=True)
class Person:
    """What the law asks about the person before it allows a penalty."""

    minor_at_act: bool = False
    foreigner: bool = False
    recidivist: bool = False
    ringleader: bool = False
    """Of a criminal group (犯罪集团的首要分子)."""
    pregnant_at_trial: bool = False
    aged_75_at_trial: bool = False


class PenaltyProblem(StrEnum):
    """Why a penalty, or a recommendation of one, cannot be as written."""

    TERM_NEEDED = "term_needed"
    TERM_WITHOUT_MEANING = "term_without_meaning"
    TERM_TOO_SHORT = "term_too_short"
    TERM_TOO_LONG = "term_too_long"
    CRIME_TERM_OUT_OF_BOUNDS = "crime_term_out_of_bounds"
    COMBINED_ABOVE_SUM = "combined_above_sum"
    COMBINED_BELOW_HIGHEST = "combined_below_highest"
    SURVEILLANCE_NOT_AFTER = "surveillance_not_after"
    SURVEILLANCE_AFTER_BOUNDS = "surveillance_after_bounds"
    NOT_SUSPENDABLE = "not_suspendable"
    SUSPENSION_BARRED = "suspension_barred"
    SUSPENSION_DUE = "suspension_due"
    PROBATION_TOO_SHORT = "probation_too_short"
    PROBATION_TOO_LONG = "probation_too_long"
    DEATH_BARRED = "death_barred"
    DEATH_AFTER_75 = "death_after_75"
    ADDITIONAL_TWICE = "additional_twice"
    ADDITIONAL_NEEDED = "additional_needed"
    ADDITIONAL_BARRED = "additional_barred"
    AMOUNT_NEEDED = "amount_needed"
    AMOUNT_WITHOUT_MEANING = "amount_without_meaning"
    DEPRIVATION_TERM_NEEDED = "deprivation_term_needed"
    DEPRIVATION_OUT_OF_BOUNDS = "deprivation_out_of_bounds"
    DEPRIVATION_NOT_EQUAL = "deprivation_not_equal"
    DEPRIVATION_FOR_LIFE_NEEDED = "deprivation_for_life_needed"
    DEPRIVATION_FOR_LIFE_BARRED = "deprivation_for_life_barred"
    EXPULSION_OF_CITIZEN = "expulsion_of_citizen"
    ORDER_BARRED = "order_barred"
    RANGE_WITHOUT_TERM = "range_without_term"
    RANGE_REVERSED = "range_reversed"
    RANGE_TOO_WIDE = "range_too_wide"
    RANGE_OF_DETENTION = "range_of_detention"
    RANGE_WITHOUT_REASON = "range_without_reason"
    CRIMES_NOT_LISTED = "crimes_not_listed"


_P = PenaltyProblem
_GENERALLY = Firmness.GENERALLY
_TERMS = (Article("CL", 38, 1), Article("CL", 42), Article("CL", 45))

WORDS: Mapping[PenaltyProblem, Words] = {
    _P.TERM_NEEDED: Words("{main}须写明刑期", "Say the term of {main}", _TERMS),
    _P.TERM_WITHOUT_MEANING: Words(
        "{main}没有刑期", "There is no term to {main}", (Article("CL", 33), Article("CL", 37))
    ),
    _P.TERM_TOO_SHORT: Words(
        "{main}的刑期不得少于{least}", "The least term of {main} is {least}", _TERMS
    ),
    _P.TERM_TOO_LONG: Words(
        "{main}的刑期不得超过{most}",
        "The longest term of {main} is {most}",
        (*_TERMS, Article("CL", 69, 1)),
    ),
    _P.CRIME_TERM_OUT_OF_BOUNDS: Words(
        "每一罪的{main}须在{least}以上{most}以下，不能是{term}",
        "For each crime {main} is between {least} and {most}, never {term}",
        _TERMS,
    ),
    _P.COMBINED_ABOVE_SUM: Words(
        "决定执行的刑期须在总和刑期{sum}以下",
        "What is executed may not exceed the sum of the terms, {sum}",
        (Article("CL", 69, 1),),
    ),
    _P.COMBINED_BELOW_HIGHEST: Words(
        "决定执行的刑期须在数刑中最高刑期{highest}以上",
        "What is executed may not be less than the longest of the terms, {highest}",
        (Article("CL", 69, 1),),
    ),
    _P.SURVEILLANCE_NOT_AFTER: Words(
        "只有数罪中判处有期徒刑或者拘役和管制的，才在执行完毕后执行管制",
        "Surveillance follows only imprisonment or detention for several crimes",
        (Article("CL", 69, 2),),
    ),
    _P.SURVEILLANCE_AFTER_BOUNDS: Words(
        "执行完毕后的管制须在{least}以上{most}以下",
        "Surveillance served afterwards is between {least} and {most}",
        (Article("CL", 38, 1), Article("CL", 69, 1)),
    ),
    _P.NOT_SUSPENDABLE: Words(
        "只有拘役和三年以下有期徒刑可以宣告缓刑",
        "Only detention, or imprisonment of up to three years, may be suspended",
        (Article("CL", 72, 1),),
    ),
    _P.SUSPENSION_BARRED: Words(
        "累犯和犯罪集团的首要分子不适用缓刑",
        "No suspension for recidivists and ringleaders of criminal groups",
        (Article("CL", 74),),
    ),
    _P.SUSPENSION_DUE: Words(
        "不满十八周岁的人、怀孕的妇女和已满七十五周岁的人，符合缓刑条件的应当宣告缓刑",
        "For minors, pregnant women and those of 75, suspend where its conditions are met",
        (Article("CL", 72, 1),),
        _GENERALLY,
    ),
    _P.PROBATION_TOO_SHORT: Words(
        "缓刑考验期不得少于{least}", "The least probation is {least}", (Article("CL", 73),)
    ),
    _P.PROBATION_TOO_LONG: Words(
        "缓刑考验期不得超过{most}", "The longest probation is {most}", (Article("CL", 73),)
    ),
    _P.DEATH_BARRED: Words(
        "犯罪时不满十八周岁的人、审判时怀孕的妇女不适用死刑",
        "No death penalty for one under 18 at the act or a woman pregnant at the trial",
        (Article("CL", 49, 1),),
    ),
    _P.DEATH_AFTER_75: Words(
        "审判时已满七十五周岁的人不适用死刑，以特别残忍手段致人死亡的除外",
        "No death penalty from 75 on at the trial, unless death was caused with special cruelty",
        (Article("CL", 49, 2),),
        _GENERALLY,
    ),
    _P.ADDITIONAL_TWICE: Words(
        "附加刑种类相同的合并为一项：{kind}",
        "Additional penalties of one kind are merged into one: {kind}",
        (Article("CL", 69, 3),),
    ),
    _P.ADDITIONAL_NEEDED: Words(
        "单处附加刑的，须写明附加刑",
        "An additional penalty alone has to be named",
        (Article("CL", 34, 2),),
    ),
    _P.ADDITIONAL_BARRED: Words(
        "免予刑事处罚的，不得附加任何刑罚",
        "Exemption from punishment goes with no penalty",
        (Article("CL", 37),),
    ),
    _P.AMOUNT_NEEDED: Words(
        "{kind}须写明确定的数额",
        "Say the amount of {kind}",
        (Article("CL", 52), Article("SENT-2021", 12)),
    ),
    _P.AMOUNT_WITHOUT_MEANING: Words(
        "{kind}没有这一数额或者期限",
        "There is no such amount or term to {kind}",
        (Article("CL", 34, 1), Article("CL", 35)),
    ),
    _P.DEPRIVATION_TERM_NEEDED: Words(
        "剥夺政治权利须写明期限",
        "Say the term of the deprivation of political rights",
        (Article("CL", 55, 1),),
    ),
    _P.DEPRIVATION_OUT_OF_BOUNDS: Words(
        "剥夺政治权利的期限为一年以上五年以下",
        "Deprivation of political rights is between one and five years",
        (Article("CL", 55, 1),),
    ),
    _P.DEPRIVATION_NOT_EQUAL: Words(
        "判处管制附加剥夺政治权利的，期限与管制的期限相等",
        "Beside surveillance, deprivation of political rights lasts as long as it",
        (Article("CL", 55, 2),),
    ),
    _P.DEPRIVATION_FOR_LIFE_NEEDED: Words(
        "判处死刑、无期徒刑的，应当剥夺政治权利终身",
        "Death and life imprisonment go with deprivation of political rights for life",
        (Article("CL", 57, 1),),
    ),
    _P.DEPRIVATION_FOR_LIFE_BARRED: Words(
        "只有判处死刑、无期徒刑的，才剥夺政治权利终身",
        "Only death and life imprisonment deprive of political rights for life",
        (Article("CL", 55, 1), Article("CL", 57, 1)),
    ),
    _P.EXPULSION_OF_CITIZEN: Words(
        "驱逐出境只适用于犯罪的外国人", "Only a foreigner may be expelled", (Article("CL", 35),)
    ),
    _P.ORDER_BARRED: Words(
        "这一刑罚不能同时宣告{order}",
        "{order} cannot go with this penalty",
        (
            Article("CL", 37, 1, sub=1),
            Article("CL", 38, 2),
            Article("CL", 50, 2),
            Article("CL", 72, 2),
        ),
    ),
    _P.RANGE_WITHOUT_TERM: Words(
        "{main}没有幅度", "There is no range to {main}", (Article("SENT-2021", 13),)
    ),
    _P.RANGE_REVERSED: Words(
        "幅度的上限须高于下限",
        "The upper end of a range has to lie above its lower end",
        (Article("SENT-2021", 13),),
    ),
    _P.RANGE_TOO_WIDE: Words(
        "自{lowest}起的{main}，幅度一般不超过{most}，现为{width}",
        "From {lowest} of {main} on, a range is generally no wider than {most}; it is {width}",
        (Article("SENT-2021", 13),),
        _GENERALLY,
    ),
    _P.RANGE_OF_DETENTION: Words(
        "建议判处拘役的，一般应当提出确定刑",
        "Detention is generally recommended as a fixed term",
        (Article("SENT-2021", 12),),
        _GENERALLY,
    ),
    _P.RANGE_WITHOUT_REASON: Words(
        "量刑建议一般应当为确定刑；提出幅度刑的，须说明案件的特殊情形",
        "A recommendation is generally fixed; a range needs its reason",
        (Article("RULES", 275), Article("SENT-2021", 4)),
        _GENERALLY,
    ),
    _P.CRIMES_NOT_LISTED: Words(
        "犯数罪的，须分别列明个罪的量刑建议和决定执行的刑罚",
        "For several crimes, list the recommendation for each and the penalty to be executed",
        (Article("SENT-2021", 17),),
    ),
}
"""Every code with its words, its blanks and its articles."""


def problem(code: PenaltyProblem, **details: object) -> Problem:
    """The problem of a penalty that has this code."""
    return Problem(code, WORDS[code], details)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most of a main penalty, for one crime and for several."""

    least: Term
    most: Term
    combined: Term


BOUNDS: Mapping[MainPenalty, Bounds] = {
    MainPenalty.SURVEILLANCE: Bounds(Term(3), years(2), years(3)),
    MainPenalty.DETENTION: Bounds(Term(1), Term(6), years(1)),
    MainPenalty.IMPRISONMENT: Bounds(Term(6), years(15), years(20)),
}
"""CL 38¶1, 42, 45 and 69¶1; imprisonment for several crimes: see `longest`."""

FROM_35_YEARS, LONGEST = years(35), years(25)
PROBATION: Mapping[MainPenalty, tuple[Term, Term]] = {
    MainPenalty.DETENTION: (Term(2), years(1)),
    MainPenalty.IMPRISONMENT: (years(1), years(5)),
}
"""The least and the longest probation (CL 73); it is never shorter than the term."""
SUSPENDABLE = years(3)
DEPRIVED = (years(1), years(5))
FOR_LIFE = (MainPenalty.LIFE, MainPenalty.SUSPENDED_DEATH, MainPenalty.DEATH)
OF_DEATH = (MainPenalty.SUSPENDED_DEATH, MainPenalty.DEATH)
WITH_AMOUNT = (AdditionalPenalty.FINE, AdditionalPenalty.CONFISCATION_OF_PART)
DEPRIVING = (AdditionalPenalty.DEPRIVATION, AdditionalPenalty.DEPRIVATION_FOR_LIFE)
CONFISCATING = (AdditionalPenalty.CONFISCATION_OF_PART, AdditionalPenalty.CONFISCATION_OF_ALL)
SEVERAL = 2


def longest(main: MainPenalty, combined_from: tuple[Term, ...]) -> Term:
    """The most that may be executed (CL 45, 69¶1): 20 years, 25 from a sum of 35 years on."""
    bounds = BOUNDS[main]
    if len(combined_from) < SEVERAL:
        return bounds.most
    if main is MainPenalty.IMPRISONMENT and total(combined_from) >= FROM_35_YEARS:
        return LONGEST
    return bounds.combined


def penalty_problems(penalty: Penalty, person: Person) -> Problems:
    """What stands against a penalty for this person under the general part of the Criminal Law.

    Whether the penalty lies within the range of the particular crime is not looked at here.
    """
    return (
        *_of_term(penalty),
        *_of_suspension(penalty, person),
        *_of_death(penalty, person),
        *_of_additional(penalty, person),
        *_of_orders(penalty),
    )


def _of_term(penalty: Penalty) -> Iterator[Problem]:
    main, term = penalty.main, penalty.term
    if main not in BOUNDS:
        if term or penalty.combined_from:
            yield problem(_P.TERM_WITHOUT_MEANING, main=main)
    elif term is None:
        yield problem(_P.TERM_NEEDED, main=main)
    else:
        bounds, most = BOUNDS[main], longest(main, penalty.combined_from)
        if term < bounds.least:
            yield problem(_P.TERM_TOO_SHORT, main=main, least=bounds.least)
        if term > most:
            yield problem(_P.TERM_TOO_LONG, main=main, most=most)
        yield from _of_combination(penalty, term)
    if penalty.surveillance_after:
        yield from _of_surveillance_after(penalty, penalty.surveillance_after)


def _of_combination(penalty: Penalty, term: Term) -> Iterator[Problem]:
    """Not more than all together, not less than the longest (CL 69¶1)."""
    crimes, bounds = penalty.combined_from, BOUNDS[penalty.main]
    for one in crimes:
        if not bounds.least <= one <= bounds.most:
            yield problem(
                _P.CRIME_TERM_OUT_OF_BOUNDS,
                main=penalty.main,
                least=bounds.least,
                most=bounds.most,
                term=one,
            )
    if crimes and term > total(crimes):
        yield problem(_P.COMBINED_ABOVE_SUM, sum=total(crimes))
    if crimes and term < max(crimes):
        yield problem(_P.COMBINED_BELOW_HIGHEST, highest=max(crimes))


def _of_surveillance_after(penalty: Penalty, after: Term) -> Iterator[Problem]:
    bounds = BOUNDS[MainPenalty.SURVEILLANCE]
    if penalty.main not in (MainPenalty.DETENTION, MainPenalty.IMPRISONMENT):
        yield problem(_P.SURVEILLANCE_NOT_AFTER)
    if not bounds.least <= after <= bounds.combined:
        yield problem(_P.SURVEILLANCE_AFTER_BOUNDS, least=bounds.least, most=bounds.combined)


def _of_suspension(penalty: Penalty, person: Person) -> Iterator[Problem]:
    if penalty.suspended_for is None:
        yield from _of_missing_suspension(penalty, person)
        return
    if person.recidivist or person.ringleader:
        yield problem(_P.SUSPENSION_BARRED)
    if penalty.term is None or penalty.main not in PROBATION or penalty.term > SUSPENDABLE:
        yield problem(_P.NOT_SUSPENDABLE)
        return
    floor, most = PROBATION[penalty.main]
    least = max(floor, penalty.term)
    if penalty.suspended_for < least:
        yield problem(_P.PROBATION_TOO_SHORT, least=least)
    if penalty.suspended_for > most:
        yield problem(_P.PROBATION_TOO_LONG, most=most)


def _of_missing_suspension(penalty: Penalty, person: Person) -> Iterator[Problem]:
    """Whether the conditions of CL 72 are met is for a person to say: shown, never barred."""
    favoured = person.minor_at_act or person.pregnant_at_trial or person.aged_75_at_trial
    barred = person.recidivist or person.ringleader
    possible = penalty.main in PROBATION and penalty.term and penalty.term <= SUSPENDABLE
    if favoured and possible and not barred:
        yield problem(_P.SUSPENSION_DUE)


def _of_death(penalty: Penalty, person: Person) -> Iterator[Problem]:
    """The reprieve is a way of executing the death penalty (CL 48), so it is barred with it."""
    if penalty.main not in OF_DEATH:
        return
    if person.minor_at_act or person.pregnant_at_trial:
        yield problem(_P.DEATH_BARRED)
    if person.aged_75_at_trial:
        yield problem(_P.DEATH_AFTER_75)


def _of_additional(penalty: Penalty, person: Person) -> Iterator[Problem]:
    kinds = [one.kind for one in penalty.additional]
    if penalty.main is MainPenalty.EXEMPT and kinds:
        yield problem(_P.ADDITIONAL_BARRED)
    if penalty.main is MainPenalty.ADDITIONAL_ONLY and not kinds:
        yield problem(_P.ADDITIONAL_NEEDED)
    for same in (
        (AdditionalPenalty.FINE,),
        DEPRIVING,
        CONFISCATING,
        (AdditionalPenalty.EXPULSION,),
    ):
        if sum(kind in same for kind in kinds) > 1:
            yield problem(_P.ADDITIONAL_TWICE, kind=same[0])
    for one in penalty.additional:
        yield from _of_shape(one)
        if one.kind is AdditionalPenalty.DEPRIVATION and one.term:
            yield from _of_deprivation(penalty, one.term)
    if AdditionalPenalty.EXPULSION in kinds and not person.foreigner:
        yield problem(_P.EXPULSION_OF_CITIZEN)
    for_life = AdditionalPenalty.DEPRIVATION_FOR_LIFE in kinds
    if penalty.main in FOR_LIFE and not for_life:
        yield problem(_P.DEPRIVATION_FOR_LIFE_NEEDED)
    if penalty.main not in FOR_LIFE and for_life:
        yield problem(_P.DEPRIVATION_FOR_LIFE_BARRED)


def _of_shape(one: Additional) -> Iterator[Problem]:
    """A fine has an amount, a part confiscated may have one, deprivation has a term."""
    if one.kind in WITH_AMOUNT:
        if one.kind is AdditionalPenalty.FINE and one.amount is None:
            yield problem(_P.AMOUNT_NEEDED, kind=one.kind)
        if one.term or (one.amount is not None and one.amount < 1):
            yield problem(_P.AMOUNT_WITHOUT_MEANING, kind=one.kind)
    elif one.amount is not None or (one.term and one.kind is not AdditionalPenalty.DEPRIVATION):
        yield problem(_P.AMOUNT_WITHOUT_MEANING, kind=one.kind)
    if one.kind is AdditionalPenalty.DEPRIVATION and not one.term:
        yield problem(_P.DEPRIVATION_TERM_NEEDED)


def _of_deprivation(penalty: Penalty, term: Term) -> Iterator[Problem]:
    """One to five years; as long as surveillance beside it; merged, without an upper bound."""
    if penalty.main is MainPenalty.SURVEILLANCE:
        if term != penalty.term:
            yield problem(_P.DEPRIVATION_NOT_EQUAL)
        return
    least, most = DEPRIVED
    if term < least or (term > most and not penalty.combined_from):
        yield problem(_P.DEPRIVATION_OUT_OF_BOUNDS)


def _of_orders(penalty: Penalty) -> Iterator[Problem]:
    allowed = {
        PenaltyOrder.INJUNCTION: penalty.main is MainPenalty.SURVEILLANCE
        or penalty.suspended_for is not None,
        PenaltyOrder.REDUCTION_LIMITED: penalty.main is MainPenalty.SUSPENDED_DEATH,
        PenaltyOrder.OCCUPATION_BANNED: penalty.main is not MainPenalty.EXEMPT,
    }
    for order in PenaltyOrder:
        if order in penalty.orders and not allowed[order]:
            yield problem(_P.ORDER_BARRED, order=order)


def yuan(fen: int) -> str:
    """An amount in fen, as yuan: 2000, 1234.50."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)
