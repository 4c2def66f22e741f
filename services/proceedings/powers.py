"""Who decides: what the law fixes, what a power list (权力清单) gives, and the chief otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.cases import Case
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.offices import Level, Office, OfficeKind
from services.policy import Permission, PostKind, demands
from services.proceedings.events import PowerListSet
from services.proceedings.records import Decider, PowerList
from services.proceedings.table import Approver, Step

_UP_TO = {
    Approver.PROVINCIAL: Level.PROVINCIAL,
    Approver.SUPREME: Level.SUPREME,
}


class EditionTaken(Conflict):
    """Somebody else put a new edition in force a moment ago; read it first."""

    zh = "权力清单刚刚被他人更新，请重新读取。"


class UnknownPower(Unprocessable):
    """The law fixes who decides on this, or there is no such step."""

    zh = "法律已规定该事项的决定主体，或者没有该事项，不得列入权力清单。"


class EditionTooEarly(Unprocessable):
    """An edition comes into force today or later: it never reaches back."""

    zh = "权力清单不得溯及既往，施行日期不得早于今日。"


@dataclass(frozen=True, slots=True)
class Deciders:
    """Who decides on a step, one after the other; nobody where the taker does."""

    chain: tuple[tuple[PostKind, int], ...]
    for_committee: bool = False
    power_list_id: int | None = None
    incomplete: bool = False
    """The law asks for a level that the register of offices does not hold."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """The power list of one office, as the law on one page asks about it."""

    office_id: int


def needs_the_upper(case: Case) -> bool:
    """Must the procuratorate one level above approve that such a case is not prosecuted?

    So the law has it for what a supervisory commission handed over, and for what a procuratorate
    investigated itself (RULES 371; SUP 54¶4), also after a change of jurisdiction.
    """
    investigated_by = case.police_office.kind
    return investigated_by in {OfficeKind.SUPERVISORY_COMMISSION, OfficeKind.PROCURATORATE}


def deciders_of(
    session: Session, office: Office, step: Step[Any], case: Case, on: date
) -> Deciders:
    """Who decides on that step in that office and case on that day (RULES 4; CPL 89; EXT-2016 10).

    What the law fixes no list changes. Without a list the chief procurator decides.
    """
    chief = ((PostKind.CHIEF_PROCURATOR, office.id),)
    match step.approver:
        case Approver.NOBODY:
            return Deciders(())
        case Approver.CHIEF:
            return Deciders(chief)
        case Approver.CHIEF_OR_UPPER if not needs_the_upper(case):
            return Deciders(chief)
        case Approver.POWER_LIST:
            edition = in_force(session, office, on)
            decider = Decider(edition.powers.get(step.code, "chief")) if edition else Decider.CHIEF
            return Deciders(
                () if decider is Decider.HANDLER else chief,
                for_committee=decider is Decider.COMMITTEE,
                power_list_id=edition.id if edition else None,
            )
        case _:
            return _upwards(session, office, step.approver)


def _upwards(session: Session, office: Office, approver: Approver) -> Deciders:
    chain, at = [(PostKind.CHIEF_PROCURATOR, office.id)], office
    wanted = _UP_TO.get(approver)
    while at.superior_id is not None and (wanted is None or at.level is not wanted):
        at = session.get_one(Office, at.superior_id)
        chain.append((PostKind.CHIEF_PROCURATOR, at.id))
        if wanted is None:
            break
    reached = at is not office if wanted is None else at.level is wanted
    return Deciders(tuple(chain), incomplete=not reached)


def in_force(session: Session, office: Office, on: date) -> PowerList | None:
    """The edition in force: the office's own, or that of the nearest procuratorate above."""
    at: Office | None = office
    while at is not None:
        chosen = select(PowerList).where(
            PowerList.office_id == at.id, PowerList.in_force_from <= on
        )
        if found := session.scalar(chosen.order_by(PowerList.edition.desc()).limit(1)):
            return found
        at = session.get(Office, at.superior_id) if at.superior_id else None
    return None


def visible(act: Act) -> Select[PowerList]:
    """Every edition of the procuratorates in which the actor holds a post."""
    return select(PowerList).where(PowerList.office_id.in_(act.actor.offices))


def find(act: Act, list_id: int) -> PowerList:
    """The edition, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(PowerList.id == list_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.POWER_LIST_SET)
def set_list(
    act: Act,
    list_of: ListOf,
    *,
    in_force_from: date,
    powers: Mapping[str, Decider],
    known: set[str],
) -> PowerList:
    """Put a new edition of the power list in force; what runs keeps its approver (RULES 4).

    `known` are the steps on which the law fixes nobody.

    Refuses:
        NotAllowed: only the chief procurator of that procuratorate.
        UnknownPower: the law fixes who decides on a step that is named.
        EditionTooEarly: it would reach back.
        EditionTaken: somebody else set an edition at the same moment.

    Records:
        PowerListSet.
    """
    if unknown := sorted(set(powers) - known):
        raise UnknownPower(steps=unknown)
    if in_force_from < act.today:
        raise EditionTooEarly
    last = act.session.scalar(
        select(PowerList.edition)
        .where(PowerList.office_id == list_of.office_id)
        .order_by(PowerList.edition.desc())
        .limit(1)
    )
    edition = PowerList(
        office_id=list_of.office_id,
        edition=(last or 0) + 1,
        in_force_from=in_force_from,
        powers={step: decider.value for step, decider in powers.items()},
        set_by=act.actor.id,
        set_at=act.now,
    )
    with act.unless("power_lists_one_edition", EditionTaken()):
        act.session.add(edition)
    act.record(PowerListSet(edition.id, list_of.office_id))
    return edition
