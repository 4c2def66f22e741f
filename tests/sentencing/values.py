"""Values of sentencing drawn at random, and short names for the ones that tests write down."""

from hypothesis import settings
from hypothesis import strategies as st

from services.sentencing import (
    Accusation,
    Additional,
    AdditionalPenalty,
    Circumstance,
    CourtFinding,
    Fact,
    MainPenalty,
    Penalty,
    PenaltyOrder,
    RangeReason,
    Recommendation,
    Term,
    TrialOutcome,
    TrialProcedure,
)

M = MainPenalty
calm = settings(deadline=None)
"""A busy machine is no reason to fail."""


def months(number: int, days: int = 0) -> Term:
    return Term(number, days)


def prison(number: int, days: int = 0, **more: object) -> Penalty:
    """Imprisonment of so many months."""
    return Penalty(M.IMPRISONMENT, Term(number, days), **more)  # type: ignore[arg-type]


def detention(number: int, days: int = 0, **more: object) -> Penalty:
    return Penalty(M.DETENTION, Term(number, days), **more)  # type: ignore[arg-type]


def surveillance(number: int, **more: object) -> Penalty:
    return Penalty(M.SURVEILLANCE, Term(number), **more)  # type: ignore[arg-type]


def fine(yuan: int) -> Additional:
    return Additional(AdditionalPenalty.FINE, amount=yuan * 100)


terms = st.builds(Term, st.integers(0, 400), st.integers(0, 29))
some_term = st.none() | terms
additionals = st.builds(
    Additional, st.sampled_from(AdditionalPenalty), st.none() | st.integers(0, 10**9), some_term
)
penalties = st.builds(
    Penalty,
    st.sampled_from(MainPenalty),
    some_term,
    some_term,
    st.lists(additionals, max_size=3, unique_by=lambda one: one.kind).map(tuple),
    st.frozensets(st.sampled_from(PenaltyOrder)),
    st.lists(terms, max_size=3).map(tuple),
    some_term,
)
recommendations = st.builds(
    Recommendation, penalties, some_term, st.none() | st.sampled_from(RangeReason)
)
circumstances = st.frozensets(st.sampled_from(Circumstance), max_size=6)
facts = st.lists(
    st.builds(
        Fact,
        st.integers(1, 6),
        st.none() | st.integers(1, 4),
        st.none() | st.integers(0, 10**8),
        circumstances,
    ),
    max_size=5,
    unique_by=lambda fact: fact.number,
).map(tuple)
charges = st.frozensets(st.integers(1, 4), min_size=1, max_size=3)
accusations = st.builds(
    Accusation,
    st.just(7),
    charges,
    facts,
    circumstances,
    st.none() | recommendations,
    st.none() | st.sampled_from(TrialProcedure),
)
findings = st.builds(
    CourtFinding,
    st.just(7),
    st.sampled_from(TrialOutcome),
    charges,
    facts,
    circumstances,
    st.none() | penalties,
    st.none() | st.sampled_from(TrialProcedure),
    st.none() | st.booleans(),
)


def granting(accusation: Accusation) -> CourtFinding:
    """The judgment that gives the indictment everything it asks for."""
    recommendation = accusation.recommendation
    return CourtFinding(
        accusation.suspect_id,
        TrialOutcome.CONVICTED,
        accusation.charges,
        accusation.facts,
        accusation.circumstances,
        recommendation.penalty if recommendation else None,
        accusation.procedure,
    )
