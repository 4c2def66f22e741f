"""The steps of a prosecution, by stage; together they are the table."""

from services.prosecutions.steps import (
    commission,
    judgment,
    measures,
    non_prosecution,
    plea,
    probation,
    remedies,
    returns,
    review,
    trial,
)

STEPS = (
    *review.STEPS,
    *returns.STEPS,
    *commission.STEPS,
    *measures.STEPS,
    *plea.STEPS,
    *non_prosecution.STEPS,
    *remedies.STEPS,
    *probation.STEPS,
    *trial.STEPS,
    *judgment.STEPS,
)
"""Every step of a prosecution, in the order in which a case travels."""

__all__ = ["STEPS"]
