"""What speaks against the expedited procedure (速裁), as far as it is known at the transfer."""

from collections.abc import Collection
from datetime import date

from services.arrest_requests.ages import has_reached
from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import Flag
from services.offices import Level
from services.sentencing import (
    Candidate,
    CivilClaim,
    Disputed,
    Exclusion,
    MainPenalty,
    Matter,
    Penalty,
    Recommendation,
    exclusions,
)
from services.transfers.records import Transfer

OF_AGE = 18
NOTHING_LIKELY = Recommendation(Penalty(MainPenalty.EXEMPT))
"""Stands for a penalty of which nothing is known yet: it excludes nobody."""


def has_flag(suspect: Suspect, *flags: Flag) -> bool:
    """Is one of these known of the suspect?"""
    return any(flag.value in suspect.flags for flag in flags)


def minor_now(suspect: Suspect, on: date) -> bool:
    """Under eighteen on that day; without a day of birth, whoever is marked as a minor."""
    if suspect.born_on is None:
        return has_flag(suspect, Flag.MINOR)
    return not has_reached(suspect.born_on, OF_AGE, on)


def minor_at_act(suspect: Suspect) -> bool:
    """Under eighteen at the act; without the days, whoever is marked as a minor."""
    if suspect.born_on is None or suspect.act_on is None:
        return has_flag(suspect, Flag.MINOR)
    return not has_reached(suspect.born_on, OF_AGE, suspect.act_on)


def candidate(  # noqa: PLR0913  # what the articles ask, each by its name
    suspect: Suspect,
    on: date,
    *,
    pleads: bool,
    likely: Recommendation = NOTHING_LIKELY,
    agrees: bool = True,
    civil_claim: CivilClaim = CivilClaim.NONE,
    disputes: Collection[Disputed] = (),
) -> Candidate:
    """A suspect as CPL 222 and 223 ask about one."""
    return Candidate(
        suspect_id=suspect.id,
        likely=likely,
        pleads=pleads,
        agrees_to_procedure=agrees,
        disputes=frozenset(disputes),
        blind_deaf_or_mute=has_flag(suspect, Flag.BLIND, Flag.DEAF, Flag.MUTE),
        limited_capacity=has_flag(suspect, Flag.LIMITED_CAPACITY),
        minor_now=minor_now(suspect, on),
        minor_at_act=minor_at_act(suspect),
        civil_claim=civil_claim,
    )


def basic_level(level: Level) -> bool:
    """Is a case of a procuratorate of that level tried by a basic-level court?"""
    return level == Level.DISTRICT


def known_exclusions(transfer: Transfer, on: date) -> tuple[Exclusion, ...]:
    """What excludes the case on the day it is received: the court, a person, somebody's no plea.

    The penalty, the agreement and the compensation are seen in review (CPL 222, 223).
    """
    here = [one for one in transfer.named if not one.at_large]
    matter = Matter(facts_clear=True, basic_level_court=basic_level(transfer.procuratorate.level))
    return exclusions(matter, [candidate(one.suspect, on, pleads=one.pleads) for one in here])
